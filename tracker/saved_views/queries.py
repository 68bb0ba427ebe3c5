"""Reads of saved views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select

from tracker.accounts.models import Contact
from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.directory.models import Taskforce
from tracker.saved_views.models import DefaultView, SavedView

LISTED = 100
# Built once: it is asked for on every page of a register (docs/decisions/statements-built-once.md).
LISTING = (
    select(
        *(SavedView.id, SavedView.name, SavedView.query, SavedView.taskforce_id),
        SavedView.contact_id.label("owner_contact_id"),
        Contact.name.label("owner"),
        Taskforce.name.label("taskforce"),
        DefaultView.id.is_not(None).label("is_default"),
    )
    .join(Contact, Contact.id == SavedView.contact_id)
    .outerjoin(Taskforce, Taskforce.id == SavedView.taskforce_id)
    .outerjoin(
        DefaultView, and_(DefaultView.view_id == SavedView.id, DefaultView.contact_id == bindparam("contact_id"))
    )
    .where(
        SavedView.register == bindparam("register"),
        or_(
            SavedView.contact_id == bindparam("contact_id"),
            SavedView.taskforce_id.in_(bindparam("taskforces", expanding=True)),
        ),
    )
    .order_by(SavedView.name, SavedView.id)
    .limit(LISTED)
)


def list_views(person: Person, register: str) -> list[Row[*tuple[Any, ...]]]:
    """A person's own views of a register and those shared with them, by name, in one query.

    Rows of id, name, query, owner_contact_id, owner, taskforce_id, taskforce (None: nobody else sees it), is_default.
    """
    known = {"contact_id": person.contact_id, "register": register, "taskforces": sorted(person.taskforces())}
    return list(db.session.execute(LISTING, known))


def get_view_for(_person: Person, view_id: int) -> SavedView | None:
    """The view with this id; whether somebody may see it is for its permission to say."""
    return db.session.get(SavedView, view_id)


def get_default(person: Person, register: str) -> DefaultView | None:
    """What the register opens with for `person`, if they chose something."""
    statement = select(DefaultView).where(DefaultView.contact_id == person.contact_id, DefaultView.register == register)
    return db.session.scalars(statement).one_or_none()


@dataclass(frozen=True)
class Shelf:
    """The views that stand above a register: which one is open, and what the register's links carry of it.

    `opens`: the query of the view that the bare address stands for. `mark`: the address's `view`, "0" for none where a
    bare address would open one.
    """

    views: Sequence[Row[*tuple[Any, ...]]]
    current: Row[*tuple[Any, ...]] | None
    opens: str | None
    mark: str


def get_shelf(person: Person, register: str, arguments: Mapping[str, str]) -> Shelf:
    """The views above a register whose address has these arguments. One query."""
    views = list_views(person, register)
    usual = next((v for v in views if v.is_default), None)
    current = next((v for v in views if str(v.id) == arguments.get("view")), None)
    mark = str(current.id) if current is not None else "0" if usual is not None else ""
    opens = None
    if usual is not None and not arguments:
        opens = f"{usual.query}&view={usual.id}".lstrip("&")
    return Shelf(views, current, opens, mark)
