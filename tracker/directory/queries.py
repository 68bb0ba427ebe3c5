"""Reads of the directory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Contact, Grant, User
from tracker.core import clock
from tracker.core.db import db
from tracker.core.permissions import Person, Role
from tracker.directory.models import Board, BoardMeeting, Programme, SroAppointment, Taskforce

FOUND_AT_MOST = 10


def list_taskforces_for(person: Person, roles: Iterable[Role]) -> list[Taskforce]:
    """The taskforces in which the person holds one of `roles`, by name."""
    ids = person.taskforces(roles)
    return list(db.session.scalars(select(Taskforce).where(Taskforce.id.in_(ids)).order_by(Taskforce.name)))


def get_taskforce(code: str) -> Taskforce | None:
    """The taskforce with this code, with its board."""
    statement = select(Taskforce).where(Taskforce.code == code).options(joinedload(Taskforce.board))
    return db.session.scalars(statement).one_or_none()


def list_programmes() -> list[Programme]:
    """Every programme, by name."""
    return list(db.session.scalars(select(Programme).order_by(Programme.name, Programme.id)))


def current_sro(programme_id: int, on: date) -> Contact | None:
    """Who is the programme's senior responsible owner on that day; appointments may be open at either end."""
    statement = (
        select(Contact)
        .join(SroAppointment, SroAppointment.contact_id == Contact.id)
        .where(SroAppointment.programme_id == programme_id, _in_force(SroAppointment, on))
        .order_by(SroAppointment.id.desc())
        .limit(1)
    )
    return db.session.scalars(statement).first()


def list_board_meetings() -> list[BoardMeeting]:
    """Every meeting of every board, newest first, with its board."""
    statement = select(BoardMeeting).join(Board).options(joinedload(BoardMeeting.board))
    return list(db.session.scalars(statement.order_by(BoardMeeting.held_on.desc(), Board.name, BoardMeeting.id)))


def _in_force(dated: type[SroAppointment], on: date) -> ColumnElement[bool]:
    begun = or_(dated.from_on.is_(None), dated.from_on <= on)
    return begun & or_(dated.until_on.is_(None), dated.until_on >= on)


def offered_contacts(taskforce_id: int | None) -> ColumnElement[bool]:
    """Whom a taskforce's forms may name: its own contacts, and whoever it shares its work with.

    Those are the account holders with a grant in it or for a programme, and the programmes' senior responsible owners.
    Without a taskforce (an administrator's forms): everybody whom no taskforce keeps.
    """
    if taskforce_id is None:
        return Contact.taskforce_id.is_(None)
    today = clock.today()
    in_force = (Grant.from_on <= today) & or_(Grant.until_on.is_(None), Grant.until_on >= today)
    shared = or_(Grant.taskforce_id == taskforce_id, Grant.programme_id.is_not(None))
    holders = select(Grant.contact_id).join(User, User.contact_id == Grant.contact_id)
    holders = holders.where(User.disabled_at.is_(None), in_force, shared)
    owners = select(SroAppointment.contact_id).where(_in_force(SroAppointment, today))
    return or_(Contact.taskforce_id == taskforce_id, Contact.id.in_(holders), Contact.id.in_(owners))


def find_contacts(taskforce_id: int | None, words: str) -> list[Contact]:
    """At most ten offered contacts whose name has `words` in it; those that begin with them come first."""
    lowered = words.lower()
    name = func.lower(Contact.name)
    statement = (
        select(Contact)
        .where(offered_contacts(taskforce_id), name.contains(lowered, autoescape=True))
        .order_by(case((name.startswith(lowered, autoescape=True), 0), else_=1), name, Contact.id)
        .limit(FOUND_AT_MOST)
    )
    return list(db.session.scalars(statement))


def get_offered_contact(taskforce_id: int | None, contact_id: int) -> Contact | None:
    """The contact with this id, where the taskforce's forms may name it."""
    statement = select(Contact).where(Contact.id == contact_id, offered_contacts(taskforce_id))
    return db.session.scalars(statement).one_or_none()


def get_contact(contact_id: int) -> Contact | None:
    return db.session.get(Contact, contact_id)
