"""Actions, wherever they arise. They know no record above them: `origin` is the row that those own."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.actions.rules import ActionState
from tracker.core.db import SHORT, Base, Instant, Versioned, WithId, words
from tracker.directory.models import Taskforce


class Origin(WithId, Base):
    """What a workshop, letter, answer or paper owns, so that actions can point at any of them."""

    __tablename__ = "origin"

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))


class Action(WithId, Versioned, Base):
    """What one owner does, by a date if there is one."""

    __tablename__ = "action"
    __table_args__ = (
        CheckConstraint("(state = 'closed') = (closed_by_id IS NOT NULL)", name="closed_by_someone"),
        CheckConstraint(
            "closed_by_id IS NULL OR (closed_by_id <> owner_id AND closed_by_id <> reported_by_id)",
            name="closed_by_another",
        ),
        CheckConstraint("state <> 'pending_review' OR reported_by_id IS NOT NULL", name="reported_by_someone"),
        Index(
            "ix_action_unfinished",
            text("coalesce(due_on, '9999-12-31')"),
            "id",
            sqlite_where=text("state IN ('open', 'in_progress', 'pending_review')"),
            postgresql_where=text("state IN ('open', 'in_progress', 'pending_review')"),
        ),
        Index(
            "ix_action_reported",
            "taskforce_id",
            text("coalesce(due_on, '9999-12-31')"),
            "id",
            sqlite_where=text("state = 'pending_review'"),
            postgresql_where=text("state = 'pending_review'"),
        ),
        Index("ix_action_taskforce", "taskforce_id", "id"),
    )

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("origin.id"), index=True)
    title: Mapped[str] = mapped_column(SHORT)
    description: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    due_on: Mapped[date | None]
    due_stated: Mapped[str] = mapped_column(SHORT, default="")
    state: Mapped[ActionState] = mapped_column(words(ActionState), default=ActionState.OPEN)
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    raised_on: Mapped[date]

    taskforce: Mapped[Taskforce] = relationship(lazy="raise_on_sql")
    owner: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=owner_id)
    updates: Mapped[list[ActionUpdate]] = relationship(
        lazy="raise_on_sql", back_populates="action", order_by="ActionUpdate.id"
    )

    @property
    def owner_contact_id(self) -> int | None:
        return self.owner_id


class ActionUpdate(WithId, Base):
    """What was said about an action, when, by whom, and the state it was left in."""

    __tablename__ = "action_update"

    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[ActionState] = mapped_column(words(ActionState))

    action: Mapped[Action] = relationship(lazy="raise_on_sql", back_populates="updates")
    by: Mapped[Contact | None] = relationship(lazy="raise_on_sql")
