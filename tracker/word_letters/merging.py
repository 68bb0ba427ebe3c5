"""Three texts of one letter: where it began, what is saved now, and what came back from Word. Nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tracker.letters.content import Ask, Content
from tracker.word_letters.taking import ASK_PARTS, part_of
from tracker.word_letters.three_way import stretches
from tracker.word_letters.words import chunks_of

_PARTS = (
    ("sender_address", "Sender address"),
    ("classification", "Security classification"),
    ("addressee", "Addressee"),
    ("salutation", "Salutation"),
    ("subject", "Subject"),
    ("closing", "Closing"),
    ("signatory", "Signatory"),
    ("copies", "Copies to"),
)


@dataclass(frozen=True)
class Clash:
    """A part that was changed in both: what it was, what is saved now, and what stands in the Word document."""

    part: str
    base: str
    saved: str
    word: str


@dataclass(frozen=True)
class Merged:
    """One content out of two, and the parts in which only one of the two could be kept."""

    content: Content
    clashes: tuple[Clash, ...]


def merge(base: Content, saved: Content, word: Content, *, prefer_word: bool) -> Merged:
    """What both changed since `base`, together. Where both changed the same words, `prefer_word` decides."""
    clashes: list[Clash] = []

    def one(part: str, b: str, s: str, w: str) -> str:
        if w in (b, s):
            return s
        if s == b:
            return w
        clashes.append(Clash(part, b, s, w))
        return w if prefer_word else s

    changed: dict[str, object] = {}
    for name, part in _PARTS:
        texts = [getattr(content, name) for content in (base, saved, word)]
        if isinstance(texts[0], tuple):
            changed[name] = tuple(one(part, *("\n".join(lines) for lines in texts)).splitlines())
        else:
            changed[name] = one(part, *texts)
    body = _body(base.body, saved.body, word.body, clashes, prefer_word)
    asks = _asks(base, saved, word, clashes, prefer_word)
    content = replace(saved, **changed, body=body, recommendations=asks)  # type: ignore[arg-type]
    return Merged(content, tuple(clashes))


def _body(base: str, saved: str, word: str, clashes: list[Clash], prefer_word: bool) -> str:
    """The body, piece by piece: a piece that only one of the two changed is taken from there."""
    if word in (base, saved):
        return saved
    if saved == base:
        return word
    before, ours, theirs = (chunks_of(text) for text in (base, saved, word))
    found: list[str] = []
    for b, s, w in stretches(before, ours, theirs):
        if w in (b, s):
            found += s
        elif s == b:
            found += w
        else:
            clashes.append(Clash("Letter", *("\n\n".join(pieces) for pieces in (b, s, w))))
            found += w if prefer_word else s
    return "\n\n".join(found)


def _asks(base: Content, saved: Content, word: Content, clashes: list[Clash], prefer_word: bool) -> tuple[Ask, ...]:
    """The recommendations by identity: added by either, removed by either, and each part of them like any other."""
    old, ours, theirs = ({ask.id: ask for ask in content.recommendations} for content in (base, saved, word))
    known = {i: ask for i, ask in theirs.items() if i}
    order = [ask.id for ask in saved.recommendations]
    if [i for i in known if i in old] != [i for i in old if i in known]:
        # Moved in Word: those that it has stand in its order, in the places that they have between them.
        there = iter([i for i in known if i in ours])
        order = [next(there) if i in known else i for i in order]
    found = []
    for i in order:
        kept = _one(old.get(i), ours[i], known.get(i), clashes, prefer_word)
        found += [kept] if kept else []
    for i, ask in known.items():
        if i not in ours and i in old and _words(ask) != _words(old[i]):
            clashes.append(Clash("Recommendation removed here", _words(old[i]), "", _words(ask)))
            found += [ask] if prefer_word else []
    return (*found, *(ask for ask in word.recommendations if not ask.id))


def _one(old: Ask | None, ours: Ask, theirs: Ask | None, clashes: list[Clash], prefer_word: bool) -> Ask | None:
    if old is None:
        return ours
    if theirs is None:
        if _words(ours) == _words(old):
            return None
        clashes.append(Clash("Recommendation removed in Word", _words(old), _words(ours), ""))
        return None if prefer_word else ours
    changed = {}
    for name in ASK_PARTS:
        b, s, w = (getattr(ask, name) for ask in (old, ours, theirs))
        if w != b and s not in (b, w):
            clashes.append(Clash(part_of(ours, name), b, s, w))
        changed[name] = w if w != b and (s == b or prefer_word) else s
    return replace(ours, **changed)


def _words(ask: Ask) -> str:
    return "\n".join(filter(None, (ask.title, ask.text, ask.success)))
