"""Loads the facts of first_cycle.py. The system is the actor throughout: nothing is credited to a named person."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import select

from tracker.accounts.models import Contact
from tracker.actions.operations import raise_action
from tracker.core import events
from tracker.core.db import db
from tracker.core.files import DOCX
from tracker.demo import first_cycle as facts
from tracker.demo.note import note_in_place_of_letter
from tracker.directory.models import Board, BoardMeeting, Membership, Programme, SroAppointment, Taskforce
from tracker.letters.content import Ask, Content
from tracker.letters.models import Letter
from tracker.letters.operations import Addressed, Draft, Upload, record_letter
from tracker.letters.rules import LetterKind, Placement
from tracker.papers import operations as papers
from tracker.papers import queries as paper_queries
from tracker.papers.models import Paper
from tracker.papers.rules import Duty
from tracker.recommendations.models import Assignment
from tracker.workshops import operations as workshops
from tracker.workshops.models import Workshop
from tracker.workshops.rules import Capacity

events.register_verbs({"demonstration_loaded": "loaded this with the demonstration"})
Row = TypeVar("Row")


def keep(row: Row) -> Row:
    """Add a row of the directory, as the system."""
    db.session.add(row)
    db.session.flush()
    events.record(None, "demonstration_loaded", row)
    return row


def load_directory() -> None:
    """The board, the taskforce with its seats, and the programme with its SRO."""
    board = keep(Board(name=facts.BOARD, organisation=facts.ORGANISATION))
    keep(BoardMeeting(board_id=board.id, held_on=facts.BOARD_MEETING))
    taskforce = keep(
        Taskforce(
            code=facts.TASKFORCE_CODE,
            name=facts.TASKFORCE_NAME,
            remit=facts.REMIT,
            terms_of_reference=facts.TERMS,
            terms_agreed_on=facts.TERMS_AGREED,
            terms_review_stated=facts.TERMS_REVIEW,
            board_id=board.id,
            period_stated=facts.PERIOD,
            secretariat_stated=facts.SECRETARIAT,
            sender_address=facts.SENDER_ADDRESS,
            classification=facts.LETTER_CLASSIFICATION,
        )
    )
    for place, member in enumerate(facts.MEMBERS):
        held = (member.name, member.job_title, member.organisation)
        contact = _contact(taskforce, *held) if member.name else None
        seat = {"position": member.position, "represents": member.represents, "place": place}
        keep(Membership(taskforce_id=taskforce.id, contact_id=contact.id if contact else None, **seat))
    code, name = facts.PROGRAMME
    programme = keep(Programme(code=code, name=name, organisation=facts.ORGANISATION))
    sro = _contact(taskforce, *facts.SRO, salutation=facts.SALUTATION.removeprefix("Dear "))
    keep(SroAppointment(programme_id=programme.id, contact_id=sro.id))
    _contact(taskforce, *facts.AUTHOR)
    for name in facts.PRESENTERS:
        _contact(taskforce, name, "", "")


def _contact(taskforce: Taskforce, name: str, job_title: str, organisation: str, salutation: str = "") -> Contact:
    job = {"job_title": job_title, "organisation": organisation, "salutation": salutation}
    return keep(Contact(taskforce_id=taskforce.id, name=name, **job))


def load_business() -> None:
    """The workshop, the recorded letter with its asks and actions, and the recorded paper."""
    taskforce = db.session.scalars(select(Taskforce).where(Taskforce.code == facts.TASKFORCE_CODE)).one()
    programme = db.session.scalars(select(Programme).where(Programme.code == facts.PROGRAMME[0])).one()
    contacts = {c.name: c.id for c in db.session.scalars(select(Contact).where(Contact.taskforce_id == taskforce.id))}
    workshop, points = _workshop(taskforce, programme, contacts)
    letter = _letter(taskforce, programme, contacts, workshop, points)
    for title in facts.ACTIONS:
        owner_id = contacts[facts.AUTHOR[0]]
        raise_action(taskforce, title=title, owner_id=owner_id, due_on=None, origin_id=letter.origin_id, by=None)
    raise_action(taskforce, title=facts.FEEDBACK, owner_id=None, due_on=None, origin_id=letter.origin_id, by=None)
    _paper(taskforce, contacts, letter)


def _workshop(taskforce: Taskforce, programme: Programme, contacts: dict[str, int]) -> tuple[Workshop, dict[str, int]]:
    details = workshops.WorkshopDetails(facts.WORKSHOP_TITLE, programme.id, facts.WORKSHOP_DATE, "")
    workshop = workshops.plan_workshop(taskforce, details, by=None)
    workshops.hold_workshop(workshop, by=None)
    for name in facts.PRESENTERS:
        workshops.add_participant(
            workshop, contact_id=contacts[name], name="", organisation="", capacity=Capacity.PRESENTER, by=None
        )
    points = {}
    for p in facts.POINTS:
        said = workshops.PointDetails(p.text, p.kind, p.focus_area, p.theme, p.principle, p.source, p.could_identify)
        points[p.name] = workshops.add_point(workshop, said, by=None).id
    return workshop, points


def _letter(
    taskforce: Taskforce, programme: Programme, contacts: dict[str, int], workshop: Workshop, points: dict[str, int]
) -> Letter:
    asks = tuple(
        Ask(0, Placement.IN_TEXT, a.kind, a.title, a.text, a.board_wording, "", tuple(points[p] for p in a.points))
        for a in facts.ASKS
    )
    content = Content(
        organisation=facts.ORGANISATION,
        unit=facts.TASKFORCE_NAME,
        sender_address=tuple(facts.SENDER_ADDRESS.splitlines()),
        classification=facts.LETTER_CLASSIFICATION,
        addressee=(facts.SRO[0], "SRO", programme.name),
        salutation=facts.SALUTATION,
        recommendations=asks,
        signatory=(facts.MEMBERS[0].name, "Taskforce Chair", "Non-Executive Director, NHS England"),
    )
    draft = Draft(
        kind=LetterKind.LETTER,
        workshop_id=workshop.id,
        to=Addressed(contacts[facts.SRO[0]], programme.id),
        letter_date=facts.LETTER_DATE,
        response_due_on=None,
        response_due_stated=facts.DUE_STATED,
        content=content,
    )
    return record_letter(taskforce, draft, Upload(note_in_place_of_letter(), DOCX), by=None)


def _paper(taskforce: Taskforce, contacts: dict[str, int], letter: Letter) -> None:
    meeting = db.session.scalars(select(BoardMeeting).where(BoardMeeting.held_on == facts.BOARD_MEETING)).one()
    reference = papers.start_paper(taskforce, meeting.id, facts.PAPER_TITLE, by=None, recorded=True).reference
    authors = (facts.AUTHOR[0], facts.MEMBERS[3].name)
    jobs = {facts.AUTHOR[0]: facts.AUTHOR[1], facts.MEMBERS[3].name: facts.MEMBERS[3].job_title}
    details = papers.PaperDetails(
        board_meeting_id=meeting.id,
        board_reference=facts.PAPER_REFERENCE,
        title=facts.PAPER_TITLE,
        lead_ids=(contacts["Jane Cummings"],),
        purpose=facts.PAPER_PURPOSE,
        for_decision=True,
        for_discussion=False,
        for_information=False,
        involvement="",
        duty=Duty.NOT_STATED,
        duty_text="",
        invitations=tuple((None, text) for text in facts.INVITATIONS),
        authors="\n".join(f"{name}, {jobs[name]}" for name in authors),
        classification="",
    )
    papers.edit_paper(_loaded(reference), details, by=None)
    assignments = list(db.session.scalars(select(Assignment).where(Assignment.letter_id == letter.id)).all())
    # The paper letters the first two asks; it leaves the third out.
    papers.set_reported(_loaded(reference), (), [a.id for a in sorted(assignments, key=lambda a: a.id)[:2]], by=None)


def _loaded(reference: str) -> Paper:
    """The paper as its pages load it, after what was changed just now."""
    db.session.flush()
    db.session.expire_all()
    paper = paper_queries.get_paper(reference)
    if paper is None:
        raise LookupError(reference)
    return paper
