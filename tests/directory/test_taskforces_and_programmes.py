"""Taskforces with their seats, programmes with their dated owners, and boards with their meetings."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.factories import LONG_AGO
from tracker.core.db import db
from tracker.directory import queries

ADMIN, SECRETARY = "admin@tracker.test", "secretary@epc.test"


def new_taskforce(browser: Any, code: str, status: int = 200) -> Any:
    browser.get("/taskforces/new")
    return browser.send("Make the taskforce", {"Code": code, "Name": "Cancer Taskforce"}, status=status)


def test_administrator_can_make_a_taskforce(cast: Any, visit: Any) -> None:
    browser = visit(ADMIN)
    page = new_taskforce(browser, "CT18")
    assert browser.address == "/taskforces/CT18"
    assert "Administrator made the taskforce" in page.text
    assert "Working days to answer20" in page.text


@pytest.mark.parametrize("code", ["E", "epc", "1EP", "EPCEPCEPC", "EP-C", "ÉPC", "EP C", "EPC\x00"])
def test_code_is_2_to_8_capitals_and_digits(cast: Any, visit: Any, code: str) -> None:
    page = new_taskforce(visit(ADMIN), code, status=422)
    assert page.errors
    assert page.errors[0].startswith("Code ")


def test_code_that_is_taken_is_refused_at_the_field(cast: Any, visit: Any) -> None:
    page = new_taskforce(visit(ADMIN), "EPC", status=422)
    assert page.errors == ["There is already a taskforce with this code"]


def test_secretary_can_change_their_own_taskforce_only(cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)
    browser.get("/taskforces/EPC/edit")
    values = {"Remit": "Look at **one** programme.", "Working days to answer a letter": "15"}
    page = browser.send("Save", values | {"Board that it reports to": "Test board"})
    assert "Look at one programme." in page.text
    assert "Working days to answer15" in page.text
    browser.get("/taskforces/DIG", status=404)
    browser.get("/taskforces/DIG/edit", status=404)
    browser.get("/taskforces/new", status=403)


@pytest.mark.parametrize("days", ["0", "251", "-1", "x", "20.5", "9" * 20])
def test_working_days_out_of_range_are_refused(cast: Any, visit: Any, days: str) -> None:
    browser = visit(SECRETARY)
    browser.get("/taskforces/EPC/edit")
    page = browser.send("Save", {"Working days to answer a letter": days}, status=422)
    assert page.errors == ["Working days to answer a letter must be a whole number from 1 to 250"]


def test_two_at_once_see_both_texts(cast: Any, visit: Any) -> None:
    first, second = visit(SECRETARY), visit("deputy@epc.test")
    first.get("/taskforces/EPC/edit")
    second.get("/taskforces/EPC/edit")
    first.send("Save", {"Period": "2017 to 2019"})
    page = second.send("Save", {"Period": "2018 to 2020"}, status=409)
    assert "2017 to 2019" in page.text
    assert "2018 to 2020" in second.send("Save").text


@pytest.mark.parametrize("who", ["chair@epc.test", "member@epc.test", "auditor@epc.test"])
def test_readers_see_the_taskforce_and_change_nothing(cast: Any, visit: Any, who: str) -> None:
    browser = visit(who)
    page = browser.get("/taskforces/EPC")
    assert not [words for words in page.all(".//a") if words.startswith(("Change", "End", "Add"))]
    for address in ("edit", "members/new"):
        browser.get(f"/taskforces/EPC/{address}", status=403)


def test_secretary_can_keep_a_vacant_seat_that_says_for_whom(cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)
    browser.get("/taskforces/EPC/members/new")
    page = browser.send("Add the seat", {"Position": "Member"}, status=422)
    assert page.errors == ["Say for whom the vacant seat is kept"]
    page = browser.send("Add the seat", {"Position": "Member", "Whom they represent": "Carers"})
    assert "Vacant" in page.text
    assert "EPC Secretariat (secretary) added a seat" in page.text


def test_secretary_can_find_a_member_without_javascript(cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)
    browser.get("/taskforces/EPC/members/new")
    browser.send("Find: Who holds the seat", {"Find by name: Who holds the seat": "vice", "Position": "Vice chair"})
    page = browser.send("Add the seat", {"Who holds the seat": "EPC Vice chair (vice)"})
    assert "EPC Vice chair (vice)" in page.text


def test_secretary_can_add_a_contact_while_adding_a_seat(cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)
    browser.get("/taskforces/EPC/members/new")
    found = {"Find by name: Who holds the seat": "Ada Lovelace", "Position": "Attendee", "From": date(2026, 2, 1)}
    page = browser.send("Find: Who holds the seat", found)
    assert "No other contact has “Ada Lovelace” in the name." in page.text
    page = browser.send(
        "Add the seat", {"Who holds the seat": "Add “Ada Lovelace” as a new contact", "Job title": "Engineer"}
    )
    page = browser.follow("Ada Lovelace")
    assert "Engineer" in page.text
    assert "EPC Secretariat (secretary) added the contact" in page.text
    assert "Empowering People Taskforce: attendee" in page.text


def test_refused_seat_leaves_no_contact_behind(app: Any, cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)
    browser.get("/taskforces/EPC/members/new")
    browser.send("Find: Who holds the seat", {"Find by name: Who holds the seat": "Ada", "Position": "Member"})
    dates = {"From": date(2026, 2, 2), "Until": date(2026, 2, 1)}
    page = browser.send("Add the seat", dates | {"Who holds the seat": "Add “Ada” as a new contact"}, status=422)
    assert page.errors == ["Until must be the same as or after From"]
    with app.app_context():
        assert queries.find_contacts(cast.epc, "ada") == []


def test_another_taskforces_contact_cannot_be_given_a_seat(cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)
    browser.get("/taskforces/EPC/members/new")
    page = browser.send(
        "Add the seat", {"Position": "Member"}, names={"who": str(cast.contacts["member@dig.test"])}, status=422
    )
    assert page.errors == ["Choose one of the contacts in the list"]


def test_secretary_can_change_and_end_a_seat(app: Any, cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)
    browser.get("/taskforces/EPC")
    browser.follow("Change the seat of EPC Chair (chair)")
    browser.send("Save", {"Whom they represent": "NHS England", "From": date(2026, 2, 1)})
    browser.follow("End the seat of EPC Chair (chair)")
    assert browser.send("End the seat", {"Last day": date(2026, 1, 1)}, status=422).errors
    page = browser.send("End the seat", {"Last day": date(2026, 3, 1)})
    assert "Former members" in page.text
    assert "No seats yet." in page.text
    visit("secretary@dig.test").get("/taskforces/DIG/members/1/edit", status=404)


def test_seat_of_another_taskforce_is_not_found(cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)
    for address in (
        "/taskforces/EPC/members/2/edit",
        "/taskforces/DIG/members/2/end",
        "/taskforces/EPC/members/999999999/end",
    ):
        browser.get(address, status=404)


@pytest.mark.parametrize("code", ["%00", "epc", "E" * 300, "%ED%A0%80"])
def test_addresses_that_are_no_code_are_not_found(cast: Any, visit: Any, code: str) -> None:
    browser = visit(SECRETARY)
    for address in (f"/taskforces/{code}", f"/programmes/{code}", f"/taskforces/{code}/members/1/edit"):
        browser.get(address, status=404)


def test_secretary_can_make_and_change_a_programme(cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)
    browser.get("/programmes/new")
    page = browser.send("Make the programme", {"Code": "CAN", "Name": "Mental Health"}, status=422)
    assert page.errors == ["There is already a programme with this code"]
    browser.send("Make the programme", {"Code": "MEN", "Name": "Mental Health"})
    assert browser.address == "/programmes/MEN"
    browser.get("/programmes/MEN/edit")
    assert "Mental Health Programme" in browser.send("Save", {"Name": "Mental Health Programme"}).text


def test_new_owner_ends_the_former_the_day_before(app: Any, cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)
    browser.get("/programmes/CAN/appoint")
    browser.send("Find: Senior responsible owner", {"Find by name: Senior responsible owner": "vice"})
    values = {"Senior responsible owner": "EPC Vice chair (vice)", "From": date(2026, 9, 1)}
    page = browser.send("Save the appointment", values)
    assert "31\u00a0Aug\u00a02026" in page.html
    with app.app_context():
        names = {day: queries.current_sro(cast.can, day) for day in (LONG_AGO, date(2026, 8, 31), date(2026, 9, 1))}
        assert [c.name for c in names.values() if c] == [
            "CAN Senior responsible owner",
            "CAN Senior responsible owner",
            "EPC Vice chair (vice)",
        ]
        assert queries.current_sro(cast.can, date(2019, 12, 31)) is None


def test_owner_cannot_be_appointed_before_the_present_one_began(cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)
    browser.get("/programmes/CAN/appoint")
    who = {"who": str(cast.contacts["vice@epc.test"])}
    page = browser.send("Save the appointment", {"From": LONG_AGO}, names=who, status=422)
    assert page.errors == ["Somebody is appointed from that day or later already"]


def test_programme_team_sees_its_own_programme_and_changes_nothing(cast: Any, visit: Any) -> None:
    browser = visit("team@can.test")
    assert "CAN Senior responsible owner" in browser.get("/programmes/CAN").text
    browser.get("/programmes/DIA", status=404)
    browser.get("/programmes/CAN/edit", status=403)
    browser.get("/taskforces/EPC", status=404)
    page = browser.get("/directory")
    assert "Diabetes" not in page.text
    assert "Boards" not in page.text


def test_administrator_keeps_boards_and_their_meetings(cast: Any, visit: Any) -> None:
    browser = visit(ADMIN)
    browser.get("/boards/new")
    values = {"Name": "Test board", "Organisation": "NHS England"}
    page = browser.send("Make the board", values, status=422)
    assert page.errors == ["There is already a board with this name"]
    browser.send("Make the board", {"Name": "Audit board"})
    browser.follow("Add a meeting")
    browser.send("Add the meeting", {"Date of the meeting": date(2027, 4, 1)})
    browser.follow("Add a meeting")
    page = browser.send("Add the meeting", {"Date of the meeting": date(2027, 4, 1)}, status=422)
    assert page.errors == ["The board has a meeting on this date already"]
    browser.get(f"/boards/{cast.board}/edit")
    assert "Main board" in browser.send("Save", {"Name": "Main board"}).text


def test_secretary_reads_boards_only(cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)
    assert "8 February 2027" in browser.get(f"/boards/{cast.board}").text
    for address in (f"/boards/{cast.board}/edit", f"/boards/{cast.board}/meetings/new", "/boards/new"):
        browser.get(address, status=403)
    visit("team@can.test").get(f"/boards/{cast.board}", status=404)


def test_directory_shows_what_each_may_see(cast: Any, visit: Any) -> None:
    page = visit(SECRETARY).get("/directory")
    assert "Empowering People Taskforce (EPC)" in page.text
    assert "Digital Inclusion" not in page.text
    assert "next meeting 8 February 2027" in page.text
    assert "Digital Inclusion" in visit(ADMIN).get("/directory").text
    assert "No taskforces that you can see" in visit("nobody@tracker.test").get("/directory").text


def test_every_change_stands_in_the_log(app: Any, cast: Any, visit: Any) -> None:
    from tracker.core import audit

    new_taskforce(visit(ADMIN), "CT18")
    with app.app_context():
        assert audit.verify() == []
        assert [m.board.name for m in queries.list_board_meetings()] == ["Test board"]
        assert queries.get_taskforce("CT18") is not None
        db.session.rollback()
