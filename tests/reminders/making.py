"""Letters that ask for an answer by a date, and programmes that answer: by the product's own operations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tests.factories import person_of
from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.core.permissions import Person
from tracker.directory.models import Taskforce
from tracker.letters import operations as letters
from tracker.letters.content import Ask, Content
from tracker.letters.models import Letter
from tracker.letters.rules import AskKind, LetterKind, Placement
from tracker.recommendations import answering, extending, extension_queries
from tracker.recommendations import queries as recommendations
from tracker.recommendations.rules import AnswerPosition
from tracker.reminders import plans
from tracker.reminders.rules import Plan


def at(day: date, hour: int = 9) -> Any:
    """The clock, held at an hour of that day."""
    return clock.frozen(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def person(email: str) -> Person:
    return person_of(db.session.scalars(select(User).where(User.email == email)).one())


def taskforce(taskforce_id: int) -> Taskforce:
    statement = select(Taskforce).where(Taskforce.id == taskforce_id).options(joinedload(Taskforce.board))
    return db.session.scalars(statement).one()


def send_letter(
    app: Flask,
    taskforce_id: int,
    programme_id: int,
    contact_id: int,
    due_on: date | None,
    *,
    asks: Sequence[str] = ("Publish a timetable", "Say how carers were heard"),
    letter_date: date = date(2026, 11, 2),
    stated: str = "",
    subject: str = "What we heard",
) -> str:
    """A letter that was issued outside the product, of that day; its reference."""
    with app.app_context(), writing():
        to = letters.Addressed(contact_id, programme_id)
        made = tuple(Ask(0, Placement.LISTED, AskKind.RECOMMENDATION, title, f"{title}, please.") for title in asks)
        content = Content(subject=subject, recommendations=made)
        draft = letters.Draft(LetterKind.LETTER, None, to, letter_date, due_on, stated, content)
        upload = letters.Upload(f"%PDF-1.7 {subject} {letter_date}".encode(), "application/pdf")
        return letters.record_letter(taskforce(taskforce_id), draft, upload, by=None).reference or ""


def answer(app: Flask, reference: str, code: str, *, sro: str, parts: int | None = None) -> None:
    """The programme answers the first `parts` of what is asked (all of it for None), and the SRO signs it off."""
    with app.app_context(), writing():
        by = person(sro)
        response = recommendations.get_draft_for(by, reference, code)
        assert response is not None
        if response.state.value == "signed_off":
            answering.continue_response(response, by=by)
        asked = recommendations.list_asks(response)[:parts]
        given = answering.AnswerDetails(AnswerPosition.ACCEPTED, "We will.", "", None, "", ())
        answering.save_answers(response, "", {ask.id: given for ask in asked}, by=by)
        db.session.flush()
        db.session.expire_all()
        response = recommendations.get_draft_for(by, reference, code)
        assert response is not None
        answering.sign_off(response, by=by)


def ask_time(app: Flask, reference: str, code: str, number: int, until: date, *, granted: bool = True) -> None:
    """More time is asked for the first `number` of what is unanswered, and granted."""
    with app.app_context(), writing():
        by = person("secretary@epc.test")
        response = recommendations.get_response_for(by, reference, code)
        assert response is not None
        asked = frozenset(a.id for a in extension_queries.list_extendable(response)[:number])
        details = extending.Asked(asked, until, "Too few people", "Ann")
        request_id = extending.ask_extension(response, details, by=by).id
        if granted:
            db.session.expire_all()
            request = extension_queries.get_extension_for(by, reference, code, request_id)
            assert request is not None
            extending.grant_extension(request, until, "", by=by)


def set_plan(app: Flask, plan: Plan, *, by: str, taskforce_id: int, letter: str = "") -> None:
    """Settings of a taskforce, or of one letter of it."""
    with app.app_context(), writing():
        chosen: Any = taskforce(taskforce_id)
        if letter:
            chosen = db.session.scalars(select(Letter).where(Letter.reference == letter)).one()
        plans.set_plan(chosen, plan, by=person(by))


def run(app: Flask) -> str:
    """`flask reminders run`, and what it says."""
    result = app.test_cli_runner().invoke(args=["reminders", "run"])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def body_of(message: Any) -> str:
    """What a mail says, with plain line ends."""
    return str(message.get_body().get_content()).replace("\r\n", "\n")
