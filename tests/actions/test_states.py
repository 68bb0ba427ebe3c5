"""The life of an action: its owner reports, somebody else closes (product.md, States)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tests.factories import Cast, add
from tracker.actions.models import Action, ActionUpdate
from tracker.actions.rules import ActionState
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail

Saved = Callable[[], Any]
DONE = "Done: ready for somebody else to review and close"


def report(browser: Any, state: str, text: str = "The notes went out", status: int = 200) -> Any:
    browser.get("/actions/EPC-A001/report")
    return browser.send("Save", {"State of the action": state, "Update": text}, status=status)


def decide(browser: Any, word: str, button: str, words: dict[str, str] | None = None, status: int = 200) -> Any:
    browser.get(f"/actions/EPC-A001/{word}")
    return browser.send(button, words or {}, status=status)


def test_owner_outside_the_taskforce_can_open_and_report_on_their_own_action(
    action: str, visit: Any, saved: Saved
) -> None:
    owner = visit("team@can.test")
    assert owner.get("/actions").all(".//tbody/tr/th/a") == ["EPC-A001"]
    owner.follow("EPC-A001")
    owner.follow("Report on this action")
    page = owner.send("Save", {"State of the action": "In progress", "Update": "Half of *them* are out"})
    assert "In progress" in page.all(".//strong")
    assert page.all(".//li//em") == ["them"]
    assert "CAN Programme team reported the action in progress" in page.text
    assert "Edit" not in page.all(".//a") and "Cancel this action" not in page.all(".//a")
    assert saved().state is ActionState.IN_PROGRESS


def test_owner_can_say_something_without_moving_the_action(action: str, visit: Any, saved: Saved) -> None:
    page = report(visit("team@can.test"), "No change: open", "Waiting for the printer")
    assert "Waiting for the printer" in page.text
    assert "added an update" in page.text
    assert saved().state is ActionState.OPEN


@pytest.mark.parametrize(("state", "message"), [(DONE, "Enter what was done"), ("No change: open", "Enter an update")])
def test_a_report_needs_words(action: str, visit: Any, saved: Saved, state: str, message: str) -> None:
    assert report(visit("team@can.test"), state, "", status=422).errors == [message]
    assert saved().state is ActionState.OPEN


def test_owner_reports_done_and_secretary_closes(action: str, visit: Any, saved: Saved, cast: Cast) -> None:
    report(visit("team@can.test"), DONE)
    secretary = visit("secretary@epc.test")
    secretary.get("/actions/EPC-A001")
    secretary.follow("Close")
    page = secretary.send("Close the action", {"Comment": "I have a copy"})
    assert "The action has been closed." in page.text
    assert "closed the action" in page.text and "I have a copy" in page.text
    row = saved()
    assert (row.state, row.closed_by_id) == (ActionState.CLOSED, cast.contacts["secretary@epc.test"])
    assert "Edit" not in page.all(".//a") and "Reopen" in page.all(".//a")


def test_whoever_reported_it_done_cannot_close_it(action: str, visit: Any, saved: Saved) -> None:
    secretary = visit("secretary@epc.test")
    page = report(secretary, DONE)
    assert "somebody else has to close it" in page.text
    assert "Close" not in page.all(".//a")
    page = decide(secretary, "close", "Close the action", status=422)
    assert page.errors == ["You own this action or reported it done, so somebody else has to close it."]
    assert saved().state is ActionState.PENDING_REVIEW
    decide(visit("chair@epc.test"), "close", "Close the action")
    assert saved().state is ActionState.CLOSED


def test_the_database_refuses_a_closer_who_owns_it(app: Flask, action: str, cast: Cast) -> None:
    with app.app_context(), pytest.raises(IntegrityError), writing():
        row = db.session.scalars(select(Action)).one()
        row.state, row.closed_by_id = ActionState.CLOSED, row.owner_id
        add(row)


def test_an_open_action_cannot_be_closed(action: str, visit: Any, saved: Saved) -> None:
    page = decide(visit("secretary@epc.test"), "close", "Close the action", status=409)
    assert "The action is open now." in page.text
    assert saved().state is ActionState.OPEN


def test_secretary_can_send_an_action_back_with_a_reason(action: str, visit: Any, saved: Saved) -> None:
    report(visit("team@can.test"), DONE)
    secretary = visit("secretary@epc.test")
    page = decide(secretary, "send-back", "Send the action back", status=422)
    assert page.errors == ["Enter a reason"]
    page = secretary.send("Send the action back", {"What is still to be done": "Two people have none yet"})
    assert "sent the action back: not done yet" in page.text and "Two people have none yet" in page.text
    row = saved()
    assert (row.state, row.reported_by_id) == (ActionState.IN_PROGRESS, None)


def test_owner_can_withdraw_the_report(action: str, visit: Any, saved: Saved) -> None:
    owner = visit("team@can.test")
    report(owner, DONE)
    page = report(owner, "In progress", "One is missing")
    assert "withdrew the report that the action is done" in page.text
    assert saved().reported_by_id is None


def test_chair_can_cancel_and_reopen_with_reasons(action: str, visit: Any, saved: Saved) -> None:
    chair = visit("chair@epc.test")
    assert decide(chair, "cancel", "Cancel the action", status=422).errors == ["Enter a reason"]
    chair.send("Cancel the action", {"Reason": "No longer needed"})
    assert saved().state is ActionState.CANCELLED
    assert decide(chair, "reopen", "Reopen the action", status=422).errors == ["Enter a reason"]
    page = chair.send("Reopen the action", {"Reason": "Needed after all"})
    assert "reopened the action" in page.text
    assert saved().state is ActionState.OPEN


def test_secretary_can_reopen_a_closed_action(action: str, visit: Any, saved: Saved) -> None:
    report(visit("team@can.test"), DONE)
    secretary = visit("secretary@epc.test")
    decide(secretary, "close", "Close the action")
    page = decide(secretary, "reopen", "Reopen the action", {"Reason": "It came back"})
    assert "It came back" in page.text
    row = saved()
    assert (row.state, row.closed_by_id) == (ActionState.IN_PROGRESS, None)


def test_nobody_reports_on_a_closed_action(action: str, visit: Any, saved: Saved) -> None:
    report(visit("team@can.test"), DONE)
    decide(visit("chair@epc.test"), "close", "Close the action")
    owner = visit("team@can.test")
    assert "Report on this action" not in owner.get("/actions/EPC-A001").all(".//a")
    owner.get("/actions/EPC-A001/report")
    page = owner.send("Save", {"Update": "One more thing"}, status=409)
    assert "The action is closed. Reopen it first." in page.text


def test_two_who_report_at_once_do_not_overwrite_each_other(action: str, visit: Any, app: Flask) -> None:
    first, second = visit("team@can.test"), visit("secretary@epc.test")
    for browser in (first, second):
        browser.get("/actions/EPC-A001/report")
    first.send("Save", {"Update": "From the owner"})
    page = second.send("Save", {"Update": "From the secretary"}, status=409)
    assert "Somebody else saved this while you were working on it" in page.text
    assert "From the secretary" in page.text
    second.send("Save")
    with app.app_context():
        texts = db.session.scalars(select(ActionUpdate.text).order_by(ActionUpdate.id)).all()
    assert texts == ["From the owner", "From the secretary"]


def test_pressing_twice_reports_once(action: str, visit: Any, app: Flask) -> None:
    owner = visit("team@can.test")
    page = owner.get("/actions/EPC-A001/report")
    for _press in (1, 2):
        owner.page, owner.address = page, "/actions/EPC-A001/report"
        owner.send("Save", {"Update": "Once"})
    assert owner.address == "/actions/EPC-A001"
    with app.app_context():
        assert db.session.execute(select(func.count()).select_from(ActionUpdate)).scalar_one() == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\x00b", "Update has characters in it that cannot be shown. Type it again."),
        ("a" * 100_000, "Update must be 20,000 characters or fewer"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(action: str, visit: Any, text: str, message: str) -> None:
    assert report(visit("team@can.test"), "In progress", text, status=422).errors == [message]


def test_secretary_can_edit_an_action_and_the_new_owner_is_told(
    app: Flask, cast: Cast, action: str, visit: Any, saved: Saved
) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get("/actions/EPC-A001/edit")
    owner = {"owner": str(cast.contacts["member@epc.test"])}
    page = secretary.send("Save", {"Action": "Send all notes", "Due date": date(2027, 5, 4)}, names=owner)
    assert page.all(".//h1") == ["EPC-A001 Send all notes"]
    assert "moved the due date" in page.text and "From no date to 4 May 2027" in page.text
    with app.app_context():
        assert "member@epc.test" in db.session.scalars(select(OutboxMail.recipient)).all()
    assert saved().owner_id == cast.contacts["member@epc.test"]


def test_two_who_edit_at_once_see_both_texts(action: str, visit: Any) -> None:
    first, second = visit("secretary@epc.test"), visit("deputy@epc.test")
    for browser in (first, second):
        browser.get("/actions/EPC-A001/edit")
    first.send("Save", {"Action": "The first"})
    page = second.send("Save", {"Action": "The second"}, status=409)
    assert page.all(".//td[@class='nhsuk-table__cell app-typed']") == ["The first", "The second"]
    assert second.send("Save").all(".//h1") == ["EPC-A001 The second"]


@pytest.mark.parametrize("email", ["member@epc.test", "auditor@epc.test"])
def test_members_and_auditors_can_read_an_action_of_others_only(action: str, visit: Any, email: str) -> None:
    browser = visit(email)
    page = browser.get("/actions/EPC-A001")
    assert page.all(".//main//button") == []
    for word in ("edit", "report", "close", "send-back", "cancel", "reopen"):
        browser.get(f"/actions/EPC-A001/{word}", status=403)


@pytest.mark.parametrize("email", ["chair@epc.test", "vice@epc.test"])
def test_chairs_can_decide_but_not_edit(action: str, visit: Any, email: str) -> None:
    browser = visit(email)
    browser.get("/actions/EPC-A001/cancel")
    for word in ("edit", "report"):
        browser.get(f"/actions/EPC-A001/{word}", status=403)


def test_owner_cannot_decide(action: str, visit: Any) -> None:
    for word in ("edit", "close", "send-back", "cancel", "reopen"):
        visit("team@can.test").get(f"/actions/EPC-A001/{word}", status=403)


@pytest.mark.parametrize("email", ["sro@can.test", "secretary@dig.test", "chair@dig.test", "admin@tracker.test"])
def test_an_action_is_not_there_for_others(action: str, visit: Any, email: str) -> None:
    browser = visit(email)
    for word in ("", "/edit", "/report", "/close", "/send-back", "/cancel", "/reopen"):
        browser.get(f"/actions/EPC-A001{word}", status=404)


@pytest.mark.parametrize("key", ["EPC-A999", "1", "EPC-W01", str(2**63)])
def test_unknown_action_is_not_found(action: str, visit: Any, key: str) -> None:
    visit("secretary@epc.test").get(f"/actions/{key}", status=404)
