"""What waits for a person in answers and assessments, for “due for me”: computed from dates, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from textwrap import shorten
from typing import Any

from sqlalchemy import Select, func, literal_column, select, union_all

from tracker.core.db import db
from tracker.core.permissions import CHAIRS, Person, Role
from tracker.directory.models import Programme
from tracker.letters.models import Letter, LetterRecommendation, Recommendation
from tracker.recommendations.due_dates import IS_ASKED, list_answer_due
from tracker.recommendations.extension_models import ExtensionItem, ExtensionRequest
from tracker.recommendations.extension_rules import BY_SECRETARIAT
from tracker.recommendations.models import Assignment
from tracker.recommendations.register import DUE, IS_AWAITING, IS_OPEN, short_title
from tracker.recommendations.response_models import Answer, Response, VerbalUpdate
from tracker.recommendations.rules import ResponseState, days_late

LIMIT = 50
NOT_AWAITING = Assignment.position != literal_column("'awaiting_answer'")
NOT_ASSESSED = Assignment.judgement == literal_column("'not_assessed'")
IS_DRAFT = Response.state == ResponseState.DRAFT


@dataclass(frozen=True)
class Waiting:
    """A thing to do: what, about which record, by when; `endpoint` and `values` are its address."""

    reference: str
    title: str
    what: str
    due_on: date | None
    due_stated: str
    days_late: int
    endpoint: str
    values: dict[str, str]


def list_waiting_for(person: Person, today: date) -> list[Waiting]:
    """What `person` is to do here, the longest overdue first: at most LIMIT of each kind.

    Programme people: letters to answer, verbal updates to confirm, and for the SRO drafts to sign off. Chairs: answers
    to assess, and extensions after the second. The secretariat: responses to look at, answers that are late, and the
    other extensions.
    """
    found: list[Waiting] = []
    if programmes := sorted(person.programmes()):
        found += _letters_to_answer(programmes, today, person.programmes({Role.SRO}))
        found += _verbal_updates_to_confirm(programmes)
    if chaired := sorted(person.taskforces(CHAIRS)):
        found += _answers_to_assess(chaired)
        found += _extensions(chaired, for_chair=True)
    if served := sorted(person.taskforces({Role.SECRETARIAT})):
        found += _responses_to_look_at(served)
        found += _late_answers(served, today)
        found += _extensions(served, for_chair=False)
    return sorted(found, key=lambda w: (w.due_on or date.max, w.reference, w.what))


def _responses(*conditions: Any) -> Select[Any]:
    """Letter, programme and due date of responses."""
    shown: tuple[Any, ...] = (
        Response.id,
        Response.letter_id,
        Response.programme_id,
        Response.state,
        Response.clarification,
        Response.ready_at,
        Letter.reference,
        Letter.response_due_on,
        Letter.response_due_stated,
        Programme.code,
        Programme.name,
    )
    statement: Select[Any] = select(*shown)
    return (
        statement.join(Letter, Letter.id == Response.letter_id)
        .join(Programme, Programme.id == Response.programme_id)
        .where(*conditions)
        .order_by(func.coalesce(Letter.response_due_on, literal_column("'9999-12-31'")), Response.id)
        .limit(LIMIT)
    )


def _letters_to_answer(programmes: Iterable[int], today: date, signed_by: frozenset[int]) -> list[Waiting]:
    is_begun = select(Answer.id).where(Answer.response_id == Response.id).exists()
    statement = _responses(Response.programme_id.in_(programmes), IS_DRAFT).add_columns(is_begun.label("is_begun"))
    rows = db.session.execute(statement).all()
    due = list_answer_due((row.letter_id, row.programme_id) for row in rows)
    return [
        _response_row(row, _what_to_answer(row, signed_by), "recommendations.write_response", today, due)
        for row in rows
    ]


def _what_to_answer(row: Any, signed_by: frozenset[int]) -> str:
    """What a draft waits for: the clarification that was asked for, the SRO's sign-off, or its words."""
    if row.clarification:
        return f"Clarification asked for: {shorten(row.clarification, 120, placeholder='…')}"
    signs = row.is_begun and row.programme_id in signed_by
    if row.ready_at:
        return "Sign off the response: it is ready" if signs else "The response waits for its sign-off"
    return "Finish and sign off the response" if signs else "Answer the letter"


def _verbal_updates_to_confirm(programmes: Iterable[int]) -> list[Waiting]:
    """What was said for these programmes and is no answer until somebody of them confirms it."""
    shown: tuple[Any, ...] = (VerbalUpdate.id, VerbalUpdate.said_by, Recommendation.reference, Programme.code)
    statement: Select[Any] = (
        select(*shown)
        .join(Assignment, Assignment.id == VerbalUpdate.assignment_id)
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .join(Programme, Programme.id == Assignment.programme_id)
        .where(Assignment.programme_id.in_(programmes), IS_OPEN, VerbalUpdate.outcome.is_(None))
        .order_by(VerbalUpdate.id)
        .limit(LIMIT)
    )
    return [
        Waiting(
            reference=row.reference,
            title=f"What {row.said_by} said",
            what="Say whether a verbal update is right",
            due_on=None,
            due_stated="",
            days_late=0,
            endpoint="recommendations.decide_verbal_update",
            values={"key": row.reference, "code": row.code, "update_id": str(row.id)},
        )
        for row in db.session.execute(statement)
    ]


def _response_row(
    row: Any,
    what: str,
    endpoint: str,
    today: date | None,
    due: Mapping[tuple[int, int], tuple[date | None, str]] | None = None,
) -> Waiting:
    """`today` is None where the due date is the programme's and not the reader's. `due`: dates that were moved."""
    stated_in_letter = (row.response_due_on, row.response_due_stated)
    due_on, due_stated = (due or {}).get((row.letter_id, row.programme_id), stated_in_letter)
    return Waiting(
        reference=row.reference,
        title=f"{row.reference} to {row.name}",
        what=what,
        due_on=due_on if today else None,
        due_stated=due_stated if today else "",
        days_late=days_late(due_on, today) if today else 0,
        endpoint=endpoint,
        values={"key": row.reference, "code": row.code},
    )


def _responses_to_look_at(taskforces: Iterable[int]) -> list[Waiting]:
    signed_off = Response.state == ResponseState.SIGNED_OFF
    statement = _responses(Response.taskforce_id.in_(taskforces), signed_off)
    return [
        _response_row(row, "Accept the response, or ask for clarification", "recommendations.show_response", None)
        for row in db.session.execute(statement)
    ]


def _first_of_each(taskforces: Iterable[int], *conditions: Any) -> Any:
    """Ids of the first LIMIT open assignments of each taskforce, in due order.

    One taskforce is read along its index and no further; of several at once the planner would sort every row.
    """
    firsts = (
        select(Assignment.id)
        .where(IS_OPEN, *conditions, Assignment.taskforce_id == taskforce_id)
        .order_by(DUE, Assignment.id)
        .limit(LIMIT)
        .subquery()
        for taskforce_id in taskforces
    )
    return union_all(*(select(first.c.id) for first in firsts))


def _assignments(taskforces: Iterable[int], *conditions: Any) -> Select[Any]:
    """Reference, words and programme of open assignments, in due order."""
    shown: tuple[Any, ...] = (
        Assignment.due_on,
        Assignment.due_stated,
        Recommendation.reference,
        Letter.reference.label("letter"),
        LetterRecommendation.title,
        func.substr(LetterRecommendation.text, 1, 200).label("text"),
        Programme.code,
        Programme.name,
    )
    statement: Select[Any] = select(*shown)
    return (
        statement.join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .join(LetterRecommendation, LetterRecommendation.id == Assignment.wording_id)
        .join(Programme, Programme.id == Assignment.programme_id)
        .join(Letter, Letter.id == Assignment.letter_id)
        .where(Assignment.id.in_(_first_of_each(taskforces, *conditions)))
        .order_by(DUE, Assignment.id)
        .limit(LIMIT)
    )


def _answers_to_assess(taskforces: Iterable[int]) -> list[Waiting]:
    statement = _assignments(taskforces, NOT_AWAITING, NOT_ASSESSED)
    return [
        Waiting(
            reference=row.reference,
            title=short_title(row.title, row.text),
            what=f"Assess the answer of {row.name}",
            due_on=None,
            due_stated="",
            days_late=0,
            endpoint="recommendations.judge_answer",
            values={"key": row.letter, "code": row.code, "reference": row.reference},
        )
        for row in db.session.execute(statement)
    ]


def _late_answers(taskforces: Iterable[int], today: date) -> list[Waiting]:
    late = _assignments(taskforces, IS_AWAITING, DUE.between(date.min, today - timedelta(days=1)))
    return [
        Waiting(
            reference=row.reference,
            title=short_title(row.title, row.text),
            what=f"Chase the answer of {row.name}",
            due_on=row.due_on,
            due_stated=row.due_stated,
            days_late=days_late(row.due_on, today),
            endpoint="recommendations.show_recommendation",
            values={"key": row.reference},
        )
        for row in db.session.execute(late)
    ]


def _extensions(taskforces: Iterable[int], *, for_chair: bool) -> list[Waiting]:
    """Requests for more time that wait for the chair, after two extensions, or for the secretariat."""
    often = (
        select(ExtensionItem.id)
        .join(Assignment, Assignment.id == ExtensionItem.assignment_id)
        .where(ExtensionItem.request_id == ExtensionRequest.id, Assignment.times_extended >= BY_SECRETARIAT)
        .exists()
    )
    statement = (
        select(ExtensionRequest.id, ExtensionRequest.until_on, Letter.reference, Programme.code, Programme.name)
        .join(Letter, Letter.id == ExtensionRequest.letter_id)
        .join(Programme, Programme.id == ExtensionRequest.programme_id)
        .where(ExtensionRequest.taskforce_id.in_(taskforces), IS_ASKED, often if for_chair else ~often)
        .order_by(ExtensionRequest.id)
        .limit(LIMIT)
    )
    return [
        Waiting(
            reference=row.reference,
            title=f"{row.reference} to {row.name}",
            what=f"Decide on more time, until {row.until_on.day} {row.until_on:%B %Y}",
            due_on=None,
            due_stated="",
            days_late=0,
            endpoint="recommendations.decide_extension",
            values={"key": row.reference, "code": row.code, "extension_id": str(row.id)},
        )
        for row in db.session.execute(statement)
    ]
