"""Forms of clearance and issue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import FieldList, FormField, HiddenField

from tracker.core.errors import ContentMoved, RuleBroken
from tracker.letters.forms import AsksForm, PartForm
from tracker.letters.models import Letter
from tracker.letters.rules import LetterState, SentHow
from tracker.web.fields import CheckOne, DateField, LongTextField, RadioOne, TextField, choices_of
from tracker.web.forms import TrackerForm

LEAVE_HINT = "The line {recommendations} is where the list of recommendations stands: leave it as it is."


def raise_moved(letter: Letter) -> None:
    """Refuse a decision on a page that is older than the letter."""
    if letter.state is not LetterState.WITH_CHAIR:
        raise RuleBroken(f"The letter is {letter.state.label.lower()} now: look at it again.")
    raise ContentMoved


class HashForm(TrackerForm):
    """A step of clearance: the hash of the text that was on screen, and the version of the letter."""

    sha256 = HiddenField()

    def show_clash(self, record: Letter) -> None:
        """Nothing is put together here. The same words may go to somebody else meanwhile, so they are read again."""
        raise_moved(record)


class SendForm(HashForm):
    """Sending a draft to the chair."""

    note = LongTextField("Note to the chair", rows=4, longest=2000, hint="Optional. The chair reads it with the letter")


SIGN_HINT = "It prints under exactly this text. If the letter is changed afterwards, it is not signed."


class SignForm(TrackerForm):
    """An approval that can be signed, by those whose letter it is to sign."""

    sign = CheckOne("Sign it with my signature image", hint=SIGN_HINT)

    def offer_signing(self, offered: bool) -> None:
        """Leave the box away where there is nothing to sign with."""
        if not offered:
            del self.sign

    @property
    def signs(self) -> bool:
        """Whether the box was there and is ticked."""
        return "sign" in self and bool(self.sign.data)


class DecideForm(HashForm, SignForm):
    """The chair's decision."""

    APPROVE, CHANGE, WAIVE, RETURN = "approve", "change", "waive", "return"
    decision = RadioOne(
        "Your decision",
        [
            (APPROVE, "Approve"),
            (CHANGE, "Approve with changes"),
            (WAIVE, "Approve under a waiver"),
            (RETURN, "Return with a comment"),
        ],
        required="Choose a decision",
        hints={
            CHANGE: "You change the words on the next page; the secretariat confirms them",
            WAIVE: "You sent this letter yourself and nobody else can decide: a second person confirms it",
        },
    )
    reason = LongTextField(
        "Comment", rows=4, hint="For the secretariat. Say what has to change, if you return the letter"
    )

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        missing = {self.RETURN: "Say what has to change", self.WAIVE: "Say why you approve your own letter"}
        if self.decision.data in missing and not self.reason.data and not self.reason.errors:
            self.say("reason", missing[self.decision.data])
            return False
        return passed

    def offer(self, *, confirmed_next: bool, waiver: bool) -> None:
        """Leave out what cannot be chosen: a waiver stands in place of approving; what is approved can only go back."""
        left_out = {self.APPROVE, self.CHANGE, self.WAIVE} if confirmed_next else {self.WAIVE}
        if waiver:
            left_out = {self.APPROVE, self.CHANGE}
        self.decision.choices = [c for c in self.decision.choices if c[0] not in left_out]


class WordsForm(PartForm):
    """The words of one recommendation, for the chair."""

    ask_id = HiddenField()
    text = LongTextField("Recommendation", rows=3, required="Enter the recommendation")


class ChangeForm(AsksForm, SignForm):
    """Approve with changes: the words of the letter and of its recommendations, nothing else."""

    sha256 = HiddenField()
    body = LongTextField("Letter", rows=18, longest=50_000, hint=LEAVE_HINT)
    recommendations = FieldList(FormField(WordsForm))
    parts: Sequence[str] = ()
    comment = LongTextField("Comment", rows=3, hint="For the secretariat. Optional")

    def show_clash(self, record: Letter) -> None:
        """The words that were changed are gone from the chair's table: they are read again."""
        raise_moved(record)

    def called(self, place: int) -> str:
        """The letter that it is approved under; its number for one that the letter does not have."""
        return f"({self.parts[place - 1]})" if place <= len(self.parts) else str(place)

    def texts(self) -> dict[int, str]:
        """The recommendations' words by their ids; what is no id is left out."""
        named = ((str(e.form.ask_id.data or ""), e.form.text.data) for e in self.recommendations)
        return {int(i): text for i, text in named if i.isascii() and i.isdigit() and len(i) < 10}


class ReasonForm(TrackerForm):
    """A step that needs a reason."""

    reason = LongTextField("Reason", rows=3, required="Say why")


class IssueForm(TrackerForm):
    """The slots that issuing fills, and how the letter is sent."""

    letter_date = DateField("Date of letter", required="Enter the date of the letter")
    how = RadioOne("How it is sent", choices_of(SentHow), kind=SentHow, required="Say how the letter is sent")
    to = TextField("To whom", required="Say to whom the letter is sent")
    response_due_on = DateField("Response due")
    response_due_stated = TextField("Response due, as stated", hint="For example: early February 2018")
    no_response = CheckOne("No response is asked for")
