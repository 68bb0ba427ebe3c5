"""What becomes of a recommendation: assignments and their axes, responses and answers, assessments, what proves it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.actions.models import Action, Origin
from tracker.core.audit import expect_triggers
from tracker.core.db import SHORT, Base, Instant, Versioned, WithId, words
from tracker.core.events import Unrecorded
from tracker.correspondence.models import CorrespondenceEntry
from tracker.directory.models import Programme, Taskforce
from tracker.letters.models import Letter, LetterRecommendation, Recommendation
from tracker.recommendations.rules import (
    AnswerPosition,
    AssignmentStatus,
    Delivery,
    ExtensionState,
    Judgement,
    ResponseState,
    SignOffHow,
    VerbalHow,
    VerbalOutcome,
)

# The register's default order: by due date, those without one last. Queries write these texts as the indexes do, or a
# database does not see that the index serves.
DUE_ORDER = "coalesce(due_on, '9999-12-31')"
OPEN = "status = 'open'"
UNANSWERED = "status = 'open' AND position = 'awaiting_answer'"
TO_ASSESS = "status = 'open' AND position <> 'awaiting_answer' AND judgement = 'not_assessed'"


def _in_due_order(name: str, *first: str, where: str = "") -> Index:
    """An index in the order of due dates, within the columns `first`, of the rows `where` describes."""
    partial: dict[str, Any] = {"sqlite_where": text(where), "postgresql_where": text(where)} if where else {}
    return Index(name, *first, text(DUE_ORDER), "id", **partial)


class Assignment(WithId, Versioned, Base):
    """A recommendation × a programme: position, delivery, assessment and status hang here, each an axis of its own."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("recommendation_id", "programme_id"),
        CheckConstraint("(status = 'open') = (closed_on IS NULL)", name="closed_has_a_date"),
        CheckConstraint("status = 'open' OR closed_reason <> ''", name="closed_says_why"),
        Index("ix_assignment_programme", "programme_id", "id"),
        Index("ix_assignment_taskforce", "taskforce_id", "id"),
        Index("ix_assignment_letter", "letter_id", "id"),
        _in_due_order("ix_assignment_taskforce_due", "taskforce_id"),
        _in_due_order("ix_assignment_programme_due", "programme_id"),
        _in_due_order("ix_assignment_taskforce_open", "taskforce_id", where=OPEN),
        _in_due_order("ix_assignment_programme_open", "programme_id", where=OPEN),
        _in_due_order("ix_assignment_unanswered", "taskforce_id", where=UNANSWERED),
        _in_due_order("ix_assignment_to_assess", "taskforce_id", where=TO_ASSESS),
        Index(
            "ix_assignment_superseded_by_id",
            "superseded_by_id",
            sqlite_where=text("superseded_by_id IS NOT NULL"),
            postgresql_where=text("superseded_by_id IS NOT NULL"),
        ),
        Index(
            "ix_assignment_lead",
            "lead",
            sqlite_where=text("lead IS NOT NULL"),
            postgresql_where=text("lead IS NOT NULL"),
        ),
    )

    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"))
    wording_id: Mapped[int] = mapped_column(ForeignKey("letter_recommendation.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    due_on: Mapped[date | None]
    due_stated: Mapped[str] = mapped_column(SHORT, default="")
    original_due_on: Mapped[date | None]
    position: Mapped[AnswerPosition] = mapped_column(words(AnswerPosition), default=AnswerPosition.AWAITING)
    delivery: Mapped[Delivery] = mapped_column(words(Delivery), default=Delivery.NOT_STARTED)
    judgement: Mapped[Judgement] = mapped_column(words(Judgement), default=Judgement.NOT_ASSESSED)
    status: Mapped[AssignmentStatus] = mapped_column(words(AssignmentStatus), default=AssignmentStatus.OPEN)
    closed_on: Mapped[date | None]
    closed_reason: Mapped[str] = mapped_column(Text, default="")
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    # Who leads on it for the programme, and when it was first answered: both as last signed off.
    lead: Mapped[str | None] = mapped_column(SHORT)
    answered_on: Mapped[date | None]
    # How often its date was moved by an extension; the original date never changes (trigger).
    times_extended: Mapped[int | None]
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("recommendation.id"))

    recommendation: Mapped[Recommendation] = relationship(lazy="raise_on_sql", foreign_keys=recommendation_id)
    superseded_by: Mapped[Recommendation | None] = relationship(lazy="raise_on_sql", foreign_keys=superseded_by_id)
    wording: Mapped[LetterRecommendation] = relationship(lazy="raise_on_sql")
    programme: Mapped[Programme] = relationship(lazy="raise_on_sql")
    letter: Mapped[Letter] = relationship(lazy="raise_on_sql")
    taskforce: Mapped[Taskforce] = relationship(lazy="raise_on_sql")
    criteria: Mapped[list[SuccessCriterion]] = relationship(
        lazy="raise_on_sql", back_populates="assignment", order_by="SuccessCriterion.place"
    )
    serving: Mapped[list[AssignmentAction]] = relationship(
        lazy="raise_on_sql", back_populates="assignment", order_by="AssignmentAction.id"
    )

    @property
    def programme_ids(self) -> frozenset[int]:
        return frozenset({self.programme_id})

    @property
    def is_issued(self) -> bool:
        """Assignments are made by issuing, so each has been."""
        return True


class SuccessCriterion(WithId, Base):
    """One 'how we will know it is done' item: open, met by named evidence, or waived with a reason."""

    __tablename__ = "success_criterion"
    __table_args__ = (
        CheckConstraint("met_on IS NULL OR waived_on IS NULL", name="met_or_waived"),
        CheckConstraint("met_on IS NULL OR evidence <> ''", name="met_names_its_evidence"),
        CheckConstraint("waived_on IS NULL OR waived_reason <> ''", name="waived_says_why"),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    place: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    met_on: Mapped[date | None]
    evidence: Mapped[str] = mapped_column(Text, default="")
    waived_on: Mapped[date | None]
    waived_reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))

    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql", back_populates="criteria")


class AssignmentAction(WithId, Base):
    """An action that serves an assignment."""

    __tablename__ = "assignment_action"
    __table_args__ = (UniqueConstraint("assignment_id", "action_id"),)

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"), index=True)

    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql", back_populates="serving")
    action: Mapped[Action] = relationship(lazy="raise_on_sql")


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


class Assessment(WithId, Base):
    """The chair's judgement of an answer on a day, with a reason. Insert-only (triggers)."""

    __tablename__ = "assessment"
    __table_args__ = (CheckConstraint("reason <> ''", name="says_why"),)

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    judgement: Mapped[Judgement] = mapped_column(words(Judgement))
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    made_on: Mapped[date]

    by: Mapped[Contact] = relationship(lazy="raise_on_sql")


class DeliveryReport(WithId, Base):
    """What the programme says about delivery, on a day. Insert-only (triggers)."""

    __tablename__ = "delivery_report"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    delivery: Mapped[Delivery] = mapped_column(words(Delivery))
    note: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    made_on: Mapped[date]

    by: Mapped[Contact] = relationship(lazy="raise_on_sql")


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


class Evidence(WithId, Versioned, Base):
    """A file or a link that is to prove delivery, with the date of the evidence. It stays; it can be withdrawn."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("(file_sha256 IS NULL) = (link <> '')", name="file_or_link"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_says_why"),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    title: Mapped[str] = mapped_column(SHORT)
    note: Mapped[str] = mapped_column(Text, default="")
    dated_on: Mapped[date]
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    file_name: Mapped[str] = mapped_column(SHORT, default="")
    link: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))

    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")
    by: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=by_id)
    withdrawn_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=withdrawn_by_id)

    @property
    def stands(self) -> bool:
        """Put forward, and not withdrawn."""
        return self.withdrawn_at is None

    @property
    def taskforce_id(self) -> int:
        return self.assignment.taskforce_id

    @property
    def programme_ids(self) -> frozenset[int]:
        return self.assignment.programme_ids

    @property
    def is_issued(self) -> bool:
        """It is evidence for what a letter asked."""
        return True


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


class ExtensionRequest(WithId, Versioned, Base):
    """A programme asks for more time for some of a letter's recommendations. What was asked stays as it was."""

    __tablename__ = "extension_request"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="says_why"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_at_a_time"),
        CheckConstraint("(state IN ('granted', 'changed')) = (granted_until IS NOT NULL)", name="granted_has_a_date"),
        Index(
            "ix_extension_request_asked",
            "taskforce_id",
            "id",
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    until_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[ExtensionState] = mapped_column(words(ExtensionState), default=ExtensionState.ASKED)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    granted_until: Mapped[date | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    decision_reason: Mapped[str] = mapped_column(Text, default="")

    letter: Mapped[Letter] = relationship(lazy="raise_on_sql")
    programme: Mapped[Programme] = relationship(lazy="raise_on_sql")
    asked_by: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=asked_by_id)
    decided_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=decided_by_id)
    items: Mapped[list[ExtensionItem]] = relationship(
        lazy="raise_on_sql", back_populates="request", order_by="ExtensionItem.id"
    )

    @property
    def programme_ids(self) -> frozenset[int]:
        return frozenset({self.programme_id})

    @property
    def is_issued(self) -> bool:
        """More time is asked for what a letter asked."""
        return True


class ExtensionItem(WithId, Base):
    """One recommendation that an extension is asked for, and the date that it had then. Insert-only (triggers)."""

    __tablename__ = "extension_item"
    __table_args__ = (UniqueConstraint("request_id", "assignment_id"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("extension_request.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    from_on: Mapped[date | None]
    from_stated: Mapped[str] = mapped_column(SHORT, default="")

    request: Mapped[ExtensionRequest] = relationship(lazy="raise_on_sql", back_populates="items")
    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")


expect_triggers(
    "assignment_implemented_when_shown",
    "assignment_no_delete",
    "assignment_fixed",
    *(
        f"{table}_{kind}"
        for table in ("clarification", "evidence", "verbal_update", "extension_request")
        for kind in ("fixed", "no_delete")
    ),
    *(
        f"{table}_{kind}"
        for table in ("submission", "assessment", "delivery_report", "extension_item")
        for kind in ("no_update", "no_delete")
    ),
)
