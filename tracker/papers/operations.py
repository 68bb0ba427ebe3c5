"""What is done to board papers. Each verb checks its rule, changes, records, and flushes; the wrapper commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.actions.models import Origin
from tracker.core import clock, events, files, outbox, references
from tracker.core.db import db, touch
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.directory.models import Taskforce
from tracker.papers import documents, queries
from tracker.papers.models import Paper, PaperAssignment, PaperInvitation, PaperLead
from tracker.papers.rules import (
    EDITABLE,
    Duty,
    Filled,
    PaperState,
    ResolutionOutcome,
    can_consider,
    can_move,
    missing,
    why_not_resolved,
)

events.register_verbs(
    {
        "paper_started": "started the paper",
        "paper_recorded": "recorded the paper",
        "paper_edited": "edited the cover sheet",
        "paper_reporting_changed": "changed which recommendations the paper reports on",
        "paper_sent_to_lead": "sent the paper to the lead director",
        "paper_cleared": "cleared the paper",
        "paper_clearance_recorded": "recorded the lead director’s clearance",
        "paper_returned": "returned the paper",
        "paper_reopened": "reopened the paper: its clearance is void",
        "paper_submitted": "submitted the paper to the board",
        "paper_resolution_recorded": "recorded a resolution of the board",
        "paper_considered": "marked the paper as considered",
    }
)
OWN_CLICK = "In Taskforce Tracker"
NEEDS_REASON = "Enter a reason"


@dataclass(frozen=True)
class PaperDetails:
    """What a cover sheet says, as its form gives it. An invitation is (its id, or None for a new one; its text)."""

    board_meeting_id: int
    board_reference: str
    title: str
    lead_ids: Sequence[int]
    purpose: str
    for_decision: bool
    for_discussion: bool
    for_information: bool
    involvement: str
    duty: Duty
    duty_text: str
    invitations: Sequence[tuple[int | None, str]]
    authors: str
    classification: str


_PLAIN = tuple(n for n in PaperDetails.__annotations__ if n not in {"lead_ids", "invitations"})


def filled(paper: Paper) -> Filled:
    """Which parts of the cover sheet of `paper` have something in them."""
    return Filled(
        leads=bool(paper.leads),
        purpose=bool(paper.purpose),
        decision_for=paper.for_decision or paper.for_discussion or paper.for_information,
        involvement=bool(paper.involvement),
        duty=paper.duty in {Duty.APPLIES, Duty.DOES_NOT_APPLY},
        invitations=bool(paper.invitations),
        authors=bool(paper.authors),
        board_reference=bool(paper.board_reference),
    )


def start_paper(
    taskforce: Taskforce, board_meeting_id: int, title: str, *, by: Person | None, recorded: bool = False
) -> Paper:
    """A new paper of `taskforce` with a reference of its own (EPC-P01).

    `recorded`: it went to the board before the product came, and nobody's clearance is claimed for it.
    """
    origin = Origin(taskforce_id=taskforce.id)
    db.session.add(origin)
    db.session.flush()
    paper = Paper(
        taskforce_id=taskforce.id,
        origin_id=origin.id,
        reference=references.allot(taskforce.id, taskforce.code, "P"),
        board_meeting_id=board_meeting_id,
        title=title,
        classification=taskforce.classification,
        state=PaperState.RECORDED if recorded else PaperState.DRAFT,
    )
    db.session.add(paper)
    db.session.flush()
    events.record(by, "paper_recorded" if recorded else "paper_started", paper)
    return paper


def edit_paper(paper: Paper, details: PaperDetails, *, by: Person | None) -> None:
    """Change what the cover sheet says. Raises RuleBroken for a paper that is with its lead director or cleared."""
    _check_editable(paper)
    if details.duty is Duty.DOES_NOT_APPLY and not details.duty_text:
        raise RuleBroken("Enter why the duty does not apply", field="duty_text")
    for name in _PLAIN:
        setattr(paper, name, getattr(details, name))
    changed: dict[str, Any] = events.changes(paper)
    if (leads := [lead.contact_id for lead in paper.leads]) != list(details.lead_ids):
        changed["leads"] = [leads, list(details.lead_ids)]
        _set_leads(paper, details.lead_ids)
    texts = [i.text for i in paper.invitations]
    if [(i.id, i.text) for i in paper.invitations] != list(details.invitations):
        changed["invitations"] = [texts, [text for _, text in details.invitations]]
        _set_invitations(paper, details.invitations)
    if not changed:
        return
    touch(paper)
    events.record(by, "paper_edited", paper, **changed)
    db.session.flush()
    db.session.expire(paper, ["leads", "invitations"])


def _check_editable(paper: Paper) -> None:
    if paper.state not in EDITABLE:
        raise RuleBroken(f"The paper is {_lower(paper.state)}. Only a draft can be changed.")


def _lower(state: PaperState) -> str:
    return state.label.lower()


def _set_leads(paper: Paper, contact_ids: Sequence[int]) -> None:
    known = {lead.contact_id: lead for lead in paper.leads}
    for contact_id in known.keys() - set(contact_ids):
        db.session.delete(known[contact_id])
    for place, contact_id in enumerate(contact_ids):
        if contact_id in known:
            known[contact_id].place = place
        else:
            db.session.add(PaperLead(paper_id=paper.id, contact_id=contact_id, place=place))


def _set_invitations(paper: Paper, wanted: Sequence[tuple[int | None, str]]) -> None:
    known = {invitation.id: invitation for invitation in paper.invitations}
    kept = {row_id: text for row_id, text in wanted if row_id in known}
    for invitation in known.values():
        if invitation.outcome is not None and kept.get(invitation.id) != invitation.text:
            raise RuleBroken("The board has resolved one of these: its words stay as they are.", field="invitations")
        if invitation.id not in kept:
            db.session.delete(invitation)
    for place, (row_id, text) in enumerate(wanted):
        if row_id in known:
            known[row_id].place, known[row_id].text = place, text
        else:
            db.session.add(PaperInvitation(paper_id=paper.id, place=place, text=text))


def set_reported(paper: Paper, shown: Sequence[int], chosen: Sequence[int], *, by: Person | None) -> None:
    """Report on those of the assignments `shown` that are `chosen`, and not on the others of them."""
    _check_editable(paper)
    statement = select(PaperAssignment).where(
        PaperAssignment.paper_id == paper.id, PaperAssignment.assignment_id.in_(shown)
    )
    known = {row.assignment_id: row for row in db.session.scalars(statement)}
    added, removed = set(chosen) - known.keys(), known.keys() - set(chosen)
    if not added and not removed:
        return
    for assignment_id in removed:
        db.session.delete(known[assignment_id])
    db.session.add_all(PaperAssignment(paper_id=paper.id, assignment_id=i) for i in sorted(added))
    touch(paper)
    events.record(by, "paper_reporting_changed", paper, added=sorted(added), removed=sorted(removed))
    db.session.flush()


def send_to_lead(paper: Paper, *, by: Person) -> None:
    """Send a draft to its lead directors, who are told by e-mail. Raises RuleBroken where parts are missing."""
    _check_move(paper, PaperState.WITH_LEAD_DIRECTOR)
    if lacks := missing(filled(paper)):
        raise RuleBroken(f"The paper is not complete. {'; '.join(todo.words for todo in lacks)}.")
    paper.state = PaperState.WITH_LEAD_DIRECTOR
    events.record(by, "paper_sent_to_lead", paper)
    db.session.flush()
    for lead in paper.leads:
        if lead.contact.email:
            cause = f"paper_sent_to_lead:{paper.id}:{paper.version}"
            outbox.queue_mail(cause, lead.contact.email, f"Board paper to clear: {paper.title}", _mail(paper))


def _mail(paper: Paper) -> str:
    day = paper.board_meeting.held_on
    return (
        f"A board paper waits for your clearance as its lead director.\n\n{paper.reference}: {paper.title}\n"
        f"Board meeting: {day.day} {day:%B %Y}, {paper.board_meeting.board.name}\n\n"
        "If you have an account, sign in to Taskforce Tracker and open it under Due for me. If not, ask the "
        "secretariat for the paper and tell them whether you clear it.\n"
    )


def _check_move(paper: Paper, to: PaperState) -> None:
    if not can_move(paper.state, to):
        raise RuleBroken(f"The paper is {_lower(paper.state)} now. Look at it again.")


def clear_paper(paper: Paper, *, by: Person) -> None:
    """A lead director clears the paper by their own click: its Word file is made now and kept for good."""
    if by.contact_id not in paper.lead_contact_ids:
        raise RuleBroken("Only a lead director of the paper clears it.")
    _clear(paper, by.contact_id, clock.today(), OWN_CLICK)
    events.record(by, "paper_cleared", paper, file=paper.file_sha256)
    db.session.flush()


def record_clearance(paper: Paper, lead_id: int | None, cleared_on: date, how: str, *, by: Person) -> None:
    """The secretariat writes down how a lead director without an account gave their clearance.

    Raises RuleBroken for a lead who can sign in (they click for themselves), no words, or a date to come.
    """
    able_to_click = lead_id not in {contact.id for contact in queries.list_leads_without_account(paper)}
    if able_to_click:
        raise RuleBroken("Choose a lead director of the paper who has no account", field="lead")
    if not how:
        raise RuleBroken("Enter how the clearance was given", field="how")
    if cleared_on > clock.today():
        raise RuleBroken("The date of the clearance must be today or in the past", field="cleared_on")
    _clear(paper, lead_id, cleared_on, how)
    events.record(by, "paper_clearance_recorded", paper, on_behalf_of_id=lead_id, how=how, file=paper.file_sha256)
    db.session.flush()


def _clear(paper: Paper, lead_id: int | None, on: date, how: str) -> None:
    _check_move(paper, PaperState.CLEARED)
    paper.file_sha256 = files.store(documents.cleared_document(paper), files.DOCX)
    paper.cleared_by_id, paper.cleared_on, paper.cleared_how = lead_id, on, how
    paper.state = PaperState.CLEARED


def return_paper(paper: Paper, reason: str, *, by: Person) -> None:
    """Back to draft from the lead director, with a reason."""
    _check_move(paper, PaperState.DRAFT)
    if paper.state is not PaperState.WITH_LEAD_DIRECTOR:
        raise RuleBroken("The paper is cleared: reopen it instead.")
    _back_to_draft(paper, "paper_returned", reason, by)


def reopen_paper(paper: Paper, reason: str, *, by: Person) -> None:
    """Back to draft after clearance, which is void then; the file that was cleared stays in the store."""
    _check_move(paper, PaperState.DRAFT)
    if paper.state is not PaperState.CLEARED:
        raise RuleBroken("The paper is not cleared.")
    _back_to_draft(paper, "paper_reopened", reason, by)


def _back_to_draft(paper: Paper, verb: str, reason: str, by: Person) -> None:
    if not reason:
        raise RuleBroken(NEEDS_REASON, field="reason")
    paper.state = PaperState.DRAFT
    paper.file_sha256, paper.cleared_by_id, paper.cleared_on, paper.cleared_how = None, None, None, ""
    changed: dict[str, Any] = events.changes(paper)
    events.record(by, verb, paper, reason=reason, **changed)
    db.session.flush()


def submit_paper(paper: Paper, *, by: Person) -> None:
    """The cleared paper has gone to the board."""
    _check_move(paper, PaperState.SUBMITTED)
    paper.state = PaperState.SUBMITTED
    events.record(by, "paper_submitted", paper)
    db.session.flush()


def record_resolution(
    paper: Paper,
    invitation: PaperInvitation,
    outcome: ResolutionOutcome,
    resolved_on: date,
    minute_reference: str,
    note: str,
    *,
    by: Person | None,
) -> None:
    """What the board did with one invitation.

    Raises RuleBroken before submission, for a day before the board meeting and for a day to come.
    """
    if problem := why_not_resolved(paper.state, resolved_on, paper.board_meeting.held_on, clock.today()):
        raise RuleBroken(problem, field="resolved_on")
    invitation.outcome, invitation.resolved_on = outcome, resolved_on
    invitation.minute_reference, invitation.note = minute_reference, note
    changed: dict[str, Any] = events.changes(invitation)
    if not changed:
        return
    touch(paper)
    events.record(by, "paper_resolution_recorded", paper, invitation=invitation.text, **changed)
    db.session.flush()


def consider_paper(paper: Paper, *, by: Person) -> None:
    """The board has dealt with every invitation of the paper."""
    if not can_consider(paper.state, [i.outcome for i in paper.invitations]):
        raise RuleBroken("Record the board’s resolution on every invitation first.")
    paper.state = PaperState.CONSIDERED
    events.record(by, "paper_considered", paper)
    db.session.flush()
