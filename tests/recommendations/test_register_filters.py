"""The register by every axis, its columns, and its rows as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.factories import add
from tests.recommendations.making import ASKS, assignment, change, make_letter
from tracker.actions.models import Action
from tracker.core import clock
from tracker.core.db import writing
from tracker.letters.rules import AskKind
from tracker.recommendations.models import AssignmentAction
from tracker.recommendations.register_columns import SHEET_COLUMNS
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus, Delivery, Judgement
from tracker.spreadsheets import read_sheet
from tracker.workshops.rules import FocusArea

REGISTER = "/recommendations"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(datetime(2026, 12, 27, 12, tzinfo=UTC)):
        yield


def references(page: Any) -> list[str]:
    return page.all(".//tbody/tr/th/span/a")


@pytest.fixture
def letters(app: Any, cast: Any) -> None:
    """EPC-L02(a) and (b) to CAN, twelve days late; (a) with everything that can be said of a recommendation."""
    marks = {
        "theme": "Carers’ voice",
        "focus_area": FocusArea.PATIENTS,
        "principles": "equality_and_inequalities\ncarers",
    }
    first = replace(ASKS[0], kind=AskKind.REQUEST, marks=marks)
    make_letter(app, cast.epc, [cast.can], [first, ASKS[1]])
    change(app, "EPC-L02(a)", lead="Head of Digital", times_extended=2, delivery=Delivery.IN_PROGRESS)
    change(app, "EPC-L02(b)", position=AnswerPosition.ACCEPTED, judgement=Judgement.IN_PART)
    with app.app_context(), writing():
        owner = {"owner_id": cast.contacts["team@can.test"], "raised_on": date(2026, 12, 1)}
        action = add(Action(taskforce_id=cast.epc, reference="EPC-A900", title="Do it", **owner))
        add(AssignmentAction(assignment_id=assignment(app, "EPC-L02(a)").id, action_id=action.id))


# query → the parts that it leaves; one letter serves them all.
FOUND = (
    ("theme=carers", "a"),
    ("theme=%25", ""),
    ("kind=request_for_information", "a"),
    ("kind=suggestion", ""),
    ("focus=patients&principle=carers", "a"),
    ("principle=volunteering_and_social_action", ""),
    ("lead=DIGITAL", "a"),
    ("owner=can programme", "a"),
    ("owner=nobody", ""),
    ("extended=1", "a"),
    ("extended=no", "b"),
    ("delivery=in_progress", "a"),
    ("judgement=answers_in_part", "b"),
    ("late=12", "a"),
    ("late=13", ""),
    ("late=10&theme=carers&lead=head&owner=team&extended=2&kind=request_for_information&programme=CAN", "a"),
    ("late=-1&extended=9&kind=x&focus=x&principle=x&delivery=x", "ab"),
)


def test_secretary_filters_by_every_axis_and_the_count_agrees(visit: Any, letters: None) -> None:
    secretary = visit("secretary@epc.test")
    for query, found in FOUND:
        page = secretary.get(f"{REGISTER}?{query}")
        assert references(page) == [f"EPC-L02({part})" for part in found], query
        heading = page.all(".//h2[@id='results-heading']")[0]
        assert heading.startswith(str(len(found)) if found else "No "), query


def test_more_filters_stand_open_only_where_one_is_used(visit: Any, letters: None) -> None:
    secretary = visit("secretary@epc.test")
    more = ".//details[@class='nhsuk-details app-filter__more']"
    assert secretary.get(f"{REGISTER}?due=overdue").tree.find(more).get("open") is None
    page = secretary.get(f"{REGISTER}?lead=digital")
    assert page.tree.find(more).get("open") is not None
    assert len(references(secretary.follow("Remove filter Lead: digital"))) == 2


def test_secretary_chooses_columns_that_stay_while_she_filters_and_sorts(visit: Any, letters: None) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get(REGISTER)
    page = secretary.send("Show these columns", {"Columns to show": ["Lead", "Assessment", "Owners of actions"]})
    assert page.all(".//thead//th") == ["Reference", "Recommendation", "Lead", "Assessment", "Owners of actions"]
    assert "Head of Digital" in page.text and "CAN Programme team" in page.text and "Answers in part" in page.text
    page = secretary.send("Apply filters", {"Reference or words": "EPC-L02"})
    assert "Assessment" in page.all(".//thead//th")
    page = visit("team@can.test").get(f"{REGISTER}?columns=judgement,lead")
    assert "Head of Digital" in page.text and "Answers in part" not in page.text and "Assessment" not in page.text


def read(answer: Any) -> list[dict[str, Any]]:
    sheet = read_sheet(answer.get_data(), "Recommendations", SHEET_COLUMNS, ("reference", "programme_code"))
    assert not sheet.problems
    return [dict(row.cells) for row in sheet.rows]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_export_holds_just_the_rows_that_are_filtered_and_the_columns_that_are_chosen(
    visit: Any, letters: None, kind: str
) -> None:
    secretary = visit("secretary@epc.test")
    answer = secretary.client.get(f"{REGISTER}/export?lead=digital&columns=lead&format={kind}")
    assert f".{kind}" in answer.headers["Content-Disposition"]
    (row,) = read(answer)
    expected = {"reference": "EPC-L02(a)", "programme_code": "CAN", "title": "Timetable for replacement"}
    assert row == expected | {"lead": "Head of Digital", "reason": ""}
    every = read(secretary.client.get(f"{REGISTER}/export?format={kind}&all=1"))
    assert [r["judgement"] for r in every] == ["Not assessed", "Answers in part"]
    assert every[0]["due_on"] == date(2026, 12, 15) and every[0]["days_late"] == 12 and every[0]["times_extended"] == 2
    theirs = read(visit("team@can.test").client.get(f"{REGISTER}/export?format={kind}&all=1"))
    assert len(theirs) == 2 and "judgement" not in theirs[0]
    assert AssignmentStatus.OPEN.label == theirs[0]["status"]
