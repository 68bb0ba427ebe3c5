"""One recommendation: its page, assessments, delivery, what is shown, closing and reopening."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text

from tests.recommendations.making import Ask, add_link, assignment, change, make_letter
from tracker.actions.models import Action
from tracker.actions.rules import ActionState
from tracker.core.db import db, writing
from tracker.recommendations.models import Assessment, DeliveryReport
from tracker.recommendations.rules import AssignmentStatus

PAGE = "/recommendations/EPC-L02(a)"
OF_CAN = PAGE + "/CAN"


@pytest.fixture
def letter(app: Any, cast: Any, once: Any) -> str:
    reference: str = once("a letter", lambda: make_letter(app, cast.epc, [cast.can, cast.dia]))
    return reference


def test_taskforce_people_read_the_whole_record(visit: Any, letter: str) -> None:
    for email in ("secretary@epc.test", "chair@epc.test", "member@epc.test", "auditor@epc.test"):
        page = visit(email).get(PAGE)
        assert "What the board reads of it" in page.text and "may be disclosed under FOI" in page.text
        assert "Cancer Programme" in page.text and "Diabetes Programme" in page.text
        assert "Published: not yet" in page.text


def test_a_programme_reads_its_own_part_and_nothing_internal(visit: Any, letter: str) -> None:
    chair = visit("chair@epc.test")
    chair.get(OF_CAN + "/assess")
    chair.send("Save the assessment", {"Your assessment": "Does not answer", "Reason": "Thin and late"})
    page = visit("team@can.test").get(PAGE)
    assert "Diabetes Programme" not in page.text and "What the board reads of it" not in page.text
    assert "Does not answer" not in page.text and "Thin and late" not in page.text and "assess" not in page.text
    assert "Publish a timetable for replacing the old system." in page.text


def test_others_find_nothing(visit: Any, letter: str) -> None:
    for email in ("secretary@dig.test", "admin@tracker.test", "nobody@tracker.test"):
        visit(email).get(PAGE, status=404)
        visit(email).get(OF_CAN + "/close", status=404)
    visit("team@can.test").get(PAGE + "/DIA/delivery", status=404)
    for address in ("/recommendations/EPC-L99(a)", "/recommendations/1", PAGE + "/XX/close", PAGE + "/C%00/close"):
        visit("secretary@epc.test").get(address, status=404)


@pytest.mark.parametrize(
    ("email", "forbidden"),
    [
        ("secretary@epc.test", ["assess", "delivery"]),
        ("chair@epc.test", ["delivery", "actions/new"]),
        ("member@epc.test", ["assess", "delivery", "criteria", "close", "reopen", "actions/new"]),
        ("auditor@epc.test", ["assess", "delivery", "criteria", "close", "reopen", "actions/new"]),
        ("team@can.test", ["assess", "criteria", "close", "reopen", "actions/new"]),
        ("sro@can.test", ["assess", "criteria", "close", "reopen", "actions/new"]),
    ],
)
def test_each_does_only_what_their_role_allows(visit: Any, letter: str, email: str, forbidden: list[str]) -> None:
    visitor = visit(email)
    for part in ("assess", "delivery", "criteria", "close", "reopen", "actions/new"):
        visitor.get(f"{OF_CAN}/{part}", status=403 if part in forbidden else 200)
    hrefs = visitor.get(PAGE).html
    for part in forbidden:
        assert f"/CAN/{part}" not in hrefs


def test_chair_assesses_twice_and_both_stay(app: Any, visit: Any, letter: str) -> None:
    chair = visit("chair@epc.test")
    chair.get(OF_CAN + "/assess")
    page = chair.send("Save the assessment", status=422)
    assert page.errors == ["Choose an assessment", "Enter the reason for this assessment"]
    chair.send("Save the assessment", {"Your assessment": "Answers in part", "Reason": "No date yet"})
    chair.get(OF_CAN + "/assess")
    assert "No date yet" in chair.page.text
    page = chair.send("Save the assessment", {"Your assessment": "Answers the point", "Reason": "Now it has"})
    assert "No date yet" in page.text and "Now it has" in page.text
    assert assignment(app, "EPC-L02(a)").judgement == "answers_the_point"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Assessment)) == 2


def test_timeline_tells_the_taskforce_the_judgement(visit: Any, letter: str) -> None:
    chair = visit("chair@epc.test")
    chair.get(OF_CAN + "/assess")
    page = chair.send("Save the assessment", {"Your assessment": "Does not answer", "Reason": "Thin and late"})
    assert "Does not answer. Thin and late" in page.text


def test_team_reports_on_delivery(app: Any, visit: Any, letter: str) -> None:
    team = visit("team@can.test")
    team.get(OF_CAN + "/delivery")
    assert team.send("Report on delivery", status=422).errors == ["Enter what has been done"]
    page = team.send("Report on delivery", {"How far it is": "In progress", "What has been done": "Half written"})
    assert "Half written" in page.text
    assert "Half written" in visit("member@epc.test").get(PAGE).text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(DeliveryReport)) == 1


def test_secretary_closes_as_implemented_only_when_all_is_shown(app: Any, visit: Any, letter: str) -> None:
    secretary = visit("secretary@epc.test")
    page = secretary.get(OF_CAN + "/close")
    assert "What still stands in the way" in page.text
    values = {"Close as": "Closed: implemented", "Reason": "It is on the website"}
    page = secretary.send("Close the recommendation", values, status=422)
    assert page.errors == ["“Published” is neither met nor waived."]
    secretary.follow("“Agreed” is neither met nor waived.")
    add_link(secretary, OF_CAN, "The website", date(2026, 11, 20))
    secretary.get(OF_CAN + "/criteria")
    page = secretary.send("Save", {"Item 1": "Met", "Item 2": "Waived"}, status=422)
    assert page.errors == ["Choose the evidence that shows it", "Enter why it is waived"]
    chosen = {
        "Evidence for item 1, where it is met": "The website, 20 November 2026",
        "Why item 2 is waived, where it is": "No longer wanted",
    }
    page = secretary.send("Save", {"Item 1": "Met", "Item 2": "Waived", **chosen})
    assert "Published: met" in page.text and "Agreed: waived" in page.text
    secretary.get(OF_CAN + "/close")
    page = secretary.send("Close the recommendation", values)
    assert "EPC-L02(a) is closed: implemented" in page.text and "It is on the website" in page.text
    assert "It is on the website" in visit("team@can.test").get(PAGE).text
    assert "closed already" in secretary.get(OF_CAN + "/close").text


def test_an_unfinished_action_holds_it_open(app: Any, visit: Any, letter: str, cast: Any) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get("/recommendations/EPC-L02(b)/CAN/actions/new")
    page = secretary.send("Add an action", status=422)
    assert page.errors == ["Enter what is to be done", "Choose who does it"]
    secretary.send(
        "Add an action", {"What is to be done": "Ask carers"}, names={"owner": str(cast.contacts["member@epc.test"])}
    )
    assert "EPC-A001 Ask carers" in secretary.page.text
    chair = visit("chair@epc.test")
    chair.get("/recommendations/EPC-L02(b)/CAN/close")
    values = {"Close as": "Closed: implemented", "Reason": "Heard"}
    page = chair.send("Close the recommendation", values, status=422)
    assert page.errors == ["Action EPC-A001 serves it and is not finished."]
    with app.app_context(), writing():
        from tests.factories import add

        action = db.session.scalars(select(Action)).one()
        action.state = ActionState.CANCELLED
        add(action)
    assert "closed: implemented" in chair.send("Close the recommendation", values).text


def test_without_how_we_will_know_only_the_chair_closes_as_implemented(visit: Any, letter: str) -> None:
    address = "/recommendations/EPC-L02(b)/CAN/close"
    values = {"Close as": "Closed: implemented", "Reason": "Heard"}
    secretary = visit("secretary@epc.test")
    secretary.get(address)
    assert "only the chair" in secretary.send("Close the recommendation", values, status=422).errors[0]
    chair = visit("vice@epc.test")
    chair.get(address)
    chair.send("Close the recommendation", values)


def test_secretary_closes_otherwise_with_a_reason_and_reopens_with_one(app: Any, visit: Any, letter: str) -> None:
    secretary, chair = visit("secretary@epc.test"), visit("chair@epc.test")
    chair.get(OF_CAN + "/close")
    secretary.get(OF_CAN + "/close")
    page = secretary.send("Close the recommendation", status=422)
    assert page.errors == ["Choose how it is closed", "Enter the reason for closing it"]
    words = "Closed: no longer applicable"
    secretary.send("Close the recommendation", {"Close as": words, "Reason": "The programme ended"})
    assert assignment(app, "EPC-L02(a)").status == "closed_no_longer_applicable"
    chair.send("Close the recommendation", {"Close as": words, "Reason": "Again"}, status=409)
    secretary.get(OF_CAN + "/reopen")
    assert secretary.send("Reopen the recommendation", status=422).errors == ["Enter a reason"]
    page = secretary.send("Reopen the recommendation", {"Reason": "They sent it back"})
    assert "They sent it back" in page.text
    assert assignment(app, "EPC-L02(a)").status == "open"
    secretary.get(OF_CAN + "/reopen")
    secretary.send("Reopen the recommendation", {"Reason": "Again"}, status=409)


def test_nothing_is_done_to_a_closed_recommendation(app: Any, visit: Any, letter: str) -> None:
    chair, team = visit("chair@epc.test"), visit("team@can.test")
    chair.get(OF_CAN + "/assess")
    team.get(OF_CAN + "/delivery")
    closing = visit("secretary@epc.test")
    closing.get(OF_CAN + "/close")
    closing.send("Close the recommendation", {"Close as": "Closed: not implemented", "Reason": "Not now"})
    values = {"Your assessment": "Answers in part", "Reason": "x"}
    chair.send("Save the assessment", values, status=409)
    chair.send("Save the assessment", values, status=409)
    team.send("Report on delivery", {"What has been done": "x"}, status=409)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Assessment)) == 0


def test_somebody_who_decides_on_an_old_page_is_told(visit: Any, letter: str) -> None:
    first, second = visit("secretary@epc.test"), visit("deputy@epc.test")
    first.get(OF_CAN + "/criteria")
    second.get(OF_CAN + "/criteria")
    why = "Why item 1 is waived, where it is"
    first.send("Save", {"Item 1": "Waived", why: "Seen by phone"})
    page = second.send("Save", {"Item 1": "Waived", why: "Not needed"}, status=409)
    assert "Seen by phone" in page.text and "Not needed" in page.text


def test_the_database_refuses_implemented_where_something_is_unmet(app: Any, letter: str) -> None:
    with pytest.raises(Exception, match="not implemented yet"), app.app_context(), writing():
        db.session.execute(
            text("UPDATE assignment SET status = 'closed_implemented', closed_on = '2026-12-01', closed_reason = 'x'")
        )


def test_hostile_words_are_shown_as_words(app: Any, visit: Any, cast: Any) -> None:
    words = "<script>alert(1)</script> [x](javascript:alert(1))"
    make_letter(app, cast.epc, [cast.can], [Ask(words, "<b>bold</b>", "<i>shown</i>")])
    change(
        app, "EPC-L02(a)", status=AssignmentStatus.SUPERSEDED, closed_on=func.current_date(), closed_reason="<u>u</u>"
    )
    for address in (PAGE, "/recommendations?status=all", "/letters/EPC-L02/response"):
        html = visit("team@can.test").get(address).html
        for tag in ("<script>alert", "<b>bold", "<i>shown", "<u>u", 'href="javascript'):
            assert tag not in html
