"""What is done to correspondence: an entry is added, corrected, or struck with a reason; none is ever removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from typing import Any

from tracker.core import clock, events, files
from tracker.core.db import db, touch
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.correspondence import queries
from tracker.correspondence.models import CorrespondenceEntry, CorrespondenceFile
from tracker.correspondence.rules import BY_PRODUCT, MOST_FILES, Direction, EntryKind
from tracker.letters.models import Letter

events.register_verbs(
    {
        "correspondence_added": "added correspondence",
        "correspondence_corrected": "corrected the entry",
        "correspondence_struck": "struck the entry",
    }
)


@dataclass(frozen=True)
class EntryDetails:
    """What an entry says. One that went to nobody is internal, whatever `is_internal` says."""

    kind: EntryKind
    direction: Direction
    happened_on: date
    happened_at: time | None = None
    from_whom: str = ""
    to_whom: str = ""
    subject: str = ""
    text: str = ""
    is_internal: bool = False


@dataclass(frozen=True)
class Upload:
    """A file that came or went with an entry, under the name that it had."""

    name: str
    content: bytes


def add_entry(
    letter: Letter, details: EntryDetails, uploads: Sequence[Upload] = (), *, by: Person | None, message_id: str = ""
) -> CorrespondenceEntry:
    """Keep one thing that came or went about a letter; it moves nothing else.

    `message_id` is what the same e-mail is recognised by. Raises RuleBroken for a date to come, an entry that says
    nothing and an e-mail that is kept already, BadFile for a file that is empty or too large.
    """
    _check(details, has_files=bool(uploads))
    entry = _new_entry(letter, details, by, message_id)
    added = _keep(entry, uploads)
    _record_added(entry, added, by)
    return entry


def note_from_product(
    letter: Letter, details: EntryDetails, kept: Sequence[tuple[str, str]] = (), *, cause: str, by: Person | None
) -> CorrespondenceEntry:
    """Keep what the product itself did about a letter: once per `cause` ("reminder:12"). Nobody corrects that.

    `kept` are (name, hash) of stored files. For features above; a letter's issue and its sendings need no entry, they
    are shown from their own records.
    """
    entry = _new_entry(letter, details, by, BY_PRODUCT + cause)
    for name, sha256 in kept:
        db.session.add(CorrespondenceFile(entry_id=entry.id, name=name, file_sha256=sha256))
    _record_added(entry, [list(pair) for pair in kept], by)
    return entry


def correct_entry(
    entry: CorrespondenceEntry, details: EntryDetails, uploads: Sequence[Upload] = (), *, by: Person
) -> bool:
    """Put an entry right; the log keeps what it said. Whether anything changed. Files are added, never taken away."""
    _check_open(entry)
    _check(details, has_files=bool(uploads or entry.files))
    for name, value in _values(details).items():
        # Setting an equal value would count as a write, and an unchanged save is none.
        if getattr(entry, name) != value:
            setattr(entry, name, value)
    changed: dict[str, Any] = events.changes(entry)
    added = _keep(entry, uploads, known=len(entry.files))
    if not changed and not added:
        return False
    if added:
        touch(entry)
        changed["files"] = [[], added]
    events.record(by, "correspondence_corrected", entry, **changed)
    db.session.flush()
    return True


def strike_entry(entry: CorrespondenceEntry, reason: str, *, by: Person) -> None:
    """Say that an entry was a mistake, and why; it stays, and the programme does not see it any more."""
    _check_open(entry)
    entry.struck_at, entry.struck_reason = clock.now(), reason
    events.record(by, "correspondence_struck", entry, reason=reason)
    db.session.flush()


def _check_open(entry: CorrespondenceEntry) -> None:
    if entry.is_struck:
        raise RuleBroken("This entry was struck. It stays as it is; add a new one instead.")
    if entry.is_by_product:
        raise RuleBroken("The product made this entry of something that it did: it is not changed by hand.")


def _check(details: EntryDetails, *, has_files: bool) -> None:
    if details.happened_on > clock.today():
        raise RuleBroken("The date cannot be in the future", field="happened_on")
    if not (details.text or details.subject or has_files):
        raise RuleBroken("Enter what was said, or add a file", field="text")


def _values(details: EntryDetails) -> dict[str, Any]:
    values = {f.name: getattr(details, f.name) for f in fields(details)}
    return values | {"is_internal": details.is_internal or details.direction is Direction.INSIDE}


def _new_entry(letter: Letter, details: EntryDetails, by: Person | None, message_id: str) -> CorrespondenceEntry:
    known = queries.get_by_message(letter.id, message_id) if message_id else None
    if known is not None:
        raise RuleBroken(f"This is kept already, as an entry of {known.happened_on:%d/%m/%Y}.")
    entry = CorrespondenceEntry(
        letter_id=letter.id,
        taskforce_id=letter.taskforce_id,
        message_id=message_id,
        entered_by_id=by.contact_id if by else None,
        entered_at=clock.now(),
        struck_reason="",
        **_values(details),
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def _record_added(entry: CorrespondenceEntry, added: Sequence[Sequence[str]], by: Person | None) -> None:
    said: dict[str, Any] = {
        "kind": entry.kind,
        "direction": entry.direction,
        "files": list(added),
        "internal": entry.is_internal,
    }
    events.record(by, "correspondence_added", entry, letter_id=entry.letter_id, **said)
    db.session.flush()


def _keep(entry: CorrespondenceEntry, uploads: Sequence[Upload], known: int = 0) -> list[list[str]]:
    """Store the files; [name, hash] of each."""
    if len(uploads) + known > MOST_FILES:
        raise RuleBroken(f"An entry holds up to {MOST_FILES} files.", field="attached")
    added = []
    for upload in uploads:
        sha256 = files.store(upload.content, files.any_kind_of(upload.content))
        db.session.add(CorrespondenceFile(entry_id=entry.id, name=upload.name[:200], file_sha256=sha256))
        added.append([upload.name[:200], sha256])
    return added
