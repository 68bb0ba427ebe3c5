"""Reads of accounts and grants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, column, func, or_, select, table
from sqlalchemy.orm import aliased, joinedload

from tracker.accounts.models import AccountLink, Contact, Grant, User, UserSession
from tracker.accounts.sessions import hash_token
from tracker.core import clock
from tracker.core.db import SHORT, db
from tracker.core.permissions import Person, Role
from tracker.web import tables
from tracker.web.fields import FORBIDDEN

# Tables of the feature above: a grant needs their names only.
_taskforce = table("taskforce", column("id"), column("code"), column("name"))
_programme = table("programme", column("id"), column("code"), column("name"))


# A choice of the list's filter beside the states: who can sign in, or will, and may do nothing yet.
NO_ROLE = "no_role"


class UserState(StrEnum):
    ACTIVE = "active"
    INVITED = "invited"
    DISABLED = "disabled"

    @property
    def label(self) -> str:
        return self.value.capitalize()


@dataclass(frozen=True)
class Scope:
    """What a grant is for: one taskforce or one programme."""

    id: int
    code: str
    name: str

    @property
    def label(self) -> str:
        return f"{self.name} ({self.code})"


@dataclass(frozen=True)
class GrantRow:
    """A grant as the page of a user shows it."""

    id: int
    role: Role
    scope: str
    from_on: date
    until_on: date | None
    # Whose role it is, where it was delegated.
    decides_for: str = ""

    @property
    def is_over(self) -> bool:
        return self.until_on is not None and self.until_on < clock.today()

    @property
    def is_to_come(self) -> bool:
        return self.from_on > clock.today()


def state_of(user: User) -> UserState:
    """Disabled, invited (no password chosen yet), or active."""
    if user.disabled_at is not None:
        return UserState.DISABLED
    return UserState.ACTIVE if user.password_hash else UserState.INVITED


def is_without_role(today: date) -> ColumnElement[bool]:
    """Users in use without a role in force on `today` who are no administrators either."""
    in_force = (
        select(Grant.id)
        .where(Grant.contact_id == User.contact_id, Grant.from_on <= today)
        .where(or_(Grant.until_on.is_(None), Grant.until_on >= today))
        .exists()
    )
    return and_(User.disabled_at.is_(None), User.is_admin.is_(False), ~in_force)


_STATES: dict[str, ColumnElement[bool]] = {
    UserState.ACTIVE: and_(User.disabled_at.is_(None), User.password_hash.is_not(None)),
    UserState.INVITED: and_(User.disabled_at.is_(None), User.password_hash.is_(None)),
    UserState.DISABLED: User.disabled_at.is_not(None),
}


def list_users(arguments: Mapping[str, str]) -> tables.Page:
    """The users whose name or e-mail address has `q` in it, in `state`; sorted by name or e-mail address."""
    name = func.lower(Contact.name, type_=SHORT)
    has_password = User.password_hash.is_not(None).label("has_password")
    columns: list[Any] = [User.id, User.email, User.is_admin, User.disabled_at, has_password, Contact.name]
    statement = select(*columns).join_from(User, Contact, Contact.id == User.contact_id)
    if words := FORBIDDEN.sub("", arguments.get("q", "")).strip().lower()[:200]:
        found = or_(name.contains(words, autoescape=True), User.email.contains(words, autoescape=True))
        statement = statement.where(found)
    if (state := arguments.get("state", "")) in _STATES:
        statement = statement.where(_STATES[state])
    elif state == NO_ROLE:
        statement = statement.where(is_without_role(clock.today()))
    key = User.id.expression
    sorts = (tables.Sort("name", name, key), tables.Sort("email", User.email.expression, key))
    return tables.page(db.session(), statement, sorts, arguments)


def get_user_for(_person: Person, user_id: int) -> User | None:
    """The account with this id, with its contact; the permissions table says who may see it."""
    return db.session.scalars(select(User).where(User.id == user_id).options(joinedload(User.contact))).one_or_none()


def get_own_account(person: Person) -> User | None:
    return get_user_for(person, person.user_id)


def get_user_by_email(email: str) -> User | None:
    statement = select(User).where(User.email == email.lower()).options(joinedload(User.contact))
    return db.session.scalars(statement).one_or_none()


def get_grant(contact_id: int, grant_id: int) -> Grant | None:
    """The grant with this id, where it is this contact's."""
    return db.session.scalars(select(Grant).filter_by(id=grant_id, contact_id=contact_id)).one_or_none()


def list_grants(contact_id: int) -> list[GrantRow]:
    """Every grant of a contact, with what it is for and for whom; the newest first."""
    giver = aliased(Contact)
    statement = (
        select(
            Grant.id,
            Grant.role,
            Grant.from_on,
            Grant.until_on,
            func.coalesce(_taskforce.c.name, _programme.c.name).label("name"),
            func.coalesce(_taskforce.c.code, _programme.c.code).label("code"),
            giver.name.label("giver"),
        )
        .outerjoin(_taskforce, _taskforce.c.id == Grant.taskforce_id)
        .outerjoin(_programme, _programme.c.id == Grant.programme_id)
        .outerjoin(giver, giver.id == Grant.delegated_by_id)
        .where(Grant.contact_id == contact_id)
        .order_by(Grant.from_on.desc(), Grant.id.desc())
    )
    rows = db.session.execute(statement)
    return [GrantRow(r.id, r.role, f"{r.name} ({r.code})", r.from_on, r.until_on, r.giver or "") for r in rows]


def list_delegated(contact_id: int, grant: Grant | None = None) -> list[Grant]:
    """What a contact delegated that is not over, of one of their grants or of all."""
    statement = select(Grant).where(Grant.delegated_by_id == contact_id)
    statement = statement.where(or_(Grant.until_on.is_(None), Grant.until_on >= clock.today())).order_by(Grant.id)
    if grant is not None:
        statement = statement.where(Grant.role == grant.role, Grant.taskforce_id == grant.taskforce_id)
    return list(db.session.scalars(statement))


def get_user_of(contact_id: int) -> User:
    """The account of a contact, with the contact; there must be one."""
    statement = select(User).where(User.contact_id == contact_id).options(joinedload(User.contact))
    return db.session.scalars(statement).one()


def list_taskforce_scopes() -> list[Scope]:
    return _list_scopes(_taskforce)


def list_programme_scopes() -> list[Scope]:
    return _list_scopes(_programme)


def _list_scopes(source: Any) -> list[Scope]:
    rows = db.session.execute(select(source.c.id, source.c.code, source.c.name).order_by(source.c.name, source.c.id))
    return [Scope(r.id, r.code, r.name) for r in rows]


def count_sessions(user_id: int) -> int:
    """How many browsers are signed in to the account, or were left without signing out."""
    running = select(func.count()).select_from(UserSession)
    running = running.where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    return int(db.session.execute(running).scalar_one())


def get_user_by_link(token: str, *, locked: bool = False) -> User | None:
    """Whose link has this token: only while it is unused, in time, and the account is not disabled.

    `locked` holds the link until the transaction ends, so that of two browsers at once the second finds it used.
    """
    link = select(AccountLink.user_id).where(
        AccountLink.token_hash == hash_token(token),
        AccountLink.used_at.is_(None),
        AccountLink.expires_at > clock.now(),
    )
    user_id = db.session.execute(link.with_for_update() if locked else link).scalar_one_or_none()
    statement = select(User).where(User.id == user_id, User.disabled_at.is_(None)).options(joinedload(User.contact))
    return db.session.scalars(statement).one_or_none()
