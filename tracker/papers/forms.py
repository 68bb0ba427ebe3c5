"""Forms of board papers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from wtforms import Field, HiddenField
from wtforms.validators import StopValidation

from tracker.directory.picker import ContactField
from tracker.papers.models import Paper
from tracker.papers.operations import PaperDetails
from tracker.papers.rules import Duty, ResolutionOutcome
from tracker.web.fields import (
    FORBIDDEN,
    CheckMany,
    DateField,
    LongTextField,
    RadioOne,
    SelectOne,
    TextField,
    choices_of,
)
from tracker.web.forms import Clash, TrackerForm

LEADS = ("lead_1", "lead_2", "lead_3")
DECISION_FOR = (("decision", "Decision"), ("discussion", "Discussion"), ("information", "Information"))
LONGEST_INVITATION = 2_000
MOST_INVITATIONS = 40


@dataclass(frozen=True)
class InvitationRow:
    """One invitation in the form: its id, None for a new one, and its text."""

    id: int | None
    text: str


class InvitationRows(list[InvitationRow]):
    """The rows, which can say themselves where two versions of a form are compared."""

    @property
    def label(self) -> str:
        return "\n".join(row.text for row in self)


class InvitationsField(Field):
    """Rows of text in an order. The buttons in it (add, remove, up, down) show the form again and save nothing."""

    BUTTONS = ("add", "remove", "up", "down")

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.is_looking = False
        self.wrong: int | None = None

    @property
    def error_anchor(self) -> str:
        return f"{self.id}-{self.wrong or 0}"

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None, **kwargs: Any) -> None:
        self.process_errors: list[str] = []
        self.data = InvitationRows(InvitationRow(i.id, i.text) for i in data or ())
        if formdata is not None and f"{self.name}-rows" in formdata:
            self.data = self._typed(formdata)
            self._press(formdata)

    def _typed(self, formdata: Any) -> InvitationRows:
        rows = InvitationRows()
        for number in range(MOST_INVITATIONS):
            if (text := formdata.get(f"{self.name}-{number}")) is None:
                break
            row_id = formdata.get(f"{self.name}-{number}-id", "")
            known = int(row_id) if re.fullmatch(r"[0-9]{1,9}", row_id) else None
            rows.append(InvitationRow(known, text.replace("\r\n", "\n").strip()))
        return rows

    def _press(self, formdata: Any) -> None:
        for button in self.BUTTONS:
            pressed = formdata.get(f"{self.name}-{button}", "")
            if not re.fullmatch(r"[0-9]{1,2}", pressed):
                continue
            self.is_looking = True
            self._change(button, int(pressed))

    def _change(self, button: str, at: int) -> None:
        rows = self.data
        if button == "add" and len(rows) < MOST_INVITATIONS:
            rows.append(InvitationRow(None, ""))
        elif button == "remove" and at < len(rows):
            del rows[at]
        elif button == "up" and 0 < at < len(rows):
            rows[at - 1], rows[at] = rows[at], rows[at - 1]
        elif button == "down" and at < len(rows) - 1:
            rows[at + 1], rows[at] = rows[at], rows[at + 1]

    def pre_validate(self, _form: Any) -> None:
        for number, row in enumerate(self.data):
            self.wrong = number
            if FORBIDDEN.search(row.text):
                raise StopValidation("An invitation has characters in it that cannot be shown. Type it again.")
            if len(row.text) > LONGEST_INVITATION:
                raise StopValidation(f"Each invitation must be {LONGEST_INVITATION:,} characters or fewer")
        self.wrong = None
        self.data = InvitationRows(row for row in self.data if row.text)


class NewPaperForm(TrackerForm):
    """What a paper begins with."""

    taskforce_id = SelectOne("Taskforce", kind=int, required="Choose the taskforce")
    board_meeting_id = SelectOne("Board meeting", kind=int, required="Choose the board meeting")
    title = TextField("Title", required="Enter a title")


class PaperForm(TrackerForm):
    """The whole cover sheet."""

    board_meeting_id = SelectOne("Board meeting", kind=int, required="Choose the board meeting")
    board_reference = TextField("Paper reference", hint="The board’s own reference, for example PB.08.02.2018/05")
    title = TextField("Title", required="Enter a title")
    lead_1 = ContactField("Lead directors", hint="Who clears the paper and answers for it at the board")
    lead_2 = ContactField("Second lead director, if there is one")
    lead_3 = ContactField("Third lead director, if there is one")
    purpose = LongTextField("Purpose", hint="What the board gets the paper for, in a few sentences")
    decision_for = CheckMany("For", DECISION_FOR)
    involvement = LongTextField(
        "Patient and public involvement", hint="How patients and the public have been involved in this work"
    )
    duty = RadioOne("Section 13Q duty", choices_of(Duty), kind=Duty)
    duty_text = LongTextField(
        "Why it does not apply, or the arrangements", rows=3, hint="Needed where the duty does not apply"
    )
    invitations = InvitationsField("Invitations to the board")
    authors = LongTextField("Authors", rows=3, hint="One a line")
    classification = TextField("Security classification", hint="Leave empty for no marking")

    @classmethod
    def values(cls, record: Paper) -> dict[str, Any]:
        leads = {name: lead.contact_id for name, lead in zip(LEADS, record.leads, strict=False)}
        return leads | {"decision_for": [w for w, _ in DECISION_FOR if getattr(record, f"for_{w}")]}

    @property
    def leads(self) -> list[Any]:
        return [self[name] for name in LEADS]

    def details(self, settle: Callable[[Any], int | None]) -> PaperDetails:
        """What was typed. `settle` gives a lead's contact id, adding a new contact; the same person counts once."""
        found = [settle(field) for field in self.leads]
        return PaperDetails(
            board_meeting_id=self.board_meeting_id.data,
            board_reference=self.board_reference.data,
            title=self.title.data,
            lead_ids=list(dict.fromkeys(i for i in found if i is not None)),
            purpose=self.purpose.data,
            for_decision="decision" in self.decision_for.data,
            for_discussion="discussion" in self.decision_for.data,
            for_information="information" in self.decision_for.data,
            involvement=self.involvement.data,
            duty=self.duty.data or Duty.NOT_STATED,
            duty_text=self.duty_text.data,
            invitations=[(row.id, row.text) for row in self.invitations.data],
            authors=self.authors.data,
            classification=self.classification.data,
        )


class StepForm(TrackerForm):
    """A form whose fields are none of the paper's: where somebody saved the paper meanwhile, it says just that."""

    def show_clash(self, record: Paper) -> None:
        self.clashes = [Clash("The paper", "Changed by somebody else: look at it again", "What you entered is below")]
        self.version.data, self.version.raw_data = record.version, None


class ReportedForm(StepForm):
    """The recommendations of one page of the list: which were shown, and which of them are chosen."""

    shown = HiddenField()
    chosen = CheckMany("Recommendations", kind=int)

    def shown_ids(self) -> list[int]:
        """The ids that the page said it showed, at most a hundred; anything else is left out."""
        return [int(i) for i in (self.shown.data or "").split(",")[:100] if re.fullmatch(r"[0-9]{1,9}", i)]


class ConfirmForm(StepForm):
    """A button."""


class ClearanceForm(StepForm):
    """How a lead director without an account gave their clearance."""

    lead = RadioOne("Lead director", kind=int, required="Choose the lead director who cleared the paper")
    how = TextField(
        "How the clearance was given",
        required="Enter how the clearance was given",
        hint="For example, by e-mail to the secretariat",
    )
    cleared_on = DateField("Date of the clearance", required="Enter the date of the clearance")


class ReasonForm(StepForm):
    """Why a paper goes back to draft."""

    reason = LongTextField("Reason", required="Enter a reason", longest=2_000)


class ResolutionForm(StepForm):
    """What the board did with one invitation."""

    outcome = RadioOne(
        "Outcome", choices_of(ResolutionOutcome), kind=ResolutionOutcome, required="Choose what the board did"
    )
    resolved_on = DateField("Date of the resolution", required="Enter the date of the resolution")
    minute_reference = TextField("Minute reference", hint="Where it stands in the minutes, if they are out")
    note = LongTextField("Note", rows=3, hint="For example, what was amended, or said at the meeting")

    @classmethod
    def for_invitation(cls, paper: Paper, invitation: Any, today: date) -> Any:
        """The form with what was recorded before, or the day of the board meeting where that has come."""
        day = paper.board_meeting.held_on
        known = {
            "outcome": invitation.outcome,
            "resolved_on": invitation.resolved_on or (day if day <= today else None),
            "minute_reference": invitation.minute_reference,
            "note": invitation.note,
            "version": paper.version,
        }
        return cls(data=known)
