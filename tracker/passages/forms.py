"""Forms of standard passages."""

from __future__ import annotations

from tracker.passages.rules import PassageUse
from tracker.web.fields import LongTextField, RadioOne, TextField, choices_of
from tracker.web.forms import TrackerForm


class PassageForm(TrackerForm):
    name = TextField("Name", required="Enter a name for the passage", hint="How it stands in the list while one writes")
    use = RadioOne(
        "Where it is offered",
        choices_of(PassageUse),
        kind=PassageUse,
        required="Say where the passage is offered",
        default=PassageUse.LETTER,
    )
    text = LongTextField("Text", rows=10, required="Enter the text of the passage")
