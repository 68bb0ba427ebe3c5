"""The chair goes through a response; what takes the place of a recommendation."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.recommendations.making import Ask, assignment, change, make_letter
from tracker.recommendations.rules import AnswerPosition

JUDGE = "/letters/EPC-L02/responses/CAN/judge"


@pytest.fixture
def letter(app: Any, cast: Any) -> str:
    make_letter(app, cast.epc, [cast.can, cast.dia], number=3, asks=[Ask("Do it all anew.", "Anew")])
    return make_letter(app, cast.epc, [cast.can])


def _answer(visit: Any) -> None:
    sro = visit("sro@can.test")
    sro.get("/letters/EPC-L02/response")
    values = {"Answer to (a)": "In spring.", "Answer to (b)": "We asked them."}
    sro.send("Save and go to sign-off", values)
    sro.send("Sign off and send")


def test_chair_goes_from_home_through_the_answers_one_by_one(app: Any, visit: Any, letter: str) -> None:
    _answer(visit)
    chair = visit("chair@epc.test")
    chair.get("/")
    address = next(a.get("href") for a in chair.page.tree.iter("a") if "/judge/EPC-L02(a)" in (a.get("href") or ""))
    page = chair.get(address)
    assert "Publish a timetable" in page.text and "Published: not yet" in page.text and "In spring." in page.text
    assert chair.send("Save the assessment", status=422).errors == [
        "Choose an assessment",
        "Enter the reason for this assessment",
    ]
    plan = {"Your assessment": "Good plan, not yet done", "Reason": "No page yet"}
    page = chair.send("Save the assessment", plan)
    assert chair.address == JUDGE + "/EPC-L02(b)"
    assert "Your assessment of EPC-L02(a) has been saved." in page.text and "We asked them." in page.text
    page = chair.send("Save the assessment", {"Your assessment": "Answers the point", "Reason": "Yes"})
    assert "Nothing else waits here." in page.text
    assert assignment(app, "EPC-L02(a)").judgement == "good_plan_not_yet_done"
    chair.get("/recommendations/EPC-L02(a)/CAN/close")
    values = {"Close as": "Closed: implemented", "Reason": "x"}
    assert chair.send("Close the recommendation", values, status=422).errors
    page = chair.get("/letters/EPC-L02/responses/CAN")
    chair.follow("Judge the answers")
    assert chair.address == JUDGE + "/EPC-L02(a)" and "No page yet" in chair.page.text


def test_with_htmx_only_the_answer_is_swapped(visit: Any, letter: str) -> None:
    _answer(visit)
    chair = visit("chair@epc.test")
    chair.get(JUDGE)
    htmx = {"HX-Request": "true", "HX-Target": "judge"}
    values = {"Your assessment": "Answers in part", "Reason": "Half of it"}
    page = chair.send("Save the assessment", values, headers=htmx)
    assert page.html.lstrip().startswith('<div id="judge">') and "has been saved" in page.text


def test_only_the_chairs_judge(visit: Any, letter: str) -> None:
    visit("chair@epc.test").get(JUDGE, status=404)  # nothing is signed off yet
    _answer(visit)
    visit("vice@epc.test").get(JUDGE)
    for email, status in (("secretary@epc.test", 403), ("member@epc.test", 403), ("team@can.test", 403)):
        visit(email).get(JUDGE, status=status)
        visit(email).get(JUDGE + "/EPC-L02(a)", status=status)
    visit("chair@dig.test").get(JUDGE, status=404)
    visit("chair@epc.test").get("/letters/EPC-L03/responses/CAN/judge/EPC-L02(a)", status=404)


def test_a_closed_recommendation_is_read_and_not_judged(app: Any, visit: Any, letter: str) -> None:
    _answer(visit)
    secretary, chair = visit("secretary@epc.test"), visit("chair@epc.test")
    secretary.get("/recommendations/EPC-L02(a)/CAN/close")
    secretary.send("Close the recommendation", {"Close as": "Closed: not implemented", "Reason": "x"})
    page = chair.get(JUDGE + "/EPC-L02(a)")
    assert "Closed: not implemented" in page.text and "Save the assessment" not in page.text
    chair.get(JUDGE)
    assert chair.address == JUDGE + "/EPC-L02(b)"


def test_secretary_closes_as_superseded_by_another_and_both_pages_say_so(app: Any, visit: Any, letter: str) -> None:
    secretary = visit("secretary@epc.test")
    values = {"Close as": "Closed: superseded", "Reason": "The later letter asks for more"}
    for typed, error in (
        ("", "Enter the recommendation that takes its place"),
        ("EPC-L09(a)", "There is no recommendation with this reference to the same programme"),
        ("EPC-L02(a)", "Enter another recommendation than the one that you close"),
    ):
        secretary.get("/recommendations/EPC-L02(a)/CAN/close")
        page = secretary.send("Close the recommendation", values | {"Superseded by": typed}, status=422)
        assert page.errors == [error]
    page = secretary.send("Close the recommendation", values | {"Superseded by": "epc-l03(A)"})
    assert "Superseded by EPC-L03(a)" in page.text
    assert "Takes the place ofEPC-L02(a)" in secretary.get("/recommendations/EPC-L03(a)").text
    assert "Takes the place ofEPC-L02(a)" in visit("team@can.test").get("/recommendations/EPC-L03(a)").text
    assert "EPC-L02" not in visit("team@dia.test").get("/recommendations/EPC-L03(a)").text
    secretary.get("/recommendations/EPC-L03(a)/CAN/close")
    page = secretary.send("Close the recommendation", values | {"Superseded by": "EPC-L02(a)"}, status=422)
    assert "Enter another recommendation" in page.errors[0]
    secretary.get("/recommendations/EPC-L02(a)/CAN/reopen")
    assert "Superseded by" not in secretary.send("Reopen the recommendation", {"Reason": "Not after all"}).text
    assert assignment(app, "EPC-L02(a)").superseded_by_id is None


def test_delivery_is_a_timeline_of_dated_notes(app: Any, visit: Any, letter: str) -> None:
    team = visit("team@can.test")
    for far, note in (("In progress", "Half written"), ("Delivered, not yet evidenced", "All written")):
        team.get("/recommendations/EPC-L02(a)/CAN/delivery")
        page = team.send("Report on delivery", {"How far it is": far, "What has been done": note})
    assert page.text.index("All written") < page.text.index("Half written")


def test_the_answer_of_a_home_row_is_no_longer_there_when_it_is_judged(app: Any, visit: Any, letter: str) -> None:
    change(app, "EPC-L02(b)", position=AnswerPosition.ACCEPTED, answered_on=date(2026, 12, 1))
    chair = visit("chair@epc.test")
    assert "Assess the answer" in chair.get("/").text
    chair.get(JUDGE + "/EPC-L02(b)")
    chair.send("Save the assessment", {"Your assessment": "Answers the point", "Reason": "Yes"})
    assert "Assess the answer" not in chair.get("/").text
