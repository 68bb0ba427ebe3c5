"""Records for tests, made directly; the log is told of them by one verb of its own. Call within an app context."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask

from tracker.accounts.models import Contact, Grant, User
from tracker.accounts.sessions import held_grants
from tracker.core import events
from tracker.core.db import db, writing
from tracker.core.permissions import Person, Role
from tracker.directory.models import Board, BoardMeeting, Membership, Programme, SroAppointment, Taskforce
from tracker.directory.rules import Position

events.register_verbs({"loaded_for_test": "loaded this for a test"})
LONG_AGO = date(2020, 1, 1)


def add(row: Any) -> Any:
    """Add `row`, flush, and let the log know."""
    db.session.add(row)
    db.session.flush()
    events.record(None, "loaded_for_test", row)
    return row


def make_user(
    name: str, email: str, *, contact: Contact | None = None, is_admin: bool = False, taskforce_id: int | None = None
) -> User:
    """An account without a password: tests sign in by a session of their own making."""
    contact = contact or add(Contact(name=name, email=email, taskforce_id=taskforce_id))
    return add(User(contact_id=contact.id, email=email, is_admin=is_admin))


def give(user: User, role: Role, *, taskforce: Taskforce | None = None, programme: Programme | None = None) -> Grant:
    scope = {"taskforce_id": taskforce.id if taskforce else None, "programme_id": programme.id if programme else None}
    return add(Grant(contact_id=user.contact_id, role=role, from_on=LONG_AGO, **scope))


def person_of(user: User) -> Person:
    """What the operations take as `by`."""
    contact = db.session.get_one(Contact, user.contact_id)
    return Person(user.id, contact.id, contact.name, user.email, user.is_admin, held_grants(contact.id))


@dataclass(frozen=True)
class Cast:
    """Ids of the fixed cast. EPC looks at CAN; DIG looks at DIA; each has its own people. Emails by role:

    secretary@, deputy@ (a second secretary), chair@, vice@, member@, auditor@ of epc.test and dig.test;
    team@, sro@ of can.test and dia.test; admin@tracker.test; nobody@tracker.test (an account without grants).
    """

    epc: int
    dig: int
    can: int
    dia: int
    board: int
    board_meeting: int
    contacts: dict[str, int]


TASKFORCE_PEOPLE = {
    "secretary": Role.SECRETARIAT,
    "deputy": Role.SECRETARIAT,
    "chair": Role.CHAIR,
    "vice": Role.VICE_CHAIR,
    "member": Role.MEMBER,
    "auditor": Role.AUDITOR,
}
PROGRAMME_PEOPLE = {"team": Role.PROGRAMME_TEAM, "sro": Role.SRO}


def make_cast(app: Flask) -> Cast:
    with app.app_context(), writing():
        board = add(Board(name="Test board", organisation="Test organisation"))
        meeting = add(BoardMeeting(board_id=board.id, held_on=date(2027, 2, 8)))
        contacts: dict[str, int] = {}
        taskforces, programmes = {}, {}
        for code, name in (("EPC", "Empowering People"), ("DIG", "Digital Inclusion")):
            address = f"{name} secretariat\n1 High Street\nLeeds"
            taskforces[code] = add(
                Taskforce(code=code, name=f"{name} Taskforce", board_id=board.id, sender_address=address)
            )
            for word, role in TASKFORCE_PEOPLE.items():
                email = f"{word}@{code.lower()}.test"
                user = make_user(f"{code} {role.label} ({word})", email, taskforce_id=taskforces[code].id)
                give(user, role, taskforce=taskforces[code])
                contacts[email] = user.contact_id
            chair = Membership(
                taskforce_id=taskforces[code].id,
                contact_id=contacts[f"chair@{code.lower()}.test"],
                position=Position.CHAIR,
            )
            add(chair)
        for code, name, owner in (("CAN", "Cancer Programme", "EPC"), ("DIA", "Diabetes Programme", "DIG")):
            programmes[code] = add(Programme(code=code, name=name, organisation="Test organisation"))
            for word, role in PROGRAMME_PEOPLE.items():
                email = f"{word}@{code.lower()}.test"
                user = make_user(f"{code} {role.label}", email, taskforce_id=taskforces[owner].id)
                give(user, role, programme=programmes[code])
                contacts[email] = user.contact_id
            add(
                SroAppointment(
                    programme_id=programmes[code].id, contact_id=contacts[f"sro@{code.lower()}.test"], from_on=LONG_AGO
                )
            )
        contacts["admin@tracker.test"] = make_user("Administrator", "admin@tracker.test", is_admin=True).contact_id
        contacts["nobody@tracker.test"] = make_user("Nobody", "nobody@tracker.test").contact_id
        return Cast(
            epc=taskforces["EPC"].id,
            dig=taskforces["DIG"].id,
            can=programmes["CAN"].id,
            dia=programmes["DIA"].id,
            board=board.id,
            board_meeting=meeting.id,
            contacts=contacts,
        )
