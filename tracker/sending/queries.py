"""Reads of sending: a letter's files, how it went out, and what its sending form begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, func, literal, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.models import Contact
from tracker.core import jobs
from tracker.core.db import db
from tracker.core.files import DOCX, StoredFile
from tracker.core.outbox import OutboxMail
from tracker.core.permissions import Person, Role
from tracker.letters.models import Letter
from tracker.letters.queries import get_letter_for, programme_name
from tracker.letters.rules import LetterState, SentHow
from tracker.passages.models import StandardPassage
from tracker.passages.rules import PassageUse
from tracker.sending.models import LetterFile, LetterSending
from tracker.sending.rules import FileKind, SendingHow
from tracker.web.tables import Page, Sort, page

MOST_SHOWN = 10
CAUSE = "letter-sending:"  # under it and the id of a sending its mails wait in the outbox
NEWEST = (Sort("newest", LetterSending.__table__.c.id, LetterSending.__table__.c.id, descending=True),)


def get_sent_letter_for(person: Person, key: str) -> Letter | None:
    """The letter with this reference, once it is issued or recorded, where `person` can see it."""
    letter = get_letter_for(person, key)
    return letter if letter is not None and letter.is_issued else None


def get_sending_for(person: Person, key: str, sending_id: str) -> LetterSending | None:
    """A sending of a letter that `person` can see, with who sent it and its files."""
    letter = get_sent_letter_for(person, key)
    if letter is None:
        return None
    chosen = select(LetterSending).where(LetterSending.id == int(sending_id), LetterSending.letter_id == letter.id)
    loaded = (joinedload(LetterSending.letter), joinedload(LetterSending.by), selectinload(LetterSending.files))
    return db.session.scalars(chosen.options(*loaded)).one_or_none()


def get_file_for(person: Person, key: str, file_id: str) -> LetterFile | None:
    """A PDF of a letter that `person` can see."""
    letter = get_sent_letter_for(person, key)
    if letter is None:
        return None
    chosen = select(LetterFile).where(LetterFile.id == int(file_id), LetterFile.letter_id == letter.id)
    return db.session.scalars(chosen.options(joinedload(LetterFile.letter))).one_or_none()


@dataclass(frozen=True)
class Held:
    """A file of a sent letter: what a form calls it, its name, what it is, its bytes' hash and size, since when.

    `file_id` is None for the file that was issued or recorded.
    """

    key: str
    name: str
    label: str
    sha256: str
    size: int
    file_id: int | None = None
    kind: FileKind | None = None
    added_at: datetime | None = None


def list_files(letter: Letter) -> list[Held]:
    """The file that was issued or recorded, then its newest PDFs, newest first."""
    columns = (StoredFile.sha256, StoredFile.size, StoredFile.media_type)
    own = db.session.execute(select(*columns).where(StoredFile.sha256 == letter.file_sha256)).one()
    ending, what = ("docx", "Word file") if own.media_type == DOCX else ("pdf", "PDF")
    issued = "as issued" if letter.state is LetterState.ISSUED else "as recorded"
    held = [Held("letter", f"{letter.reference}.{ending}", f"{what}, {issued}", own.sha256, own.size)]
    statement = (
        select(LetterFile.id, LetterFile.kind, LetterFile.added_at, *columns)
        .join(StoredFile, StoredFile.sha256 == LetterFile.file_sha256)
        .where(LetterFile.letter_id == letter.id)
        .order_by(LetterFile.id.desc())
        .limit(MOST_SHOWN)
    )
    for row in db.session.execute(statement):
        label = "PDF of the Word file" if row.kind is FileKind.PDF else "Signed PDF"
        name = file_name(letter, row.kind)
        held.append(Held(str(row.id), name, label, row.sha256, row.size, row.id, row.kind, row.added_at))
    return held


def file_name(letter: Letter, kind: FileKind) -> str:
    """What a PDF of the letter is called outside."""
    return f"{letter.reference}{'-signed' if kind is FileKind.SIGNED_PDF else ''}.pdf"


def count_files(letter_id: int, kind: FileKind, sha256: str | None = None) -> int:
    """How many files of a kind a letter has; with `sha256` only those with these bytes."""
    statement = select(func.count()).where(LetterFile.letter_id == letter_id, LetterFile.kind == kind)
    if sha256 is not None:
        statement = statement.where(LetterFile.file_sha256 == sha256)
    return db.session.execute(statement).scalar_one()


def get_pdf_job(letter_id: int) -> jobs.Job | None:
    """The job that makes the PDF of a letter, if it was asked for."""
    return jobs.get_job(pdf_job_key(letter_id))


def pdf_job_key(letter_id: int) -> str:
    return f"letter-pdf:{letter_id}"


@dataclass(frozen=True)
class SendingRow:
    """A sending as a list shows it."""

    id: int
    how: SendingHow
    sent_on: Any
    to_line: str
    who: str

    @property
    def cause(self) -> str:
        return cause_of(self.id)


def cause_of(sending_id: int) -> str:
    """The cause under which a sending's mails wait in the outbox."""
    return f"{CAUSE}{sending_id}"


def _sendings(letter_id: int) -> Any:
    columns = (LetterSending.id, LetterSending.how, LetterSending.sent_on, LetterSending.to_line)
    statement = select(*columns, Contact.name.label("who")).join(Contact, Contact.id == LetterSending.by_id)
    return statement.where(LetterSending.letter_id == letter_id)


def list_newest_sendings(letter_id: int) -> list[SendingRow]:
    """The newest sendings of a letter, one more than a panel shows."""
    statement = _sendings(letter_id).order_by(LetterSending.id.desc()).limit(MOST_SHOWN + 1)
    return [SendingRow(**row._mapping) for row in db.session.execute(statement)]


@dataclass(frozen=True)
class Unsent:
    """An issued letter that waits for the secretariat to send it, or of whose e-mails some have failed."""

    reference: str
    subject: str
    programme: str
    failed: int
    sending_id: int


def list_unsent_for(person: Person, limit: int = 50) -> list[Unsent]:
    """The secretariat's letters that were issued to go by e-mail and of which no sending is recorded."""
    any_sending = select(LetterSending.id).where(LetterSending.letter_id == Letter.id).exists()
    statement = _secretariats(person, literal(0), literal(0)).where(Letter.sent_how == SentHow.EMAIL, ~any_sending)
    return [Unsent(*row) for row in db.session.execute(statement.order_by(Letter.id).limit(limit))]


def list_failed_for(person: Person, limit: int = 50) -> list[Unsent]:
    """The secretariat's letters of which e-mails from here did not go, how many, and of which sending."""
    cause = literal(CAUSE) + cast(LetterSending.id, String)
    failed = (OutboxMail.cause == cause, OutboxMail.sent_at.is_(None), OutboxMail.last_error.is_not(None))
    statement = _secretariats(person, func.count(OutboxMail.id), func.max(LetterSending.id))
    statement = statement.join(LetterSending, LetterSending.letter_id == Letter.id).join(OutboxMail, and_(*failed))
    statement = statement.group_by(Letter.id, Letter.reference, Letter.subject).order_by(Letter.id).limit(limit)
    return [Unsent(*row) for row in db.session.execute(statement)]


def _secretariats(person: Person, *numbers: Any) -> Any:
    theirs = Letter.taskforce_id.in_(sorted(person.taskforces({Role.SECRETARIAT})))
    statement = select(Letter.reference, Letter.subject, programme_name().label("programme"), *numbers)
    return statement.where(theirs, Letter.state == LetterState.ISSUED)


def list_sendings(letter_id: int, arguments: Mapping[str, str]) -> Page:
    """A page of the sendings of a letter, newest first."""
    return page(db.session(), _sendings(letter_id), NEWEST, arguments)


def get_covering_text(taskforce_id: int) -> str | None:
    """The taskforce's own covering text, where it keeps one: the first by name."""
    kept = select(StandardPassage.text).where(StandardPassage.taskforce_id == taskforce_id)
    kept = kept.where(StandardPassage.use == PassageUse.COVERING_TEXT).order_by(StandardPassage.name).limit(1)
    return db.session.execute(kept).scalar()


def list_contacts_named(taskforce_id: int, names: Sequence[str]) -> list[Contact]:
    """The taskforce's contacts with one of these names and an e-mail address, in the order of the names."""
    folded = [name.casefold() for name in names]
    statement = select(Contact).where(Contact.taskforce_id == taskforce_id, Contact.email != "")
    statement = statement.where(func.lower(Contact.name).in_(folded)).order_by(Contact.id)
    found = {contact.name.casefold(): contact for contact in db.session.scalars(statement)}
    return [found[name] for name in dict.fromkeys(folded) if name in found]
