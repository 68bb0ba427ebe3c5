"""Reads of board papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.models import Contact, User
from tracker.core import events
from tracker.core.audit import register_check
from tracker.core.db import SHORT, db
from tracker.core.files import StoredFile
from tracker.core.permissions import DRAFT_READERS, Person, Role
from tracker.directory.models import Board, BoardMeeting, Programme, Taskforce
from tracker.letters.models import Letter, LetterRecommendation, Recommendation
from tracker.papers.models import Paper, PaperAssignment, PaperInvitation, PaperLead
from tracker.papers.rules import PaperState
from tracker.recommendations.models import Assignment
from tracker.web.fields import FORBIDDEN
from tracker.web.tables import Page, Sort, page

ISSUED = (PaperState.SUBMITTED, PaperState.CONSIDERED, PaperState.RECORDED)
_id = Paper.__table__.c.id
SORTS = (
    Sort("-meeting", BoardMeeting.__table__.c.held_on, _id, descending=True),
    Sort("meeting", BoardMeeting.__table__.c.held_on, _id),
    Sort("reference", Paper.__table__.c.reference, _id),
    Sort("title", func.lower(Paper.title, type_=SHORT), _id),
)


def visible_papers(person: Person) -> ColumnElement[bool]:
    """Papers that `person` may read (product.md, Who uses it).

    Drafts are for those who write, decide or audit, and issued ones for members too; a lead director reads their own.
    """
    return papers_visible_to(person.contact_id, person.taskforces(DRAFT_READERS), person.taskforces())


def papers_visible_to(contact_id: Any, drafts: Any, taskforces: Any) -> ColumnElement[bool]:
    """The same by a contact's id and the ids of the taskforces whose drafts and whose issued papers they read."""
    leads = select(PaperLead.id).where(PaperLead.paper_id == Paper.id, PaperLead.contact_id == contact_id)
    return or_(
        Paper.taskforce_id.in_(drafts),
        and_(Paper.state.in_(ISSUED), Paper.taskforce_id.in_(taskforces)),
        leads.exists(),
    )


def get_paper_for(person: Person, key: str) -> Paper | None:
    """The paper with this reference and all that its pages show; None where `person` may not see it."""
    return db.session.scalars(_whole().where(Paper.reference == key, visible_papers(person))).unique().one_or_none()


def get_paper_of_invitation(person: Person, key: str, invitation_id: int) -> Paper | None:
    """The paper, where the invitation is one of its own."""
    paper = get_paper_for(person, key)
    return paper if paper and any(i.id == invitation_id for i in paper.invitations) else None


def get_paper(reference: str) -> Paper | None:
    """The paper with this reference, whoever asks: for commands."""
    return db.session.scalars(_whole().where(Paper.reference == reference)).unique().one_or_none()


def _whole() -> Any:
    return select(Paper).options(
        joinedload(Paper.taskforce),
        joinedload(Paper.board_meeting).joinedload(BoardMeeting.board),
        joinedload(Paper.cleared_by),
        selectinload(Paper.leads).joinedload(PaperLead.contact),
        selectinload(Paper.invitations),
    )


def list_papers(person: Person, arguments: Mapping[str, str]) -> Page:
    """A page of papers; filters `taskforce` (code), `state` and `meeting` (id). Two queries."""
    statement: Any = (
        select(
            Paper.id,
            Paper.reference,
            Paper.board_reference,
            Paper.title,
            Paper.state,
            BoardMeeting.held_on,
            Board.name.label("board"),
        )
        .join(BoardMeeting, BoardMeeting.id == Paper.board_meeting_id)
        .join(Board, Board.id == BoardMeeting.board_id)
        .join(Taskforce, Taskforce.id == Paper.taskforce_id)
        .where(visible_papers(person))
    )
    if code := FORBIDDEN.sub("", arguments.get("taskforce", "")):
        statement = statement.where(Taskforce.code == code)
    if (state := arguments.get("state")) in list(PaperState):
        statement = statement.where(Paper.state == PaperState(state))
    meeting = arguments.get("meeting", "")
    if meeting.isascii() and meeting.isdigit() and len(meeting) < 10:
        statement = statement.where(Paper.board_meeting_id == int(meeting))
    return page(db.session(), statement, SORTS, arguments)


def list_reported(paper_id: int) -> Sequence[Row[Any]]:
    """The recommendations that a paper reports on as they stand now, in the order of their references."""
    statement = (
        _assignments()
        .join(PaperAssignment, PaperAssignment.assignment_id == Assignment.id)
        .where(PaperAssignment.paper_id == paper_id)
        .order_by(Letter.id, LetterRecommendation.place, Assignment.id)
    )
    return db.session.execute(statement).all()


def list_offered(paper: Paper, arguments: Mapping[str, str]) -> Page:
    """A page of the taskforce's recommendations to report on, those that no other paper has reported first.

    Filter `letter` (its reference). Each row says whether this paper reports it, and whether another one has.
    """
    here = select(PaperAssignment.id).where(
        PaperAssignment.assignment_id == Assignment.id, PaperAssignment.paper_id == paper.id
    )
    elsewhere = select(PaperAssignment.id).where(
        PaperAssignment.assignment_id == Assignment.id, PaperAssignment.paper_id != paper.id
    )
    reported = case((elsewhere.exists(), 1), else_=0)
    statement = (
        _assignments()
        .add_columns(here.exists().label("here"), reported.label("reported"))
        .where(Assignment.taskforce_id == paper.taskforce_id)
    )
    if letter := FORBIDDEN.sub("", arguments.get("letter", "")).strip().upper():
        statement = statement.where(Letter.reference == letter)
    return page(db.session(), statement, (Sort("new", reported, Assignment.__table__.c.id),), arguments, size=25)


def list_own_assignments(taskforce_id: int, ids: Sequence[int]) -> list[int]:
    """Which of `ids` are assignments of the taskforce."""
    statement = select(Assignment.id).where(Assignment.id.in_(ids), Assignment.taskforce_id == taskforce_id)
    return list(db.session.scalars(statement.order_by(Assignment.id)))


def _assignments() -> Any:
    return (
        select(
            Assignment.id,
            Recommendation.reference,
            LetterRecommendation.title,
            LetterRecommendation.text,
            LetterRecommendation.board_wording,
            Programme.name.label("programme"),
            Assignment.status,
            Assignment.position,
            Assignment.due_on,
            Assignment.due_stated,
        )
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .join(LetterRecommendation, LetterRecommendation.id == Assignment.wording_id)
        .join(Letter, Letter.id == Assignment.letter_id)
        .join(Programme, Programme.id == Assignment.programme_id)
    )


def list_leads_without_account(paper: Paper) -> list[Contact]:
    """The lead directors who cannot clear by their own click: no account, or one that is shut or never set up."""
    works = select(User.contact_id).where(
        User.contact_id.in_(paper.lead_contact_ids), User.disabled_at.is_(None), User.password_hash.is_not(None)
    )
    able = set(db.session.scalars(works))
    return [lead.contact for lead in paper.leads if lead.contact_id not in able]


def last_changed(paper: Paper) -> datetime:
    """The time of the newest entry about the paper in the audit log."""
    statement = select(func.max(events.Event.happened_at)).where(
        events.Event.subject_kind == Paper.__tablename__, events.Event.subject_id == paper.id
    )
    return db.session.execute(statement).scalar_one()


def list_papers_waiting_for(person: Person, limit: int) -> Sequence[Row[Any]]:
    """Papers with a next step for `person`, by board meeting: a lead director's to clear, all that is under way for
    the secretariat. Each row says whether the person leads it, and whether an invitation is without an outcome.
    """
    lead = select(PaperLead.id).where(PaperLead.paper_id == Paper.id, PaperLead.contact_id == person.contact_id)
    theirs = and_(Paper.state == PaperState.WITH_LEAD_DIRECTOR, lead.exists())
    undecided = select(PaperInvitation.id).where(
        PaperInvitation.paper_id == Paper.id, PaperInvitation.outcome.is_(None)
    )
    secretariat = and_(
        Paper.taskforce_id.in_(person.taskforces({Role.SECRETARIAT})),
        Paper.state.in_((PaperState.DRAFT, PaperState.WITH_LEAD_DIRECTOR, PaperState.CLEARED, PaperState.SUBMITTED)),
    )
    statement = (
        select(
            Paper.reference,
            Paper.title,
            Paper.state,
            BoardMeeting.held_on,
            case((lead.exists(), True), else_=False).label("leads"),
            case((undecided.exists(), True), else_=False).label("undecided"),
        )
        .join(BoardMeeting, BoardMeeting.id == Paper.board_meeting_id)
        .where(or_(theirs, secretariat))
        .order_by(BoardMeeting.held_on, Paper.id)
        .limit(limit)
    )
    return db.session.execute(statement).all()


@register_check
def _missing_files() -> Iterator[str]:
    """A paper that was cleared has the file that was cleared."""
    stored = select(StoredFile.sha256).where(StoredFile.sha256 == Paper.file_sha256)
    statement = select(Paper.reference).where(Paper.file_sha256.is_not(None), ~stored.exists()).order_by(Paper.id)
    for reference in db.session.scalars(statement):
        yield f"the cleared file of paper {reference} is missing"
