"""Workshops to start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.actions.counting import counter
from tests.factories import Cast
from tracker.core.db import db, writing
from tracker.directory.models import Taskforce
from tracker.workshops import operations, queries
from tracker.workshops.models import PointHeard, Workshop
from tracker.workshops.operations import PointDetails, WorkshopDetails
from tracker.workshops.rules import PointKind

HELD_ON = date(2026, 3, 2)


@dataclass(frozen=True)
class Planned:
    """A workshop of the EPC taskforce with the Cancer Programme."""

    id: int
    origin_id: int
    reference: str


def plan(
    taskforce_id: int, programme_id: int, title: str = "Cancer Strategy", held_on: date | None = HELD_ON
) -> Workshop:
    """Within a writing transaction: one more planned workshop."""
    taskforce = db.session.get_one(Taskforce, taskforce_id)
    return operations.plan_workshop(taskforce, WorkshopDetails(title, programme_id, held_on, "Leeds"), by=None)


def hear(workshop: Workshop, text: str, kind: PointKind = PointKind.CONCERN) -> PointHeard:
    """Within a writing transaction: one more point."""
    return operations.add_point(workshop, PointDetails(text, kind, None, "", None, "", False), by=None)


@pytest.fixture
def workshop(app: Flask, cast: Cast) -> Planned:
    with app.app_context(), writing():
        made = plan(cast.epc, cast.can)
        return Planned(made.id, made.origin_id, made.reference)


@pytest.fixture
def add_points(app: Flask, workshop: Planned) -> Callable[..., list[int]]:
    """`add_points("one", "two")` adds points to the workshop and gives their ids."""

    def add(*texts: str) -> list[int]:
        with app.app_context(), writing():
            made = db.session.get_one(Workshop, workshop.id)
            return [hear(made, text).id for text in texts]

    return add


@pytest.fixture
def heard(app: Flask, workshop: Planned) -> Callable[[], list[Any]]:
    """`heard()` gives the points of the workshop as they are now, in their order."""

    def read() -> list[Any]:
        with app.app_context():
            return list(queries.list_points(workshop.id))

    return read


@pytest.fixture
def queries_of(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """`queries_of(do)` does something and says how many SELECTs that took."""
    return counter(app)
