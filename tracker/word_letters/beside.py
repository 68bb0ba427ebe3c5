"""Two texts of a part side by side: the paragraphs that differ, word by word, and how many between them do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.letters.comparing import Part, Stretch, compare_words
from tracker.word_letters.three_way import matcher
from tracker.word_letters.words import chunks_of


@dataclass(frozen=True)
class Row:
    """Paragraphs that differ, on the left as they were and on the right as they are; or how many are the `same`."""

    left: tuple[Stretch, ...] = ()
    right: tuple[Stretch, ...] = ()
    same: int = 0


@dataclass(frozen=True)
class Beside:
    """A part by its name, and its rows."""

    name: str
    rows: tuple[Row, ...]


def beside(parts: Iterable[Part]) -> list[Beside]:
    """The changed parts, side by side."""
    return [Beside(part.name, tuple(_rows(part))) for part in parts]


def _rows(part: Part) -> list[Row]:
    old = chunks_of("".join(s.text for s in part.stretches if s.kind != "ins"))
    new = chunks_of("".join(s.text for s in part.stretches if s.kind != "del"))
    found = []
    for kind, a, b, c, d in matcher(old, new).get_opcodes():
        if kind == "equal":
            found.append(Row(same=b - a))
        elif b - a == d - c:
            found += [_row(x, y) for x, y in zip(old[a:b], new[c:d], strict=True)]
        else:
            found.append(_row("\n\n".join(old[a:b]), "\n\n".join(new[c:d])))
    return found or [_row("", "")]


def _row(old: str, new: str) -> Row:
    stretches = compare_words(old, new)
    left = tuple(s for s in stretches if s.kind != "ins")
    return Row(left, tuple(s for s in stretches if s.kind != "del"))
