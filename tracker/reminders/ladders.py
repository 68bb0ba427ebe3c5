"""Which ladders there are, and how far each is: read from what is unanswered, never stored.

The rows of a list come from `assignment` alone along its index of what is unanswered, in due order; a ladder is the
first of its response's unanswered assignments with one due date. What stands on a page is read for its rows afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from tracker import documents
from tracker.accounts.models import Contact
from tracker.core import clock
from tracker.core.db import db
from tracker.directory.models import Programme, Taskforce
from tracker.directory.rules import TaskforceLife
from tracker.letters.models import Letter, LetterRecommendation, Recommendation
from tracker.recommendations.models import Assignment, ExtensionItem, ExtensionRequest, Response
from tracker.recommendations.register import DUE, IS_AWAITING, IS_OPEN, short_title
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus, ExtensionState
from tracker.reminders import plans
from tracker.reminders.ladder import Asked, Ladder, Paused, Went
from tracker.reminders.models import Reminder, ReminderPause, ReminderPlan
from tracker.reminders.rules import (
    LETTER,
    Plan,
    reached,
)

AT_ONCE = 500
DECIDED = (ExtensionState.GRANTED, ExtensionState.CHANGED)


def _wants_time(ask: Any) -> ColumnElement[bool]:
    """Whether more time was asked for an assignment, and nobody has decided."""
    undecided = (ExtensionItem.assignment_id == ask.id, ExtensionRequest.state == ExtensionState.ASKED)
    return exists().where(*undecided, ExtensionRequest.id == ExtensionItem.request_id)


def _is_first(*, reminded: bool) -> ColumnElement[bool]:
    """Whether an assignment stands for its ladder: the first unanswered one of its letter, programme and due date."""
    other = aliased(Assignment)
    same = [
        other.letter_id == Assignment.letter_id,
        other.programme_id == Assignment.programme_id,
        other.due_on == Assignment.due_on,
        other.status == AssignmentStatus.OPEN,
        other.position == AnswerPosition.AWAITING,
        other.id < Assignment.id,
    ]
    return ~exists().where(*same, *([~_wants_time(other)] if reminded else []))


def _statement(*conditions: ColumnElement[bool], reminded: bool = False) -> Select[Any]:
    """A row for each ladder; with `reminded` only of what no more time was asked for."""
    columns: tuple[Any, ...] = (
        Assignment.id,
        Assignment.letter_id,
        Assignment.programme_id,
        Assignment.taskforce_id,
        Assignment.due_on,
        Assignment.due_stated,
        Response.id.label("response_id"),
        Letter.reference,
        Letter.subject,
        Letter.letter_date,
        Programme.code,
        Programme.name.label("programme"),
    )
    statement: Select[Any] = select(*columns)
    own = and_(Response.letter_id == Assignment.letter_id, Response.programme_id == Assignment.programme_id)
    statement = statement.join(Response, own).join(Letter, Letter.id == Assignment.letter_id)
    statement = statement.join(Programme, Programme.id == Assignment.programme_id)
    if reminded:
        statement = statement.where(~_wants_time(Assignment))
    dated = Assignment.due_on.is_not(None)
    return statement.where(IS_OPEN, IS_AWAITING, dated, _is_first(reminded=reminded), *conditions)


def in_taskforce(taskforce_id: int, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The ladders of a taskforce, in no order."""
    return _statement(Assignment.taskforce_id == taskforce_id, *conditions)


def due_in(taskforce_id: int, today: date, *, automatic: bool | None = None) -> Select[Any]:
    """The ladders of a taskforce of which a rung may be due to go: `Ladder.due` decides on each.

    `automatic`: only those that go by themselves, or only the others.
    """
    return _statement(
        Assignment.taskforce_id == taskforce_id,
        _has_reached(taskforce_id, today, automatic),
        ~is_paused(today),
        reminded=True,
    )


def is_paused(today: date) -> ColumnElement[bool]:
    """Whether reminders about a response are paused on that day."""
    open_pause = (ReminderPause.ended_at.is_(None), ReminderPause.until_on >= today)
    return exists().where(ReminderPause.response_id == Response.id, *open_pause)


def _has_reached(taskforce_id: int, today: date, automatic: bool | None) -> ColumnElement[bool]:
    default = plans.get_default(taskforce_id)
    own = select(ReminderPlan.letter_id).where(ReminderPlan.taskforce_id == taskforce_id)
    own = own.where(ReminderPlan.letter_id.is_not(None))
    parts: list[ColumnElement[bool]] = []
    if automatic in {None, default.is_automatic}:
        parts.append(and_(Assignment.letter_id.not_in(own), _reaches(default, today)))
    for kind in plans.list_kinds(taskforce_id):
        plan = plans.plan_of(kind)
        if automatic in {None, plan.is_automatic}:
            same = (column == getattr(kind, column.key) for column in plans.SETTINGS)
            parts.append(and_(Assignment.letter_id.in_(own.where(*same)), _reaches(plan, today)))
    return or_(*parts) if parts else false()


def _reaches(plan: Plan, today: date) -> ColumnElement[bool]:
    """Whether a rung has been reached, and neither it nor a later one is recorded."""
    steps = reached(plan, today)
    place = case(*((latest < DUE, n - 1) for n, (_, latest) in enumerate(steps)), else_=len(steps) - 1)
    known = case(
        (Reminder.rung.startswith(LETTER), len(steps) - 1),
        *((Reminder.rung == name, n) for n, (name, _) in enumerate(steps)),
        else_=-1,
    )
    gone = exists().where(Reminder.response_id == Response.id, Reminder.due_on == Assignment.due_on, known >= place)
    return and_(steps[0][1] >= DUE, ~gone)


def list_due(
    taskforce_id: int, today: date, *, automatic: bool | None = None, limit: int | None = None
) -> list[Ladder]:
    """The ladders of which a rung is due to go, the longest overdue first."""
    statement = due_in(taskforce_id, today, automatic=automatic).order_by(DUE, Assignment.id).limit(limit)
    return [found for found in load(db.session.execute(statement).all(), today) if found.due(today)]


def list_of_responses(response_ids: Iterable[int], today: date) -> list[Ladder]:
    """Every ladder of these responses of one taskforce, the earliest due date first."""
    statement = _statement(Response.id.in_(sorted(response_ids))).order_by(DUE, Assignment.id)
    return load(db.session.execute(statement).all(), today)


def load(rows: Sequence[Any], today: date) -> list[Ladder]:
    """The ladders of these rows of one taskforce, in their order: a fixed number of queries for AT_ONCE of them."""
    if not rows:
        return []
    if len(rows) > AT_ONCE:
        return load(rows[:AT_ONCE], today) + load(rows[AT_ONCE:], today)
    default, own = plans.get_default(rows[0].taskforce_id), plans.list_own({r.letter_id for r in rows})
    responses = sorted({r.response_id for r in rows})
    went, pauses = _list_went(responses), _list_pauses(responses, today)
    asked, waits = _list_asked({r.letter_id for r in rows})
    decided, life = _list_decided({r.letter_id for r in rows}), _life_of(rows[0].taskforce_id)
    found = []
    for row in rows:
        key = (row.letter_id, row.programme_id, row.due_on)
        found.append(
            Ladder(
                **{name: getattr(row, name) for name in _TAKEN},
                reference=row.reference or "",
                plan=own.get(row.letter_id, default),
                since=max(filter(None, (row.letter_date, decided.get(key))), default=None),
                is_active=life is TaskforceLife.ACTIVE,
                asked=tuple(asked.get(key, ())),
                waits=waits.get(key, 0),
                went=tuple(went.get((row.response_id, row.due_on), ())),
                pause=pauses.get(row.response_id),
            )
        )
    return found


_TAKEN = (
    "response_id",
    "taskforce_id",
    "letter_id",
    "programme_id",
    "subject",
    "letter_date",
    "code",
    "programme",
    "due_on",
    "due_stated",
)


def _life_of(taskforce_id: int) -> TaskforceLife | None:
    return db.session.execute(select(Taskforce.life).where(Taskforce.id == taskforce_id)).scalar()


def _list_went(response_ids: Sequence[int]) -> Mapping[tuple[int, date], list[Went]]:
    statement = (
        select(Reminder, Contact.name)
        .outerjoin(Contact, Contact.id == Reminder.by_id)
        .where(Reminder.response_id.in_(response_ids))
        .order_by(Reminder.id)
    )
    found: dict[tuple[int, date], list[Went]] = {}
    for row, name in db.session.execute(statement):
        went = Went(row.id, row.rung, row.rung_on, row.outcome, row.at, name or "", row.drafted_letter_id)
        found.setdefault((row.response_id, row.due_on), []).append(went)
    return found


def _list_pauses(response_ids: Sequence[int], today: date) -> dict[int, Paused]:
    statement = (
        select(ReminderPause, Contact.name)
        .join(Contact, Contact.id == ReminderPause.by_id)
        .where(ReminderPause.response_id.in_(response_ids))
        .where(ReminderPause.ended_at.is_(None), ReminderPause.until_on >= today)
        .order_by(ReminderPause.until_on, ReminderPause.id)
    )
    return {
        row.response_id: Paused(row.id, row.reason, row.until_on, name) for row, name in db.session.execute(statement)
    }


@dataclass
class _Sorted:
    asked: dict[tuple[int, int, date], list[Asked]] = field(default_factory=dict)
    waits: dict[tuple[int, int, date], int] = field(default_factory=dict)


def _list_asked(
    letter_ids: Iterable[int],
) -> tuple[Mapping[tuple[int, int, date], list[Asked]], Mapping[tuple[int, int, date], int]]:
    """What is unanswered of each letter, programme and due date in the letter's order, and how much waits for time."""
    columns: tuple[Any, ...] = (
        Assignment.letter_id,
        Assignment.programme_id,
        Assignment.due_on,
        Recommendation.reference,
        LetterRecommendation.title,
        func.substr(LetterRecommendation.text, 1, 200).label("text"),
        _wants_time(Assignment).label("wants_time"),
    )
    statement: Select[Any] = select(*columns)
    statement = (
        statement.join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .join(LetterRecommendation, LetterRecommendation.id == Assignment.wording_id)
        .where(Assignment.letter_id.in_(sorted(letter_ids)), IS_OPEN, IS_AWAITING, Assignment.due_on.is_not(None))
        .order_by(func.length(Recommendation.part), Recommendation.part, Assignment.id)
    )
    found = _Sorted()
    for row in db.session.execute(statement):
        key = (row.letter_id, row.programme_id, row.due_on)
        if row.wants_time:
            found.waits[key] = found.waits.get(key, 0) + 1
        else:
            words = row.title or documents.plain_text(row.text)
            ask = Asked(row.reference or "", short_title("", " ".join(words.split())))
            found.asked.setdefault(key, []).append(ask)
    return found.asked, found.waits


def _list_decided(letter_ids: Iterable[int]) -> dict[tuple[int, int, date], date]:
    """The day on which each due date was granted, by letter, programme and that date."""
    row = ExtensionRequest
    statement = (
        select(row.letter_id, row.programme_id, row.granted_until, func.max(row.decided_at))
        .where(row.letter_id.in_(sorted(letter_ids)), row.state.in_(DECIDED))
        .group_by(row.letter_id, row.programme_id, row.granted_until)
    )
    rows = db.session.execute(statement).all()
    return {
        (letter, programme, until): clock.london(at).date() for letter, programme, until, at in rows if until and at
    }
