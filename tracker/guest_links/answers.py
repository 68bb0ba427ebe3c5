"""The response as a link shows it, in plain values: a refused write expires the record."""

from __future__ import annotations

from typing import Any

from tracker.recommendations import answering
from tracker.recommendations import queries as recommendations
from tracker.recommendations.models import Response, Submission
from tracker.recommendations.responding import asked
from tracker.recommendations.rules import why_not_signed_off


def head(response: Response) -> dict[str, Any]:
    """What every page about the response names."""
    letter = response.letter
    return {
        "letter": letter.reference,
        "letter_date": letter.letter_date,
        "programme": response.programme.name,
        "taskforce": response.taskforce.name,
        "due": (letter.response_due_on, letter.response_due_stated),
        "clarification": response.clarification,
        "corrected": letter.corrects.reference if letter.corrects else None,
        "state": response.state,
    }


def as_read(response: Response) -> dict[str, Any]:
    """The saved draft beside what was asked, as whoever signs it off reads it."""
    asks = recommendations.list_asks(response)
    given = answering.given_answers(asks, response.answers)
    return head(response) | {
        "asks": [asked(ask) for ask in asks],
        "given": given,
        "unanswered": [g.reference for g in given if not g.is_answered],
        "introduction": response.introduction,
        "answers": {
            a.assignment_id: {
                "text": a.text,
                "lead": a.lead,
                "complete_by": a.complete_by,
                "complete_stated": a.complete_stated,
                "planned": [(p.title, p.due_on) for p in a.planned_actions],
            }
            for a in response.answers
        },
        "problems": why_not_signed_off(given),
    }


def submitted(response: Response) -> tuple[Submission, dict[str, Any]] | None:
    """What was signed off last, and its content; None where nothing was."""
    newest = response.submissions[:1]
    return (newest[0], recommendations.read_submission(newest[0])) if newest else None
