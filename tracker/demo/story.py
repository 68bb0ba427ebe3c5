"""What each step of the invented story needs: the clock at its day, and what it is about, loaded afresh."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.core import clock
from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.demo import invented as plan
from tracker.directory.models import Programme, Taskforce
from tracker.letters import queries as letter_queries
from tracker.letters.models import Letter, Recommendation
from tracker.letters.rules import LetterKind
from tracker.recommendations import queries as recommendation_queries
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response
from tracker.workshops.models import Workshop
from tracker.workshops.queries import get_workshop_for

People = dict[str, Person]


@contextmanager
def on(day: date, hour: int = 10) -> Iterator[None]:
    """A step of the story on `day`: the clock stands there, and the next step loads everything afresh."""
    with clock.frozen(datetime.combine(day, time(hour), UTC)):
        yield
        db.session.flush()
    db.session.expire_all()


def the_taskforce() -> Taskforce:
    """The invented taskforce."""
    statement = select(Taskforce).where(Taskforce.code == plan.CODE).options(joinedload(Taskforce.board))
    return db.session.scalars(statement).one()


def the_programme(code: str) -> Programme:
    """A programme by its code."""
    return db.session.scalars(select(Programme).where(Programme.code == code)).one()


def loaded_workshop(person: Person, workshop_id: int) -> Workshop:
    """A workshop as its operations take it."""
    reference = db.session.execute(select(Workshop.reference).where(Workshop.id == workshop_id)).scalar_one()
    workshop = get_workshop_for(person, reference)
    if workshop is None:
        raise LookupError(reference)
    return workshop


def get_letter_id(subject: str, kind: LetterKind = LetterKind.LETTER) -> int:
    """The letter with this subject."""
    found = select(Letter.id).where(Letter.subject == subject, Letter.kind == kind)
    return db.session.execute(found).scalar_one()


def loaded_letter(person: Person, letter_id: int) -> Letter:
    """A letter as its operations take it."""
    reference = db.session.execute(select(Letter.reference).where(Letter.id == letter_id)).scalar()
    letter = letter_queries.get_letter_for(person, reference or str(letter_id))
    if letter is None:
        raise LookupError(str(letter_id))
    return letter


def draft_response(person: Person, letter_id: int, code: str) -> Response:
    """The response of a programme to a letter."""
    key = db.session.execute(select(Letter.reference).where(Letter.id == letter_id)).scalar_one() or ""
    response = recommendation_queries.get_draft_for(person, key, code)
    if response is None:
        raise LookupError(f"{key} {code}")
    return response


def response_seen(person: Person, letter_id: int, code: str) -> Response:
    """The response of a programme to a letter."""
    key = db.session.execute(select(Letter.reference).where(Letter.id == letter_id)).scalar_one() or ""
    response = recommendation_queries.get_response_for(person, key, code)
    if response is None:
        raise LookupError(f"{key} {code}")
    return response


def list_ask_ids(response: Response) -> list[int]:
    """What the letter asked of the programme, in its order."""
    found = select(Assignment.id).where(
        Assignment.letter_id == response.letter_id, Assignment.programme_id == response.programme_id
    )
    return list(db.session.scalars(found.order_by(Assignment.id)))


def list_assignments_of(person: Person, letter_id: int, code: str) -> list[Assignment]:
    """What a letter asked of a programme, loaded as the operations take it."""
    references = select(Recommendation.reference).where(Recommendation.letter_id == letter_id)
    found = db.session.scalars(references.order_by(Recommendation.reference)).all()
    each = [recommendation_queries.get_assignment_for(person, reference or "", code) for reference in found]
    return [assignment for assignment in each if assignment is not None]
