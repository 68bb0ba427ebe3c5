"""The ladder: its days, what is due to go, what is passed over, and what the database is asked for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.reminders.pages import plan_words
from tracker.reminders.rules import (
    DEFAULT,
    Plan,
    due_rung,
    ladder,
    letter_rung,
    next_rung,
    passed_over,
    reached,
    read_days,
    rung_label,
)

DUE = date(2026, 12, 15)
RUNGS = ladder(DUE, DEFAULT)
DAYS = {rung.name: rung.day for rung in RUNGS}


def test_the_ladder_of_product_md() -> None:
    expected = {
        "before-10": date(2026, 12, 1),
        "before-2": date(2026, 12, 11),
        "on-day": DUE,
        "after-5": date(2026, 12, 22),
        "after-10": date(2026, 12, 31),
        "after-15": date(2027, 1, 8),
        "after-20": date(2027, 1, 15),
        "letter": date(2027, 1, 22),
    }
    assert expected == DAYS


def test_the_working_is_shown() -> None:
    said = {rung.name: rung.working.sentence() for rung in RUNGS if rung.working}
    back = "2 working days back; day 1 is the last working day before 15 December 2026, passing over weekends."
    assert said["before-2"] == back
    assert "Christmas Day and Boxing Day." in said["after-10"]


def test_it_escalates_after_two_where_that_is_opted_into() -> None:
    assert not any(rung.escalates for rung in RUNGS)
    assert [r.name for r in ladder(DUE, Plan(escalates=True)) if r.escalates] == ["after-15", "after-20"]


def test_a_plan_of_its_own() -> None:
    plan = Plan(days_before=(3,), on_due_day=False, every_after=1, most_after=0)
    assert [(r.name, r.day) for r in ladder(DUE, plan)] == [
        ("before-3", date(2026, 12, 10)),
        ("letter", date(2026, 12, 16)),
    ]


@pytest.mark.parametrize(
    ("today", "recorded", "name"),
    [
        (date(2026, 11, 30), (), None),
        (date(2026, 12, 1), (), "before-10"),
        (date(2026, 12, 1), ("before-10",), None),
        (date(2026, 12, 14), ("before-10",), "before-2"),
        (date(2026, 12, 31), ("before-10",), "after-10"),
        (date(2027, 1, 22), ("after-20",), "letter"),
        (date(2028, 1, 1), ("letter",), None),
        (date(2026, 12, 15), ("after-5",), None),
    ],
)
def test_what_is_due_is_the_newest_rung_that_has_not_gone(today: date, recorded: tuple[str, ...], name: str) -> None:
    rung = due_rung(RUNGS, {r: DAYS[r] for r in recorded}, today)
    assert (rung.name if rung else None) == name


def test_rungs_up_to_the_day_of_the_letter_never_go() -> None:
    assert due_rung(RUNGS, {}, date(2026, 12, 8), since=date(2026, 12, 7)) is None
    rung = due_rung(RUNGS, {}, DUE, since=date(2026, 12, 7))
    assert rung is not None and rung.name == "on-day"
    assert [r.name for r in passed_over(RUNGS, {}, rung, since=date(2026, 12, 7))] == ["before-2"]


def test_after_days_off_the_earlier_rungs_are_passed_over() -> None:
    going = RUNGS[4]
    assert [r.name for r in passed_over(RUNGS, {"before-10": DAYS["before-10"]}, going)] == [
        "before-2",
        "on-day",
        "after-5",
    ]


def test_what_comes_next() -> None:
    first = next_rung(RUNGS, {}, date(2026, 12, 1))
    assert first is not None and first.name == "before-2"
    after = next_rung(RUNGS, {"on-day": DUE}, date(2026, 12, 1))
    assert after is not None and after.name == "after-5"
    assert next_rung(RUNGS, {"letter": DAYS["letter"]}, DUE) is None


def test_a_second_reminder_letter_has_a_rung_of_its_own() -> None:
    assert letter_rung(RUNGS, {}).name == "letter"
    assert letter_rung(RUNGS, {"letter": DAYS["letter"]}).name == "letter-2"


@pytest.mark.parametrize(
    ("text", "days"),
    [("10, 2", (10, 2)), ("2,10,2", (10, 2)), ("", ()), ("0", None), ("x", None), ("61", None), ("-1", None)],
)
def test_reading_days(text: str, days: tuple[int, ...] | None) -> None:
    assert read_days(text) == days


def test_rungs_in_words() -> None:
    names = ("before-1", "on-day", "after-10", "letter-2")
    assert [rung_label(n) for n in names] == [
        "1 working day before",
        "On the day",
        "10 working days after",
        "Reminder letter",
    ]


DAY = st.dates(date(2024, 1, 1), date(2027, 12, 31))
PLANS = st.builds(
    Plan,
    days_before=st.sets(st.integers(1, 12), max_size=3).map(lambda s: tuple(sorted(s, reverse=True))),
    on_due_day=st.booleans(),
    every_after=st.integers(1, 6),
    most_after=st.integers(0, 4),
)


@given(today=DAY, days=st.integers(-45, 20), plan=PLANS)
def test_the_database_reaches_the_same_rung_as_the_ladder(today: date, days: int, plan: Plan) -> None:
    due_on = today + timedelta(days=days)
    come = [r.name for r in ladder(due_on, plan) if r.day <= today]
    assert [name for name, latest in reached(plan, today) if due_on <= latest] == come


def test_a_plan_is_told_in_a_sentence() -> None:
    once, twice = Plan(escalates=True, escalate_after=1), Plan(escalates=True, escalate_after=2)
    assert "After the first late one the senior responsible owner" in plan_words(once)
    assert "After 2 late ones the senior responsible owner" in plan_words(twice)
    assert "From the first late one on" in plan_words(Plan(escalates=True, escalate_after=0))
