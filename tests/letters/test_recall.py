"""A chair or senior responsible owner who leaves: what waited for them comes back, and the record says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tracker.accounts import operations as accounts
from tracker.accounts.models import AccountLink, Grant, User
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail
from tracker.letters.commands import commands
from tracker.letters.rules import comes_back


@pytest.mark.parametrize(
    ("chairs", "deciders", "chair_left", "expected"),
    [
        (1, 2, True, False),  # one of two chairs left
        (0, 1, True, True),  # the chair left, a vice chair remains: the letter goes out under the chair's name
        (0, 1, False, False),  # a taskforce that has only a vice chair
        (0, 0, False, True),
        (1, 1, False, False),  # the vice chair left, the chair remains
    ],
)
def test_letter_comes_back_where_nobody_is_left_to_decide(chairs, deciders, chair_left, expected):
    assert comes_back(chairs=chairs, deciders=deciders, chair_left=chair_left) is expected


def user_of(email: str) -> User:
    return accounts.queries.get_user_by_email(email)


def end_role(app, email: str, **how) -> None:
    with app.app_context(), writing():
        user = user_of(email)
        grant_id = db.session.scalars(select(Grant.id).where(Grant.contact_id == user.contact_id)).one()
        accounts.end_grant(user, grant_id, by=None, **how)


def test_secretary_gets_the_letter_back_when_the_chair_leaves(app, desk, visit):
    desk.draft()
    desk.submit()
    end_role(app, "chair@epc.test", last_day=None)
    page = visit("secretary@epc.test").get(desk.at())
    assert "Came back" in page.text and "EPC Chair (chair) (chair) left" in page.text and "Draft" in page.text
    assert "Edit the letter" in page.text
    with app.app_context():
        told = select(OutboxMail.recipient).where(OutboxMail.subject.startswith("Letter came back"))
        assert sorted(db.session.scalars(told)) == ["deputy@epc.test", "secretary@epc.test"]


def test_letter_stays_with_the_chair_when_the_vice_chair_leaves(app, desk, visit):
    desk.draft()
    desk.submit()
    end_role(app, "vice@epc.test", last_day=None)
    assert "With chair" in visit("secretary@epc.test").get(desk.at()).text


def test_administrator_who_disables_the_chair_brings_the_letter_back_and_ends_open_links(app, desk, visit):
    desk.draft()
    desk.submit()
    admin = visit("admin@tracker.test")
    with app.app_context():
        user_id = user_of("chair@epc.test").id
    admin.get(f"/users/{user_id}")
    admin.send("Send the invitation again")
    admin.get(f"/users/{user_id}/disable")
    admin.send("Disable the account")
    page = visit("secretary@epc.test").get(desk.at())
    assert "Came back by Administrator" in page.text
    with app.app_context():
        (used,) = db.session.scalars(select(AccountLink.used_at)).all()
    assert used is not None


def test_approval_that_the_chair_gave_before_leaving_stays_on_record(app, desk, visit):
    desk.draft()
    desk.submit()
    desk.approve()
    end_role(app, "chair@epc.test", last_day=None)
    page = visit("secretary@epc.test").get(desk.at())
    assert "Approved by EPC Chair (chair)" in page.text and "Issue the letter" in page.text


def test_timer_finds_a_role_that_ended_by_its_date_once(app, desk, visit):
    desk.draft()
    desk.submit()
    end_role(app, "chair@epc.test", last_day=clock.today())
    assert "With chair" in visit("secretary@epc.test").get(desk.at()).text
    runner = app.test_cli_runner()
    assert "No letter came back." in runner.invoke(commands, ["recall"]).output
    with clock.frozen(clock.now() + timedelta(days=1)):
        first = runner.invoke(commands, ["recall"])
        second = runner.invoke(commands, ["recall"])
    assert first.exit_code == 0 and "Cancer: what we heard" in first.output
    assert "No letter came back." in second.output
    page = visit("secretary@epc.test").get(desk.at())
    assert "Came back by Taskforce Tracker" in page.text


def test_draft_says_that_its_addressee_no_longer_owns_the_programme(app, cast, desk, visit):
    desk.draft()
    assert "has ended" not in visit("secretary@epc.test").get(desk.at()).text
    secretary = visit("secretary@epc.test")
    secretary.get("/programmes/CAN/appoint")
    names = {"who": "new", "who-new_name": "Nia Newcomer"}
    secretary.send("Save the appointment", names=names)
    page = secretary.get(desk.at())
    assert "as senior responsible owner of the Cancer Programme has ended. It is Nia Newcomer now." in page.text


def test_draft_says_so_too_when_the_owners_role_is_ended(app, desk, visit):
    desk.draft()
    end_role(app, "sro@can.test", last_day=None)
    page = visit("secretary@epc.test").get(desk.at())
    assert "as senior responsible owner of the Cancer Programme has ended." in page.text
