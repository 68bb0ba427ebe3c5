"""When more time may be asked for and given, and how a due date came about: pure functions (product.md, Dates)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from tracker.core.working_days import Working, add_working_days, count_working_days, day_off

# Extensions of one recommendation that the secretariat grants; every later one is the chair's.
BY_SECRETARIAT = 2
TOO_FAR_DAYS = 366 * 2


def needs_chair(times_extended: Iterable[int | None]) -> bool:
    """Whether the chair decides: one of the recommendations was extended twice already."""
    return any((times or 0) >= BY_SECRETARIAT for times in times_extended)


def why_date_refused(until: date, current: Iterable[date | None], today: date) -> str | None:
    """Why a due date cannot be moved to `until` from one of the `current` dates, or None.

    Not into the past, not to or before a date that is due now, and not further than two years: that is a slip.
    """
    if until < today:
        return "The new date cannot be in the past"
    latest = max((day for day in current if day is not None), default=None)
    if latest is not None and until <= latest:
        return f"The new date must be after {plain(latest)}, when it is due now"
    if (until - today).days > TOO_FAR_DAYS:
        return "The new date must be within two years from today"
    return None


def day_off_warning(until: date) -> str | None:
    """That a date is no working day, with why; None where it is one."""
    reason = day_off(until)
    return f"{plain(until)} is not a working day ({reason})" if reason else None


def plain(day: date) -> str:
    """1 February 2027."""
    return f"{day.day} {day:%B %Y}"


def working_of_new_date(until: date, current: Sequence[date | None], today: date) -> list[str]:
    """The working of a new date in sentences: counted from today, and from each date that it takes the place of."""
    found = []
    if until > today:
        found.append("From today: " + count_working_days(today, until).sentence())
    for old in sorted({day for day in current if day is not None and day < until}):
        found.append(f"From the date until now, {plain(old)}: " + count_working_days(old, until).sentence())
    if warning := day_off_warning(until):
        found.append(warning + ".")
    return found


class Moved(NamedTuple):
    """A date moved by an extension: on which day, from which date (None: only stated, or none), and to which."""

    decided_on: date
    from_on: date | None
    until: date


class DueFacts(NamedTuple):
    """What a due date came from. `issued_on`: when the letter was issued here; None where it was recorded."""

    due_on: date | None
    stated: str
    original: date | None
    issued_on: date | None
    days: int


def explain_due(facts: DueFacts, moves: Sequence[Moved]) -> list[str]:
    """How the date came about, in sentences: counted, stated in words, set by hand, or moved (product.md, Dates)."""
    if facts.due_on is None and not facts.stated:
        return []
    found = [*_first_date(facts), *(_move(move) for move in moves)]
    if facts.due_on and not facts.stated and (warning := day_off_warning(facts.due_on)):
        found.append(warning + ".")
    return found


def _first_date(facts: DueFacts) -> list[str]:
    if facts.stated:
        tracked = (
            f"It sorts by its tracking date, {plain(facts.due_on)}." if facts.due_on else "It has no tracking date."
        )
        return [f"The letter states it in words: “{facts.stated}”. {tracked}"]
    if facts.original is None:
        return []
    counted = _counted(facts)
    return [counted.sentence() if counted else f"The letter sets {plain(facts.original)}; it was not counted."]


def _counted(facts: DueFacts) -> Working | None:
    """The working of the first date where it was counted from the issue in the taskforce's working days."""
    if facts.issued_on is None or facts.days < 1:
        return None
    working = add_working_days(facts.issued_on, facts.days)
    return working if working.due == facts.original else None


def _move(move: Moved) -> str:
    start = move.from_on if move.from_on and move.from_on < move.until else move.decided_on
    what = f"On {plain(move.decided_on)} it was moved to {plain(move.until)}"
    if start >= move.until:
        return what + "."
    working = count_working_days(start, move.until)
    return f"{what}: {working.sentence()}"


class Timeliness(NamedTuple):
    """Days late against the original and the current date; None where there is no such date to be late against."""

    against_original: int | None
    against_current: int | None


def timeliness(
    original: date | None, current: date | None, answered_on: date | None, today: date, *, is_waiting: bool
) -> Timeliness:
    """How late an answer was, or is so far while it `is_waiting`; without a known day it is neither."""
    day = answered_on or (today if is_waiting else None)

    def late(due: date | None) -> int | None:
        return None if due is None or day is None else max((day - due).days, 0)

    return Timeliness(late(original), late(current))
