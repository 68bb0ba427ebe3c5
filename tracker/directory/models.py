"""Boards, taskforces with their members, and programmes with their senior responsible owners."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.core.db import SHORT, Base, Versioned, WithId, words
from tracker.directory.rules import Position, TaskforceLife


class Board(WithId, Versioned, Base):
    """A board that taskforces report to."""

    __tablename__ = "board"

    name: Mapped[str] = mapped_column(SHORT, unique=True)
    organisation: Mapped[str] = mapped_column(SHORT)

    meetings: Mapped[list[BoardMeeting]] = relationship(
        lazy="raise_on_sql", back_populates="board", order_by="BoardMeeting.held_on"
    )


class BoardMeeting(WithId, Base):
    """A day on which a board meets."""

    __tablename__ = "board_meeting"
    __table_args__ = (Index("uq_board_meeting_board_id_held_on", "board_id", "held_on", unique=True),)

    board_id: Mapped[int] = mapped_column(ForeignKey("board.id"))
    held_on: Mapped[date]

    board: Mapped[Board] = relationship(lazy="raise_on_sql", back_populates="meetings")


class Taskforce(WithId, Versioned, Base):
    """A taskforce: what it is for, whom it reports to, and what its letters begin with."""

    __tablename__ = "taskforce"
    __table_args__ = (CheckConstraint("response_working_days BETWEEN 1 AND 250", name="response_days_sane"),)

    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(SHORT)
    remit: Mapped[str] = mapped_column(Text, default="")
    terms_of_reference: Mapped[str] = mapped_column(Text, default="")
    terms_agreed_on: Mapped[date | None]
    terms_review_stated: Mapped[str] = mapped_column(SHORT, default="")
    board_id: Mapped[int | None] = mapped_column(ForeignKey("board.id"), index=True)
    life: Mapped[TaskforceLife] = mapped_column(words(TaskforceLife), default=TaskforceLife.ACTIVE)
    period_stated: Mapped[str] = mapped_column(SHORT, default="")
    secretariat_stated: Mapped[str] = mapped_column(SHORT, default="")
    sender_address: Mapped[str] = mapped_column(Text, default="")
    classification: Mapped[str] = mapped_column(SHORT, default="OFFICIAL")
    response_working_days: Mapped[int] = mapped_column(default=20)
    winding_up_on: Mapped[date | None]
    closed_on: Mapped[date | None]

    board: Mapped[Board | None] = relationship(lazy="raise_on_sql")
    memberships: Mapped[list[Membership]] = relationship(
        lazy="raise_on_sql", back_populates="taskforce", order_by="Membership.place, Membership.id"
    )

    @property
    def taskforce_id(self) -> int:
        """For the permissions table, which asks every record for its taskforce."""
        return self.id


class Membership(WithId, Versioned, Base):
    """A seat on a taskforce: who holds it (nobody: vacant), in what position, for whom, from when until when."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR from_on IS NULL OR until_on >= from_on", name="from_before_until"),
        CheckConstraint("contact_id IS NOT NULL OR represents <> ''", name="vacant_seat_says_for_whom"),
    )

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    position: Mapped[Position] = mapped_column(words(Position))
    represents: Mapped[str] = mapped_column(SHORT, default="")
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    place: Mapped[int] = mapped_column(default=0)

    taskforce: Mapped[Taskforce] = relationship(lazy="raise_on_sql", back_populates="memberships")
    contact: Mapped[Contact | None] = relationship(lazy="raise_on_sql")


class Programme(WithId, Versioned, Base):
    """A national programme that taskforces look at."""

    __tablename__ = "programme"

    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(SHORT)
    organisation: Mapped[str] = mapped_column(SHORT, default="")
    # Merged into another: what was open has moved there, and its people see what this one was sent.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    merged_on: Mapped[date | None]
    # Whom reminders are written to, rather than the director.
    main_contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))

    merged_into: Mapped[Programme | None] = relationship(lazy="raise_on_sql", remote_side="Programme.id")
    main_contact: Mapped[Contact | None] = relationship(lazy="raise_on_sql")
    appointments: Mapped[list[SroAppointment]] = relationship(
        lazy="raise_on_sql", back_populates="programme", order_by="SroAppointment.from_on.desc()"
    )

    @property
    def programme_ids(self) -> frozenset[int]:
        return frozenset({self.id})

    @property
    def is_issued(self) -> bool:
        """A programme is always known to its own people."""
        return True


class SroAppointment(WithId, Base):
    """Who is the senior responsible owner of a programme, from when until when. One at a time."""

    __tablename__ = "sro_appointment"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR from_on IS NULL OR until_on >= from_on", name="from_before_until"),
        Index(
            "uq_sro_appointment_current",
            "programme_id",
            unique=True,
            sqlite_where=text("until_on IS NULL"),
            postgresql_where=text("until_on IS NULL"),
        ),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]

    programme: Mapped[Programme] = relationship(lazy="raise_on_sql", back_populates="appointments")
    contact: Mapped[Contact] = relationship(lazy="raise_on_sql")
