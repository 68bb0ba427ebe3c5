"""Reads round a response: who may have agreed, what was asked about answers, and what was said of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased, joinedload

from tracker.accounts.models import Contact, Grant
from tracker.core import clock
from tracker.core.db import db
from tracker.core.permissions import Person, Role
from tracker.directory.models import SroAppointment
from tracker.recommendations.models import Assignment
from tracker.recommendations.queries import get_assignment_for, get_draft, get_draft_for, get_response_for
from tracker.recommendations.response_models import Clarification, Response, Submission, VerbalUpdate


@dataclass(frozen=True)
class Clarified:
    """What was asked about an answer, and what was said to it, as far as it is signed off."""

    question: str
    asked_by: str
    asked_at: datetime
    reply: str
    replied_by: str


def get_to_agree_for(person: Person, key: str, code: str) -> Response | None:
    """The response with its draft, for those who record that its SRO agreed: its programme, or the secretariat."""
    found = get_draft_for(person, key, code)
    if found is None or found.programme_id in person.programmes() or not found.is_ready:
        return found
    return get_draft(found.id)


def get_agreed_for(person: Person, key: str, code: str, number: int) -> Response | None:
    """The response, where it was signed off so often."""
    found = get_response_for(person, key, code)
    return found if found is not None and 1 <= number <= len(found.submissions) else None


def list_sros(response: Response) -> Sequence[Contact]:
    """Who was a senior responsible owner of the programme at some time since the letter, by name."""
    since = response.letter.letter_date or clock.today()
    appointed = select(SroAppointment.contact_id).where(
        SroAppointment.programme_id == response.programme_id,
        or_(SroAppointment.until_on.is_(None), SroAppointment.until_on >= since),
    )
    granted = select(Grant.contact_id).where(
        Grant.programme_id == response.programme_id,
        Grant.role == Role.SRO,
        or_(Grant.until_on.is_(None), Grant.until_on >= since),
    )
    named = select(Contact).where(or_(Contact.id.in_(appointed), Contact.id.in_(granted)))
    return db.session.scalars(named.order_by(Contact.name, Contact.id)).all()


def get_verbal_update_for(person: Person, key: str, code: str, update_id: int) -> VerbalUpdate | None:
    """A verbal update on the assignment of this recommendation to the programme with `code`."""
    assignment = get_assignment_for(person, key, code)
    if assignment is None:
        return None
    statement = select(VerbalUpdate).where(VerbalUpdate.id == update_id, VerbalUpdate.assignment_id == assignment.id)
    about = (joinedload(VerbalUpdate.entered_by), joinedload(VerbalUpdate.decided_by))
    return db.session.scalars(statement.options(joinedload(VerbalUpdate.assignment), *about)).one_or_none()


def list_verbal_updates(assignment_ids: Iterable[int]) -> dict[int, list[VerbalUpdate]]:
    """What was said about these assignments and entered for their programmes, newest first, by assignment id."""
    ids = sorted(assignment_ids)
    newest = select(VerbalUpdate).where(VerbalUpdate.assignment_id.in_(ids)).order_by(VerbalUpdate.id.desc())
    about = (joinedload(VerbalUpdate.entered_by), joinedload(VerbalUpdate.decided_by))
    found: dict[int, list[VerbalUpdate]] = {assignment_id: [] for assignment_id in ids}
    for row in db.session.scalars(newest.options(*about)):
        found[row.assignment_id].append(row)
    return found


def list_clarifications(assignments: Iterable[Assignment]) -> dict[int, list[Clarified]]:
    """What was asked about the answers to these assignments, newest first, by assignment id.

    With the reply once it is signed off: until then it is part of the programme's draft.
    """
    ids = sorted(a.id for a in assignments)
    later = aliased(Submission)
    signed = (
        select(later.id).where(later.response_id == Submission.response_id, later.number > Submission.number).exists()
    )
    statement = (
        select(Clarification, signed)
        .join(Submission, Submission.id == Clarification.submission_id)
        .where(Clarification.assignment_id.in_(ids))
        .options(joinedload(Clarification.asked_by), joinedload(Clarification.replied_by))
        .order_by(Clarification.id.desc())
    )
    found: dict[int, list[Clarified]] = {assignment_id: [] for assignment_id in ids}
    for row, is_signed in db.session.execute(statement).all():
        replied = row.replied_by.name if row.replied_by else ""
        reply = (row.reply, replied) if is_signed else ("", "")
        found[row.assignment_id].append(Clarified(row.question, row.asked_by.name, row.asked_at, *reply))
    return found
