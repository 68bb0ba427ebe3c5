"""What came of the invented letters: drafts, answers, what the chair makes of them, closing and reopening."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from tracker.actions import operations as actions
from tracker.actions.models import Action
from tracker.actions.rules import ActionState
from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.correspondence.operations import Upload
from tracker.demo import invented as plan
from tracker.demo import invented_letters as written
from tracker.demo.story import People, draft_response, list_ask_ids, list_assignments_of, on, response_seen
from tracker.recommendations import answering
from tracker.recommendations import operations as recommendations
from tracker.recommendations.evidence import EvidenceDetails, add_evidence
from tracker.recommendations.response_models import Response
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus, CriterionOutcome, Delivery, Judgement


def play_answers(spec: written.Letter, code: str, people: People, letter_id: int) -> None:
    """What came of an issued letter, as its story says."""
    if spec.issued_on is None or spec.story not in {"drafting", "closed", "partial"}:
        return
    team, sro = people[_TEAMS[code][0]], people[_TEAMS[code][1]]
    if spec.story == "drafting":
        with on(spec.issued_on + timedelta(days=20)):
            response = draft_response(team, letter_id, code)
            save(response, list_ask_ids(response), (_SOONER,), team)
        return
    answers = _ANSWERS if spec.story == "closed" else (_NOTICE,)
    with on(spec.issued_on + timedelta(days=12)):
        response = draft_response(team, letter_id, code)
        save(response, list_ask_ids(response), answers, team)
    with on(spec.issued_on + timedelta(days=15)):
        answering.sign_off(draft_response(sro, letter_id, code), by=sro)
    if spec.story == "closed":
        _close(people, letter_id, code, spec.issued_on)


_TEAMS = {"VWP": (plan.WARDS_TEAM, plan.WARDS_SRO), "CRP": (plan.REHAB_TEAM, plan.REHAB_SRO)}
_ANSWERS = (
    answering.AnswerDetails(
        position=AnswerPosition.ACCEPTED,
        text="We agree. The question goes on to every checklist, and ward managers will look at it each week.",
        lead="Virtual wards team",
        complete_by=date(2026, 9, 30),
        complete_stated="",
        actions=(answering.Planned("Put the question on the checklist", date(2026, 8, 31)),),
    ),
    answering.AnswerDetails(
        position=AnswerPosition.IN_PRINCIPLE,
        text="We agree in principle. Four languages are ready; the rest depend on next year’s budget.",
        lead="Virtual wards team",
        complete_by=None,
        complete_stated="spring 2027",
        actions=(answering.Planned("Offer a telephone reply", date(2026, 12, 18)),),
    ),
    answering.AnswerDetails(
        position=AnswerPosition.IN_PART,
        text="Charities telephone in the first week instead of visiting: patients told us that they prefer it.",
        lead="",
        complete_by=None,
        complete_stated="",
        actions=(),
    ),
)
_NOTICE = answering.AnswerDetails(
    position=AnswerPosition.ACCEPTED,
    text="Yes. Wards will telephone the carer the day before, and count it from January.",
    lead="Virtual wards team",
    complete_by=date(2027, 1, 29),
    complete_stated="",
    actions=(answering.Planned("Count discharges with a day’s notice", date(2027, 1, 29)),),
)
_SOONER = answering.AnswerDetails(
    position=AnswerPosition.IN_PART,
    text="We can bring waiting times closer together in the north; the south has too few therapists this year.",
    lead="Rehabilitation team",
    complete_by=None,
    complete_stated="",
    actions=(),
)


def save(response: Response, asks: Sequence[int], answers: Sequence[answering.AnswerDetails], team: Person) -> None:
    """Save a team's draft of the first of these asks."""
    introduction = "Thank you for the letter, and for the workshop before it."
    answering.save_answers(response, introduction, dict(zip(asks, answers, strict=False)), by=team)


def _close(people: People, letter_id: int, code: str, issued_on: date) -> None:
    """The first recommendation is implemented, the second a good plan, the third closed and opened again."""
    _judge(people, letter_id, code, issued_on)
    _deliver(people, letter_id, code)
    secretary, chair = people[plan.SECRETARY], people[plan.CHAIR]
    with on(date(2026, 9, 18)):
        first, _, third = list_assignments_of(secretary, letter_id, code)
        reason = "Every ward asks, and the check of the wards found the answers noted."
        recommendations.close_assignment(first, AssignmentStatus.IMPLEMENTED, reason, by=secretary)
        reason = "Calls in the first week do what visits were to do."
        recommendations.close_assignment(third, AssignmentStatus.ALTERNATIVE, reason, by=chair)
    with on(date(2026, 10, 6)):
        *_, third = list_assignments_of(chair, letter_id, code)
        reason = "Patients at the second workshop had not been called in their first week."
        recommendations.reopen_assignment(third, reason, by=chair)


def _judge(people: People, letter_id: int, code: str, issued_on: date) -> None:
    chair = people[plan.CHAIR]
    judged = (
        (Judgement.ANSWERS, "This is what we asked for."),
        (Judgement.GOOD_PLAN, "Four languages are a good start; we look at it again when the rest are there."),
        (Judgement.ANSWERS, "A call in the first week serves the same end."),
    )
    with on(issued_on + timedelta(days=25)):
        answering.accept_response(response_seen(chair, letter_id, code), by=chair)
        for assignment, (judgement, reason) in zip(list_assignments_of(chair, letter_id, code), judged, strict=True):
            recommendations.assess(assignment, judgement, reason, by=chair)


_REPORTS = (
    (date(2026, 6, 10), "Two of ten languages are ready; the telephone reply is being tried on one ward."),
    (date(2026, 9, 14), "Four of ten languages are ready."),
    (date(2026, 11, 16), "Six of ten languages are ready, and three wards in four offer the telephone reply."),
)


def _deliver(people: People, letter_id: int, code: str) -> None:
    """Reports over time; evidence; one item that is met by it and one that is waived."""
    secretary, team = people[plan.SECRETARY], people[_TEAMS[code][0]]
    for day, note in _REPORTS:
        with on(day):
            _, second, _ = list_assignments_of(team, letter_id, code)
            recommendations.report_delivery(second, Delivery.IN_PROGRESS, note, by=team)
    with on(date(2026, 9, 14), 11):
        first, *_ = list_assignments_of(team, letter_id, code)
        note = "Every ward has the new checklist since 1 September."
        shown = add_evidence(first, _CHECKLISTS, by=team)
        recommendations.report_delivery(first, Delivery.EVIDENCED, note, by=team)
        evidence_id = shown.id
    _finish_serving(people, code)
    with on(date(2026, 9, 16), 11):
        first, *_ = list_assignments_of(secretary, letter_id, code)
        met = recommendations.CriterionDecision(CriterionOutcome.MET, evidence_id)
        reason = "Not needed any more: the yearly check of the wards looked at 60 discharges in August."
        waived = recommendations.CriterionDecision(CriterionOutcome.WAIVED, reason=reason)
        asked, checked = first.criteria
        recommendations.decide_criteria(first, {asked.id: met, checked.id: waived}, by=secretary)


_CHECKLISTS = EvidenceDetails(
    "Checklists of all wards",
    date(2026, 9, 1),
    upload=Upload("checklists.txt", b"Ward 1: question 7 is on the checklist.\nWard 2: question 7 is on it.\n"),
)


def _finish_serving(people: People, code: str) -> None:
    """The action that serves the first recommendation is done, and the secretariat has seen it."""
    secretary, sro = people[plan.SECRETARY], people[_TEAMS[code][1]]
    served = select(Action).where(Action.title == "Put the question on the checklist").limit(1)
    with on(date(2026, 9, 15)):
        action = db.session.scalars(served).one()
        actions.report_action(action, ActionState.PENDING_REVIEW, "Done on all wards.", by=sro)
    with on(date(2026, 9, 16)):
        action = db.session.scalars(served).one()
        actions.decide_action(action, ActionState.CLOSED, "Seen on two wards.", by=secretary)
