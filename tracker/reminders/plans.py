"""How taskforces and letters remind: the settings that hold, and what changes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from tracker.core import events
from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.directory.models import Taskforce
from tracker.letters.models import Letter
from tracker.reminders.models import ReminderPlan
from tracker.reminders.rules import DEFAULT, Plan, read_days

events.register_verbs(
    {
        "reminder_plan_set": "set how the letter is reminded of",
        "reminder_plan_dropped": "had the letter reminded of as the taskforce’s others",
        "taskforce_reminder_plan_set": "set how letters are reminded of",
    }
)
SETTINGS = (
    ReminderPlan.days_before,
    ReminderPlan.on_due_day,
    ReminderPlan.every_after,
    ReminderPlan.most_after,
    ReminderPlan.escalate_after,
    ReminderPlan.escalates,
    ReminderPlan.is_automatic,
)


def plan_of(row: Any) -> Plan:
    """The plan that a row with the settings says."""
    values = {column.key: getattr(row, column.key) for column in SETTINGS}
    return Plan(**values | {"days_before": read_days(row.days_before) or ()})


def settings_of(plan: Plan) -> dict[str, Any]:
    """A plan as a row keeps it."""
    return asdict(plan) | {"days_before": ",".join(map(str, plan.days_before))}


def get_row(taskforce_id: int, letter_id: int | None = None) -> ReminderPlan | None:
    """The row of a taskforce, or of one of its letters."""
    own = ReminderPlan.letter_id == letter_id if letter_id else ReminderPlan.letter_id.is_(None)
    return db.session.scalars(select(ReminderPlan).where(ReminderPlan.taskforce_id == taskforce_id, own)).one_or_none()


def get_default(taskforce_id: int) -> Plan:
    """How a taskforce reminds where a letter has no plan of its own: its own settings, or the product's."""
    row = get_row(taskforce_id)
    return plan_of(row) if row else DEFAULT


def list_own(letter_ids: Iterable[int]) -> dict[int, Plan]:
    """The plans of those letters that have one of their own."""
    statement = select(ReminderPlan.letter_id, *SETTINGS).where(ReminderPlan.letter_id.in_(sorted(letter_ids)))
    return {row.letter_id: plan_of(row) for row in db.session.execute(statement)}


def list_kinds(taskforce_id: int) -> tuple[Plan, list[Plan]]:
    """How a taskforce reminds, and the different settings that letters of it have of their own: few, however many."""
    is_default = ReminderPlan.letter_id.is_(None).label("is_default")
    statement = select(is_default, *SETTINGS).where(ReminderPlan.taskforce_id == taskforce_id).distinct()
    rows = db.session.execute(statement).all()
    default = next((plan_of(row) for row in rows if row.is_default), DEFAULT)
    return default, [plan_of(row) for row in rows if not row.is_default]


def set_plan(subject: Taskforce | Letter, plan: Plan, *, by: Person) -> bool:
    """Say how a taskforce reminds, or one letter of it; whether anything changed. Rungs that went stay gone."""
    letter_id = subject.id if isinstance(subject, Letter) else None
    row = get_row(subject.taskforce_id, letter_id)
    verb = "taskforce_reminder_plan_set" if letter_id is None else "reminder_plan_set"
    if row is not None and plan_of(row) == plan:
        return False
    if row is None:
        row = ReminderPlan(taskforce_id=subject.taskforce_id, letter_id=letter_id)
        db.session.add(row)
    for name, value in settings_of(plan).items():
        setattr(row, name, value)
    db.session.flush()
    events.record(by, verb, subject, **settings_of(plan))
    return True


def drop_plan(letter: Letter, *, by: Person) -> bool:
    """Have a letter reminded of as its taskforce's others again; whether it had a plan of its own."""
    row = get_row(letter.taskforce_id, letter.id)
    if row is None:
        return False
    db.session.delete(row)
    db.session.flush()
    events.record(by, "reminder_plan_dropped", letter)
    return True
