"""Requests for more time."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.core.audit import expect_triggers
from tracker.core.db import SHORT, Base, Instant, Versioned, WithId, words
from tracker.directory.models import Programme
from tracker.letters.models import Letter
from tracker.recommendations.models import Assignment
from tracker.recommendations.rules import (
    ExtensionState,
)


class ExtensionRequest(WithId, Versioned, Base):
    """A programme asks for more time for some of a letter's recommendations. What was asked stays as it was."""

    __tablename__ = "extension_request"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="says_why"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_at_a_time"),
        CheckConstraint("(state IN ('granted', 'changed')) = (granted_until IS NOT NULL)", name="granted_has_a_date"),
        Index(
            "ix_extension_request_asked",
            "taskforce_id",
            "id",
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    until_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[ExtensionState] = mapped_column(words(ExtensionState), default=ExtensionState.ASKED)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    granted_until: Mapped[date | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    decision_reason: Mapped[str] = mapped_column(Text, default="")

    letter: Mapped[Letter] = relationship(lazy="raise_on_sql")
    programme: Mapped[Programme] = relationship(lazy="raise_on_sql")
    asked_by: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=asked_by_id)
    decided_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=decided_by_id)
    items: Mapped[list[ExtensionItem]] = relationship(
        lazy="raise_on_sql", back_populates="request", order_by="ExtensionItem.id"
    )

    @property
    def programme_ids(self) -> frozenset[int]:
        return frozenset({self.programme_id})

    @property
    def is_issued(self) -> bool:
        """More time is asked for what a letter asked."""
        return True


class ExtensionItem(WithId, Base):
    """One recommendation that an extension is asked for, and the date that it had then. Insert-only (triggers)."""

    __tablename__ = "extension_item"
    __table_args__ = (UniqueConstraint("request_id", "assignment_id"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("extension_request.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    from_on: Mapped[date | None]
    from_stated: Mapped[str] = mapped_column(SHORT, default="")

    request: Mapped[ExtensionRequest] = relationship(lazy="raise_on_sql", back_populates="items")
    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")


expect_triggers(
    *(f"extension_request_{kind}" for kind in ("fixed", "no_delete")),
    *(f"extension_item_{kind}" for kind in ("no_update", "no_delete")),
)
