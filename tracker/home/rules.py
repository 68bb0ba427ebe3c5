"""How what waits for somebody is sorted by when it is due."""

from __future__ import annotations

from datetime import date

from tracker.core.labels import Labelled

SOON_DAYS = 7


class Section(Labelled):
    """The parts of "Due for me", in their order."""

    DECISION = "waiting_for_your_decision"
    OVERDUE = "overdue"
    SOON = "next_seven_days"
    LATER = "later"
    UNDATED = "waiting_for_you_without_a_date"


def section_of(due_on: date | None, today: date) -> Section:
    """Where a thing that is due on `due_on` stands on `today`; the seventh day from today is still soon."""
    if due_on is None:
        return Section.UNDATED
    if due_on < today:
        return Section.OVERDUE
    return Section.SOON if (due_on - today).days <= SOON_DAYS else Section.LATER


def due_words(due_on: date | None, today: date) -> str:
    """How late something is, or how long there is left, in words; nothing for no date."""
    if due_on is None:
        return ""
    left = (due_on - today).days
    if left == 0:
        return "Due today"
    number = f"{abs(left)} day{'' if abs(left) == 1 else 's'}"
    return f"{number} overdue" if left < 0 else f"Due in {number}"
