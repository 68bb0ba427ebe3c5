"""What changed between two texts of a letter, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import accumulate, groupby
from os.path import commonprefix

from tracker.letters.content import Ask, Content
from tracker.workshops.rules import FocusArea, Principle

MOST_NAMED = 4
_WORD = re.compile(r"\s+|\S+\s*")
_LONG = 5000
# About 0.2 seconds. What a letter's next version changes takes a twentieth of it.
MOST_STEPS = 2_000_000


@dataclass(frozen=True)
class Stretch:
    """Words that stayed ("same"), went ("del") or came ("ins"), with the white space after them."""

    kind: str
    text: str


@dataclass(frozen=True)
class Part:
    """A part of the letter by its name on the form, and its stretches."""

    name: str
    stretches: tuple[Stretch, ...]

    @property
    def has_changed(self) -> bool:
        return any(s.kind != "same" for s in self.stretches)


class WordMatcher(SequenceMatcher[str]):
    """Finds the runs that two lists of words share, the longest first, in at most `MOST_STEPS` steps.

    What it could not look into any more counts as replaced: texts of 5,000 words that share none but common ones would
    take seconds, and nobody could read what came of it.
    """

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        # In a long text nothing begins at a word that stands everywhere: it would take minutes.
        super().__init__(None, before, after, autojunk=max(len(before), len(after)) > _LONG)
        self.steps = 0
        # How many steps the search through the words up to each place takes, at the most.
        places = self.b2j  # type: ignore[attr-defined]
        self._costs = [0, *accumulate(1 + len(places.get(word, ())) for word in before)]

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        cost = self._costs[-1 if ahi is None else ahi] - self._costs[alo]
        if self.steps + cost > MOST_STEPS:
            return Match(alo, blo, 0)
        self.steps += cost
        return super().find_longest_match(alo, ahi, blo, bhi)


def compare_words(old: str, new: str) -> tuple[Stretch, ...]:
    """The stretches that lead from `old` to `new`; joined without "del" they are `new`, without "ins" `old`."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    # Most of a text is as it was: what it begins and ends with is not searched.
    start = len(commonprefix([before, after]))
    end = len(commonprefix([before[start:][::-1], after[start:][::-1]]))
    same, rest = before[:start], before[len(before) - end :]
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    found = [Stretch("same", "".join(same))]
    for kind, a, b, c, d in WordMatcher(before, after).get_opcodes():
        if kind == "equal":
            found.append(Stretch("same", "".join(before[a:b])))
            continue
        found += [Stretch("del", "".join(before[a:b])), Stretch("ins", "".join(after[c:d]))]
    found.append(Stretch("same", "".join(rest)))
    return tuple(_joined(stretch for stretch in found if stretch.text))


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """The stretches, neighbours of a kind as one."""
    for kind, run in groupby(stretches, key=lambda stretch: stretch.kind):
        yield Stretch(kind, "".join(stretch.text for stretch in run))


def compare(
    old: Content,
    new: Content,
    points: Mapping[int, str] | None = None,
    letterheads: Mapping[str, str] | None = None,
) -> list[Part]:
    """Every part of the letter, in the order of print; the recommendations by their identity.

    `points` are the words of the points heard by id; one that is not among them is named by its number. `letterheads`
    are the names of letterheads by the hashes of their files.
    """
    names = letterheads or {}
    before, after = (names.get(one.letterhead, one.letterhead[:12]) for one in (old, new))
    head = [Part("Letterhead", compare_words(before, after))] if old.letterhead != new.letterhead else []
    parts = [Part(name, compare_words(a, b)) for name, a, b in _fields(old, new)]
    body = next(i for i, part in enumerate(parts) if part.name == "Letter") + 1
    return [*head, *parts[:body], *_asks(old, new, points or {}), *parts[body:]]


def what_changed(old: Content, new: Content) -> str:
    """What differs between two versions in a few words: “text, recommendation 2”; no words are compared."""
    parts = [name.lower() for name, a, b in _fields(old, new) if a != b]
    parts = ["text" if name == "letter" else name for name in parts]
    before = {ask.id: (place, ask) for place, ask in enumerate(old.recommendations, 1)}
    after = {ask.id: place for place, ask in enumerate(new.recommendations, 1)}
    changed = [str(after[a.id]) for a in new.recommendations if a.id in before and before[a.id][1] != a]
    added = [str(after[a.id]) for a in new.recommendations if a.id not in before]
    gone = [str(place) for known, (place, _) in before.items() if known not in after]
    kept = [known for known in before if known in after]
    moved = kept != sorted(kept, key=lambda known: after[known])
    numbered = ((changed, ""), (added, " added"), (gone, " removed"))
    parts += [_numbered(numbers) + what for numbers, what in numbered if numbers]
    return ", ".join(parts + (["order of the recommendations"] if moved else []))


def _numbered(numbers: list[str]) -> str:
    if len(numbers) > MOST_NAMED:
        return f"{len(numbers)} recommendations"
    return ("recommendation " if len(numbers) == 1 else "recommendations ") + " and ".join(
        filter(None, (", ".join(numbers[:-1]), numbers[-1]))
    )


def _fields(old: Content, new: Content) -> Iterator[tuple[str, str, str]]:
    yield "Organisation and taskforce", f"{old.organisation}\n{old.unit}", f"{new.organisation}\n{new.unit}"
    yield "Sender address", "\n".join(old.sender_address), "\n".join(new.sender_address)
    yield "Security classification", old.classification, new.classification
    yield "Addressee", "\n".join(old.addressee), "\n".join(new.addressee)
    yield "Salutation", old.salutation, new.salutation
    yield "Subject", old.subject, new.subject
    yield "What it corrects", old.corrects, new.corrects
    yield "Letter", old.body, new.body
    yield "Closing", old.closing, new.closing
    yield "Signatory", "\n".join(old.signatory), "\n".join(new.signatory)
    yield "Copies to", "\n".join(old.copies), "\n".join(new.copies)
    yield "What the fields say", _fields_said(old), _fields_said(new)


def _fields_said(content: Content) -> str:
    return "\n".join(f"{{{name}}}: {words}" for name, words in content.fields)


def _asks(old: Content, new: Content, points: Mapping[int, str]) -> Iterator[Part]:
    before = {ask.id: (place, ask) for place, ask in enumerate(old.recommendations, 1)}
    for place, ask in enumerate(new.recommendations, 1):
        known = before.pop(ask.id, None)
        moved = known is not None and known[0] != place
        was = _described(known[0] if moved else 0, known[1], points) if known else ""
        yield Part(f"Recommendation {place}", compare_words(was, _described(place if moved else 0, ask, points)))
    for place, ask in before.values():
        yield Part(f"Recommendation {place}, removed", compare_words(_described(0, ask, points), ""))


def _described(place: int, ask: Ask, points: Mapping[int, str]) -> str:
    """All that is approved of a recommendation, a label a line; its place only where it moved, else 0."""
    lines = [f"Place: {place}"] if place else []
    lines += [f"{ask.kind.label}, {ask.placement.label[0].lower()}{ask.placement.label[1:]}"]
    for label, value in (
        ("Title", ask.title),
        ("Recommendation", ask.text),
        ("Wording for the board", ask.board_wording),
        ("How we will know it is done", ask.success),
        ("Theme", ask.theme),
        ("Focus area", FocusArea(ask.focus_area).label if ask.focus_area else ""),
        ("Principles", ", ".join(Principle(p).label for p in ask.principles)),
        ("Rests on", "; ".join(points.get(i, f"point {i}") for i in ask.rests_on)),
    ):
        if value:
            lines.append(f"{label}: {value}")
    return "\n".join(lines)
