"""Forms of replies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracker.core import clock
from tracker.core.errors import BadFile
from tracker.letters.marking import folded
from tracker.recommendations.answer_forms import POSITIONS
from tracker.recommendations.rules import AnswerPosition
from tracker.replies.operations import Arrived, Chosen
from tracker.replies.reading import ReadReply, in_plain_words, read_reply
from tracker.web.fields import (
    CheckMany,
    DateField,
    LongTextField,
    RadioOne,
    SelectOne,
    TextField,
)
from tracker.web.forms import TrackerForm
from tracker.web.uploads import FileField


class UploadForm(TrackerForm):
    file: Any = FileField("The reply", required="Choose the reply", hint="A Word document (.docx) or an e-mail (.eml)")
    received_on = DateField("Date of the reply", hint="Leave it empty for an e-mail that says it")
    from_whom = TextField("From", hint="Leave it empty for an e-mail that says it")
    read: ReadReply

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        if not passed:
            return False
        try:
            self.read = read_reply(self.file.chosen.content)
        except BadFile as error:
            self.say("file", error.message)
            return False
        return True

    def arrived(self) -> Arrived:
        """The reply, with what the form says over what the e-mail says."""
        day = self.received_on.data or self.read.sent_on or clock.today()
        whom = (self.from_whom.data or self.read.sender)[:200]
        return Arrived(self.file.chosen.name, self.file.chosen.content, self.read, day, whom)


class AgreedForm(TrackerForm):
    """Who agreed in a reply, and when. `agreed_by` is offered by the page."""

    agreed_by = RadioOne("Who agreed", kind=int, required="Choose who agreed")
    agreed_on = DateField("The day they agreed", required="Enter the day they agreed")


class PassageForm(TrackerForm):
    """Which words answer which recommendation: whole paragraphs, or words that stand in the reply."""

    paragraphs = CheckMany("Paragraphs", kind=int)
    quote = LongTextField(
        "Words of the reply",
        rows=3,
        longest=20_000,
        hint="Select them in the reply, or paste them here. Or choose whole paragraphs beside it",
    )
    assignment = SelectOne("What they answer", kind=int, required="Choose what they answer")
    position = SelectOne("Position", POSITIONS, kind=AnswerPosition, default=AnswerPosition.AWAITING)
    blocks: Sequence[str] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        if self.quote.errors or self.paragraphs.errors:
            return False
        if not self.quote.data and not self.paragraphs.data:
            self.say("quote", "Select the words that answer, or choose paragraphs")
            return False
        if self.quote.data and self._place_of(self.quote.data) is None:
            self.say("quote", "These words do not stand in the reply. Paste them exactly as they stand there")
            return False
        return passed

    def _place_of(self, words: str) -> int | None:
        """The block in which these words begin."""
        plain = [folded(in_plain_words([block])) for block in self.blocks]
        wanted = folded(words)
        at = " ".join(plain).find(wanted)
        if at < 0:
            return None
        for place, text in enumerate(plain):
            at -= len(text) + 1
            if at < 0:
                return place
        return None

    def chosen(self) -> Chosen:
        """The passage: the words that were selected, or else the paragraphs, in their order."""
        position = self.position.data or AnswerPosition.AWAITING
        if self.quote.data:
            place, quote = self._place_of(self.quote.data) or 0, self.quote.data
        else:
            numbers = sorted(int(n) for n in self.paragraphs.data or ())
            place, quote = numbers[0], in_plain_words([self.blocks[n] for n in numbers])
        return Chosen(int(self.assignment.data or 0), quote, place, position)


class ConfirmForm(TrackerForm):
    """A button, and the version that was on screen."""
