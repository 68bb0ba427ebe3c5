"""What the pages of letterheads are filled with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.core import clock
from tracker.letterheads import queries
from tracker.letterheads.models import Letterhead
from tracker.letterheads.rules import DocumentKind, Standing, standing


@dataclass(frozen=True)
class Now:
    """What is used today for one kind of document (None: the product's own), and what will be."""

    kind: DocumentKind
    live: Letterhead | None
    planned: Sequence[Letterhead]


def list_now(taskforce_id: int) -> list[Now]:
    """What is live and what is planned, for each kind of document."""
    return [
        Now(kind, queries.get_live(taskforce_id, kind), queries.list_planned(taskforce_id, kind))
        for kind in DocumentKind
    ]


def stands(rows: Iterable[Any], now: Iterable[Now]) -> dict[int, Standing]:
    """How each of the listed letterheads stands, by id."""
    live = {one.live.id for one in now if one.live}
    return {row.id: standing(row.live_from, row.id in live, clock.today()) for row in rows}


def standing_of(letterhead: Letterhead) -> Standing:
    """How a letterhead stands today."""
    live = queries.get_live(letterhead.taskforce_id, letterhead.kind)
    return standing(letterhead.live_from, live is not None and live.id == letterhead.id, clock.today())
