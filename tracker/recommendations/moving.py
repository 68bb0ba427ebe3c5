"""Moving the date by which an answer is due. The date first asked for stays (trigger `assignment_fixed`)."""

from __future__ import annotations

from datetime import date
from typing import Any

from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.recommendations.extension_queries import is_waiting
from tracker.recommendations.extension_rules import needs_chair, why_date_refused
from tracker.recommendations.models import Assignment
from tracker.recommendations.operations import is_chair

events.register_verbs({"assignment_date_moved": "moved the date of the answer"})


def why_not_moved(assignment: Assignment, to: date, *, by: Person) -> str:
    """Why `by` can't move the date of this answer to `to`, as a sentence; "" where they can.

    As with an extension that was asked for: more time and never less, while an answer is waited for, and by the chair
    once it was moved twice.
    """
    if not is_waiting(assignment):
        return "It is answered or closed already, so no answer is due."
    if needs_chair([assignment.times_extended]) and not is_chair(by, assignment):
        return "Its date was moved twice already, so the chair moves it now."
    refused = why_date_refused(to, [assignment.due_on], clock.today())
    return f"{refused}." if refused else ""


def move_date(assignment: Assignment, to: date, reason: str, *, by: Person) -> None:
    """Give more time: who moved it, from when and why stand in the log, how often in the record.

    A date as stated gives way to the new one. Raises RuleBroken where `why_not_moved` says why.
    """
    if problem := why_not_moved(assignment, to, by=by):
        raise RuleBroken(problem, field="due_on")
    assignment.due_on, assignment.due_stated = to, ""
    assignment.times_extended = (assignment.times_extended or 0) + 1
    changed: dict[str, Any] = events.changes(assignment)
    events.record(by, "assignment_date_moved", assignment, reason=reason, **changed)
    db.session.flush()
