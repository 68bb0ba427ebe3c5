"""Working days of England, with the working shown.

Bank holidays come from govuk-bank-holidays' bundled data (England and Wales, 2012 on). Dates beyond that data count
weekends only, and the working says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays

DIVISION = "england-and-wales"


@dataclass(frozen=True)
class Step:
    """One day looked at: its number among the working days, or why it was passed over."""

    day: date
    number: int | None
    reason: str


@dataclass(frozen=True)
class Working:
    """How a date was computed: from `start`, `days` working days on (or back), to `due`."""

    start: date
    days: int
    due: date
    steps: tuple[Step, ...]
    beyond_known_holidays: bool
    backwards: bool = False

    def sentence(self) -> str:
        """The working in one sentence, for the page."""
        off = [s for s in self.steps if s.number is None and s.reason not in {"Saturday", "Sunday"}]
        over = [*(["weekends"] if len(off) < len(self.steps) - self.days else []), *(s.reason for s in off)]
        passed = f", passing over {_listed(over)}" if over else ""
        unsure = " Bank holidays of those years are not all known." if self.beyond_known_holidays else ""
        days = "1 working day" if self.days == 1 else f"{self.days} working days"
        first = "last working day before" if self.backwards else "first working day after"
        return f"{days}{' back' if self.backwards else ''}; day 1 is the {first} {_plain(self.start)}{passed}.{unsure}"


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _plain(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


@cache
def _holidays() -> dict[date, str]:
    bundled = BankHolidays(use_cached_holidays=True)
    return {h["date"]: h["title"] for h in bundled.get_holidays(division=DIVISION)}


def day_off(day: date) -> str | None:
    """Why `day` is not a working day in England, or None where it is one."""
    if day.weekday() >= 5:
        return f"{day:%A}"
    return _holidays().get(day)


def add_working_days(start: date, days: int) -> Working:
    """The date `days` (1 or more) working days after `start`: day 1 is the next working day (product.md, Dates).

    Raises ValueError for fewer than 1 day.
    """
    return _count(start, days, timedelta(days=1))


def subtract_working_days(start: date, days: int) -> Working:
    """The date `days` (1 or more) working days before `start`: day 1 is the last working day before it.

    Raises ValueError for fewer than 1 day.
    """
    return _count(start, days, timedelta(days=-1))


def _count(start: date, days: int, step: timedelta) -> Working:
    if days < 1:
        raise ValueError("days must be 1 or more")
    day, count, steps = start, 0, []
    while count < days:
        day += step
        reason = day_off(day)
        if reason is None:
            count += 1
        steps.append(Step(day, None if reason else count, reason or ""))
    return Working(
        start, days, day, tuple(steps), _is_beyond(min(start, day), max(start, day)), backwards=step.days < 0
    )


def _is_beyond(start: date, end: date) -> bool:
    """Whether the bank holidays between the two are not all known."""
    known = _holidays()
    return end.year > max(known).year or start.year < min(known).year


def count_working_days(start: date, end: date) -> Working:
    """How many working days after `start` the date `end` is, with the working: `add_working_days`, read backwards.

    `end` may be a day off; the days count up to it. Raises ValueError where it is not after `start`.
    """
    if end <= start:
        raise ValueError("end must be after start")
    day, count, steps = start, 0, []
    while day < end:
        day += timedelta(days=1)
        reason = day_off(day)
        count += reason is None
        steps.append(Step(day, None if reason else count, reason or ""))
    return Working(start, count, end, tuple(steps), _is_beyond(start, end))
