"""An action to start from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.actions.counting import counter
from tests.factories import Cast
from tracker.actions import operations
from tracker.actions.models import Action
from tracker.core.db import db, writing
from tracker.directory.models import Taskforce


def make_action(
    taskforce_id: int, owner_id: int | None, title: str = "Send the notes", due_on: date | None = None
) -> Action:
    """Within a writing transaction: one more open action."""
    taskforce = db.session.get_one(Taskforce, taskforce_id)
    return operations.raise_action(taskforce, title=title, owner_id=owner_id, due_on=due_on, origin_id=None, by=None)


@pytest.fixture
def action(app: Flask, cast: Cast) -> str:
    """EPC-A001, which the programme's team owns: they hold no role in the taskforce."""
    with app.app_context(), writing():
        return make_action(cast.epc, cast.contacts["team@can.test"]).reference


@pytest.fixture
def saved(app: Flask) -> Callable[[], Any]:
    """`saved()` gives EPC-A001 as it is now."""

    def read() -> Any:
        with app.app_context():
            return db.session.scalars(select(Action).where(Action.reference == "EPC-A001")).one()

    return read


@pytest.fixture
def queries_of(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """`queries_of(do)` does something and says how many SELECTs that took."""
    return counter(app)
