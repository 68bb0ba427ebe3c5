"""The secretariat takes a letter back from the chair: a step of its own, with a reason, which the chair is told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.letters.test_clearance import approve_with_changes
from tracker.core import audit
from tracker.core.db import db
from tracker.core.outbox import OutboxMail

SECRETARY, CHAIR = "secretary@epc.test", "chair@epc.test"


@pytest.fixture
def with_chair(desk):
    desk.draft()
    desk.submit()
    return desk


def take_back(desk, visit, reason="A figure is wrong", **more):
    secretary = visit(SECRETARY)
    secretary.get(desk.at())
    secretary.follow("Take the letter back from the chair")
    return secretary.send("Take back the letter", {"Reason": reason}, **more)


def test_secretary_takes_a_letter_back_which_is_a_draft_again_and_says_why(app, with_chair, visit):
    page = take_back(with_chair, visit)
    assert "EPC Secretariat (secretary)" in page.text and "took the letter back from the chair on" in page.text
    assert "A figure is wrong" in page.text and "Came back once." in page.text
    assert "Taken back by" in page.text and "Returned by" not in page.text
    assert "Taken back: change it and send it to the chair again" in visit(SECRETARY).get("/").text
    page = visit("auditor@epc.test").get("/letters/decisions")
    assert "Taken back" in page.text
    with app.app_context():
        assert audit.verify() == []


def test_chairs_are_told_by_mail_why_a_letter_was_taken_back(app, with_chair, visit):
    take_back(with_chair, visit)
    with app.app_context():
        told = db.session.execute(
            select(OutboxMail.recipient, OutboxMail.subject, OutboxMail.body).where(
                OutboxMail.cause.startswith("letter_taken_back")
            )
        ).all()
    assert [m.recipient for m in told] == [CHAIR, "vice@epc.test"]
    assert "has taken back the letter" in told[0].body and "Why: A figure is wrong" in told[0].body
    assert told[0].subject == "Letter taken back: Cancer: what we heard"


def test_secretary_has_to_say_why(with_chair, visit):
    assert take_back(with_chair, visit, reason="", status=422).errors == ["Say why"]


def test_chair_who_has_the_page_open_decides_nothing_on_a_letter_that_was_taken_back(with_chair, visit):
    chair = visit(CHAIR)
    chair.get(with_chair.at("/decide"))
    take_back(with_chair, visit)
    page = chair.send("Record decision", {"Your decision": "Approve"}, status=409)
    assert "The letter is draft now" in page.text
    assert "Draft" in chair.get(with_chair.at()).text


def test_changes_by_the_chair_are_void_once_the_letter_is_taken_back(with_chair, visit):
    approve_with_changes(with_chair, visit)
    page = take_back(with_chair, visit)
    assert "Void since it was taken back" in page.text
    visit("deputy@epc.test").get(with_chair.at("/confirm"))
    with_chair.submit()
    assert "With chair" in visit(CHAIR).get(with_chair.at()).text


def test_chair_sees_no_looking_of_their_own_in_a_letter_that_was_only_taken_back(with_chair, visit):
    take_back(with_chair, visit)
    with_chair.submit()
    page = visit(CHAIR).get(with_chair.at("/decide"))
    assert "since you last" not in page.text.lower()
    assert "Taken back by" in page.text


def test_draft_or_approved_letter_cannot_be_taken_back(desk, visit):
    desk.draft()
    page = visit(SECRETARY).get(desk.at("/take-back"))
    assert "The letter is not with the chair" in page.text
    desk.submit()
    desk.approve()
    page = visit(SECRETARY).get(desk.at("/take-back"))
    assert "The letter is not with the chair" in page.text


@pytest.mark.parametrize("who", [CHAIR, "vice@epc.test", "auditor@epc.test"])
def test_nobody_else_takes_a_letter_back(with_chair, visit, who):
    visit(who).get(with_chair.at("/take-back"), status=403)
