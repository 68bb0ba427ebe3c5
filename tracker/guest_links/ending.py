"""Links whose person has gone: a sign-off link of a former SRO, an action's link of a former owner. They end.

A link is checked when it is opened too, so one whose person leaves on a day to come is worth nothing from that day;
`flask links end`, run daily, then says so in the record.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select, true

from tracker.accounts.models import User
from tracker.actions.models import Action
from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.directory.models import Programme
from tracker.guest_links import queries
from tracker.guest_links.models import GuestLink
from tracker.guest_links.rules import GuestPurpose
from tracker.recommendations.response_models import Response


def when_grant_ends(by: Person | None, user: User, _details: dict[str, Any]) -> None:
    """A role of somebody ended."""
    end_lapsed(GuestLink.contact_id == user.contact_id, by=by)


def when_user_disabled(by: Person | None, user: User, _details: dict[str, Any]) -> None:
    """Somebody's account was disabled."""
    end_lapsed(GuestLink.contact_id == user.contact_id, by=by)


def when_sro_appointed(by: Person | None, programme: Programme, _details: dict[str, Any]) -> None:
    """A programme has another senior responsible owner."""
    theirs = select(Response.id).where(Response.programme_id == programme.id)
    end_lapsed(GuestLink.response_id.in_(theirs), by=by)


def when_action_edited(by: Person | None, action: Action, details: dict[str, Any]) -> None:
    """An action may have another owner."""
    if "owner_id" in details:
        end_lapsed(GuestLink.action_id == action.id, by=by)


def end_lapsed(which: ColumnElement[bool] | None = None, *, by: Person | None) -> int:
    """End the open links (of those under `which`) whose person is no more the one for it; how many.

    Doing it again changes nothing.
    """
    db.session.flush()
    named = GuestLink.purpose != GuestPurpose.PREPARE
    found = queries.list_open_links(named & (true() if which is None else which), clock.now())
    lapsed = [link for link in found if _is_lapsed(link)]
    for link in lapsed:
        _end(link, by)
    db.session.flush()
    return len(lapsed)


def _is_lapsed(link: GuestLink) -> bool:
    if link.action is not None:
        return link.action.owner_id != link.contact_id
    if link.response is None:
        return False
    signers = queries.list_signers(link.response, clock.today())
    return link.contact_id not in {contact.id for contact in signers}


def _end(link: GuestLink, by: Person | None) -> None:
    link.revoked_at, link.revoked_by_id = clock.now(), by.contact_id if by else None
    record = link.response or link.action
    whom = link.contact.name if link.contact else ""
    events.record(by, "guest_link_lapsed", record, link=link.id, reason=f"{link.purpose.label}, for {whom}")
