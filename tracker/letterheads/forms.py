"""Forms of letterheads."""

from __future__ import annotations

from typing import Any

from tracker.documents import BadFile, clean_reference
from tracker.letterheads.operations import Upload
from tracker.letterheads.rules import DocumentKind, too_large
from tracker.web.fields import DateField, RadioOne, TextField, UploadField, choices_of
from tracker.web.forms import TrackerForm


class LetterheadForm(TrackerForm):
    """A reference document to be cleaned and kept."""

    kind = RadioOne("What it is for", choices_of(DocumentKind), kind=DocumentKind, required="Say what it is for")
    name = TextField("Name", required="Enter a name", hint="What you call it here. For example: New logo, 2027")
    file = UploadField("File", required="Choose the Word document", hint="A Word document (.docx) of at most 5 MB")
    upload: Upload

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        if not self.file.data or self.kind.errors:
            return passed
        content = self.file.data.read()
        try:
            if why_not := too_large(content):
                raise BadFile(why_not)
            cleaned = clean_reference(content, "letter" if self.kind.data is DocumentKind.LETTER else "board")
        except BadFile as error:
            self.say("file", str(error))
            return False
        self.upload = Upload(self.kind.data, self.name.data or "", content, cleaned.content, cleaned.warnings)
        return passed


class LiveForm(TrackerForm):
    """The day from which a letterhead is used."""

    live_from = DateField("Live from", required="Enter the day from which it is used")
