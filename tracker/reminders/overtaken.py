"""Mails that wait for a mail server while what they say is overtaken: withdrawn, and what still holds goes anew.

A server may be away for a week. Whoever answers in that week is not to be told afterwards that the answer is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import String, bindparam, cast, func, literal, select

from tracker.core import clock, events
from tracker.core.db import Instant, db
from tracker.core.outbox import OVERTAKEN, OutboxMail
from tracker.correspondence import operations as correspondence
from tracker.correspondence.operations import EntryDetails
from tracker.correspondence.queries import get_by_message
from tracker.correspondence.rules import BY_PRODUCT, Direction, EntryKind
from tracker.directory.models import Taskforce
from tracker.letters.models import Letter
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response
from tracker.reminders.digests import CAUSE, Going, prepare
from tracker.reminders.ladder import Ladder
from tracker.reminders.ladders import list_of_responses
from tracker.reminders.models import DigestReminder, Reminder, ReminderDigest
from tracker.reminders.people import Recipient
from tracker.reminders.rules import Rung
from tracker.reminders.words import Writer

LOOKED_BACK = timedelta(days=60)


@dataclass(frozen=True)
class Told:
    """A reminder that a digest tells of."""

    reminder_id: int
    response_id: int
    letter_id: int
    due_on: date
    rung: str


def why_overtaken(cause: str) -> str:
    """Why a digest that waits in the outbox shall not go any more; empty while it holds. For core/outbox."""
    digest = db.session.get(ReminderDigest, int(cause.removeprefix(CAUSE)))
    if digest is None:
        return ""
    told = list_told([digest.id])[digest.id]
    ladders = {(found.response_id, found.due_on): found for found in _ladders(told)}
    for item in told:
        ladder = ladders.get((item.response_id, item.due_on))
        if ladder is None or ladder.quiet or _has_moved(item, digest.at):
            return "it was answered, closed, paused or given more time before the mail could go."
    return ""


def _ladders(told: Sequence[Told]) -> list[Ladder]:
    return list_of_responses({item.response_id for item in told}, clock.today())


def _has_moved(item: Told, since: datetime) -> bool:
    """Whether something of the letter was answered, closed or given another date after the mail was written."""
    return db.session.execute(_CHANGED, {"response_id": item.response_id, "since": since}).first() is not None


_CHANGES = (
    "answer_signed_off",
    "assignment_closed",
    "extension_asked",
    "extension_granted",
    "assignment_date_moved",
)
_CHANGED = (
    select(events.Event.number)
    .join(Assignment, (events.Event.subject_kind == "assignment") & (events.Event.subject_id == Assignment.id))
    .join(
        Response,
        (Assignment.letter_id == Response.letter_id) & (Assignment.programme_id == Response.programme_id),
    )
    .where(Response.id == bindparam("response_id"))
    .where(events.Event.verb.in_(_CHANGES), events.Event.happened_at > bindparam("since", type_=Instant))
    .limit(1)
)


def list_told(digest_ids: Sequence[int]) -> dict[int, list[Told]]:
    """What each digest tells of."""
    statement = (
        select(DigestReminder.digest_id, Reminder.id, Reminder.response_id, Response.letter_id, Reminder.due_on)
        .add_columns(Reminder.rung)
        .join(Reminder, Reminder.id == DigestReminder.reminder_id)
        .join(Response, Response.id == Reminder.response_id)
        .where(DigestReminder.digest_id.in_(digest_ids))
        .order_by(DigestReminder.id)
    )
    found: dict[int, list[Told]] = {digest_id: [] for digest_id in digest_ids}
    for digest_id, *values in db.session.execute(statement):
        found[digest_id].append(Told(*values))
    return found


def take_up(taskforce: Taskforce, withdrawn: Sequence[ReminderDigest], writer: Writer, today: date) -> list[Going]:
    """Note in the correspondence which mails were withdrawn; what of them still holds, to go anew to the same."""
    if not withdrawn:
        return []
    told = list_told([digest.id for digest in withdrawn])
    every = [item for items in told.values() for item in items]
    ladders = {(found.response_id, found.due_on): found for found in _ladders(every)}
    found = []
    for digest in withdrawn:
        _note_withdrawn(taskforce, digest, told[digest.id])
        for item in told[digest.id]:
            ladder = ladders.get((item.response_id, item.due_on))
            if ladder is not None and _still_holds(ladder, item, digest):
                found.append((digest, item, ladder))
    chosen = [(ladder, _rung_of(ladder, item)) for _, item, ladder in found]
    anew = prepare(taskforce, chosen, writer, today)
    return [
        replace(going, to=(_recipient_of(going, digest),), reminder_id=item.reminder_id)
        for going, (digest, item, _) in zip(anew, found, strict=True)
    ]


def list_withdrawn(taskforce_id: int, today: date) -> Sequence[ReminderDigest]:
    """The digests of the last weeks that were withdrawn before they could go."""
    row = ReminderDigest
    cause = literal(CAUSE) + cast(row.id, String)
    overtaken = OutboxMail.last_error.like(f"{OVERTAKEN}%")
    withdrawn = (OutboxMail.cause == cause, OutboxMail.sent_at.is_(None), OutboxMail.next_try_at.is_(None), overtaken)
    statement = select(row).where(row.taskforce_id == taskforce_id, row.day >= today - LOOKED_BACK)
    return db.session.scalars(statement.where(select(OutboxMail.id).where(*withdrawn).exists()).order_by(row.id)).all()


def _still_holds(ladder: Ladder, item: Told, digest: ReminderDigest) -> bool:
    """Whether what a withdrawn mail said is still to be said: no later rung went, nor this one again to that person."""
    last = ladder.last_sent
    if ladder.quiet or ladder.last_letter or last is None or last.id != item.reminder_id:
        return False
    row = DigestReminder
    again = select(func.count()).select_from(row).join(ReminderDigest, ReminderDigest.id == row.digest_id)
    again = again.where(row.reminder_id == item.reminder_id, ReminderDigest.email == digest.email)
    return db.session.execute(again.where(ReminderDigest.id > digest.id)).scalar_one() == 0


def _rung_of(ladder: Ladder, item: Told) -> Rung:
    known = next((rung for rung in ladder.rungs if rung.name == item.rung), None)
    return known or Rung(item.rung, ladder.recorded[item.rung])


def _recipient_of(going: Going, digest: ReminderDigest) -> Recipient:
    """The person that the withdrawn mail was for, whoever the programme's contact is now."""
    same = next((r for r in going.to if r.email == digest.email), None)
    return same or Recipient(digest.contact_id or 0, digest.email, "", digest.email)


def _note_withdrawn(taskforce: Taskforce, digest: ReminderDigest, told: Sequence[Told]) -> None:
    for letter_id in dict.fromkeys(item.letter_id for item in told):
        cause = f"reminder-withdrawn:{digest.id}"
        if get_by_message(letter_id, BY_PRODUCT + cause) is not None:
            continue
        details = EntryDetails(
            EntryKind.NOTE,
            Direction.INSIDE,
            clock.today(),
            from_whom=taskforce.name,
            subject=f"The reminder of {digest.day:%d/%m/%Y} to {digest.email} did not go",
            text="The mail server did not take it, and before it could go it was overtaken: it was answered, closed, "
            "paused or given more time.",
        )
        correspondence.note_from_product(db.session.get_one(Letter, letter_id), details, cause=cause, by=None)
