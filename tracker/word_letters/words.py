"""Texts that went through Word and came back: what nobody touched there stays as it was written here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracker.documents import escape_markup, split_at_recommendations, tidy_markdown
from tracker.letters.rules import RECOMMENDATIONS_MARK
from tracker.word_letters.three_way import kept_places, matcher, stretches

_WORD = re.compile(r"\S+")
_TOKEN = re.compile(r"\n\s*|[^\S\n]+|\S+ ?")
_HEADING = re.compile(r"#{2,3} ")
_MARKER = re.compile(r"^( *)(?:[-+*]|[0-9]+[.)]) ", re.MULTILINE)
_BLANK = re.compile(r"\n[ \t]*\n\s*")
# What is longer fits nowhere, so that it is not looked at closely.
LONGEST = 60_000
_BREAK = "\n\n"
_MOST_PIECES = 3000
_MOST_JOINED = 40


def chunks_of(text: str) -> list[str]:
    """The pieces of a text that blank lines part."""
    return [piece for piece in _BLANK.split(text.strip()) if piece.strip()]


def text_back(raw: str, printed: str, new: str, fields: Mapping[str, str]) -> str:
    """`new`, which is `printed` as edited in Word, in the words of `raw`, which `printed` was printed from.

    What was written in another way than it prints (a field, a list with another sign) stands again as it was written,
    where Word did not change it. `fields` are what the fields said.
    """
    if new == printed:
        return raw
    if len(new) > LONGEST:
        return new
    found: list[str] = []
    for was, ours, theirs in stretches(*(_TOKEN.findall(text) for text in (printed, raw, new))):
        found += ours if theirs == was else theirs
    text = "".join(found)
    return text if text != new and _says(text, new, fields) else new


def _says(text: str, printed: str, fields: Mapping[str, str]) -> bool:
    """Whether `text` prints as this."""
    wanted = tidy_markdown(printed)
    for spell in (str, escape_markup) if fields else (str,):
        said = text
        for name, words in fields.items():
            said = said.replace(f"{{{name}}}", spell(words))
        if said == printed or _folded(tidy_markdown(said)) == _folded(wanted):
            return True
    return False


@dataclass(frozen=True)
class _Unit:
    """What was written without a blank line (or is one list), and the pieces as which it was read back from Word."""

    source: str
    pieces: tuple[str, ...]


def body_back(raw: str, printed: str, new: str, fields: Mapping[str, str]) -> str:
    """The body `new`, which is `printed` as edited in Word: what is untouched of it as `raw` has it."""
    if new == printed:
        return raw
    if len(new) > LONGEST:
        return new
    after = chunks_of(new)
    found: list[str] = []
    changed: list[_Unit] = []
    end = 0
    for unit, place in _placed(_units(raw, printed), after):
        if place is None:
            changed.append(unit)
            continue
        found += [*_changed(changed, after[end:place], fields), unit.source]
        changed, end = [], place + len(unit.pieces)
    found += _changed(changed, after[end:], fields)
    text = _BREAK.join(filter(None, found))
    return text.removesuffix(RECOMMENDATIONS_MARK).rstrip() if _ends_with_list(raw) else text


def _placed(units: Sequence[_Unit], after: Sequence[str]) -> Iterator[tuple[_Unit, int | None]]:
    """Each unit with the place in `after` where all of it stands untouched, None where it does not."""
    kept = kept_places([piece for unit in units for piece in unit.pieces], after)
    start = 0
    for unit in units:
        places = [kept.get(n) for n in range(start, start + len(unit.pieces))]
        start += len(unit.pieces)
        first = places[0]
        whole = first is not None and places == list(range(first, first + len(places)))
        yield unit, first if whole else None


def _changed(units: Sequence[_Unit], pieces: Sequence[str], fields: Mapping[str, str]) -> list[str]:
    """What these units became: one by one where there are as many, else all together."""
    if len(units) == len(pieces):
        pairs = zip(units, pieces, strict=True)
        return [text_back(unit.source, _BREAK.join(unit.pieces), piece, fields) for unit, piece in pairs]
    printed = _BREAK.join(piece for unit in units for piece in unit.pieces)
    return [text_back(_BREAK.join(unit.source for unit in units), printed, _BREAK.join(pieces), fields)]


def _ends_with_list(raw: str) -> bool:
    """Whether the list follows the body without a line that says so."""
    return RECOMMENDATIONS_MARK not in (line.strip() for line in raw.splitlines())


def _units(raw: str, printed: str) -> list[_Unit]:
    """The units of a body with what was read back of each; where the two cannot be matched, what was read back."""
    read = chunks_of(printed)
    if len(read) > _MOST_PIECES:
        return [_Unit(piece, (piece,)) for piece in read]
    before, after = split_at_recommendations(raw)
    mark = [RECOMMENDATIONS_MARK] if RECOMMENDATIONS_MARK in read else []
    found: list[_Unit] = []
    start = 0
    for source in (*_joined(chunks_of(before)), *mark, *_joined(chunks_of(after))):
        pieces = tuple(read[start : start + len(chunks_of(tidy_markdown(source)))])
        start += len(pieces)
        if not pieces or not _alike(source, _BREAK.join(pieces)):
            return [_Unit(piece, (piece,)) for piece in read]
        found.append(_Unit(source, pieces))
    return found if start == len(read) else [_Unit(piece, (piece,)) for piece in read]


def _joined(sources: Sequence[str]) -> Iterator[str]:
    """The pieces, those of one list put together again."""
    waiting: list[str] = []
    for source in sources:
        joined = _BREAK.join([*waiting, source])
        if waiting and len(waiting) < _MOST_JOINED and len(chunks_of(tidy_markdown(joined))) == 1:
            waiting.append(source)
            continue
        if waiting:
            yield _BREAK.join(waiting)
        waiting = [source]
    if waiting:
        yield _BREAK.join(waiting)


def _alike(source: str, read: str) -> bool:
    """Whether this was read back from that source. A field says something else there, which is not looked at."""
    return "{" in source or _folded(tidy_markdown(source)) == _folded(read)


def _folded(text: str) -> str:
    """The text without what depends on the text before: the level of a heading, the sign of a list."""
    return _MARKER.sub(r"\1- ", _HEADING.sub("## ", text))


def passage_back(old: str, new: str, passage: str) -> str | None:
    """The passage of `old` as it reads in `new`; None where it is gone, or was not found in `old`."""
    before, after, words = (_WORD.findall(text.replace("*", "")) for text in (old, new, passage))
    bare, wanted = _bare(before), _bare(words)
    starts = range(len(before) - len(words) + 1) if words else ()
    start = next((n for n in starts if bare[n : n + len(words)] == wanted), None)
    if start is None:
        return None
    changes = matcher(before, after).get_opcodes()
    first = next(c + (start - a if kind == "equal" else 0) for kind, a, b, c, _ in changes if a <= start < b)
    last = start + len(words) - 1
    end = next(c + last - a + 1 if kind == "equal" else d for kind, a, b, c, d in changes if a <= last < b)
    found = after[first:end]
    if found == before[start : last + 1]:
        return passage
    return " ".join(found) if set(_bare(found)) & set(wanted) else None


def _bare(words: Sequence[str]) -> list[str]:
    return [word.casefold().rstrip(".,;") for word in words]
