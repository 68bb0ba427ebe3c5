"""Links for people without an account, who used them, and the ones that were refused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.actions.models import Action
from tracker.core.audit import expect_triggers
from tracker.core.db import Base, Instant, Versioned, WithId, words
from tracker.core.events import Unrecorded
from tracker.guest_links.rules import GuestPurpose, Refusal
from tracker.recommendations.response_models import Response


class GuestLink(WithId, Versioned, Base):
    """An expiring, revocable link to one response or one action. Only the hash of its token is kept."""

    __tablename__ = "guest_link"
    __table_args__ = (
        CheckConstraint("(purpose = 'action') = (action_id IS NOT NULL)", name="action_has_one"),
        CheckConstraint("(purpose <> 'action') = (response_id IS NOT NULL)", name="response_has_one"),
        CheckConstraint("purpose = 'prepare' OR contact_id IS NOT NULL", name="names_a_person"),
    )

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    purpose: Mapped[GuestPurpose] = mapped_column(words(GuestPurpose))
    response_id: Mapped[int | None] = mapped_column(ForeignKey("response.id"), index=True)
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))

    response: Mapped[Response | None] = relationship(lazy="raise_on_sql")
    action: Mapped[Action | None] = relationship(lazy="raise_on_sql")
    contact: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=contact_id)
    made_by: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=made_by_id)
    guests: Mapped[list[LinkGuest]] = relationship(lazy="raise_on_sql", back_populates="link", order_by="LinkGuest.id")


class LinkGuest(WithId, Base):
    """Somebody who said who they are at a link. Insert-only (triggers)."""

    __tablename__ = "link_guest"
    __table_args__ = (UniqueConstraint("link_id", "contact_id"),)

    link_id: Mapped[int] = mapped_column(ForeignKey("guest_link.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    named_at: Mapped[datetime] = mapped_column(Instant)

    link: Mapped[GuestLink] = relationship(lazy="raise_on_sql", back_populates="guests")
    contact: Mapped[Contact] = relationship(lazy="raise_on_sql")


class RefusedLink(WithId, Unrecorded, Base):
    """A link that was refused: when, why, and from where (`address` is a salted hash)."""

    __tablename__ = "refused_link"

    link_id: Mapped[int | None]
    why: Mapped[Refusal] = mapped_column(words(Refusal))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant, index=True)


expect_triggers("guest_link_fixed", "guest_link_no_delete", "link_guest_no_update", "link_guest_no_delete")
