"""Word letters that were uploaded, and what was read from them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.core.db import SHORT, Base, Instant, Versioned, WithId, words
from tracker.letters.models import Letter, LetterVersion
from tracker.word_letters.rules import UploadOutcome, UploadPurpose


class WordUpload(WithId, Versioned, Base):
    """A Word letter that was uploaded, and what was read from it: a proposal that a person accepts or not.

    `read` is the words as JSON, `problems` what could not be read, a line each.
    """

    __tablename__ = "word_upload"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at_a_time"),
        CheckConstraint("(purpose = 'draft') = (base_version_id IS NOT NULL)", name="draft_has_its_version"),
    )

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"), index=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"), index=True)
    base_version_id: Mapped[int | None] = mapped_column(ForeignKey("letter_version.id"))
    purpose: Mapped[UploadPurpose] = mapped_column(words(UploadPurpose))
    name: Mapped[str] = mapped_column(SHORT)
    file_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    read: Mapped[str] = mapped_column(Text)
    problems: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[UploadOutcome | None] = mapped_column(words(UploadOutcome))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))

    letter: Mapped[Letter | None] = relationship(lazy="raise_on_sql")
    base_version: Mapped[LetterVersion | None] = relationship(lazy="raise_on_sql")
    by: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=by_id)

    @property
    def file_name(self) -> str:
        """What a copy of the file is called: always a Word document, whatever it was called when it came."""
        return self.name if self.name.lower().endswith(".docx") else f"{self.name}.docx"
