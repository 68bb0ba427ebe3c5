"""What is done with a covering note: edited, and sent from here."""

from __future__ import annotations

from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.outbox import Envelope, queue_mail
from tracker.core.permissions import Person
from tracker.correspondence.operations import EntryDetails, note_from_product
from tracker.correspondence.rules import Direction, EntryKind
from tracker.documents import plain_text
from tracker.transfers import queries
from tracker.transfers.models import CoveringNote

events.register_verbs(
    {"covering_note_edited": "edited the covering note", "covering_note_sent": "sent the covering note"}
)


def edit_note(note: CoveringNote, text: str, *, by: Person) -> None:
    """Change what the note says. Raises RuleBroken once it was sent."""
    _check_unsent(note)
    if note.text == text:
        return
    note.text = text
    events.record(by, "covering_note_edited", note)
    db.session.flush()


def _check_unsent(note: CoveringNote) -> None:
    if note.sent_at is not None:
        raise RuleBroken("The note has been sent. It stays as it is.")


def send_note(note: CoveringNote, *, by: Person) -> None:
    """Send the note by e-mail, and keep it in the correspondence of each letter that something is open of.

    Raises RuleBroken for one that was sent, and for a reader without an e-mail address.
    """
    _check_unsent(note)
    email = note.to_contact.email
    if not email:
        raise RuleBroken(f"There is no e-mail address for {note.to_contact.name}. Enter it on the page of the contact.")
    subject = f"{note.programme.name}: what is open with the {note.taskforce.name}"
    text = plain_text(note.text)
    queue_mail(f"covering-note:{note.id}", email, subject, text, Envelope(reply_to=by.email))
    note.sent_at, note.sent_by_id = clock.now(), by.contact_id
    for letter in queries.list_open_letters(note.taskforce_id, note.programme_id):
        details = EntryDetails(
            EntryKind.EMAIL,
            Direction.OUT,
            clock.today(),
            from_whom=note.taskforce.name,
            to_whom=note.to_contact.name,
            subject=subject[:200],
            text=text,
        )
        note_from_product(letter, details, cause=f"covering-note:{note.id}:{letter.id}", by=by)
    events.record(by, "covering_note_sent", note, reason=f"To {note.to_contact.name}")
    db.session.flush()
