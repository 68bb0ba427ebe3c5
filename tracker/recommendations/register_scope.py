"""Whose assignments a person may see, written so that an index serves, and the register's own order."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, false, func, literal_column, or_

from tracker.core.permissions import Person
from tracker.recommendations.models import Assignment

# More parts than this cost more to plan than they save.
MERGED = 12
DUE: ColumnElement[date] = func.coalesce(Assignment.due_on, literal_column("'9999-12-31'"), type_=Date())
IS_OPEN: ColumnElement[bool] = Assignment.status == literal_column("'open'")
IS_AWAITING: ColumnElement[bool] = Assignment.position == literal_column("'awaiting_answer'")


def visible_assignments(person: Person) -> ColumnElement[bool]:
    """Assignments of the person's taskforces, and of their programmes (product.md, Who uses it)."""
    scopes = []
    if taskforces := sorted(person.taskforces()):
        scopes.append(Assignment.taskforce_id.in_(taskforces))
    if programmes := sorted(person.programmes()):
        scopes.append(Assignment.programme_id.in_(programmes))
    return or_(*scopes) if scopes else false()


def unindexed(person: Person) -> ColumnElement[bool]:
    """`visible_assignments`, written so that another condition's index is taken: of the two the better one."""
    return or_(
        (Assignment.taskforce_id + 0).in_(sorted(person.taskforces())),
        (Assignment.programme_id + 0).in_(sorted(person.programmes())),
    )


def scopes_of(person: Person) -> list[ColumnElement[bool]]:
    """`visible_assignments` in parts without a row in common, each with an index of its own in due order.

    The database merges the parts; of several taskforces in one condition it would read and sort every row.
    """
    taskforces = sorted(person.taskforces())
    parts: list[ColumnElement[bool]] = [Assignment.taskforce_id == i for i in taskforces]
    for programme_id in sorted(person.programmes()):
        part = Assignment.programme_id == programme_id
        parts.append(and_(part, Assignment.taskforce_id.not_in(taskforces)) if taskforces else part)
    return parts if 0 < len(parts) <= MERGED else [visible_assignments(person)]


def word_is(column: Any, word: str) -> ColumnElement[bool]:
    """`column` has this word of an enum, written out: a partial index serves no bound value."""
    return column == literal_column(f"'{str(word)}'")  # type: ignore[no-any-return]
