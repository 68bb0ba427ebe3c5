"""The response as a link shows it: the one place that knows how the draft is read, saved and signed off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracker.core.permissions import Person
from tracker.recommendations import answering, forms
from tracker.recommendations import queries as recommendations
from tracker.recommendations.models import Assignment, Response, Submission
from tracker.recommendations.rules import why_not_signed_off


def form_for(response: Response) -> Any:
    """The form of the draft, filled from what is saved, or from what was sent."""
    return forms.answers_form(recommendations.list_asks(response)).of(response)


def save(response: Response, form: Any, *, by: Person) -> None:
    """Save what a valid form says as the team's draft."""
    answering.save_answers(response, form.introduction.data, form.answers(), by=by)


def sign_off(response: Response, *, by: Person) -> Submission:
    """Sign the draft off as it stands, by a link."""
    return answering.sign_off(response, by=by)


def head(response: Response) -> dict[str, Any]:
    """What every page about the response names, in plain values: a refused write expires the record."""
    letter = response.letter
    return {
        "letter": letter.reference,
        "letter_date": letter.letter_date,
        "programme": response.programme.name,
        "taskforce": response.taskforce.name,
        "due": (letter.response_due_on, letter.response_due_stated),
        "clarification": response.clarification,
        "state": response.state,
    }


def draft(response: Response) -> dict[str, Any]:
    """The draft beside what was asked, in plain values."""
    asks = recommendations.list_asks(response)
    given = answering.given_answers(asks, response.answers)
    return {
        "asks": [_ask(ask) for ask in asks],
        "given": given,
        "unanswered": [g.reference for g in given if not g.is_answered],
        "raised": _raised(response),
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
    newest: Sequence[Submission] = response.submissions
    return (newest[0], recommendations.read_submission(newest[0])) if newest else None


def _ask(ask: Assignment) -> dict[str, Any]:
    return {
        "id": ask.id,
        "part": forms.part_of(ask),
        "reference": ask.recommendation.reference,
        "title": ask.wording.title,
        "text": ask.wording.text,
        "items": ask.wording.success_items,
        "kind": ask.wording.kind.label,
    }


def _raised(response: Response) -> dict[int, list[tuple[str, str]]]:
    """Planned actions that are in the register already, by assignment id: (reference, title)."""
    planned = [(a.assignment_id, p) for a in response.answers for p in a.planned_actions if p.action_id is not None]
    known = recommendations.list_raised_references(p.action_id for _, p in planned if p.action_id is not None)
    found: dict[int, list[tuple[str, str]]] = {}
    for assignment_id, p in planned:
        found.setdefault(assignment_id, []).append((known[p.action_id or 0], p.title))
    return found
