"""Forms of comments on letters."""

from __future__ import annotations

from typing import Any

from tracker.letters.commenting import Remark
from tracker.letters.marking import Printed
from tracker.web.fields import CheckMany, DateField, LongTextField, SelectOne, TextField
from tracker.web.forms import TrackerForm

QUOTE_HINT = "Select them in the letter, or paste them here. Leave it empty to comment on all of it"
SEEN_HINT = "They see this draft until the last day, and no other"


class CommentForm(TrackerForm):
    """A comment on a passage. `printed` is the letter in which the words have to stand, set by the page."""

    quote = LongTextField("The words that you comment on", rows=2, longest=5000, hint=QUOTE_HINT)
    part = SelectOne("About", required="Choose what it is about")
    text = LongTextField("Your comment", rows=4, longest=10_000, required="Say what you think")
    printed: Printed | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        words = self.quote.data
        if words and not self.quote.errors and self.printed is not None and self.printed.find(words) is None:
            self.say("quote", "These words do not stand in the letter. Paste them exactly as they stand there")
            return False
        return passed

    def remark(self) -> Remark:
        return Remark(self.part.data or "letter", self.quote.data or "", self.text.data or "")


class AskMembersForm(TrackerForm):
    """Whom to ask for comment, by when."""

    members: Any = CheckMany("Members to ask", kind=int, hint=SEEN_HINT)
    until_on = DateField("Last day for comments", required="Enter the last day for comments")
    note = LongTextField("Note to them", rows=3, longest=2000, hint="Optional. What you would like them to look at")


class MoreMembersForm(TrackerForm):
    """Whom else to ask, in a round that is open."""

    members: Any = CheckMany("Members to ask as well", kind=int, hint=SEEN_HINT)


class ExtendForm(TrackerForm):
    until_on = DateField("Last day for comments", required="Enter the last day for comments")


class DealForm(TrackerForm):
    how = TextField("How", hint="Optional. For example: reworded")
