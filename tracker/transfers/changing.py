"""What happens to a programme: it is renamed, merged into another, or gets a new senior responsible owner.

Renaming and appointing are the directory's; their events are noted here, with what they cause. Letters keep the names
that were printed on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.directory import queries as directory
from tracker.directory.models import Programme
from tracker.passages.queries import list_offered
from tracker.passages.rules import PassageUse, fill, literal
from tracker.recommendations.extension_models import ExtensionRequest
from tracker.recommendations.models import Assignment
from tracker.recommendations.operations import end_assignment
from tracker.recommendations.response_models import Response
from tracker.recommendations.rules import AssignmentStatus, ExtensionState
from tracker.transfers import queries
from tracker.transfers.models import CoveringNote, ProgrammeChange
from tracker.transfers.rules import ProgrammeChangeKind, covering_words, why_not_merged

events.register_verbs(
    {
        "programme_merged": "merged the programme into another",
        "programme_taken_in": "took another programme in",
        "programme_change_noted": "noted what changed",
        "assignment_moved": "moved the recommendation to the programme that goes on",
        "response_moved": "moved the response to the programme that goes on",
        "covering_note_drafted": "drafted a covering note",
    }
)


def note_rename(by: Person | None, programme: Programme, details: dict[str, Any]) -> None:
    """Keep the name that a programme had until today. Subscribes to `programme_edited`."""
    if "name" not in details:
        return
    before, after = details["name"]
    _note(by, programme, ProgrammeChangeKind.RENAMED, clock.today(), before, after)


def note_sro(by: Person | None, programme: Programme, details: dict[str, Any]) -> None:
    """Keep that a programme has a new owner, and draft a note to them for each taskforce that waits for something.

    Subscribes to `sro_appointed`; the first owner of a programme takes nothing over.
    """
    former = queries.get_sro_before(programme.id, details["from_on"])
    contact = directory.get_contact(details["contact"])
    if former is None or contact is None or former.id == contact.id:
        return
    change = _note(by, programme, ProgrammeChangeKind.NEW_SRO, details["from_on"], former.name, contact.name)
    draft_notes(programme, change, contact.id, by=by)


def _note(
    by: Person | None,
    programme: Programme,
    kind: ProgrammeChangeKind,
    on: date,
    before: str,
    after: str,
    *,
    into_id: int | None = None,
    reason: str = "",
) -> ProgrammeChange:
    change = ProgrammeChange(
        programme_id=programme.id,
        kind=kind,
        changed_on=on,
        before=before,
        after=after,
        into_id=into_id,
        reason=reason,
        by_id=by.contact_id if by else None,
        at=clock.now(),
    )
    db.session.add(change)
    db.session.flush()
    events.record(by, "programme_change_noted", change)
    return change


def draft_notes(programme: Programme, change: ProgrammeChange, to_contact_id: int, *, by: Person | None) -> None:
    """A covering note to a new owner for each taskforce that has something open with their programme."""
    merged = literal(change.before) if change.kind is ProgrammeChangeKind.MERGED else ""
    for taskforce_id, items in queries.list_open_items(programme.id).items():
        taskforce, contact = queries.get_taskforce(taskforce_id), directory.get_contact(to_contact_id)
        if contact is None:
            continue
        fields = {"programme": programme.name, "taskforce": taskforce.name, "addressee": contact.name}
        passage = next((p.text for p in list_offered(taskforce_id, PassageUse.COVERING_NOTE)), "")
        text = covering_words(
            literal(contact.salutation),
            literal(programme.name),
            literal(taskforce.name),
            items,
            fill(passage, fields),
            merged,
        )
        note = CoveringNote(
            taskforce_id=taskforce_id,
            programme_id=programme.id,
            change_id=change.id,
            to_contact_id=to_contact_id,
            text=text,
            made_by_id=by.contact_id if by else None,
            made_at=clock.now(),
        )
        db.session.add(note)
        db.session.flush()
        events.record(by, "covering_note_drafted", note)


def merge_programme(programme: Programme, into: Programme, on: date, reason: str, *, by: Person) -> ProgrammeChange:
    """Merge a programme into another: what is open moves there, what is closed stays under the name that it had.

    Whoever acts for `into` sees from now on what this one was sent. A recommendation that both were given goes on with
    `into` alone. Raises RuleBroken (field into) where `why_not_merged` says so.
    """
    merged = (programme.merged_into_id is not None, into.merged_into_id is not None)
    if why := why_not_merged(programme.id, into.id, is_merged=merged[0], into_is_merged=merged[1]):
        raise RuleBroken(why, field="into")
    _move_responses(programme, into, by)
    _move_assignments(programme, into, by)
    _move_requests(programme, into, by)
    for earlier in [programme, *queries.list_merged_into(programme.id)]:
        earlier.merged_into_id, earlier.merged_on = into.id, earlier.merged_on or on
    events.record(by, "programme_merged", programme, reason=f"Into {into.name}. {reason}".strip(), into=into.code)
    events.record(by, "programme_taken_in", into, reason=f"{programme.name}, on {on:%d/%m/%Y}")
    db.session.flush()
    change = _note(
        by, programme, ProgrammeChangeKind.MERGED, on, programme.name, into.name, into_id=into.id, reason=reason
    )
    owner = directory.current_sro(into.id, clock.today())
    if owner is not None:
        draft_notes(into, change, owner.id, by=by)
    return change


def _move_assignments(programme: Programme, into: Programme, by: Person) -> None:
    known = set(db.session.scalars(select(Assignment.recommendation_id).where(Assignment.programme_id == into.id)))
    for assignment in _open_assignments(programme.id):
        if assignment.recommendation_id in known:
            reason = f"Merged into {into.name}, which was given it too"
            end_assignment(assignment, AssignmentStatus.SUPERSEDED, reason, by=by)
            continue
        assignment.programme_id = into.id
        changed: dict[str, Any] = events.changes(assignment)
        events.record(by, "assignment_moved", assignment, reason=f"{programme.name} is part of {into.name}", **changed)
    db.session.flush()


def _open_assignments(programme_id: int) -> Sequence[Assignment]:
    statement = select(Assignment).where(
        Assignment.programme_id == programme_id, Assignment.status == AssignmentStatus.OPEN
    )
    return db.session.scalars(statement.order_by(Assignment.id)).all()


def _move_responses(programme: Programme, into: Programme, by: Person) -> None:
    """Responses go where the open recommendations of their letters go, unless `into` answers that letter itself."""
    own = select(Response.letter_id).where(Response.programme_id == into.id)
    has_open = select(Assignment.letter_id).where(
        Assignment.programme_id == programme.id, Assignment.status == AssignmentStatus.OPEN
    )
    moving = select(Response).where(
        Response.programme_id == programme.id, Response.letter_id.in_(has_open), Response.letter_id.not_in(own)
    )
    for response in db.session.scalars(moving.order_by(Response.id)).all():
        response.programme_id = into.id
        events.record(by, "response_moved", response, programme=[programme.code, into.code])
    db.session.flush()


def _move_requests(programme: Programme, into: Programme, by: Person) -> None:
    asked = select(ExtensionRequest).where(
        ExtensionRequest.programme_id == programme.id, ExtensionRequest.state == ExtensionState.ASKED
    )
    for request in db.session.scalars(asked.order_by(ExtensionRequest.id)).all():
        request.programme_id = into.id
        events.record(by, "response_moved", request, programme=[programme.code, into.code])
    db.session.flush()
