"""Where a date stands among what is due."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.home.rules import Section, due_words, section_of

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("due_on", "section", "words"),
    [
        (date(2026, 11, 22), Section.OVERDUE, "1 day overdue"),
        (date(2026, 11, 20), Section.OVERDUE, "3 days overdue"),
        (TODAY, Section.SOON, "Due today"),
        (date(2026, 11, 24), Section.SOON, "Due in 1 day"),
        (date(2026, 11, 30), Section.SOON, "Due in 7 days"),
        (date(2026, 12, 1), Section.LATER, "Due in 8 days"),
        (None, Section.UNDATED, ""),
    ],
)
def test_what_is_due_is_sorted_by_its_date_in_words(due_on: date | None, section: Section, words: str) -> None:
    assert (section_of(due_on, TODAY), due_words(due_on, TODAY)) == (section, words)
