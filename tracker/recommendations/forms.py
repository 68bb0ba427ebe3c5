"""Forms of recommendations and responses. Those with a set of fields for each item are made for the items at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.directory.picker import ContactField
from tracker.recommendations.answering import AnswerDetails, Planned
from tracker.recommendations.models import Answer, Assignment, Response, SuccessCriterion
from tracker.recommendations.operations import ServingAction, outcome_of
from tracker.recommendations.rules import (
    AnswerPosition,
    AssignmentStatus,
    CriterionOutcome,
    Delivery,
    Judgement,
)
from tracker.web.fields import DateField, LongTextField, RadioOne, TextField, choices_of
from tracker.web.forms import TrackerForm

ACTION_ROWS = 8
PUBLIC_HINT = "Do not name patients, carers or staff. What you write may be disclosed under FOI."
DATE_HINT = "For example, 27 3 2027"


class ConfirmForm(TrackerForm):
    """A button."""


class ReasonForm(TrackerForm):
    reason = LongTextField("Reason", required="Enter a reason", longest=4000)


class ClarifyForm(TrackerForm):
    reason = LongTextField(
        "What needs to be clearer",
        required="Enter what needs to be clearer",
        longest=4000,
        hint="The programme reads this, word for word.",
    )


class AssessForm(TrackerForm):
    judgement = RadioOne(
        "Your assessment",
        [(word, text) for word, text in choices_of(Judgement) if word != Judgement.NOT_ASSESSED.value],
        kind=Judgement,
        required="Choose an assessment",
    )
    reason = LongTextField(
        "Reason",
        required="Enter the reason for this assessment",
        longest=4000,
        hint="Not shown to the programme. It may be disclosed under FOI.",
    )


class DeliveryForm(TrackerForm):
    delivery = RadioOne("How far it is", choices_of(Delivery), kind=Delivery, required="Choose how far it is")
    note = LongTextField(
        "What has been done", required="Enter what has been done", longest=4000, hint="The taskforce reads this."
    )


class CloseForm(TrackerForm):
    status = RadioOne(
        "Close as",
        [(word, text) for word, text in choices_of(AssignmentStatus) if word != AssignmentStatus.OPEN.value],
        kind=AssignmentStatus,
        required="Choose how it is closed",
    )
    reason = LongTextField(
        "Reason", required="Enter the reason for closing it", longest=4000, hint="The programme reads this too."
    )


class ServingActionForm(TrackerForm):
    title = TextField("What is to be done", required="Enter what is to be done")
    description = LongTextField("Details (optional)", longest=4000)
    owner = ContactField("Owner", required="Choose who does it")
    due_on = DateField("Due date (optional)", hint=DATE_HINT)
    due_stated = TextField("Due date as stated (optional)", hint="For example, early February 2027")

    def details(self, owner_id: int | None) -> ServingAction:
        return ServingAction(self.title.data, self.description.data, owner_id, self.due_on.data, self.due_stated.data)


def _made(name: str, base: type[Any], fields: Mapping[str, Any]) -> type[Any]:
    return type(name, (base,), dict(fields))


class _CriteriaForm(TrackerForm):
    """How each 'how we will know' item stands: fields `outcome_ID` and `text_ID`."""

    ids: Sequence[int] = ()

    @classmethod
    def values(cls, record: Assignment) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for criterion in record.criteria:
            found[f"outcome_{criterion.id}"], found[f"text_{criterion.id}"] = outcome_of(criterion)
        return found

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        for criterion_id in self.ids:
            outcome, text = self[f"outcome_{criterion_id}"], self[f"text_{criterion_id}"]
            if outcome.data in NEEDS_TEXT and not text.data and not text.errors:
                self.say(text.name, NEEDS_TEXT[outcome.data])
                fine = False
        return fine

    def decisions(self) -> dict[int, tuple[CriterionOutcome, str]]:
        """(outcome, evidence or reason) by criterion id; an item that is not yet met has neither."""
        return {
            i: (self[f"outcome_{i}"].data, self[f"text_{i}"].data)
            if self[f"outcome_{i}"].data in NEEDS_TEXT
            else (CriterionOutcome.NOT_YET, "")
            for i in self.ids
        }


NEEDS_TEXT = {
    CriterionOutcome.MET: "Enter the evidence: what shows it, and its date",
    CriterionOutcome.WAIVED: "Enter why it is waived",
}


def criteria_form(criteria: Sequence[SuccessCriterion]) -> type[_CriteriaForm]:
    """The form for these items, in their order."""
    fields: dict[str, Any] = {"ids": [c.id for c in criteria]}
    for number, criterion in enumerate(criteria, 1):
        fields[f"outcome_{criterion.id}"] = RadioOne(
            f"Item {number}",
            choices_of(CriterionOutcome),
            kind=CriterionOutcome,
            required=f"Choose how item {number} stands",
        )
        fields[f"text_{criterion.id}"] = LongTextField(
            f"Evidence for item {number}, or why it is waived", longest=4000, rows=3
        )
    return _made("CriteriaForm", _CriteriaForm, fields)


class _AnswersForm(TrackerForm):
    """A draft response: fields `position_ID`, `text_ID` and so on for each assignment of `ids`."""

    ids: Sequence[int] = ()
    introduction = LongTextField("Introduction (optional)", longest=10_000, rows=3)

    @property
    def has_inner_buttons(self) -> bool:
        """Always: "Save and add another action" stands before "Save draft"."""
        return True

    @classmethod
    def values(cls, record: Response) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for answer in record.answers:
            found.update(_answer_values(answer))
        return found

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        for i in self.ids:
            for title, due in self.action_rows(i):
                if due.data and not title.data and not title.errors:
                    self.say(title.name, "Enter what the action is, or take its date out")
                    fine = False
        return fine

    def action_rows(self, assignment_id: int) -> list[tuple[Any, Any]]:
        """(title, due) of every row for a planned action of this answer."""
        return [
            (self[f"action_{assignment_id}_{row}"], self[f"due_{assignment_id}_{row}"]) for row in range(ACTION_ROWS)
        ]

    def shown_action_rows(self, assignment_id: int) -> list[tuple[Any, Any]]:
        """The rows in use, and one more to fill in."""
        rows = self.action_rows(assignment_id)
        used = [n for n, (title, due) in enumerate(rows, 1) if title.data or due.data or title.errors or due.errors]
        return rows[: max(used, default=0) + 1]

    def answers(self) -> dict[int, AnswerDetails]:
        """What was typed, by assignment id."""
        return {i: self._answer(i) for i in self.ids}

    def _answer(self, i: int) -> AnswerDetails:
        return AnswerDetails(
            position=self[f"position_{i}"].data,
            text=self[f"text_{i}"].data,
            lead=self[f"lead_{i}"].data,
            complete_by=self[f"complete_{i}"].data,
            complete_stated=self[f"stated_{i}"].data,
            actions=[Planned(title.data, due.data) for title, due in self.action_rows(i)],
        )


def _answer_values(answer: Answer) -> dict[str, Any]:
    i = answer.assignment_id
    found = {
        f"position_{i}": answer.position,
        f"text_{i}": answer.text,
        f"lead_{i}": answer.lead,
        f"complete_{i}": answer.complete_by,
        f"stated_{i}": answer.complete_stated,
    }
    planned = [p for p in answer.planned_actions if p.action_id is None]
    for row, action in enumerate(planned[:ACTION_ROWS]):
        found[f"action_{i}_{row}"], found[f"due_{i}_{row}"] = action.title, action.due_on
    return found


# Nothing chosen is a choice too: an answer may leave the position open.
POSITIONS = [
    (p.value, p.label) for p in AnswerPosition if p not in {AnswerPosition.AWAITING, AnswerPosition.NOT_STATED}
]
POSITIONS.append((AnswerPosition.AWAITING.value, "No position stated"))


def answers_form(asks: Sequence[Assignment]) -> type[_AnswersForm]:
    """The form with a set of fields for each of these assignments; labels name the recommendation's part."""
    fields: dict[str, Any] = {"ids": [ask.id for ask in asks]}
    for ask in asks:
        fields.update(_answer_fields(ask.id, part_of(ask)))
    return _made("AnswersForm", _AnswersForm, fields)


def part_of(ask: Assignment) -> str:
    """What stands for a recommendation within its letter: “(b)”."""
    reference = ask.recommendation.reference or ""
    return reference[reference.index("(") :] if "(" in reference else reference


def _answer_fields(i: int, part: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        f"position_{i}": RadioOne(
            f"Position on {part}", POSITIONS, kind=AnswerPosition, default=AnswerPosition.AWAITING
        ),
        f"text_{i}": LongTextField(f"Answer to {part}", longest=20_000, rows=6, hint=PUBLIC_HINT),
        f"complete_{i}": DateField(f"Planned completion of {part} (optional)", hint=DATE_HINT),
        f"stated_{i}": TextField(
            f"Planned completion of {part} in words (optional)", hint="For example, by the end of quarter 3"
        ),
        f"lead_{i}": TextField(f"Who leads on {part} (optional)", hint="A role is enough"),
    }
    for row in range(ACTION_ROWS):
        what = f"Action {row + 1} for {part}"
        fields[f"action_{i}_{row}"] = TextField(f"{what} (optional)")
        fields[f"due_{i}_{row}"] = DateField(f"{what}: date (optional)", hint=DATE_HINT)
    return fields
