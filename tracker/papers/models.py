"""Board papers: the cover sheet, who leads it, what the board is invited to do and what it resolved."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.actions.models import Origin
from tracker.core.audit import expect_triggers
from tracker.core.db import SHORT, Base, Versioned, WithId, words
from tracker.directory.models import BoardMeeting, Taskforce
from tracker.papers.rules import Duty, PaperState, ResolutionOutcome
from tracker.recommendations.models import Assignment


class Paper(WithId, Versioned, Base):
    """A paper for a board meeting, and its cover sheet."""

    __tablename__ = "paper"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('cleared', 'submitted', 'considered')) = (file_sha256 IS NOT NULL)", name="cleared_has_its_file"
        ),
        CheckConstraint("(file_sha256 IS NOT NULL) = (cleared_by_id IS NOT NULL)", name="cleared_by_someone"),
        CheckConstraint("duty <> 'does_not_apply' OR duty_text <> ''", name="not_applying_says_why"),
        Index("ix_paper_taskforce", "taskforce_id", "id"),
    )

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    origin_id: Mapped[int] = mapped_column(ForeignKey("origin.id"), unique=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    board_meeting_id: Mapped[int] = mapped_column(ForeignKey("board_meeting.id"), index=True)
    board_reference: Mapped[str] = mapped_column(SHORT, default="")
    title: Mapped[str] = mapped_column(SHORT)
    purpose: Mapped[str] = mapped_column(Text, default="")
    for_decision: Mapped[bool] = mapped_column(default=False)
    for_discussion: Mapped[bool] = mapped_column(default=False)
    for_information: Mapped[bool] = mapped_column(default=False)
    involvement: Mapped[str] = mapped_column(Text, default="")
    duty: Mapped[Duty] = mapped_column(words(Duty), default=Duty.NOT_STATED)
    duty_text: Mapped[str] = mapped_column(Text, default="")
    authors: Mapped[str] = mapped_column(Text, default="")
    classification: Mapped[str] = mapped_column(SHORT, default="")
    state: Mapped[PaperState] = mapped_column(words(PaperState), default=PaperState.DRAFT)
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    cleared_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    cleared_on: Mapped[date | None]
    cleared_how: Mapped[str] = mapped_column(SHORT, default="")

    taskforce: Mapped[Taskforce] = relationship(lazy="raise_on_sql")
    origin: Mapped[Origin] = relationship(lazy="raise_on_sql")
    board_meeting: Mapped[BoardMeeting] = relationship(lazy="raise_on_sql")
    cleared_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql")
    leads: Mapped[list[PaperLead]] = relationship(
        lazy="raise_on_sql", back_populates="paper", order_by="PaperLead.place"
    )
    invitations: Mapped[list[PaperInvitation]] = relationship(
        lazy="raise_on_sql", back_populates="paper", order_by="PaperInvitation.place"
    )
    reported: Mapped[list[PaperAssignment]] = relationship(
        lazy="raise_on_sql", back_populates="paper", order_by="PaperAssignment.id"
    )

    @property
    def lead_contact_ids(self) -> frozenset[int]:
        return frozenset(lead.contact_id for lead in self.leads)

    @property
    def is_issued(self) -> bool:
        """Members read a paper once it has gone to the board."""
        return self.state in {PaperState.SUBMITTED, PaperState.CONSIDERED, PaperState.RECORDED}


class PaperLead(WithId, Base):
    """A lead director of a paper."""

    __tablename__ = "paper_lead"
    __table_args__ = (UniqueConstraint("paper_id", "contact_id"),)

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    place: Mapped[int] = mapped_column(default=0)

    paper: Mapped[Paper] = relationship(lazy="raise_on_sql", back_populates="leads")
    contact: Mapped[Contact] = relationship(lazy="raise_on_sql")


class PaperInvitation(WithId, Base):
    """What the board is invited to do, and what it resolved."""

    __tablename__ = "paper_invitation"
    __table_args__ = (CheckConstraint("(outcome IS NULL) = (resolved_on IS NULL)", name="resolved_on_a_day"),)

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), index=True)
    place: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    outcome: Mapped[ResolutionOutcome | None] = mapped_column(words(ResolutionOutcome))
    minute_reference: Mapped[str] = mapped_column(SHORT, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    resolved_on: Mapped[date | None]

    paper: Mapped[Paper] = relationship(lazy="raise_on_sql", back_populates="invitations")


class PaperAssignment(WithId, Base):
    """A recommendation that a paper reports on."""

    __tablename__ = "paper_assignment"
    __table_args__ = (UniqueConstraint("paper_id", "assignment_id"),)

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)

    paper: Mapped[Paper] = relationship(lazy="raise_on_sql", back_populates="reported")
    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")


expect_triggers("paper_cleared_is_fixed", "paper_invitation_text_fixed", "paper_lead_update_fixed", "paper_no_delete")
