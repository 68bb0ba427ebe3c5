"""What the pages of Word letters are filled with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tracker.accounts.models import Contact
from tracker.core import clock, files
from tracker.core.permissions import Person, Role
from tracker.directory import queries as directory
from tracker.directory.models import Programme
from tracker.documents import ReadLetter, as_read
from tracker.letters import documents, operations
from tracker.letters import pages as letter_pages
from tracker.letters.beginnings import Beginning
from tracker.letters.comparing import Part
from tracker.letters.content import Content
from tracker.letters.forms import content_values
from tracker.letters.models import Letter, LetterVersion
from tracker.word_letters import operations as word
from tracker.word_letters import queries, recognising
from tracker.word_letters.beside import Beside, beside
from tracker.word_letters.merging import Clash, merge
from tracker.word_letters.models import WordUpload
from tracker.word_letters.reading import from_json
from tracker.word_letters.rules import UploadPurpose
from tracker.word_letters.taking import take

UNKNOWN = "The document does not say which version it was downloaded from. It is compared with version {}, the newest."
ANOTHER = "The document says that it is a version of another letter. It is compared with version {}, the newest."


@dataclass(frozen=True)
class Differences:
    """What a Word document makes of a draft: the content to accept, and all that a person needs to decide on it.

    `parts` are those that accepting changes; `meanwhile` those that changed here since `base`, where it is not the
    newest version; `clashes` those that both changed.
    """

    base: LetterVersion
    content: Content
    parts: list[Part]
    meanwhile: list[Part]
    clashes: Sequence[Clash]
    problems: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to accept, to choose or to read."""
        return not self.parts and not self.problems and not self.clashes

    @property
    def beside(self) -> list[Beside]:
        """What accepting changes, side by side."""
        return beside(self.parts)


def differences(letter: Letter, base: LetterVersion, read: ReadLetter, *, prefer_word: bool = False) -> Differences:
    """What the Word document `read`, which was downloaded as `base`, changes in the draft as it is now."""
    sent = as_read(documents.document_of(base, documents.slots_of(letter), draft=True))
    taken = take(base.words, sent, read)
    now = letter.current.words
    merged = merge(base.words, now, taken.content, prefer_word=prefer_word)
    moved_on = base.id != letter.current.id
    return Differences(
        base=base,
        content=merged.content,
        parts=letter_pages.changed_words(now, merged.content),
        meanwhile=letter_pages.changed_parts(base, letter.current) if moved_on else [],
        clashes=merged.clashes,
        problems=taken.problems,
    )


def differences_of(letter: Letter, upload: WordUpload, *, prefer_word: bool = False) -> Differences:
    """The same, of an uploaded document that is kept."""
    base = next(v for v in letter.versions if v.id == upload.base_version_id)
    return differences(letter, base, from_json(upload.read, upload.problems), prefer_word=prefer_word)


def base_of(letter: Letter, named: tuple[int, int] | None) -> tuple[LetterVersion, str]:
    """(the version that a document says it is, else the newest; why it is the newest, where it does not say)."""
    if named is not None and named[0] == letter.id:
        for version in letter.versions:
            if version.number == named[1]:
                return version, ""
    said = ANOTHER if named is not None and named[0] != letter.id else UNKNOWN
    return letter.current, said.format(letter.current.number)


@dataclass(frozen=True)
class Recognised:
    """What was read from a Word letter, and who and what in it is known here."""

    read: ReadLetter
    contact: Contact | None
    programme: Programme | None
    day: Any
    due_on: Any
    due_stated: str


def recognise(upload: WordUpload) -> Recognised:
    """Match what was read with the contacts of the taskforce and with the programmes."""
    read = from_json(upload.read, upload.problems)
    names = recognising.names_in(read.addressee)
    text = " ".join((*read.addressee, read.subject, read.body[:2000])).casefold()
    due_on, due_stated = recognising.due_of(read.response_request)
    return Recognised(
        read=read,
        contact=queries.find_contact(upload.taskforce_id, names) if names else None,
        programme=queries.find_programme(text),
        day=recognising.day_of(read.date_text),
        due_on=due_on,
        due_stated=due_stated,
    )


def load_beginning(person: Person, value: str) -> Beginning | None:
    """What a new letter is filled with from the uploaded Word letter with this id; None for what is not theirs."""
    upload = (
        queries.get_upload_for(person, int(value)) if value.isascii() and value.isdigit() and len(value) < 10 else None
    )
    if upload is None or upload.purpose is UploadPurpose.DRAFT:
        return None
    if upload.taskforce_id not in person.taskforces({Role.SECRETARIAT}):
        return None
    upload_id = upload.id

    def taken(letter: Letter, by: Person) -> None:
        again = queries.get_upload_for(by, upload_id)
        if again is not None:
            word.take_letter(again, letter, by=by)

    code = queries.get_taskforce_code(upload.taskforce_id)
    kept = operations.Upload(files.read(upload.file_sha256), files.DOCX)
    return Beginning(code, _values(upload, code), kept, taken)


def _values(upload: WordUpload, code: str) -> dict[str, Any]:
    """The values of the form: the letter's words, to whom it goes, and its dates."""
    known = recognise(upload)
    taskforce = directory.get_taskforce(code)
    if taskforce is None:
        return {}
    blank = operations.default_content(taskforce, None, ())
    values = content_values(recognising.content_of(known.read, blank))
    recorded = upload.purpose is UploadPurpose.RECORD
    # A draft that begins from an old letter is not of that day, and does not ask for a response by it.
    fits = {name: day for name, day in (("letter_date", known.day), ("response_due_on", known.due_on)) if day}
    values |= {name: day for name, day in fits.items() if recorded or day >= clock.today()}
    if recorded and known.due_stated:
        values["response_due_stated"] = known.due_stated
    if known.contact:
        values["addressee"] = known.contact.id
    if known.programme:
        values["programme_id"] = known.programme.id
    return values if values["signatory"] else {n: v for n, v in values.items() if n != "signatory"}
