"""The invented taskforce’s board papers, as far as each has come."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.demo import invented as plan
from tracker.demo.story import People, on, the_taskforce
from tracker.directory.models import BoardMeeting
from tracker.letters.models import Letter
from tracker.papers import operations as papers
from tracker.papers import queries as paper_queries
from tracker.papers.models import Paper
from tracker.papers.rules import Duty, ResolutionOutcome
from tracker.recommendations.models import Assignment

_PAPERS = (
    ("Progress report of the taskforce, spring 2026", 0, "considered", date(2026, 4, 21)),
    ("Progress report of the taskforce, autumn 2026", 1, "submitted", date(2026, 10, 26)),
    ("What carers told us in 2026", 2, "with_lead", date(2026, 11, 18)),
    ("Plan of workshops for 2027", 2, "draft", date(2026, 11, 19)),
)
_INVITATIONS = ("Note what the taskforce has heard and asked for.", "Agree the next two workshops.")


def play_papers(people: People) -> None:
    """Each paper, with what it reports."""
    for number, (title, meeting, story, day) in enumerate(_PAPERS, 1):
        _paper(people, f"EH/26/{number:02d}", title, plan.BOARD_MEETINGS[meeting], story, day)


def _paper(people: People, board_reference: str, title: str, held_on: date, story: str, day: date) -> None:
    secretary, lead = people[plan.SECRETARY], people[plan.LEAD]
    with on(day):
        taskforce = the_taskforce()
        meeting = select(BoardMeeting.id).where(
            BoardMeeting.held_on == held_on, BoardMeeting.board_id == taskforce.board_id
        )
        meeting_id = db.session.execute(meeting).scalar_one()
        reference = papers.start_paper(taskforce, meeting_id, title, by=secretary).reference
    if story == "draft":
        return
    details = papers.PaperDetails(
        board_meeting_id=meeting_id,
        board_reference=board_reference,
        title=title,
        lead_ids=(lead.contact_id,),
        purpose="Reports what patients, carers and the voluntary sector said, what was asked for, and what came of it.",
        for_decision=True,
        for_discussion=False,
        for_information=True,
        involvement="Each letter follows a workshop with patients, carers and charities in the room.",
        duty=Duty.APPLIES,
        duty_text="The workshops are part of how the duty is met.",
        invitations=tuple((None, text) for text in _INVITATIONS),
        authors=f"{secretary.name}",
        classification="OFFICIAL",
    )
    with on(day + timedelta(days=1)):
        paper = _loaded_paper(secretary, reference)
        papers.edit_paper(paper, details, by=secretary)
    with on(day + timedelta(days=1), 11):
        paper = _loaded_paper(secretary, reference)
        issued = (Assignment.taskforce_id == paper.taskforce_id, Letter.letter_date <= day)
        seen = select(Assignment.id).join(Letter, Letter.id == Assignment.letter_id).where(*issued)
        papers.set_reported(paper, (), list(db.session.scalars(seen.order_by(Assignment.id))), by=secretary)
    with on(day + timedelta(days=2)):
        papers.send_to_lead(_loaded_paper(secretary, reference), by=secretary)
    if story == "with_lead":
        return
    with on(day + timedelta(days=3)):
        papers.clear_paper(_loaded_paper(lead, reference), by=lead)
    with on(day + timedelta(days=4)):
        papers.submit_paper(_loaded_paper(secretary, reference), by=secretary)
    if story == "considered":
        _resolve(people, reference, held_on)


def _resolve(people: People, reference: str, held_on: date) -> None:
    secretary = people[plan.SECRETARY]
    outcomes = (ResolutionOutcome.NOTED, ResolutionOutcome.AGREED)
    with on(held_on + timedelta(days=5)):
        paper = _loaded_paper(secretary, reference)
        for place, (invitation, outcome) in enumerate(zip(paper.invitations, outcomes, strict=True), 1):
            minute = f"26/{place}"
            papers.record_resolution(paper, invitation, outcome, held_on, minute, "", by=secretary)
    with on(held_on + timedelta(days=5), 11):
        papers.consider_paper(_loaded_paper(secretary, reference), by=secretary)


def _loaded_paper(person: Person, reference: str) -> Paper:
    paper = paper_queries.get_paper_for(person, reference)
    if paper is None:
        raise LookupError(reference)
    return paper
