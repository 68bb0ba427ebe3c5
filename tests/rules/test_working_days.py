"""Working days of England, and the working shown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.working_days import add_working_days, day_off


def test_day_1_is_the_next_working_day() -> None:
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    assert add_working_days(friday, 1).due == monday
    assert add_working_days(friday + timedelta(days=1), 1).due == monday
    assert add_working_days(monday, 1).due == date(2026, 11, 24)


def test_christmas_is_passed_over() -> None:
    working = add_working_days(date(2017, 12, 21), 3)
    assert working.due == date(2017, 12, 28)
    assert [s.reason for s in working.steps if s.number is None] == [
        "Saturday",
        "Sunday",
        "Christmas Day",
        "Boxing Day",
    ]


def test_twenty_working_days_over_easter() -> None:
    assert add_working_days(date(2018, 3, 20), 20).due == date(2018, 4, 19)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 11, 21), "Saturday"),
        (date(2026, 11, 22), "Sunday"),
        (date(2026, 11, 23), None),
        (date(2022, 9, 19), "Bank Holiday for the State Funeral of Queen Elizabeth II"),
        (date(2020, 5, 8), "Early May bank holiday (VE day)"),
        (date(2026, 11, 30), None),  # St Andrew's Day is Scotland's
    ],
)
def test_why_a_day_is_off(day: date, reason: str | None) -> None:
    assert day_off(day) == reason


def test_the_working_in_a_sentence() -> None:
    assert add_working_days(date(2026, 11, 23), 1).sentence() == (
        "1 working day; day 1 is the first working day after 23 November 2026."
    )
    assert add_working_days(date(2026, 11, 20), 2).sentence() == (
        "2 working days; day 1 is the first working day after 20 November 2026, passing over weekends."
    )
    assert add_working_days(date(2017, 12, 29), 20).sentence() == (
        "20 working days; day 1 is the first working day after 29 December 2017, passing over weekends and"
        " New Year’s Day."
    )
    assert add_working_days(date(2017, 12, 24), 1).sentence() == (
        "1 working day; day 1 is the first working day after 24 December 2017, passing over Christmas Day and"
        " Boxing Day."
    )


@pytest.mark.parametrize("start", [date(2011, 6, 1), date(2150, 6, 1)])
def test_the_working_says_where_bank_holidays_are_not_known(start: date) -> None:
    working = add_working_days(start, 5)
    assert working.beyond_known_holidays
    assert working.sentence().endswith(". Bank holidays of those years are not all known.")


@pytest.mark.parametrize("days", [0, -1])
def test_fewer_than_one_day_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        add_working_days(date(2026, 1, 1), days)


@given(st.dates(date(2012, 1, 1), date(2028, 6, 1)), st.integers(1, 120))
def test_the_due_date_is_a_working_day_and_the_count_is_right(start: date, days: int) -> None:
    working = add_working_days(start, days)
    passed = [start + timedelta(days=n) for n in range(1, (working.due - start).days + 1)]
    assert day_off(working.due) is None
    assert sum(day_off(day) is None for day in passed) == days
    assert [s.day for s in working.steps] == passed
    assert [s.number for s in working.steps if s.number] == list(range(1, days + 1))
