"""Mail is a row of its cause's transaction, and goes once, to a real server on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.postbox import Postbox, free_port, open_postbox
from tracker.core import clock, outbox
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail, SmtpSettings, deliver, queue_mail


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with open_postbox() as box:
        yield box


def _queue(*recipients: str, cause: str = "letter-issued:7") -> None:
    with writing():
        for recipient in recipients:
            queue_mail(cause, recipient, "Letter EPC-L02\r\nBcc: all@example.test", "Dear Ann,\n\nhere it is: £5.\n")


def _row() -> OutboxMail:
    db.session.rollback()
    return db.session.scalars(select(OutboxMail)).one()


def test_mail_goes_once(app: Flask, postbox: Any) -> None:
    with app.app_context():
        _queue("ann@example.test", "bob@example.test")
        assert deliver(postbox.settings) == (2, 0)
        assert deliver(postbox.settings) == (0, 0)
    assert [m["To"] for m in postbox.received] == ["ann@example.test", "bob@example.test"]
    first = postbox.received[0]
    assert first["Subject"] == "Letter EPC-L02 Bcc: all@example.test" and first["Bcc"] is None
    assert first["Auto-Submitted"] == "auto-generated"
    assert "here it is: £5." in first.get_payload(decode=True).decode()


def test_the_same_cause_and_recipient_make_one_mail(app: Flask, postbox: Any) -> None:
    with app.app_context():
        _queue("ann@example.test", "ann@example.test")
        _queue("ann@example.test")
        _queue("ann@example.test", cause="reminder:7")
        assert deliver(postbox.settings) == (2, 0)


def test_mail_of_a_write_that_was_given_up_is_never_sent(app: Flask, postbox: Any) -> None:
    with app.app_context():
        with pytest.raises(ValueError, match="given up"), writing():
            queue_mail("cause", "ann@example.test", "Subject", "Body")
            raise ValueError("given up")
        assert deliver(postbox.settings) == (0, 0)


def test_an_outage_delays_mail_and_keeps_its_message_id(app: Flask, postbox: Any) -> None:
    nowhere = SmtpSettings("127.0.0.1", free_port(), "tracker@example.test")
    with app.app_context():
        _queue("ann@example.test")
        message_id = _row().message_id
        assert deliver(nowhere) == (0, 1)
        assert "ConnectionRefusedError" in (_row().last_error or "")
        assert deliver(postbox.settings) == (0, 0), "it waits before it tries again"
        postbox.message_refusal = "451 try later"
        for number, wait in enumerate(outbox.BACKOFF[:-1], start=1):
            assert _row().tries == number
            with clock.frozen(clock.now() + wait * 2 + timedelta(days=number)):
                assert deliver(postbox.settings) == (0, 1)
        postbox.message_refusal = ""
        with clock.frozen(clock.now() + timedelta(days=2 * len(outbox.BACKOFF))):
            assert deliver(postbox.settings) == (1, 0)
        assert (_row().next_try_at, _row().last_error) == (None, None)
    assert [m["Message-ID"].strip() for m in postbox.received] == [message_id]


def test_a_mail_is_given_up_after_its_last_try_until_somebody_sends_it_again(app: Flask, postbox: Any) -> None:
    postbox.message_refusal = "554 this looks like spam"
    with app.app_context():
        _queue("ann@example.test")
        for days in range(len(outbox.BACKOFF) + 1):
            with clock.frozen(clock.now() + timedelta(days=5 * days)):
                assert deliver(postbox.settings) == (0, 1)
        assert _row().next_try_at is None and _row().tries == len(outbox.BACKOFF) + 1
        with clock.frozen(clock.now() + timedelta(days=365)):
            assert deliver(postbox.settings) == (0, 0)
        (delivery,) = outbox.list_deliveries(["letter-issued:7"])["letter-issued:7"]
        assert delivery.has_failed and delivery.is_given_up and "spam" in (delivery.last_error or "")
        with writing():
            assert outbox.try_again("letter-issued:7", "ann@example.test")
        assert deliver(postbox.settings) == (0, 1)
        assert _row().next_try_at is not None, "it has all its tries again"


@pytest.mark.parametrize(("answer", "is_given_up"), [("550 no such person", True), ("450 greylisted", False)])
def test_a_recipient_who_is_refused_for_good_is_tried_once(
    app: Flask, postbox: Any, answer: str, is_given_up: bool
) -> None:
    postbox.knows_nobody, postbox.refusal = True, answer
    with app.app_context():
        _queue("ann@example.test")
        assert deliver(postbox.settings) == (0, 1)
        (delivery,) = outbox.list_deliveries(["letter-issued:7"])["letter-issued:7"]
    assert delivery.has_failed and delivery.is_given_up is is_given_up


@pytest.mark.parametrize(
    "address", ["no address", "", "ann@", "a\nb@example.test", "ann@example.test, bob@example.test"]
)
def test_an_address_that_is_none_does_not_hold_up_the_others(app: Flask, postbox: Any, address: str) -> None:
    with app.app_context():
        _queue(address, "ann@example.test")
        assert deliver(postbox.settings) == (1, 1)
    assert [m["To"] for m in postbox.received] == ["ann@example.test"]


def test_two_who_deliver_at_once_send_each_mail_once(app: Flask, postbox: Any) -> None:
    with app.app_context():
        _queue(*(f"person{n}@example.test" for n in range(12)))
    start, results = threading.Barrier(3), []

    def run() -> None:
        with app.app_context():
            start.wait()
            results.append(deliver(postbox.settings))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent for sent, _ in results) == 12
    assert len({m["To"] for m in postbox.received}) == len(postbox.received) == 12


def test_mail_taken_by_a_process_that_died_goes_later(app: Flask, postbox: Any) -> None:
    with app.app_context():
        _queue("ann@example.test")
        assert outbox._take(_row())
        assert deliver(postbox.settings) == (0, 0)
        with clock.frozen(clock.now() + outbox.TAKEN_FOR + timedelta(seconds=1)):
            assert deliver(postbox.settings) == (1, 0)
