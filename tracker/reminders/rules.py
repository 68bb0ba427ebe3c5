"""The ladder of reminders (product.md, Reminding): its rungs, which is due to go, and whom it reaches.

A ladder belongs to a response and a due date: what is still unanswered there. Each rung goes once. A date that moves
begins a ladder of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from tracker.core.labels import Labelled
from tracker.core.working_days import Working, add_working_days, subtract_working_days

LETTER = "letter"
ON_DAY = "on-day"
MOST_BEFORE = 60
_DAYS = re.compile(r"[0-9]{1,2}")


class RungOutcome(Labelled):
    """What became of a rung: sent; passed over, because a later one was due by the time; or a letter was drafted."""

    SENT = "sent"
    PASSED_OVER = "passed_over"
    DRAFTED = "drafted"

    @property
    def label(self) -> str:
        return "Reminder letter drafted" if self is RungOutcome.DRAFTED else super().label


@dataclass(frozen=True)
class Plan:
    """How a letter is reminded of; see models.ReminderPlan. Days are working days."""

    days_before: tuple[int, ...] = (10, 2)
    on_due_day: bool = True
    every_after: int = 5
    most_after: int = 4
    escalate_after: int = 2
    escalates: bool = False
    is_automatic: bool = False


DEFAULT = Plan()


@dataclass(frozen=True)
class Rung:
    """A step of a ladder: its name, its day and how that was counted. `number` counts those after the due date."""

    name: str
    day: date
    working: Working | None = None
    number: int = 0
    escalates: bool = False

    @property
    def is_letter(self) -> bool:
        return is_letter(self.name)

    @property
    def label(self) -> str:
        return rung_label(self.name)


def is_letter(name: str) -> bool:
    """Whether a rung of this name is a reminder letter."""
    return name.partition("-")[0] == LETTER


def rung_label(name: str) -> str:
    """A rung in words: “2 working days before”, “On the day”, “5 working days after”, “Reminder letter”."""
    if is_letter(name):
        return "Reminder letter"
    if name == ON_DAY:
        return "On the day"
    side, _, days = name.partition("-")
    return f"{days} working day{'' if days == '1' else 's'} {side}"


def read_days(text: str) -> tuple[int, ...] | None:
    """The days of “10, 2”, the farthest first and each once; None for anything else."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if any(not _DAYS.fullmatch(part) or not 1 <= int(part) <= MOST_BEFORE for part in parts):
        return None
    return tuple(sorted({int(part) for part in parts}, reverse=True))


@lru_cache(maxsize=5000)
def ladder(due_on: date, plan: Plan) -> tuple[Rung, ...]:
    """Every rung of a due date, in the order of their days; the last one is the reminder letter."""
    rungs = []
    for days in plan.days_before:
        working = subtract_working_days(due_on, days)
        rungs.append(Rung(f"before-{days}", working.due, working))
    if plan.on_due_day:
        rungs.append(Rung(ON_DAY, due_on))
    for number in range(1, plan.most_after + 2):
        working = add_working_days(due_on, number * plan.every_after)
        is_last = number > plan.most_after
        name = LETTER if is_last else f"after-{number * plan.every_after}"
        escalates = plan.escalates and number > plan.escalate_after and not is_last
        rungs.append(Rung(name, working.due, working, number, escalates))
    return tuple(rungs)


def due_rung(
    rungs: Sequence[Rung], recorded: Mapping[str, date], today: date, since: date | None = None
) -> Rung | None:
    """The rung that is due to go on `today`: the newest one whose day has come, unless it or a later one is recorded.

    `recorded` are the days of the rungs that went, by name. Rungs up to `since`, the day of the letter or of the
    decision that set the due date, never go: nobody is reminded of what they were told the same day.
    """
    newest = max(recorded.values(), default=None)
    open_rungs = [r for r in rungs if r.day <= today and (newest is None or r.day > newest) and r.name not in recorded]
    if since is not None:
        open_rungs = [r for r in open_rungs if r.day > since]
    return open_rungs[-1] if open_rungs else None


def passed_over(
    rungs: Sequence[Rung], recorded: Mapping[str, date], going: Rung, since: date | None = None
) -> list[Rung]:
    """The earlier rungs that nobody sent in time, when `going` goes."""
    earlier = rungs[: next((n for n, rung in enumerate(rungs) if rung.name == going.name), 0)]
    newest = max(recorded.values(), default=date.min)
    return [r for r in earlier if r.name not in recorded and r.day > newest and (since is None or r.day > since)]


def next_rung(rungs: Sequence[Rung], recorded: Mapping[str, date], today: date) -> Rung | None:
    """The first rung that is still to come after `today`; None at the end of the ladder."""
    newest = max(recorded.values(), default=date.min)
    return next((r for r in rungs if r.day > max(today, newest) and r.name not in recorded), None)


def letter_rung(rungs: Sequence[Rung], recorded: Mapping[str, date]) -> Rung:
    """The rung under which a reminder letter is kept: the ladder's last, or one more where that one is recorded."""
    last = rungs[-1]
    known = sum(is_letter(name) for name in recorded)
    return last if not known else Rung(f"{LETTER}-{known + 1}", last.day, last.working, last.number)


def reached(plan: Plan, today: date) -> list[tuple[str, date]]:
    """For every rung, in its order, the latest due date whose rung has been reached on `today`: for the database."""
    found = []
    for rung in ladder(today, plan):
        side, _, days = rung.name.partition("-")
        if rung.name == ON_DAY:
            latest = today
        elif side == "before":
            latest = add_working_days(today, int(days)).due
        else:
            first = subtract_working_days(today + timedelta(days=1), rung.number * plan.every_after).due
            latest = first - timedelta(days=1)
        found.append((rung.name, latest))
    return found
