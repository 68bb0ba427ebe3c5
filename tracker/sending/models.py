"""What goes out of an issued letter: its PDFs, and each time it was sent."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.core.audit import expect_triggers
from tracker.core.db import SHORT, Base, Instant, WithId, words
from tracker.letters.models import Letter
from tracker.sending.rules import FileKind, SendingHow


class LetterFile(WithId, Base):
    """A PDF of an issued letter: made from its Word file, or the signed one that was really sent. Insert-only."""

    __tablename__ = "letter_file"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    kind: Mapped[FileKind] = mapped_column(words(FileKind))
    file_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)

    letter: Mapped[Letter] = relationship(lazy="raise_on_sql")

    @property
    def taskforce_id(self) -> int:
        return self.letter.taskforce_id

    @property
    def is_issued(self) -> bool:
        return self.letter.is_issued

    @property
    def programme_ids(self) -> frozenset[int]:
        """Who may read the letter may read its files; its addressees must be loaded."""
        return self.letter.programme_ids


class LetterSending(WithId, Base):
    """An issued letter going out: how, to whom, with what covering text and which files. Insert-only (triggers).

    Mail from here waits in the outbox under the cause `letter-sending:<id>`, where its delivery is kept.
    """

    __tablename__ = "letter_sending"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    how: Mapped[SendingHow] = mapped_column(words(SendingHow))
    sent_on: Mapped[date]
    to_line: Mapped[str] = mapped_column(Text)
    copies_line: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str] = mapped_column(SHORT, default="")
    covering_text: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[datetime] = mapped_column(Instant)

    @property
    def taskforce_id(self) -> int:
        return self.letter.taskforce_id

    letter: Mapped[Letter] = relationship(lazy="raise_on_sql")
    by: Mapped[Contact] = relationship(lazy="raise_on_sql")
    files: Mapped[list[LetterSendingFile]] = relationship(
        lazy="raise_on_sql", back_populates="sending", order_by="LetterSendingFile.id"
    )


class LetterSendingFile(WithId, Base):
    """A file that went with a sending, under this name. Insert-only (triggers)."""

    __tablename__ = "letter_sending_file"

    sending_id: Mapped[int] = mapped_column(ForeignKey("letter_sending.id"), index=True)
    name: Mapped[str] = mapped_column(SHORT)
    file_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))

    sending: Mapped[LetterSending] = relationship(lazy="raise_on_sql", back_populates="files")


expect_triggers(
    *(
        f"{table}_{kind}"
        for table in ("letter_file", "letter_sending", "letter_sending_file")
        for kind in ("no_update", "no_delete")
    )
)
