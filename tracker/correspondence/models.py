"""Correspondence entries and their files. An entry is never removed; one made by mistake is struck, with a reason."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.core.audit import expect_triggers
from tracker.core.db import SHORT, Base, Instant, Versioned, WithId, words
from tracker.correspondence.rules import BY_PRODUCT, Direction, EntryKind
from tracker.letters.models import Letter

HAS_MESSAGE_ID = "message_id <> ''"


class CorrespondenceEntry(WithId, Versioned, Base):
    """One letter, e-mail, call or note about a letter. An internal one is never shown to a programme."""

    __tablename__ = "correspondence_entry"
    __table_args__ = (
        CheckConstraint("(struck_at IS NULL) = (struck_reason = '')", name="struck_says_why"),
        Index("ix_correspondence_entry_letter", "letter_id", "happened_on", "id"),
        Index(
            "uq_correspondence_entry_message",
            "letter_id",
            "message_id",
            unique=True,
            sqlite_where=text(HAS_MESSAGE_ID),
            postgresql_where=text(HAS_MESSAGE_ID),
        ),
    )

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"), index=True)
    kind: Mapped[EntryKind] = mapped_column(words(EntryKind))
    direction: Mapped[Direction] = mapped_column(words(Direction))
    happened_on: Mapped[date]
    happened_at: Mapped[time | None]
    from_whom: Mapped[str] = mapped_column(Text, default="")
    to_whom: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str] = mapped_column(SHORT, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    is_internal: Mapped[bool] = mapped_column(default=False)
    message_id: Mapped[str] = mapped_column(Text, default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    struck_at: Mapped[datetime | None] = mapped_column(Instant)
    struck_reason: Mapped[str] = mapped_column(Text, default="")

    letter: Mapped[Letter] = relationship(lazy="raise_on_sql")
    entered_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql")
    files: Mapped[list[CorrespondenceFile]] = relationship(
        lazy="raise_on_sql", back_populates="entry", order_by="CorrespondenceFile.id"
    )

    @property
    def is_struck(self) -> bool:
        return self.struck_at is not None

    @property
    def is_by_product(self) -> bool:
        """Whether the product made it by itself, of something it did: nobody corrects that by hand."""
        return self.message_id.startswith(BY_PRODUCT)

    @property
    def is_issued(self) -> bool:
        """Whether its letter was sent; `letter` must be loaded."""
        return self.letter.is_issued

    @property
    def programme_ids(self) -> frozenset[int]:
        """The programmes that its letter is addressed to; the letter's addressees must be loaded."""
        return self.letter.programme_ids


class CorrespondenceFile(WithId, Base):
    """A file that came or went with an entry. Insert-only (triggers)."""

    __tablename__ = "correspondence_file"

    entry_id: Mapped[int] = mapped_column(ForeignKey("correspondence_entry.id"), index=True)
    name: Mapped[str] = mapped_column(SHORT)
    file_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))

    entry: Mapped[CorrespondenceEntry] = relationship(lazy="raise_on_sql", back_populates="files")


expect_triggers("correspondence_entry_no_delete", "correspondence_file_no_update", "correspondence_file_no_delete")
