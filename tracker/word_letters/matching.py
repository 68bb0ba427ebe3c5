"""Which recommendation of a Word letter is which of the draft: by its words, its letter and its likeness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tracker.documents import ReadRecommendation

LIKE = 0.5


def match(old: Sequence[ReadRecommendation], new: Sequence[ReadRecommendation]) -> list[int | None]:
    """For each of `new` the place in `old` of what it was, or None where it is new. None of `old` is taken twice.

    First what says the same; then what has the letter or the title of one that it is like; then the likest.
    """
    free = dict(enumerate(old))
    found: dict[int, int] = {}

    def take(place: int, was: int) -> None:
        found[place] = was
        del free[was]

    for place, one in enumerate(new):
        same = next((was for was, other in free.items() if other.printed == one.printed), None)
        if same is not None:
            take(place, same)
    for place, one in enumerate(new):
        if place not in found:
            named = (was for was, other in free.items() if _is_named(other, one))
            was = next(named, None)
            if was is not None:
                take(place, was)
    for place, was in _likest(free, {n: one for n, one in enumerate(new) if n not in found}):
        take(place, was)
    return [found.get(place) for place in range(len(new))]


def likeness(one: str, other: str) -> float:
    """How many of their words two texts share, wherever these stand, from 0 to 1."""
    a, b = (Counter(text.casefold().split()) for text in (one, other))
    shared, all_words = (a & b).total(), a.total() + b.total()
    return 2 * shared / all_words if all_words else 1.0


def _is_named(old: ReadRecommendation, new: ReadRecommendation) -> bool:
    if old.title and old.title == new.title:
        return True
    return old.letter == new.letter and likeness(old.printed, new.printed) >= LIKE


def _likest(old: dict[int, ReadRecommendation], new: dict[int, ReadRecommendation]) -> list[tuple[int, int]]:
    """(place in new, place in old) of those that are alike, the likest first, each once."""
    pairs = [(likeness(o.printed, n.printed), place, was) for place, n in new.items() for was, o in old.items()]
    taken: list[tuple[int, int]] = []
    for like, place, was in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if like >= LIKE and all(place != p and was != w for p, w in taken):
            taken.append((place, was))
    return taken
