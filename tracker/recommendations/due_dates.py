"""Until when something is still to be answered, where its date may have been moved since the letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select

from tracker.core.db import db
from tracker.recommendations.extension_models import ExtensionRequest
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus

# Written out, as the index of what is asked for has it.
IS_ASKED: ColumnElement[bool] = ExtensionRequest.state == literal_column("'asked'")


def list_answer_due(responses: Iterable[tuple[int, int]]) -> dict[tuple[int, int], tuple[date | None, str]]:
    """The first date, and its words, by which something is still to be answered, by (letter id, programme id)."""
    wanted = sorted(set(responses))
    late = func.coalesce(Assignment.due_on, literal_column("'9999-12-31'"))
    statement = (
        select(Assignment.letter_id, Assignment.programme_id, Assignment.due_on, Assignment.due_stated)
        .where(
            Assignment.letter_id.in_([letter_id for letter_id, _ in wanted]),
            Assignment.status == AssignmentStatus.OPEN,
            Assignment.position == AnswerPosition.AWAITING,
        )
        .order_by(late.desc(), Assignment.id.desc())
    )
    rows: Sequence[Any] = db.session.execute(statement).all()
    return {(r.letter_id, r.programme_id): (r.due_on, r.due_stated) for r in rows}


def due_of(response: Response) -> tuple[date | None, str]:
    """By when `response` is due: the first date of what is unanswered, or the letter's own where nothing is."""
    found = list_answer_due([(response.letter_id, response.programme_id)])
    stated_in_letter = (response.letter.response_due_on, response.letter.response_due_stated)
    return found.get((response.letter_id, response.programme_id), stated_in_letter)
