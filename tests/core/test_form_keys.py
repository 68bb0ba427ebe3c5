"""The same form sent twice makes one record, also when both arrive at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import add
from tracker.core import audit, clock, form_keys
from tracker.core.db import begin_write, db, end_write, writing
from tracker.core.errors import AlreadySubmitted
from tracker.core.form_keys import FormKey
from tracker.directory.models import Board


def test_a_used_key_says_where_the_form_led(app: Flask) -> None:
    with app.app_context():
        with writing():
            form_keys.claim("once").location = "/letters/EPC-L02"
        with pytest.raises(AlreadySubmitted) as refused, writing():
            form_keys.claim("once")
        assert refused.value.location == "/letters/EPC-L02"


def test_a_key_of_a_write_that_was_given_up_is_free_again(app: Flask) -> None:
    with app.app_context():
        begin_write()
        form_keys.claim("again")
        end_write(commit=False)
        with writing():
            assert form_keys.claim("again").key == "again"


def test_fifty_forms_sent_by_eight_at_once_make_fifty_records(app: Flask) -> None:
    keys, start = [f"key-{n:02d}" for n in range(50)], threading.Barrier(8)
    refused: list[str] = []

    def send_all() -> None:
        with app.app_context():
            start.wait()
            for key in keys:
                begin_write()
                try:
                    form_keys.claim(key).location = f"/boards/{key}"
                    add(Board(name=key, organisation=""))
                    end_write(commit=True)
                except AlreadySubmitted as error:
                    end_write(commit=False)
                    refused.append(error.location)

    threads = [threading.Thread(target=send_all) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert db.session.execute(select(func.count()).select_from(Board)).scalar_one() == 50
        assert len(refused) == 350
        assert set(refused) == {f"/boards/{key}" for key in keys}
        assert audit.verify() == []


def test_old_keys_are_forgotten(app: Flask) -> None:
    with app.app_context():
        with clock.frozen(clock.now() - form_keys.KEPT - timedelta(minutes=1)), writing():
            form_keys.claim("old")
        with writing():
            form_keys.claim("new")
            assert form_keys.forget_old() == 1
        assert db.session.scalars(select(FormKey.key)).all() == ["new"]
