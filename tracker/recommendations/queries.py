"""Reads of one recommendation, of responses, and of what waits for a person. The register is in register.py."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker.accounts.grants import in_force
from tracker.accounts.models import Grant, User
from tracker.actions.models import Action
from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.permissions import PROGRAMME_ROLES, Person, Role
from tracker.directory.models import Programme
from tracker.letters.models import Letter, Recommendation
from tracker.letters.queries import lineage_of
from tracker.recommendations.models import Assessment, Assignment, AssignmentAction, DeliveryReport
from tracker.recommendations.register import visible_assignments
from tracker.recommendations.response_models import Answer, Clarification, Response, Submission
from tracker.recommendations.rules import AnswerPosition, ResponseState
from tracker.recommendations.waiting import list_waiting_for as list_waiting_for

CODE = re.compile(r"[A-Z0-9]{1,8}")
# What a programme may read of what happened to its recommendation: the chair's assessment is the taskforce's own.
TOLD_TO_PROGRAMMES = (
    "assignment_made",
    "assignment_reworded",
    "answer_signed_off",
    "verbal_update_entered",
    "verbal_update_confirmed",
    "verbal_update_not_confirmed",
    "delivery_reported",
    "criteria_decided",
    "assignment_closed",
    "assignment_moved",
    "assignment_reopened",
    "assignment_date_moved",
    "serving_action_raised",
    "evidence_added",
    "evidence_withdrawn",
    "extension_asked",
    "extension_granted",
    "extension_refused",
    "extension_withdrawn",
)


ABOUT_RESPONSE = (
    joinedload(Response.letter).joinedload(Letter.corrects),
    joinedload(Response.programme),
    joinedload(Response.taskforce),
    selectinload(Response.submissions).options(
        joinedload(Submission.signed_off_by), joinedload(Submission.recorded_by)
    ),
)
# What only those may load who write the draft.
DRAFT = (selectinload(Response.answers).options(joinedload(Answer.edited_by), selectinload(Answer.planned_actions)),)


@dataclass(frozen=True)
class RecommendationRecord:
    """A recommendation with those of its assignments that one person may see."""

    recommendation: Recommendation
    assignments: Sequence[Assignment]

    @property
    def taskforce_id(self) -> int:
        return self.recommendation.taskforce_id

    @property
    def programme_ids(self) -> frozenset[int]:
        return frozenset(a.programme_id for a in self.assignments)

    @property
    def is_issued(self) -> bool:
        return True


def _assignments() -> Select[Assignment]:
    """Assignments with all that their page shows, in the order of their programmes."""
    return (
        select(Assignment)
        .join(Assignment.recommendation)
        .join(Assignment.programme)
        .options(
            contains_eager(Assignment.recommendation),
            contains_eager(Assignment.programme),
            joinedload(Assignment.wording),
            joinedload(Assignment.letter),
            joinedload(Assignment.taskforce),
            selectinload(Assignment.criteria),
            selectinload(Assignment.serving).joinedload(AssignmentAction.action).joinedload(Action.owner),
        )
        .order_by(Programme.name, Assignment.id)
    )


def get_recommendation_for(person: Person, key: str) -> RecommendationRecord | None:
    """The recommendation with this reference and the assignments of it that `person` may see; None without any."""
    statement = _assignments().where(Recommendation.reference == key, visible_assignments(person))
    found = db.session.scalars(statement).unique().all()
    return RecommendationRecord(found[0].recommendation, found) if found else None


def get_assignment_for(person: Person, key: str, code: str) -> Assignment | None:
    """The assignment of this recommendation to the programme with `code`; None where `person` cannot see it."""
    if not CODE.fullmatch(code):
        return None
    statement = _assignments().where(Recommendation.reference == key, Programme.code == code)
    return db.session.scalars(statement.where(visible_assignments(person))).unique().one_or_none()


def list_assignments(person: Person, ids: Sequence[int]) -> Sequence[Assignment]:
    """Those of these assignments that `person` may see, with all that a rule about them needs, by id."""
    statement = _assignments().where(Assignment.id.in_(ids), visible_assignments(person)).order_by(None)
    return db.session.scalars(statement.order_by(Assignment.id)).unique().all()


def list_asks(response: Response) -> Sequence[Assignment]:
    """What the letter of `response` asks of its programme, in the letter's order."""
    statement = (
        select(Assignment)
        .join(Assignment.wording)
        .join(Assignment.recommendation)
        .where(Assignment.letter_id == response.letter_id, Assignment.programme_id == response.programme_id)
        .options(contains_eager(Assignment.wording), contains_eager(Assignment.recommendation))
        # By their letters: a correction may word some of them in another order.
        .order_by(func.length(Recommendation.part), Recommendation.part, Assignment.id)
    )
    return db.session.scalars(statement).all()


def list_in_draft(assignments: Sequence[Assignment]) -> frozenset[int]:
    """Ids of those of these assignments whose response is a draft: an answer can be written."""
    wanted = sorted({(a.letter_id, a.programme_id) for a in assignments})
    statement = select(Response.letter_id, Response.programme_id).where(
        Response.state == ResponseState.DRAFT, tuple_(Response.letter_id, Response.programme_id).in_(wanted)
    )
    drafts = {(row.letter_id, row.programme_id) for row in db.session.execute(statement)}
    return frozenset(a.id for a in assignments if (a.letter_id, a.programme_id) in drafts)


def _responses(person: Person, to: ColumnElement[bool]) -> Select[Response]:
    """Responses to letters under a condition that `person` may know of, without their drafts."""
    scopes = or_(
        Response.taskforce_id.in_(sorted(person.taskforces())), Response.programme_id.in_(sorted(person.programmes()))
    )
    return (
        select(Response)
        .join(Response.letter)
        .join(Response.programme)
        .where(to, scopes)
        .options(*ABOUT_RESPONSE)
        .order_by(Programme.name, Response.id)
    )


def get_response_to_for(person: Person, key: str) -> Response | None:
    """The response to a letter that is `person`'s own; for the taskforce the first one signed off.

    A correction that asks for nothing new has none: what it carries over is answered to the letter that it corrects.
    """
    letters = lineage_of(select(Letter.id).where(Letter.reference == key).scalar_subquery())
    statement = _responses(person, Letter.id.in_(letters)).order_by(None)
    found = db.session.scalars(statement.order_by(Letter.id.desc(), Programme.name, Response.id)).all()
    own = [r for r in found if r.programme_id in person.programmes()]
    return next(iter(own or [r for r in found if r.is_submitted]), None)


def get_response_for(person: Person, key: str, code: str) -> Response | None:
    """The response of the programme with `code`, with its submissions and without its draft."""
    if not CODE.fullmatch(code):
        return None
    return db.session.scalars(_responses(person, Letter.reference == key).where(Programme.code == code)).one_or_none()


def get_draft_for(person: Person, key: str, code: str) -> Response | None:
    """The response with its draft, for those of its programme only; for others as `get_response_for`."""
    if not CODE.fullmatch(code):
        return None
    own = _responses(person, Letter.reference == key).where(
        Programme.code == code, Response.programme_id.in_(sorted(person.programmes()))
    )
    return db.session.scalars(own.options(*DRAFT)).one_or_none() or get_response_for(person, key, code)


def get_draft(response_id: int) -> Response | None:
    """A response with its draft: for those who were let in otherwise than by a grant."""
    statement = select(Response).where(Response.id == response_id).options(*ABOUT_RESPONSE, *DRAFT)
    return db.session.scalars(statement).one_or_none()


def get_draft_of(assignment: Assignment) -> Response | None:
    """The response that answers this assignment, with its draft."""
    statement = select(Response).where(
        Response.letter_id == assignment.letter_id, Response.programme_id == assignment.programme_id
    )
    return db.session.scalars(statement.options(*ABOUT_RESPONSE, *DRAFT)).one_or_none()


def list_open_questions(response: Response) -> dict[int, list[Clarification]]:
    """What was asked about the newest submission, by assignment id, in the order it was asked.

    The replies are part of the draft: the taskforce reads them once it is signed off.
    """
    if not response.submissions:
        return {}
    statement = select(Clarification).where(Clarification.submission_id == response.submissions[0].id)
    found: dict[int, list[Clarification]] = {}
    for row in db.session.scalars(statement.options(joinedload(Clarification.asked_by)).order_by(Clarification.id)):
        found.setdefault(row.assignment_id, []).append(row)
    return found


@dataclass(frozen=True)
class SubmittedAnswer:
    """An answer as it was signed off."""

    submission: Submission
    content: dict[str, Any]

    @property
    def position(self) -> AnswerPosition:
        return AnswerPosition(self.content["position"])

    @property
    def complete_by(self) -> date | None:
        return _date(self.content["complete_by"])

    @property
    def action_dates(self) -> list[date | None]:
        """When each of its actions was promised for, in their order."""
        return [_date(action["due_on"]) for action in self.content["actions"]]


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def read_submission(submission: Submission) -> dict[str, Any]:
    """The content of a submission: introduction, answers and the references left unanswered; dates as dates."""
    content: dict[str, Any] = json.loads(submission.content)
    for answer in content["answers"]:
        answer["complete_by"] = _date(answer["complete_by"])
        answer["position"] = AnswerPosition(answer["position"])
        for action in answer["actions"]:
            action["due_on"] = _date(action["due_on"])
    return content


def list_submitted_answers(assignments: Sequence[Assignment]) -> dict[int, list[SubmittedAnswer]]:
    """The answers to these assignments as signed off, newest first, by assignment id."""
    # By the letter: after a merger of programmes a response may have moved, and what was closed before has not.
    statement = (
        select(Submission)
        .join(Submission.response)
        .where(Response.letter_id.in_(sorted({a.letter_id for a in assignments})))
        .options(joinedload(Submission.signed_off_by))
        .order_by(Submission.id.desc())
    )
    found: dict[int, list[SubmittedAnswer]] = {a.id: [] for a in assignments}
    for submission in db.session.scalars(statement):
        for answer in json.loads(submission.content)["answers"]:
            if answer["assignment_id"] in found:
                found[answer["assignment_id"]].append(SubmittedAnswer(submission, answer))
    return found


def list_assessments(assignments: Iterable[Assignment]) -> dict[int, list[Assessment]]:
    """The chair's assessments of these assignments, newest first, by assignment id. Not for programmes."""
    ids = [a.id for a in assignments]
    newest = select(Assessment).where(Assessment.assignment_id.in_(ids)).order_by(Assessment.id.desc())
    found: dict[int, list[Assessment]] = {assignment_id: [] for assignment_id in ids}
    for row in db.session.scalars(newest.options(joinedload(Assessment.by))):
        found[row.assignment_id].append(row)
    return found


def list_delivery_reports(assignments: Iterable[Assignment]) -> dict[int, list[DeliveryReport]]:
    """What programmes reported on these assignments, newest first, by assignment id."""
    ids = [a.id for a in assignments]
    newest = select(DeliveryReport).where(DeliveryReport.assignment_id.in_(ids)).order_by(DeliveryReport.id.desc())
    found: dict[int, list[DeliveryReport]] = {assignment_id: [] for assignment_id in ids}
    for row in db.session.scalars(newest.options(joinedload(DeliveryReport.by))):
        found[row.assignment_id].append(row)
    return found


def list_happenings(record: RecommendationRecord, person: Person) -> list[events.Happening]:
    """The timeline of a recommendation: all of it for its taskforce, what programmes are told for the others."""
    subjects = [("assignment", a.id) for a in record.assignments]
    if record.taskforce_id in person.taskforces():
        return events.list_timeline([("recommendation", record.recommendation.id), *subjects])
    told = {events.sentence(verb) for verb in TOLD_TO_PROGRAMMES}
    return [h for h in events.list_timeline(subjects) if h.what in told]


def list_raised_references(action_ids: Iterable[int]) -> dict[int, str]:
    """References of these actions, by id."""
    statement = select(Action.id, Action.reference).where(Action.id.in_(sorted(action_ids)))
    return {row.id: row.reference for row in db.session.execute(statement)}


def list_emails(
    *, taskforce_id: int | None = None, programme_id: int | None = None, roles: Iterable[Role] = PROGRAMME_ROLES
) -> list[str]:
    """E-mail addresses of the accounts that hold one of `roles` today, in the taskforce or for the programme."""
    scope = Grant.taskforce_id == taskforce_id if taskforce_id else Grant.programme_id == programme_id
    statement = (
        select(User.email)
        .join(Grant, Grant.contact_id == User.contact_id)
        .where(scope, Grant.role.in_(sorted(roles)), in_force(clock.today()), User.disabled_at.is_(None))
        .distinct()
        .order_by(User.email)
    )
    return list(db.session.scalars(statement))
