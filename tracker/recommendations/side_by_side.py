"""The answers of several programmes to one letter, side by side: recommendations down, programmes across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.directory.models import Programme
from tracker.letters.models import Letter, Recommendation
from tracker.letters.queries import get_letter_for
from tracker.recommendations.models import Assignment
from tracker.recommendations.queries import SubmittedAnswer, list_submitted_answers
from tracker.recommendations.response_models import VerbalUpdate
from tracker.recommendations.response_queries import list_verbal_updates
from tracker.recommendations.rules import AnswerPosition, Lateness, lateness


@dataclass(frozen=True)
class Cell:
    """One programme's part in one recommendation; `answer` is the newest that was signed off."""

    assignment: Assignment
    answer: SubmittedAnswer | None
    said: Sequence[VerbalUpdate]
    lateness: Lateness


@dataclass(frozen=True)
class Row:
    """A recommendation, with a cell for each programme, or None where it was not asked of that one."""

    reference: str
    title: str
    text: str
    cells: Sequence[Cell | None]


@dataclass(frozen=True)
class Column:
    """A programme, and how many of its recommendations are answered."""

    code: str
    name: str
    answered: int
    asked: int


@dataclass(frozen=True)
class SideBySide:
    columns: Sequence[Column]
    rows: Sequence[Row]


def get_issued_letter_for(person: Person, key: str) -> Letter | None:
    """The letter, where `person` sees it and it is issued: a draft is answered by nobody."""
    letter = get_letter_for(person, key)
    return letter if letter is not None and letter.is_issued else None


def get_side_by_side(letter: Letter, person: Person, today: date) -> SideBySide:
    """The answers to `letter` that `person` may see: all for its taskforce, for a programme its own. Four queries."""
    assignments = db.session.scalars(_assignments(letter, person)).unique().all()
    answers = list_submitted_answers(assignments) if assignments else {}
    said = list_verbal_updates(a.id for a in assignments)
    cells = {
        (a.recommendation_id, a.programme_id): Cell(
            a,
            next(iter(answers[a.id]), None) if a.position is not AnswerPosition.AWAITING else None,
            [update for update in said[a.id] if update.outcome is None],
            lateness(a.status, a.position, a.due_on, today),
        )
        for a in assignments
    }
    programmes = {a.programme_id: a.programme for a in assignments}
    asks = {a.recommendation_id: a for a in assignments}
    rows = [
        Row(
            ask.recommendation.reference or "",
            ask.wording.title,
            ask.wording.text,
            [cells.get((recommendation_id, programme_id)) for programme_id in programmes],
        )
        for recommendation_id, ask in asks.items()
    ]
    return SideBySide([_column(p, assignments) for p in programmes.values()], rows)


def _assignments(letter: Letter, person: Person) -> Select[Any]:
    seen = or_(
        Assignment.taskforce_id.in_(sorted(person.taskforces())),
        Assignment.programme_id.in_(sorted(person.programmes())),
    )
    return (
        select(Assignment)
        .join(Assignment.recommendation)
        .join(Assignment.programme)
        .where(Assignment.letter_id == letter.id, seen)
        .options(
            contains_eager(Assignment.recommendation),
            contains_eager(Assignment.programme),
            joinedload(Assignment.wording),
        )
        .order_by(Programme.name, Programme.id, func.length(Recommendation.part), Recommendation.part, Assignment.id)
    )


def _column(programme: Programme, assignments: Sequence[Assignment]) -> Column:
    own = [a for a in assignments if a.programme_id == programme.id]
    answered = sum(a.position is not AnswerPosition.AWAITING for a in own)
    return Column(programme.code, programme.name, answered, len(own))
