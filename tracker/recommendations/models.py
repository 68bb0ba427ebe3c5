"""What becomes of a recommendation: assignments and their axes, assessments, delivery, what proves it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.actions.models import Action
from tracker.core.audit import expect_triggers
from tracker.core.db import SHORT, Base, Instant, Versioned, WithId, words
from tracker.directory.models import Programme, Taskforce
from tracker.letters.models import Letter, LetterRecommendation, Recommendation
from tracker.recommendations.rules import (
    AnswerPosition,
    AssignmentStatus,
    Delivery,
    Judgement,
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


expect_triggers(
    "assignment_implemented_when_shown",
    "assignment_no_delete",
    "assignment_fixed",
    "evidence_fixed",
    "evidence_no_delete",
    *(f"{table}_{kind}" for table in ("assessment", "delivery_report") for kind in ("no_update", "no_delete")),
)
