"""What stands behind the rows of ladders: read for many at once, in statements that are built once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, exists, func, select

from tracker import documents
from tracker.accounts.models import Contact
from tracker.core import clock, events
from tracker.core.db import db
from tracker.directory.models import Taskforce
from tracker.directory.rules import TaskforceLife
from tracker.letters.models import LetterRecommendation, Recommendation
from tracker.recommendations.extension_models import ExtensionItem, ExtensionRequest
from tracker.recommendations.models import Assignment
from tracker.recommendations.register import IS_AWAITING, IS_OPEN, short_title
from tracker.recommendations.rules import ExtensionState
from tracker.reminders import plans
from tracker.reminders.ladder import Asked, Ladder, Paused, Went
from tracker.reminders.models import Reminder, ReminderPause

AT_ONCE = 500
IDS: Any = bindparam("ids", expanding=True)
Key = tuple[int, int, date]  # letter, programme, due date
_TAKEN = (
    "response_id",
    "taskforce_id",
    "letter_id",
    "programme_id",
    "subject",
    "letter_date",
    "code",
    "programme",
    "due_on",
    "due_stated",
)


def wants_time(ask: Any) -> ColumnElement[bool]:
    """Whether more time was asked for an assignment, and nobody has decided."""
    undecided = (ExtensionItem.assignment_id == ask.id, ExtensionRequest.state == ExtensionState.ASKED)
    return exists().where(*undecided, ExtensionRequest.id == ExtensionItem.request_id)


def _asked() -> Select[Any]:
    columns: tuple[Any, ...] = (
        Assignment.letter_id,
        Assignment.programme_id,
        Assignment.due_on,
        Recommendation.reference,
        LetterRecommendation.title,
        func.substr(LetterRecommendation.text, 1, 200).label("text"),
        wants_time(Assignment).label("wants_time"),
    )
    statement: Select[Any] = select(*columns)
    return (
        statement.join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .join(LetterRecommendation, LetterRecommendation.id == Assignment.wording_id)
        .where(Assignment.letter_id.in_(IDS), IS_OPEN, IS_AWAITING, Assignment.due_on.is_not(None))
        .order_by(func.length(Recommendation.part), Recommendation.part, Assignment.id)
    )


_ASKED = _asked()
_LIFE = select(Taskforce.life).where(Taskforce.id == bindparam("id"))
_WENT = (
    select(Reminder, Contact.name)
    .outerjoin(Contact, Contact.id == Reminder.by_id)
    .where(Reminder.response_id.in_(IDS))
    .order_by(Reminder.id)
)
_PAUSES = (
    select(ReminderPause, Contact.name)
    .join(Contact, Contact.id == ReminderPause.by_id)
    .where(ReminderPause.response_id.in_(IDS))
    .where(ReminderPause.ended_at.is_(None), ReminderPause.until_on >= bindparam("today", type_=Date))
    .order_by(ReminderPause.until_on, ReminderPause.id)
)
# When a date was moved: by an extension that was granted, or by the taskforce itself.
_MOVED = (
    select(Assignment.letter_id, Assignment.programme_id, Assignment.due_on, func.max(events.Event.happened_at))
    .join(events.Event, (events.Event.subject_kind == "assignment") & (events.Event.subject_id == Assignment.id))
    .where(Assignment.letter_id.in_(IDS), Assignment.times_extended > 0)
    .where(events.Event.verb.in_(("extension_granted", "assignment_date_moved")))
    .group_by(Assignment.letter_id, Assignment.programme_id, Assignment.due_on)
)


def load(rows: Sequence[Any], today: date) -> list[Ladder]:
    """The ladders of these rows of one taskforce, in their order: a fixed number of queries for AT_ONCE of them."""
    if not rows:
        return []
    if len(rows) > AT_ONCE:
        return load(rows[:AT_ONCE], today) + load(rows[AT_ONCE:], today)
    responses, letters = sorted({r.response_id for r in rows}), sorted({r.letter_id for r in rows})
    default, own = plans.get_default(rows[0].taskforce_id), plans.list_own(letters)
    went, pauses = _list_went(responses), _list_pauses(responses, today)
    asked, waits = _list_asked(letters)
    moved = _list_moved(letters)
    is_active = db.session.execute(_LIFE, {"id": rows[0].taskforce_id}).scalar() is TaskforceLife.ACTIVE
    found = []
    for row in rows:
        key = (row.letter_id, row.programme_id, row.due_on)
        found.append(
            Ladder(
                **{name: getattr(row, name) for name in _TAKEN},
                reference=row.reference or "",
                plan=own.get(row.letter_id, default),
                since=max(filter(None, (row.letter_date, moved.get(key))), default=None),
                is_active=is_active,
                asked=tuple(asked.get(key, ())),
                waits=waits.get(key, 0),
                went=tuple(went.get((row.response_id, row.due_on), ())),
                pause=pauses.get(row.response_id),
            )
        )
    return found


def _list_went(response_ids: Sequence[int]) -> Mapping[tuple[int, date], list[Went]]:
    found: dict[tuple[int, date], list[Went]] = {}
    for row, name in db.session.execute(_WENT, {"ids": response_ids}):
        went = Went(row.id, row.rung, row.rung_on, row.outcome, row.at, name or "", row.drafted_letter_id)
        found.setdefault((row.response_id, row.due_on), []).append(went)
    return found


def _list_pauses(response_ids: Sequence[int], today: date) -> dict[int, Paused]:
    rows = db.session.execute(_PAUSES, {"ids": response_ids, "today": today})
    return {row.response_id: Paused(row.id, row.reason, row.until_on, name) for row, name in rows}


def _list_asked(letter_ids: Iterable[int]) -> tuple[Mapping[Key, list[Asked]], Mapping[Key, int]]:
    """What is unanswered of each letter, programme and due date in the letter's order, and how much waits for time."""
    asked: dict[Key, list[Asked]] = {}
    waits: dict[Key, int] = {}
    for row in db.session.execute(_ASKED, {"ids": letter_ids}):
        key = (row.letter_id, row.programme_id, row.due_on)
        if row.wants_time:
            waits[key] = waits.get(key, 0) + 1
            continue
        words = row.title or documents.plain_text(row.text)
        asked.setdefault(key, []).append(Asked(row.reference or "", short_title("", " ".join(words.split()))))
    return asked, waits


def _list_moved(letter_ids: Iterable[int]) -> dict[Key, date]:
    """The day on which each due date was set that is not the letter's own, by letter, programme and that date."""
    rows = db.session.execute(_MOVED, {"ids": letter_ids}).all()
    return {(letter, owner, due): clock.london(at).date() for letter, owner, due, at in rows if due and at}
