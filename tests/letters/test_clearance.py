"""Two people confirm one text: what the chair, the secretariat and the database hold to."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.factories import LONG_AGO, add, person_of
from tracker.accounts.models import Grant, User
from tracker.core import audit
from tracker.core.db import begin_write, db, end_write, writing
from tracker.core.errors import RuleBroken
from tracker.core.outbox import OutboxMail
from tracker.core.permissions import Role
from tracker.letters import clearance, queries


def make_secretary_chair_too(app, cast):
    with app.app_context(), writing():
        add(
            Grant(
                contact_id=cast.contacts["secretary@epc.test"], role=Role.CHAIR, taskforce_id=cast.epc, from_on=LONG_AGO
            )
        )


def test_chairs_are_written_to_with_a_link_when_a_letter_is_sent_to_them(app, desk):
    desk.draft()
    desk.submit()
    with app.app_context():
        mails = db.session.execute(select(OutboxMail.recipient, OutboxMail.body)).all()
    assert [m.recipient for m in mails] == ["chair@epc.test", "vice@epc.test"]
    assert f"http://localhost{desk.at('/decide')}" in mails[0].body


def test_secretary_who_is_also_chair_cannot_approve_what_they_sent(app, cast, desk, visit):
    make_secretary_chair_too(app, cast)
    desk.draft()
    desk.submit()
    both = visit("secretary@epc.test")
    both.get(desk.at("/decide"))
    page = both.send("Record decision", {"Your decision": "Approve"}, status=422)
    assert page.errors == ["You sent this letter to the chair yourself. Another person has to approve it."]
    assert "With chair" in both.get(desk.at()).text


def test_secretary_who_is_also_chair_can_approve_what_the_deputy_sent(app, cast, desk, visit):
    make_secretary_chair_too(app, cast)
    desk.draft()
    desk.submit("deputy@epc.test")
    desk.approve("secretary@epc.test")
    assert "Approved" in visit("auditor@epc.test").get(desk.at()).text


def test_secretary_cannot_open_the_decision_page(desk, visit):
    desk.draft()
    desk.submit()
    visit("secretary@epc.test").get(desk.at("/decide"), status=403)


def test_chair_cannot_approve_a_text_that_has_moved(desk, visit):
    desk.draft()
    desk.submit()
    chair = visit("chair@epc.test")
    chair.get(desk.at("/decide"))
    desk.give_back("More about carers, please")
    deputy = visit("deputy@epc.test")
    deputy.get(desk.at("/edit"))
    deputy.send("Save the draft", {"Subject": "Another subject"})
    desk.submit("deputy@epc.test")
    page = chair.send("Record decision", {"Your decision": "Approve"}, status=409)
    assert "changed since you opened it" in page.text
    assert "With chair" in chair.get(desk.at()).text


def test_chair_returns_with_a_reason_and_sees_what_changed(desk, visit):
    desk.draft()
    desk.submit()
    desk.give_back("More about carers, please")
    assert "Came back once." in visit("secretary@epc.test").get(desk.at()).text
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", {"Letter": "Thank you for the workshop about carers."})
    desk.submit()
    page = visit("chair@epc.test").get(desk.at("/decide"))
    assert "More about carers, please" in page.text
    assert any("about carers." in words for words in page.all(".//ins"))


def test_chair_cannot_return_without_a_reason(desk, visit):
    desk.draft()
    desk.submit()
    chair = visit("chair@epc.test")
    chair.get(desk.at("/decide"))
    page = chair.send("Record decision", {"Your decision": "Return with a comment"}, status=422)
    assert page.errors == ["Say what has to change"]


def test_chair_has_to_choose(desk, visit):
    desk.draft()
    desk.submit()
    chair = visit("chair@epc.test")
    chair.get(desk.at("/decide"))
    assert chair.send("Record decision", status=422).errors == ["Choose a decision"]


def approve_with_changes(desk, visit):
    chair = visit("chair@epc.test")
    chair.get(desk.at("/decide"))
    chair.send("Record decision", {"Your decision": "Approve with changes"})
    chair.send("Approve with these changes", {"Recommendation": "Say by when gaps are narrowed."})
    return chair


def test_chair_approves_with_changes_which_the_deputy_confirms(desk, visit):
    desk.draft()
    desk.submit()
    approve_with_changes(desk, visit)
    deputy = visit("deputy@epc.test")
    deputy.get(desk.at())
    page = deputy.follow("Look at the changes and confirm")
    assert page.all(".//del") and any("by when" in words for words in page.all(".//ins"))
    deputy.send("Confirm this text")
    assert "Confirmed by EPC Secretariat (deputy)" in deputy.page.text
    desk.issue()
    assert "Say by when gaps are narrowed." in visit("sro@can.test").get(desk.at()).text


def test_chair_who_is_also_secretary_cannot_confirm_their_own_changes(app, cast, desk, visit):
    make_secretary_chair_too(app, cast)
    desk.draft()
    desk.submit("deputy@epc.test")
    both = visit("secretary@epc.test")
    both.get(desk.at("/approve-with-changes"))
    both.send("Approve with these changes", {"Letter": "A shorter letter."})
    both.get(desk.at("/confirm"))
    page = both.send("Confirm this text", status=409)
    assert "You made these changes yourself" in page.text


def test_chair_who_changes_nothing_is_told_to_approve(desk, visit):
    desk.draft()
    desk.submit()
    chair = visit("chair@epc.test")
    chair.get(desk.at("/approve-with-changes"))
    page = chair.send("Approve with these changes", status=422)
    assert page.errors == ["You have changed nothing. Go back and choose “Approve” instead."]


def test_unconfirmed_changes_cannot_be_issued(desk, visit):
    desk.draft()
    desk.submit()
    approve_with_changes(desk, visit)
    secretary = visit("secretary@epc.test")
    assert "Only an approved letter can be issued." in secretary.get(desk.at("/issue")).text
    assert secretary.address == desk.at()


def test_letter_reopened_meanwhile_is_not_issued(desk, visit):
    desk.draft()
    desk.submit()
    desk.approve()
    secretary, deputy = visit("secretary@epc.test"), visit("deputy@epc.test")
    secretary.get(desk.at("/issue"))
    deputy.get(desk.at("/reopen"))
    deputy.send("Reopen the letter", {"Reason": "A name was wrong"})
    secretary.send("Issue the letter", {"How it is sent": "By post", "To whom": "Somebody"}, status=409)


def test_reopening_voids_the_approval(app, desk, visit):
    desk.draft()
    desk.submit()
    desk.approve()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at())
    secretary.follow("Reopen")
    assert secretary.send("Reopen the letter", status=422).errors == ["Say why"]
    secretary.send("Reopen the letter", {"Reason": "A name was wrong"})
    assert "A name was wrong" in secretary.page.text and "Edit the letter" in secretary.page.text
    with app.app_context():
        assert db.session.execute(text("SELECT approved_sha256 FROM letter")).scalar() is None


def test_approved_letter_cannot_be_edited(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    desk.submit("deputy@epc.test")
    desk.approve()
    secretary.send("Save the draft", {"Subject": "Sneaked in"}, status=409)
    assert "Sneaked in" not in visit("auditor@epc.test").get(desk.at()).text


def test_withdrawn_letter_is_over(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at())
    secretary.follow("Withdraw the letter")
    secretary.send("Withdraw the letter", {"Reason": "Settled by telephone"})
    assert "Withdrawn" in secretary.page.text and "Settled by telephone" in secretary.page.text
    assert "Send to chair" not in secretary.page.text


def test_empty_letter_cannot_be_sent_to_the_chair(app, heard, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/new?workshop=EPC-W01")
    page = secretary.send("Save the draft")
    assert "no text yet" in page.text and "Send to chair" not in page.text
    with app.app_context():
        user = db.session.scalars(select(User).where(User.email == "secretary@epc.test")).one()
        by, key = person_of(user), secretary.address.rpartition("/")[2]
        letter = queries.get_letter_for(by, key)
        with pytest.raises(RuleBroken, match="no text yet"):
            clearance.submit_letter(letter, letter.current.sha256, clearance.Mail("", ""), by=by)


@pytest.mark.parametrize(
    ("email", "step", "why"),
    [
        ("chair@epc.test", "/decide", "nothing to decide"),
        ("chair@epc.test", "/approve-with-changes", "does not wait for a decision"),
        ("secretary@epc.test", "/confirm", "no changes by the chair to confirm"),
        ("secretary@epc.test", "/issue", "Only an approved letter can be issued"),
        ("secretary@epc.test", "/reopen", "Only an approved letter can be reopened"),
    ],
)
def test_step_that_the_state_does_not_allow_leads_to_the_letter(desk, visit, email, step, why):
    desk.draft()
    somebody = visit(email)
    assert why in somebody.get(desk.at(step)).text
    assert somebody.address == desk.at()


def test_returned_letter_says_at_its_top_what_has_to_change_until_it_is_sent_again(desk, visit):
    desk.draft()
    desk.submit()
    desk.give_back("More about carers, please")
    inset = ".//div[@class='nhsuk-inset-text']"
    secretary = visit("secretary@epc.test")
    (said,) = secretary.get(desk.at()).all(inset)
    assert said.endswith("What has to change: More about carers, please")
    assert visit("auditor@epc.test").get(desk.at()).all(inset) == []
    desk.submit()
    assert secretary.get(desk.at()).all(inset) == []


def test_chair_who_approved_with_changes_waits_for_the_secretariat(desk, visit):
    desk.draft()
    desk.submit()
    chair = approve_with_changes(desk, visit)
    page = chair.get(desk.at())
    assert "waiting for the secretariat to confirm" in page.text and "Decide" not in page.all(".//a")
    chair.follow("Return the letter after all")
    chair.send("Record decision", {"Your decision": "Return with a comment", "Comment": "Wait a week"})
    assert "Wait a week" in visit("secretary@epc.test").get(desk.at()).text


def test_deciding_twice_from_the_same_page_decides_once(desk, visit):
    desk.draft()
    desk.submit()
    chair = visit("chair@epc.test")
    page = chair.get(desk.at("/decide"))
    chair.send("Record decision", {"Your decision": "Approve"})
    chair.page, chair.address = page, desk.at("/decide")
    chair.send("Record decision", {"Your decision": "Approve"})
    steps = chair.page.all(".//p[@class='app-timeline__title']")
    assert sum(step.startswith("Approved by") for step in steps) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE letter_version SET content = '{}'",
        "DELETE FROM letter_version",
        "UPDATE clearance_decision SET reason = 'x'",
        "DELETE FROM clearance_decision",
        "UPDATE letter_recommendation SET text = 'x'",
        "DELETE FROM letter_recommendation",
        "UPDATE letter SET subject = 'x'",
        "UPDATE letter SET state = 'draft', approved_sha256 = NULL, reference = NULL, file_sha256 = NULL",
        "DELETE FROM letter",
        "UPDATE letter_addressee SET place = 7",
        "DELETE FROM letter_addressee",
        "DELETE FROM recommendation",
        "UPDATE stored_file SET size = 1",
    ],
)
def test_issued_letter_cannot_be_altered_in_the_database(app, issued, statement):
    with app.app_context():
        begin_write()
        with pytest.raises(DBAPIError):
            db.session.execute(text(statement))
        end_write(commit=False)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE letter SET state = 'approved', approved_sha256 = (SELECT sha256 FROM letter_version)",
        "UPDATE letter SET state = 'issued'",
        "UPDATE letter SET state = 'recorded'",
    ],
)
def test_database_approves_nothing_that_two_people_have_not_confirmed(app, desk, statement):
    desk.draft()
    desk.submit()
    with app.app_context():
        begin_write()
        with pytest.raises(DBAPIError):
            db.session.execute(text(statement))
        end_write(commit=False)


def test_audit_finds_nothing_wrong_after_a_whole_life(app, issued):
    with app.app_context():
        assert audit.verify() == []
