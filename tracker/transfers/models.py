"""Offers to take something over, changes to programmes, and covering notes for new SROs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.actions.models import Action
from tracker.core.audit import expect_triggers
from tracker.core.db import SHORT, Base, Instant, Versioned, WithId, words
from tracker.directory.models import Programme, Taskforce
from tracker.recommendations.models import Assignment
from tracker.transfers.rules import ProgrammeChangeKind, TransferOutcome


class Transfer(WithId, Versioned, Base):
    """An open recommendation or action is offered to another body and owner, who accept it or not."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("(assignment_id IS NULL) <> (action_id IS NULL)", name="one_record"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at_a_time"),
        CheckConstraint("outcome <> 'accepted' OR accepted_on IS NOT NULL", name="accepted_has_a_date"),
    )

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"), index=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"), index=True)
    to_body: Mapped[str] = mapped_column(SHORT)
    to_owner: Mapped[str] = mapped_column(SHORT)
    to_contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    reason: Mapped[str] = mapped_column(Text)
    offered_by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    offered_at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[TransferOutcome | None] = mapped_column(words(TransferOutcome))
    accepted_on: Mapped[date | None]
    # How the new owner said so: in words, and the file where there is one.
    source: Mapped[str] = mapped_column(Text, default="")
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    file_name: Mapped[str] = mapped_column(SHORT, default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))

    taskforce: Mapped[Taskforce] = relationship(lazy="raise_on_sql")
    assignment: Mapped[Assignment | None] = relationship(lazy="raise_on_sql")
    action: Mapped[Action | None] = relationship(lazy="raise_on_sql")
    to_contact: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=to_contact_id)
    offered_by: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=offered_by_id)


class ProgrammeChange(WithId, Base):
    """A programme was renamed, merged into another, or got a new SRO. Insert-only (triggers)."""

    __tablename__ = "programme_change"
    __table_args__ = (CheckConstraint("(kind = 'merged') = (into_id IS NOT NULL)", name="merged_into_one"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    kind: Mapped[ProgrammeChangeKind] = mapped_column(words(ProgrammeChangeKind))
    changed_on: Mapped[date]
    before: Mapped[str] = mapped_column(SHORT)
    after: Mapped[str] = mapped_column(SHORT)
    into_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[datetime] = mapped_column(Instant)

    programme: Mapped[Programme] = relationship(lazy="raise_on_sql", foreign_keys=programme_id)
    into: Mapped[Programme | None] = relationship(lazy="raise_on_sql", foreign_keys=into_id)
    by: Mapped[Contact | None] = relationship(lazy="raise_on_sql")


class CoveringNote(WithId, Versioned, Base):
    """A note to a new SRO: what is open with their programme. Drafted by the product, sent by the secretariat."""

    __tablename__ = "covering_note"
    __table_args__ = (UniqueConstraint("change_id", "taskforce_id"),)

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("programme_change.id"))
    to_contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    text: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))

    taskforce: Mapped[Taskforce] = relationship(lazy="raise_on_sql")
    programme: Mapped[Programme] = relationship(lazy="raise_on_sql")
    made_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=made_by_id)
    change: Mapped[ProgrammeChange] = relationship(lazy="raise_on_sql")
    to_contact: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=to_contact_id)


expect_triggers("transfer_no_delete", "programme_change_no_update", "programme_change_no_delete")
