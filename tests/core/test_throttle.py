"""The limit holds over all processes, exactly."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tracker.core import clock, throttle
from tracker.core.db import db
from tracker.core.errors import TooManyTries
from tracker.core.throttle import Limit, ThrottleBucket, give_back, take

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIMIT = Limit(burst=5, seconds=60)


def _tries(key: str, number: int) -> int:
    """How many of `number` tries are let through."""
    passed = 0
    for _ in range(number):
        try:
            take(key, LIMIT)
            passed += 1
        except TooManyTries:
            continue
    return passed


def test_eight_guessers_at_once_get_the_limit_exactly(app: Flask) -> None:
    start, passed = threading.Barrier(8), []

    def guess() -> None:
        with app.app_context(), clock.frozen(NOON):
            start.wait()
            passed.append(_tries("sign-in:ann", 10))

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 8 and sum(passed) == 5


def test_tries_come_back_one_by_one(app: Flask) -> None:
    with app.app_context():
        with clock.frozen(NOON):
            assert _tries("a", 7) == 5
        with clock.frozen(NOON + timedelta(seconds=59)):
            assert _tries("a", 1) == 0
        with clock.frozen(NOON + timedelta(seconds=61)):
            assert _tries("a", 3) == 1
        with clock.frozen(NOON + timedelta(days=9)):
            assert _tries("a", 9) == 5


def test_the_refusal_says_how_long_to_wait(app: Flask) -> None:
    with app.app_context(), clock.frozen(NOON):
        assert _tries("a", 5) == 5
        with pytest.raises(TooManyTries) as refused:
            take("a", LIMIT)
        assert refused.value.wait == 60
        assert refused.value.message == "Wait 1 minute and try again."
    assert TooManyTries(600).message == "Wait 10 minutes and try again."


def test_keys_do_not_share_and_a_clock_set_back_gives_nothing(app: Flask) -> None:
    with app.app_context():
        with clock.frozen(NOON):
            assert (_tries("a", 6), _tries("b", 6)) == (5, 5)
        with clock.frozen(NOON - timedelta(days=1)):
            assert _tries("a", 1) == 0


def test_a_success_fills_up_again(app: Flask) -> None:
    with app.app_context(), clock.frozen(NOON):
        assert _tries("a", 5) == 5
        give_back("a")
        assert db.session.get(ThrottleBucket, "a") is None
        assert _tries("a", 9) == 5


def test_a_try_counts_also_where_the_request_is_refused(app: Flask) -> None:
    with app.app_context(), clock.frozen(NOON):
        throttle.take("a", LIMIT)
        db.session.rollback()
        assert _tries("a", 9) == 4
