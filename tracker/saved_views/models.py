"""Saved views of registers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.core.db import SHORT, Base, Instant, Versioned, WithId


class SavedView(WithId, Versioned, Base):
    """The filters, order and columns of a register under a name; shared with `taskforce_id`, or its owner's alone."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("contact_id", "register", "name"),)

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    taskforce_id: Mapped[int | None] = mapped_column(ForeignKey("taskforce.id"), index=True)
    register: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(SHORT)
    query: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)

    contact: Mapped[Contact] = relationship(lazy="raise_on_sql")

    @property
    def owner_contact_id(self) -> int:
        return self.contact_id


class DefaultView(WithId, Base):
    """The view that a register opens with for one person: their own, or one that is shared with them."""

    __tablename__ = "default_view"
    __table_args__ = (UniqueConstraint("contact_id", "register"),)

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    register: Mapped[str] = mapped_column(String(40))
    view_id: Mapped[int] = mapped_column(ForeignKey("saved_view.id"), index=True)
