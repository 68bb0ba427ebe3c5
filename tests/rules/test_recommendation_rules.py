"""Lateness, and what stands against closing and signing off."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.recommendations.rules import (
    AnswerPosition,
    AssignmentStatus,
    Criterion,
    GivenAnswer,
    Judgement,
    Lateness,
    days_late,
    lateness,
    why_not_closed,
    why_not_signed_off,
)

TODAY = date(2026, 12, 27)
MET, WAIVED, UNMET = Criterion("a", True, False), Criterion("b", False, True), Criterion("c", False, False)


@pytest.mark.parametrize(
    ("due_on", "expected", "late"),
    [
        (date(2026, 12, 15), Lateness.OVERDUE, 12),
        (date(2026, 12, 26), Lateness.OVERDUE, 1),
        (TODAY, Lateness.DUE_SOON, 0),
        (date(2027, 1, 6), Lateness.DUE_SOON, 0),
        (date(2027, 1, 7), Lateness.AWAITING, 0),
        (None, Lateness.AWAITING, 0),
    ],
)
def test_an_open_unanswered_one_is_late_after_its_date(due_on: date | None, expected: Lateness, late: int) -> None:
    assert lateness(AssignmentStatus.OPEN, AnswerPosition.AWAITING, due_on, TODAY) is expected
    assert days_late(due_on, TODAY) == late


def test_answered_or_closed_ones_are_never_late() -> None:
    old = date(2020, 1, 1)
    assert lateness(AssignmentStatus.OPEN, AnswerPosition.NOT_STATED, old, TODAY) is Lateness.NONE
    assert lateness(AssignmentStatus.TRANSFERRED, AnswerPosition.AWAITING, old, TODAY) is Lateness.NONE


@pytest.mark.parametrize(
    ("criteria", "actions", "judgement", "by_chair", "problems"),
    [
        ([MET, WAIVED], [], Judgement.ANSWERS, False, 0),
        ([MET, UNMET], [], Judgement.ANSWERS, True, 1),
        ([], [], Judgement.NOT_ASSESSED, True, 0),
        ([], [], Judgement.NOT_ASSESSED, False, 1),
        ([MET], ["EPC-A001", "EPC-A002"], Judgement.ANSWERS, True, 2),
        ([MET], [], Judgement.GOOD_PLAN, True, 1),
        ([UNMET], ["EPC-A001"], Judgement.GOOD_PLAN, False, 3),
    ],
)
def test_implemented_needs_everything_shown_and_nothing_unfinished(
    criteria: list[Criterion], actions: list[str], judgement: Judgement, by_chair: bool, problems: int
) -> None:
    found = why_not_closed(AssignmentStatus.IMPLEMENTED, criteria, actions, judgement, by_chair=by_chair)
    assert len(found) == problems
    assert not why_not_closed(AssignmentStatus.SUPERSEDED, criteria, actions, judgement, by_chair=by_chair)


def test_a_response_needs_an_answer_and_refusals_need_words() -> None:
    def given(position: AnswerPosition, text: str = "") -> GivenAnswer:
        return GivenAnswer("EPC-L02(a)", position, text)

    assert why_not_signed_off([]) and why_not_signed_off([given(AnswerPosition.AWAITING)])
    assert not why_not_signed_off([given(AnswerPosition.ACCEPTED), given(AnswerPosition.AWAITING)])
    for position in (AnswerPosition.NOT_ACCEPTED, AnswerPosition.IN_PART):
        assert "EPC-L02(a) is" in why_not_signed_off([given(position)])[0]
        assert not why_not_signed_off([given(position, "Because")])
    assert given(AnswerPosition.AWAITING, "words").submitted_position is AnswerPosition.NOT_STATED
    assert given(AnswerPosition.AWAITING).submitted_position is AnswerPosition.AWAITING
