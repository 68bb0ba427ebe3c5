"""What is done with Word letters: kept as they came, accepted as a new version or put aside."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.core import clock, events, files
from tracker.core.db import db
from tracker.core.errors import ContentMoved, RuleBroken
from tracker.core.permissions import Person
from tracker.documents import ReadLetter
from tracker.letters import operations as letters
from tracker.letters.content import Content
from tracker.letters.models import Letter, LetterVersion
from tracker.letters.rules import LetterState
from tracker.word_letters.models import WordUpload
from tracker.word_letters.reading import to_json
from tracker.word_letters.rules import UploadOutcome, UploadPurpose

events.register_verbs(
    {
        "word_letter_uploaded": "uploaded a Word document",
        "word_letter_accepted": "accepted the Word document",
        "word_letter_put_aside": "put the Word document aside",
    }
)


@dataclass(frozen=True)
class WordFile:
    """A Word letter as it came, and what was read from it."""

    name: str
    content: bytes
    read: ReadLetter


def upload_draft(letter: Letter, base: LetterVersion, file: WordFile, *, by: Person) -> WordUpload:
    """Keep a draft that was edited in Word; `base` is the version that it is compared with.

    Raises RuleBroken where the letter is no longer a draft.
    """
    if letter.state is not LetterState.DRAFT:
        raise RuleBroken("Only a draft can be edited. Return or reopen the letter first.")
    upload = _kept(letter.taskforce_id, UploadPurpose.DRAFT, file, by, letter_id=letter.id, base_version_id=base.id)
    events.record(by, "word_letter_uploaded", letter, upload=upload.id, sha256=upload.file_sha256, version=base.number)
    return upload


def upload_letter(taskforce_id: int, purpose: UploadPurpose, file: WordFile, *, by: Person) -> WordUpload:
    """Keep a Word letter that a new letter begins from, or that was sent already."""
    upload = _kept(taskforce_id, purpose, file, by)
    events.record(by, "word_letter_uploaded", upload, sha256=upload.file_sha256)
    return upload


def _kept(taskforce_id: int, purpose: UploadPurpose, file: WordFile, by: Person, **values: int) -> WordUpload:
    upload = WordUpload(
        taskforce_id=taskforce_id,
        purpose=purpose,
        name=file.name,
        file_sha256=files.store(file.content, files.DOCX),
        read=to_json(file.read),
        problems="\n".join(" ".join(problem.split()) for problem in file.read.problems),
        by_id=by.contact_id,
        at=clock.now(),
        **values,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def accept_draft(upload: WordUpload, letter: Letter, content: Content, sha256: str, *, by: Person) -> bool:
    """Save `content`, what the Word document makes of the draft with this hash; whether anything changed.

    Raises RuleBroken where the document is decided on or the letter no longer a draft, ContentMoved where it changed.
    """
    _check_waiting(upload)
    if letter.current.sha256 != sha256:
        raise ContentMoved
    row = letter.main_addressee
    draft = letters.Draft(
        kind=letter.kind,
        workshop_id=letter.workshop_id,
        to=letters.Addressed(row.contact_id, row.programme_id),
        letter_date=letter.letter_date,
        response_due_on=letter.response_due_on,
        response_due_stated=letter.response_due_stated,
        content=content,
    )
    changed = letters.save_letter(letter, draft, by=by)
    _decide(upload, UploadOutcome.ACCEPTED, by)
    events.record(by, "word_letter_accepted", letter, upload=upload.id, version=letter.current.number)
    db.session.flush()
    return changed


def take_letter(upload: WordUpload, letter: Letter, *, by: Person) -> None:
    """Say that this letter was begun from the Word document. Raises RuleBroken where another was already."""
    _check_waiting(upload)
    upload.letter_id = letter.id
    _decide(upload, UploadOutcome.ACCEPTED, by)
    events.record(by, "word_letter_accepted", letter, upload=upload.id, sha256=upload.file_sha256)
    db.session.flush()


def put_aside(upload: WordUpload, *, by: Person) -> None:
    """Decide that nothing is taken from the Word document; it is kept."""
    _check_waiting(upload)
    _decide(upload, UploadOutcome.REFUSED, by)
    subject = upload if upload.letter_id is None else events.Subject("letter", upload.letter_id, upload.taskforce_id)
    events.record(by, "word_letter_put_aside", subject, upload=upload.id)
    db.session.flush()


def _check_waiting(upload: WordUpload) -> None:
    if upload.outcome is UploadOutcome.ACCEPTED:
        raise RuleBroken("This Word document was accepted already. Upload it again if you need it a second time.")
    if upload.outcome is UploadOutcome.REFUSED:
        raise RuleBroken("This Word document was put aside. Upload it again if you need it after all.")


def _decide(upload: WordUpload, outcome: UploadOutcome, by: Person) -> None:
    upload.outcome, upload.decided_at, upload.decided_by_id = outcome, clock.now(), by.contact_id
