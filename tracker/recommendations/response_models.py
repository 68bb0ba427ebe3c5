"""Responses to letters: the draft that a team shares, what was signed off, questions about it, verbal updates."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.actions.models import Origin
from tracker.core.audit import expect_triggers
from tracker.core.db import SHORT, Base, Instant, Versioned, WithId, words
from tracker.core.events import Unrecorded
from tracker.correspondence.models import CorrespondenceEntry
from tracker.directory.models import Programme, Taskforce
from tracker.letters.models import Letter
from tracker.recommendations.models import Assignment
from tracker.recommendations.rules import (
    AnswerPosition,
    ResponseState,
    SignOffHow,
    VerbalHow,
    VerbalOutcome,
)


class Response(WithId, Versioned, Base):
    """A programme's reply to a letter. The draft is the team's own; what was signed off stands in submissions."""

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("letter_id", "programme_id"),
        CheckConstraint("state = 'draft' OR signed_off_by_id IS NOT NULL", name="signed_off_by_someone"),
    )

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"), index=True)
    origin_id: Mapped[int] = mapped_column(ForeignKey("origin.id"), unique=True)
    state: Mapped[ResponseState] = mapped_column(words(ResponseState), default=ResponseState.DRAFT)
    introduction: Mapped[str] = mapped_column(Text, default="")
    signed_off_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    signed_off_at: Mapped[datetime | None] = mapped_column(Instant)
    clarification: Mapped[str] = mapped_column(Text, default="")
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)
    # The team says that the draft waits for its sign-off: since when, and who said so.
    ready_at: Mapped[datetime | None] = mapped_column(Instant)
    ready_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))

    letter: Mapped[Letter] = relationship(lazy="raise_on_sql")
    programme: Mapped[Programme] = relationship(lazy="raise_on_sql")
    taskforce: Mapped[Taskforce] = relationship(lazy="raise_on_sql")
    origin: Mapped[Origin] = relationship(lazy="raise_on_sql")
    signed_off_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=signed_off_by_id)
    ready_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=ready_by_id)
    answers: Mapped[list[Answer]] = relationship(lazy="raise_on_sql", back_populates="response", order_by="Answer.id")
    submissions: Mapped[list[Submission]] = relationship(
        lazy="raise_on_sql", back_populates="response", order_by="Submission.number.desc()"
    )

    @property
    def programme_ids(self) -> frozenset[int]:
        return frozenset({self.programme_id})

    @property
    def is_issued(self) -> bool:
        """A response answers a letter that was sent."""
        return True

    @property
    def is_ready(self) -> bool:
        """Whether it is a draft that waits for its sign-off: its programme has finished with it."""
        return self.ready_at is not None and self.state is ResponseState.DRAFT

    @property
    def is_submitted(self) -> bool:
        """Signed off at least once: what the taskforce may see is the newest submission."""
        return bool(self.submissions)


class Answer(WithId, Base):
    """The answer to one recommendation, as it stands in the draft."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("response_id", "assignment_id"),)

    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    position: Mapped[AnswerPosition] = mapped_column(words(AnswerPosition), default=AnswerPosition.AWAITING)
    text: Mapped[str] = mapped_column(Text, default="")
    lead: Mapped[str] = mapped_column(SHORT, default="")
    complete_by: Mapped[date | None]
    complete_stated: Mapped[str] = mapped_column(SHORT, default="")
    # Who last changed it, and when: the team shares one draft.
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    edited_at: Mapped[datetime | None] = mapped_column(Instant)

    response: Mapped[Response] = relationship(lazy="raise_on_sql", back_populates="answers")
    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")
    edited_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql")
    planned_actions: Mapped[list[PlannedAction]] = relationship(
        lazy="raise_on_sql", back_populates="answer", order_by="PlannedAction.id"
    )


class PlannedAction(WithId, Base):
    """An action that an answer promises. Signing off makes it an action of the register."""

    __tablename__ = "planned_action"

    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"), index=True)
    title: Mapped[str] = mapped_column(SHORT)
    due_on: Mapped[date | None]
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"), unique=True)

    answer: Mapped[Answer] = relationship(lazy="raise_on_sql", back_populates="planned_actions")


class Submission(WithId, Base):
    """A response as it was signed off: its answers as JSON. Insert-only (triggers)."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("response_id", "number"),)

    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    signed_off_by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    # Empty in what was signed off before these were kept. `by_file`: the file in which the SRO agreed, and the day.
    how: Mapped[SignOffHow | None] = mapped_column(words(SignOffHow))
    agreement_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    agreement_name: Mapped[str | None] = mapped_column(SHORT)
    agreed_on: Mapped[date | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))

    response: Mapped[Response] = relationship(lazy="raise_on_sql", back_populates="submissions")
    signed_off_by: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=signed_off_by_id)
    recorded_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=recorded_by_id)


class ResponseEdit(WithId, Unrecorded, Base):
    """What somebody typed into a draft response and has not saved yet: no event. `fields` is the form as JSON."""

    __tablename__ = "response_edit"
    __table_args__ = (UniqueConstraint("response_id", "contact_id"),)

    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    base_version: Mapped[int]
    fields: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(Instant)

    contact: Mapped[Contact] = relationship(lazy="raise_on_sql")


class Clarification(WithId, Versioned, Base):
    """What the taskforce asks about one submitted answer, and what the programme says to it. The question stays."""

    __tablename__ = "clarification"
    __table_args__ = (
        CheckConstraint("question <> ''", name="says_what"),
        CheckConstraint("(reply = '') = (replied_at IS NULL)", name="replied_at_a_time"),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    question: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    replied_at: Mapped[datetime | None] = mapped_column(Instant)

    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")
    asked_by: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=asked_by_id)
    replied_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=replied_by_id)


class VerbalUpdate(WithId, Versioned, Base):
    """What a programme said by phone or at a meeting, entered for it: no answer until the programme confirms it."""

    __tablename__ = "verbal_update"
    __table_args__ = (CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at_a_time"),)

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("correspondence_entry.id"))
    said_by: Mapped[str] = mapped_column(SHORT)
    said_on: Mapped[date]
    said_how: Mapped[VerbalHow] = mapped_column(words(VerbalHow))
    position: Mapped[AnswerPosition] = mapped_column(words(AnswerPosition))
    text: Mapped[str] = mapped_column(Text)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[VerbalOutcome | None] = mapped_column(words(VerbalOutcome))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    decided_note: Mapped[str] = mapped_column(Text, default="")

    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")
    entry: Mapped[CorrespondenceEntry] = relationship(lazy="raise_on_sql")
    entered_by: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=entered_by_id)
    decided_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=decided_by_id)

    @property
    def taskforce_id(self) -> int:
        return self.assignment.taskforce_id

    @property
    def programme_ids(self) -> frozenset[int]:
        return self.assignment.programme_ids

    @property
    def is_issued(self) -> bool:
        """It is about what a letter asked."""
        return True


expect_triggers(
    "submission_no_update",
    "submission_no_delete",
    *(f"{table}_{kind}" for table in ("clarification", "verbal_update") for kind in ("fixed", "no_delete")),
)
