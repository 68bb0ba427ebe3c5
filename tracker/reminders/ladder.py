"""A ladder as it stands: what is unanswered of a response with one due date, and what has gone of its reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from tracker.recommendations.rules import days_late
from tracker.reminders.rules import Plan, Rung, RungOutcome, due_rung, ladder, letter_rung, next_rung, passed_over


@dataclass(frozen=True)
class Asked:
    """Something that is still unanswered: its reference and a few words."""

    reference: str
    words: str


@dataclass(frozen=True)
class Went:
    """A rung that is recorded."""

    id: int
    rung: str
    rung_on: date
    outcome: RungOutcome
    at: datetime
    by: str
    letter_id: int | None


@dataclass(frozen=True)
class Paused:
    """A pause that holds: why, and its last day."""

    id: int
    reason: str
    until_on: date
    by: str


@dataclass(frozen=True)
class Ladder:
    """What is unanswered of one response with one due date, and what has gone of its reminders.

    `since` is the day of the letter, or of the decision that set this date. `waits` counts what more time was asked for
    and nobody has decided: those are not reminded of, and are not in `asked`.
    """

    response_id: int
    taskforce_id: int
    letter_id: int
    programme_id: int
    reference: str
    subject: str
    letter_date: date | None
    code: str
    programme: str
    due_on: date
    due_stated: str
    plan: Plan
    since: date | None
    is_active: bool
    asked: tuple[Asked, ...] = ()
    waits: int = 0
    went: tuple[Went, ...] = ()
    pause: Paused | None = None

    @property
    def key(self) -> str:
        """How a form or an address names it."""
        return f"{self.reference}_{self.code}_{self.due_on.isoformat()}"

    @property
    def due_words(self) -> str:
        """The due date as it was stated, else as a date."""
        return self.due_stated or f"{self.due_on.day} {self.due_on:%B %Y}"

    @cached_property
    def rungs(self) -> tuple[Rung, ...]:
        return ladder(self.due_on, self.plan)

    @cached_property
    def recorded(self) -> dict[str, date]:
        return {w.rung: w.rung_on for w in self.went}

    @property
    def quiet(self) -> str:
        """Why nothing goes at all, in a word: closed, paused or asked; empty where the ladder goes on."""
        if not self.is_active:
            return "closed"
        if self.pause is not None:
            return "paused"
        return "" if self.asked else "asked"

    def due(self, today: date) -> Rung | None:
        """The rung that is due to go."""
        return None if self.quiet else due_rung(self.rungs, self.recorded, today, self.since)

    def next(self, today: date) -> Rung | None:
        """The rung that comes after today."""
        return next_rung(self.rungs, self.recorded, today)

    def now(self, today: date) -> Rung | None:
        """What “send now” sends: what is due, else what comes next."""
        return self.due(today) or (None if self.quiet else self.next(today))

    def passes_over(self, going: Rung) -> list[Rung]:
        """The rungs that are passed over when that one goes."""
        return passed_over(self.rungs, self.recorded, going, self.since)

    def letter_rung(self) -> Rung:
        """Where a reminder letter that is drafted now is kept."""
        return letter_rung(self.rungs, self.recorded)

    @property
    def last_sent(self) -> Went | None:
        """The newest reminder that went."""
        return max((w for w in self.went if w.outcome is RungOutcome.SENT), key=lambda w: w.id, default=None)

    @property
    def last_letter(self) -> Went | None:
        """The newest reminder letter that was drafted."""
        return max((w for w in self.went if w.letter_id), key=lambda w: w.id, default=None)

    def days_late(self, today: date) -> int:
        return days_late(self.due_on, today)


def read_key(key: str) -> tuple[str, str, date] | None:
    """The letter, the programme's code and the due date that a key names; None for anything else."""
    parts = key.split("_")
    if len(parts) != 3 or not all(part.isascii() and len(part) <= 20 for part in parts):
        return None
    try:
        return parts[0], parts[1], date.fromisoformat(parts[2])
    except ValueError:
        return None
