"""Checking the audit log against itself and against the records it tells of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import func, select, text

from tracker.core.db import Base, WithId, db
from tracker.core.errors import NotFound, RuleBroken
from tracker.core.events import (
    GENESIS,
    GONE,
    Event,
    EventDetail,
    EventHead,
    EventRow,
    Subject,
    Unrecorded,
    event_digest,
    record,
    register_verbs,
    row_digest,
    rows_digest,
    sha256,
)
from tracker.core.permissions import Person

register_verbs({"details_erased": "erased the details of an earlier entry"})
HEAD = re.compile(r"(?P<number>[0-9]{1,9}):(?P<digest>[0-9a-f]{64})")
Check = Callable[[], Iterator[str]]
_checks: list[Check] = []
_triggers = {
    f"{table}_{kind}" for table in ("event", "event_row", "stored_file") for kind in ("no_update", "no_delete")
}
_triggers |= {"event_detail_no_delete", "event_detail_erase_only"}


def register_check(check: Check) -> Check:
    """Add a feature's own check to `verify()`: yields a sentence for each thing that does not agree."""
    if check not in _checks:
        _checks.append(check)
    return check


def head() -> str:
    """The end of the chain as 'number:digest', for keeping elsewhere."""
    row = db.session.execute(select(EventHead)).scalar_one()
    return f"{row.number}:{row.digest}"


def verify(expected_head: str | None = None) -> list[str]:
    """Everything that does not agree, one sentence each; an empty list where all does.

    With `expected_head` ('number:digest', from an earlier `head()`) a cut tail or a recomputed chain is found too.
    """
    problems = [*_chain_problems(), *_row_problems(), *_trigger_problems()]
    if expected_head is not None:
        problems.extend(_head_problems(expected_head))
    for check in _checks:
        problems.extend(check())
    return problems


def _head_problems(expected: str) -> Iterator[str]:
    match = HEAD.fullmatch(expected)
    if match is None:
        yield f"{expected!r} is no head: it must be NUMBER:DIGEST, as `flask audit head` prints it"
        return
    number = int(match["number"])
    kept = db.session.execute(select(Event.digest).where(Event.number == number)).scalar()
    if (kept or GENESIS) != match["digest"] or (kept is None and number > 0):
        yield f"event {number} is not the one that the kept head names"


def _chain_problems() -> Iterator[str]:
    rows = defaultdict(list)
    for r in db.session.execute(select(EventRow.number, EventRow.table_name, EventRow.row_id, EventRow.digest)):
        rows[r.number].append((r.table_name, r.row_id, r.digest))
    details = {d.number: d for d in db.session.scalars(select(EventDetail))}
    expected, previous = 0, GENESIS
    for row in db.session.scalars(select(Event).order_by(Event.number)):
        expected += 1
        if row.number != expected or row.previous != previous:
            yield f"event {row.number} does not follow event {expected - 1}"
            expected = row.number
        if event_digest(row) != row.digest:
            yield f"event {row.number} has been changed"
        if rows_digest(rows.pop(row.number, [])) != row.rows_digest:
            yield f"the rows under event {row.number} have been changed"
        yield from _detail_problems(row, details.pop(row.number, None))
        previous = row.digest
    if rows or details:
        yield "there are details or rows under events that do not exist"
    end = db.session.execute(select(EventHead)).scalar()
    if end is None or (end.number, end.digest) != (expected, previous):
        yield "the head does not name the last event"


def _detail_problems(row: Event, detail: EventDetail | None) -> Iterator[str]:
    if detail is None:
        yield f"the details of event {row.number} are missing"
    elif detail.body is None:
        verb = db.session.execute(select(Event.verb).where(Event.number == detail.erased_under)).scalar()
        if verb != "details_erased":
            yield f"the details of event {row.number} are erased under no event"
    elif sha256(detail.salt + detail.body) != row.details_digest:
        yield f"the details of event {row.number} have been changed"


def business_tables() -> list[Any]:
    """Every mapped class whose rows the log vouches for."""
    mapped: list[Any] = [m.class_ for m in Base.registry.mappers]
    return sorted(
        (c for c in mapped if issubclass(c, WithId) and not issubclass(c, Unrecorded)),
        key=lambda c: str(c.__tablename__),
    )


def _row_problems() -> Iterator[str]:
    latest = select(EventRow.table_name, EventRow.row_id, func.max(EventRow.number).label("number"))
    newest = latest.group_by(EventRow.table_name, EventRow.row_id).subquery()
    statement = (
        select(EventRow.table_name, EventRow.row_id, EventRow.digest)
        .join(
            newest,
            (EventRow.table_name == newest.c.table_name)
            & (EventRow.row_id == newest.c.row_id)
            & (EventRow.number == newest.c.number),
        )
        .order_by(EventRow.table_name, EventRow.row_id)
    )
    vouched = {
        name: {r.row_id: r.digest for r in group}
        for name, group in groupby(db.session.execute(statement).all(), key=lambda r: str(r.table_name))
    }
    for model in business_tables():
        known = vouched.get(model.__tablename__, {})
        table = model.__table__
        for row in db.session.execute(select(table)).mappings():
            digest = known.pop(row["id"], None)
            if digest is None or digest == GONE:
                yield f"{table.name} {row['id']} stands in no event"
            elif row_digest({c.name: row[c.name] for c in table.columns}) != digest:
                yield f"{table.name} {row['id']} has been changed outside the product"
        yield from (f"{table.name} {i} has been removed outside the product" for i, d in known.items() if d != GONE)


def expect_triggers(*names: str) -> None:
    """Name triggers without which a feature's rows could be changed: `verify()` misses them aloud."""
    _triggers.update(names)


def _trigger_problems() -> Iterator[str]:
    sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    postgresql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    found = db.session.execute(text(sqlite if db.engine.dialect.name == "sqlite" else postgresql)).scalars()
    yield from (f"the trigger {name} is missing or switched off" for name in sorted(_triggers - set(found)))


def erase_details(by: Person | None, number: int, reason: str) -> None:
    """Empty the details of event `number`; the chain holds, because it holds only their salted digest.

    Raises NotFound for no such event, RuleBroken where they are erased already. Source: architecture.md, Events.
    """
    detail = db.session.get(EventDetail, number, with_for_update=True)
    if detail is None:
        raise NotFound(f"There is no event {number}.")
    if detail.body is None:
        raise RuleBroken(f"The details of event {number} are erased already.")
    erased = db.session.get_one(Event, number)

    def empty(under: int) -> None:
        detail.body, detail.erased_under = None, under

    subject = Subject(erased.subject_kind, erased.subject_id, erased.taskforce_id)
    record(by, "details_erased", subject, numbered=empty, event=number, reason=reason)
