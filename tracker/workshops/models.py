"""Workshops, who took part, and the points heard."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.actions.models import Origin
from tracker.core.db import SHORT, Base, Versioned, WithId, words
from tracker.directory.models import Programme, Taskforce
from tracker.workshops.rules import Capacity, FocusArea, PointKind, Principle, WorkshopState


class Workshop(WithId, Versioned, Base):
    """A deep dive into one programme."""

    __tablename__ = "workshop"
    __table_args__ = (
        CheckConstraint("state <> 'held' OR held_on IS NOT NULL", name="held_has_a_date"),
        Index("ix_workshop_taskforce", "taskforce_id", "held_on", "id"),
    )

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    origin_id: Mapped[int] = mapped_column(ForeignKey("origin.id"), unique=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(SHORT)
    state: Mapped[WorkshopState] = mapped_column(words(WorkshopState), default=WorkshopState.PLANNED)
    held_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(SHORT, default="")
    write_up: Mapped[str] = mapped_column(Text, default="")

    taskforce: Mapped[Taskforce] = relationship(lazy="raise_on_sql")
    programme: Mapped[Programme] = relationship(lazy="raise_on_sql")
    origin: Mapped[Origin] = relationship(lazy="raise_on_sql")
    participants: Mapped[list[Participant]] = relationship(
        lazy="raise_on_sql", back_populates="workshop", order_by="Participant.id"
    )
    points: Mapped[list[PointHeard]] = relationship(
        lazy="raise_on_sql", back_populates="workshop", order_by="PointHeard.place, PointHeard.id"
    )


class Participant(WithId, Base):
    """Somebody who took part, in one capacity; by name only where they have one on record."""

    __tablename__ = "participant"
    __table_args__ = (CheckConstraint("contact_id IS NOT NULL OR name <> ''", name="is_somebody"),)

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    name: Mapped[str] = mapped_column(SHORT, default="")
    organisation: Mapped[str] = mapped_column(SHORT, default="")
    capacity: Mapped[Capacity] = mapped_column(words(Capacity))

    workshop: Mapped[Workshop] = relationship(lazy="raise_on_sql", back_populates="participants")
    contact: Mapped[Contact | None] = relationship(lazy="raise_on_sql")

    @property
    def taskforce_id(self) -> int:
        """For the permissions table; needs the workshop loaded."""
        return self.workshop.taskforce_id

    @property
    def shown_name(self) -> str:
        """The contact's name, or the one that was typed; needs the contact loaded."""
        return self.contact.name if self.contact else self.name


class PointHeard(WithId, Versioned, Base):
    """What was said: praise, a concern, a suggestion or a commitment."""

    __tablename__ = "point_heard"
    __table_args__ = (Index("ix_point_heard_workshop", "workshop_id", "place", "id"),)

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"))
    place: Mapped[int]
    kind: Mapped[PointKind] = mapped_column(words(PointKind))
    text: Mapped[str] = mapped_column(Text)
    theme: Mapped[str] = mapped_column(SHORT, default="")
    focus_area: Mapped[FocusArea | None] = mapped_column(words(FocusArea))
    principle: Mapped[Principle | None] = mapped_column(words(Principle))
    source: Mapped[str] = mapped_column(SHORT, default="")
    could_identify: Mapped[bool] = mapped_column(default=False)

    workshop: Mapped[Workshop] = relationship(lazy="raise_on_sql", back_populates="points")

    @property
    def taskforce_id(self) -> int:
        """For the permissions table; needs the workshop loaded."""
        return self.workshop.taskforce_id
