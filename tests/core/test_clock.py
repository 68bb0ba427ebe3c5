"""One source of time; dates are dates in London."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from tracker.core import clock
from tracker.core.db import Instant


def test_a_summer_night_is_already_the_next_day_in_london() -> None:
    with clock.frozen(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 7, 1)
    with clock.frozen(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 12, 31)


def test_a_held_clock_is_let_go_and_can_be_held_within() -> None:
    first, second = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    with clock.frozen(first):
        with clock.frozen(second.astimezone(timezone(timedelta(hours=5)))):
            assert clock.now() == second and clock.now().tzinfo is UTC
        assert clock.now() == first
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_an_instant_must_be_aware_and_comes_back_in_utc() -> None:
    kind, at = Instant(), datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        with pytest.raises(ValueError, match="aware"):
            kind.process_bind_param(datetime(2026, 6, 1, 12), dialect)  # noqa: DTZ001
        kept = kind.process_bind_param(at, dialect)
        back = kind.process_result_value(kept, dialect)
        assert back == at and back is not None and back.utcoffset() == timedelta(0)
        assert kind.process_bind_param(None, dialect) is kind.process_result_value(None, dialect) is None
