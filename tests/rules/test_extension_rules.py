"""More time: which dates, who decides, and the working of every due date."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.core.working_days import add_working_days, count_working_days
from tracker.recommendations.evidence import why_link_refused
from tracker.recommendations.extension_rules import (
    DueFacts,
    Moved,
    Timeliness,
    day_off_warning,
    explain_due,
    needs_chair,
    timeliness,
    why_date_refused,
    working_of_new_date,
)

TODAY = date(2026, 11, 24)
DUE = date(2026, 12, 15)


def test_the_third_extension_of_one_of_them_is_the_chairs() -> None:
    assert not needs_chair([None, 0, 1])
    assert needs_chair([None, 2]) and needs_chair([3])


@pytest.mark.parametrize(
    ("until", "current", "refused"),
    [
        (date(2026, 12, 16), [DUE], None),
        (TODAY, [None], None),
        (date(2026, 11, 23), [date(2026, 11, 1)], "The new date cannot be in the past"),
        (DUE, [None, DUE], "The new date must be after 15 December 2026, when it is due now"),
        (date(2030, 1, 2), [DUE], "The new date must be within two years from today"),
    ],
)
def test_a_date_moves_forward_only(until: date, current: list[date | None], refused: str | None) -> None:
    assert why_date_refused(until, current, TODAY) == refused


def test_a_day_off_is_warned_of() -> None:
    assert day_off_warning(date(2026, 12, 19)) == "19 December 2026 is not a working day (Saturday)"
    assert day_off_warning(date(2026, 12, 25)) == "25 December 2026 is not a working day (Christmas Day)"
    assert day_off_warning(DUE) is None


def test_counting_is_adding_read_backwards() -> None:
    for days in range(1, 60):
        added = add_working_days(TODAY, days)
        assert count_working_days(TODAY, added.due) == added
    with pytest.raises(ValueError, match="after start"):
        count_working_days(TODAY, TODAY)


def test_the_working_of_a_new_date_counts_from_today_and_from_the_old_dates() -> None:
    said = working_of_new_date(date(2026, 12, 19), [DUE, None, DUE], TODAY)
    assert [s.partition(":")[0] for s in said[:2]] == ["From today", "From the date until now, 15 December 2026"]
    assert said[1].startswith("From the date until now, 15 December 2026: 3 working days;")
    assert said[2] == "19 December 2026 is not a working day (Saturday)."


def test_a_date_says_how_it_came_about() -> None:
    issued = date(2026, 11, 2)
    counted = add_working_days(issued, 20)
    assert explain_due(DueFacts(counted.due, "", counted.due, issued, 20), []) == [counted.sentence()]
    by_hand = explain_due(DueFacts(DUE, "", DUE, issued, 20), [])
    assert by_hand == ["The letter sets 15 December 2026; it was not counted."]
    stated = explain_due(DueFacts(DUE, "mid December", DUE, None, 20), [])
    assert stated == ["The letter states it in words: “mid December”. It sorts by its tracking date, 15 December 2026."]
    assert "no tracking date" in explain_due(DueFacts(None, "soon", None, None, 20), [])[0]
    assert explain_due(DueFacts(None, "", None, None, 20), []) == []
    moved = explain_due(DueFacts(date(2027, 1, 5), "", DUE, issued, 20), [Moved(TODAY, DUE, date(2027, 1, 5))])
    assert moved[1].startswith("On 24 November 2026 it was moved to 5 January 2027: 12 working days; day 1")


def test_lateness_counts_against_both_dates() -> None:
    later = date(2026, 12, 22)
    assert timeliness(DUE, later, date(2026, 12, 18), TODAY, is_waiting=False) == Timeliness(3, 0)
    assert timeliness(DUE, later, None, date(2026, 12, 24), is_waiting=True) == Timeliness(9, 2)
    assert timeliness(None, later, later, TODAY, is_waiting=False) == Timeliness(None, 0)
    assert timeliness(DUE, later, None, TODAY, is_waiting=False) == Timeliness(None, None)


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/x", "//example.org", "http://", "https://a b.org/",
     "https://user:secret@example.org/", "https://example.org/\\x", "http://[::1", "example.org", "https://a:99999/"],
)  # fmt: skip
def test_only_whole_web_addresses_are_links(link: str) -> None:
    assert why_link_refused(link) is not None
    assert why_link_refused("https://example.org/a?b=c#d") is None
