"""What is due to go, as the mails that tell of it: one digest for each person, taskforce and day; and sending them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from tracker.core import clock, events, outbox
from tracker.core.db import db
from tracker.core.events import Subject
from tracker.core.permissions import Person, Role
from tracker.correspondence import operations as correspondence
from tracker.correspondence.operations import EntryDetails
from tracker.correspondence.rules import Direction, EntryKind
from tracker.directory.models import Taskforce
from tracker.letters import fields
from tracker.letters.about import About
from tracker.letters.models import Letter
from tracker.letters.queries import list_emails_of
from tracker.passages.queries import get_first
from tracker.passages.rules import BY_NAME, PassageUse, fields_in
from tracker.reminders import words
from tracker.reminders.ladder import Ladder
from tracker.reminders.models import DigestReminder, Reminder, ReminderDigest
from tracker.reminders.people import Recipient, list_people
from tracker.reminders.rules import Rung, RungOutcome
from tracker.reminders.words import Frame, Writer

events.register_verbs({"reminder_sent": "sent a reminder", "reminder_sent_again": "sent the rest of a reminder anew"})
CAUSE = "reminder-digest:"  # under it and the id of a digest its mail waits in the outbox


@dataclass(frozen=True)
class Going:
    """A rung that goes, to whom, and what the mails say of its letter.

    `reminder_id` is set where the rung went already and only its mail to these people did not.
    """

    ladder: Ladder
    rung: Rung
    to: tuple[Recipient, ...]
    part: str
    reminder_id: int | None = None

    @property
    def key(self) -> str:
        return self.ladder.key


@dataclass(frozen=True)
class Mail:
    """A digest as it goes to one person."""

    to: Recipient
    subject: str
    text: str
    going: tuple[Going, ...]


@dataclass(frozen=True)
class Sent:
    """What a sending did: the mails, and what waits for a later day because somebody has had today's digest."""

    mails: tuple[Mail, ...]
    waiting: tuple[Going, ...]


def cause_of(digest_id: int) -> str:
    return f"{CAUSE}{digest_id}"


def writer_of(taskforce: Taskforce, base_url: str, by: Person | None) -> Writer:
    """In whose name reminders go: of whoever sends them, else of the secretariat."""
    if by is not None:
        return Writer(taskforce.name, by.name, by.email, base_url)
    secretariat = list_emails_of(taskforce.id, frozenset({Role.SECRETARIAT}))
    return Writer(taskforce.name, "The secretariat", secretariat[0][1] if secretariat else "", base_url)


def prepare(taskforce: Taskforce, chosen: Sequence[tuple[Ladder, Rung]], writer: Writer, today: date) -> list[Going]:
    """The rungs with whom they reach and what is said of each, in the taskforce's words or ours."""
    if not chosen:
        return []
    passage = get_first(taskforce.id, PassageUse.REMINDER)
    reach = list_people([f for f, _ in chosen], today, escalates=any(rung.escalates for _, rung in chosen))
    found = []
    for ladder, rung in chosen:
        to = reach.of(ladder, escalates=rung.escalates)
        values = words.part_values(ladder, writer, today)
        if passage is not None and any(name in BY_NAME and name not in values for name in fields_in(passage)):
            values = _record_values(taskforce, ladder) | values
        found.append(Going(ladder, rung, to, words.part_of(ladder, rung, to, passage, values)))
    return found


def _record_values(taskforce: Taskforce, ladder: Ladder) -> dict[str, str]:
    """What a passage may name besides, as letters do: read only where it is used."""
    return fields.read(About(taskforce.id, ladder.programme_id))


def compose(going: Sequence[Going], frame: Frame, today: date) -> list[Mail]:
    """The mails that tell of these rungs: one for each person."""
    by_person: dict[str, list[Going]] = {}
    people: dict[str, Recipient] = {}
    for item in going:
        for recipient in item.to:
            by_person.setdefault(recipient.email, []).append(item)
            people.setdefault(recipient.email, recipient)
    return [
        Mail(
            people[email],
            words.subject_of([item.ladder for item in items], today),
            words.whole_text(people[email].greeting, frame, [item.part for item in items]),
            tuple(items),
        )
        for email, items in by_person.items()
    ]


def split_by_turn(taskforce_id: int, going: Sequence[Going], today: date) -> tuple[list[Going], list[Going]]:
    """(what can go today, what waits): nobody gets a second digest of a taskforce on one day."""
    if not going:
        return [], []
    emails = {r.email for item in going for r in item.to}
    statement = select(ReminderDigest.email).where(
        ReminderDigest.taskforce_id == taskforce_id,
        ReminderDigest.day == today,
        ReminderDigest.email.in_(sorted(emails)),
    )
    had = set(db.session.scalars(statement))
    waits = [item for item in going if any(r.email in had for r in item.to)]
    return [item for item in going if item not in waits], waits


def send(taskforce: Taskforce, going: Sequence[Going], frame: Frame, reply_to: str, *, by: Person | None) -> Sent:
    """Record the rungs and queue a digest for each person, within the taskforce's lock; each rung goes once.

    Whatever somebody had a digest for today already waits; what has nobody to be written to is left out.
    """
    today = clock.today()
    goes, waits = split_by_turn(taskforce.id, [item for item in going if item.to], today)
    recorded = [replace(item, reminder_id=item.reminder_id or _record(item, by)) for item in goes]
    mails = compose(recorded, frame, today)
    digests = {mail.to.email: _queue(taskforce, mail, reply_to, by) for mail in mails}
    _note(taskforce, recorded, frame, digests, by)
    db.session.flush()
    return Sent(tuple(mails), tuple(waits))


def _record(item: Going, by: Person | None) -> int:
    for rung in item.ladder.passes_over(item.rung):
        add_reminder(item.ladder, rung, RungOutcome.PASSED_OVER, by=by)
    return add_reminder(item.ladder, item.rung, RungOutcome.SENT, by=by).id


def add_reminder(
    ladder: Ladder, rung: Rung, outcome: RungOutcome, *, by: Person | None, letter_id: int | None = None
) -> Reminder:
    """Keep that a rung was reached: once, which a unique constraint holds too."""
    row = Reminder(
        response_id=ladder.response_id,
        due_on=ladder.due_on,
        rung=rung.name,
        rung_on=rung.day,
        outcome=outcome,
        drafted_letter_id=letter_id,
        by_id=by.contact_id if by else None,
        at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _queue(taskforce: Taskforce, mail: Mail, reply_to: str, by: Person | None) -> int:
    digest = ReminderDigest(
        taskforce_id=taskforce.id,
        contact_id=mail.to.contact_id,
        email=mail.to.email,
        day=clock.today(),
        subject=mail.subject,
        text=mail.text,
        by_id=by.contact_id if by else None,
        at=clock.now(),
    )
    db.session.add(digest)
    db.session.flush()
    db.session.add_all(DigestReminder(digest_id=digest.id, reminder_id=item.reminder_id) for item in mail.going)
    outbox.queue_mail(cause_of(digest.id), mail.to.email, mail.subject, mail.text, outbox.Envelope(reply_to=reply_to))
    return digest.id


def _note(
    taskforce: Taskforce, going: Sequence[Going], frame: Frame, digests: dict[str, int], by: Person | None
) -> None:
    """Each letter's correspondence says what went about it, and of another letter nothing."""
    by_response: dict[int, list[Going]] = {}
    for item in going:
        by_response.setdefault(item.ladder.response_id, []).append(item)
    for response_id, items in by_response.items():
        first, to = items[0].ladder, _everybody(items)
        details = EntryDetails(
            EntryKind.EMAIL,
            Direction.OUT,
            clock.today(),
            from_whom=by.name if by else taskforce.name,
            to_whom=f"{first.programme}: {'; '.join(r.words for r in to)}",
            subject=words.subject_of([item.ladder for item in items], clock.today()),
            text="\n\n".join([frame.opening, *(item.part for item in items), frame.closing]),
        )
        letter = db.session.get_one(Letter, first.letter_id)
        cause = f"reminder:{min(digests[r.email] for r in to)}:{response_id}"
        correspondence.note_from_product(letter, details, cause=cause, by=by)
        again = all(item.rung.name in item.ladder.recorded for item in items)
        said = "; ".join(f"{item.rung.label}, due {item.ladder.due_on:%d/%m/%Y}" for item in items)
        verb = "reminder_sent_again" if again else "reminder_sent"
        subject = Subject("response", response_id, taskforce.id)
        events.record(by, verb, subject, reason=f"{said}. To {', '.join(r.name for r in to)}", to=[r.email for r in to])


def _everybody(items: Iterable[Going]) -> list[Recipient]:
    return list({r.email: r for item in items for r in item.to}.values())
