"""Forms of sending."""

from __future__ import annotations

from email.headerregistry import Address
from typing import Any

from wtforms import HiddenField
from wtforms.validators import StopValidation

from tracker.core import clock, files
from tracker.sending.operations import Elsewhere, Parcel
from tracker.sending.queries import Held
from tracker.sending.rules import ELSEWHERE, BadAddress, FileKind, SendingHow, read_addresses, unfilled_fields
from tracker.web.fields import CheckMany, DateField, LongTextField, RadioOne, TextField, UploadField
from tracker.web.forms import TrackerForm

TO_HINT = "One address a line, or with commas between. For example: Ann Lee <ann.lee@example.com>"


class AddressesField(LongTextField):
    """E-mail addresses; `addresses` holds them once they are checked."""

    addresses: tuple[Address, ...] = ()

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, rows=2, longest=10_000, validators=(self._check,), **kwargs)

    def _check(self, _form: Any, field: Any) -> None:
        try:
            field.addresses = read_addresses(field.data or "")
        except BadAddress as problem:
            raise StopValidation(str(problem)) from problem
        if field.data and not field.addresses:
            raise StopValidation("Enter an e-mail address")


class SendForm(TrackerForm):
    """An e-mail with the letter: sent from here, or made for one's own mail program."""

    to = AddressesField("To", required="Enter to whom the letter goes", hint=TO_HINT)
    copies = AddressesField("Copies", hint="Optional")
    subject = TextField("Subject", required="Enter a subject")
    text = LongTextField("Covering text", required="Enter a covering text", rows=12)
    files = CheckMany("Attachments")
    held: dict[str, Held]

    def offer(self, held: list[Held]) -> None:
        """Which files can go with it; one is chosen at first: the newest signed PDF, else the PDF, else the file."""
        self.held = {file.key: file for file in held}
        self.files.choices = [(file.key, f"{file.name} ({file.label})") for file in held]
        if not self.is_submitted():
            wanted = (FileKind.SIGNED_PDF, FileKind.PDF, None)
            self.files.data = [next(f.key for kind in wanted for f in held if f.kind is kind)]

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        if not self.files.data and not self.files.errors:
            self.say("files", "Choose at least one file")
            passed = False
        fields = unfilled_fields(self.text.data or "")
        if fields and not self.text.errors:
            self.say("text", f"Fill in or take out what stands in braces: {', '.join(fields)}")
            passed = False
        return passed

    def parcel(self) -> Parcel:
        """What goes out. Of two files with one name the later has its number in it."""
        chosen = [self.held[key] for key in self.files.data]
        named: dict[str, str] = {}
        for file in chosen:
            stem, dot, ending = file.name.rpartition(".")
            name = file.name if file.name not in named else f"{stem}-{file.key}{dot}{ending}"
            named[name] = file.sha256
        words = (self.subject.data or "", self.text.data or "")
        return Parcel(self.to.addresses, self.copies.addresses, *words, tuple(named.items()))


class RecordForm(TrackerForm):
    """A letter that was posted, handed over or sent from somebody's own mail program."""

    how = RadioOne(
        "How it was sent",
        [(how.value, how.label) for how in SendingHow if how in ELSEWHERE],
        kind=SendingHow,
        required="Say how the letter was sent",
    )
    sent_on = DateField("Day it was sent", required="Enter the day it was sent", default=clock.today)
    to = TextField(
        "To whom",
        required="Say to whom the letter was sent",
        hint="Name, and the address that it was posted or e-mailed to",
    )

    def sending(self) -> Elsewhere:
        """The answer, once it is checked."""
        return Elsewhere(self.how.data, self.sent_on.data or clock.today(), self.to.data or "")


class SignedPdfForm(TrackerForm):
    """The signed PDF that was really sent; `content` is its bytes."""

    file = UploadField("Signed PDF", required="Choose the PDF", hint="A PDF file of 20 MB or smaller")
    content = b""

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        if self.file.data:
            self.content = self.file.data.read()
            problem = _problem_with(self.content)
            if problem:
                self.say("file", problem)
            passed = passed and not problem
        return passed


def _problem_with(content: bytes) -> str:
    if not content:
        return "The file is empty"
    if not content.startswith(files.SIGNATURES[files.PDF]):
        return "The file must be a PDF: it does not begin as one does, whatever its name is"
    return "The file must be 20 MB or smaller" if len(content) > files.MAX_BYTES else ""


class AgainForm(TrackerForm):
    """A button: to whom a mail that failed is sent again."""

    recipient = HiddenField()


class MakePdfForm(TrackerForm):
    """A button."""
