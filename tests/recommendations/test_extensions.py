"""More time to answer: asked for, decided, taken back; what the pages and the mails say of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.recommendations.making import add_link, assignment, change, make_letter
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail
from tracker.correspondence.models import CorrespondenceEntry
from tracker.recommendations.extension_models import ExtensionRequest
from tracker.recommendations.rules import AnswerPosition

PAGE = "/recommendations/EPC-L02(a)"
ASK = "/letters/EPC-L02/responses/CAN/extensions/new"
FIRST = "/letters/EPC-L02/responses/CAN/extensions/1"
UNTIL = date(2027, 1, 12)
GRANT, CHANGE, REFUSE = "Give the time that is asked for", "Give time until another date", "Refuse it"


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.frozen(datetime(2026, 11, 24, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def letter(app: Any, cast: Any) -> str:
    return make_letter(app, cast.epc, [cast.can, cast.dia])


def _ask(visitor: Any, until: date = UNTIL, address: str = ASK, **more: Any) -> Any:
    visitor.get(address)
    return visitor.send("Ask for more time", {"New date": until, "Reason": "Two of us are ill"} | more)


def _decide(visitor: Any, decision: str, status: int = 200, address: str = FIRST, **more: Any) -> Any:
    visitor.get(address + "/decide")
    return visitor.send("Save the decision", {"Your decision": decision} | more, status=status)


def _mails(app: Any) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.execute(select(OutboxMail.recipient, OutboxMail.subject).order_by(OutboxMail.id))
        return [(row.recipient, row.subject) for row in rows]


def test_team_asks_for_all_and_the_secretariat_gives_it(app: Any, visit: Any, letter: str) -> None:
    team, secretary = visit("team@can.test"), visit("secretary@epc.test")
    page = _ask(team)
    assert "Not decided yet" in page.text and "From the date until now, 15 December 2026: 17 working days" in page.text
    subject = "Cancer Programme asks for more time to answer EPC-L02"
    assert _mails(app) == [("deputy@epc.test", subject), ("secretary@epc.test", subject)]
    assert "Decide on more time, until 12 January 2027" in secretary.get("/").text
    assert assignment(app, "EPC-L02(a)").due_on == date(2026, 12, 15)
    page = _decide(secretary, GRANT)
    assert "Granted: 12 January 2027, by EPC Secretariat (secretary)" in page.text
    assert "Decide on more time" not in secretary.get("/").text
    for reference in ("EPC-L02(a)", "EPC-L02(b)"):
        row = assignment(app, reference)
        assert (row.due_on, row.original_due_on, row.times_extended) == (UNTIL, date(2026, 12, 15), 1)
    told = "More time to answer EPC-L02: granted"
    assert _mails(app)[2:] == [("sro@can.test", told), ("team@can.test", told)]
    page = team.get(PAGE)
    assert "Extended once; first asked for by 15 December 2026" in page.text
    assert "On 24 November 2026 it was moved to 12 January 2027: 17 working days" in page.text
    assert "Two of us are ill" in page.text and "gave more time" in page.text
    assert "12 January 2027" in team.get("/letters/EPC-L02/responses/CAN").text
    assert "12 Jan 2027" in team.get("/").text.replace("\N{NO-BREAK SPACE}", " ")
    with app.app_context():
        entries = db.session.scalars(select(CorrespondenceEntry).order_by(CorrespondenceEntry.id)).all()
        assert [e.subject for e in entries] == [subject, told]
    assert subject in team.get("/letters/EPC-L02/correspondence").text
    other = visit("team@dia.test")
    assert subject not in other.get("/letters/EPC-L02/correspondence").text
    assert "15 December 2026" in other.get(PAGE).text and "12 January 2027" not in other.page.text


def test_secretariat_changes_the_date_or_refuses_with_a_reason(app: Any, visit: Any, letter: str) -> None:
    team, secretary = visit("team@can.test"), visit("secretary@epc.test")
    _ask(team, **{"More time for": "EPC-L02(a) Timetable for replacement"})
    assert _decide(secretary, CHANGE, 422).errors == ["Enter the other date"]
    earlier = {"Another date": date(2026, 12, 1), "Reason": "x"}
    assert "must be after 15 December" in _decide(secretary, CHANGE, 422, **earlier).errors[0]
    other = {"Another date": date(2026, 12, 22)}
    assert _decide(secretary, CHANGE, 422, **other).errors == ["Enter why it is another date than the one asked for"]
    assert "Granted until another date" in _decide(secretary, CHANGE, **other, Reason="A week is enough").text
    assert assignment(app, "EPC-L02(a)").due_on == date(2026, 12, 22)
    assert assignment(app, "EPC-L02(b)").times_extended is None
    _ask(team, **{"More time for": "EPC-L02(b) Say how carers were heard."})
    second = FIRST.replace("/1", "/2")
    assert _decide(secretary, REFUSE, 422, second).errors == ["Enter why it is refused"]
    page = _decide(secretary, REFUSE, 200, second, Reason="The board meets then")
    assert "Refused, by EPC Secretariat" in page.text
    assert assignment(app, "EPC-L02(b)").due_on == date(2026, 12, 15)
    assert "The board meets then" in team.get("/recommendations/EPC-L02(b)").text


def test_after_the_second_extension_the_chair_decides(app: Any, visit: Any, letter: str) -> None:
    change(app, "EPC-L02(a)", times_extended=2)
    team, secretary, chair = visit("team@can.test"), visit("secretary@epc.test"), visit("chair@epc.test")
    page = _ask(team)
    assert "so the chair decides" in page.text
    assert {email for email, _ in _mails(app)} == {"chair@epc.test", "vice@epc.test"}
    assert "Decide on more time" not in secretary.get("/").text
    assert "This is not yours to decide now" in secretary.get(FIRST + "/decide").text
    assert "Decide on more time" in chair.get("/").text
    _decide(chair, GRANT)
    assert assignment(app, "EPC-L02(a)").times_extended == 3
    assert "Extended 3 times" in team.get(PAGE).text


def test_a_page_opened_before_the_second_extension_decides_nothing(app: Any, visit: Any, letter: str) -> None:
    secretary = visit("secretary@epc.test")
    _ask(visit("team@can.test"))
    secretary.get(FIRST + "/decide")
    change(app, "EPC-L02(a)", times_extended=2)
    page = secretary.send("Save the decision", {"Your decision": GRANT}, status=422)
    assert page.errors == ["It was extended twice already, so the chair decides."]


def test_dates_that_go_back_are_refused_and_days_off_asked_about(app: Any, visit: Any, letter: str) -> None:
    team = visit("team@can.test")
    team.get(ASK)
    asked = {"Reason": "x"}
    for until, error in (
        (date(2026, 11, 23), "The new date cannot be in the past"),
        (date(2026, 12, 15), "The new date must be after 15 December 2026, when it is due now"),
        (date(2026, 12, 25), "25 December 2026 is not a working day (Christmas Day): choose another, or keep it"),
    ):
        page = team.send("Ask for more time", asked | {"New date": until}, status=422)
        assert page.errors == [error]
    page = team.send("Show the working of this date")
    assert "25 December 2026 is not a working day (Christmas Day)." in page.text and not page.errors
    page = team.send("Ask for more time", {"Keep this date, although it is not a working day": True})
    assert "Until 25 December 2026" in page.text
    team.get(ASK)
    assert "Nothing of this letter is open, unanswered and not asked for already" in team.page.text


def test_team_asks_for_more_time_where_it_writes_and_reads_there_what_came_of_it(visit: Any, letter: str) -> None:
    team, writing_page = visit("team@can.test"), "/letters/EPC-L02/responses/CAN/edit"
    assert team.get(writing_page).link("Ask for more time") == ASK
    _ask(team)
    page = team.get(writing_page)
    assert "More time is asked for: until 12 January 2027" in page.text and "Ask for more time" not in page.text


def test_team_takes_a_request_back(app: Any, visit: Any, letter: str) -> None:
    team = visit("team@can.test")
    _ask(team)
    team.follow("Withdraw the request")
    page = team.send("Withdraw the request", {"Reason": "We made it"})
    assert "Withdrawn, by CAN Programme team" in page.text
    assert "no longer asks for more time" in _mails(app)[-1][1]
    assert visit("secretary@epc.test").get(FIRST + "/decide").text.startswith("Success")
    team.get(FIRST + "/withdraw")
    team.send("Withdraw the request", {"Reason": "x"}, status=409)
    team.get(PAGE)
    assert team.page.link("Ask for more time").endswith("?of=EPC-L02(a)")


def test_secretary_enters_one_for_a_programme_that_phoned(app: Any, visit: Any, letter: str) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get(PAGE)
    page = _ask(secretary, address=ASK + "?of=EPC-L02(a)", **{"Who asked for it, and how": "Ann Lee by phone"})
    assert "Said by Ann Lee by phone, entered by the secretariat: Two of us are ill" in page.text
    assert "EPC-L02(b)" not in page.text
    with app.app_context():
        assert db.session.scalars(select(CorrespondenceEntry)).one().kind == "call"
    assert "Ann Lee" in visit("team@can.test").get(FIRST).text


def test_what_was_answered_meanwhile_is_not_moved(app: Any, visit: Any, letter: str) -> None:
    secretary = visit("secretary@epc.test")
    _ask(visit("team@can.test"))
    change(app, "EPC-L02(a)", position=AnswerPosition.ACCEPTED)
    _decide(secretary, GRANT)
    assert assignment(app, "EPC-L02(a)").due_on == date(2026, 12, 15)
    assert assignment(app, "EPC-L02(b)").due_on == UNTIL
    page = visit("team@can.test").get(PAGE)
    assert "it was moved to" not in page.text


def test_a_date_in_words_gives_way_to_the_new_one_and_stays_in_the_history(app: Any, visit: Any, cast: Any) -> None:
    make_letter(app, cast.epc, [cast.can], number=4, due_on=date(2026, 12, 15), due_stated="mid December")
    team, page = visit("team@can.test"), "/recommendations/EPC-L04(a)"
    assert "It sorts by its tracking date, 15 December 2026." in team.get(page).text
    _ask(team, address="/letters/EPC-L04/responses/CAN/extensions/new")
    _decide(visit("secretary@epc.test"), GRANT, address="/letters/EPC-L04/responses/CAN/extensions/1")
    assert assignment(app, "EPC-L04(a)").due_stated == ""
    assert "instead of mid December (tracked as 15 December 2026)" in team.get(page).text


def test_who_may_not_ask_decide_or_withdraw(visit: Any, letter: str) -> None:
    _ask(visit("team@can.test"))
    for email, ask, decide, withdraw in (
        ("team@can.test", 200, 403, 200),
        ("chair@epc.test", 403, 200, 403),
        ("member@epc.test", 403, 403, 403),
        ("auditor@epc.test", 403, 403, 403),
        ("team@dia.test", 404, 404, 404),
        ("secretary@dig.test", 404, 404, 404),
    ):
        visit(email).get(ASK, status=ask)
        visit(email).get(FIRST + "/decide", status=decide)
        visit(email).get(FIRST + "/withdraw", status=withdraw)
    visit("team@can.test").get("/letters/EPC-L02/responses/DIA/extensions/1", status=404)


def test_the_database_keeps_what_was_asked_and_the_first_date(app: Any, visit: Any, letter: str) -> None:
    _ask(visit("team@can.test"))
    for statement in (
        "UPDATE extension_request SET until_on = '2027-06-01'",
        "UPDATE extension_request SET state = 'granted'",
        "UPDATE extension_item SET from_on = '2026-01-01'",
        "DELETE FROM extension_item",
        "UPDATE assignment SET original_due_on = '2027-06-01'",
    ):
        with pytest.raises(Exception, match="stays|never|decided_at|granted_has"), app.app_context(), writing():
            db.session.execute(text(statement))
    with app.app_context():
        assert db.session.scalars(select(ExtensionRequest)).one().until_on == UNTIL


def test_the_page_asks_the_same_number_of_queries_however_much_there_is(app: Any, visit: Any, letter: str) -> None:
    from tests.recommendations.test_register import counting

    team, numbers = visit("team@can.test"), []
    for title in ("One", "Two", "Three"):
        add_link(team, PAGE + "/CAN", title, date(2026, 11, 20))
        _ask(team, **{"More time for": "EPC-L02(a) Timetable for replacement"})
        count = len(numbers) + 1
        _decide(visit("secretary@epc.test"), REFUSE, 200, FIRST.replace("/1", f"/{count}"), Reason="No")
        with counting() as statements:
            team.get(PAGE)
        numbers.append(len(statements))
    assert len(set(numbers)) == 1, numbers
