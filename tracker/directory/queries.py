"""Reads of the directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, bindparam, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.models import Contact, Grant, User
from tracker.core import clock
from tracker.core.db import SHORT, db
from tracker.core.permissions import Person, Role, may
from tracker.directory.models import Board, BoardMeeting, Membership, Programme, SroAppointment, Taskforce
from tracker.directory.rules import is_code
from tracker.web import tables
from tracker.web.fields import FORBIDDEN

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


def _in_force(dated: type[SroAppointment], on: Any) -> ColumnElement[bool]:
    begun = or_(dated.from_on.is_(None), dated.from_on <= on)
    return begun & or_(dated.until_on.is_(None), dated.until_on >= on)


def sro_id_on(programme_id: Any, on: Any) -> Any:
    """The contact id of the programme's senior responsible owner on a day, as a SELECT of one value."""
    held = select(SroAppointment.contact_id).where(SroAppointment.programme_id == programme_id)
    return held.where(_in_force(SroAppointment, on)).order_by(SroAppointment.id.desc()).limit(1).scalar_subquery()


_CURRENT_SRO = select(Contact).where(Contact.id == sro_id_on(bindparam("programme_id"), bindparam("on", type_=Date)))


def current_sro(programme_id: int, on: date) -> Contact | None:
    """Who is the programme's senior responsible owner on that day; appointments may be open at either end."""
    return db.session.scalars(_CURRENT_SRO, {"programme_id": programme_id, "on": on}).first()


def list_board_meetings() -> list[BoardMeeting]:
    """Every meeting of every board, newest first, with its board."""
    statement = select(BoardMeeting).join(Board).options(joinedload(BoardMeeting.board))
    return list(db.session.scalars(statement.order_by(BoardMeeting.held_on.desc(), Board.name, BoardMeeting.id)))


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


def list_visible_taskforces(person: Person) -> list[Taskforce]:
    """Those in which the person holds a role; every one for an administrator. By name, each with its board."""
    statement = select(Taskforce).options(joinedload(Taskforce.board)).order_by(Taskforce.name, Taskforce.id)
    if not person.is_admin:
        statement = statement.where(Taskforce.id.in_(person.taskforces()))
    return list(db.session.scalars(statement))


def list_visible_programmes(person: Person) -> list[Programme]:
    """Every programme, for those who may list them; else those for which the person holds a role."""
    if may(person, "programme.list"):
        return list_programmes()
    statement = select(Programme).where(Programme.id.in_(person.programmes()))
    return list(db.session.scalars(statement.order_by(Programme.name, Programme.id)))


def list_current_sros(on: date) -> dict[int, str]:
    """The name of the senior responsible owner on that day, by programme id."""
    statement = select(SroAppointment.programme_id, Contact.name).join(Contact, Contact.id == SroAppointment.contact_id)
    rows = db.session.execute(statement.where(_in_force(SroAppointment, on)).order_by(SroAppointment.id))
    return {row.programme_id: row.name for row in rows}


def get_taskforce_for(_person: Person, code: str) -> Taskforce | None:
    """The taskforce with this code, with its board, seats and who holds them; the permissions table decides."""
    if not is_code(code):
        return None
    seats = selectinload(Taskforce.memberships).joinedload(Membership.contact)
    statement = select(Taskforce).where(Taskforce.code == code).options(joinedload(Taskforce.board), seats)
    return db.session.scalars(statement).one_or_none()


def get_membership_for(_person: Person, code: str, membership_id: int) -> Membership | None:
    """A seat of the taskforce with this code, with the taskforce and who holds the seat."""
    if not is_code(code):
        return None
    statement = (
        select(Membership)
        .join(Membership.taskforce)
        .where(Membership.id == membership_id, Taskforce.code == code)
        .options(joinedload(Membership.taskforce), joinedload(Membership.contact))
    )
    return db.session.scalars(statement).one_or_none()


def get_programme_for(_person: Person, code: str) -> Programme | None:
    """The programme with this code, with its appointments, the newest first, and who was appointed."""
    if not is_code(code):
        return None
    appointments = selectinload(Programme.appointments).joinedload(SroAppointment.contact)
    loaded = (appointments, joinedload(Programme.main_contact))
    return db.session.scalars(select(Programme).where(Programme.code == code).options(*loaded)).one_or_none()


def list_boards() -> list[Board]:
    """Every board, by name, with its meetings."""
    return list(db.session.scalars(select(Board).options(selectinload(Board.meetings)).order_by(Board.name, Board.id)))


def get_board_for(_person: Person, board_id: int) -> Board | None:
    return db.session.scalars(
        select(Board).where(Board.id == board_id).options(selectinload(Board.meetings))
    ).one_or_none()


def get_contact_for(_person: Person, contact_id: int) -> Contact | None:
    return get_contact(contact_id)


def list_contacts(taskforce_id: int, arguments: Mapping[str, str]) -> tables.Page:
    """The contacts kept by a taskforce whose name or organisation has `q` in it; by name or by organisation."""
    name, organisation = (func.lower(c, type_=SHORT) for c in (Contact.name, Contact.organisation))
    columns: list[Any] = [Contact.id, Contact.name, Contact.job_title, Contact.organisation, Contact.email]
    statement = select(*columns).where(Contact.taskforce_id == taskforce_id)
    if words := FORBIDDEN.sub("", arguments.get("q", "")).strip().lower()[:200]:
        found = or_(name.contains(words, autoescape=True), organisation.contains(words, autoescape=True))
        statement = statement.where(found)
    key = Contact.__table__.c.id
    sorts = (tables.Sort("name", name, key), tables.Sort("organisation", organisation, key))
    return tables.page(db.session(), statement, sorts, arguments)


def list_memberships_of(contact_id: int) -> list[Membership]:
    """The seats that a contact holds or held, the newest first, each with its taskforce."""
    statement = select(Membership).where(Membership.contact_id == contact_id)
    statement = statement.options(joinedload(Membership.taskforce)).order_by(Membership.id.desc())
    return list(db.session.scalars(statement))


def list_appointments_of(contact_id: int) -> list[SroAppointment]:
    """The programmes of which a contact is or was the senior responsible owner, the newest first."""
    statement = select(SroAppointment).where(SroAppointment.contact_id == contact_id)
    statement = statement.options(joinedload(SroAppointment.programme)).order_by(SroAppointment.id.desc())
    return list(db.session.scalars(statement))


def get_keeper(contact: Contact) -> Taskforce | None:
    """The taskforce that keeps a contact."""
    return db.session.get(Taskforce, contact.taskforce_id) if contact.taskforce_id is not None else None
