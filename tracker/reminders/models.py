"""Plans (how a taskforce or a letter reminds), pauses, and the rungs and digests that went."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.core.audit import expect_triggers
from tracker.core.db import SHORT, Base, Instant, Versioned, WithId, words
from tracker.letters.models import Letter
from tracker.recommendations.response_models import Response
from tracker.reminders.rules import RungOutcome


class ReminderPlan(WithId, Versioned, Base):
    """The ladder of a taskforce, or of one letter where `letter_id` is set. Days are working days.

    `days_before` lists them ("10,2"); after the due date one goes every `every_after`, `most_after` times, and the next
    rung is the reminder letter. From the one after `escalate_after` on, the director and the chair get it too, where
    `escalates`. Where it `is_automatic`, nobody presses send.
    """

    __tablename__ = "reminder_plan"
    __table_args__ = (
        CheckConstraint("every_after BETWEEN 1 AND 60", name="every_after_sane"),
        CheckConstraint("most_after BETWEEN 0 AND 20", name="most_after_sane"),
        CheckConstraint("escalate_after BETWEEN 0 AND 20", name="escalate_after_sane"),
        UniqueConstraint("letter_id"),
        Index(
            "uq_reminder_plan_taskforce",
            "taskforce_id",
            unique=True,
            sqlite_where=text("letter_id IS NULL"),
            postgresql_where=text("letter_id IS NULL"),
        ),
    )

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    days_before: Mapped[str] = mapped_column(String(40))
    on_due_day: Mapped[bool]
    every_after: Mapped[int]
    most_after: Mapped[int]
    escalate_after: Mapped[int]
    escalates: Mapped[bool]
    is_automatic: Mapped[bool]

    letter: Mapped[Letter | None] = relationship(lazy="raise_on_sql")


class ReminderPause(WithId, Versioned, Base):
    """No reminders about a response, until a day, for a reason."""

    __tablename__ = "reminder_pause"
    __table_args__ = (CheckConstraint("reason <> ''", name="says_why"),)

    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    until_on: Mapped[date]
    by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))

    response: Mapped[Response] = relationship(lazy="raise_on_sql")
    by: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=by_id)


class Reminder(WithId, Base):
    """A rung that was reached, once per response and due date: a moved date begins the ladder anew. Insert-only."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("response_id", "due_on", "rung"),)

    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    due_on: Mapped[date]
    rung: Mapped[str] = mapped_column(String(40))
    rung_on: Mapped[date]
    outcome: Mapped[RungOutcome] = mapped_column(words(RungOutcome))
    drafted_letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[datetime] = mapped_column(Instant)

    response: Mapped[Response] = relationship(lazy="raise_on_sql")
    by: Mapped[Contact | None] = relationship(lazy="raise_on_sql")
    digests: Mapped[list[DigestReminder]] = relationship(lazy="raise_on_sql", back_populates="reminder")


class ReminderDigest(WithId, Base):
    """The one mail about reminders that a person gets from a taskforce on a day. Insert-only (triggers)."""

    __tablename__ = "reminder_digest"
    __table_args__ = (UniqueConstraint("taskforce_id", "email", "day"),)

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    email: Mapped[str] = mapped_column(SHORT)
    day: Mapped[date]
    subject: Mapped[str] = mapped_column(SHORT)
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[datetime] = mapped_column(Instant)

    contact: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=contact_id)
    by: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=by_id)


class DigestReminder(WithId, Base):
    """Which rungs a digest tells of. Insert-only (triggers)."""

    __tablename__ = "digest_reminder"
    __table_args__ = (UniqueConstraint("digest_id", "reminder_id"),)

    digest_id: Mapped[int] = mapped_column(ForeignKey("reminder_digest.id"))
    reminder_id: Mapped[int] = mapped_column(ForeignKey("reminder.id"), index=True)

    digest: Mapped[ReminderDigest] = relationship(lazy="raise_on_sql")
    reminder: Mapped[Reminder] = relationship(lazy="raise_on_sql", back_populates="digests")


expect_triggers(
    "reminder_pause_no_delete",
    *(
        f"{table}_{kind}"
        for table in ("reminder", "reminder_digest", "digest_reminder")
        for kind in ("no_update", "no_delete")
    ),
)
