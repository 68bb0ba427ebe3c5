"""Forms about a response: the file in which an SRO agreed, questions about answers, and verbal updates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracker.core import clock
from tracker.recommendations.answer_forms import DATE_HINT, POSITIONS, part_of
from tracker.recommendations.models import Assignment
from tracker.recommendations.rules import AnswerPosition, VerbalHow, VerbalOutcome
from tracker.recommendations.verbal import Said
from tracker.web.fields import DateField, LongTextField, RadioOne, TextField, choices_of
from tracker.web.forms import TrackerForm
from tracker.web.uploads import Chosen, FileField


class AgreementForm(TrackerForm):
    """Who agreed, when, and the file that shows it. `agreed_by` is offered by the page."""

    agreed_by = RadioOne("Who agreed", kind=int, required="Choose who agreed")
    agreed_on = DateField("The day they agreed", required="Enter the day they agreed", hint=DATE_HINT)
    agreement: Any = FileField(
        "The e-mail or letter in which they agreed",
        required="Choose the file",
        hint="An e-mail saved as a file (.eml), a PDF or a Word document (.docx), of 20 MB or smaller",
    )

    def file(self) -> tuple[str, bytes]:
        """The name and the bytes of the file that was chosen."""
        found: Chosen = self.agreement.chosen
        return found


class ClarifyForm(TrackerForm):
    """What needs to be clearer: fields `question_ID` for each assignment of `ids`, and one for the whole."""

    ids: Sequence[int] = ()
    reason = LongTextField("What needs to be clearer in the response as a whole", longest=4000, rows=3)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        if fine and not self.reason.data and not self.questions():
            self.say(f"question_{self.ids[0]}" if self.ids else "reason", "Enter what needs to be clearer")
            return False
        return fine

    def questions(self) -> dict[int, str]:
        """What was asked, by assignment id; nothing for an answer that is clear."""
        return {i: self[f"question_{i}"].data for i in self.ids if self[f"question_{i}"].data}


def clarify_form(answered: Sequence[Assignment]) -> type[ClarifyForm]:
    """The form to ask about these assignments' answers."""
    fields: dict[str, Any] = {"ids": [ask.id for ask in answered]}
    for ask in answered:
        label = f"What needs to be clearer in the answer to {part_of(ask)}, and why"
        fields[f"question_{ask.id}"] = LongTextField(label, longest=4000, rows=3)
    return type("ClarifyFormOfAResponse", (ClarifyForm,), fields)


class VerbalForm(TrackerForm):
    """What somebody of a programme said."""

    said_by = TextField("Who said it", required="Enter who said it", hint="A name, or a role")
    said_on = DateField("When", required="Enter when it was said", hint=DATE_HINT)
    said_how = RadioOne("How", choices_of(VerbalHow), kind=VerbalHow, required="Choose how it was said")
    position = RadioOne(
        "Their position, as they said it", POSITIONS, kind=AnswerPosition, default=AnswerPosition.AWAITING
    )
    text = LongTextField("What they said", required="Enter what they said", longest=10_000, rows=6)

    def said(self) -> Said:
        """What was typed, once it is valid."""
        on, text = self.said_on.data or clock.today(), self.text.data
        return Said(self.said_by.data, on, self.said_how.data, self.position.data, text)


class DecideVerbalForm(TrackerForm):
    outcome = RadioOne(
        "Is this what you said?",
        [
            (VerbalOutcome.CONFIRMED.value, "Yes: put it into our draft answer"),
            (VerbalOutcome.NOT_CONFIRMED.value, "No, this is not right"),
        ],
        kind=VerbalOutcome,
        required="Choose whether this is what you said",
    )
    note = LongTextField(
        "What is not right",
        longest=4000,
        rows=3,
        hint="Needed if it is not right. The taskforce reads this, word for word.",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        if self.outcome.data is VerbalOutcome.NOT_CONFIRMED and not self.note.data:
            self.say("note", "Enter what is not right")
            return False
        return fine
