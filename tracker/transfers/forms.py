"""Forms of winding up, of offers, of changes to programmes and of covering notes."""

from __future__ import annotations

from typing import Any

from tracker.core import clock
from tracker.directory.picker import ContactField
from tracker.transfers.rules import TransferOutcome
from tracker.transfers.winding import Said
from tracker.web.fields import DateField, LongTextField, RadioOne, SelectOne, TextField
from tracker.web.forms import TrackerForm
from tracker.web.uploads import FileField


class ReasonForm(TrackerForm):
    reason = LongTextField("Reason", required="Enter a reason", rows=3)


class ConfirmForm(TrackerForm):
    """A button, and the version that was on screen."""


class OfferForm(TrackerForm):
    to_body = TextField("Body that takes it over", required="Enter the body that takes it over")
    who = ContactField("New owner", required="Choose the new owner")
    reason = LongTextField(
        "Why it goes to them", required="Say why it goes to them", rows=3, hint="The new owner reads this"
    )


class AnswerOfferForm(TrackerForm):
    outcome = RadioOne(
        "What the new owner says",
        [(TransferOutcome.ACCEPTED.value, "They take it over"), (TransferOutcome.DECLINED.value, "They do not")],
        kind=TransferOutcome,
        required="Choose what the new owner says",
    )
    on = DateField("On", required="Enter the day on which they said so", default=clock.today)
    source = LongTextField(
        "How they said so",
        required="Enter how they said so",
        rows=3,
        hint="For example, in an e-mail to the secretariat",
    )
    file: Any = FileField("Their e-mail or letter", hint="Optional. Up to 20 MB")

    def said(self) -> Said:
        """What was said, with the file where there is one."""
        return Said(self.on.data or clock.today(), self.source.data, self.file.chosen)


class MergeForm(TrackerForm):
    into = SelectOne("Programme that goes on", kind=int, required="Choose the programme that goes on")
    on = DateField("From", required="Enter the day", default=clock.today)
    reason = LongTextField("Reason", required="Enter a reason", rows=3)


class NoteForm(TrackerForm):
    text = LongTextField("Note", required="Enter what the note says", rows=18, longest=20_000)
