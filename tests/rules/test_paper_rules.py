"""Rules of board papers, without a database."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.papers.rules import (
    Duty,
    Filled,
    PaperState,
    ResolutionOutcome,
    can_consider,
    can_move,
    decision_words,
    duty_statement,
    missing,
    why_not_resolved,
)

FULL = Filled(*(True,) * 8)
DAY = date(2027, 2, 8)


def test_a_paper_moves_only_along_its_life() -> None:
    allowed = {(s, t) for s in PaperState for t in PaperState if can_move(s, t)}
    assert allowed == {
        (PaperState.DRAFT, PaperState.WITH_LEAD_DIRECTOR),
        (PaperState.WITH_LEAD_DIRECTOR, PaperState.DRAFT),
        (PaperState.WITH_LEAD_DIRECTOR, PaperState.CLEARED),
        (PaperState.CLEARED, PaperState.DRAFT),
        (PaperState.CLEARED, PaperState.SUBMITTED),
        (PaperState.SUBMITTED, PaperState.CONSIDERED),
    }


@pytest.mark.parametrize("part", ["leads", "purpose", "decision_for", "invitations"])
def test_four_parts_are_needed_before_the_lead_director_gets_it(part: str) -> None:
    assert missing(FULL) == []
    assert len(missing(FULL._replace(**{part: False}))) == 1


@pytest.mark.parametrize("part", ["involvement", "duty", "authors", "board_reference"])
def test_the_other_parts_may_print_as_not_stated(part: str) -> None:
    assert missing(FULL._replace(**{part: False})) == []


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ((False, False, False), ""),
        ((True, False, False), "Decision"),
        ((True, False, True), "Decision and information"),
        ((True, True, True), "Decision, discussion and information"),
    ],
)
def test_what_the_board_gets_it_for_is_said_in_words(chosen: tuple[bool, bool, bool], words: str) -> None:
    assert decision_words(*chosen) == words


def test_the_duty_statement_never_claims_more_than_was_stated() -> None:
    assert duty_statement(Duty.NOT_STATED, "") == ""
    assert "**applies**" in duty_statement(Duty.APPLIES, "")
    assert duty_statement(Duty.DOES_NOT_APPLY, "No change to services.").endswith(
        "It **does not apply**.\n\nNo change to services."
    )
    assert "not yet been assessed" in duty_statement(Duty.NOT_YET_ASSESSED, "")


@pytest.mark.parametrize("state", [PaperState.DRAFT, PaperState.WITH_LEAD_DIRECTOR, PaperState.CLEARED])
def test_no_resolution_before_submission(state: PaperState) -> None:
    assert why_not_resolved(state, DAY, DAY, DAY) == "The paper has not been submitted to the board yet."


def test_no_resolution_on_a_day_to_come() -> None:
    assert why_not_resolved(PaperState.SUBMITTED, DAY, DAY, date(2027, 2, 7)) is not None
    assert why_not_resolved(PaperState.SUBMITTED, DAY, DAY, DAY) is None


def test_no_resolution_before_the_board_meets() -> None:
    before = date(2027, 2, 7)
    problem = "The date of the resolution must be the day of the board meeting, 8 February 2027, or after it"
    assert why_not_resolved(PaperState.SUBMITTED, before, DAY, DAY) == problem
    assert why_not_resolved(PaperState.SUBMITTED, date(2027, 2, 9), DAY, date(2027, 2, 9)) is None


def test_considered_when_every_invitation_has_its_outcome() -> None:
    assert can_consider(PaperState.SUBMITTED, [ResolutionOutcome.NOTED])
    assert not can_consider(PaperState.SUBMITTED, [ResolutionOutcome.NOTED, None])
    assert not can_consider(PaperState.CLEARED, [ResolutionOutcome.NOTED])
