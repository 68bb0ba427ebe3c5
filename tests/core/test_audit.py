"""Whoever changes the log or a record by hand is found; erasure is not mistaken for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from tests.factories import Cast
from tests.support.tampering import tamper
from tracker.accounts.models import Contact
from tracker.core import audit, events, files
from tracker.core.db import db, writing
from tracker.core.errors import NotFound, RuleBroken
from tracker.core.events import Event, EventDetail

# What stands here changes rows behind the product's back, and looks whether that is found.
pytestmark = pytest.mark.past_the_log

events.register_verbs({"looked_at_for_test": "looked at this for a test"})
GENESIS = "0" * 64

TAMPERINGS = {
    "an event changed": ("UPDATE event SET verb = 'other' WHERE number = 3", "event 3 has been changed"),
    "an event given to somebody else": ("UPDATE event SET actor_id = 1 WHERE number = 3", "event 3 has been changed"),
    "an event removed": ("DELETE FROM event WHERE number = 3", "event 4 does not follow event 2"),
    "an event left without its rows": (
        "DELETE FROM event_row WHERE number = 3",
        "the rows under event 3 have been changed",
    ),
    "a vouched row changed": (
        f"UPDATE event_row SET digest = '{GENESIS}' WHERE number = 3",
        "the rows under event 3 have been changed",
    ),
    "a vouched row added": (
        f"INSERT INTO event_row (number, table_name, row_id, digest) VALUES (3, 'contact', 999, '{GENESIS}')",
        "the rows under event 3 have been changed",
    ),
    "details changed": (
        "UPDATE event_detail SET body = '{}' || ' ' WHERE number = 3",
        "the details of event 3 have been",
    ),
    "details removed": ("DELETE FROM event_detail WHERE number = 3", "the details of event 3 are missing"),
    "details emptied by hand": (
        "UPDATE event_detail SET body = NULL, erased_under = 2 WHERE number = 3",
        "the details of event 3 are erased under no event",
    ),
    "details under no event": (
        "INSERT INTO event_detail (number, salt, body) VALUES (99999, '', '{}')",
        "there are details or rows under events that do not exist",
    ),
    "the head moved": ("UPDATE event_head SET number = 2", "the head does not name the last event"),
    "the head removed": ("DELETE FROM event_head", "the head does not name the last event"),
    "a record changed": (
        "UPDATE contact SET name = 'Somebody else' WHERE id = 1",
        "contact 1 has been changed outside",
    ),
    "a record removed": ("DELETE FROM membership WHERE id = 1", "membership 1 has been removed outside"),
    "a record slipped in": (
        "INSERT INTO board (id, version, name, organisation) VALUES (77, 1, 'Forged', '')",
        "board 77 stands in no event",
    ),
    "a stored file changed": ("UPDATE stored_file SET size = size, content = {bytes}", "the stored file"),
}


@pytest.fixture
def chain(app: Flask, cast: Cast) -> Flask:
    """One event per transaction, a few of them, and a stored file."""
    with app.app_context():
        with writing():
            files.store(b"%PDF-1.7 minutes", files.PDF)
            _look_at(1)
        with writing():
            _look_at(2)
    return app


def _look_at(contact_id: int) -> None:
    contact = db.session.get_one(Contact, contact_id)
    events.record(None, "looked_at_for_test", contact, note="looked")


def _renumbered(app: Flask) -> dict[str, int]:
    """The last event of the cast carries its rows: the parameters speak of it as event 3."""
    with app.app_context():
        number = db.session.execute(text("SELECT max(number) FROM event_row")).scalar_one()
    return {"3": number, "2": number - 1, "4": number + 1}


def test_an_honest_log_verifies(chain: Flask) -> None:
    with chain.app_context():
        assert audit.verify() == []
        assert audit.verify(audit.head()) == []


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_found(chain: Flask, store: Any, what: str) -> None:
    statement, sentence = TAMPERINGS[what]
    numbers = _renumbered(chain)
    for old in ("number = 3", "erased_under = 2", "VALUES (3,"):
        digit = old[-1] if old[-1].isdigit() else "3"
        statement = statement.replace(old, old.replace(digit, str(numbers[digit])))
    for digit, number in numbers.items():
        sentence = sentence.replace(f"event {digit}", f"event {number}")
    quoted = "x'00'" if store.url.startswith("sqlite") else "'\\x00'::bytea"
    tamper(store, statement.replace("{bytes}", quoted))
    with chain.app_context():
        problems = audit.verify()
    assert any(p.startswith(sentence) for p in problems), problems


def test_a_cut_tail_is_found_by_a_kept_head(chain: Flask, store: Any) -> None:
    with chain.app_context():
        kept = audit.head()
        last = int(kept.partition(":")[0])
        before = db.session.execute(text("SELECT previous FROM event WHERE number = :n"), {"n": last}).scalar_one()
    tamper(
        store,
        f"DELETE FROM event_detail WHERE number = {last}",
        f"DELETE FROM event WHERE number = {last}",
        f"UPDATE event_head SET number = {last - 1}, digest = '{before}'",
    )
    with chain.app_context():
        assert audit.verify() == []
        assert audit.verify(kept) == [f"event {last} is not the one that the kept head names"]
        with writing():
            _look_at(3)
        assert audit.verify() == []
        assert audit.verify(kept) == [f"event {last} is not the one that the kept head names"]


@pytest.mark.parametrize("head", ["", "x", "1", "1:", ":abc", "99999999999999999999:" + GENESIS, "0:" + "f" * 64])
def test_a_head_that_is_none_is_said_to_be_none(app: Flask, head: str) -> None:
    with app.app_context():
        assert len(audit.verify(head)) == 1


def test_the_head_of_an_empty_log_agrees(app: Flask) -> None:
    with app.app_context():
        assert audit.verify(f"0:{GENESIS}") == []


def test_erasing_details_keeps_the_chain(chain: Flask) -> None:
    with chain.app_context():
        number = int(audit.head().partition(":")[0])
        with writing():
            audit.erase_details(None, number, "asked for by the person named in it")
        assert audit.verify() == []
        detail = db.session.get_one(EventDetail, number)
        assert (detail.body, detail.erased_under) == (None, number + 1)
        under = db.session.get_one(EventDetail, number + 1)
        assert json.loads(under.body or "") == {"event": number, "reason": "asked for by the person named in it"}
        with pytest.raises(RuleBroken), writing():
            audit.erase_details(None, number, "again")
        with pytest.raises(NotFound), writing():
            audit.erase_details(None, number + 100, "nothing there")


REFUSED = (
    "UPDATE event SET verb = 'other'",
    "DELETE FROM event",
    "UPDATE event_row SET digest = 'x'",
    "DELETE FROM event_row",
    "UPDATE event_detail SET body = '{}'",
    "UPDATE event_detail SET salt = 'x'",
    "DELETE FROM event_detail",
    "DELETE FROM event_head",
    "UPDATE stored_file SET size = 1",
    "DELETE FROM stored_file",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_triggers_refuse_what_the_product_never_does(chain: Flask, statement: str) -> None:
    with chain.app_context():
        with pytest.raises(IntegrityError), writing():
            db.session.execute(text(statement))
        assert audit.verify() == []


def test_the_application_cannot_pass_by_the_triggers(chain: Flask, store: Any) -> None:
    ways: dict[str, tuple[str, type[Exception]]] = {
        "sqlite": ("INSERT OR REPLACE INTO event SELECT * FROM event WHERE number = 1", IntegrityError),
        "postgresql": ("ALTER TABLE event DISABLE TRIGGER ALL", ProgrammingError),
    }
    statement, refusal = ways["sqlite" if store.url.startswith("sqlite") else "postgresql"]
    with chain.app_context(), pytest.raises(refusal), writing():
        db.session.execute(text(statement))


def test_a_trigger_that_is_gone_is_missed_aloud(chain: Flask, store: Any) -> None:
    if store.url.startswith("sqlite"):
        with chain.app_context(), writing():
            db.session.execute(text("DROP TRIGGER event_no_update"))
    else:
        tamper(store, "ALTER TABLE event DISABLE TRIGGER event_no_update")
    with chain.app_context():
        assert audit.verify() == ["the trigger event_no_update is missing or switched off"]


def test_every_event_names_the_one_before(chain: Flask) -> None:
    with chain.app_context():
        rows = db.session.scalars(db.select(Event).order_by(Event.number)).all()
        assert [r.number for r in rows] == list(range(1, len(rows) + 1))
        assert [r.previous for r in rows] == [GENESIS, *(r.digest for r in rows[:-1])]
