"""Replies as they came, and which of their passages answer what."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.core.audit import expect_triggers
from tracker.core.db import SHORT, Base, Instant, Versioned, WithId, words
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response
from tracker.recommendations.rules import AnswerPosition
from tracker.replies.rules import ReplyOutcome


class Reply(WithId, Versioned, Base):
    """A Word file or an e-mail in which a programme answers. The original is kept; `blocks` is its text as JSON."""

    __tablename__ = "reply"
    __table_args__ = (CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at_a_time"),)

    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), index=True)
    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("correspondence_entry.id"))
    name: Mapped[str] = mapped_column(SHORT)
    file_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    received_on: Mapped[date]
    from_whom: Mapped[str] = mapped_column(SHORT, default="")
    blocks: Mapped[str] = mapped_column(Text)
    problems: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[ReplyOutcome | None] = mapped_column(words(ReplyOutcome))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))

    response: Mapped[Response] = relationship(lazy="raise_on_sql")
    by: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=by_id)
    passages: Mapped[list[ReplyPassage]] = relationship(
        lazy="raise_on_sql", back_populates="reply", order_by="ReplyPassage.place, ReplyPassage.id"
    )

    @property
    def programme_ids(self) -> frozenset[int]:
        """The programme that replied; `response` must be loaded."""
        return self.response.programme_ids

    @property
    def is_submitted(self) -> bool:
        """Whether the taskforce got it: what programme people uploaded to write their draft is their own."""
        return self.entry_id is not None

    @property
    def is_issued(self) -> bool:
        """A reply answers a letter that was sent."""
        return True


class ReplyPassage(WithId, Base):
    """A passage of a reply, what it answers and with what position; `place` orders passages as they stand."""

    __tablename__ = "reply_passage"

    reply_id: Mapped[int] = mapped_column(ForeignKey("reply.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    quote: Mapped[str] = mapped_column(Text)
    place: Mapped[int]
    position: Mapped[AnswerPosition] = mapped_column(words(AnswerPosition))
    by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[datetime] = mapped_column(Instant)

    reply: Mapped[Reply] = relationship(lazy="raise_on_sql", back_populates="passages")
    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")


expect_triggers("reply_fixed", "reply_no_delete")
