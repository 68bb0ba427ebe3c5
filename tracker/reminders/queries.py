"""Reads for the pages of reminders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, and_, cast, literal, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from tracker.accounts.models import Contact
from tracker.core.db import db
from tracker.core.outbox import OVERTAKEN, OutboxMail
from tracker.core.permissions import Person, Role
from tracker.core.references import REFERENCE
from tracker.directory.models import Programme, Taskforce
from tracker.letters.models import Letter
from tracker.recommendations.models import Assignment
from tracker.recommendations.register import DUE, IS_AWAITING, IS_OPEN
from tracker.recommendations.response_models import Response
from tracker.reminders import ladders
from tracker.reminders.digests import CAUSE, cause_of
from tracker.reminders.ladder import Ladder
from tracker.reminders.models import DigestReminder, Reminder, ReminderDigest
from tracker.reminders.overtaken import why_overtaken
from tracker.reminders.rules import RungOutcome
from tracker.web.tables import Page, Sort, page

CODE = re.compile(r"[A-Z0-9]{1,8}")
SHOWN = {"due": "Due to go", "late": "Overdue", "paused": "Paused"}
MOST_FAILED = 20
MOST_SENT = 50
BY_DUE = (Sort("due", DUE, Assignment.__table__.c.id),)


def get_response_for(_person: Person, key: str, code: str) -> Response | None:
    """The response of a programme to a letter, with both and its taskforce; the permissions table decides."""
    if not CODE.fullmatch(code):
        return None
    statement = (
        select(Response)
        .join(Response.letter)
        .join(Response.programme)
        .where(Letter.reference == key, Programme.code == code)
        .options(
            contains_eager(Response.letter),
            contains_eager(Response.programme),
            joinedload(Response.taskforce).joinedload(Taskforce.board),
        )
    )
    return db.session.scalars(statement).one_or_none()


def get_digest_for(_person: Person, code: str, digest_id: int) -> ReminderDigest | None:
    """A digest of the taskforce with this code, with whom it went to and who sent it."""
    statement = select(ReminderDigest).join(Taskforce, Taskforce.id == ReminderDigest.taskforce_id)
    statement = statement.where(ReminderDigest.id == digest_id, Taskforce.code == code)
    loaded = (joinedload(ReminderDigest.contact), joinedload(ReminderDigest.by))
    return db.session.scalars(statement.options(*loaded)).one_or_none()


@dataclass(frozen=True)
class Filters:
    """How the list is narrowed; what makes no sense in the address counts as nothing."""

    programme: str = ""
    letter: str = ""
    show: str = ""

    @classmethod
    def read(cls, arguments: Mapping[str, str], programmes: Mapping[str, str]) -> Filters:
        letter, show = arguments.get("letter", "").strip().upper(), arguments.get("show", "")
        programme = arguments.get("programme", "")
        return cls(
            programme if programme in programmes else "",
            letter if REFERENCE.fullmatch(letter) else "",
            show if show in SHOWN else "",
        )


def list_page(taskforce_id: int, filters: Filters, arguments: Mapping[str, str], today: date) -> Page:
    """A page of the ladders of a taskforce, by due date: those that are late stand first."""
    due, every = ladders.due_in, ladders.in_taskforce
    asked = due(taskforce_id, today) if filters.show == "due" else None
    statement = every(taskforce_id) if asked is None else asked
    if filters.show == "late":
        statement = statement.where(today > DUE)
    if filters.show == "paused":
        statement = statement.where(Response.id.in_(ladders.paused_responses(today)))
    if filters.programme:
        statement = statement.where(Programme.code == filters.programme)
    if filters.letter:
        named = select(Letter.id).where(Letter.reference == filters.letter)
        statement = statement.where(Assignment.letter_id.in_(named))
    return page(db.session(), statement, BY_DUE, arguments)


def list_programmes(taskforce_id: int) -> dict[str, str]:
    """The programmes that owe this taskforce an answer by a date, code to name, by name."""
    owes = select(Assignment.id).where(Assignment.taskforce_id == taskforce_id, IS_OPEN, IS_AWAITING)
    owes = owes.where(Assignment.programme_id == Programme.id)
    statement = select(Programme.code, Programme.name).where(owes.exists()).order_by(Programme.name, Programme.id)
    return {row.code: row.name for row in db.session.execute(statement)}


def list_answering(letter_id: int) -> Sequence[Any]:
    """Code and name of the programmes that answer a letter, by name."""
    statement = select(Programme.code, Programme.name).join(Response, Response.programme_id == Programme.id)
    return db.session.execute(statement.where(Response.letter_id == letter_id).order_by(Programme.name)).all()


@dataclass(frozen=True)
class MailRow:
    """A digest in which a reminder went to somebody."""

    digest_id: int
    name: str
    email: str

    @property
    def cause(self) -> str:
        return cause_of(self.digest_id)


def list_mails(reminder_ids: Iterable[int]) -> dict[int, list[MailRow]]:
    """The digests that told of each reminder, in the order they were written."""
    statement = (
        select(DigestReminder.reminder_id, ReminderDigest.id, Contact.name, ReminderDigest.email)
        .join(ReminderDigest, ReminderDigest.id == DigestReminder.digest_id)
        .outerjoin(Contact, Contact.id == ReminderDigest.contact_id)
        .where(DigestReminder.reminder_id.in_(sorted(reminder_ids)))
        .order_by(ReminderDigest.id)
    )
    found: dict[int, list[MailRow]] = {}
    for reminder_id, digest_id, name, email in db.session.execute(statement):
        found.setdefault(reminder_id, []).append(MailRow(digest_id, name or email, email))
    return found


@dataclass(frozen=True)
class SentRow:
    """A reminder that went, or a reminder letter that was drafted, about a response."""

    id: int
    rung: str
    due_on: date
    outcome: RungOutcome
    at: datetime
    by: str
    letter: str


def list_sent(response_id: int) -> list[SentRow]:
    """What went about a response, whatever its due date was, newest first."""
    statement = (
        select(Reminder, Contact.name, Letter.reference)
        .outerjoin(Contact, Contact.id == Reminder.by_id)
        .outerjoin(Letter, Letter.id == Reminder.drafted_letter_id)
        .where(Reminder.response_id == response_id, Reminder.outcome != RungOutcome.PASSED_OVER)
        .order_by(Reminder.id.desc())
        .limit(MOST_SENT)
    )
    return [
        SentRow(r.id, r.rung, r.due_on, r.outcome, r.at, by or "", ref or str(r.drafted_letter_id or ""))
        for r, by, ref in db.session.execute(statement)
    ]


@dataclass(frozen=True)
class Failed:
    """A digest that the mail server did not take so far."""

    digest_id: int
    code: str
    email: str
    subject: str
    day: date
    error: str


def list_failed(taskforce_ids: Iterable[int], limit: int = MOST_FAILED) -> list[Failed]:
    """The reminders of these taskforces that did not go, the oldest first: those that still say what is so."""
    cause = literal(CAUSE) + cast(ReminderDigest.id, String)
    tried = (OutboxMail.sent_at.is_(None), OutboxMail.last_error.is_not(None))
    held = (*tried, ~OutboxMail.last_error.startswith(OVERTAKEN))
    row = ReminderDigest
    statement: Any = select(row.id, Taskforce.code, row.email, row.subject, row.day, OutboxMail.last_error)
    statement = statement.join(Taskforce, Taskforce.id == row.taskforce_id).join(OutboxMail, OutboxMail.cause == cause)
    statement = statement.where(row.taskforce_id.in_(sorted(taskforce_ids)), *held)
    found = [Failed(*values) for values in db.session.execute(statement.order_by(row.id).limit(limit))]
    return [failed for failed in found if not why_overtaken(cause_of(failed.digest_id))]


@dataclass(frozen=True)
class DueCount:
    """How many reminders of a taskforce are due to go; more than `number` where `is_more`."""

    code: str
    name: str
    number: int
    is_more: bool = False


def list_due_counts(person: Person, today: date, limit: int = 50) -> list[DueCount]:
    """The taskforces of which `person` is the secretariat that have reminders due to go."""
    served = sorted(person.taskforces({Role.SECRETARIAT}))
    if not served:
        return []
    rows = db.session.execute(select(Taskforce.id, Taskforce.code, Taskforce.name).where(Taskforce.id.in_(served)))
    found = []
    for row in rows.all():
        due = ladders.list_due(row.id, today, limit=limit + 1)
        if due:
            found.append(DueCount(row.code, row.name, min(len(due), limit), len(due) > limit))
    return found


def list_chosen(taskforce_id: int, keys: Sequence[tuple[str, str, date]], today: date) -> list[Ladder]:
    """The ladders of a taskforce that these keys name, the earliest due date first."""
    named = or_(*(and_(Letter.reference == letter, Programme.code == code) for letter, code, _ in keys))
    responses = select(Response.id).join(Letter, Letter.id == Response.letter_id)
    responses = responses.join(Programme, Programme.id == Response.programme_id)
    found = db.session.scalars(responses.where(Response.taskforce_id == taskforce_id, named)).all() if keys else []
    wanted = set(keys)
    return [f for f in ladders.list_of_responses(found, today) if (f.reference, f.code, f.due_on) in wanted]
