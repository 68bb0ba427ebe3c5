"""What is done to recommendations once their letter is out. Each verb checks its rule, changes, records, flushes.

Responses are in answering.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.actions.models import Action, Origin
from tracker.actions.operations import raise_action
from tracker.actions.rules import UNFINISHED
from tracker.core import clock, events
from tracker.core.db import db, touch
from tracker.core.errors import RuleBroken
from tracker.core.permissions import CHAIRS, Person
from tracker.letters.models import Letter, LetterAddressee, LetterRecommendation, LetterVersion, Recommendation
from tracker.letters.rules import AddresseeKind, LetterKind
from tracker.recommendations.evidence_queries import has_standing, list_standing
from tracker.recommendations.models import Assessment, Assignment, AssignmentAction, DeliveryReport, SuccessCriterion
from tracker.recommendations.response_models import Response
from tracker.recommendations.rules import (
    AnswerPosition,
    AssignmentStatus,
    Criterion,
    CriterionOutcome,
    Delivery,
    Judgement,
    ResponseState,
    why_not_closed,
)

events.register_verbs(
    {
        "assignment_made": "passed the recommendation to the programme",
        "assignment_reworded": "corrected the recommendation’s wording",
        "assignment_assessed": "assessed the answer",
        "delivery_reported": "reported on delivery",
        "criteria_decided": "decided what has been shown",
        "assignment_closed": "closed the recommendation",
        "assignment_reopened": "reopened the recommendation",
        "serving_action_raised": "added an action that serves the recommendation",
    }
)


@dataclass(frozen=True)
class ServingAction:
    """An action that is to serve an assignment, as its form gives it."""

    title: str
    description: str
    owner_id: int | None
    due_on: date | None
    due_stated: str


def make_assignments(by: Person | None, letter: Letter, details: dict[str, Any]) -> None:
    """Give each recommendation of an issued letter to each programme it is addressed to (product.md, Assignment).

    Subscribes to `letter_issued` and `letter_recorded` and runs in that transaction. A recommendation that a programme
    has already keeps its dates: a correction gives it the new wording, a reminder changes nothing.
    """
    wordings, programmes = _list_wordings(letter.id), _list_programmes(letter.id)
    known = _list_known([w.recommendation_id for w in wordings])
    for programme_id in programmes:
        is_new = False
        for wording in wordings:
            assignment = known.get((wording.recommendation_id, programme_id))
            if assignment is None:
                _assign(by, letter, wording, programme_id)
                is_new = True
            elif letter.kind is LetterKind.CORRECTION:
                _reword(by, assignment, wording)
        if is_new:
            _open_response(letter, programme_id)
    db.session.flush()


def _list_wordings(letter_id: int) -> Sequence[LetterRecommendation]:
    """The recommendations of the letter's newest version, in its order."""
    newest = select(LetterVersion.id).where(LetterVersion.letter_id == letter_id)
    newest = newest.order_by(LetterVersion.number.desc()).limit(1)
    statement = select(LetterRecommendation).where(LetterRecommendation.version_id == newest.scalar_subquery())
    return db.session.scalars(statement.order_by(LetterRecommendation.place, LetterRecommendation.id)).all()


def _list_programmes(letter_id: int) -> Sequence[int]:
    """Ids of the programmes that the letter is addressed to; copies get no assignments."""
    chosen = select(LetterAddressee.programme_id).where(
        LetterAddressee.letter_id == letter_id, LetterAddressee.kind == AddresseeKind.TO
    )
    return db.session.scalars(chosen.distinct().order_by(LetterAddressee.programme_id)).all()


def _list_known(recommendation_ids: Sequence[int]) -> dict[tuple[int, int], Assignment]:
    rows = db.session.scalars(select(Assignment).where(Assignment.recommendation_id.in_(recommendation_ids)))
    return {(row.recommendation_id, row.programme_id): row for row in rows}


def _assign(by: Person | None, letter: Letter, wording: LetterRecommendation, programme_id: int) -> None:
    assignment = Assignment(
        recommendation_id=wording.recommendation_id,
        wording_id=wording.id,
        programme_id=programme_id,
        letter_id=letter.id,
        taskforce_id=letter.taskforce_id,
        due_on=letter.response_due_on,
        due_stated=letter.response_due_stated,
        original_due_on=letter.response_due_on,
        position=AnswerPosition.AWAITING,
        delivery=Delivery.NOT_STARTED,
        judgement=Judgement.NOT_ASSESSED,
        status=AssignmentStatus.OPEN,
        closed_reason="",
    )
    db.session.add(assignment)
    db.session.flush()
    _add_criteria(assignment, wording.success_items, first_place=0)
    events.record(by, "assignment_made", assignment, letter=letter.reference)


def _add_criteria(assignment: Assignment, items: Sequence[str], first_place: int) -> None:
    for place, item in enumerate(items, first_place):
        db.session.add(SuccessCriterion(assignment_id=assignment.id, place=place, text=item))


def _reword(by: Person | None, assignment: Assignment, wording: LetterRecommendation) -> None:
    """Take the correction's wording; what it adds to 'how we will know' counts too, what was shown stays shown.

    What is closed takes the words alone: nothing new is to be shown for it.
    """
    agreed = select(SuccessCriterion.text).where(SuccessCriterion.assignment_id == assignment.id)
    known = db.session.scalars(agreed).all()
    added = [item for item in wording.success_items if item not in known]
    if assignment.status is AssignmentStatus.OPEN:
        _add_criteria(assignment, added, first_place=len(known))
    assignment.wording_id = wording.id
    events.record(by, "assignment_reworded", assignment, **_changes(assignment))


def _changes(assignment: Assignment) -> dict[str, Any]:
    return dict(events.changes(assignment))


def _open_response(letter: Letter, programme_id: int) -> None:
    origin = Origin(taskforce_id=letter.taskforce_id)
    db.session.add(origin)
    db.session.flush()
    db.session.add(
        Response(
            letter_id=letter.id,
            programme_id=programme_id,
            taskforce_id=letter.taskforce_id,
            origin_id=origin.id,
            state=ResponseState.DRAFT,
            introduction="",
            clarification="",
        )
    )


def check_open(assignment: Assignment) -> None:
    """Raises RuleBroken for a closed recommendation: nothing is done to it before it is open again."""
    if assignment.status is not AssignmentStatus.OPEN:
        raise RuleBroken("The recommendation is closed. Reopen it first.")


def assess(assignment: Assignment, judgement: Judgement, reason: str, *, by: Person) -> None:
    """Keep the chair's judgement of today beside the earlier ones (product.md, Assessment).

    Raises RuleBroken for a closed recommendation.
    """
    check_open(assignment)
    assessment = Assessment(
        assignment_id=assignment.id, judgement=judgement, reason=reason, by_id=by.contact_id, made_on=clock.today()
    )
    db.session.add(assessment)
    assignment.judgement = judgement
    touch(assignment)
    events.record(by, "assignment_assessed", assignment, judgement=judgement, reason=f"{judgement.label}. {reason}")
    db.session.flush()


def report_delivery(assignment: Assignment, delivery: Delivery, note: str, *, by: Person) -> None:
    """Keep what the programme says about delivery today.

    Raises RuleBroken for a closed recommendation, and for "evidenced" where no evidence stands.
    """
    check_open(assignment)
    if delivery is Delivery.EVIDENCED and not has_standing(assignment.id):
        raise RuleBroken("Add the evidence first: nothing stands that shows it", field="delivery")
    report = DeliveryReport(
        assignment_id=assignment.id, delivery=delivery, note=note, by_id=by.contact_id, made_on=clock.today()
    )
    db.session.add(report)
    assignment.delivery = delivery
    touch(assignment)
    events.record(by, "delivery_reported", assignment, delivery=delivery, reason=note)
    db.session.flush()


@dataclass(frozen=True)
class CriterionDecision:
    """How an item is to stand: met by this evidence, or waived with a reason. `keeps`: met in words, as it was before
    there was evidence to name."""

    outcome: CriterionOutcome
    evidence_id: int | None = None
    reason: str = ""
    keeps: bool = False


def decide_criteria(assignment: Assignment, decisions: Mapping[int, CriterionDecision], *, by: Person) -> None:
    """Say of each 'how we will know' item, by id, whether it is met (naming the evidence) or waived (saying why).

    Raises RuleBroken for a closed recommendation, evidence that does not stand for it, and a waiver without a reason.
    """
    check_open(assignment)
    standing = {e.id: e.title for e in list_standing(assignment)}
    changed: dict[str, Any] = {}
    for criterion in assignment.criteria:
        decision = decisions.get(criterion.id)
        if decision is None or (decision.keeps and criterion.met_on is not None):
            continue
        before = _standing_of(criterion)
        _decide(criterion, decision, standing, by)
        if (after := _standing_of(criterion)) != before:
            changed[f"item {criterion.place + 1}"] = [before[0], after[0]]
    if not changed:
        return
    touch(assignment)
    events.record(by, "criteria_decided", assignment, **changed)
    db.session.flush()


def outcome_of(criterion: SuccessCriterion) -> tuple[CriterionOutcome, str]:
    """How an item stands, with its evidence or the reason it was waived for."""
    if criterion.met_on is not None:
        return CriterionOutcome.MET, criterion.evidence
    if criterion.waived_on is not None:
        return CriterionOutcome.WAIVED, criterion.waived_reason
    return CriterionOutcome.NOT_YET, ""


def _standing_of(criterion: SuccessCriterion) -> tuple[CriterionOutcome, str, int | None]:
    return *outcome_of(criterion), criterion.evidence_id


def _decide(criterion: SuccessCriterion, decision: CriterionDecision, standing: Mapping[int, str], by: Person) -> None:
    """Set an item where it is to stand otherwise; the day and the name of who decided stay where it is not."""
    met, waived = decision.outcome is CriterionOutcome.MET, decision.outcome is CriterionOutcome.WAIVED
    if met and decision.evidence_id not in standing:
        raise RuleBroken("Choose evidence that stands for this recommendation", field=f"evidence_{criterion.id}")
    if waived and not decision.reason:
        raise RuleBroken("Enter why it is waived", field=f"reason_{criterion.id}")
    evidence_id = decision.evidence_id if met else None
    wanted = (decision.outcome, standing[evidence_id or 0] if met else decision.reason if waived else "", evidence_id)
    if wanted == _standing_of(criterion):
        return
    today = clock.today()
    criterion.met_on, criterion.evidence = (today, wanted[1]) if met else (None, "")
    criterion.waived_on, criterion.waived_reason = (today, wanted[1]) if waived else (None, "")
    criterion.evidence_id = evidence_id
    criterion.decided_by_id = by.contact_id if met or waived else None


def is_chair(person: Person, assignment: Assignment) -> bool:
    """Whether `person` decides as the chair of the assignment's taskforce."""
    return assignment.taskforce_id in person.taskforces(CHAIRS)


def list_obstacles(assignment: Assignment, to: AssignmentStatus, *, by: Person) -> list[str]:
    """What still stands against closing the assignment as `to`, in sentences; nothing where it can be closed."""
    return why_not_closed(
        to,
        [Criterion(c.text, c.met_on is not None, c.waived_on is not None) for c in assignment.criteria],
        [s.action.reference for s in assignment.serving if s.action.state in UNFINISHED],
        assignment.judgement,
        by_chair=is_chair(by, assignment),
    )


def close_assignment(
    assignment: Assignment,
    to: AssignmentStatus,
    reason: str,
    *,
    by: Person,
    superseded_by: Recommendation | None = None,
) -> None:
    """Close as `to`, for the taskforce and with a reason (product.md, Rules: never by its programme).

    `superseded_by` is what takes its place, as `superseding.find_successor` found it. Raises RuleBroken where it is
    closed already, for the first thing that stands against closing it as implemented, and where what supersedes it is
    not named.
    """
    check_open(assignment)
    if problems := list_obstacles(assignment, to, by=by):
        raise RuleBroken(problems[0], field="status")
    superseded = to is AssignmentStatus.SUPERSEDED
    if superseded and superseded_by is None:
        raise RuleBroken("Enter the recommendation that takes its place", field="superseded_by")
    assignment.superseded_by_id = superseded_by.id if superseded and superseded_by else None
    end_assignment(assignment, to, reason, by=by)


def end_assignment(assignment: Assignment, to: AssignmentStatus, reason: str, *, by: Person) -> None:
    """End an open recommendation as `to`, whoever's rule has been kept: the one way in which any ends.

    Registers, reminders and timelines go by its event. Raises RuleBroken for one that is closed.
    """
    check_open(assignment)
    assignment.status, assignment.closed_on, assignment.closed_reason = to, clock.today(), reason
    assignment.closed_by_id = by.contact_id
    events.record(by, "assignment_closed", assignment, reason=f"{to.label}. {reason}", **_changes(assignment))
    db.session.flush()


def reopen_assignment(assignment: Assignment, reason: str, *, by: Person) -> None:
    """Open a closed recommendation again, with a reason. Raises RuleBroken for one that is open."""
    if assignment.status is AssignmentStatus.OPEN:
        raise RuleBroken("The recommendation is open already.")
    assignment.status, assignment.closed_on, assignment.closed_reason = AssignmentStatus.OPEN, None, ""
    assignment.closed_by_id = assignment.superseded_by_id = None
    events.record(by, "assignment_reopened", assignment, reason=reason, **_changes(assignment))
    db.session.flush()


def raise_serving_action(assignment: Assignment, details: ServingAction, *, by: Person) -> Action:
    """A new action that serves `assignment`: as long as it is unfinished, nothing closes as implemented.

    Raises RuleBroken for a closed recommendation.
    """
    check_open(assignment)
    action = raise_action(
        assignment.taskforce,
        title=details.title,
        description=details.description,
        owner_id=details.owner_id,
        due_on=details.due_on,
        due_stated=details.due_stated,
        origin_id=assignment.letter.origin_id,
        by=by,
    )
    db.session.add(AssignmentAction(assignment_id=assignment.id, action_id=action.id))
    touch(assignment)
    events.record(by, "serving_action_raised", assignment, action=action.reference)
    db.session.flush()
    return action
