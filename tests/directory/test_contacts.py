"""Contacts owned by a taskforce."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from tests.factories import add
from tracker.accounts.models import Contact
from tracker.core.db import db, writing

SECRETARY = "secretary@epc.test"


def test_secretary_can_add_and_change_a_contact(cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)
    browser.get("/taskforces/EPC/contacts/new")
    assert browser.send("Add the contact", {"E-mail address": "no"}, status=422).errors[0] == "Enter the name"
    browser.send("Add the contact", {"Name": "Dr Ada Lovelace", "E-mail address": "Ada@Example.com"})
    browser.follow("Change post-nominals")
    page = browser.send("Save", {"Post-nominals": "CBE", "Salutation": "Dear Ada"})
    assert "ada@example.com" in page.text
    assert "changed the contact" in page.text


@pytest.mark.parametrize("who", ["chair@epc.test", "auditor@epc.test"])
def test_readers_see_contacts_and_change_nothing(cast: Any, visit: Any, who: str) -> None:
    browser = visit(who)
    contact = cast.contacts["member@epc.test"]
    assert "member@epc.test" in browser.get(f"/contacts/{contact}").text
    browser.get(f"/contacts/{contact}/edit", status=403)
    browser.get("/taskforces/EPC/contacts/new", status=403)


@pytest.mark.parametrize("who", ["secretary@dig.test", "team@can.test", "admin@tracker.test", "nobody@tracker.test"])
def test_strangers_cannot_see_a_taskforces_contacts(cast: Any, visit: Any, who: str) -> None:
    browser = visit(who)
    contact = cast.contacts["member@epc.test"]
    for address in (f"/contacts/{contact}", f"/contacts/{contact}/edit", "/taskforces/EPC/contacts"):
        browser.get(address, status=404)


def test_list_is_filtered_sorted_and_paged_in_the_database(app: Any, cast: Any, visit: Any) -> None:
    with app.app_context(), writing():
        for n in range(60):
            add(Contact(name=f"Person {n:02}", organisation=f"Trust {59 - n:02}", taskforce_id=cast.epc))
    browser = visit(SECRETARY)
    page = browser.get("/taskforces/EPC/contacts?q=person")
    assert "60 contacts" in page.text
    assert page.all(".//tbody/tr/td/span/a")[0] == "Person 00"
    assert browser.follow("Next page").all(".//tbody/tr/td/span/a")[-1] == "Person 59"
    page = browser.get("/taskforces/EPC/contacts?q=trust&sort=organisation")
    assert page.all(".//tbody/tr/td/span/a")[0] == "Person 59"
    assert "No contacts match" in browser.get("/taskforces/EPC/contacts?q=zzz%00").text


def test_list_takes_as_many_queries_for_many_as_for_few(app: Any, cast: Any, visit: Any) -> None:
    browser = visit(SECRETARY)

    def count() -> int:
        seen: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            if statement.startswith("SELECT"):
                seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        browser.get("/taskforces/EPC/contacts")
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    few = count()
    with app.app_context(), writing():
        for n in range(40):
            add(Contact(name=f"Person {n:02}", taskforce_id=cast.epc))
    assert count() == few
    assert few <= 6, "session, grants, taskforce, its seats, the rows and their count"
