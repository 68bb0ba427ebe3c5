"""Words and rules of board papers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tracker.core.labels import Labelled


class PaperState(Labelled):
    """`recorded` is a paper that went to the board before the product came: nobody's clearance is claimed for it."""

    DRAFT = "draft"
    WITH_LEAD_DIRECTOR = "with_lead_director"
    CLEARED = "cleared"
    SUBMITTED = "submitted"
    CONSIDERED = "considered"
    RECORDED = "recorded"


class Duty(Labelled):
    """Whether the duty to involve the public applies (NHS Act 2006, section 13Q)."""

    APPLIES = "applies"
    DOES_NOT_APPLY = "does_not_apply"
    NOT_YET_ASSESSED = "not_yet_assessed"
    NOT_STATED = "not_stated"


class ResolutionOutcome(Labelled):
    """What a board did with an invitation (product.md, resolution)."""

    NOTED = "noted"
    AGREED = "agreed"
    AMENDED = "amended"
    DEFERRED = "deferred"
    NOT_AGREED = "not_agreed"


MOVES = {
    (PaperState.DRAFT, PaperState.WITH_LEAD_DIRECTOR),
    (PaperState.WITH_LEAD_DIRECTOR, PaperState.DRAFT),
    (PaperState.WITH_LEAD_DIRECTOR, PaperState.CLEARED),
    (PaperState.CLEARED, PaperState.DRAFT),
    (PaperState.CLEARED, PaperState.SUBMITTED),
    (PaperState.SUBMITTED, PaperState.CONSIDERED),
}
# A recorded paper is a copy of what the board read: slips of the copy are put right.
EDITABLE = frozenset({PaperState.DRAFT, PaperState.RECORDED})
DECIDABLE = frozenset({PaperState.SUBMITTED, PaperState.CONSIDERED, PaperState.RECORDED})

DUTY_LABEL = "Section 13Q duty to involve"
_CONSIDERED = "The duty to involve under section 13Q of the National Health Service Act 2006 (as amended) has been"
_DUTY_WORDS = {
    Duty.APPLIES: f"{_CONSIDERED} considered. It **applies**.",
    Duty.DOES_NOT_APPLY: f"{_CONSIDERED} considered. It **does not apply**.",
    Duty.NOT_YET_ASSESSED: "It has **not yet been assessed** whether the duty applies.",
    Duty.NOT_STATED: "",
}


class Todo(NamedTuple):
    """A line of the task list: the field of the cover sheet, whether it is filled, and whether sending needs it.

    `otherwise` says how the Word file prints it where it is empty.
    """

    field: str
    words: str
    done: bool
    needed: bool
    otherwise: str = "Prints as “Not stated”"


class Filled(NamedTuple):
    """Which parts of a cover sheet have something in them."""

    leads: bool
    purpose: bool
    decision_for: bool
    involvement: bool
    duty: bool
    invitations: bool
    authors: bool
    board_reference: bool


def can_move(state: PaperState, to: PaperState) -> bool:
    """Whether a paper may go `state` → `to` (product.md, States)."""
    return (state, to) in MOVES


def task_list(filled: Filled) -> list[Todo]:
    """What a cover sheet has and lacks, and how the Word file prints what it lacks."""
    return [
        Todo("lead_1", "Name a lead director", filled.leads, True),
        Todo("purpose", "Say what the paper is for", filled.purpose, True),
        Todo("decision_for", "Choose decision, discussion or information", filled.decision_for, True),
        Todo("invitations", "Say what the board is invited to do", filled.invitations, True),
        Todo("involvement", "Say how patients and the public have been involved", filled.involvement, False),
        Todo("duty", "State whether the section 13Q duty applies", filled.duty, False),
        Todo("authors", "Name the authors", filled.authors, False, "Is left out"),
        Todo(
            "board_reference",
            "Enter the board’s reference for the paper",
            filled.board_reference,
            False,
            "Prints as our own reference",
        ),
    ]


def missing(filled: Filled) -> list[Todo]:
    """What has to be filled before a paper goes to its lead director."""
    return [todo for todo in task_list(filled) if todo.needed and not todo.done]


def duty_statement(duty: Duty, text: str) -> str:
    """The section 13Q statement as it prints (Markdown): whether the duty applies, then why not or how it is met."""
    return "\n\n".join(part for part in (_DUTY_WORDS[duty], text) if part)


def decision_words(decision: bool, discussion: bool, information: bool) -> str:
    """What the board gets the paper for: 'Decision and discussion'."""
    chosen = [w for w, on in (("decision", decision), ("discussion", discussion), ("information", information)) if on]
    *first, last = chosen or [""]
    return (f"{', '.join(first)} and {last}" if first else last).capitalize()


def why_not_resolved(state: PaperState, resolved_on: date, held_on: date, today: date) -> str | None:
    """Why a resolution can't be recorded, or None: the board resolves at its meeting (`held_on`) or after it."""
    if state not in DECIDABLE:
        return "The paper has not been submitted to the board yet."
    if resolved_on > today:
        return "The date of the resolution must be today or in the past"
    if resolved_on < held_on:
        day = f"{held_on.day} {held_on:%B %Y}"
        return f"The date of the resolution must be the day of the board meeting, {day}, or after it"
    return None


def can_consider(state: PaperState, outcomes: Sequence[ResolutionOutcome | None]) -> bool:
    """Whether a submitted paper is considered: every invitation has its outcome."""
    return can_move(state, PaperState.CONSIDERED) and None not in outcomes
