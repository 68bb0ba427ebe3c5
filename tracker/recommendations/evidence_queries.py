"""Reads of evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.directory.models import Programme
from tracker.letters.models import Recommendation
from tracker.recommendations.models import Assignment, Evidence
from tracker.recommendations.register import visible_assignments


def has_standing(assignment_id: int) -> bool:
    """Whether evidence that was not withdrawn stands for this assignment."""
    found = select(Evidence.id).where(Evidence.assignment_id == assignment_id, Evidence.withdrawn_at.is_(None)).limit(1)
    return db.session.execute(found).scalar() is not None


def list_evidence(assignments: Iterable[Assignment]) -> dict[int, list[Evidence]]:
    """The evidence for these assignments, by its own date, newest first, withdrawn ones too; by assignment id."""
    ids = [a.id for a in assignments]
    statement = (
        select(Evidence)
        .where(Evidence.assignment_id.in_(ids))
        .options(joinedload(Evidence.by), joinedload(Evidence.withdrawn_by))
        .order_by(Evidence.dated_on.desc(), Evidence.id.desc())
    )
    found: dict[int, list[Evidence]] = {assignment_id: [] for assignment_id in ids}
    for row in db.session.scalars(statement):
        found[row.assignment_id].append(row)
    return found


def list_standing(assignment: Assignment) -> Sequence[Evidence]:
    """What stands for an assignment and can be named for an item, newest first."""
    return [e for e in list_evidence([assignment])[assignment.id] if e.stands]


def get_evidence_for(person: Person, key: str, code: str, evidence_id: int) -> Evidence | None:
    """One piece of evidence for the recommendation `key` of the programme `code`, as far as `person` may see it."""
    statement = (
        select(Evidence)
        .join(Evidence.assignment)
        .join(Assignment.recommendation)
        .join(Assignment.programme)
        .where(Evidence.id == evidence_id, Recommendation.reference == key, Programme.code == code)
        .where(visible_assignments(person))
        .options(
            joinedload(Evidence.by),
            contains_eager(Evidence.assignment).options(
                contains_eager(Assignment.recommendation),
                contains_eager(Assignment.programme),
                joinedload(Assignment.wording),
                selectinload(Assignment.criteria),
            ),
        )
    )
    return db.session.scalars(statement).one_or_none()
