"""Forms of judging: assessment, delivery, evidence, how we will know, closing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracker.correspondence.operations import Upload
from tracker.recommendations.evidence import LONGEST_LINK, EvidenceDetails
from tracker.recommendations.extension_rules import plain
from tracker.recommendations.models import Assignment, Evidence, SuccessCriterion
from tracker.recommendations.operations import CriterionDecision, outcome_of
from tracker.recommendations.rules import AssignmentStatus, CriterionOutcome, Delivery, Judgement
from tracker.web.fields import DateField, LongTextField, RadioOne, SelectOne, TextField, choices_of
from tracker.web.forms import TrackerForm
from tracker.web.uploads import FileField

# Met in words, from before there was evidence to name.
KEPT = "kept"
# A transfer is offered and accepted: it is no way to close something here.
CLOSED = [s for s in AssignmentStatus if s not in {AssignmentStatus.OPEN, AssignmentStatus.TRANSFERRED}]


class AssessForm(TrackerForm):
    judgement = RadioOne(
        "Your assessment",
        [(word, text) for word, text in choices_of(Judgement) if word != Judgement.NOT_ASSESSED.value],
        kind=Judgement,
        required="Choose an assessment",
        hints={Judgement.GOOD_PLAN.value: "Keeps the recommendation open until it is done"},
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
        [(status.value, status.label) for status in CLOSED],
        kind=AssignmentStatus,
        required="Choose how it is closed",
    )
    superseded_by = TextField(
        "Superseded by",
        hint="Only where it is superseded: the reference of the recommendation that takes its place, "
        "for example EPC-L02(b)",
    )
    reason = LongTextField(
        "Reason", required="Enter the reason for closing it", longest=4000, hint="The programme reads this too."
    )


class EvidenceForm(TrackerForm):
    """A file or a link that proves delivery."""

    title = TextField("What it is", required="Enter what it is", hint="For example, the timetable as published")
    dated_on = DateField(
        "Date of the evidence",
        required="Enter the date of the evidence",
        hint="The day that it is from, not the day on which you add it. For example, 27 3 2027",
    )
    file: Any = FileField("File", hint="Any kind of file, up to 20 MB. Choose a file or enter a link")
    link = TextField("Link", longest=LONGEST_LINK, hint="For example, https://www.england.nhs.uk/page")
    note = LongTextField("Note (optional)", longest=4000, rows=3, hint="For example, on which page it stands.")

    def details(self) -> EvidenceDetails:
        """What was given, once it is valid."""
        dated_on: Any = self.dated_on.data
        upload = Upload(*self.file.chosen) if self.file.chosen else None
        return EvidenceDetails(self.title.data, dated_on, self.note.data, self.link.data, upload)


class _CriteriaForm(TrackerForm):
    """How each 'how we will know' item stands: fields `outcome_ID`, `evidence_ID` and `reason_ID`."""

    ids: Sequence[int] = ()

    @classmethod
    def values(cls, record: Assignment) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for c in record.criteria:
            outcome, words = outcome_of(c)
            found[f"outcome_{c.id}"] = outcome
            found[f"evidence_{c.id}"] = (c.evidence_id or KEPT) if outcome is CriterionOutcome.MET else ""
            found[f"reason_{c.id}"] = words if outcome is CriterionOutcome.WAIVED else ""
        return found

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        for i in self.ids:
            outcome, evidence, reason = self[f"outcome_{i}"].data, self[f"evidence_{i}"], self[f"reason_{i}"]
            if outcome is CriterionOutcome.MET and not evidence.data and not evidence.errors:
                self.say(evidence.name, "Choose the evidence that shows it")
                fine = False
            if outcome is CriterionOutcome.WAIVED and not reason.data and not reason.errors:
                self.say(reason.name, "Enter why it is waived")
                fine = False
        return fine

    def decisions(self) -> dict[int, CriterionDecision]:
        """How each item is to stand, by its id."""
        return {i: self._decision(i) for i in self.ids}

    def _decision(self, i: int) -> CriterionDecision:
        outcome, evidence = self[f"outcome_{i}"].data, self[f"evidence_{i}"].data or ""
        if outcome is CriterionOutcome.MET:
            keeps = evidence == KEPT
            return CriterionDecision(outcome, None if keeps else int(evidence), keeps=keeps)
        return CriterionDecision(outcome, reason=self[f"reason_{i}"].data)


def criteria_form(criteria: Sequence[SuccessCriterion], standing: Sequence[Evidence]) -> type[_CriteriaForm]:
    """The form for these items, in their order, with the evidence that can be named."""
    fields: dict[str, Any] = {"ids": [c.id for c in criteria]}
    offered = [(str(e.id), f"{e.title}, {plain(e.dated_on)}") for e in standing]
    for number, c in enumerate(criteria, 1):
        kept = [(KEPT, f"As it was said: {c.evidence[:150]}")] if c.met_on and c.evidence_id is None else []
        fields[f"outcome_{c.id}"] = RadioOne(
            f"Item {number}",
            choices_of(CriterionOutcome),
            kind=CriterionOutcome,
            required=f"Choose how item {number} stands",
        )
        fields[f"evidence_{c.id}"] = SelectOne(
            f"Evidence for item {number}, where it is met", [("", "Choose the evidence"), *kept, *offered]
        )
        fields[f"reason_{c.id}"] = LongTextField(f"Why item {number} is waived, where it is", longest=4000, rows=2)
    return type("CriteriaForm", (_CriteriaForm,), fields)
