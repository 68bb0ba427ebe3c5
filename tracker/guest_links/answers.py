"""The response as a link shows it, in plain values: a refused write expires the record."""

from __future__ import annotations

from typing import Any

from tracker.recommendations import queries as recommendations
from tracker.recommendations import responding
from tracker.recommendations.due_dates import due_of
from tracker.recommendations.response_models import Response, Submission


def head(response: Response) -> dict[str, Any]:
    """What every page about the response names."""
    letter = response.letter
    return {
        "letter": letter.reference,
        "letter_date": letter.letter_date,
        "programme": response.programme.name,
        "taskforce": response.taskforce.name,
        "due": due_of(response),
        "clarification": response.clarification,
        "corrected": letter.corrects.reference if letter.corrects else None,
        "state": response.state,
    }


def as_read(response: Response) -> dict[str, Any]:
    """The saved draft beside what was asked, as whoever signs it off reads it."""
    return head(response) | responding.sign_off_values(response)


def submitted(response: Response) -> tuple[Submission, dict[str, Any]] | None:
    """What was signed off last, and its content; None where nothing was."""
    newest = response.submissions[:1]
    return (newest[0], recommendations.read_submission(newest[0])) if newest else None
