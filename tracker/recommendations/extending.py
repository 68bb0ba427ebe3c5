"""More time: asked for by the programme, given, changed or refused by the taskforce (product.md, Dates)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.core import clock, events
from tracker.core.db import db, touch
from tracker.core.errors import RuleBroken
from tracker.core.outbox import queue_mail
from tracker.core.permissions import CHAIRS, Person, Role
from tracker.correspondence.operations import EntryDetails, note_from_product
from tracker.correspondence.rules import Direction, EntryKind
from tracker.directory.models import Taskforce
from tracker.recommendations.extension_models import ExtensionItem, ExtensionRequest
from tracker.recommendations.extension_queries import is_waiting, list_extendable
from tracker.recommendations.extension_rules import needs_chair, plain, why_date_refused
from tracker.recommendations.models import Assignment
from tracker.recommendations.queries import list_emails
from tracker.recommendations.response_models import Response
from tracker.recommendations.rules import ExtensionState

events.register_verbs(
    {
        "extension_asked": "asked for more time",
        "extension_granted": "gave more time",
        "extension_refused": "refused more time",
        "extension_withdrawn": "withdrew the request for more time",
    }
)


@dataclass(frozen=True)
class Asked:
    """A request as its form gives it. `said_by`: who of the programme phoned, where the secretariat enters it."""

    assignment_ids: frozenset[int]
    until_on: date
    reason: str
    said_by: str = ""


def ask_extension(response: Response, asked: Asked, *, by: Person) -> ExtensionRequest:
    """Ask for more time for some of a letter's open, unanswered recommendations.

    Raises RuleBroken where none is chosen, one is answered, closed or asked for already, and for a date that is past or
    not after the one that is due now.
    """
    chosen = [a for a in list_extendable(response) if a.id in asked.assignment_ids]
    if not chosen or len(chosen) != len(asked.assignment_ids):
        raise RuleBroken("Choose recommendations that are open, unanswered and not asked for already", field="which")
    if wrong := why_date_refused(asked.until_on, [a.due_on for a in chosen], clock.today()):
        raise RuleBroken(wrong, field="until_on")
    source = f"Said by {asked.said_by}, entered by the secretariat: " if asked.said_by else ""
    request = ExtensionRequest(
        letter_id=response.letter_id,
        programme_id=response.programme_id,
        taskforce_id=response.taskforce_id,
        until_on=asked.until_on,
        reason=source + asked.reason,
        state=ExtensionState.ASKED,
        asked_by_id=by.contact_id,
        asked_at=clock.now(),
        decision_reason="",
        letter=response.letter,
        programme=response.programme,
    )
    db.session.add(request)
    for assignment in chosen:
        item = ExtensionItem(request=request, assignment=assignment)
        item.from_on, item.from_stated = assignment.due_on, assignment.due_stated
        db.session.add(item)
        touch(assignment)
        events.record(by, "extension_asked", assignment, reason=f"Until {plain(asked.until_on)}. {request.reason}")
    db.session.flush()
    return request


def decides(request: ExtensionRequest, person: Person) -> bool:
    """Whether `person` decides on a request: the secretariat twice, from the third extension on the chair."""
    roles = CHAIRS if is_for_chair(request) else {Role.SECRETARIAT, *CHAIRS}
    return request.taskforce_id in person.taskforces(roles)


def is_for_chair(request: ExtensionRequest) -> bool:
    return needs_chair(item.assignment.times_extended for item in request.items)


def _check_asked(request: ExtensionRequest) -> None:
    if request.state is not ExtensionState.ASKED:
        raise RuleBroken(f"The request is decided already: {request.state.label.lower()}.")


def _check_decides(request: ExtensionRequest, by: Person) -> None:
    _check_asked(request)
    if not decides(request, by):
        raise RuleBroken("It was extended twice already, so the chair decides.", field="decision")


def grant_extension(request: ExtensionRequest, until: date, reason: str, *, by: Person) -> list[Assignment]:
    """Move the date of what still waits for an answer to `until`; returns what was moved.

    The original date stays; the date in words, which the new one takes the place of, stays in the request's items.
    Raises RuleBroken for a request that is decided, one that is the chair's, another date without a reason, a date that
    is past or not after the one that is due now, and where nothing waits any more.
    """
    waiting = [item.assignment for item in request.items if is_waiting(item.assignment)]
    _check_decides(request, by)
    if not waiting:
        raise RuleBroken("All of it is answered or closed meanwhile, so no date can be moved.", field="decision")
    if wrong := why_date_refused(until, [a.due_on for a in waiting], clock.today()):
        raise RuleBroken(wrong, field="until_on")
    changed = until != request.until_on
    if changed and not reason:
        raise RuleBroken("Enter why it is another date than the one asked for", field="reason")
    _decide(request, ExtensionState.CHANGED if changed else ExtensionState.GRANTED, reason, by)
    request.granted_until = until
    for assignment in waiting:
        assignment.due_on, assignment.due_stated = until, ""
        assignment.times_extended = (assignment.times_extended or 0) + 1
        said = f"Until {plain(until)}. {reason or request.reason}"
        changes: dict[str, Any] = events.changes(assignment)
        events.record(by, "extension_granted", assignment, reason=said, **changes)
    db.session.flush()
    return waiting


def refuse_extension(request: ExtensionRequest, reason: str, *, by: Person) -> None:
    """Leave the dates as they are, and say why. Raises RuleBroken as `grant_extension` does."""
    _check_decides(request, by)
    if not reason:
        raise RuleBroken("Enter why it is refused", field="reason")
    _decide(request, ExtensionState.REFUSED, reason, by)
    _tell("extension_refused", request, reason, by)


def withdraw_extension(request: ExtensionRequest, reason: str, *, by: Person) -> None:
    """Take a request back, for its programme. Raises RuleBroken for one that is decided already."""
    _check_asked(request)
    _decide(request, ExtensionState.WITHDRAWN, reason, by)
    _tell("extension_withdrawn", request, reason, by)


def _decide(request: ExtensionRequest, state: ExtensionState, reason: str, by: Person) -> None:
    request.state, request.decision_reason = state, reason
    request.decided_at, request.decided_by_id = clock.now(), by.contact_id


def _tell(verb: str, request: ExtensionRequest, reason: str, by: Person) -> None:
    for item in request.items:
        events.record(by, verb, item.assignment, reason=reason)
    db.session.flush()


def tell_deciders(request: ExtensionRequest, subject: str, body: str, *, by: Person) -> None:
    """Write to those who decide, and keep it in the letter's correspondence."""
    roles: Iterable[Role] = CHAIRS if is_for_chair(request) else [Role.SECRETARIAT]
    emails = list_emails(taskforce_id=request.taskforce_id, roles=roles)
    _send(request, emails, subject, body, Direction.IN, by)


def tell_programme(request: ExtensionRequest, subject: str, body: str, *, by: Person) -> None:
    """Write to the programme's people what was decided, and keep it in the letter's correspondence."""
    _send(request, list_emails(programme_id=request.programme_id), subject, body, Direction.OUT, by)


def _send(
    request: ExtensionRequest, emails: Sequence[str], subject: str, body: str, direction: Direction, by: Person
) -> None:
    cause = f"extension:{request.id}:{request.state.value}"
    for email in emails:
        queue_mail(cause, email, subject, body)
    taskforce, programme = db.session.get_one(Taskforce, request.taskforce_id).name, request.programme.name
    came_in = direction is Direction.IN
    phoned = came_in and request.programme_id not in by.programmes()
    details = EntryDetails(
        kind=EntryKind.CALL if phoned else EntryKind.EMAIL,
        direction=direction,
        happened_on=clock.today(),
        happened_at=clock.london(clock.now()).time().replace(second=0, microsecond=0),
        from_whom=programme if came_in else taskforce,
        to_whom=", ".join([taskforce if came_in else programme, *emails]),
        subject=subject,
        text=body,
    )
    note_from_product(request.letter, details, cause=cause, by=by)
