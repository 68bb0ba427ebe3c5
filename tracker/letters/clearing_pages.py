"""What the pages of clearance are filled with: the chair's decision, the confirmation, the record's details."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.core.permissions import CHAIRS, Person
from tracker.directory import queries as directory
from tracker.letters import clearance, comment_queries, pages
from tracker.letters.deciding import (
    capacities,
    capacity_to_approve,
    in_order,
    is_taken_back,
    last_submitted,
    standing_approval,
)
from tracker.letters.models import ClearanceDecision, Letter, LetterComment, LetterVersion
from tracker.letters.rules import APPROVALS, DecisionKind

CHAIRS_DECISIONS = APPROVALS | {DecisionKind.RETURNED}


@dataclass(frozen=True)
class Looked:
    """When a chair last said something about the letter: what, who, why, and the text that they saw."""

    what: str
    name: str
    at: datetime
    reason: str
    by_id: int | None
    version: LetterVersion


def last_looked(letter: Letter, comments: list[LetterComment], person: Person) -> Looked | None:
    """The last decision or comment of `person`, else of any chair, from before the letter was last sent to the chair.

    What is said while it waits is left out: it would hide what changed since.
    """
    sent = last_submitted(letter.decisions)
    found = [_decision(d) for d in in_order(letter.decisions) if d.kind in CHAIRS_DECISIONS and not is_taken_back(d)]
    found += [
        Looked("Commented", c.by.name, c.at, "", c.by_id, c.letter_version)
        for c in comments
        if (c.by_id == person.contact_id or c.as_role in CHAIRS) and sent is not None and c.at < sent.at
    ]
    own = [looked for looked in found if looked.by_id == person.contact_id]
    return max(own or found, key=lambda looked: looked.at, default=None)


def _decision(d: ClearanceDecision) -> Looked:
    return Looked(d.kind.label, d.by.name if d.by else "", d.at, d.reason, d.by_id, d.version)


def decision_page(letter: Letter, person: Person) -> dict[str, Any]:
    """The chair's page: the note, what changed since they last looked, the letter, and how they decide."""
    comments = list(comment_queries.list_comments(letter.id))
    sent = last_submitted(letter.decisions)
    last = last_looked(letter, comments, person)
    capacity, why_not = capacity_to_approve(person, letter.taskforce_id, sent.by_id if sent else None)
    as_whom = capacity or next(iter(capacities(person, letter.taskforce_id)), None)
    giver = directory.get_contact(as_whom.for_id) if as_whom and as_whom.for_id else None
    return pages.whole_page(letter, person) | {
        "sent": sent,
        "last": last,
        "changed": pages.changed_parts(last.version, letter.current) if last else [],
        "comments": comments,
        "why_not": "" if capacity else why_not,
        "waives": can_waive(letter, person),
        "as_whom": as_whom,
        "decides_for": giver.name if giver else "",
    }


def giver_of(letter: Letter, person: Person) -> str:
    """For whom `person` decides on the letter; nothing where the role is their own."""
    sent = last_submitted(letter.decisions)
    capacity, _ = capacity_to_approve(person, letter.taskforce_id, sent.by_id if sent else None)
    capacity = capacity or next(iter(capacities(person, letter.taskforce_id)), None)
    giver = directory.get_contact(capacity.for_id) if capacity and capacity.for_id else None
    return giver.name if giver else ""


def can_waive(letter: Letter, person: Person) -> bool:
    """Whether the chair's page offers the waiver."""
    return not letter.awaits_confirmation and clearance.why_no_waiver(letter, person) is None


def confirmation_page(letter: Letter, person: Person) -> dict[str, Any]:
    """What the chair changed or approved under a waiver, for the person who confirms it."""
    approval = standing_approval(letter.decisions)
    is_waiver = approval is not None and approval.kind is DecisionKind.APPROVED_UNDER_WAIVER
    before = max((v for v in letter.versions if v is not letter.current), key=lambda v: v.number, default=None)
    changed = pages.changed_parts(before, letter.current) if before and not is_waiver else []
    return pages.whole_page(letter, person) | {"changed": changed, "approval": approval, "is_waiver": is_waiver}
