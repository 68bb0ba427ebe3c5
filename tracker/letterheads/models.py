"""Letterheads: the file as it was uploaded, the cleaned one that documents are written on, and from when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.core.db import SHORT, Base, Instant, Versioned, WithId, words
from tracker.directory.models import Taskforce
from tracker.letterheads.rules import DocumentKind


class Letterhead(WithId, Versioned, Base):
    """A reference document of a taskforce for one kind of document; live from a day on, until a later one is."""

    __tablename__ = "letterhead"
    __table_args__ = (Index("ix_letterhead_taskforce", "taskforce_id", "kind", "live_from"),)

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    kind: Mapped[DocumentKind] = mapped_column(words(DocumentKind))
    name: Mapped[str] = mapped_column(SHORT)
    original_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    file_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    warnings: Mapped[str] = mapped_column(Text, default="")
    live_from: Mapped[date | None]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)

    taskforce: Mapped[Taskforce] = relationship(lazy="raise_on_sql")
    uploaded_by: Mapped[Contact] = relationship(lazy="raise_on_sql")

    @property
    def warning_lines(self) -> list[str]:
        """What cleaning changed, a sentence each."""
        return self.warnings.splitlines()
