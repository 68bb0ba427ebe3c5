"""Who is written to about a reminder (product.md, Reminding): the programme's contact rather than its director."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select

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


def list_people(ladders: Sequence[Ladder], today: date) -> People:
    """Whom the reminders of these ladders (of one taskforce) may go to: five queries."""
    programmes, letters = {found.programme_id for found in ladders}, {found.letter_id for found in ladders}
    taskforce_id = ladders[0].taskforce_id if ladders else 0
    return People(
        contacts=dict(_list_main_contacts(programmes)),
        teams=_grouped(_list_teams(programmes, today)),
        addressees=_grouped(_list_addressees(letters)),
        directors=dict(_list_directors(programmes, today)),
        chairs=tuple(r for _, r in _list_chairs(taskforce_id, today)),
    )


# The address in the directory, else that of the account.
_EMAIL = func.lower(func.coalesce(func.nullif(Contact.email, ""), User.email, ""))
# An account is written to where somebody signs in with it.
_ACCOUNT = func.lower(User.email)


def _read(statement: Any) -> list[tuple[Any, Recipient]]:
    """(key, recipient) of rows of key, contact id, name, salutation and e-mail; who has no address is left out."""
    rows = db.session.execute(statement).all()
    return [(row[0], Recipient(*row[1:])) for row in rows if row[4]]


def _grouped(found: Iterable[tuple[Any, Recipient]]) -> dict[Any, tuple[Recipient, ...]]:
    groups: dict[Any, tuple[Recipient, ...]] = {}
    for key, recipient in found:
        groups[key] = (*groups.get(key, ()), recipient)
    return groups


def _columns(key: Any, email: Any = _EMAIL) -> Any:
    return select(key, Contact.id, Contact.name, Contact.salutation, email)


def _list_main_contacts(programme_ids: set[int]) -> list[tuple[int, Recipient]]:
    statement = _columns(Programme.id).join(Contact, Contact.id == Programme.main_contact_id)
    statement = statement.outerjoin(User, User.contact_id == Contact.id)
    return _read(statement.where(Programme.id.in_(sorted(programme_ids))))


def _holders(key: Any, *held: Any) -> Any:
    statement = _columns(key, _ACCOUNT).join(Contact, Contact.id == Grant.contact_id)
    statement = statement.join(User, User.contact_id == Contact.id)
    return statement.where(User.disabled_at.is_(None), *held).distinct().order_by(key, _ACCOUNT)


def _list_teams(programme_ids: set[int], today: date) -> list[tuple[int, Recipient]]:
    held = (Grant.programme_id.in_(sorted(programme_ids)), Grant.role == Role.PROGRAMME_TEAM, in_force(today))
    return _read(_holders(Grant.programme_id, *held))


def _list_addressees(letter_ids: set[int]) -> list[tuple[tuple[int, int], Recipient]]:
    row = LetterAddressee
    statement = _columns(row.letter_id).add_columns(row.programme_id).join(Contact, Contact.id == row.contact_id)
    statement = statement.outerjoin(User, User.contact_id == Contact.id)
    statement = statement.where(row.letter_id.in_(sorted(letter_ids)), row.kind == AddresseeKind.TO)
    rows = db.session.execute(statement.order_by(row.letter_id, row.place, row.id)).all()
    return [((r[0], r[5]), Recipient(*r[1:5])) for r in rows if r[4]]


def _list_directors(programme_ids: set[int], today: date) -> list[tuple[int, Recipient]]:
    """The senior responsible owners of today; of several the one appointed last."""
    row = SroAppointment
    begun = or_(row.from_on.is_(None), row.from_on <= today)
    in_office = and_(begun, or_(row.until_on.is_(None), row.until_on >= today))
    statement = _columns(row.programme_id).join(Contact, Contact.id == row.contact_id)
    statement = statement.outerjoin(User, User.contact_id == Contact.id)
    return _read(statement.where(row.programme_id.in_(sorted(programme_ids)), in_office).order_by(row.id))


def _list_chairs(taskforce_id: int, today: date) -> list[tuple[int, Recipient]]:
    own = (Grant.taskforce_id == taskforce_id, Grant.role == Role.CHAIR, Grant.delegated_by_id.is_(None))
    return _read(_holders(Grant.taskforce_id, *own, in_force(today)))
