"""Reads of standard passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from tracker.core.db import SHORT, db
from tracker.core.permissions import Person
from tracker.directory.models import Taskforce
from tracker.directory.rules import is_code
from tracker.passages.models import StandardPassage
from tracker.passages.rules import PassageUse
from tracker.web.tables import Page, Sort, page

OFFERED_AT_MOST = 200


def list_passages(taskforce_id: int, arguments: Mapping[str, str]) -> Page:
    """A page of the taskforce's passages, by name."""
    columns: list[Any] = [StandardPassage.id, StandardPassage.name, StandardPassage.use, StandardPassage.text]
    statement = select(*columns).where(StandardPassage.taskforce_id == taskforce_id)
    name = func.lower(StandardPassage.name, type_=SHORT)
    return page(db.session(), statement, (Sort("name", name, StandardPassage.__table__.c.id),), arguments)


def list_offered(taskforce_id: int, use: PassageUse) -> Sequence[StandardPassage]:
    """The taskforce's passages for one use, by name."""
    statement = select(StandardPassage).where(StandardPassage.taskforce_id == taskforce_id, StandardPassage.use == use)
    order = (func.lower(StandardPassage.name), StandardPassage.id)
    return db.session.scalars(statement.order_by(*order).limit(OFFERED_AT_MOST)).all()


def get_first(taskforce_id: int, use: PassageUse) -> str | None:
    """The text of the taskforce's first passage for a use, by name; None where it keeps none."""
    found = next(iter(list_offered(taskforce_id, use)), None)
    return found.text if found else None


def get_passage_for(_person: Person, code: str, passage_id: int) -> StandardPassage | None:
    """A passage of the taskforce with this code, with the taskforce; the permissions table decides."""
    if not is_code(code):
        return None
    statement = (
        select(StandardPassage)
        .join(StandardPassage.taskforce)
        .where(StandardPassage.id == passage_id, Taskforce.code == code)
        .options(contains_eager(StandardPassage.taskforce))
    )
    return db.session.scalars(statement).one_or_none()
