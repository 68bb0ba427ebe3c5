"""Words and rules of letters: the clearance of product.md's States, and the hash that two people confirm."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tracker.core.labels import Labelled

RECOMMENDATIONS_MARK = "{recommendations}"


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


class DecisionKind(Labelled):
    """A step of clearance, insert-only. `submitted` and `confirmed` are the secretariat's, the rest as named."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    APPROVED_WITH_CHANGES = "approved_with_changes"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"


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
