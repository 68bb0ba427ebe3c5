"""The points heard, beside the text: which of them the recommendations rest on, and which are still to be used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tracker.letters.content import Ask
from tracker.workshops.models import PointHeard
from tracker.workshops.rules import PointKind


class PointOnOffer(NamedTuple):
    """A point heard, as far as it stands beside the text."""

    id: int
    kind: PointKind
    text: str
    theme: str
    source: str
    could_identify: bool


@dataclass(frozen=True)
class Heard:
    """A point, and the numbers (from 1) of the recommendations that rest on it."""

    point: PointHeard | PointOnOffer
    used_in: tuple[int, ...]
    chosen: bool

    @property
    def is_open_concern(self) -> bool:
        return self.point.kind is PointKind.CONCERN and not self.used_in


@dataclass(frozen=True)
class PointsHeard:
    """The points on offer, concerns not used yet first, then the others not used, then the used ones."""

    points: tuple[Heard, ...]

    @property
    def used(self) -> int:
        return sum(bool(h.used_in) for h in self.points)

    @property
    def open_concerns(self) -> int:
        return sum(h.is_open_concern for h in self.points)


def points_heard(
    points: Iterable[PointHeard | PointOnOffer], asks: Sequence[Ask], chosen: Iterable[str] = ()
) -> PointsHeard:
    """Tick off the points that `asks` rest on; those `chosen` (ids) when the letter was begun come first of a kind."""
    picked = set(chosen)
    heard = [
        Heard(p, tuple(n for n, ask in enumerate(asks, 1) if p.id in ask.rests_on), str(p.id) in picked) for p in points
    ]
    return PointsHeard(tuple(sorted(heard, key=lambda h: (bool(h.used_in), not h.is_open_concern, not h.chosen))))
