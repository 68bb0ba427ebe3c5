"""Keyset pages: every row exactly once, in order, forwards and backwards, whatever the marks in the address."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Date, Engine, Integer, MetaData, String, Table, create_engine, insert, select
from sqlalchemy.orm import Session

from tracker.core.db import WRITING, Instant
from tracker.web.tables import COUNTED, Sort, page

ITEMS = Table(
    "item", MetaData(), Column("id", Integer, primary_key=True), Column("name", String), Column("day", Date),
    Column("at", Instant),
)  # fmt: skip
SORTS = [
    Sort("name", ITEMS.c.name, ITEMS.c.id),
    Sort("day", ITEMS.c.day, ITEMS.c.id),
    Sort("at", ITEMS.c.at, ITEMS.c.id),
    Sort("id", ITEMS.c.id, ITEMS.c.id),
]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def filled(values: list[tuple[str, int]]) -> Engine:
    engine = create_engine("sqlite://").execution_options(**{WRITING: True})
    ITEMS.create(engine)
    rows = [{"name": n, "day": date(2026, 1, d), "at": NOON.replace(day=d)} for n, d in values]
    with engine.begin() as connection:
        if rows:
            connection.execute(insert(ITEMS), rows)
    return engine


@pytest.fixture
def session() -> Iterator[Session]:
    """Twelve rows with many ties."""
    with Session(filled([("abc"[n % 3], n % 4 + 1) for n in range(12)])) as session:
        yield session


def ids(found: Any) -> list[int]:
    return [row.id for row in found.rows]


def walk(session: Session, sort: str, size: int) -> tuple[list[int], list[int]]:
    """The ids met from the first page to the last, and from there back to the first."""
    there, back = [], []
    found = page(session, select(ITEMS), SORTS, {"sort": sort}, size=size)
    there += ids(found)
    while found.after:
        found = page(session, select(ITEMS), SORTS, {"sort": sort, "after": found.after}, size=size)
        there += ids(found)
    back = ids(found)
    while found.before:
        found = page(session, select(ITEMS), SORTS, {"sort": sort, "before": found.before}, size=size)
        back = ids(found) + back
    return there, back


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.text("ab é", max_size=2), st.integers(1, 3)), max_size=20),
    st.sampled_from(["name", "-name", "day", "-day", "at", "-at", "id", "-id"]),
    st.integers(1, 7),
)
def test_walking_the_pages_meets_every_row_once_in_order(values: list[tuple[str, int]], sort: str, size: int) -> None:
    column = ITEMS.c[sort.lstrip("-")]
    order = [column.desc(), ITEMS.c.id.desc()] if sort.startswith("-") else [column.asc(), ITEMS.c.id.asc()]
    with Session(filled(values)) as session:
        wanted = list(session.scalars(select(ITEMS.c.id).order_by(*order)))
        assert walk(session, sort, size) == (wanted, wanted)


def token(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


DAMAGED = [
    "x",
    "é",
    "=" * 9,
    "A" * 2000,
    token("no pair"),
    token([1]),
    token(["a", "b"]),
    token(["a", -1]),
    token(["a", 2**63]),
    token(["a\x00", 1]),
    token(["\ud800", 1]),
    token({"a": 1}),
    token(None),
    base64.urlsafe_b64encode(b"[" * 700).decode(),
]


@pytest.mark.parametrize("mark", DAMAGED, ids=lambda m: m[:12])
def test_a_damaged_mark_gives_the_first_page(session: Session, mark: str) -> None:
    first = page(session, select(ITEMS), SORTS, {}, size=5)
    for name in ("after", "before"):
        found = page(session, select(ITEMS), SORTS, {name: mark}, size=5)
        assert (ids(found), found.before) == (ids(first), None)


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        ("day", "not a day"),
        ("day", 5),
        ("at", "2026-01-01T00:00:00"),
        ("at", "0001-01-01T00:00:00+23:59"),
        ("at", "9999-12-31T23:59:59-23:59"),
        ("id", float("inf")),
        ("id", float("nan")),
        ("id", "9" * 400),
        ("id", 2**63),
        ("id", None),
    ],
)
def test_a_mark_of_the_wrong_kind_breaks_nothing(session: Session, sort: str, value: Any) -> None:
    for name in ("after", "before"):
        assert ids(page(session, select(ITEMS), SORTS, {"sort": sort, name: token([value, 1])}, size=5))


def test_a_mark_whose_rows_have_gone_gives_the_first_page(session: Session) -> None:
    beyond = page(session, select(ITEMS), SORTS, {"after": token(["zzz", 99])}, size=5)
    assert (ids(beyond), beyond.before) == (ids(page(session, select(ITEMS), SORTS, {}, size=5)), None)


def test_a_list_that_begins_descending_says_so(session: Session) -> None:
    newest = [Sort("day", ITEMS.c.day, ITEMS.c.id, descending=True), *SORTS]
    first = page(session, select(ITEMS), newest, {}, size=5)
    assert first.sort == "-day" and first.rows[0].day == date(2026, 1, 4)
    second = page(session, select(ITEMS), newest, {"after": first.after or ""}, size=5)
    assert not set(ids(first)) & set(ids(second))
    assert page(session, select(ITEMS), newest, {"sort": "day"}, size=5).rows[0].day == date(2026, 1, 1)


def test_an_unknown_sort_is_the_first_one(session: Session) -> None:
    for sort in ("", "-", "nothing", "--", "name; DROP TABLE item"):
        assert page(session, select(ITEMS), SORTS, {"sort": sort}).sort == "name"


def test_the_count_is_bounded() -> None:
    with Session(filled([("a", 1)] * (COUNTED + 50))) as session:
        found = page(session, select(ITEMS), SORTS, {})
        assert (found.count, found.count_text) == (COUNTED + 1, "more than 1,000")
        assert len(found.rows) == 50
    with Session(filled([("a", 1)] * 3)) as session:
        assert page(session, select(ITEMS), SORTS, {}).count_text == "3"


def test_filters_stay_and_marks_do_not(session: Session) -> None:
    found = page(session, select(ITEMS), SORTS, {"q": "a", "state": "", "sort": "day", "after": "x"})
    assert found.arguments == {"q": "a", "sort": "day"}
