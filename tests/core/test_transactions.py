"""Transactions read unless asked to write; versions notice who came first."""

from __future__ import annotations

import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from tests.factories import Cast, add
from tracker.accounts.models import Contact
from tracker.core import events
from tracker.core.db import (
    WRITING,
    Versioned,
    begin_write,
    db,
    end_write,
    is_writing,
    lock_row,
    side_write,
    touch,
    writing,
)
from tracker.core.form_keys import FormKey
from tracker.directory.models import Board, BoardMeeting, Taskforce


def test_a_transaction_that_nobody_opened_for_writing_cannot_write(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(DBAPIError, match="read.?only"):
            db.session.execute(text("UPDATE event_head SET number = 5"))
        db.session.rollback()
        db.session.add(Board(name="Quiet", organisation=""))
        with pytest.raises(DBAPIError, match="read.?only"):
            db.session.commit()


def test_after_a_write_the_session_reads_only_again(app: Flask) -> None:
    with app.app_context():
        for commit in (True, False):
            begin_write()
            assert is_writing()
            end_write(commit=commit)
            assert not is_writing()
            with pytest.raises(DBAPIError, match="read.?only"):
                db.session.execute(text("UPDATE event_head SET number = 5"))
            db.session.rollback()


def test_a_side_write_outlives_the_refusal_around_it(app: Flask) -> None:
    with app.app_context():
        db.session.execute(select(Board)).all()
        with side_write() as connection:
            connection.execute(text("INSERT INTO form_key (key, used_at, location) VALUES ('k', '2026-01-01', '')"))
        db.session.rollback()
        assert db.session.scalars(select(FormKey.key)).all() == ["k"]


def test_a_side_write_inside_a_write_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError), writing(), side_write():
        pass


def test_touching_a_record_moves_its_version(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with writing():
            board = db.session.get_one(Board, cast.board)
            before = board.version
            meeting = BoardMeeting(
                board_id=board.id, held_on=db.session.get_one(BoardMeeting, cast.board_meeting).held_on
            )
            meeting.held_on = meeting.held_on.replace(day=1)
            touch(board)
            add(meeting)
        assert db.session.get_one(Board, cast.board).version == before + 1


VERSIONED = [m.class_ for m in db.Model.registry.mappers if issubclass(m.class_, Versioned)]


@pytest.mark.parametrize("model", sorted(VERSIONED, key=lambda m: m.__name__))
def test_every_versioned_record_can_be_touched(model: Any) -> None:
    fresh = model()
    plain = next(c.key for c in db.inspect(model).column_attrs if c.key not in {"id", "version"})
    setattr(fresh, plain, 1)
    touch(fresh)
    assert db.inspect(fresh).modified


def test_a_save_from_an_older_version_is_refused(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with pytest.raises(StaleDataError), writing():
            taskforce = db.session.get_one(Taskforce, cast.epc)
            db.session.execute(text("UPDATE taskforce SET version = version + 1"))
            taskforce.name = "From an old page"
            db.session.flush()
        assert db.session.get_one(Taskforce, cast.epc).name == "Empowering People Taskforce"


def test_four_editors_lose_no_round(app: Flask, cast: Cast) -> None:
    """Read, change, save: 4 at once, 25 rounds each; every increment is there at the end."""
    contact_id = cast.contacts["member@epc.test"]
    events.register_verbs({"counted_for_test": "counted"})
    with app.app_context(), writing():
        db.session.get_one(Contact, contact_id).job_title = "0"
        events.record(None, "counted_for_test", db.session.get_one(Contact, contact_id))

    def edit() -> None:
        for _ in range(25):
            with app.app_context(), writing():
                lock_row(Contact, contact_id)
                contact = db.session.get_one(Contact, contact_id)
                contact.job_title = str(int(contact.job_title) + 1)
                events.record(None, "counted_for_test", contact)

    editors = [threading.Thread(target=edit) for _ in range(4)]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()
    with app.app_context():
        assert db.session.get_one(Contact, contact_id).job_title == "100"


def test_a_new_sqlite_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite3"
    engine = create_engine(f"sqlite:///{path}", execution_options={WRITING: True})
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (words TEXT)"))
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    engine.dispose()
    assert modes == {"new.sqlite3": 0o600, "new.sqlite3-wal": 0o600, "new.sqlite3-shm": 0o600}
