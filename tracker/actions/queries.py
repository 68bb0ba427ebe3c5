"""Reads of actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, func, literal_column, or_, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.models import Contact
from tracker.actions.models import Action, ActionUpdate, Origin
from tracker.actions.rules import UNFINISHED, ActionState
from tracker.core.db import SHORT, db
from tracker.core.permissions import CHAIRS, Person, Role
from tracker.web.tables import Page, Sort, page

# Written as in ix_action_unfinished, without bound values: SQLite uses a partial or expression index only then.
DUE: ColumnElement[date] = func.coalesce(Action.due_on, literal_column("'9999-12-31'"), type_=Date())
IS_UNFINISHED = Action.state.in_([literal_column(f"'{s.value}'") for s in ActionState if s in UNFINISHED])
IS_REPORTED = Action.state == literal_column("'pending_review'")
SORTS = (
    Sort("due", DUE, Action.__table__.c.id),
    Sort("reference", Action.__table__.c.reference, Action.__table__.c.id),
    Sort("owner", func.lower(func.coalesce(Contact.name, ""), type_=SHORT), Action.__table__.c.id),
)


def visible_actions(person: Person) -> ColumnElement[bool]:
    """Actions of the person's taskforces, and those that they own (product.md, Who uses it)."""
    return or_(Action.taskforce_id.in_(sorted(person.taskforces())), Action.owner_id == person.contact_id)


def get_action_for(person: Person, key: str) -> Action | None:
    """The action with this reference, with its owner, taskforce and updates; None where `person` cannot see it."""
    statement = (
        select(Action)
        .where(Action.reference == key, visible_actions(person))
        .options(
            joinedload(Action.owner),
            joinedload(Action.taskforce),
            selectinload(Action.updates).joinedload(ActionUpdate.by),
        )
    )
    return db.session.scalars(statement).unique().one_or_none()


def get_origin_for(person: Person, origin_id: int) -> Origin | None:
    """What an action can arise from, in a taskforce of `person`; None for anything else."""
    found = select(Origin).where(Origin.id == origin_id, Origin.taskforce_id.in_(sorted(person.taskforces())))
    return db.session.scalars(found).one_or_none()


def _rows() -> Select[Any]:
    columns: list[Any] = [Action.id, Action.reference, Action.title, Action.owner_id, Contact.name.label("owner")]
    columns += [Action.due_on, Action.due_stated, Action.state]
    return select(*columns).outerjoin(Contact, Contact.id == Action.owner_id)


def list_actions(
    person: Person,
    today: date,
    arguments: Mapping[str, str],
    *,
    taskforce_id: int | None = None,
    state: str = "",
    mine: bool = False,
    overdue: bool = False,
) -> Page:
    """A page of the actions that `person` can see. `state`: '' for unfinished, 'all', or one state."""
    statement = _rows().where(Action.owner_id == person.contact_id if mine else visible_actions(person))
    if taskforce_id is not None:
        statement = statement.where(Action.taskforce_id == taskforce_id)
    if overdue:
        statement = statement.where(IS_UNFINISHED, Action.state != ActionState.PENDING_REVIEW, Action.due_on < today)
    if state in {s.value for s in ActionState}:
        statement = statement.where(Action.state == ActionState(state))
    elif state != "all":
        statement = statement.where(IS_UNFINISHED)
    return page(db.session(), statement, SORTS, arguments)


def list_actions_of(origin_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Actions that arose from these origins, oldest first: reference, title, owner, due_on, due_stated, state."""
    if not origin_ids:
        return []
    return db.session.execute(_rows().where(Action.origin_id.in_(origin_ids)).order_by(Action.id)).all()


def list_due_actions(person: Person, today: date, limit: int) -> Sequence[Row[Any]]:
    """Unfinished actions that wait for `person`, by due date: their own, and those reported done that they may close.

    Rows as in the register, with `is_overdue` (None without a date); those without a date stand at the end.
    """
    deciding = sorted(person.taskforces({Role.SECRETARIAT, *CHAIRS}))
    mine = _first(
        limit, IS_UNFINISHED, Action.state != ActionState.PENDING_REVIEW, Action.owner_id == person.contact_id
    )
    to_close = (
        IS_REPORTED,
        Action.reported_by_id != person.contact_id,
        or_(Action.owner_id.is_(None), Action.owner_id != person.contact_id),
    )
    parts = [mine, *(_first(limit, Action.taskforce_id == i, *to_close) for i in deciding)]
    rows = _rows().add_columns((Action.due_on < today).label("is_overdue"))
    return db.session.execute(rows.where(Action.id.in_(union_all(*parts))).order_by(DUE, Action.id).limit(limit)).all()


def _first(limit: int, *conditions: ColumnElement[bool]) -> Select[Any]:
    """Ids of the first actions under `conditions`, by an index of their own: with OR between two, none would serve."""
    first = select(Action.id).where(*conditions).order_by(DUE, Action.id).limit(limit).subquery()
    return select(first.c.id)
