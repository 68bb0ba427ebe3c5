"""What takes the place of a recommendation: another one of the same taskforce, put to the same programme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.letters.models import Recommendation
from tracker.recommendations.models import Assignment
from tracker.recommendations.register import visible_assignments

FIELD = "superseded_by"


def find_successor(assignment: Assignment, typed: str) -> Recommendation:
    """The recommendation with the reference that was typed, which may supersede `assignment`.

    Raises RuleBroken where there is none for the same taskforce and programme, where it is the same one, or where it is
    itself superseded by this one, directly or by way of others.
    """
    statement = (
        select(Recommendation)
        .join(Assignment, Assignment.recommendation_id == Recommendation.id)
        .where(
            Recommendation.reference == _spelled(typed),
            Assignment.taskforce_id == assignment.taskforce_id,
            Assignment.programme_id == assignment.programme_id,
        )
    )
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise RuleBroken("There is no recommendation with this reference to the same programme", field=FIELD)
    if assignment.recommendation_id in _chain_from(found.id, assignment.programme_id):
        raise RuleBroken("Enter another recommendation than the one that you close", field=FIELD)
    return found


def _spelled(typed: str) -> str:
    """A reference as it is stored, EPC-L02(b), however it was typed."""
    whole, bracket, part = "".join(typed.split()).partition("(")
    return whole.upper() + bracket + part.lower()


def _chain_from(recommendation_id: int, programme_id: int) -> set[int]:
    """This recommendation and those that supersede it for the programme, one after the other."""
    seen: set[int] = set()
    following: int | None = recommendation_id
    while following is not None and following not in seen:
        seen.add(following)
        after = select(Assignment.superseded_by_id).where(
            Assignment.recommendation_id == following, Assignment.programme_id == programme_id
        )
        following = db.session.execute(after).scalar_one_or_none()
    return seen


def list_predecessors(person: Person, recommendation_id: int) -> Sequence[Assignment]:
    """The assignments that this recommendation takes the place of, as far as `person` may see them."""
    statement = (
        select(Assignment)
        .join(Assignment.recommendation)
        .join(Assignment.programme)
        .where(Assignment.superseded_by_id == recommendation_id, visible_assignments(person))
        .options(contains_eager(Assignment.recommendation), contains_eager(Assignment.programme))
        .order_by(Assignment.id)
    )
    return db.session.scalars(statement).all()


def list_successors(assignments: Iterable[Assignment]) -> dict[int, str]:
    """The reference of what took the place of each of these assignments, by assignment id."""
    wanted = {a.superseded_by_id: a.id for a in assignments if a.superseded_by_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Recommendation.id, Recommendation.reference).where(Recommendation.id.in_(sorted(wanted)))
    )
    references = {row.id: row.reference for row in rows}
    return {a.id: references[a.superseded_by_id] for a in assignments if a.superseded_by_id is not None}
