"""Moving the date by which an answer is due. The date first asked for stays (trigger `assignment_fixed`)."""

from __future__ import annotations

from datetime import date
from typing import Any

from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.recommendations.models import Assignment
from tracker.recommendations.rules import AssignmentStatus

events.register_verbs({"assignment_date_moved": "moved the date of the answer"})


def why_not_moved(status: AssignmentStatus, due_on: date | None, to: date, today: date) -> str:
    """Why the date of an answer can't be moved to `to`, as a sentence; "" where it can. More time, never less."""
    if status is not AssignmentStatus.OPEN:
        return "The recommendation is closed. Reopen it first."
    if to < today:
        return "The new date has passed already."
    if due_on is not None and to <= due_on:
        return "The new date must be later than the date that it has."
    return ""


def move_date(assignment: Assignment, to: date, reason: str, *, by: Person) -> None:
    """Give more time: who moved it, from when and why stand in the log, how often in the record.

    A date as stated gives way to the new one. Raises RuleBroken where `why_not_moved` says why.
    """
    if problem := why_not_moved(assignment.status, assignment.due_on, to, clock.today()):
        raise RuleBroken(problem, field="due_on")
    assignment.due_on, assignment.due_stated = to, ""
    assignment.times_extended = (assignment.times_extended or 0) + 1
    changed: dict[str, Any] = events.changes(assignment)
    events.record(by, "assignment_date_moved", assignment, reason=reason, **changed)
    db.session.flush()
