"""Several recommendations at once: chosen on a page or in a spreadsheet, shown before and after, made all or none."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.recommendations.making import Ask, assignment, change, make_letter
from tracker.core import clock, events
from tracker.core.db import db
from tracker.recommendations.models import Assignment
from tracker.recommendations.register_columns import SHEET_COLUMNS
from tracker.recommendations.rules import AssignmentStatus
from tracker.spreadsheets import Table, read_sheet, write_csv, write_xlsx

REGISTER = "/recommendations"
CHANGE = f"{REGISTER}/change"
IMPORT = f"{REGISTER}/import"
CLOSE = "Close as no longer applicable"
MOVE = "Move the date of the answer"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(datetime(2026, 12, 27, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def letters(app: Any, cast: Any) -> None:
    """EPC-L02(a), with items, and (b) to CAN; DIG-L01(a) to DIA."""
    make_letter(app, cast.epc, [cast.can])
    make_letter(app, cast.dig, [cast.dia], [Ask("Digital words")], number=1)


def told(app: Any, reference: str) -> list[Any]:
    row = assignment(app, reference)
    with app.app_context():
        return events.list_timeline([("assignment", row.id)])


def test_secretary_closes_all_that_match_after_seeing_each_before_and_after(
    app: Any, visit: Any, letters: None
) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get(f"{REGISTER}?due=overdue")
    secretary.follow("Change several")
    page = secretary.send(
        "Show the changes", {"What to change": CLOSE, "Reason": "Overtaken.", "Which recommendations": "All 2"}
    )
    assert "2 recommendations would change" in page.text and "Status: Open" in page.text
    assert assignment(app, "EPC-L02(a)").status is AssignmentStatus.OPEN
    page = secretary.send("Change all of these")
    assert "2 recommendations changed" in page.tree.text_content()
    for part in "ab":
        row = assignment(app, f"EPC-L02({part})")
        assert row.status is AssignmentStatus.NO_LONGER_APPLIES and row.closed_reason == "Overtaken."
        assert told(app, f"EPC-L02({part})")[0].what == "closed the recommendation"


def test_secretary_moves_dates_and_the_first_date_who_and_why_are_kept(app: Any, visit: Any, letters: None) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get(CHANGE)
    values = {"What to change": MOVE, "Reason": "Purdah.", "Which recommendations": "Those ticked below"}
    page = secretary.send("Show the changes", values, status=422)
    assert page.errors == ["Enter the new date", "Tick at least one recommendation"]
    (name,) = [t for t in page.all(".//label") if t.startswith("EPC-L02(b)")]
    secretary.send("Show the changes", {"New date": date(2027, 2, 1), "Recommendations": [name]})
    secretary.send("Change all of these")
    row, other = assignment(app, "EPC-L02(b)"), assignment(app, "EPC-L02(a)")
    assert (row.due_on, row.original_due_on, row.times_extended) == (date(2027, 2, 1), date(2026, 12, 15), 1)
    assert other.due_on == date(2026, 12, 15)
    happened = told(app, "EPC-L02(b)")[0]
    assert happened.who == "EPC Secretariat (secretary)" and happened.details["reason"] == "Purdah."
    assert "moved the date of the answer" in visit("team@can.test").get(f"{REGISTER}/EPC-L02(b)").text


def test_what_cannot_be_closed_is_named_with_why_before_anything_changes(app: Any, visit: Any, letters: None) -> None:
    chair = visit("chair@epc.test")
    chair.get(CHANGE)
    values = {"What to change": "Close as implemented", "Reason": "Done.", "Which recommendations": "All 2"}
    page = chair.send("Show the changes", values)
    assert "EPC-L02(a): “Published” is neither met nor waived." in page.text
    assert "Change all of these" not in page.html
    change(app, "EPC-L02(a)", times_extended=2)
    for browser, refused in ((visit("secretary@epc.test"), True), (chair, False)):
        browser.get(CHANGE)
        page = browser.send("Show the changes", values | {"What to change": MOVE, "New date": date(2027, 2, 1)})
        assert ("moved twice already, so the chair moves it now." in page.text) is refused
    assert assignment(app, "EPC-L02(b)").status is AssignmentStatus.OPEN


def test_a_row_saved_meanwhile_is_refused_with_both_shown_and_nothing_changes(
    app: Any, visit: Any, letters: None
) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get(CHANGE)
    values = {"What to change": CLOSE, "Reason": "Overtaken.", "Which recommendations": "All 2"}
    secretary.send("Show the changes", values)
    change(app, "EPC-L02(a)", lead="Somebody")
    page = secretary.send("Change all of these", status=422)
    assert "Saved by somebody meanwhile" in page.text and "Somebody saved some of these rows" in page.text
    assert assignment(app, "EPC-L02(b)").status is AssignmentStatus.OPEN
    secretary.send("Change all of these")
    assert assignment(app, "EPC-L02(b)").status is AssignmentStatus.NO_LONGER_APPLIES


def test_nobody_changes_another_taskforces_rows_or_with_changes_of_their_own_making(
    app: Any, visit: Any, letters: None
) -> None:
    secretary = visit("secretary@epc.test")
    assert "DIG-L01" not in secretary.get(CHANGE).text
    foreign = assignment(app, "DIG-L01(a)")
    values = {"What to change": CLOSE, "Reason": "Overtaken.", "Which recommendations": "All 2"}
    for text in (
        f'[[{foreign.id}, {foreign.version}, "closed_no_longer_applicable", "Mine."]]',
        '[[1, 1, "closed_superseded", "x"]]',
        '[[1, 1, "open", ""]]',
        "[[1, 1]]",
        "[]",
        "{}",
        "[" * 5000,
        '[[1, 1, "open", "\\u0000"]]',
        '[[1, 1, "open", "\\ud800"]]',
        f'[[{2**40}, 1, "open", "x"]]',
    ):
        secretary.get(CHANGE)
        secretary.send("Show the changes", values)
        secretary.send("Change all of these", names={"changes": text}, status=422)
    assert assignment(app, "DIG-L01(a)").status is AssignmentStatus.OPEN
    visit("team@can.test").get(CHANGE, status=403)
    visit("member@epc.test").get(IMPORT, status=403)


def exported(browser: Any, kind: str = "csv", query: str = "all=1") -> list[dict[str, Any]]:
    answer = browser.client.get(f"{REGISTER}/export?format={kind}&{query}")
    sheet = read_sheet(answer.get_data(), "Recommendations", SHEET_COLUMNS, ())
    return [dict(row.cells) for row in sheet.rows]


def upload(browser: Any, rows: list[dict[str, Any]], kind: str = "csv", status: int = 200) -> Any:
    file = io.BytesIO()
    columns = [c for c in SHEET_COLUMNS if c.key in rows[0]]
    (write_csv if kind == "csv" else write_xlsx)(file, Table("Recommendations", columns, rows))
    browser.get(IMPORT)
    return browser.send("Upload and compare", {"Spreadsheet": (file.getvalue(), f"x.{kind}")}, status=status)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_secretary_takes_a_changed_sheet_back_after_seeing_what_differs(
    app: Any, visit: Any, letters: None, kind: str
) -> None:
    secretary = visit("secretary@epc.test")
    rows = exported(secretary, kind)
    assert "Nothing differs: the 2 rows" in upload(secretary, rows, kind).text
    rows[0] |= {"due_on": date(2027, 3, 1), "reason": "Asked by phone."}
    rows[1] |= {"status": "closed: No longer applicable", "reason": "=Merged."}
    page = upload(secretary, rows, kind)
    assert "Answer due: 15 December 2026" in page.text and "1 March 2027" in page.text
    secretary.send("Change all of these")
    assert assignment(app, "EPC-L02(a)").due_on == date(2027, 3, 1)
    assert assignment(app, "EPC-L02(b)").closed_reason == "=Merged."


def test_errors_of_a_sheet_are_said_by_row_and_column_and_nothing_changes(app: Any, visit: Any, letters: None) -> None:
    secretary = visit("secretary@epc.test")
    first, second = exported(secretary)
    rows = [
        first | {"position": "Accepted", "due_on": date(2027, 3, 1)},
        second | {"status": "Transferred", "reason": "x"},
        second | {"reference": "DIG-L01(a)", "programme_code": "DIA"},
        second,
        second | {"reference": "EPC-L99(a)"},
        second | {"reference": "\ud83d nonsense" * 20},
    ]
    page = upload(secretary, rows, status=422)
    said = [" ".join(cell) for cell in zip(*[iter(page.all(".//tbody/tr/td/span[2]"))] * 3, strict=True)]
    choices = (
        "Closed: implemented, Closed: alternative accepted, Closed: not implemented, Closed: no longer applicable, Open"
    )
    assert said[:6] == [
        "2 Position This cannot be changed here. It says “Awaiting answer” now.",
        "2 Reason for the change Say why this row changes.",
        f"3 Status This must be one of: {choices}.",
        "4 Whole row There is no DIG-L01(a) DIA here.",
        "5 Whole row The same as row 3: each may be there once.",
        "6 Whole row There is no EPC-L99(a) CAN here.",
    ]
    page = upload(secretary, [first | {"due_on": date(2026, 12, 1), "reason": "x"}], status=422)
    assert "The new date cannot be in the past." in page.text
    page = upload(secretary, [first | {"due_on": None, "reason": "x"}], status=422)
    assert "A date can be moved, not taken out." in page.text
    secretary.get(IMPORT)
    page = secretary.send("Upload and compare", {"Spreadsheet": (b"%PDF-1.7", "x.xlsx")}, status=422)
    assert page.errors == ["This is a PDF, not a spreadsheet."]
    with app.app_context():
        assert {a.due_on for a in db.session.scalars(select(Assignment))} == {date(2026, 12, 15)}
