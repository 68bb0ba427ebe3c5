"""What moved since a day: new, answered, later, overdue, closed and reopened recommendations, from the audit log.

Each kind is read along an index of the log by verb and time; what became overdue is computed from dates.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, select

from tracker.core.clock import LONDON
from tracker.core.db import db
from tracker.core.events import Event, EventDetail
from tracker.core.permissions import Person
from tracker.directory.models import BoardMeeting, Taskforce
from tracker.recommendations.models import Assignment
from tracker.recommendations.register_columns import list_lines
from tracker.recommendations.register_filters import Filters
from tracker.recommendations.register_scope import DUE, IS_AWAITING, IS_OPEN, unindexed, visible_assignments
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus
from tracker.spreadsheets import Cell, shown
from tracker.web.tables import COUNTED, Page, Sort, page

OVERDUE = "overdue"
# Kind → what it is called, and the verbs of the log that tell of it.
VERBS: dict[str, tuple[str, tuple[str, ...]]] = {
    "new": ("New", ("assignment_made",)),
    "answered": ("Answered", ("answer_signed_off",)),
    "later": ("Date moved", ("assignment_date_moved", "extension_granted")),
    OVERDUE: ("Became overdue", ()),
    "closed": ("Closed", ("assignment_closed",)),
    "reopened": ("Reopened", ("assignment_reopened",)),
}
USUAL_DAYS = 30
ASSIGNMENTS, EVENTS = Assignment.__table__.c, Event.__table__.c
TOLD_SORT = Sort("when", EVENTS.happened_at, EVENTS.number, descending=True)
OVERDUE_SORT = Sort("when", DUE, ASSIGNMENTS.id, descending=True)


class Movement(NamedTuple):
    """One thing that happened to a recommendation: the day, the line of the register, and what, in words."""

    on: date
    cells: Mapping[str, Cell]
    what: str


@dataclass(frozen=True)
class Moved:
    """How many of each kind (just over 1,000 at most), and a page of one kind."""

    counts: dict[str, int]
    page: Page
    rows: list[Movement]


def get_last_board(person: Person, filters: Filters, today: date) -> date | None:
    """The day of the last board meeting of the person's taskforces, or of the one they filter by."""
    own = {filters.taskforce.id} if filters.taskforce else person.taskforces()
    boards = select(Taskforce.board_id).where(Taskforce.id.in_(sorted(own)))
    statement = select(func.max(BoardMeeting.held_on)).where(
        BoardMeeting.board_id.in_(boards), BoardMeeting.held_on < today
    )
    return db.session.scalars(statement).one()


def list_moved(
    person: Person, today: date, filters: Filters, since: date, kind: str, arguments: Mapping[str, str]
) -> Moved:
    """What happened from the start of `since` on, newest first. Five queries."""
    statements = {name: _statement(person, today, filters, since, name) for name in VERBS}
    found = page(db.session(), statements[kind], (OVERDUE_SORT if kind == OVERDUE else TOLD_SORT,), arguments)
    lines = {line.id: line.cells for line in list_lines([row.id for row in found.rows], person, today)}
    rows = [Movement(_day(row, kind), lines[row.id], _what(row, kind)) for row in found.rows]
    return Moved(_counts(statements), found, rows)


def _counts(statements: Mapping[str, Select[*tuple[Any, ...]]]) -> dict[str, int]:
    """How many rows each statement has, counted to just over 1,000: one query for all."""
    counted = []
    for name, statement in statements.items():
        bounded = statement.with_only_columns(literal(1), maintain_column_froms=True).limit(COUNTED + 1).subquery()
        counted.append(select(func.count()).select_from(bounded).scalar_subquery().label(name))
    return dict(db.session.execute(select(*counted)).one()._mapping)


def _statement(person: Person, today: date, filters: Filters, since: date, kind: str) -> Select[*tuple[Any, ...]]:
    scope: list[ColumnElement[bool]] = []
    if filters.taskforce is not None:
        scope.append(Assignment.taskforce_id == filters.taskforce.id)
    if filters.programme is not None:
        scope.append(Assignment.programme_id == filters.programme.id)
    if kind == OVERDUE:
        late = DUE.between(max(since, date(1900, 1, 2)) - timedelta(days=1), today - timedelta(days=1))
        columns: Select[*tuple[Any, ...]] = select(Assignment.id, Assignment.due_on, Assignment.due_stated)
        return columns.where(visible_assignments(person), IS_OPEN, IS_AWAITING, late, *scope)
    begun = datetime.combine(since, time(), LONDON).astimezone(UTC)
    told: Select[*tuple[Any, ...]] = (
        select(Assignment.id, Event.happened_at, EventDetail.body)
        .select_from(Event)
        .join(Assignment, Assignment.id == Event.subject_id)
        .join(EventDetail, EventDetail.number == Event.number)
    )
    verbs = VERBS[kind][1]
    is_told = Event.verb == verbs[0] if len(verbs) == 1 else Event.verb.in_(verbs)
    subject = Event.subject_kind == "assignment"
    return told.where(is_told, subject, Event.happened_at >= begun, unindexed(person), *scope)


def _day(row: Any, kind: str) -> date:
    """The day in London; what became overdue did so on the day after it was due."""
    if kind == OVERDUE:
        due: date = row.due_on
        return due + timedelta(days=1)
    at: datetime = row.happened_at
    return at.astimezone(LONDON).date()


def _what(row: Any, kind: str) -> str:
    """What happened, in words: only what programmes are told as well."""
    if kind == OVERDUE:
        return f"Was due {row.due_stated or shown(row.due_on)}"
    told = json.loads(row.body) if row.body else {}
    return ". ".join(filter(None, (_change(told, kind), str(told.get("reason", "")))))


def _change(told: Mapping[str, Any], kind: str) -> str:
    """What the log's details say of the change itself; an erased entry says nothing."""
    if kind == "new" and "letter" in told:
        return f"Letter {told['letter']}"
    if kind == "answered":
        return AnswerPosition(told["position"][1]).label if "position" in told else "Answered again"
    if kind == "later" and "due_on" in told:
        return f"{_date(told, 0)} to {_date(told, 1)}"
    if kind == "closed" and "status" in told:
        return AssignmentStatus(told["status"][1]).label
    return ""


def _date(told: Mapping[str, Any], place: int) -> str:
    day = told["due_on"][place]
    return shown(date.fromisoformat(day)) if day else str(told.get("due_stated", ["no date"])[0])
