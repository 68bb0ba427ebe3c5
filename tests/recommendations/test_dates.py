"""The report against the original and the current date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import person_of
from tests.recommendations.making import Ask, change, make_letter, make_many
from tests.recommendations.test_register import counting
from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import db
from tracker.recommendations.dates_report import DateFilters, Summary, get_summary
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus

REPORT = "/recommendations/dates"
TODAY = date(2026, 12, 27)
ASKS = [Ask(f"Ask {n}") for n in range(7)]


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.frozen(datetime(2026, 12, 27, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def letters(app: Any, cast: Any) -> None:
    """EPC-L02, due on 15 December: one of every fate. EPC-L03 to another programme. DIG-L01 of another taskforce."""
    make_letter(app, cast.epc, [cast.can], ASKS)
    accepted, extended = AnswerPosition.ACCEPTED, {"due_on": date(2026, 12, 22), "times_extended": 1}
    change(app, "EPC-L02(a)", position=accepted, answered_on=date(2026, 12, 15))
    change(app, "EPC-L02(b)", position=accepted, answered_on=date(2026, 12, 18), **extended)
    change(app, "EPC-L02(c)", position=accepted, answered_on=date(2026, 12, 24), **extended)
    change(app, "EPC-L02(d)", due_on=date(2027, 1, 12), times_extended=2)
    change(app, "EPC-L02(f)", position=accepted)
    closed = {"status": AssignmentStatus.NO_LONGER_APPLIES, "closed_on": TODAY, "closed_reason": "x"}
    change(app, "EPC-L02(g)", **closed)
    make_letter(app, cast.epc, [cast.dia], [Ask("Of another")], number=3, due_on=None, due_stated="early February")
    make_letter(app, cast.dig, [cast.dia], [Ask("Of another taskforce")], number=1)


def test_members_read_days_late_against_both_dates(visit: Any, letters: None) -> None:
    page = visit("member@epc.test").get(REPORT)
    rows = {e.find(".//th//a").text: [_said(td) for td in e.iter("td")] for e in page.tree.iterfind(".//tbody/tr")}
    assert [row[-3:] for row in (rows[f"EPC-L02({part})"] for part in "abcdefg")] == [
        ["15 Dec 2026", "0", "0"],
        ["18 Dec 2026", "3", "0"],
        ["24 Dec 2026", "9", "2"],
        ["Not yet", "12", "0"],
        ["Not yet", "12", "12"],
        ["Answered, on a day not known", "–", "–"],
        ["Closed without an answer", "–", "–"],
    ]
    assert "extended 2 times" in rows["EPC-L02(d)"][2] and "early February" in rows["EPC-L03(a)"][2]
    assert "1 answered by the original date" in page.text
    assert "Of another taskforce" not in page.text


def _said(cell: Any) -> str:
    return " ".join(cell.findall("./span")[-1].text_content().split())


def _summary(app: Any, email: str, **arguments: str) -> Summary:
    from tracker.recommendations.register_filters import get_options

    with app.app_context():
        person = person_of(db.session.scalars(select(User).where(User.email == email)).one())
        return get_summary(person, TODAY, DateFilters.read(arguments, get_options(person)))


def test_the_counts_are_of_what_the_filters_leave(app: Any, letters: None) -> None:
    all_of_it = Summary(by_original=1, by_current=1, late=1, waiting=3, overdue=1, undated=1, unanswered=1)
    assert _summary(app, "secretary@epc.test") == all_of_it
    assert _summary(app, "secretary@epc.test", programme="DIA") == Summary(0, 0, 0, 1, 0, 0, 0)
    assert _summary(app, "secretary@epc.test", letter="epc-l02").waiting == 2
    assert _summary(app, "secretary@epc.test", since="2026-12-16") == Summary(0, 0, 0, 0, 0, 0, 0)
    assert _summary(app, "secretary@epc.test", until="2026-12-15").waiting == 2
    assert _summary(app, "secretary@dig.test").waiting == 1
    for nonsense in ("2026-13-01", "x", "20261201", "-"):
        assert _summary(app, "secretary@epc.test", since=nonsense, taskforce=nonsense) == all_of_it


def test_programmes_have_no_such_report(visit: Any, letters: None) -> None:
    for email in ("team@can.test", "sro@can.test", "admin@tracker.test", "nobody@tracker.test"):
        visit(email).get(REPORT, status=403)


def test_it_is_paged_with_a_fixed_number_of_queries(app: Any, visit: Any, letters: None) -> None:
    secretary, numbers = visit("secretary@epc.test"), []
    for number in (0, 60):
        if number:
            make_many(app, "EPC-L02(e)", number)
        for sort in ("current", "original", "-extended", "reference"):
            with counting() as statements:
                secretary.get(f"{REPORT}?sort={sort}")
            numbers.append(len(statements))
    assert len(set(numbers)) == 1, numbers
    assert len(secretary.follow("Next page").all(".//tbody/tr")) == 68 - 50
    assert "No recommendations to show" in secretary.get(REPORT + "?letter=EPC-L99").text
