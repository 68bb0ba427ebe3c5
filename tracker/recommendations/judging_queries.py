"""Reads of the chair's page: the answers of one response, and which of them is the next to judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.letters.models import LetterRecommendation, Recommendation
from tracker.recommendations.models import Assignment
from tracker.recommendations.queries import get_assignment_for
from tracker.recommendations.register import short_title
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus, Judgement


class JudgeStep(NamedTuple):
    """A recommendation of a response, as the chair goes through them."""

    reference: str
    title: str
    is_answered: bool
    is_open: bool
    judgement: Judgement

    @property
    def waits(self) -> bool:
        """Answered, open, and not assessed yet."""
        return self.is_answered and self.is_open and self.judgement is Judgement.NOT_ASSESSED

    @property
    def standing(self) -> str:
        """How it stands, in a few words."""
        if self.judgement is not Judgement.NOT_ASSESSED:
            return self.judgement.label
        if not self.is_open:
            return "Closed"
        return "To assess" if self.is_answered else "No answer yet"


def list_steps(letter_id: int, programme_id: int) -> list[JudgeStep]:
    """What a letter asks of a programme, in the letter's order."""
    statement = (
        select(
            Recommendation.reference,
            LetterRecommendation.title,
            func.substr(LetterRecommendation.text, 1, 200).label("text"),
            Assignment.position,
            Assignment.status,
            Assignment.judgement,
        )
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .join(LetterRecommendation, LetterRecommendation.id == Assignment.wording_id)
        .where(Assignment.letter_id == letter_id, Assignment.programme_id == programme_id)
        .order_by(func.length(Recommendation.part), Recommendation.part, Assignment.id)
    )
    return [
        JudgeStep(
            row.reference,
            short_title(row.title, row.text),
            row.position is not AnswerPosition.AWAITING,
            row.status is AssignmentStatus.OPEN,
            row.judgement,
        )
        for row in db.session.execute(statement)
    ]


def next_of(steps: Sequence[JudgeStep], after: str = "") -> str | None:
    """The reference of the next answer that waits, from the one `after` on and then from the beginning."""
    place = next((n for n, step in enumerate(steps) if step.reference == after), -1) + 1
    return next((step.reference for step in (*steps[place:], *steps[:place]) if step.waits), None)


def get_judged_for(person: Person, key: str, code: str, reference: str) -> Assignment | None:
    """The assignment of this recommendation, where it is one of the letter `key`; None where it is not to be seen."""
    found = get_assignment_for(person, reference, code)
    return found if found is not None and found.letter.reference == key else None
