"""Who took part in a workshop, and the balance of the room."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import Cast
from tests.workshops.conftest import Planned
from tracker.core.db import db, writing
from tracker.workshops import operations
from tracker.workshops.models import Participant, Workshop
from tracker.workshops.rules import Capacity

ADDRESS = "/workshops/EPC-W01/participants"


def count(app: Flask) -> int:
    with app.app_context():
        return int(db.session.execute(select(func.count()).select_from(Participant)).scalar_one())


def test_secretary_can_enter_contacts_and_names_and_sees_the_balance(cast: Cast, workshop: Planned, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/workshops/EPC-W01")
    browser.follow("Add or remove participants")
    chair = {"contact": str(cast.contacts["chair@epc.test"])}
    browser.send("Add the participant", {"Capacity": "Taskforce"}, names=chair)
    for name in ("A patient from Leeds", "Another patient"):
        person = {"Name": name, "Organisation": "None", "Capacity": "Patient"}
        page = browser.send("Add the participant", person)
    assert "Balance of the room: patient 2, taskforce 1." in page.text
    page = browser.get("/workshops/EPC-W01")
    assert "EPC Chair (chair) (taskforce)" in page.text
    assert "A patient from Leeds, None (patient)" in page.text
    assert page.text.count("added a participant") == 3


def test_secretary_can_remove_a_participant(app: Flask, workshop: Planned, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    browser.get(ADDRESS)
    browser.send("Add the participant", {"Name": "Jo", "Capacity": "Carer"})
    browser.follow("Remove Jo")
    page = browser.send("Remove")
    assert "The participant has been removed." in page.text
    assert "Nobody has been entered yet." in page.text
    assert count(app) == 0


@pytest.mark.parametrize(
    ("values", "names", "message"),
    [
        ({}, {}, "Choose a contact or enter a name"),
        ({"Name": "Jo", "Capacity": "Choose a capacity"}, {}, "Choose a capacity"),
        ({"Name": "Jo"}, {"capacity": "king"}, "Choose one of the options in the list"),
        ({"Name": "a\x00b"}, {}, "Name has characters in it that cannot be shown. Type it again."),
        ({"Name": "a" * 100_000}, {}, "Name must be 200 characters or fewer"),
        ({}, {"contact": "999999999"}, "Choose one of the contacts in the list"),
        ({}, {"contact": str(2**63)}, "Choose one of the contacts in the list"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    app: Flask, workshop: Planned, visit: Any, values: dict[str, str], names: dict[str, str], message: str
) -> None:
    browser = visit("secretary@epc.test")
    browser.get(ADDRESS)
    page = browser.send("Add the participant", {"Capacity": "Carer"} | values, names=names, status=422)
    assert page.errors == [message]
    assert count(app) == 0


def test_the_same_contact_is_entered_once(app: Flask, cast: Cast, workshop: Planned, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    chair = {"contact": str(cast.contacts["chair@epc.test"])}
    for status in (200, 422):
        browser.get(ADDRESS)
        page = browser.send("Add the participant", {"Capacity": "Presenter"}, names=chair, status=status)
    assert page.errors == ["This contact is in the list already"]
    assert count(app) == 1


def test_participants_are_reached_through_their_own_workshop_only(app: Flask, workshop: Planned, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    browser.get(ADDRESS)
    page = browser.send("Add the participant", {"Name": "Jo", "Capacity": "Carer"})
    address = page.link("Remove Jo")
    browser.get(address.replace("EPC-W01", "EPC-W02"), status=404)
    visit("secretary@dig.test").get(address, status=404)
    visit("member@epc.test").get(address, status=403)


def test_a_page_of_many_participants_takes_a_fixed_number_of_queries(
    app: Flask, workshop: Planned, visit: Any, queries_of: Any
) -> None:
    def enter(number: int) -> None:
        with app.app_context(), writing():
            made = db.session.get_one(Workshop, workshop.id)
            for place in range(number):
                operations.add_participant(
                    made, contact_id=None, name=f"P{place}", organisation="", capacity=Capacity.CARER, by=None
                )

    browser = visit("secretary@epc.test")
    enter(20)
    few = queries_of(lambda: browser.get(ADDRESS)), queries_of(lambda: browser.get("/workshops/EPC-W01"))
    enter(180)
    many = queries_of(lambda: browser.get(ADDRESS)), queries_of(lambda: browser.get("/workshops/EPC-W01"))
    assert many == few
