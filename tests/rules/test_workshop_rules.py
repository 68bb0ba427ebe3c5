"""When a workshop can be marked as held."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.workshops.rules import WorkshopState, can_hold

TODAY = date(2027, 3, 10)


@pytest.mark.parametrize("held_on", [date(2027, 3, 10), date(2017, 12, 12)])
def test_a_planned_workshop_can_be_held_once_its_date_has_come(held_on: date) -> None:
    assert can_hold(WorkshopState.PLANNED, held_on, TODAY) is None


@pytest.mark.parametrize(
    ("state", "held_on", "reason"),
    [
        (WorkshopState.PLANNED, None, "Enter the date of the workshop first."),
        (WorkshopState.PLANNED, date(2027, 3, 11), "The date of the workshop has not come yet."),
        (WorkshopState.HELD, date(2027, 3, 9), "The workshop is already marked as held."),
    ],
)
def test_why_a_workshop_cannot_be_held(state: WorkshopState, held_on: date | None, reason: str) -> None:
    assert can_hold(state, held_on, TODAY) == reason
