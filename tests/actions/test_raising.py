"""Raising an action: by itself or from what it arose from."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import Cast, add
from tracker.accounts.models import Grant
from tracker.actions import operations
from tracker.actions.models import Action, Origin
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail
from tracker.core.permissions import Role
from tracker.directory.models import Taskforce

FIND = {"Find by name: Owner": "EPC Member"}


def make_origin(app: Flask, taskforce_id: int) -> int:
    with app.app_context(), writing():
        return int(add(Origin(taskforce_id=taskforce_id)).id)


def count(app: Flask, model: Any) -> int:
    with app.app_context():
        return int(db.session.execute(select(func.count()).select_from(model)).scalar_one())


def test_secretary_can_raise_an_action_and_give_it_to_a_member_who_is_told(app: Flask, cast: Cast, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/actions")
    browser.follow("Raise an action")
    browser.send("Find: Owner", FIND)
    due = {"Due date": date(2027, 3, 27), "Due as stated": "end of March 2027"}
    words = {"Action": "Send the notes", "Details": "The *full* notes"}
    page = browser.send("Raise the action", words | due, names={"owner": str(cast.contacts["member@epc.test"])})
    assert browser.address == "/actions/EPC-A001"
    assert "EPC-A001 has been raised." in page.text
    assert "end of March 2027 (tracked as 27 March 2027)" in page.text
    assert page.all(".//h1") == ["EPC-A001 Send the notes"]
    assert page.all(".//dd//em") == ["full"]
    with app.app_context():
        mail = db.session.scalars(select(OutboxMail)).one()
        assert (mail.recipient, mail.subject) == ("member@epc.test", "Action for you: EPC-A001 Send the notes")
        assert "Due: end of March 2027" in mail.body


def test_secretary_who_takes_an_action_on_gets_no_mail(app: Flask, cast: Cast, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/actions/new")
    browser.send("Raise the action", {"Action": "Do it"}, names={"owner": str(cast.contacts["secretary@epc.test"])})
    assert browser.address == "/actions/EPC-A001"
    assert count(app, OutboxMail) == 0


def test_secretary_can_raise_an_action_for_somebody_new(app: Flask, cast: Cast, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/actions/new")
    page = browser.send("Raise the action", {"Action": "Call"}, names={"owner": "new", "owner-new_name": "Jo Cottam"})
    assert "Jo Cottam" in page.text
    assert count(app, OutboxMail) == 0


def test_secretary_comes_back_to_where_the_action_arose(app: Flask, cast: Cast, visit: Any) -> None:
    origin_id = make_origin(app, cast.epc)
    browser = visit("secretary@epc.test")
    browser.get(f"/actions/new?origin={origin_id}&next=/actions?state=all")
    page = browser.send("Raise the action", {"Action": "Arrange a virtual meeting"})
    assert browser.address == "/actions?state=all"
    assert "Arrange a virtual meeting" in page.text
    with app.app_context():
        assert db.session.execute(select(Action.origin_id)).scalar_one() == origin_id


def test_secretary_is_never_led_to_another_site(app: Flask, cast: Cast, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/actions/new?next=https://elsewhere.test/")
    browser.send("Raise the action", {"Action": "Stay"})
    assert browser.address == "/actions/EPC-A001"


@pytest.mark.parametrize("origin", ["0", "999", str(2**63), "-1", "1'", "x"])
def test_unknown_origin_is_not_found(cast: Cast, visit: Any, origin: str) -> None:
    visit("secretary@epc.test").get(f"/actions/new?origin={origin}", status=404)


def test_origin_of_another_taskforce_is_not_found(app: Flask, cast: Cast, visit: Any) -> None:
    visit("secretary@dig.test").get(f"/actions/new?origin={make_origin(app, cast.epc)}", status=404)


def test_secretary_of_one_taskforce_cannot_raise_from_another_that_they_only_read(
    app: Flask, cast: Cast, visit: Any
) -> None:
    origin_id = make_origin(app, cast.dig)
    with app.app_context(), writing():
        give_also(cast, "secretary@epc.test", Role.MEMBER, cast.dig)
    visit("secretary@epc.test").get(f"/actions/new?origin={origin_id}", status=403)


def give_also(cast: Cast, email: str, role: Role, taskforce_id: int) -> None:
    """One more role for somebody of the cast."""
    grant = Grant(contact_id=cast.contacts[email], role=role, taskforce_id=taskforce_id, from_on=date(2020, 1, 1))
    add(grant)


@pytest.mark.parametrize(
    "email", ["chair@epc.test", "member@epc.test", "auditor@epc.test", "team@can.test", "admin@tracker.test"]
)
def test_only_secretariats_can_raise_actions(cast: Cast, visit: Any, email: str) -> None:
    browser = visit(email)
    assert "Raise an action" not in browser.get("/actions").text
    browser.get("/actions/new", status=403)


def test_secretary_of_two_taskforces_is_asked_which(app: Flask, cast: Cast, visit: Any) -> None:
    with app.app_context(), writing():
        give_also(cast, "secretary@epc.test", Role.SECRETARIAT, cast.dig)
    browser = visit("secretary@epc.test")
    browser.get("/actions/new")
    page = browser.send("Continue", names={"taskforce": str(2**63)})
    assert page.errors == ["Choose one of the options in the list"]
    browser.get("/actions/new?next=/actions")
    browser.send("Continue", {"Taskforce": "Digital Inclusion Taskforce"})
    page = browser.send("Raise the action", {"Action": "Write to the board"})
    assert browser.address == "/actions"
    assert "DIG-A001" in page.text


def test_pressing_twice_raises_one_action(app: Flask, cast: Cast, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    first = browser.get("/actions/new")
    browser.send("Raise the action", {"Action": "Once"})
    browser.page, browser.address = first, "/actions/new"
    browser.send("Raise the action", {"Action": "Once"})
    assert browser.address == "/actions/EPC-A001"
    assert count(app, Action) == 1


@pytest.mark.parametrize(
    ("label", "value", "message"),
    [
        ("Action", "", "Enter what is to be done"),
        ("Action", "   ", "Enter what is to be done"),
        ("Action", "a\x00b", "Action has characters in it that cannot be shown. Type it again."),
        ("Action", "a" * 100_000, "Action must be 200 characters or fewer"),
        ("Details", "a" * 100_000, "Details must be 20,000 characters or fewer"),
        ("Due date", ("31", "2", "2027"), "Due date must be a real date"),
        ("Due date", ("1", "", "2027"), "Due date must include a month"),
        ("Due as stated", "a\u202eb", "Due as stated has characters in it that cannot be shown. Type it again."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    app: Flask, cast: Cast, visit: Any, label: str, value: Any, message: str
) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/actions/new")
    page = browser.send("Raise the action", {"Action": "Do it", label: value}, status=422)
    assert page.errors == [message]
    assert page.tree.findtext(".//title").startswith("Error: ")
    assert count(app, Action) == 0


@pytest.mark.parametrize("owner", [str(2**63), "999999999", "x"])
def test_owner_who_was_not_offered_is_refused(app: Flask, cast: Cast, visit: Any, owner: str) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/actions/new")
    page = browser.send("Raise the action", {"Action": "Do it"}, names={"owner": owner}, status=422)
    assert page.errors == ["Choose one of the contacts in the list"]
    assert count(app, Action) == 0


def test_markup_in_an_action_is_shown_as_text(app: Flask, cast: Cast, visit: Any) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/actions/new")
    script = "<script>alert(1)</script>"
    page = browser.send("Raise the action", {"Action": script, "Details": script, "Due as stated": script})
    assert page.text.count(script) >= 3
    assert not page.all(".//main//script")


def test_references_go_on_in_each_taskforce_by_itself(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        raised = [
            operations.raise_action(
                db.session.get_one(Taskforce, taskforce_id),
                title="Do it",
                owner_id=None,
                due_on=None,
                origin_id=None,
                by=None,
            ).reference
            for taskforce_id in (cast.epc, cast.dig, cast.epc)
        ]
    assert raised == ["EPC-A001", "DIG-A001", "EPC-A002"]
