"""Words and rules of letters: the clearance of product.md's States, and the hash that two people confirm."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.core.labels import Labelled
from tracker.core.working_days import Working, add_working_days

RECOMMENDATIONS_MARK = "{recommendations}"
# More would need parts of more than ten letters (a … z, aa, bb …), which no reference holds.
MOST_RECOMMENDATIONS = 250


class LetterKind(Labelled):
    LETTER = "letter"
    REMINDER = "reminder"
    CORRECTION = "correction"
    REPORT = "report"


class LetterState(Labelled):
    DRAFT = "draft"
    WITH_CHAIR = "with_chair"
    APPROVED = "approved"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    RECORDED = "recorded"


SENT = frozenset({LetterState.ISSUED, LetterState.RECORDED})
UNSENT = frozenset({LetterState.DRAFT, LetterState.WITH_CHAIR, LetterState.APPROVED})


class DecisionKind(Labelled):
    """A step of clearance, insert-only. `submitted` and `confirmed` are the secretariat's, the rest as named.

    `returned` by the chair to the secretariat, or taken back from the chair by the secretariat, as `as_role` says.
    `approved_under_waiver`: the chair's own letter, with a reason, which a second person confirms. `came_back`: nobody
    was left who could decide.
    """

    SUBMITTED = "submitted"
    APPROVED = "approved"
    APPROVED_WITH_CHANGES = "approved_with_changes"
    APPROVED_UNDER_WAIVER = "approved_under_waiver"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    CAME_BACK = "came_back"


# Decisions of a chair that approve: `approved` at once, the others once a second person has confirmed the same text.
APPROVALS = frozenset({DecisionKind.APPROVED, DecisionKind.APPROVED_WITH_CHANGES, DecisionKind.APPROVED_UNDER_WAIVER})
TO_CONFIRM = APPROVALS - {DecisionKind.APPROVED}


class AskKind(Labelled):
    """The kind of ask (product.md, Recommendation)."""

    RECOMMENDATION = "recommendation"
    REQUEST = "request_for_information"
    SUGGESTION = "suggestion"


class Placement(Labelled):
    """Where a recommendation stands: in the lettered list, or in the prose of the letter."""

    LISTED = "listed"
    IN_TEXT = "in_text"

    @property
    def label(self) -> str:
        return "Listed in the letter" if self is Placement.LISTED else "In the text of the letter"


class AddresseeKind(Labelled):
    TO = "to"
    COPY = "copy"


class SentHow(Labelled):
    EMAIL = "email"
    POST = "post"
    BY_HAND = "by_hand"

    @property
    def label(self) -> str:
        return {"email": "By e-mail", "post": "By post", "by_hand": "By hand"}[self.value]


MOVES = {
    (LetterState.DRAFT, LetterState.WITH_CHAIR),
    (LetterState.WITH_CHAIR, LetterState.DRAFT),
    (LetterState.WITH_CHAIR, LetterState.APPROVED),
    (LetterState.APPROVED, LetterState.DRAFT),
    (LetterState.APPROVED, LetterState.ISSUED),
    (LetterState.DRAFT, LetterState.WITHDRAWN),
    (LetterState.WITH_CHAIR, LetterState.WITHDRAWN),
    (LetterState.APPROVED, LetterState.WITHDRAWN),
}


def can_move(state: LetterState, to: LetterState) -> bool:
    """Whether clearance allows `state` → `to` (product.md, States)."""
    return (state, to) in MOVES


def content_json(content: Mapping[str, Any]) -> str:
    """The one spelling of a letter's content: what is hashed, stored and approved."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_hash(text: str) -> str:
    """Hex SHA-256 of a content's JSON text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


LONGEST_STATED = 60
_SENTENCE_ENDS = re.compile(r"[.!?;:](?:\s|$)")


def why_not_stated(stated: str, planned: str) -> str | None:
    """Why a response cannot be due "as stated" at issue, or None.

    Nobody approves a slot: what was planned stood in the letter that the chair read; anything else may only say when.
    """
    if stated == planned or (len(stated) <= LONGEST_STATED and not _SENTENCE_ENDS.search(stated)):
        return None
    return f"Say only when, without a sentence and in up to {LONGEST_STATED} characters, like early February 2018"


def due_date(issued_on: date, days: int, due_on: date | None, stated: str) -> tuple[date | None, Working | None]:
    """The response due and, where it had to be counted, its working (product.md, Dates).

    A date set by hand or a date as stated stands; with neither, `days` working days are counted from `issued_on`.
    """
    if due_on is not None or stated:
        return due_on, None
    working = add_working_days(issued_on, days)
    return working.due, working


def why_not_approved_by(approver: int, submitter: int | None, decides_for: int | None = None) -> str | None:
    """Why this contact may not approve what `submitter` sent, or None (product.md, two people confirm one hash).

    `decides_for` is whose role it is, where it was delegated: nobody approves for whoever sent the letter either.
    """
    if submitter is None:
        return "The letter has not been sent to the chair."
    if approver == submitter:
        return "You sent this letter to the chair yourself. Another person has to approve it."
    if decides_for == submitter:
        return "You decide for the person who sent this letter to the chair. Another person has to approve it."
    return None


def why_not_confirmed_by(confirmer: int, decided: frozenset[int]) -> str | None:
    """Why this contact may not confirm what `decided` (who decided, and for whom) approved, or None."""
    if confirmer in decided:
        return "You made these changes yourself. Another person has to confirm them."
    return None


def comes_back(*, chairs: int, deciders: int, chair_left: bool) -> bool:
    """Whether a letter that waits for a decision comes back to draft.

    It does where nobody is left who could decide, and where a chair left and none remains: the letter is to go out
    under the chair's name. `chairs` and `deciders` (with vice chairs) count those in office today.
    """
    return deciders == 0 or (chair_left and chairs == 0)


def round_is_open(until_on: date, is_closed: bool, state: LetterState, today: date) -> bool:
    """Whether members can read and comment on a draft that is with them: the last day is included."""
    return not is_closed and today <= until_on and state is LetterState.DRAFT
