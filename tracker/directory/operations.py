"""What changes taskforces, their seats, programmes and boards."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select

from tracker.core import events
from tracker.core.db import db, touch
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.directory import rules
from tracker.directory.models import Board, BoardMeeting, Membership, Programme, SroAppointment, Taskforce

Row = TypeVar("Row", Taskforce, Programme, Board)

events.register_verbs(
    {
        "taskforce_created": "made the taskforce",
        "taskforce_edited": "changed the taskforce",
        "member_added": "added a seat",
        "member_edited": "changed a seat",
        "member_ended": "ended a seat",
        "programme_created": "made the programme",
        "programme_edited": "changed the programme",
        "sro_appointed": "appointed a senior responsible owner",
        "board_created": "made the board",
        "board_edited": "changed the board",
        "board_meeting_added": "added a meeting",
    }
)


def create_taskforce(code: str, details: dict[str, Any], *, by: Person | None) -> Taskforce:
    """A new taskforce. Its code stands in every reference, so it never changes. Raises RuleBroken for a taken code."""
    _refuse_taken(Taskforce, code)
    taskforce = Taskforce(code=code, **details)
    return _added(taskforce, "taskforce_created", by)


def create_programme(code: str, details: dict[str, Any], *, by: Person | None) -> Programme:
    """A new programme. Raises RuleBroken (field code) for a taken code."""
    _refuse_taken(Programme, code)
    return _added(Programme(code=code, **details), "programme_created", by)


def create_board(details: dict[str, Any], *, by: Person | None) -> Board:
    """A new board. Raises RuleBroken (field name) for a taken name."""
    _refuse_taken_name(details["name"], None)
    return _added(Board(**details), "board_created", by)


def _refuse_taken(kind: type[Taskforce] | type[Programme], code: str) -> None:
    if not rules.is_code(code):
        raise RuleBroken("Code must be 2 to 8 capitals and digits, and begin with a capital", field="code")
    if db.session.execute(select(kind.id).where(kind.code == code)).first() is not None:
        raise RuleBroken(f"There is already a {kind.__tablename__} with this code", field="code")


def _refuse_taken_name(name: str, own_id: int | None) -> None:
    found = db.session.execute(select(Board.id).where(Board.name == name)).scalar()
    if found is not None and found != own_id:
        raise RuleBroken("There is already a board with this name", field="name")


def _added(row: Row, verb: str, by: Person | None) -> Row:
    db.session.add(row)
    db.session.flush()
    events.record(by, verb, row)
    return row


def _edit(row: Any, details: dict[str, Any], verb: str, by: Person) -> None:
    for name, value in details.items():
        setattr(row, name, value)
    changed: dict[str, Any] = events.changes(row)
    events.record(by, verb, row, **changed)
    db.session.flush()


def edit_taskforce(taskforce: Taskforce, details: dict[str, Any], *, by: Person) -> None:
    """Change all but the code."""
    _edit(taskforce, details, "taskforce_edited", by)


def edit_programme(programme: Programme, details: dict[str, Any], *, by: Person) -> None:
    """Change the name, the organisation or the main contact."""
    _edit(programme, details, "programme_edited", by)


def edit_board(board: Board, details: dict[str, Any], *, by: Person) -> None:
    """Change the name or the organisation. Raises RuleBroken for a taken name."""
    _refuse_taken_name(details["name"], board.id)
    _edit(board, details, "board_edited", by)


def add_member(taskforce: Taskforce, contact_id: int | None, details: dict[str, Any], *, by: Person) -> Membership:
    """A new seat, vacant without a contact. Raises RuleBroken for one that nobody holds and that is for nobody."""
    _check_seat(contact_id, details)
    seat = Membership(taskforce_id=taskforce.id, contact_id=contact_id, **details)
    db.session.add(seat)
    touch(taskforce)
    db.session.flush()
    events.record(by, "member_added", taskforce, seat=seat.id)
    return seat


def edit_member(seat: Membership, contact_id: int | None, details: dict[str, Any], *, by: Person) -> None:
    """Change a seat (with its taskforce), also to vacant. Raises RuleBroken as `add_member` does."""
    _check_seat(contact_id, details)
    for name, value in {"contact_id": contact_id, **details}.items():
        setattr(seat, name, value)
    changed: dict[str, Any] = events.changes(seat)
    touch(seat.taskforce)
    events.record(by, "member_edited", seat.taskforce, seat=seat.id, **changed)
    db.session.flush()


def _check_seat(contact_id: int | None, details: dict[str, Any]) -> None:
    if contact_id is None and not details["represents"]:
        raise RuleBroken("Say for whom the vacant seat is kept", field="represents")
    from_on, until_on = details["from_on"], details["until_on"]
    if from_on is not None and until_on is not None and until_on < from_on:
        raise RuleBroken("Until must be the same as or after From", field="until_on")


def end_member(seat: Membership, last_day: date, *, by: Person) -> None:
    """End a seat (with its taskforce) after `last_day`. Raises RuleBroken for a day before it began."""
    if seat.from_on is not None and last_day < seat.from_on:
        raise RuleBroken("Last day must be the day the seat began or later", field="last_day")
    seat.until_on = last_day
    changed: dict[str, Any] = events.changes(seat)
    touch(seat.taskforce)
    events.record(by, "member_ended", seat.taskforce, seat=seat.id, **changed)
    db.session.flush()


def appoint_sro(programme: Programme, contact_id: int, from_on: date, *, by: Person | None) -> SroAppointment:
    """Appoint who owns a programme (with its appointments) from that day; the former's last day is the day before.

    Raises RuleBroken (field from_on) where a former one began on that day or later, or was to stay beyond it.
    """
    for former in programme.appointments:
        if former.until_on is not None and former.until_on < from_on:
            continue
        last = rules.last_day_before(from_on, former.from_on)
        if last is None or former.until_on is not None:
            raise RuleBroken("Somebody is appointed from that day or later already", field="from_on")
        former.until_on = last
    # Before the new one: only one appointment of a programme may be without an end.
    db.session.flush()
    appointment = SroAppointment(programme_id=programme.id, contact_id=contact_id, from_on=from_on)
    db.session.add(appointment)
    touch(programme)
    db.session.flush()
    events.record(by, "sro_appointed", programme, contact=contact_id, from_on=from_on)
    return appointment


def add_board_meeting(board: Board, held_on: date, *, by: Person | None) -> BoardMeeting:
    """A day on which a board (with its meetings) meets. Raises RuleBroken where it is known already."""
    if any(meeting.held_on == held_on for meeting in board.meetings):
        raise RuleBroken("The board has a meeting on this date already", field="held_on")
    meeting = BoardMeeting(board_id=board.id, held_on=held_on)
    db.session.add(meeting)
    touch(board)
    db.session.flush()
    events.record(by, "board_meeting_added", board, held_on=held_on)
    return meeting
