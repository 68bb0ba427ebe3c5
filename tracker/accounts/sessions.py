"""Who is signed in: a row per browser, found by the random token in its cookie (reliability.md, Sessions)."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from datetime import timedelta

from flask import current_app, g, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import Date, and_, bindparam, column, insert, or_, select, table, update
from sqlalchemy.exc import OperationalError

from tracker.accounts.grants import in_force
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


_session, _user, _contact, _grant = (model.__table__.c for model in (UserSession, User, Contact, Grant))
# The table of a feature above. Who acts for a programme acts for those that were merged into it.
_programme = table("programme", column("id"), column("merged_into_id"))
_OF_PROGRAMME = or_(_programme.c.id == _grant.programme_id, _programme.c.merged_into_id == _grant.programme_id)
# Asked on every request, so built once, of columns: a row for each grant in force, or one without a grant.
_SIGNED_IN = (
    select(
        _session.id,
        _session.last_used_at,
        _user.id.label("user_id"),
        _user.email,
        _user.is_admin,
        _contact.id.label("contact_id"),
        _contact.name,
        _grant.role,
        _grant.taskforce_id,
        _programme.c.id.label("programme_id"),
        _grant.delegated_by_id,
    )
    .join(User.__table__, _user.id == _session.user_id)
    .join(Contact.__table__, _contact.id == _user.contact_id)
    .outerjoin(Grant.__table__, and_(_grant.contact_id == _contact.id, in_force(bindparam("today", type_=Date))))
    .outerjoin(_programme, _OF_PROGRAMME)
    .where(
        _session.token_hash == bindparam("token_hash"),
        _session.ended_at.is_(None),
        _user.disabled_at.is_(None),
        _session.last_used_at > bindparam("used_after"),
        _session.started_at > bindparam("started_after"),
    )
    .order_by(_grant.id, _programme.c.id)
)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_signed_in(token: str) -> SignedIn | None:
    """The person behind a cookie's token: only while the session runs and the account is not disabled. One query."""
    now, limits = clock.now(), current_app.config
    asked = {
        "token_hash": hash_token(token),
        "used_after": now - limits["IDLE_LIMIT"],
        "started_after": now - limits["SESSION_LIMIT"],
        "today": clock.today(),
    }
    rows = db.session.connection().execute(_SIGNED_IN, asked).all()
    if not rows:
        return None
    row = rows[0]
    held = [r for r in rows if r.role is not None]
    grants = tuple(HeldGrant(r.role, r.taskforce_id, r.programme_id, r.delegated_by_id) for r in held)
    if row.last_used_at < now - NOTED_EVERY and not htmx.is_polling():
        g.note_use_of = row.id
    return SignedIn(token, row.id, Person(row.user_id, row.contact_id, row.name, row.email, row.is_admin, grants))


def person_of(user: User) -> Person:
    """Who an account (with its contact) is, with today's grants."""
    contact = user.contact
    return Person(user.id, contact.id, contact.name, user.email, user.is_admin, held_grants(contact.id))


def held_grants(contact_id: int) -> tuple[HeldGrant, ...]:
    """The grants of a contact that are in force today; one for a programme counts for what was merged into it too."""
    statement = (
        select(Grant.role, Grant.taskforce_id, _programme.c.id, Grant.delegated_by_id)
        .outerjoin(_programme, _OF_PROGRAMME)
        .where(Grant.contact_id == contact_id, in_force(clock.today()))
        .order_by(Grant.id, _programme.c.id)
    )
    return tuple(HeldGrant(*row) for row in db.session.execute(statement))


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
