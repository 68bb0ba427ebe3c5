"""Forms of recommendations and responses. The form of a draft response is in answer_forms.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.directory.picker import ContactField
from tracker.recommendations.models import Assignment, SuccessCriterion
from tracker.recommendations.operations import ServingAction, outcome_of
from tracker.recommendations.rules import (
    AssignmentStatus,
    CriterionOutcome,
    Delivery,
    Judgement,
)
from tracker.web.fields import DateField, LongTextField, RadioOne, TextField, choices_of
from tracker.web.forms import TrackerForm

DATE_HINT = "For example, 27 3 2027"


class ConfirmForm(TrackerForm):
    """A button."""


class ReasonForm(TrackerForm):
    reason = LongTextField("Reason", required="Enter a reason", longest=4000)


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
