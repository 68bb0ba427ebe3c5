"""Reads of extensions: what is asked for, what was decided, and where a due date comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker.core import clock
from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.directory.models import Programme
from tracker.letters.models import Letter
from tracker.letters.rules import LetterState
from tracker.recommendations.due_dates import IS_ASKED
from tracker.recommendations.extension_models import ExtensionItem, ExtensionRequest
from tracker.recommendations.extension_rules import DueFacts, Moved, explain_due
from tracker.recommendations.models import Assignment
from tracker.recommendations.queries import list_asks
from tracker.recommendations.response_models import Response
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus, ExtensionState

_CODE = re.compile(r"[A-Z0-9]{1,8}")
GIVEN = (ExtensionState.GRANTED, ExtensionState.CHANGED)


def _requests() -> Select[ExtensionRequest]:
    """Requests with all that is shown of them."""
    return (
        select(ExtensionRequest)
        .join(ExtensionRequest.letter)
        .join(ExtensionRequest.programme)
        .options(
            contains_eager(ExtensionRequest.letter),
            contains_eager(ExtensionRequest.programme),
            joinedload(ExtensionRequest.asked_by),
            joinedload(ExtensionRequest.decided_by),
            selectinload(ExtensionRequest.items)
            .joinedload(ExtensionItem.assignment)
            .options(joinedload(Assignment.recommendation), joinedload(Assignment.wording)),
        )
        .order_by(ExtensionRequest.id.desc())
    )


def get_extension_for(person: Person, key: str, code: str, extension_id: int) -> ExtensionRequest | None:
    """A request for more time for the letter `key`, of the programme with `code`; None where it is not to be seen."""
    if not _CODE.fullmatch(code):
        return None
    statement = _requests().where(
        ExtensionRequest.id == extension_id,
        Letter.reference == key,
        Programme.code == code,
        (ExtensionRequest.taskforce_id.in_(sorted(person.taskforces())))
        | (ExtensionRequest.programme_id.in_(sorted(person.programmes()))),
    )
    return db.session.scalars(statement).unique().one_or_none()


def list_of_response(response: Response) -> Sequence[ExtensionRequest]:
    """What a programme asked for about a letter, the newest first."""
    of = (ExtensionRequest.letter_id == response.letter_id, ExtensionRequest.programme_id == response.programme_id)
    return db.session.scalars(_requests().where(*of)).unique().all()


def list_extendable(response: Response) -> list[Assignment]:
    """What of the letter is open, unanswered and not asked for already, in the letter's order."""
    asked = (
        select(ExtensionItem.assignment_id)
        .join(ExtensionItem.request)
        .where(IS_ASKED, ExtensionRequest.letter_id == response.letter_id)
    )
    waiting = set(db.session.scalars(asked))
    return [a for a in list_asks(response) if is_waiting(a) and a.id not in waiting]


def is_waiting(assignment: Assignment) -> bool:
    """Whether an assignment is open and waits for its answer: only then is more time of use."""
    return assignment.status is AssignmentStatus.OPEN and assignment.position is AnswerPosition.AWAITING


def list_extensions(assignments: Iterable[Assignment]) -> dict[int, list[ExtensionItem]]:
    """What was asked for these assignments, with what came of it, newest first; by assignment id."""
    ids = [a.id for a in assignments]
    statement = (
        select(ExtensionItem)
        .join(ExtensionItem.request)
        .where(ExtensionItem.assignment_id.in_(ids))
        .options(
            contains_eager(ExtensionItem.request).options(
                joinedload(ExtensionRequest.asked_by), joinedload(ExtensionRequest.decided_by)
            )
        )
        .order_by(ExtensionItem.id.desc())
    )
    found: dict[int, list[ExtensionItem]] = {assignment_id: [] for assignment_id in ids}
    for item in db.session.scalars(statement):
        found[item.assignment_id].append(item)
    return found


def working_of(assignment: Assignment, items: Sequence[ExtensionItem]) -> list[str]:
    """How an assignment's date came about, in sentences. `items`: its extensions, newest first.

    An extension that was granted when the assignment was answered already moved nothing.
    """
    letter = assignment.letter
    issued_on = letter.letter_date if letter.state is LetterState.ISSUED else None
    days = assignment.taskforce.response_working_days
    moved = [_moved(item) for item in reversed(items) if item.request.state in GIVEN]
    # The newest moves are those that were made: `times_extended` says how many.
    made = moved[len(moved) - min(len(moved), assignment.times_extended or 0) :]
    facts = DueFacts(assignment.due_on, assignment.due_stated, assignment.original_due_on, issued_on, days)
    first = made[0].from_on if made else None
    return explain_due(facts._replace(original=assignment.original_due_on or first), made)


def _moved(item: ExtensionItem) -> Moved:
    request = item.request
    if request.decided_at is None or request.granted_until is None:
        raise ValueError("an extension that was given has a day and a date")
    return Moved(clock.london(request.decided_at).date(), item.from_on, request.granted_until)
