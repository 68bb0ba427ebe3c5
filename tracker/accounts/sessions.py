"""Who is signed in: a row per browser, found by the random token in its cookie (reliability.md, Sessions)."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from datetime import timedelta

from flask import current_app, g, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import insert, select, update
from sqlalchemy.exc import OperationalError

from tracker.accounts.models import Contact, Grant, User, UserSession
from tracker.core import clock
from tracker.core.db import db, side_write
from tracker.core.permissions import HeldGrant, Person
from tracker.web import htmx

login_manager = LoginManager()
NOTED_EVERY = timedelta(minutes=1)


class SignedIn(UserMixin):
    """What flask-login holds: the person, and the token of this browser's session."""

    def __init__(self, token: str, session_id: int, person: Person) -> None:
        self.token, self.session_id, self.person = token, session_id, person

    def get_id(self) -> str:
        return self.token


def hash_token(token: str) -> str:
    """What is kept of a secret token: its SHA-256."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_signed_in(token: str) -> SignedIn | None:
    """The person behind a cookie's token: only while the session runs and the account is not disabled."""
    now = clock.now()
    statement = (
        select(UserSession.id, UserSession.last_used_at, User.id.label("user_id"), User.email, User.is_admin, Contact)
        .join(User, User.id == UserSession.user_id)
        .join(Contact, Contact.id == User.contact_id)
        .where(
            UserSession.token_hash == hash_token(token),
            UserSession.ended_at.is_(None),
            User.disabled_at.is_(None),
            UserSession.last_used_at > now - current_app.config["IDLE_LIMIT"],
            UserSession.started_at > now - current_app.config["SESSION_LIMIT"],
        )
    )
    row = db.session.execute(statement).first()
    if row is None:
        return None
    person = _person(row.user_id, row.email, row.is_admin, row.Contact)
    if row.last_used_at < now - NOTED_EVERY and not htmx.is_polling():
        g.note_use_of = row.id
    return SignedIn(token, row.id, person)


def person_of(user: User) -> Person:
    """Who an account (with its contact) is, with today's grants."""
    return _person(user.id, user.email, user.is_admin, user.contact)


def _person(user_id: int, email: str, is_admin: bool, contact: Contact) -> Person:
    return Person(user_id, contact.id, contact.name, email, is_admin, held_grants(contact.id))


def held_grants(contact_id: int) -> tuple[HeldGrant, ...]:
    """The grants of a contact that are in force today."""
    today = clock.today()
    statement = (
        select(Grant.role, Grant.taskforce_id, Grant.programme_id)
        .where(Grant.contact_id == contact_id, Grant.from_on <= today)
        .where((Grant.until_on.is_(None)) | (Grant.until_on >= today))
        .order_by(Grant.id)
    )
    return tuple(HeldGrant(row.role, row.taskforce_id, row.programme_id) for row in db.session.execute(statement))


def note_use() -> None:
    """After the request: that the session was used, at most once a minute."""
    session_id = g.pop("note_use_of", None)
    if session_id is not None:
        # What the request saved is saved already: a database that is busy just now must not turn it into an error.
        with suppress(OperationalError), side_write() as connection:
            used = update(UserSession).where(UserSession.id == session_id).values(last_used_at=clock.now())
            connection.execute(used)


def start(user_id: int, person: Person) -> None:
    """Sign this browser in, under a new token: the session that the cookie held before is over."""
    token, now = secrets.token_urlsafe(32), clock.now()
    before = current_user.session_id if current_user.is_authenticated else None
    session.clear()
    with side_write() as connection:
        connection.execute(update(UserSession).where(UserSession.id == before).values(ended_at=now))
        row = {"user_id": user_id, "token_hash": hash_token(token), "started_at": now, "last_used_at": now}
        session_id = connection.execute(insert(UserSession).values(**row).returning(UserSession.id)).scalar_one()
    login_user(SignedIn(token, session_id, person))


def end_this(signed_in: SignedIn) -> None:
    """Sign this browser out: its cookie is worth nothing afterwards."""
    with side_write() as connection:
        gone = update(UserSession).where(UserSession.id == signed_in.session_id).values(ended_at=clock.now())
        connection.execute(gone)
    logout_user()
    session.clear()


def end_all(user_id: int, but: int | None = None) -> None:
    """End every session of an account, but for the one with id `but`: within the writing transaction."""
    running = update(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    if but is not None:
        running = running.where(UserSession.id != but)
    db.session.execute(running.values(ended_at=clock.now()))
