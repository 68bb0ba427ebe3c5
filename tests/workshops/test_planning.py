"""Workshops: listed, planned, edited, written up, held."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import Cast, add
from tests.workshops.conftest import Planned, plan
from tracker.accounts.models import Grant
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.core.permissions import Role
from tracker.workshops import operations
from tracker.workshops.models import Workshop

WORDS = {"Programme": "Cancer Programme", "Title": "Cancer Strategy", "Place": "Leeds"}


def count(app: Flask) -> int:
    with app.app_context():
        return int(db.session.execute(select(func.count()).select_from(Workshop)).scalar_one())


def test_secretary_can_plan_a_workshop(app: Flask, cast: Cast, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    page = browser.get("/workshops")
    assert "No workshops to show" in page.text
    browser.follow("Plan a workshop")
    page = browser.send("Plan the workshop", WORDS | {"Date": date(2026, 3, 2)})
    assert browser.address == "/workshops/EPC-W01"
    assert "EPC-W01 has been planned." in page.text
    for words in ("Planned", "Cancer Programme", "2 March 2026", "Leeds", "Empowering People Taskforce"):
        assert words in page.text
    assert "EPC Secretariat (secretary) planned the workshop" in page.text


def test_secretary_can_plan_without_a_date(app: Flask, cast: Cast, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/workshops/new")
    page = browser.send("Plan the workshop", WORDS)
    assert "Enter the date of the workshop first." in page.text
    assert "Mark as held" not in page.all(".//button")


def test_secretary_of_two_taskforces_chooses_one(app: Flask, cast: Cast, visit: Any) -> None:
    with app.app_context(), writing():
        contact_id = cast.contacts["secretary@epc.test"]
        add(Grant(contact_id=contact_id, role=Role.SECRETARIAT, taskforce_id=cast.dig, from_on=date(2020, 1, 1)))
    browser = visit("secretary@epc.test")
    browser.get("/workshops/new")
    page = browser.send("Plan the workshop", WORDS, status=422)
    assert page.errors == ["Choose a taskforce"]
    browser.send("Plan the workshop", {"Taskforce": "Digital Inclusion Taskforce"})
    assert browser.address == "/workshops/DIG-W01"


def test_pressing_twice_plans_one_workshop(app: Flask, cast: Cast, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    first = browser.get("/workshops/new")
    browser.send("Plan the workshop", WORDS)
    browser.page, browser.address = first, "/workshops/new"
    browser.send("Plan the workshop", WORDS)
    assert browser.address == "/workshops/EPC-W01"
    assert count(app) == 1


@pytest.mark.parametrize(
    ("values", "names", "message"),
    [
        ({"Title": ""}, {}, "Enter a title"),
        ({"Title": "a\x00"}, {}, "Title has characters in it that cannot be shown. Type it again."),
        ({"Title": "a" * 100_000}, {}, "Title must be 200 characters or fewer"),
        ({"Place": "a" * 201}, {}, "Place must be 200 characters or fewer"),
        ({"Date": ("31", "2", "2026")}, {}, "Date must be a real date"),
        ({"Date": ("1", "1", "99999")}, {}, "Date must have a year of 4 numbers, like 2027"),
        ({}, {"programme_id": ""}, "Choose the programme that it looks at"),
        ({}, {"programme_id": str(2**63)}, "Choose one of the options in the list"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    app: Flask, cast: Cast, visit: Any, values: dict[str, Any], names: dict[str, str], message: str
) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/workshops/new")
    page = browser.send("Plan the workshop", WORDS | values, names=names, status=422)
    assert page.errors == [message]
    assert count(app) == 0


def test_secretary_can_edit_a_workshop(workshop: Planned, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/workshops/EPC-W01/edit")
    script = "<script>alert(1)</script>"
    page = browser.send("Save", {"Title": script, "Date": date(2026, 4, 1)})
    assert page.all(".//h1") == [f"EPC-W01 {script}"]
    assert "1 April 2026" in page.text
    assert "edited the workshop" in page.text


def test_two_secretaries_editing_at_once_see_both_texts(workshop: Planned, visit: Any) -> None:
    first, second = visit("secretary@epc.test"), visit("deputy@epc.test")
    for browser in (first, second):
        browser.get("/workshops/EPC-W01/edit")
    first.send("Save", {"Title": "The first title"})
    page = second.send("Save", {"Title": "The second title"}, status=409)
    assert page.all(".//td[@class='nhsuk-table__cell app-typed']") == ["The first title", "The second title"]
    page = second.send("Save")
    assert page.all(".//h1") == ["EPC-W01 The second title"]


def test_secretary_can_write_a_workshop_up(workshop: Planned, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/workshops/EPC-W01")
    browser.follow("Write the workshop up")
    page = browser.send("Save", {"Write-up": "We heard **much**.\n\n<script>alert(1)</script>"})
    assert page.all(".//section//strong")[0] == "much"
    assert not page.all(".//main//script")
    assert "wrote the workshop up" in page.text


def test_secretary_can_hold_a_workshop_once_its_date_has_come(workshop: Planned, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/workshops/EPC-W01")
    page = browser.send("Mark as held")
    assert "The workshop has been marked as held." in page.text
    assert "Mark as held" not in page.all(".//button")
    assert "marked the workshop as held" in page.text


def test_secretary_cannot_hold_a_workshop_to_come(app: Flask, cast: Cast, visit: Any, workshop: Planned) -> None:
    browser = visit("secretary@epc.test")
    open_page = browser.get("/workshops/EPC-W01")
    with app.app_context(), writing():
        made = db.session.get_one(Workshop, workshop.id)
        made.held_on = clock.today() + timedelta(days=1)
        add(made)
    page = browser.send("Mark as held", status=409)
    assert "The date of the workshop has not come yet." in page.text
    page = browser.get("/workshops/EPC-W01")
    assert "The date of the workshop has not come yet." in page.text
    assert "Mark as held" not in page.all(".//button")
    assert "Mark as held" in open_page.all(".//button")


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (("", "", ""), "A workshop that has been held needs its date"),
        (("1", "1", "2199"), "A workshop that has been held cannot have a date to come"),
    ],
)
def test_a_held_workshop_keeps_a_date_that_has_come(
    workshop: Planned, visit: Any, day: tuple[str, str, str], message: str
) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/workshops/EPC-W01")
    browser.send("Mark as held")
    browser.get("/workshops/EPC-W01/edit")
    assert browser.send("Save", {"Date": day}, status=422).errors == [message]


@pytest.mark.parametrize("email", ["chair@epc.test", "vice@epc.test", "member@epc.test", "auditor@epc.test"])
def test_taskforce_can_read_a_workshop_but_not_change_it(workshop: Planned, visit: Any, email: str) -> None:
    browser = visit(email)
    page = browser.get("/workshops/EPC-W01")
    assert page.all(".//main//button") == []
    for words in ("Add points heard", "Raise an action", "Draft a letter", "Change date", "Write the workshop up"):
        assert words not in page.text
    assert "Plan a workshop" not in browser.get("/workshops").text
    for address in ("edit", "write-up", "participants"):
        browser.get(f"/workshops/EPC-W01/{address}", status=403)
    assert browser.client.post("/workshops/EPC-W01/hold").status_code in {400, 403}
    browser.get("/workshops/new", status=403)


@pytest.mark.parametrize(
    "email", ["team@can.test", "sro@can.test", "secretary@dig.test", "chair@dig.test", "admin@tracker.test"]
)
def test_a_workshop_is_not_there_for_programmes_and_other_taskforces(workshop: Planned, visit: Any, email: str) -> None:
    browser = visit(email)
    for address in ("", "/edit", "/write-up", "/participants", "/points"):
        browser.get(f"/workshops/EPC-W01{address}", status=404)


@pytest.mark.parametrize("email", ["team@can.test", "sro@can.test", "admin@tracker.test", "nobody@tracker.test"])
def test_programmes_cannot_list_workshops(workshop: Planned, visit: Any, email: str) -> None:
    visit(email).get("/workshops", status=403)


@pytest.mark.parametrize("key", ["EPC-W99", "1", "EPC-L01", str(2**63)])
def test_unknown_workshop_is_not_found(workshop: Planned, visit: Any, key: str) -> None:
    visit("secretary@epc.test").get(f"/workshops/{key}", status=404)


def test_list_can_be_filtered_and_sorted(app: Flask, cast: Cast, visit: Any) -> None:
    with app.app_context(), writing():
        plan(cast.epc, cast.can, "Held early", date(2026, 1, 5))
        operations.hold_workshop(plan(cast.epc, cast.dia, "Held late", date(2026, 2, 5)), by=None)
        plan(cast.epc, cast.can, "No date", None)
        plan(cast.dig, cast.can, "Of others", date(2026, 2, 5))
    browser = visit("member@epc.test")
    rows = ".//tbody/tr/th/a"
    assert browser.get("/workshops").all(rows) == ["EPC-W03", "EPC-W02", "EPC-W01"]
    assert browser.get("/workshops?sort=date").all(rows) == ["EPC-W01", "EPC-W02", "EPC-W03"]
    assert browser.get("/workshops?sort=-reference").all(rows) == ["EPC-W03", "EPC-W02", "EPC-W01"]
    browser.get("/workshops")
    page = browser.send("Apply filters", {"Programme": "Cancer Programme"})
    assert page.all(rows) == ["EPC-W03", "EPC-W01"]
    assert "Remove filter Programme: Cancer Programme" in page.all(".//a")
    page = browser.send("Apply filters", {"Programme": "All", "State": "Held"})
    assert page.all(rows) == ["EPC-W02"]
    page = browser.send("Apply filters", {"Programme": "Cancer Programme"})
    assert "Remove a filter to see more." in page.text
    assert browser.get(f"/workshops?taskforce={cast.dig}").all(rows) == ["EPC-W03", "EPC-W02", "EPC-W01"]
    assert browser.get(f"/workshops?programme={2**63}&state=x&sort=x&after=x").status == 200


def test_list_has_pages_and_a_fixed_number_of_queries(app: Flask, cast: Cast, visit: Any, queries_of: Any) -> None:
    browser = visit("member@epc.test")
    with app.app_context(), writing():
        for number in range(20):
            plan(cast.epc, cast.can, f"Workshop {number}")
    few = queries_of(lambda: browser.get("/workshops"))
    with app.app_context(), writing():
        for number in range(180):
            plan(cast.epc, cast.can, f"Workshop {number}")
    assert queries_of(lambda: browser.get("/workshops")) == few
    page, seen = browser.page, list(browser.page.all(".//tbody/tr/th/a"))
    assert "200 workshops" in page.text
    while "Next page" in page.all(".//a"):
        page = browser.follow("Next page")
        seen += page.all(".//tbody/tr/th/a")
    assert len(seen) == len(set(seen)) == 200
    assert browser.follow("Previous page").all(".//tbody/tr/th/a") == seen[100:150]
