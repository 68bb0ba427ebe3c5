"""What is done to send an issued letter. Nothing here moves a date or changes the letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from email.headerregistry import Address
from typing import Any

from tracker.core import clock, events, files, jobs, outbox
from tracker.core.db import db
from tracker.core.errors import BadFile, RuleBroken
from tracker.core.permissions import Person
from tracker.letters.models import Letter
from tracker.sending import pdf, queries
from tracker.sending.models import LetterFile, LetterSending, LetterSendingFile
from tracker.sending.rules import ON_PAPER, FileKind, SendingHow, in_one_line

events.register_verbs(
    {
        "letter_sent": "sent the letter by e-mail",
        "letter_message_made": "made a message with the letter, to send from their own mail program",
        "letter_sending_recorded": "recorded how the letter was sent",
        "letter_sent_again": "had a mail with the letter sent again",
        "letter_pdf_made": "made a PDF of the letter",
        "signed_pdf_added": "added the signed PDF of the letter",
    }
)
PDF_JOB = "letter-pdf"


@dataclass(frozen=True)
class Parcel:
    """What goes out: to whom, with what words, and which files, as (name, hex SHA-256)."""

    to: tuple[Address, ...]
    copies: tuple[Address, ...]
    subject: str
    text: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Elsewhere:
    """A letter that was posted, handed over or sent from somebody's own mail program."""

    how: SendingHow
    sent_on: date
    to: str


def send_by_email(letter: Letter, parcel: Parcel, *, by: Person) -> LetterSending:
    """Send the letter from here: a mail for each recipient, under one head that names them all."""
    sending = _add_parcel(letter, SendingHow.EMAIL, parcel, by)
    envelope = outbox.Envelope(sending.to_line, sending.copies_line, by.email, parcel.files)
    everybody = {a.addr_spec.lower(): a.addr_spec for a in reversed((*parcel.to, *parcel.copies))}
    for recipient in reversed(everybody.values()):
        outbox.queue_mail(queries.cause_of(sending.id), recipient, parcel.subject, parcel.text, envelope)
    events.record(by, "letter_sent", letter, reason=f"To {_all(sending)}", files=dict(parcel.files))
    return sending


def make_message(letter: Letter, parcel: Parcel, *, by: Person) -> LetterSending:
    """Make a message that somebody sends from their own mail program."""
    sending = _add_parcel(letter, SendingHow.MESSAGE, parcel, by)
    events.record(by, "letter_message_made", letter, reason=f"To {_all(sending)}", files=dict(parcel.files))
    return sending


def record_sending(letter: Letter, sent: Elsewhere, *, by: Person) -> LetterSending:
    """Record that the letter went out without us. Raises RuleBroken for a day on which it cannot have been."""
    if sent.sent_on > clock.today():
        raise RuleBroken("The day it was sent must be today or earlier", field="sent_on")
    if letter.letter_date is not None and sent.sent_on < letter.letter_date:
        raise RuleBroken("The day it was sent must be the date of the letter or later", field="sent_on")
    sending = _add(letter, by, how=sent.how, sent_on=sent.sent_on, to_line=sent.to)
    reason = f"{sent.how.label} to {sent.to}"
    events.record(by, "letter_sending_recorded", letter, reason=reason, sent_on=sent.sent_on)
    return sending


def note_issue(by: Person | None, letter: Letter, details: dict[str, Any]) -> None:
    """When a letter is issued: ask for its PDF, and keep how it went out on paper. Subscribes to `letter_issued`."""
    if pdf.can_make():
        _ask_for_pdf(letter, by)
    how = SendingHow(details["how"])
    if by is not None and how in ON_PAPER:
        _add(letter, by, how=how, sent_on=details["date"], to_line=details["to"])


def send_again(sending: LetterSending, recipient: str, *, by: Person) -> None:
    """Have a mail that failed go with the next delivery, as the same message. Raises RuleBroken where none failed."""
    if not outbox.try_again(queries.cause_of(sending.id), recipient):
        raise RuleBroken("Nothing has failed there: the mail was sent, or waits to be sent.")
    events.record(by, "letter_sent_again", sending.letter, reason=f"To {recipient}")


def make_pdf_again(letter: Letter, *, by: Person) -> None:
    """Ask for the PDF of an issued letter, or ask again where it could not be made."""
    if not pdf.is_wanted(letter):
        raise RuleBroken("No PDF can be made of this letter here.")
    _ask_for_pdf(letter, by)
    jobs.ask_again(queries.pdf_job_key(letter.id))


def add_pdf(letter: Letter, content: bytes) -> None:
    """Keep the PDF that was made of the issued Word file; once there is one, another is not kept."""
    if queries.count_files(letter.id, FileKind.PDF):
        return
    sha256 = files.store(content, files.PDF)
    _keep(letter, FileKind.PDF, sha256, None)
    events.record(None, "letter_pdf_made", letter, sha256=sha256, of=letter.file_sha256)


def add_signed_pdf(letter: Letter, content: bytes, *, by: Person) -> None:
    """Keep the signed PDF that was really sent. Raises BadFile for what is no PDF, or is kept here already."""
    if not content.startswith(files.SIGNATURES[files.PDF]):
        raise BadFile("The file must be a PDF.", field="file")
    sha256 = files.store(content, files.PDF)
    if queries.count_files(letter.id, FileKind.SIGNED_PDF, sha256):
        raise BadFile("This signed PDF is here already.", field="file")
    _keep(letter, FileKind.SIGNED_PDF, sha256, by.contact_id)
    events.record(by, "signed_pdf_added", letter, sha256=sha256)


def _ask_for_pdf(letter: Letter, by: Person | None) -> None:
    key = queries.pdf_job_key(letter.id)
    jobs.ask(key, PDF_JOB, letter.id, by_contact_id=by.contact_id if by else None)


def _keep(letter: Letter, kind: FileKind, sha256: str, added_by_id: int | None) -> None:
    row = LetterFile(letter_id=letter.id, kind=kind, file_sha256=sha256, added_by_id=added_by_id, added_at=clock.now())
    db.session.add(row)
    db.session.flush()


def _add_parcel(letter: Letter, how: SendingHow, parcel: Parcel, by: Person) -> LetterSending:
    lines = {"to_line": in_one_line(parcel.to), "copies_line": in_one_line(parcel.copies)}
    words = {"subject": parcel.subject, "covering_text": parcel.text}
    sending = _add(letter, by, how=how, sent_on=clock.today(), **lines, **words)
    db.session.add_all(LetterSendingFile(sending_id=sending.id, name=n, file_sha256=s) for n, s in parcel.files)
    db.session.flush()
    return sending


def _add(letter: Letter, by: Person, **values: Any) -> LetterSending:
    sending = LetterSending(letter_id=letter.id, by_id=by.contact_id, at=clock.now(), **values)
    db.session.add(sending)
    db.session.flush()
    return sending


def _all(sending: LetterSending) -> str:
    return "; copies to ".join(filter(None, (sending.to_line, sending.copies_line)))
