"""Whoever changes a row of letters, their sending or their correspondence by SQL is found, whichever column it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from email.headerregistry import Address
from itertools import zip_longest
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError as DriverError

from tests.factories import person_of
from tests.support.png import make_png
from tests.support.records import add_clearing, make_records
from tests.support.tampering import tamper
from tracker.accounts import signatures
from tracker.accounts.models import User
from tracker.core import audit
from tracker.core.db import db, writing
from tracker.letters import queries
from tracker.letters.models import Letter
from tracker.sending import operations as sending

pytestmark = pytest.mark.past_the_log

TABLES = (
    "clearance_decision",
    "comment_asked",
    "comment_round",
    "correspondence_entry",
    "correspondence_file",
    "letter",
    "letter_addressee",
    "letter_comment",
    "letter_file",
    "letter_recommendation",
    "letter_sending",
    "letter_sending_file",
    "letter_version",
    "letterhead",
    "recommendation",
    "role_grant",
    "signature",
    "standard_passage",
    "word_upload",
)
# What the column says instead, by its kind of value.
OTHER = {str: "'x'", bool: "NOT {}", int: "{} + 1"}


@pytest.fixture
def letters(app: Any, cast: Any, once: Callable[..., Any]) -> Any:
    """A draft with members, and an issued letter with all that hangs on it."""
    once("letters to tamper with", lambda: make_letters(app, cast))
    return app


def make_letters(app: Any, cast: Any) -> None:
    records = add_clearing(app, cast, make_records(app, cast, "EPC", "CAN"))
    with app.app_context(), writing():
        user = db.session.scalars(select(User).where(User.email == "chair@epc.test")).one()
        signatures.put_up_signature(user, make_png(), by=person_of(user))
        letter = queries.get_letter_for(person_of(user), records.letter)
        to = (Address("", addr_spec="sro@can.test"),)
        files = (("letter.docx", str(letter.file_sha256)),) if letter else ()
        sending.make_message(letter, sending.Parcel(to, (), "A letter", "Dear all", files), by=person_of(user))


def models() -> dict[str, Any]:
    return {model.__tablename__: model.__table__ for model in audit.business_tables()}


def changed(store: Any, column: Any) -> str:
    """Another value that the column's CHECK may refuse but not its type, as SQL."""
    kind = column.type.python_type
    if kind in OTHER:
        return f"coalesce({OTHER[kind].format(column.name)}, 1)" if kind is int else OTHER[kind].format(column.name)
    if issubclass(kind, str):
        values = list(column.type.enums)
        return f"CASE WHEN {column.name} = '{values[0]}' THEN '{values[1]}' ELSE '{values[0]}' END"
    return {"date": "'2031-01-01'", "datetime": "'2031-01-01 10:00:00.000000'", "time": "'11:11:00.000000'"}[
        kind.__name__
    ]


def last_row(table: Any) -> int:
    return int(db.session.execute(select(func.max(table.c.id))).scalar_one())


def found_in(letters: Any) -> list[str]:
    with letters.app_context():
        return audit.verify()


def test_every_changed_column_is_found(letters: Any, store: Any) -> None:
    assert found_in(letters) == []
    known, missed = models(), []
    with letters.app_context():
        rows = {name: last_row(known[name]) for name in TABLES}
    tamper(store, *(f"CREATE TABLE kept_{n} AS SELECT * FROM {n} WHERE id = {i}" for n, i in rows.items()))
    columns = {name: [c for c in known[name].columns if c.name != "id"] for name in TABLES}
    # The first column of every table at once, then the second: each has a sentence of its own.
    for together in zip_longest(*columns.values()):
        tampered = [c for c in together if c is not None and _tampered(store, c, rows[c.table.name])]
        found = found_in(letters)
        missed += [
            f"{c.table.name}.{c.name}"
            for c in tampered
            if f"{c.table.name} {rows[c.table.name]} has been changed outside the product" not in found
        ]
        tamper(store, *(_put_back(c, rows[c.table.name]) for c in tampered))
    assert missed == []
    assert found_in(letters) == []


def _tampered(store: Any, column: Any, row_id: int) -> bool:
    """Change a column of a row, where no constraint of the table says no."""
    try:
        tamper(store, f"UPDATE {column.table.name} SET {column.name} = {changed(store, column)} WHERE id = {row_id}")
    except (DriverError, sqlite3.DatabaseError):
        return False
    return True


def _put_back(column: Any, row_id: int) -> str:
    name = column.table.name
    return f"UPDATE {name} SET {column.name} = (SELECT {column.name} FROM kept_{name}) WHERE id = {row_id}"


@pytest.mark.parametrize("change", ["content = 'no words'", "letter_id = letter_id + 1"])
def test_verify_says_in_a_sentence_that_the_text_is_gone(letters: Any, store: Any, change: str) -> None:
    with letters.app_context():
        letter_id = db.session.execute(select(Letter.id).where(Letter.reference == "EPC-L01")).scalar_one()
    tamper(store, f"UPDATE letter_version SET {change} WHERE letter_id = {letter_id}")
    result = letters.test_cli_runner().invoke(args=["letters", "verify", "EPC-L01"])
    assert (result.exit_code, "text" in result.output) == (1, True), result.exception


def test_every_removed_row_is_found(letters: Any, store: Any) -> None:
    known = models()
    with letters.app_context():
        rows = {name: last_row(known[name]) for name in TABLES}
    tamper(store, *(f"DELETE FROM {name} WHERE id = {row_id}" for name, row_id in rows.items()))
    found = found_in(letters)
    assert [n for n, i in rows.items() if f"{n} {i} has been removed outside the product" not in found] == []
