"""The life of an action: every pair of states, who may close, and lateness."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from tracker.actions.rules import ActionState, can_close, can_decide, can_report, days_late, lateness

OPEN, IN_PROGRESS, PENDING, CLOSED, CANCELLED = ActionState
TODAY = date(2027, 3, 10)
REPORTED = {(OPEN, IN_PROGRESS), (OPEN, PENDING), (IN_PROGRESS, PENDING), (PENDING, IN_PROGRESS)}
DECIDED = {
    (OPEN, CANCELLED),
    (IN_PROGRESS, CANCELLED),
    (PENDING, CANCELLED),
    (PENDING, CLOSED),
    (PENDING, IN_PROGRESS),
    (CLOSED, IN_PROGRESS),
    (CANCELLED, OPEN),
}


@pytest.mark.parametrize(("state", "to"), list(product(ActionState, repeat=2)))
def test_what_an_owner_reports_and_what_another_decides(state: ActionState, to: ActionState) -> None:
    assert can_report(state, to) is ((state, to) in REPORTED)
    assert can_decide(state, to) is ((state, to) in DECIDED)


@pytest.mark.parametrize(
    ("reported_by", "owner", "allowed"), [(1, 1, True), (1, None, True), (9, 1, False), (1, 9, False), (9, 9, False)]
)
def test_somebody_else_closes(reported_by: int, owner: int | None, allowed: bool) -> None:
    assert can_close(reported_by, owner, closer=9) is allowed


@pytest.mark.parametrize(
    ("state", "ago", "late", "words"),
    [
        (OPEN, 1, 1, "1 day late"),
        (IN_PROGRESS, 2, 2, "2 days late"),
        (IN_PROGRESS, 1_500, 1_500, "1,500 days late"),
        (PENDING, 2, 0, "Done, waiting to be checked"),
        (OPEN, 0, 0, "Due today"),
        (OPEN, -1, 0, ""),
        (CLOSED, 2, 0, ""),
        (CLOSED, 0, 0, ""),
        (CANCELLED, 2, 0, ""),
    ],
)
def test_lateness_in_days_and_words(state: ActionState, ago: int, late: int, words: str) -> None:
    due_on = TODAY - timedelta(days=ago)
    assert days_late(state, due_on, TODAY) == late
    assert lateness(state, due_on, TODAY) == words


def test_an_action_without_a_date_is_never_late() -> None:
    assert days_late(OPEN, None, TODAY) == 0
    assert lateness(OPEN, None, TODAY) == ""
