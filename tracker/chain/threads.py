"""Which records hang together with one record: for every step of the chain a SELECT of ids.

Recommendations hold a thread together. Above them stand the letters whose newest versions word them, the points those
rest on and the workshops where the points were heard; below them assignments, responses, actions and papers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select, union
from sqlalchemy.orm import aliased

from tracker.actions.models import Action
from tracker.letters.models import Letter, LetterRecommendation, LetterVersion, Recommendation, rests_on
from tracker.papers.models import Paper, PaperAssignment
from tracker.recommendations.models import Assignment, AssignmentAction
from tracker.recommendations.response_models import Response
from tracker.reminders.models import Reminder
from tracker.workshops.models import PointHeard, Workshop

Ids = Select[Any] | CompoundSelect[Any]


@dataclass(frozen=True)
class Thread:
    """For every step the ids of its records, as a SELECT of one column."""

    workshops: Ids
    points: Ids
    letters: Ids
    assignments: Ids
    responses: Ids
    actions: Ids
    papers: Ids


def thread_of(kind: type[Any], record: Any) -> Thread:
    """The thread of a workshop, point heard, letter, recommendation, assignment, response, action or paper.

    `record` gives its own key and those that it points with, as values or as parameters. Raises KeyError for a record
    of any other kind.
    """
    return _THREADS[kind](record)


def _only(model: Any, row_id: int | None) -> Ids:
    return select(model.id).where(model.id == row_id)


def _either(*parts: Ids) -> Ids:
    """The union, flat: SQLite takes no union within a union."""
    return union(*(s for part in parts for s in (part.selects if isinstance(part, CompoundSelect) else (part,))))


def _worded(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Recommendations that the newest versions of letters word, under `conditions`."""
    return _newest(select(LetterRecommendation.recommendation_id)).where(*conditions)


def _newest(statement: Select[Any]) -> Select[Any]:
    """Wordings of newest versions only: what a draft said before is no part of the chain."""
    other = aliased(LetterVersion)
    newest = select(func.max(other.number)).where(other.letter_id == LetterVersion.letter_id)
    return statement.join(LetterVersion, LetterVersion.id == LetterRecommendation.version_id).where(
        LetterVersion.number == newest.correlate(LetterVersion).scalar_subquery()
    )


def _around(recommendations: Ids, assignments: Ids | None = None) -> Thread:
    """The thread of these recommendations; of all their assignments, or of those given only."""
    wording = LetterRecommendation.recommendation_id.in_(recommendations)
    letters = _newest(select(LetterVersion.letter_id).select_from(LetterRecommendation)).where(wording)
    wordings = _newest(select(LetterRecommendation.id)).where(wording)
    points = select(rests_on.c.point_id).where(rests_on.c.letter_recommendation_id.in_(wordings))
    if assignments is None:
        assignments = select(Assignment.id).where(Assignment.recommendation_id.in_(recommendations))
    answered = (Response.letter_id == Assignment.letter_id) & (Response.programme_id == Assignment.programme_id)
    return Thread(
        workshops=_either(
            select(PointHeard.workshop_id).where(PointHeard.id.in_(points)),
            select(Letter.workshop_id).where(Letter.id.in_(letters)),
        ),
        points=points,
        letters=letters,
        assignments=assignments,
        responses=select(Response.id).join(Assignment, answered).where(Assignment.id.in_(assignments)),
        actions=select(AssignmentAction.action_id).where(AssignmentAction.assignment_id.in_(assignments)),
        papers=select(PaperAssignment.paper_id).where(PaperAssignment.assignment_id.in_(assignments)),
    )


def _raised_by(*origins: Select[Any]) -> list[Select[Any]]:
    return [select(Action.id).where(Action.origin_id.in_(o)) for o in origins]


def _of_workshop(workshop: Workshop) -> Thread:
    points = select(PointHeard.id).where(PointHeard.workshop_id == workshop.id)
    letters = select(Letter.id).where(Letter.workshop_id == workshop.id)
    resting = select(rests_on.c.letter_recommendation_id).where(rests_on.c.point_id.in_(points))
    recommendations = _either(
        _worded(LetterRecommendation.id.in_(resting)), _worded(LetterVersion.letter_id.in_(letters))
    )
    thread = _around(recommendations)
    origin = select(Workshop.origin_id).where(Workshop.id == workshop.id)
    return replace(
        thread,
        workshops=_only(Workshop, workshop.id),
        points=points,
        letters=_either(thread.letters, letters),
        actions=_either(thread.actions, *_raised_by(origin)),
    )


def _of_point(point: PointHeard) -> Thread:
    resting = select(rests_on.c.letter_recommendation_id).where(rests_on.c.point_id == point.id)
    thread = _around(_worded(LetterRecommendation.id.in_(resting)))
    return replace(thread, workshops=_only(Workshop, point.workshop_id), points=_only(PointHeard, point.id))


def _of_letter(letter: Letter) -> Thread:
    """A reminder letter words no recommendation: it hangs on those of the letters that it reminds of."""
    told = select(Response.letter_id, Reminder.drafted_letter_id).join(Reminder, Reminder.response_id == Response.id)
    told = told.where(Reminder.drafted_letter_id.is_not(None))
    reminded = told.with_only_columns(Response.letter_id).where(Reminder.drafted_letter_id == letter.id)
    reminding = told.with_only_columns(Reminder.drafted_letter_id).where(Response.letter_id == letter.id)
    thread = _around(_worded(LetterVersion.letter_id.in_(_either(_only(Letter, letter.id), reminded))))
    own = select(Letter.origin_id).where(Letter.id == letter.id)
    answers = select(Response.origin_id).where(Response.letter_id == letter.id)
    return replace(
        thread,
        workshops=_either(thread.workshops, select(Letter.workshop_id).where(Letter.id == letter.id)),
        letters=_either(thread.letters, _only(Letter, letter.id), reminding),
        responses=_either(thread.responses, select(Response.id).where(Response.letter_id == letter.id)),
        actions=_either(thread.actions, *_raised_by(own, answers)),
    )


def _of_recommendation(recommendation: Recommendation) -> Thread:
    return _around(_only(Recommendation, recommendation.id))


def _of_assignment(assignment: Assignment) -> Thread:
    return _around(_only(Recommendation, assignment.recommendation_id), _only(Assignment, assignment.id))


def _of_response(response: Response) -> Thread:
    answered = (Assignment.letter_id == response.letter_id) & (Assignment.programme_id == response.programme_id)
    thread = _around(select(Assignment.recommendation_id).where(answered), select(Assignment.id).where(answered))
    origin = select(Response.origin_id).where(Response.id == response.id)
    return replace(
        thread,
        letters=_either(thread.letters, _only(Letter, response.letter_id)),
        responses=_only(Response, response.id),
        actions=_either(thread.actions, *_raised_by(origin)),
    )


def _of_action(action: Action) -> Thread:
    """What it serves, and the one record that it was raised from with what stands right above that."""
    served = select(AssignmentAction.assignment_id).where(AssignmentAction.action_id == action.id)
    thread = _around(select(Assignment.recommendation_id).where(Assignment.id.in_(served)), served)
    origin = action.origin_id
    answered = select(Response.letter_id).where(Response.origin_id == origin)
    return replace(
        thread,
        workshops=_either(
            thread.workshops,
            select(Workshop.id).where(Workshop.origin_id == origin),
            select(Letter.workshop_id).where(Letter.origin_id == origin),
        ),
        letters=_either(thread.letters, select(Letter.id).where(Letter.origin_id == origin), answered),
        responses=_either(thread.responses, select(Response.id).where(Response.origin_id == origin)),
        actions=_only(Action, action.id),
        papers=_either(thread.papers, select(Paper.id).where(Paper.origin_id == origin)),
    )


def _of_paper(paper: Paper) -> Thread:
    reported = select(PaperAssignment.assignment_id).where(PaperAssignment.paper_id == paper.id)
    thread = _around(select(Assignment.recommendation_id).where(Assignment.id.in_(reported)), reported)
    origin = select(Paper.origin_id).where(Paper.id == paper.id)
    return replace(thread, actions=_either(thread.actions, *_raised_by(origin)), papers=_only(Paper, paper.id))


_THREADS: dict[type[Any], Callable[[Any], Thread]] = {
    Workshop: _of_workshop,
    PointHeard: _of_point,
    Letter: _of_letter,
    Recommendation: _of_recommendation,
    Assignment: _of_assignment,
    Response: _of_response,
    Action: _of_action,
    Paper: _of_paper,
}
