"""Words and rules of board papers."""

from __future__ import annotations

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
EDITABLE = frozenset({PaperState.DRAFT})
DECIDABLE = frozenset({PaperState.SUBMITTED, PaperState.CONSIDERED, PaperState.RECORDED})


def can_move(state: PaperState, to: PaperState) -> bool:
    """Whether a paper may go `state` → `to` (product.md, States)."""
    return (state, to) in MOVES
