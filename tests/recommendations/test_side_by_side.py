"""A joint letter: several programmes, each with its own answers and dates, side by side for the taskforce only."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.recommendations.making import Ask, make_letter
from tests.recommendations.test_register import counting

ANSWERS = "/letters/EPC-L02/answers"


@pytest.fixture
def joint(app: Any, cast: Any) -> str:
    return make_letter(app, cast.epc, [cast.can, cast.dia])


def answer(visit: Any, code: str, text: str) -> None:
    sro = visit(f"sro@{code.lower()}.test")
    sro.get(f"/letters/EPC-L02/responses/{code}/edit")
    values = {"Answer to (a)": text, "Position on (a)": "Accepted"}
    sro.send("Save and go to sign-off", values | {"Planned completion of (a) (optional)": date(2027, 3, 3)})
    sro.send("Sign off and send")


def test_taskforce_reads_the_answers_of_several_programmes_side_by_side(visit: Any, joint: str) -> None:
    answer(visit, "CAN", "Cancer will.")
    chair = visit("chair@epc.test")
    page = chair.get(ANSWERS)
    assert page.all(".//thead//th") == ["Recommendation", "Cancer Programme", "Diabetes Programme"]
    assert "Cancer Programme: 1 of 2 answered Partial" in page.text and "Diabetes Programme: 0 of 2" in page.text
    cells = page.all(".//tbody/tr[1]/td")
    assert "Accepted" in cells[0] and "Cancer will." in cells[0] and "3 March 2027" in cells[0]
    assert "Unanswered" in cells[1] and "15 December 2026" in cells[1]
    answer(visit, "DIA", "Diabetes will.")
    assert "Diabetes will." in chair.get(ANSWERS).all(".//tbody/tr[1]/td")[1]
    page = chair.get("/letters/EPC-L02/responses/DIA")
    assert "1 of 2 answered" in page.text


def test_programme_reads_its_own_answers_there_and_no_others(visit: Any, joint: str) -> None:
    answer(visit, "CAN", "Cancer will.")
    answer(visit, "DIA", "Diabetes will.")
    page = visit("team@can.test").get(ANSWERS)
    assert "Cancer will." in page.text and "Diabetes" not in page.text
    visit("secretary@dig.test").get(ANSWERS, status=404)
    visit("nobody@tracker.test").get(ANSWERS, status=404)


def test_page_takes_as_many_queries_however_many_programmes(app: Any, visit: Any, cast: Any, joint: str) -> None:
    chair, counts = visit("chair@epc.test"), []
    for code in ("CAN", "DIA"):
        answer(visit, code, "We will.")
    make_letter(app, cast.epc, [cast.can], [Ask("One thing.")], number=3)
    for reference in ("EPC-L03", "EPC-L02"):
        with counting() as statements:
            chair.get(f"/letters/{reference}/answers")
        counts.append(len(statements))
    assert counts[0] == counts[1]
