"""Verbal updates: what a programme said by phone or at a meeting, entered for it. No answer until it is confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.core import clock, events
from tracker.core.db import db, touch
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.correspondence.operations import EntryDetails, note_from_product
from tracker.correspondence.rules import Direction, EntryKind
from tracker.recommendations import answering, queries
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Answer, Response, VerbalUpdate
from tracker.recommendations.rules import (
    AnswerPosition,
    AssignmentStatus,
    ResponseState,
    VerbalHow,
    VerbalOutcome,
    with_verbal_update,
)

events.register_verbs(
    {
        "verbal_update_entered": "entered a verbal update",
        "verbal_update_confirmed": "confirmed the verbal update",
        "verbal_update_not_confirmed": "said that the verbal update is not right",
    }
)


@dataclass(frozen=True)
class Said:
    """What somebody said, when and where, and the position in it."""

    by: str
    on: date
    how: VerbalHow
    position: AnswerPosition
    text: str


def enter(assignment: Assignment, said: Said, *, by: Person) -> VerbalUpdate:
    """Enter what a programme said about a recommendation; it moves no state, and stands in the correspondence.

    Raises RuleBroken for a day to come, and for a recommendation that is closed.
    """
    if said.on > clock.today():
        raise RuleBroken("The day it was said cannot be in the future", field="said_on")
    if assignment.status is not AssignmentStatus.OPEN:
        raise RuleBroken("The recommendation is closed. Reopen it first.")
    now, reference = clock.now(), assignment.recommendation.reference
    details = EntryDetails(
        kind=EntryKind.VERBAL_UPDATE,
        direction=Direction.IN,
        happened_on=said.on,
        from_whom=f"{said.by}, {assignment.programme.name}",
        to_whom=by.name,
        subject=f"{said.how.label}, on {reference}",
        text=said.text,
    )
    entry = note_from_product(
        assignment.letter, details, cause=f"verbal-update:{assignment.id}:{now.isoformat()}", by=by
    )
    update = VerbalUpdate(
        assignment_id=assignment.id,
        entry_id=entry.id,
        said_by=said.by,
        said_on=said.on,
        said_how=said.how,
        position=said.position,
        text=said.text,
        entered_by_id=by.contact_id,
        entered_at=now,
        decided_note="",
    )
    db.session.add(update)
    events.record(by, "verbal_update_entered", assignment, said_by=said.by, said_on=said.on, how=said.how)
    db.session.flush()
    return update


def decide(update: VerbalUpdate, outcome: VerbalOutcome, note: str, *, by: Person) -> bool:
    """Say for the programme whether a verbal update is right; whether its words went into the draft answer.

    A confirmed one goes into the draft, marked where it came from, to be signed off like any answer; a response that
    was signed off in part is taken up again for it. Raises RuleBroken for one that is decided already.
    """
    if update.outcome is not None:
        raise RuleBroken("Somebody of your programme has answered this already.")
    update.outcome, update.decided_note = outcome, note
    update.decided_at, update.decided_by_id = clock.now(), by.contact_id
    assignment = update.assignment
    if outcome is VerbalOutcome.NOT_CONFIRMED:
        events.record(by, "verbal_update_not_confirmed", assignment, reason=note)
        db.session.flush()
        return False
    response = queries.get_draft_of(assignment)
    goes_in = response is not None and _is_open(response, by)
    if response is not None and goes_in:
        _put_into(response, update, by)
    events.record(by, "verbal_update_confirmed", assignment)
    db.session.flush()
    return goes_in


def _is_open(response: Response, by: Person) -> bool:
    """Whether an answer can be written, once a response that was signed off in part is taken up again."""
    if answering.can_continue(response):
        answering.continue_response(response, by=by)
    return response.state is ResponseState.DRAFT


def _put_into(response: Response, update: VerbalUpdate, by: Person) -> None:
    known = {answer.assignment_id: answer for answer in response.answers}
    answer = known.get(update.assignment_id)
    if answer is None:
        answer = Answer(response=response, assignment_id=update.assignment_id, text="", planned_actions=[])
        db.session.add(answer)
    answer.text = with_verbal_update(answer.text, update.text, update.said_by, update.said_how, update.said_on)
    if update.position is not AnswerPosition.AWAITING:
        answer.position = update.position
    answer.edited_by_id, answer.edited_at = by.contact_id, clock.now()
    touch(response)
    events.record(by, "answers_saved", response, answers=[update.assignment.recommendation.reference])
