"""Letters: state and tracking on the letter, words in its insert-only versions, clearance in insert-only decisions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Contact
from tracker.actions.models import Origin
from tracker.core.audit import expect_triggers
from tracker.core.db import SHORT, Base, Instant, Versioned, WithId, words
from tracker.core.events import Unrecorded
from tracker.core.permissions import Role
from tracker.directory.models import Programme, Taskforce
from tracker.letters.content import Content
from tracker.letters.rules import (
    SENT,
    TO_CONFIRM,
    AddresseeKind,
    AskKind,
    DecisionKind,
    LetterKind,
    LetterState,
    Placement,
    SentHow,
    content_hash,
    round_is_open,
)
from tracker.workshops.models import PointHeard, Workshop
from tracker.workshops.rules import FocusArea, Principle

MOVING = "state IN ('draft', 'with_chair', 'approved')"


class Letter(WithId, Versioned, Base):
    """A letter's state and dates. The date of the letter and the due date are planned until it is issued."""

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('approved', 'issued')) = (approved_sha256 IS NOT NULL)", name="approved_has_its_hash"
        ),
        CheckConstraint("(state IN ('issued', 'recorded')) = (reference IS NOT NULL)", name="sent_has_a_reference"),
        CheckConstraint("(state IN ('issued', 'recorded')) = (file_sha256 IS NOT NULL)", name="sent_has_its_file"),
        CheckConstraint("state NOT IN ('issued', 'recorded') OR letter_date IS NOT NULL", name="sent_has_a_date"),
        CheckConstraint("state <> 'issued' OR sent_how IS NOT NULL", name="issued_says_how"),
        Index("ix_letter_taskforce", "taskforce_id", "id"),
        Index("ix_letter_moving", "taskforce_id", "id", sqlite_where=text(MOVING), postgresql_where=text(MOVING)),
    )

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id"), index=True)
    origin_id: Mapped[int] = mapped_column(ForeignKey("origin.id"), unique=True)
    kind: Mapped[LetterKind] = mapped_column(words(LetterKind), default=LetterKind.LETTER)
    state: Mapped[LetterState] = mapped_column(words(LetterState), default=LetterState.DRAFT)
    reference: Mapped[str | None] = mapped_column(String(20), unique=True)
    # The subject of the current version, so that lists need not read every letter's words (audited: queries.py).
    subject: Mapped[str] = mapped_column(SHORT, default="")
    letter_date: Mapped[date | None]
    response_due_on: Mapped[date | None]
    response_due_stated: Mapped[str] = mapped_column(SHORT, default="")
    approved_sha256: Mapped[str | None] = mapped_column(String(64))
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    sent_how: Mapped[SentHow | None] = mapped_column(words(SentHow))
    sent_to: Mapped[str] = mapped_column(SHORT, default="")
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"), index=True)

    corrects: Mapped[Letter | None] = relationship(lazy="raise_on_sql", remote_side="Letter.id")
    taskforce: Mapped[Taskforce] = relationship(lazy="raise_on_sql")
    workshop: Mapped[Workshop | None] = relationship(lazy="raise_on_sql")
    origin: Mapped[Origin] = relationship(lazy="raise_on_sql")
    addressees: Mapped[list[LetterAddressee]] = relationship(
        lazy="raise_on_sql", back_populates="letter", order_by="LetterAddressee.place"
    )
    versions: Mapped[list[LetterVersion]] = relationship(
        lazy="raise_on_sql", back_populates="letter", order_by="LetterVersion.number.desc()"
    )
    decisions: Mapped[list[ClearanceDecision]] = relationship(
        lazy="raise_on_sql", back_populates="letter", order_by="ClearanceDecision.id.desc()"
    )

    comment_rounds: Mapped[list[CommentRound]] = relationship(
        lazy="raise_on_sql", back_populates="letter", order_by="CommentRound.id.desc()"
    )

    @property
    def key(self) -> str:
        """What stands in its address: the reference once it has one, the id before."""
        return self.reference or str(self.id)

    @property
    def current(self) -> LetterVersion:
        """The newest version; `versions` must be loaded."""
        return max(self.versions, key=lambda v: v.number)

    @property
    def last_decision(self) -> ClearanceDecision | None:
        """The newest step of clearance; `decisions` must be loaded."""
        return max(self.decisions, key=lambda d: d.id, default=None)

    @property
    def awaits_confirmation(self) -> bool:
        """Whether the chair approved it in a way that a second person has yet to confirm."""
        last = self.last_decision if self.state is LetterState.WITH_CHAIR else None
        return last is not None and last.kind in TO_CONFIRM

    @property
    def main_addressee(self) -> LetterAddressee:
        """The first to whom it is addressed; `addressees` must be loaded."""
        return next(a for a in self.addressees if a.kind is AddresseeKind.TO)

    @property
    def is_issued(self) -> bool:
        """Sent by this product or before it: what programmes and members may see."""
        return self.state in SENT

    @property
    def programme_ids(self) -> frozenset[int]:
        """The programmes it is addressed to (copies do not count)."""
        return frozenset(a.programme_id for a in self.addressees if a.kind is AddresseeKind.TO)


class LetterAddressee(WithId, Base):
    """To whom, for which programme. The name as printed stands in the version's content."""

    __tablename__ = "letter_addressee"
    __table_args__ = (UniqueConstraint("letter_id", "contact_id", "programme_id"),)

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    kind: Mapped[AddresseeKind] = mapped_column(words(AddresseeKind), default=AddresseeKind.TO)
    place: Mapped[int] = mapped_column(default=0)

    letter: Mapped[Letter] = relationship(lazy="raise_on_sql", back_populates="addressees")
    contact: Mapped[Contact] = relationship(lazy="raise_on_sql")
    programme: Mapped[Programme] = relationship(lazy="raise_on_sql")


class LetterVersion(WithId, Base):
    """The words of a letter at one save: canonical JSON and its SHA-256. Insert-only (triggers)."""

    __tablename__ = "letter_version"
    __table_args__ = (UniqueConstraint("letter_id", "number"),)

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def words(self) -> Content:
        """The content, read."""
        return Content.from_json(self.content)

    @property
    def is_intact(self) -> bool:
        """Whether its words are those that its hash was taken of."""
        return content_hash(self.content) == self.sha256

    letter: Mapped[Letter] = relationship(lazy="raise_on_sql", back_populates="versions")
    made_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql")
    wordings: Mapped[list[LetterRecommendation]] = relationship(
        lazy="raise_on_sql", back_populates="version", order_by="LetterRecommendation.place"
    )


class ClearanceDecision(WithId, Base):
    """Who decided what about which hash, in which role, and why. Insert-only (triggers)."""

    __tablename__ = "clearance_decision"
    __table_args__ = (
        CheckConstraint(
            "kind NOT IN ('returned', 'reopened', 'withdrawn', 'approved_under_waiver', 'came_back') OR reason <> ''",
            name="says_why",
        ),
        CheckConstraint("kind = 'came_back' OR (by_id IS NOT NULL AND as_role IS NOT NULL)", name="somebody_decides"),
        Index("ix_clearance_decision_letter", "letter_id", "id"),
    )

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("letter_version.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[DecisionKind] = mapped_column(words(DecisionKind))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    as_role: Mapped[Role | None] = mapped_column(words(Role))
    # Whose role it is, where the chair had this person decide for a time.
    for_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    # The picture that the approver put under this text; issuing prints it.
    signature_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    at: Mapped[datetime] = mapped_column(Instant)

    letter: Mapped[Letter] = relationship(lazy="raise_on_sql", back_populates="decisions")
    version: Mapped[LetterVersion] = relationship(lazy="raise_on_sql")
    by: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=by_id)
    decided_for: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=for_id)


class Recommendation(WithId, Base):
    """An identity that outlives its wording; its reference is allotted when the letter is issued."""

    __tablename__ = "recommendation"

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"), index=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    reference: Mapped[str | None] = mapped_column(String(34), unique=True)
    part: Mapped[str] = mapped_column(String(10), default="")

    letter: Mapped[Letter] = relationship(lazy="raise_on_sql")


rests_on = Table(
    "letter_recommendation_point",
    Base.metadata,
    Column("letter_recommendation_id", ForeignKey("letter_recommendation.id"), primary_key=True),
    Column("point_id", ForeignKey("point_heard.id"), primary_key=True, index=True),
)


class LetterRecommendation(WithId, Base):
    """A recommendation as one version of its letter words it. Insert-only (triggers)."""

    __tablename__ = "letter_recommendation"
    __table_args__ = (
        UniqueConstraint("version_id", "recommendation_id"),
        # All that the register filters by: it is read whole rather than the wordings.
        Index("ix_letter_recommendation_marks", "kind", "focus_area", "theme", "principles"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("letter_version.id"))
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    place: Mapped[int]
    placement: Mapped[Placement] = mapped_column(words(Placement))
    kind: Mapped[AskKind] = mapped_column(words(AskKind))
    title: Mapped[str] = mapped_column(SHORT, default="")
    text: Mapped[str] = mapped_column(Text)
    board_wording: Mapped[str] = mapped_column(Text, default="")
    success: Mapped[str] = mapped_column(Text, default="")
    theme: Mapped[str | None] = mapped_column(SHORT)
    focus_area: Mapped[FocusArea | None] = mapped_column(words(FocusArea))
    # The values of the principles it serves, one a line.
    principles: Mapped[str | None] = mapped_column(Text)

    version: Mapped[LetterVersion] = relationship(lazy="raise_on_sql", back_populates="wordings")
    recommendation: Mapped[Recommendation] = relationship(lazy="raise_on_sql")
    points: Mapped[list[PointHeard]] = relationship(lazy="raise_on_sql", secondary=rests_on)

    @property
    def principle_labels(self) -> list[str]:
        """The principles that it serves, in words."""
        return [Principle(value).label for value in (self.principles or "").split()]

    @property
    def success_items(self) -> list[str]:
        """The 'how we will know it is done' items, one a line as typed."""
        return [line.strip() for line in self.success.splitlines() if line.strip()]


class DraftEdit(WithId, Unrecorded, Base):
    """What somebody typed into a draft and has not saved yet: no version, no event. `fields` is the form as JSON.

    A letter that has no id yet is found by its taskforce.
    """

    __tablename__ = "draft_edit"
    __table_args__ = (
        UniqueConstraint("letter_id", "contact_id"),
        Index(
            "uq_draft_edit_new",
            "taskforce_id",
            "contact_id",
            unique=True,
            sqlite_where=text("letter_id IS NULL"),
            postgresql_where=text("letter_id IS NULL"),
        ),
    )

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    base_version: Mapped[int | None]
    fields: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(Instant)

    contact: Mapped[Contact] = relationship(lazy="raise_on_sql")


class CommentRound(WithId, Versioned, Base):
    """A draft that is with members for comment, by a date, before it goes to the chair."""

    __tablename__ = "comment_round"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("letter_version.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    until_on: Mapped[date]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)

    letter: Mapped[Letter] = relationship(lazy="raise_on_sql", back_populates="comment_rounds")
    letter_version: Mapped[LetterVersion] = relationship(lazy="raise_on_sql")
    opened_by: Mapped[Contact] = relationship(lazy="raise_on_sql")
    asked: Mapped[list[CommentAsked]] = relationship(
        lazy="raise_on_sql", back_populates="round", order_by="CommentAsked.id"
    )

    @property
    def taskforce_id(self) -> int:
        """For the permissions table; `letter` must be loaded."""
        return self.letter.taskforce_id

    @property
    def asked_contact_ids(self) -> frozenset[int]:
        """Who was asked; `asked` must be loaded."""
        return frozenset(a.contact_id for a in self.asked)

    def is_open(self, today: date) -> bool:
        """Whether members can read and comment: until its date, while nobody closed it and the letter is a draft."""
        return round_is_open(self.until_on, self.closed_at is not None, self.letter.state, today)


class CommentAsked(WithId, Base):
    """A member who is asked for comment; `finished_at` once they said that they are done."""

    __tablename__ = "comment_asked"
    __table_args__ = (UniqueConstraint("round_id", "contact_id"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("comment_round.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)

    round: Mapped[CommentRound] = relationship(lazy="raise_on_sql", back_populates="asked")
    contact: Mapped[Contact] = relationship(lazy="raise_on_sql")


class LetterComment(WithId, Versioned, Base):
    """A remark on a passage of a version, dealt with or not; never a part of the letter. Its words stay (triggers).

    `part` says where the passage stands: "letter", or "ask-" and the id of a recommendation. Without `quote`: all.
    """

    __tablename__ = "letter_comment"
    __table_args__ = (
        CheckConstraint("(dealt_at IS NULL) = (dealt_by_id IS NULL)", name="dealt_with_by_somebody"),
        Index("ix_letter_comment_letter", "letter_id", "id"),
    )

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("letter_version.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("comment_round.id"), index=True)
    part: Mapped[str] = mapped_column(String(40), default="letter")
    quote: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    as_role: Mapped[Role] = mapped_column(words(Role))
    at: Mapped[datetime] = mapped_column(Instant)
    dealt_at: Mapped[datetime | None] = mapped_column(Instant)
    dealt_by_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    dealt_how: Mapped[str] = mapped_column(Text, default="")

    letter: Mapped[Letter] = relationship(lazy="raise_on_sql")
    letter_version: Mapped[LetterVersion] = relationship(lazy="raise_on_sql")
    by: Mapped[Contact] = relationship(lazy="raise_on_sql", foreign_keys=by_id)
    dealt_by: Mapped[Contact | None] = relationship(lazy="raise_on_sql", foreign_keys=dealt_by_id)


expect_triggers(
    "letter_comment_words_fixed",
    "letter_comment_no_delete",
    "letter_begins_as_draft",
    "letter_sent_is_fixed",
    "letter_moves",
    "letter_two_people",
    "letter_no_delete",
    "letter_version_before_approval",
    "letter_addressee_update_fixed",
    *(
        f"{table}_{kind}"
        for table in (
            "letter_version",
            "clearance_decision",
            "letter_recommendation",
            "letter_recommendation_point",
        )
        for kind in ("no_update", "no_delete")
    ),
)
