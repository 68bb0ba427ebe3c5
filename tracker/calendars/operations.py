"""A feed is made and ended by the person whose it is."""

from __future__ import annotations

from sqlalchemy import select

from tracker.accounts.models import User
from tracker.calendars.models import CalendarFeed
from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.guest_links.tokens import hash_token, make_token

events.register_verbs(
    {
        "calendar_feed_made": "made an address for their calendar feed",
        "calendar_feed_ended": "ended the address of their calendar feed",
    }
)


def make_feed(user: User, *, by: Person) -> str:
    """A new secret address for one's feed, in place of the one before; its token, which is kept nowhere."""
    _end_feeds(user)
    token = make_token()
    db.session.add(CalendarFeed(contact_id=user.contact_id, token_hash=hash_token(token), made_at=clock.now()))
    events.record(by, "calendar_feed_made", user)
    db.session.flush()
    return token


def end_feed(user: User, *, by: Person) -> None:
    """End one's feed. Raises RuleBroken where there is none."""
    if not _end_feeds(user):
        raise RuleBroken("There is no calendar feed to end.")
    events.record(by, "calendar_feed_ended", user)
    db.session.flush()


def _end_feeds(user: User) -> bool:
    """End what is open; whether anything was."""
    running = select(CalendarFeed).where(CalendarFeed.contact_id == user.contact_id, CalendarFeed.revoked_at.is_(None))
    found = db.session.scalars(running).all()
    for feed in found:
        feed.revoked_at = clock.now()
    return bool(found)
