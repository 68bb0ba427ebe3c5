"""How many queries the hot pages take, and that what waits is read along indexes. Times are for `python -m bench`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests.factories import Cast
from tests.support.records import Records, make_records
from tracker.core.db import db

# One for who is signed in; then what the page is about, as its queries.py says; nine of each record's are the chain's.
SELECTS = {
    "/account": 1 + 4,
    "/recommendations": 1 + 5,
    "/actions": 1 + 3,
    "/letters": 1 + 4,
    "/workshops": 1 + 4,
    "/recommendations/{recommendation}": 1 + 9 + 13,
    "/workshops/{workshop}": 1 + 9 + 6,
    "/": 1 + 20,
}


@pytest.fixture
def records(app: Flask, cast: Cast, once: Callable[..., Any]) -> Records:
    return once("records of EPC", lambda: make_records(app, cast, "EPC", "CAN"))


@contextmanager
def noted(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """The SELECTs that are sent meanwhile, with their values."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, values))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("address", SELECTS)
def test_page_takes_a_fixed_number_of_queries(
    app: Flask, records: Records, visit: Callable[[str], Any], address: str
) -> None:
    secretary = visit("secretary@epc.test")
    with noted(app) as seen:
        secretary.get(address.format_map(vars(records)))
    assert len(seen) == SELECTS[address], "\n\n".join(statement for statement, _ in seen)


# PostgreSQL's planner reads a table of few rows from end to end, whatever indexes there are.
@pytest.mark.parametrize("store", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("email", ["secretary@epc.test", "chair@epc.test", "sro@can.test"])
def test_due_for_me_reads_along_indexes(app: Flask, records: Records, visit: Callable[[str], Any], email: str) -> None:
    """However many letters, recommendations and actions there are: none of their tables is read from end to end."""
    browser = visit(email)
    with noted(app) as seen:
        browser.get("/")
    with app.app_context(), db.engine.connect() as connection:
        plans = [
            line.detail
            for statement, values in seen
            for line in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    whole = [f"SCAN {table}" for table in ("letter", "assignment", "recommendation", "action", "response", "event")]
    assert not [plan for plan in plans if plan in whole], plans
