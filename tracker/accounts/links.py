"""Invitations and resets: single-use, expiring links by mail, of which only the hash is kept."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import current_app, render_template
from sqlalchemy import update

from tracker.accounts.models import AccountLink, LinkPurpose, User
from tracker.accounts.sessions import hash_token
from tracker.core import clock
from tracker.core.db import db
from tracker.core.outbox import queue_mail

LASTS = {LinkPurpose.INVITATION: timedelta(hours=72), LinkPurpose.RESET: timedelta(hours=1)}
SUBJECTS = {
    LinkPurpose.INVITATION: "Your account for Taskforce Tracker",
    LinkPurpose.RESET: "Set a new password for Taskforce Tracker",
}
TEMPLATES = {LinkPurpose.INVITATION: "emails/invitation.txt", LinkPurpose.RESET: "emails/reset.txt"}


def send_link(user: User, purpose: LinkPurpose) -> None:
    """Make a link for `user` (with its contact) and queue its mail; earlier links of the account end."""
    end_links(user.id)
    token, now = secrets.token_urlsafe(32), clock.now()
    link = AccountLink(
        user_id=user.id, purpose=purpose, token_hash=hash_token(token), made_at=now, expires_at=now + LASTS[purpose]
    )
    db.session.add(link)
    db.session.flush()
    body = render_template(
        TEMPLATES[purpose], name=user.contact.name, address=_address_of(token), expires=link.expires_at
    )
    queue_mail(f"{purpose.value}:{link.id}", user.email, SUBJECTS[purpose], body)


def end_links(user_id: int) -> None:
    """Use up every open link of the account."""
    still_open = update(AccountLink).where(AccountLink.user_id == user_id, AccountLink.used_at.is_(None))
    db.session.execute(still_open.values(used_at=clock.now()))


def _address_of(token: str) -> str:
    """The whole address of the page where the link leads; made without a request too."""
    path = current_app.url_map.bind("").build("accounts.set_password", {"token": token})
    return f"{current_app.config['BASE_URL']}{path}"
