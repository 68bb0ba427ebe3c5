"""What is done to a response: drafts, sign-off, clarification, acceptance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from tracker.actions.models import Action
from tracker.actions.operations import raise_action
from tracker.core import clock, events
from tracker.core.db import db, touch
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.recommendations import queries
from tracker.recommendations.models import Assignment, AssignmentAction
from tracker.recommendations.response_models import Answer, Clarification, PlannedAction, Response, Submission
from tracker.recommendations.rules import AnswerPosition, GivenAnswer, ResponseState, SignOffHow, why_not_signed_off

events.register_verbs(
    {
        "answers_saved": "saved the draft response",
        "response_signed_off": "signed off the response",
        "answer_signed_off": "signed off the answer",
        "clarification_asked": "asked for clarification",
        "response_accepted": "accepted the response",
        "response_continued": "took the response up again",
    }
)
AWAITING = AnswerPosition.AWAITING


class Planned(NamedTuple):
    """A row for a planned action; one without a title is none, or is taken out."""

    title: str
    due_on: date | None


@dataclass(frozen=True)
class AnswerDetails:
    """An answer as its form gives it."""

    position: AnswerPosition
    text: str
    lead: str
    complete_by: date | None
    complete_stated: str
    actions: Sequence[Planned]
    # What is said to the taskforce's questions about the answer before, by the id of the question.
    replies: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        said = (self.text, self.lead, self.complete_by, self.complete_stated, *(a.title for a in self.actions))
        return self.position is AWAITING and not any(said)


def current_answers(response: Response, assignment_ids: Iterable[int]) -> dict[int, AnswerDetails]:
    """The draft's answers as a form gives them, by assignment id; those in the register are left out of the actions."""
    known = {answer.assignment_id: answer for answer in response.answers}
    questions = queries.list_open_questions(response)
    return {i: _details_of(known.get(i), questions.get(i, ())) for i in assignment_ids}


def _details_of(answer: Answer | None, questions: Sequence[Clarification]) -> AnswerDetails:
    replies = {question.id: question.reply for question in questions}
    if answer is None:
        return AnswerDetails(AWAITING, "", "", None, "", (), replies)
    return AnswerDetails(
        # Words without a position are signed off as that; nobody chooses it.
        position=AWAITING if answer.position is AnswerPosition.NOT_STATED else answer.position,
        text=answer.text,
        lead=answer.lead,
        complete_by=answer.complete_by,
        complete_stated=answer.complete_stated,
        actions=tuple(Planned(p.title, p.due_on) for p in answer.planned_actions if p.action_id is None),
        replies=replies,
    )


def check_draft(response: Response) -> None:
    """Raises RuleBroken for a response that is no draft."""
    if response.state is not ResponseState.DRAFT:
        raise RuleBroken("The response has been signed off. Go to its page to see what can be done.")


def save_answers(response: Response, introduction: str, answers: Mapping[int, AnswerDetails], *, by: Person) -> None:
    """Save the team's draft: its introduction, and the answers by assignment id.

    The log says which answers changed and not their words: a draft is the team's own.
    Raises RuleBroken once signed off.
    """
    check_draft(response)
    asks = {ask.id: ask for ask in queries.list_asks(response)}
    known = {answer.assignment_id: answer for answer in response.answers}
    questions = queries.list_open_questions(response)
    changed = []
    for assignment_id, details in answers.items():
        replied = _reply(questions.get(assignment_id, ()), details.replies, by)
        answer = known.get(assignment_id)
        if answer is None and details.is_blank:
            different = False
        else:
            different = _fill(answer or _new_answer(response, assignment_id), details, by)
        if replied or different:
            changed.append(asks[assignment_id].recommendation.reference)
    if not changed and introduction == response.introduction:
        return
    response.introduction = introduction
    touch(response)
    events.record(by, "answers_saved", response, answers=changed)
    db.session.flush()


def _reply(questions: Sequence[Clarification], replies: Mapping[int, str], by: Person) -> bool:
    """Keep what is said to these questions in the draft; whether anything is different now."""
    different = [q for q in questions if q.id in replies and q.reply != replies[q.id]]
    for question in different:
        question.reply = replies[question.id]
        question.replied_at = clock.now() if question.reply else None
        question.replied_by_id = by.contact_id if question.reply else None
    return bool(different)


def _new_answer(response: Response, assignment_id: int) -> Answer:
    answer = Answer(response=response, assignment_id=assignment_id, planned_actions=[])
    db.session.add(answer)
    return answer


def _fill(answer: Answer, details: AnswerDetails, by: Person) -> bool:
    """Give `answer` these details, and say who did; whether anything is different now."""
    names = ("position", "text", "lead", "complete_by", "complete_stated")
    different = answer.id is None or any(getattr(answer, n) != getattr(details, n) for n in names)
    for name in names:
        setattr(answer, name, getattr(details, name))
    different = _plan(answer, details.actions) or different
    if different:
        answer.edited_by_id, answer.edited_at = by.contact_id, clock.now()
    return different


def _plan(answer: Answer, rows: Sequence[Planned]) -> bool:
    """Bring the planned actions into line with the form's rows; those in the register already stay as they are."""
    kept = [p for p in answer.planned_actions if p.action_id is None]
    wanted = [row for row in rows if row.title]
    different = [(p.title, p.due_on) for p in kept] != [(w.title, w.due_on) for w in wanted]
    for planned, row in zip(kept, wanted, strict=False):
        planned.title, planned.due_on = row.title, row.due_on
    for row in wanted[len(kept) :]:
        db.session.add(PlannedAction(answer=answer, title=row.title, due_on=row.due_on))
    for planned in kept[len(wanted) :]:
        db.session.delete(planned)
    return different


def given_answers(asks: Sequence[Assignment], answers: Sequence[Answer]) -> list[GivenAnswer]:
    """An answer per ask, in the letter's order, blank where there is none yet."""
    known = {answer.assignment_id: answer for answer in answers}
    return [_given(known.get(ask.id), ask.recommendation.reference or "") for ask in asks]


def _given(answer: Answer | None, reference: str = "") -> GivenAnswer:
    return GivenAnswer(reference, answer.position, answer.text) if answer else GivenAnswer(reference, AWAITING, "")


@dataclass(frozen=True)
class Agreement:
    """The file in which a senior responsible owner agreed to a response: stored, under the name that it came with."""

    contact_id: int
    agreed_on: date
    name: str
    sha256: str


def sign_off(response: Response, *, by: Person, agreed: Agreement | None = None) -> Submission:
    """Give the draft to the taskforce as it stands; what is unanswered stays awaiting (product.md, Response).

    Keeps it as an insert-only submission, sets each position, and makes its planned actions actions of the register,
    owned by whoever signs: `by`, or who agreed in a file that `by` recorded. Raises RuleBroken for a response that is
    no draft or that `why_not_signed_off` refuses.
    """
    check_draft(response)
    asks = queries.list_asks(response)
    if problems := why_not_signed_off(given_answers(asks, response.answers)):
        raise RuleBroken(" ".join(problems))
    known = {answer.assignment_id: answer for answer in response.answers}
    signer_id = agreed.contact_id if agreed else by.contact_id
    raised = {a.id: _raise_planned(response, a, signer_id, by) for a in response.answers if _given(a).is_answered}
    content = _content(response, asks, known, raised)
    submission = _submission(response, content, signer_id, by, agreed)
    for ask in asks:
        _take_position(ask, known.get(ask.id), agreed.agreed_on if agreed else clock.today(), by)
    response.state, response.clarification = ResponseState.SIGNED_OFF, ""
    response.ready_at = response.ready_by_id = None
    response.signed_off_by_id, response.signed_off_at = signer_id, submission.at
    on_behalf_of = signer_id if agreed else None
    events.record(by, "response_signed_off", response, on_behalf_of_id=on_behalf_of, number=submission.number)
    db.session.flush()
    return submission


def _submission(
    response: Response, content: dict[str, Any], signer_id: int, by: Person, agreed: Agreement | None
) -> Submission:
    on_page = SignOffHow.HERE if by.link_id is None else SignOffHow.BY_LINK
    submission = Submission(
        response=response,
        number=len(response.submissions) + 1,
        content=events.canonical(content),
        signed_off_by_id=signer_id,
        at=clock.now(),
        how=SignOffHow.BY_FILE if agreed else on_page,
        agreement_sha256=agreed.sha256 if agreed else None,
        agreement_name=agreed.name if agreed else None,
        agreed_on=agreed.agreed_on if agreed else None,
        recorded_by_id=by.contact_id if agreed else None,
    )
    db.session.add(submission)
    db.session.flush()
    return submission


def _take_position(ask: Assignment, answer: Answer | None, day: date, by: Person) -> None:
    """The position, the lead and the first day of an answer as last submitted: none where the answer was taken out.

    Each answer given is told of every time.
    """
    given = _given(answer)
    ask.position = given.submitted_position
    ask.lead = answer.lead or None if answer is not None and given.is_answered else None
    ask.answered_on = (ask.answered_on or day) if given.is_answered else None
    changed: dict[str, Any] = events.changes(ask)
    if changed or given.is_answered:
        events.record(by, "answer_signed_off", ask, **changed)


def _raise_planned(response: Response, answer: Answer, owner_id: int, by: Person) -> dict[int, str]:
    """Make the answer's planned actions real; the references of all of them, by planned action id."""
    references = queries.list_raised_references(p.action_id for p in answer.planned_actions if p.action_id is not None)
    found = {p.id: references[p.action_id] for p in answer.planned_actions if p.action_id is not None}
    for planned in answer.planned_actions:
        if planned.action_id is None:
            action = _raise_one(response, answer, planned, owner_id, by)
            found[planned.id] = action.reference
    return found


def _raise_one(response: Response, answer: Answer, planned: PlannedAction, owner_id: int, by: Person) -> Action:
    action = raise_action(
        response.taskforce,
        title=planned.title,
        owner_id=owner_id,
        due_on=planned.due_on,
        origin_id=response.origin_id,
        by=by,
    )
    planned.action_id = action.id
    db.session.add(AssignmentAction(assignment_id=answer.assignment_id, action_id=action.id))
    return action


def _content(
    response: Response,
    asks: Sequence[Assignment],
    known: Mapping[int, Answer],
    raised: Mapping[int, Mapping[int, str]],
) -> dict[str, Any]:
    """The response in plain data, as it is kept for good."""
    given = {ask.id: known[ask.id] for ask in asks if ask.id in known and _given(known[ask.id]).is_answered}
    questions = queries.list_open_questions(response)
    return {
        "introduction": response.introduction,
        "answers": [
            _answer_content(ask, given[ask.id], raised, questions.get(ask.id, ())) for ask in asks if ask.id in given
        ],
        "unanswered": [ask.recommendation.reference for ask in asks if ask.id not in given],
    }


def _answer_content(
    ask: Assignment, answer: Answer, raised: Mapping[int, Mapping[int, str]], questions: Sequence[Clarification]
) -> dict[str, Any]:
    clarified = [{"question": q.question, "reply": q.reply} for q in questions]
    # Left out where nothing was asked, as in what was signed off before questions were asked.
    return ({"clarified": clarified} if clarified else {}) | {
        "assignment_id": ask.id,
        "reference": ask.recommendation.reference,
        "asked": ask.wording.text,
        "position": _given(answer).submitted_position,
        "text": answer.text,
        "lead": answer.lead,
        "complete_by": answer.complete_by,
        "complete_stated": answer.complete_stated,
        "actions": [
            {"title": p.title, "due_on": p.due_on, "reference": raised[answer.id][p.id]} for p in answer.planned_actions
        ],
    }


def ask_clarification(response: Response, reason: str, questions: Mapping[int, str], *, by: Person) -> None:
    """Give a signed-off response back to its programme with what is unclear; what was submitted stays to be read.

    `questions` by assignment id, each about one answer of the newest submission; `reason` is about the whole. Raises
    RuleBroken for a response that is not signed off, or is accepted.
    """
    _check_waiting(response)
    asked = [ask for ask in queries.list_asks(response) if ask.id in questions]
    for ask in asked:
        question = Clarification(
            assignment_id=ask.id,
            submission_id=response.submissions[0].id,
            question=questions[ask.id],
            asked_by_id=by.contact_id,
            asked_at=clock.now(),
            reply="",
        )
        db.session.add(question)
    about = ", ".join(ask.recommendation.reference or "" for ask in asked)
    response.state = ResponseState.DRAFT
    response.clarification = reason or f"See what is asked about {about}."
    events.record(by, "clarification_asked", response, reason=response.clarification)
    db.session.flush()


def _check_waiting(response: Response) -> None:
    if response.state is not ResponseState.SIGNED_OFF:
        raise RuleBroken("The response is not waiting for the taskforce: it is a draft again, or is accepted already.")


def can_continue(response: Response) -> bool:
    """Whether its programme may take the response up again: signed off in part, and not accepted."""
    if response.state is not ResponseState.SIGNED_OFF:
        return False
    return bool(queries.read_submission(response.submissions[0])["unanswered"])


def continue_response(response: Response, *, by: Person) -> None:
    """Make a partial response a draft again, so that its programme answers the rest; the taskforce keeps what it has.

    Raises RuleBroken for one that is no longer waiting, or that leaves nothing unanswered.
    """
    if not can_continue(response):
        raise RuleBroken("Only a response that was signed off in part, and is not accepted yet, can be continued.")
    response.state = ResponseState.DRAFT
    events.record(by, "response_continued", response, reason="The rest is to be answered")
    db.session.flush()


def accept_response(response: Response, *, by: Person) -> None:
    """Take a signed-off response as it is: its answers are assessed one by one. Raises RuleBroken for any other."""
    _check_waiting(response)
    response.state = ResponseState.ACCEPTED
    events.record(by, "response_accepted", response)
    db.session.flush()
