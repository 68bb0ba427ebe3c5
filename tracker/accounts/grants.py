"""Which grants hold on a day: dates, and for one that was delegated also the role of whoever delegated it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from tracker.accounts.models import Grant, User
from tracker.core.permissions import CHAIRS

# A date, or a parameter that stands for one in a query that is built once.
Day = date | BindParameter[date]


def dated(grant: Any, on: Day) -> ColumnElement[bool]:
    """Grants whose days include that one; `grant` is the table or an alias of it."""
    return and_(grant.from_on <= on, or_(grant.until_on.is_(None), grant.until_on >= on))


def in_force(on: Day) -> ColumnElement[bool]:
    """Grants that hold on that day.

    A delegated one holds while whoever delegated it has the role themselves and can sign in, and while its holder is
    of the taskforce by a role of their own: it never outlives either.
    """
    return and_(dated(Grant, on), or_(Grant.delegated_by_id.is_(None), and_(_giver_has_role(on), _holder_belongs(on))))


def _giver_has_role(on: Day) -> ColumnElement[bool]:
    own, giver = aliased(Grant), aliased(User)
    return exists().where(
        own.contact_id == Grant.delegated_by_id,
        own.role == Grant.role,
        own.taskforce_id == Grant.taskforce_id,
        own.delegated_by_id.is_(None),
        dated(own, on),
        giver.contact_id == own.contact_id,
        giver.disabled_at.is_(None),
    )


def _holder_belongs(on: Day) -> ColumnElement[bool]:
    own = aliased(Grant)
    return exists().where(
        own.contact_id == Grant.contact_id,
        own.taskforce_id == Grant.taskforce_id,
        own.delegated_by_id.is_(None),
        dated(own, on),
    )


def chairs_by_right(taskforce_id: int) -> ColumnElement[bool]:
    """The chair's and the vice chair's own grants in a taskforce, none that they delegated."""
    return and_(Grant.taskforce_id == taskforce_id, Grant.role.in_(sorted(CHAIRS)), Grant.delegated_by_id.is_(None))
