"""Who is written to about a reminder (product.md, Reminding): the programme's contact rather than its director."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, func, or_, select

from tracker.accounts.grants import in_force
from tracker.accounts.models import Contact, Grant, User
from tracker.core.db import db
from tracker.core.permissions import Role
from tracker.directory.models import Programme, SroAppointment
from tracker.letters.models import LetterAddressee
from tracker.letters.rules import AddresseeKind
from tracker.reminders.ladder import Ladder


@dataclass(frozen=True)
class Recipient:
    """Somebody a reminder is written to. `email` is in lower case: it is how a person is known."""

    contact_id: int
    name: str
    salutation: str
    email: str

    @property
    def greeting(self) -> str:
        said = self.salutation or self.name
        return said if said.casefold().startswith("dear ") else f"Dear {said}"

    @property
    def words(self) -> str:
        return f"{self.name} <{self.email}>"


@dataclass(frozen=True)
class People:
    """Everybody that the reminders of some ladders may go to."""

    contacts: dict[int, Recipient]
    teams: dict[int, tuple[Recipient, ...]]
    addressees: dict[tuple[int, int], tuple[Recipient, ...]]
    directors: dict[int, Recipient]
    chairs: tuple[Recipient, ...]

    def of(self, ladder: Ladder, *, escalates: bool) -> tuple[Recipient, ...]:
        """To whom a rung of `ladder` goes, each once; nobody where there is no address."""
        contact = self.contacts.get(ladder.programme_id)
        to = [contact] if contact else [*self.teams.get(ladder.programme_id, ())]
        to = to or [*self.addressees.get((ladder.letter_id, ladder.programme_id), ())]
        if escalates:
            to += [d for d in (self.directors.get(ladder.programme_id),) if d]
            to += self.chairs
        return tuple({r.email: r for r in reversed(to)}.values())[::-1]


def list_people(ladders: Sequence[Ladder], today: date, *, escalates: bool = True) -> People:
    """Whom the reminders of these ladders (of one taskforce) may go to; directors and chairs where one `escalates`."""
    programmes, letters = sorted({f.programme_id for f in ladders}), sorted({f.letter_id for f in ladders})
    about: dict[str, Any] = {"ids": programmes, "today": today}
    taskforce_id = ladders[0].taskforce_id if ladders else 0
    return People(
        contacts=dict(_read(_MAIN_CONTACTS, about)),
        teams=_grouped(_read(_TEAMS, about)),
        addressees=_grouped(_list_addressees(letters)),
        directors=dict(_read(_DIRECTORS, about)) if escalates else {},
        chairs=tuple(r for _, r in _read(_CHAIRS, about | {"ids": [taskforce_id]})) if escalates else (),
    )


IDS: Any = bindparam("ids", expanding=True)
TODAY = bindparam("today", type_=Date)
# The address in the directory, else that of the account.
_EMAIL = func.lower(func.coalesce(func.nullif(Contact.email, ""), User.email, ""))
# An account is written to where somebody signs in with it.
_ACCOUNT = func.lower(User.email)


def _columns(key: Any, email: Any = _EMAIL) -> Any:
    return select(key, Contact.id, Contact.name, Contact.salutation, email)


def _holders(key: Any, role: Role) -> Any:
    held = (key.in_(IDS), Grant.role == role, in_force(TODAY), User.disabled_at.is_(None))
    statement = _columns(key, _ACCOUNT).join(Contact, Contact.id == Grant.contact_id)
    return statement.join(User, User.contact_id == Contact.id).where(*held).distinct().order_by(key, _ACCOUNT)


_MAIN_CONTACTS = (
    _columns(Programme.id)
    .join(Contact, Contact.id == Programme.main_contact_id)
    .outerjoin(User, User.contact_id == Contact.id)
    .where(Programme.id.in_(IDS))
)
_TEAMS = _holders(Grant.programme_id, Role.PROGRAMME_TEAM)
# Whoever decides for the chair for a time is not the chair.
_CHAIRS = _holders(Grant.taskforce_id, Role.CHAIR).where(Grant.delegated_by_id.is_(None))
# Of several in office the one appointed last.
_DIRECTORS = (
    _columns(SroAppointment.programme_id)
    .join(Contact, Contact.id == SroAppointment.contact_id)
    .outerjoin(User, User.contact_id == Contact.id)
    .where(
        SroAppointment.programme_id.in_(IDS),
        or_(SroAppointment.from_on.is_(None), SroAppointment.from_on <= TODAY),
        or_(SroAppointment.until_on.is_(None), SroAppointment.until_on >= TODAY),
    )
    .order_by(SroAppointment.id)
)
_ADDRESSEES = (
    _columns(LetterAddressee.letter_id)
    .add_columns(LetterAddressee.programme_id)
    .join(Contact, Contact.id == LetterAddressee.contact_id)
    .outerjoin(User, User.contact_id == Contact.id)
    .where(LetterAddressee.letter_id.in_(IDS), LetterAddressee.kind == AddresseeKind.TO)
    .order_by(LetterAddressee.letter_id, LetterAddressee.place, LetterAddressee.id)
)


def _read(statement: Any, about: dict[str, Any]) -> list[tuple[Any, Recipient]]:
    """(key, recipient) of rows of key, contact id, name, salutation and e-mail; who has no address is left out."""
    rows = db.session.execute(statement, about).all()
    return [(row[0], Recipient(*row[1:])) for row in rows if row[4]]


def _list_addressees(letter_ids: Sequence[int]) -> list[tuple[tuple[int, int], Recipient]]:
    rows = db.session.execute(_ADDRESSEES, {"ids": letter_ids}).all()
    return [((r[0], r[5]), Recipient(*r[1:5])) for r in rows if r[4]]


def _grouped(found: Iterable[tuple[Any, Recipient]]) -> dict[Any, tuple[Recipient, ...]]:
    groups: dict[Any, tuple[Recipient, ...]] = {}
    for key, recipient in found:
        groups[key] = (*groups.get(key, ()), recipient)
    return groups
