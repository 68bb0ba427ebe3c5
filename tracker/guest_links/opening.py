"""What a link opens: one response or one action, and nothing where it is refused."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row

from tracker.actions.models import Action
from tracker.core import clock
from tracker.guest_links import queries
from tracker.guest_links.refusing import LinkRefused
from tracker.guest_links.rules import GuestPurpose, LinkState, Refusal, state_of
from tracker.recommendations.response_models import Response

_REFUSED = {LinkState.EXPIRED: Refusal.EXPIRED, LinkState.REVOKED: Refusal.REVOKED}


def find(token: str, wanted: Collection[GuestPurpose]) -> Row[Any]:
    """The open link with this token, for one of the purposes `wanted`. Raises LinkRefused for any other."""
    row: Row[Any] | None = queries.find_link(token)
    if row is None:
        raise LinkRefused(Refusal.UNKNOWN)
    state = state_of(row.expires_at, row.revoked_at, clock.now())
    if state is not LinkState.OPEN:
        raise LinkRefused(_REFUSED[state], row.id)
    if row.purpose not in wanted:
        raise LinkRefused(Refusal.OTHER, row.id)
    return row


def load(token: str, wanted: Collection[GuestPurpose]) -> Response | Action:
    """The record that this token opens now. Raises LinkRefused as `find` does, and for a person who is no more theirs:
    somebody else owns the action, or the programme has another SRO.
    """
    row = find(token, wanted)
    record: Response | Action | None
    if row.purpose is GuestPurpose.ACTION:
        record = queries.get_action(row.action_id)
        belongs = record is not None and record.owner_id == row.contact_id
    else:
        record = queries.get_response(row.response_id)
        belongs = record is not None and (row.purpose is GuestPurpose.PREPARE or _signs(record, row.contact_id))
    if record is None or not belongs:
        raise LinkRefused(Refusal.OTHER, row.id)
    return record


def _signs(response: Response, contact_id: int) -> bool:
    return any(contact.id == contact_id for contact in queries.list_signers(response, clock.today()))
