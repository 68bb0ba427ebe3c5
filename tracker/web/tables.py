"""Lists filtered, sorted and paged in the database: keyset pages, a bounded count, a fixed number of queries."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from tracker.web.fields import FORBIDDEN

PAGE = 50
COUNTED = 1000


@dataclass(frozen=True)
class Sort:
    """A way to order a list: its name in the address, what to order by (never null), and the unique last key."""

    name: str
    by: ColumnElement[Any]
    key: ColumnElement[Any]
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """One page of rows, and where the pages before and after it begin (None: there is none)."""

    rows: Sequence[Any]
    after: str | None
    before: str | None
    count: int
    sort: str
    arguments: dict[str, str] = field(default_factory=dict)

    @property
    def count_text(self) -> str:
        """The number of rows, or that there are more than are worth counting."""
        return f"more than {COUNTED:,}" if self.count > COUNTED else f"{self.count:,}"


def choose(sorts: Sequence[Sort], wanted: str | None) -> Sort:
    """The sort that the address asks for (`-name`: the other way round), or the first."""
    name = (wanted or "").lstrip("-")
    for sort in sorts:
        if sort.name == name:
            flipped = (wanted or "").startswith("-")
            return Sort(("-" if flipped else "") + sort.name, sort.by, sort.key, flipped)
    first = sorts[0]
    return Sort(("-" if first.descending else "") + first.name, first.by, first.key, first.descending)


def page(
    session: Session,
    statement: Select[Any],
    sorts: Sequence[Sort],
    arguments: Mapping[str, str],
    *,
    size: int = PAGE,
) -> Page:
    """The page of `statement` that `arguments` (sort, after, before) ask for. Two queries: the rows and the count.

    `after` and `before` are opaque marks made by an earlier page; one that is damaged gives the first page.
    Raises TypeError for a sort without a type (a bare `func.lower(…)`): its marks could never be read back.
    """
    sort = choose(sorts, arguments.get("sort"))
    if isinstance(sort.by.type, NullType):
        raise TypeError(f"the sort {sort.name!r} has no type: give its function a type_")
    mark, backwards = _mark(arguments.get("after"), sort), False
    if mark is None and (mark := _mark(arguments.get("before"), sort)) is not None:
        backwards = True
    descending = sort.descending != backwards
    by, key = (sort.by.desc(), sort.key.desc()) if descending else (sort.by.asc(), sort.key.asc())
    marked = statement.add_columns(sort.by.label("_by"), sort.key.label("_key"))
    window = marked.order_by(None).order_by(by, key).limit(size + 1)
    if mark is not None:
        window = window.where(_beyond(sort, mark, descending))
    rows = list(session.execute(window))
    if mark is not None and not rows:  # its rows have gone: nobody is left on an empty page
        unmarked = {k: v for k, v in arguments.items() if k not in {"after", "before"}}
        return page(session, statement, sorts, unmarked, size=size)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    first, last = (_token(rows[0]), _token(rows[-1])) if rows else (None, None)
    return Page(
        rows=rows,
        after=last if more or backwards else None,
        before=first if mark is not None and (more or not backwards) else None,
        count=count(session, statement),
        sort=sort.name,
        arguments={k: v for k, v in arguments.items() if v and k not in {"after", "before"}},
    )


def count(session: Session, statement: Select[Any]) -> int:
    """How many rows `statement` has, counted to just over 1,000 and no further."""
    bounded = (
        statement.order_by(None).with_only_columns(literal(1), maintain_column_froms=True).limit(COUNTED + 1).subquery()
    )
    return int(session.execute(select(func.count()).select_from(bounded)).scalar_one())


def _beyond(sort: Sort, mark: tuple[Any, int], descending: bool) -> ColumnElement[bool]:
    value, key = mark
    at = literal(value, sort.by.type)
    if descending:
        return and_(sort.by <= at, or_(sort.by < at, sort.key < key))
    return and_(sort.by >= at, or_(sort.by > at, sort.key > key))


def _token(row: Any) -> str:
    value = row._by.isoformat() if isinstance(row._by, date | datetime) else row._by
    return base64.urlsafe_b64encode(json.dumps([value, row._key]).encode()).decode().rstrip("=")


def _mark(token: str | None, sort: Sort) -> tuple[Any, int] | None:
    """What `_token` wrote, or None for anything else: a damaged mark never reaches the database."""
    if not token or len(token) > 1000:
        return None
    try:
        value, key = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        kind = sort.by.type.python_type
        value = kind.fromisoformat(value) if kind in {date, datetime} else kind(value)
        if isinstance(value, datetime):
            value = value.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    if type(key) is not int or not 0 <= key < 2**62 or not _is_storable(value):
        return None
    return value, key


def _is_storable(value: Any) -> bool:
    """Whether a driver takes it: no integer that is too long, no text that no database holds."""
    if isinstance(value, int):
        return abs(value) < 2**62
    return not (isinstance(value, str) and FORBIDDEN.search(value))
