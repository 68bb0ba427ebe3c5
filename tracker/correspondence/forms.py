"""Forms of correspondence."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from wtforms.validators import StopValidation

from tracker.core import clock
from tracker.core.errors import BadFile
from tracker.correspondence.eml import LONGEST_TEXT, OUTLOOK, SAVE_AS_EML, Mail, read_eml
from tracker.correspondence.operations import EntryDetails, Upload
from tracker.correspondence.rules import MOST_FILES, Direction, EntryKind
from tracker.web.fields import (
    CheckOne,
    DateField,
    LongTextField,
    RadioOne,
    SelectOne,
    TextField,
    UploadsField,
    choices_of,
)
from tracker.web.forms import FilterForm, TrackerForm
from tracker.web.uploads import read_upload

_TIME = re.compile(r"([0-9]{1,2})[:.]?([0-9]{2})?\s*(am|pm)?", re.IGNORECASE)
WHOM = "Name the programme, or its people as their contacts have them: by that the programme sees what is its own"


def read_time(words: str) -> time | None:
    """10:30, 10.30, 2pm or 2:15pm; None for anything else."""
    match = _TIME.fullmatch(words)
    if match is None or (match[2] is None and match[3] is None):
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    return time(hour, minute) if hour < 24 and minute < 60 else None


class TimeField(TextField):
    """A time of day in London; its data is a time, or None where nothing was typed."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, look={"classes": "nhsuk-input--width-5"}, validators=(self._check,), **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = f"{value:%H:%M}" if isinstance(value, time) else value

    def _value(self) -> str:
        return f"{self.data:%H:%M}" if isinstance(self.data, time) else str(self.data or "")

    def _check(self, _form: Any, field: Any) -> None:
        words = str(field.data or "")
        found = read_time(words)
        if words and found is None:
            raise StopValidation(f"{field.label.text} must be a time, like 10:30 or 2:15pm")
        field.data = found


def _read(chosen: Any) -> list[Upload]:
    """The files of a field. Raises BadFile for one that is refused."""
    read = [read_upload(file) for file in (chosen or ())[: MOST_FILES + 1]]
    found = [Upload(*file) for file in read if file is not None]
    if len(found) > MOST_FILES:
        raise BadFile(f"Choose up to {MOST_FILES} files at once.")
    for upload in found:
        if upload.content.startswith(OUTLOOK) and upload.name.lower().endswith(".msg"):
            raise BadFile(f"“{upload.name}”: {SAVE_AS_EML}")
    return found


class EntryForm(TrackerForm):
    """One entry, entered or corrected by hand."""

    kind = SelectOne("Kind", choices_of(EntryKind), kind=EntryKind, required="Choose the kind")
    direction = RadioOne("Direction", choices_of(Direction), kind=Direction, required="Say which way it went")
    happened_on = DateField("Date", required="Enter the date")
    happened_at = TimeField("Time", hint="Optional. For example, 10:30 or 2:15pm")
    from_whom = TextField("From", longest=2000, hint=WHOM)
    to_whom = TextField("To", longest=2000, hint=WHOM)
    subject = TextField("Subject", hint="Optional")
    text = LongTextField("What was said or written", rows=8, longest=LONGEST_TEXT)
    is_internal = CheckOne("Internal note", hint="Not shown to the programme. May be disclosed under FOI.")
    attached = UploadsField("Files", hint="Any files, up to 20 MB together. They are kept as they are")
    uploads: list[Upload]

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        try:
            self.uploads = _read(self.attached.data)
        except BadFile as error:
            self.say("attached", error.message)
            return False
        return passed

    def details(self) -> EntryDetails:
        """What was typed, once it is valid."""
        at: Any = self.happened_at.data
        return EntryDetails(
            kind=self.kind.data,
            direction=self.direction.data,
            happened_on=self.happened_on.data or clock.today(),
            happened_at=at if isinstance(at, time) else None,
            from_whom=self.from_whom.data or "",
            to_whom=self.to_whom.data or "",
            subject=self.subject.data or "",
            text=self.text.data or "",
            is_internal=bool(self.is_internal.data),
        )


class ReadForm(TrackerForm):
    """E-mails saved as files, to be read."""

    files = UploadsField("E-mails", required="Choose the e-mails", hint="Files that end in .eml, one or several")
    mails: list[tuple[Upload, Mail]]

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        self.mails = []
        if not self.files.data:
            return False
        try:
            for upload in _read(self.files.data):
                self.mails.append((upload, self._read_one(upload)))
        except BadFile as error:
            self.say("files", error.message)
            return False
        return passed

    @staticmethod
    def _read_one(upload: Upload) -> Mail:
        try:
            return read_eml(upload.content)
        except BadFile as error:
            raise BadFile(f"“{upload.name}”: {error.message}") from error


class StrikeForm(TrackerForm):
    """Why an entry was a mistake."""

    reason = LongTextField("Reason", rows=3, required="Say why")


class Filters(FilterForm):
    """What the correspondence is filtered by; all of it stands in the address."""

    kind = SelectOne("Kind", choices_of(EntryKind, "All"), kind=EntryKind)
    direction = SelectOne("Direction", choices_of(Direction, "All"), kind=Direction)

    def chosen(self, name: str) -> Any:
        """What a filter was set to; None for nothing, and for what was never offered. Validate first."""
        return None if self[name].errors else self[name].data
