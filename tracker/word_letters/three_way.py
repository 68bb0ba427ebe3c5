"""Three sequences, two of which come from the first: what each of the two changed, stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Stretch = tuple[list[str], list[str], list[str]]
_LONG = 2000
# What stands for base[from:until] instead, by (from, until); nothing of base is taken out by what is inserted.
Edits = dict[int, tuple[int, list[str]]]


def stretches(base: Sequence[str], one: Sequence[str], other: Sequence[str]) -> Iterator[Stretch]:
    """(in base, in one, in other) of stretch after stretch. What both changed is in one stretch, if it overlaps."""
    sides = [_Side(base, one), _Side(base, other)]
    inside = {place for side in sides for start, (end, _) in side.edits.items() for place in range(start + 1, end)}
    cuts = [place for place in range(len(base) + 1) if place not in inside]
    for start, end in zip(cuts, [*cuts[1:], len(base)], strict=True):
        if any(start in side.inserted for side in sides):
            yield [], *(side.inserted.get(start, []) for side in sides)  # type: ignore[misc]
        if end > start:
            yield list(base[start:end]), *(side.between(start, end) for side in sides)  # type: ignore[misc]


def matcher(before: Sequence[str], after: Sequence[str]) -> SequenceMatcher[str]:
    """Compares two sequences; in long ones it begins nowhere at what stands there often, which would take minutes."""
    return SequenceMatcher(None, before, after, autojunk=max(len(before), len(after)) > _LONG)


def kept_places(base: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    """Where the items of `base` that are still there stand in `after`, in their order."""
    blocks = matcher(base, after).get_matching_blocks()
    return {block.a + n: block.b + n for block in blocks for n in range(block.size)}


class _Side:
    """What one of the two changed: edits of stretches of the base, and what it inserted before a place."""

    def __init__(self, base: Sequence[str], after: Sequence[str]) -> None:
        self._base = base
        self.edits: Edits = {}
        self.inserted: dict[int, list[str]] = {}
        for kind, a, b, c, d in matcher(base, after).get_opcodes():
            if kind == "insert":
                self.inserted[a] = list(after[c:d])
            elif kind != "equal":
                self.edits[a] = (b, list(after[c:d]))

    def between(self, start: int, end: int) -> list[str]:
        """What it has for base[start:end], without what it inserted before `start`."""
        found: list[str] = []
        place = start
        while place < end:
            if place > start:
                found += self.inserted.get(place, [])
            until, instead = self.edits.get(place, (place + 1, [self._base[place]]))
            found += instead
            place = until
        return found
