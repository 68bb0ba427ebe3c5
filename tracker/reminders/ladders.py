"""Which ladders there are, and how far each is: read from what is unanswered, never stored.

The rows of a list come from `assignment` alone along its index of what is unanswered, in due order; a ladder is the
first of its response's unanswered assignments with one due date. What stands on a page is read for its rows afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, or_, select
from sqlalchemy.orm import aliased

from tracker.core.db import db
from tracker.directory.models import Programme
from tracker.letters.models import Letter
from tracker.recommendations.models import Assignment
from tracker.recommendations.register import DUE, IS_AWAITING, IS_OPEN
from tracker.recommendations.response_models import Response
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus
from tracker.reminders import plans
from tracker.reminders.ladder import Ladder
from tracker.reminders.loading import load, wants_time
from tracker.reminders.models import Reminder, ReminderPause, ReminderPlan
from tracker.reminders.rules import (
    LETTER,
    Plan,
    reached,
)


def _is_first(*, reminded: bool) -> ColumnElement[bool]:
    """Whether an assignment stands for its ladder: the first unanswered one of its letter, programme and due date."""
    other = aliased(Assignment)
    same = [
        other.letter_id == Assignment.letter_id,
        # The sum keeps a planner from reading all of the programme, and not the letter, by index.
        other.programme_id + 0 == Assignment.programme_id,
        other.due_on == Assignment.due_on,
        other.status == AssignmentStatus.OPEN,
        other.position == AnswerPosition.AWAITING,
        other.id < Assignment.id,
    ]
    return ~exists().where(*same, *([~wants_time(other)] if reminded else []))


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
        statement = statement.where(~wants_time(Assignment))
    dated = Assignment.due_on.is_not(None)
    return statement.where(IS_OPEN, IS_AWAITING, dated, _is_first(reminded=reminded), *conditions)


def in_taskforce(taskforce_id: int, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The ladders of a taskforce, in no order."""
    return _statement(Assignment.taskforce_id == taskforce_id, *conditions)


def due_in(taskforce_id: int, today: date, *, automatic: bool | None = None) -> Select[Any] | None:
    """The ladders of a taskforce of which a rung may be due to go: `Ladder.due` decides on each.

    `automatic`: only those that go by themselves, or only the others; None where there is no such plan.
    """
    reach = _has_reached(taskforce_id, today, automatic)
    if reach is None:
        return None
    return _statement(
        Assignment.taskforce_id == taskforce_id, reach, Response.id.not_in(paused_responses(today)), reminded=True
    )


def paused_responses(today: date) -> Select[Any]:
    """The ids of the responses of which reminders are paused on that day."""
    return select(ReminderPause.response_id).where(ReminderPause.ended_at.is_(None), ReminderPause.until_on >= today)


def _has_reached(taskforce_id: int, today: date, automatic: bool | None) -> ColumnElement[bool] | None:
    """None where no plan is asked for."""
    default, kinds = plans.list_kinds(taskforce_id)
    own = select(ReminderPlan.letter_id).where(ReminderPlan.taskforce_id == taskforce_id)
    own = own.where(ReminderPlan.letter_id.is_not(None))
    parts: list[ColumnElement[bool]] = []
    if automatic in {None, default.is_automatic}:
        parts.append(and_(Assignment.letter_id.not_in(own), _reaches(default, today)))
    for plan in kinds:
        if automatic in {None, plan.is_automatic}:
            same = (column == plans.settings_of(plan)[column.key] for column in plans.SETTINGS)
            parts.append(and_(Assignment.letter_id.in_(own.where(*same)), _reaches(plan, today)))
    return or_(*parts) if parts else None


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
    statement = due_in(taskforce_id, today, automatic=automatic)
    if statement is None:
        return []
    rows = db.session.execute(statement.order_by(DUE, Assignment.id).limit(limit)).all()
    return [found for found in load(rows, today) if found.due(today)]


def list_of_responses(response_ids: Iterable[int], today: date) -> list[Ladder]:
    """Every ladder of these responses of one taskforce, the earliest due date first."""
    return load(db.session.execute(_OF_RESPONSES, {"ids": sorted(response_ids)}).all(), today)


# Asked before every mail that goes, so built once.
_OF_RESPONSES = _statement(Response.id.in_(bindparam("ids", expanding=True))).order_by(DUE, Assignment.id)
