"""A draft response as a page: its form, what the page says, and the saving. For everybody who may write one.

Whoever asks is let in by the view: by a grant, or by a link (guest_links).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tracker.core.errors import StaleVersion
from tracker.core.permissions import Person
from tracker.letters import documents, draft_edits
from tracker.letters import queries as letters
from tracker.letters.rules import LetterState
from tracker.recommendations import answering, queries, response_edits, response_queries
from tracker.recommendations.answer_forms import INTRODUCTION, AnswersForm, answers_form, part_of
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Answer, Clarification, Response, ResponseEdit, VerbalUpdate
from tracker.recommendations.rules import why_not_signed_off


@dataclass(frozen=True)
class Saved:
    """What came of a save: the parts that others changed meanwhile, which stay as they wrote them."""

    theirs: Sequence[str]

    def sentence(self) -> str:
        if not self.theirs:
            return "The draft has been saved. Nothing has been sent."
        return f"The draft has been saved, {self._together()}."

    def ready_sentence(self) -> str:
        """The same, of a draft that is ready now."""
        together = f", {self._together()}," if self.theirs else ""
        return f"The draft has been saved{together} and is ready for sign-off."

    def _together(self) -> str:
        return f"together with what others of your team saved meanwhile in {self.listed()}"

    def listed(self) -> str:
        return ", ".join(self.theirs)


def prepare_form(response: Response, kept: ResponseEdit | None = None) -> AnswersForm:
    """The form of a draft, as it was sent or as it is saved; `kept` is what was typed and not saved, to continue with.

    `response` is loaded with `queries.DRAFT`. Where others saved since `kept` was begun, the form shows both texts.
    """
    form = answers_form(queries.list_asks(response), queries.list_open_questions(response))
    if kept is None:
        found: AnswersForm = form.of(response)
        return found
    found = form.of(response, formdata=draft_edits.typed_in(kept))
    found.show_clash(response)
    return found


def save(response: Response, form: AnswersForm, *, by: Person) -> Saved:
    """Save a valid form into the draft, together with what others saved since it was opened.

    Raises StaleVersion where both changed the same answer, RuleBroken once the response is signed off.
    """
    merged = form.merge(response)
    if merged.clashing:
        raise StaleVersion
    values = dict(merged.values)
    answering.save_answers(response, values.pop(INTRODUCTION), values, by=by)
    response_edits.drop(response, by=by)
    parts = {ask.id: part_of(ask) for ask in queries.list_asks(response)} | {INTRODUCTION: "the introduction"}
    return Saved([parts[i] for i in merged.theirs])


def page_values(response: Response, *, by: Person) -> dict[str, Any]:
    """What `recommendations/_answers_form.html` says beside the fields, in plain values: a refused write expires rows.

    `document` is the letter as it prints; None for one whose file is kept instead.
    """
    asks = queries.list_asks(response)
    questions = queries.list_open_questions(response)
    answers = {answer.assignment_id: answer for answer in response.answers}
    given = answering.given_answers(asks, response.answers)
    raised = _raised(response.answers)
    said = response_queries.list_verbal_updates(ask.id for ask in asks)
    return {
        "asks": [
            _ask(ask, answers.get(ask.id), questions.get(ask.id, ()))
            | {"raised": raised.get(ask.id, []), "verbal": [verbal_of(u) for u in said[ask.id] if u.outcome is None]}
            for ask in asks
        ],
        "unanswered": [g.reference for g in given if not g.is_answered],
        "others": response_edits.list_others(response, by),
        "document": letter_as_it_prints(response),
    }


def sign_off_values(response: Response) -> dict[str, Any]:
    """What `recommendations/_to_sign.html` shows before a draft is signed off, in plain values."""
    asks = queries.list_asks(response)
    given = answering.given_answers(asks, response.answers)
    questions = queries.list_open_questions(response)
    return {
        "asks": [asked(ask) for ask in asks],
        "given": given,
        "introduction": response.introduction,
        "answers": {
            a.assignment_id: {
                "text": a.text,
                "lead": a.lead,
                "complete_by": a.complete_by,
                "complete_stated": a.complete_stated,
                "planned": [(p.title, p.due_on) for p in a.planned_actions],
                "clarified": [{"question": q.question, "reply": q.reply} for q in questions.get(a.assignment_id, ())],
            }
            for a in response.answers
        },
        "problems": why_not_signed_off(given),
    }


def letter_as_it_prints(response: Response) -> Any:
    """The letter that is answered, for `letters/_printed.html`; None for a recorded one: its file is kept."""
    letter = response.letter
    if letter.state is LetterState.RECORDED:
        return None
    return documents.document_of(letters.get_current_version(letter.id), documents.slots_of(letter), draft=False)


def asked(ask: Assignment) -> dict[str, Any]:
    """One thing that the letter asks for, in plain values."""
    return {
        "id": ask.id,
        "part": part_of(ask),
        "reference": ask.recommendation.reference,
        "title": ask.wording.title,
        "text": ask.wording.text,
        "items": ask.wording.success_items,
        "kind": ask.wording.kind.label,
    }


def _ask(ask: Assignment, answer: Answer | None, questions: Sequence[Clarification]) -> dict[str, Any]:
    """One thing that the letter asks for, who wrote its answer, and what the taskforce asked about that."""
    edited_by = answer.edited_by if answer is not None else None
    return asked(ask) | {
        "edited_by": edited_by.name if edited_by else "",
        "edited_at": answer.edited_at if answer is not None else None,
        "questions": [{"id": q.id, "question": q.question, "by": q.asked_by.name, "at": q.asked_at} for q in questions],
    }


def verbal_of(update: VerbalUpdate) -> dict[str, Any]:
    """What somebody of the programme said, in plain values."""
    return {
        "id": update.id,
        "said_by": update.said_by,
        "said_on": update.said_on,
        "how": update.said_how.label,
        "position": update.position,
        "text": update.text,
        "entered_by": update.entered_by.name,
        "outcome": update.outcome,
        "decided_by": update.decided_by.name if update.decided_by else "",
        "decided_at": update.decided_at,
        "note": update.decided_note,
    }


def _raised(answers: Sequence[Answer]) -> dict[int, list[tuple[str, str]]]:
    """Planned actions that are in the register already, by assignment id: (reference, title)."""
    planned = [(a.assignment_id, p) for a in answers for p in a.planned_actions if p.action_id is not None]
    references = queries.list_raised_references(p.action_id for _, p in planned if p.action_id is not None)
    found: dict[int, list[tuple[str, str]]] = {}
    for assignment_id, p in planned:
        found.setdefault(assignment_id, []).append((references[p.action_id or 0], p.title))
    return found
