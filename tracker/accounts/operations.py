"""What changes accounts and grants."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from tracker.accounts import links, queries, sessions
from tracker.accounts.models import Contact, Grant, LinkPurpose, User
from tracker.core import clock, events
from tracker.core.db import db, touch
from tracker.core.errors import NotFound, RuleBroken
from tracker.core.permissions import PROGRAMME_ROLES, Person, Role

events.register_verbs(
    {
        "user_created": "made the account",
        "user_invited": "sent an invitation",
        "user_edited": "changed the account",
        "user_disabled": "disabled the account",
        "user_enabled": "enabled the account again",
        "grant_given": "gave a role",
        "grant_ended": "ended a role",
        "password_changed": "changed the password",
        "password_set": "set a password by a link",
    }
)


def create_user(
    email: str,
    name: str,
    *,
    job_title: str = "",
    organisation: str = "",
    is_admin: bool = False,
    password_hash: str | None = None,
    by: Person | None,
) -> User:
    """A new account. A contact without one that has this e-mail address becomes its owner, with all that it owns.

    Raises RuleBroken (field email) where the address has an account.
    """
    email = email.lower()
    if queries.get_user_by_email(email) is not None:
        raise RuleBroken("There is already an account with this e-mail address", field="email")
    contact = _contact_without_account(email)
    if contact is None:
        contact = Contact(name=name, email=email, job_title=job_title, organisation=organisation)
        db.session.add(contact)
        db.session.flush()
    user = User(contact_id=contact.id, email=email, is_admin=is_admin, password_hash=password_hash)
    user.contact = contact
    db.session.add(user)
    db.session.flush()
    events.record(by, "user_created", user, email=email, is_admin=is_admin)
    return user


def _contact_without_account(email: str) -> Contact | None:
    statement = select(Contact).outerjoin(User, User.contact_id == Contact.id)
    statement = statement.where(func.lower(Contact.email) == email, User.id.is_(None))
    return db.session.scalars(statement.order_by(Contact.id).limit(1)).first()


def invite_user(user: User, *, by: Person | None) -> None:
    """Send the account's owner a link to choose a password. Raises RuleBroken for a disabled or active account."""
    state = queries.state_of(user)
    if state is not queries.UserState.INVITED:
        raise RuleBroken(f"This account is {state.label.lower()}, so there is nothing to invite to.")
    links.send_link(user, LinkPurpose.INVITATION)
    events.record(by, "user_invited", user)


def edit_user(
    user: User, *, name: str, email: str, job_title: str, organisation: str, is_admin: bool, by: Person
) -> None:
    """Change an account and its contact's name and job. Raises RuleBroken for an e-mail address that is taken."""
    known = queries.get_user_by_email(email)
    if known is not None and known.id != user.id:
        raise RuleBroken("There is already an account with this e-mail address", field="email")
    if user.is_admin and not is_admin:
        _refuse_last_administrator(user)
    user.email, user.is_admin = email.lower(), is_admin
    contact = user.contact
    contact.name, contact.email, contact.job_title, contact.organisation = name, email.lower(), job_title, organisation
    details: dict[str, Any] = events.changes(contact) | events.changes(user)
    touch(user)
    events.record(by, "user_edited", user, **details)
    db.session.flush()


def disable_user(user: User, *, by: Person | None) -> None:
    """Disable an account: its sessions, its links and what it delegated end at once.

    Raises RuleBroken for the last administrator.
    """
    if user.disabled_at is not None:
        raise RuleBroken("This account is disabled already.")
    _refuse_last_administrator(user)
    user.disabled_at = clock.now()
    db.session.flush()
    for delegated in queries.list_delegated(user.contact_id):
        cut_grant(delegated, clock.today() - timedelta(days=1), queries.get_user_of(delegated.contact_id), by)
    events.record(by, "user_disabled", user)
    sessions.end_all(user.id)
    links.end_links(user.id)


def enable_user(user: User, *, by: Person | None) -> None:
    """Let a disabled account sign in again, with the password it had. Raises RuleBroken where it is not disabled."""
    if user.disabled_at is None:
        raise RuleBroken("This account is not disabled.")
    user.disabled_at = None
    events.record(by, "user_enabled", user)
    db.session.flush()


def _refuse_last_administrator(user: User) -> None:
    """Somebody must be left who can sign in and give roles."""
    if not user.is_admin:
        return
    # Locked, so that two administrators cannot disable each other at one moment.
    active = select(User.id).where(User.is_admin.is_(True), User.disabled_at.is_(None)).with_for_update()
    if set(db.session.scalars(active)) <= {user.id}:
        raise RuleBroken("This is the last administrator. Make another one first.")


def give_grant(
    user: User, role: Role, scope_id: int, *, from_on: date, until_on: date | None = None, by: Person | None
) -> Grant:
    """Give `user` a role in the taskforce, or for the programme, with id `scope_id`: from and until that day included.

    Raises RuleBroken for dates the wrong way round, or the same role twice at a time.
    """
    if until_on is not None and until_on < from_on:
        raise RuleBroken("Until must be the same as or after From", field="until_on")
    for_programme = role in PROGRAMME_ROLES
    scope = {"programme_id": scope_id} if for_programme else {"taskforce_id": scope_id}
    same = select(Grant.id).filter_by(contact_id=user.contact_id, role=role, delegated_by_id=None, **scope)
    same = same.where(or_(Grant.until_on.is_(None), Grant.until_on >= from_on))
    if until_on is not None:
        same = same.where(Grant.from_on <= until_on)
    if db.session.execute(same).first() is not None:
        raise RuleBroken("They have this role in that time already", field="role")
    grant = Grant(
        contact_id=user.contact_id,
        role=role,
        from_on=from_on,
        until_on=until_on,
        given_by_id=by.contact_id if by else None,
        **scope,
    )
    db.session.add(grant)
    db.session.flush()
    events.record(by, "grant_given", user, reason=grant_words(grant))
    return grant


def end_grant(user: User, grant_id: int, *, last_day: date | None, by: Person | None) -> None:
    """End a grant after `last_day`, or at once (None): the day before today is then its last.

    What its holder delegated of it ends with it. Raises NotFound for another's grant, RuleBroken for a day before it
    began, or one that would make it longer.
    """
    grant, today = queries.get_grant(user.contact_id, grant_id), clock.today()
    if grant is None:
        raise NotFound("There is no such role of this person.")
    if grant.until_on is not None and grant.until_on < today:
        raise RuleBroken("This role has ended already.")
    until = last_day or today - timedelta(days=1)
    if last_day is not None and until < grant.from_on:
        raise RuleBroken("Last day must be the day it began or later", field="last_day")
    if grant.until_on is not None and until > grant.until_on:
        raise RuleBroken("Last day must not be after the day on which it ends already", field="last_day")
    for delegated in queries.list_delegated(user.contact_id, grant):
        if delegated.until_on is None or delegated.until_on > until:
            cut_grant(delegated, until, queries.get_user_of(delegated.contact_id), by)
    cut_grant(grant, until, user, by)


def cut_grant(grant: Grant, until: date, user: User, by: Person | None) -> None:
    """End a grant of `user` after `until`. One that had not begun leaves no day to keep: its row goes."""
    details: dict[str, Any] = {
        "role": grant.role,
        "taskforce": grant.taskforce_id,
        "delegated_by": grant.delegated_by_id,
    }
    if grant.from_on > until:
        words = f"{grant_words(grant)}, at once"
        db.session.delete(grant)
    else:
        grant.until_on = until
        words = grant_words(grant)
    db.session.flush()
    events.record(by, "grant_ended", user, reason=words, until=until, **details)


def grant_words(grant: Grant) -> str:
    """A grant as the log says it: role, what it is for, and its days."""
    until = f" until {_words(grant.until_on)}" if grant.until_on else ""
    scopes = queries.list_programme_scopes() if grant.programme_id else queries.list_taskforce_scopes()
    scope = next(s for s in scopes if s.id == (grant.programme_id or grant.taskforce_id))
    return f"{grant.role.label}, {scope.label}, from {_words(grant.from_on)}{until}"


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def change_password(user: User, password_hash: str, *, session_id: int, by: Person) -> None:
    """Set the hash of a new password; every other session of the account ends."""
    user.password_hash = password_hash
    events.record(by, "password_changed", user)
    db.session.flush()
    sessions.end_all(user.id, but=session_id)
    links.end_links(user.id)


def ask_for_reset(email: str) -> None:
    """Send a link to set a new password, where there is such an account; says nothing of whether there is."""
    user = queries.get_user_by_email(email)
    if user is not None and user.disabled_at is None:
        links.send_link(user, LinkPurpose.RESET)


def set_password_by_link(token: str, password_hash: str) -> None:
    """Use up a link and set the hash of the password; every session of the account ends.

    Raises NotFound where the link has been used, has expired or never was.
    """
    user = queries.get_user_by_link(token, locked=True)
    if user is None:
        raise NotFound("This link has been used or has expired. Ask for a new one.")
    user.password_hash = password_hash
    events.record(sessions.person_of(user), "password_set", user)
    db.session.flush()
    links.end_links(user.id)
    sessions.end_all(user.id)
