"""Who there is: contacts, users, their sessions and grants, and the single-use links that set a password."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.db import SHORT, Base, Instant, Versioned, WithId, words
from tracker.core.events import Unrecorded
from tracker.core.permissions import Role


class Contact(WithId, Versioned, Base):
    """A person, with or without an account. Kept by a taskforce, or by nobody (an administrator made it)."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_name", text("lower(name)")),)

    taskforce_id: Mapped[int | None] = mapped_column(ForeignKey("taskforce.id"), index=True)
    name: Mapped[str] = mapped_column(SHORT)
    salutation: Mapped[str] = mapped_column(SHORT, default="")
    post_nominals: Mapped[str] = mapped_column(SHORT, default="")
    job_title: Mapped[str] = mapped_column(SHORT, default="")
    organisation: Mapped[str] = mapped_column(SHORT, default="")
    email: Mapped[str] = mapped_column(SHORT, default="")

    @property
    def role_line(self) -> str:
        """Job title and organisation on one line."""
        return ", ".join(part for part in (self.job_title, self.organisation) if part)


class User(WithId, Versioned, Base):
    """An account. `email` is kept in lower case; an account without a password has an invitation open."""

    __tablename__ = "user_account"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), unique=True)
    email: Mapped[str] = mapped_column(SHORT, unique=True)
    password_hash: Mapped[str | None] = mapped_column(SHORT)
    is_admin: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)

    contact: Mapped[Contact] = relationship(lazy="raise_on_sql")


class UserSession(WithId, Unrecorded, Base):
    """A signed-in browser. `token_hash` is the SHA-256 of the random token in the cookie."""

    __tablename__ = "user_session"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Grant(WithId, Base):
    """A dated role of a contact in one taskforce or one programme: the only source of permission."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(
            "(role IN ('programme_team', 'sro') AND programme_id IS NOT NULL AND taskforce_id IS NULL)"
            " OR (role NOT IN ('programme_team', 'sro') AND taskforce_id IS NOT NULL AND programme_id IS NULL)",
            name="one_scope",
        ),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="from_before_until"),
    )

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    role: Mapped[Role] = mapped_column(words(Role))
    taskforce_id: Mapped[int | None] = mapped_column(ForeignKey("taskforce.id"), index=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    # Set where a chair has others decide for a time: whose role it is.
    delegated_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))

    contact: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=contact_id)


class Signature(WithId, Base):
    """The picture of a person's signature (PNG), which only they put up or take down."""

    __tablename__ = "signature"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    file_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    added_at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)


class LinkPurpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"


class AccountLink(WithId, Unrecorded, Base):
    """A single-use, expiring link that sets a password. Only the hash of its token is kept."""

    __tablename__ = "account_link"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(words(LinkPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
