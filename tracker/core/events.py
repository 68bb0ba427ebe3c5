"""The audit log, and its only writer.

`record()` buffers an event; just before COMMIT the events are numbered and chained, the head's lock taken last. Each
event also carries the digest of every business row its transaction wrote, so `audit.verify()` finds a row that was
changed behind the product's back, and a write that no event tells of is refused (docs/decisions/audit-log.md).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import Enum, StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    and_,
    column,
    event,
    inspect,
    or_,
    select,
    table,
)
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, UOWTransaction, mapped_column

from tracker.core import clock
from tracker.core.db import SHORT, Base, Instant, TrackerSession, WithId, db, words
from tracker.core.permissions import Person

GENESIS = "0" * 64
GONE = "gone"
request_id: ContextVar[str] = ContextVar("request_id", default="-")


class ActorKind(StrEnum):
    USER = "user"
    SYSTEM = "system"
    LINK = "link"


class Event(Base):
    """One thing that happened. `number` counts without gaps; rows are insert-only (triggers)."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_subject", "subject_kind", "subject_id", "number"),
        Index("ix_event_verb", "verb", "happened_at", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    happened_at: Mapped[datetime] = mapped_column(Instant)
    actor_kind: Mapped[ActorKind] = mapped_column(words(ActorKind))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    verb: Mapped[str] = mapped_column(SHORT)
    subject_kind: Mapped[str] = mapped_column(SHORT)
    subject_id: Mapped[int]
    taskforce_id: Mapped[int | None] = mapped_column(ForeignKey("taskforce.id"))
    request: Mapped[str] = mapped_column(SHORT)
    details_digest: Mapped[str] = mapped_column(String(64))
    rows_digest: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)


class EventDetail(Base):
    """What changed, field by field. Erasure empties `body` and names the event it was done under."""

    __tablename__ = "event_detail"
    __table_args__ = (CheckConstraint("(body IS NULL) = (erased_under IS NOT NULL)", name="erased_says_under_what"),)

    number: Mapped[int] = mapped_column(ForeignKey("event.number"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    body: Mapped[str | None] = mapped_column(Text)
    erased_under: Mapped[int | None] = mapped_column(ForeignKey("event.number"))


class EventRow(Base):
    """The digest of a business row as the event's transaction left it."""

    __tablename__ = "event_row"
    __table_args__ = (Index("ix_event_row_latest", "table_name", "row_id", "number"),)

    number: Mapped[int] = mapped_column(ForeignKey("event.number"), primary_key=True)
    table_name: Mapped[str] = mapped_column(SHORT, primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))


class EventHead(Base):
    """The end of the chain: one row, whose lock orders the writers."""

    __tablename__ = "event_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class Unrecorded:
    """A table of the machinery (sessions, throttles, counters): its rows are no business records."""


@dataclass
class _Pending:
    by: Person | None
    verb: str
    subject: Any
    details: dict[str, Any]
    on_behalf_of_id: int | None
    numbered: Callable[[int], None] | None
    at: datetime = field(default_factory=clock.now)


Subscriber = Callable[[Person | None, Any, dict[str, Any]], None]
_sentences: dict[str, str] = {}
_subscribers: dict[str, list[Subscriber]] = {}


def register_verbs(sentences: dict[str, str]) -> None:
    """Name a feature's verbs (past tense) and how the timeline says each: 'approved the letter'."""
    _sentences.update(sentences)


def sentence(verb: str) -> str:
    return _sentences[verb]


def subscribe(verb: str, subscriber: Subscriber) -> None:
    """Have `subscriber(by, subject, details)` run when `verb` is recorded: how a lower feature causes one above."""
    known = _subscribers.setdefault(verb, [])
    if subscriber not in known:
        known.append(subscriber)


@dataclass(frozen=True)
class Subject:
    """Stands for a record that is not loaded, where an event needs only its kind and id."""

    __tablename__: str
    id: int
    taskforce_id: int | None


def record(
    by: Person | None,
    verb: str,
    subject: Any,
    /,
    *,
    on_behalf_of_id: int | None = None,
    numbered: Callable[[int], None] | None = None,
    **details: Any,
) -> None:
    """Say that `by` (None: the system) did `verb` to `subject`; `details` are plain values or [old, new] pairs.

    `numbered` is called with the event's number once it has one, just before the commit.
    Raises KeyError for a verb that no feature registered.
    """
    if verb not in _sentences:
        raise KeyError(verb)
    session = db.session()
    session.info.setdefault("events", []).append(_Pending(by, verb, subject, details, on_behalf_of_id, numbered))
    for subscriber in _subscribers.get(verb, ()):
        subscriber(by, subject, details)


def changes(row: Any) -> dict[str, list[Any]]:
    """The fields of `row` that differ from what was loaded: {field: [old, new]}. Call it before the flush."""
    state = inspect(row)
    found = {}
    for attribute in state.mapper.column_attrs:
        if attribute.key == "version":
            continue
        history = state.attrs[attribute.key].history
        if history.has_changes() and state.persistent:
            old = history.deleted[0] if history.deleted else None
            if old != history.added[0]:
                found[attribute.key] = [_plain(old), _plain(history.added[0])]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()  # as it comes back from the database, whatever zone it went in with
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    return value


def canonical(value: Any) -> str:
    """JSON of `value` with one spelling: sorted keys, no spaces, text as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def sha256(text: str) -> str:
    """Hex SHA-256 of `text` in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def row_digest(values: dict[str, Any]) -> str:
    """The digest of one row, from its column values as Python holds them.

    What is empty is left out, so that a later release can add a column and the digests of old rows still hold.
    """
    return sha256(canonical({name: _plain(value) for name, value in values.items() if value is not None}))


def rows_digest(rows: list[tuple[str, int, str]]) -> str:
    return sha256(canonical(sorted(rows)))


def event_digest(row: Any) -> str:
    """The link of the chain: everything the event says, and the link before it."""
    return sha256(
        canonical(
            [
                row.number,
                row.happened_at.isoformat(),
                row.actor_kind,
                row.actor_id,
                row.on_behalf_of_id,
                row.verb,
                row.subject_kind,
                row.subject_id,
                row.taskforce_id,
                row.request,
                row.details_digest,
                row.rows_digest,
                row.previous,
            ]
        )
    )


def _is_business(row: Any) -> bool:
    return isinstance(row, WithId) and not isinstance(row, Unrecorded)


@event.listens_for(TrackerSession, "after_flush")
def _collect(session: Session, _context: UOWTransaction) -> None:
    touched = session.info.setdefault("touched", {})
    # `dirty` also holds what was set to the value it had: that is no write.
    changed = (row for row in session.dirty if session.is_modified(row, include_collections=False))
    for row in (*session.new, *changed):
        if _is_business(row):
            touched[(row.__tablename__, row.id)] = row
    for row in session.deleted:
        if _is_business(row):
            touched[(row.__tablename__, row.id)] = None


@event.listens_for(TrackerSession, "do_orm_execute")
def _refuse_bulk_changes(state: ORMExecuteState) -> None:
    if (state.is_update or state.is_delete) and state.bind_mapper is not None:
        model = state.bind_mapper.class_
        if issubclass(model, WithId) and not issubclass(model, Unrecorded):
            raise RuntimeError(f"a bulk change of {model.__name__} passes by the audit log: load the rows")


@event.listens_for(TrackerSession, "after_soft_rollback")
def _forget(session: Session, _previous: Any) -> None:
    session.info.pop("events", None)
    session.info.pop("touched", None)


@event.listens_for(TrackerSession, "before_commit")
def _chain(session: Session) -> None:
    session.flush()
    pending: list[_Pending] = session.info.pop("events", [])
    touched: dict[tuple[str, int], Any] = session.info.pop("touched", {})
    if not pending:
        if touched:
            raise RuntimeError(f"a write that no event tells of: {sorted(touched)[:5]}")
        return
    rows = [(table, row_id, _digest_of(row)) for (table, row_id), row in touched.items()]
    subjects = [(p, p.subject.__tablename__, p.subject.id, _taskforce_of(p.subject)) for p in pending]
    head = session.execute(select(EventHead).with_for_update()).scalar_one()
    for place, (item, kind, subject_id, taskforce_id) in enumerate(subjects):
        own_rows = rows if place == len(subjects) - 1 else []
        _append(session, head, item, kind, subject_id, taskforce_id, own_rows)
    session.flush()
    session.info.pop("touched", None)


def _digest_of(row: Any) -> str:
    if row is None:
        return GONE
    mapper = inspect(type(row))
    return row_digest({a.columns[0].name: getattr(row, a.key) for a in mapper.column_attrs})


def _taskforce_of(subject: Any) -> int | None:
    value = getattr(subject, "taskforce_id", None)
    return value if isinstance(value, int) else None


def _kind_of(by: Person | None) -> ActorKind:
    if by is None:
        return ActorKind.SYSTEM
    return ActorKind.USER if by.link_id is None else ActorKind.LINK


def _append(
    session: Session,
    head: EventHead,
    item: _Pending,
    kind: str,
    subject_id: int,
    taskforce_id: int | None,
    rows: list[tuple[str, int, str]],
) -> None:
    salt, body = secrets.token_hex(16), canonical(item.details)
    row = Event(
        number=head.number + 1,
        happened_at=item.at,
        actor_kind=_kind_of(item.by),
        actor_id=item.by.contact_id if item.by else None,
        on_behalf_of_id=item.on_behalf_of_id,
        verb=item.verb,
        subject_kind=kind,
        subject_id=subject_id,
        taskforce_id=taskforce_id,
        request=request_id.get(),
        details_digest=sha256(salt + body),
        rows_digest=rows_digest(rows),
        previous=head.digest,
    )
    row.digest = event_digest(row)
    session.add(row)
    session.flush()
    session.add(EventDetail(number=row.number, salt=salt, body=body))
    session.add_all(EventRow(number=row.number, table_name=t, row_id=i, digest=d) for t, i, d in rows)
    head.number, head.digest = row.number, row.digest
    if item.numbered:
        item.numbered(row.number)


# The table of a feature above: the log needs the name only, and core imports no feature.
_contact = table("contact", column("id"), column("name"))


@dataclass(frozen=True)
class Happening:
    """A line of a timeline: when, who (None: the system), what in words, and the fields that changed.

    `by_link`: somebody without an account, who said who they are at a link.
    """

    at: datetime
    who: str | None
    what: str
    details: dict[str, Any]
    by_link: bool = False


def list_timeline(subjects: list[tuple[str, int]], limit: int = 50) -> list[Happening]:
    """The newest `limit` happenings of the records named by (table, id), newest first."""
    if not subjects:
        return []
    chosen = or_(*(and_(Event.subject_kind == kind, Event.subject_id == row_id) for kind, row_id in subjects))
    statement = (
        select(Event.happened_at, Event.verb, Event.actor_kind, _contact.c.name, EventDetail.body)
        .join(EventDetail, EventDetail.number == Event.number)
        .outerjoin(_contact, _contact.c.id == Event.actor_id)
        .where(chosen)
        .order_by(Event.number.desc())
        .limit(limit)
    )
    return [
        Happening(
            row.happened_at,
            row.name,
            _sentences.get(row.verb, row.verb),
            json.loads(row.body) if row.body else {},
            row.actor_kind is ActorKind.LINK,
        )
        for row in db.session.execute(statement)
    ]
