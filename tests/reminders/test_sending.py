"""The secretariat sees what is due to go, edits the words and presses send; what goes by itself goes once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.factories import add
from tests.reminders.conftest import DUE
from tests.reminders.making import answer, at, body_of, run, send_letter, set_plan
from tracker.accounts.models import Contact
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail, SmtpSettings, deliver
from tracker.directory.models import Programme, Taskforce
from tracker.directory.rules import TaskforceLife
from tracker.reminders.models import Reminder, ReminderDigest
from tracker.reminders.rules import Plan

PAGE = "/taskforces/EPC/reminders"
BEFORE_2, LATE = date(2026, 12, 11), date(2026, 12, 22)
SRO = "sro@can.test"


def deliver_all(app, postbox):
    with app.app_context():
        return deliver(postbox.settings)


def rungs(app):
    with app.app_context():
        return [(r.rung, r.outcome.value) for r in db.session.scalars(select(Reminder).order_by(Reminder.id))]


def test_secretary_sees_what_is_due_edits_the_words_and_sends_it(app, letter, visit, postbox):
    with at(LATE):
        secretary = visit("secretary@epc.test")
        assert "1 reminder" in secretary.get("/").text
        page = secretary.follow("EPC: Look at what is due to go, and send it: 1 reminder")
        assert "1 is due to go today." in page.text and "5 working days after" in page.text
        page = secretary.follow("Look at what is due, and send it")
        label = "About EPC-L01, to the Cancer Programme, due 15/12/2026"
        words = page.tree.find(".//textarea[@id='part_1_20261215']").text
        assert "was due on 15 December 2026 and is 7 days late" in words
        assert "- EPC-L01(a): Publish a timetable\n- EPC-L01(b): Say how carers were heard" in words
        page = secretary.send("Show the mails as they would go", {label: "Please answer EPC-L01 & <soon>."})
        assert (
            "Dear CAN Programme team, This is a reminder" in page.text
            and "Please answer EPC-L01 & <soon>." in page.text
        )
        page = secretary.send("Send")
        assert "1 e-mail on the way" in page.text and "Nothing is due to go today." in page.text
        assert deliver_all(app, postbox) == (1, 0)
        (message,) = postbox.messages["team@can.test"]
        assert message["Subject"] == "Overdue: your response to EPC-L01 was due on 15 December 2026"
        assert message["Reply-To"] == "secretary@epc.test"
        body = body_of(message)
        assert body.startswith("Dear CAN Programme team,\n\nThis is a reminder from the Empowering People Taskforce.")
        assert "Please answer EPC-L01 & <soon>." in body and body.rstrip().endswith("Empowering People Taskforce")
        assert "sent" in secretary.get(PAGE).text
    assert rungs(app) == [
        ("before-10", "passed_over"),
        ("before-2", "passed_over"),
        ("on-day", "passed_over"),
        ("after-5", "sent"),
    ]


def test_programme_sees_the_reminder_in_the_correspondence_and_no_internal_page(app, letter, visit):
    with at(LATE):
        secretary = visit("secretary@epc.test")
        secretary.get(PAGE + "/send")
        secretary.send("Send")
        assert "Overdue: your response to EPC-L01" in visit("team@can.test").get("/letters/EPC-L01/correspondence").text
        for address in (PAGE, "/letters/EPC-L01/reminders/CAN"):
            visit("team@can.test").get(address, status=404)
            visit("member@epc.test").get(address, status=404)
            assert "CAN Programme team" in visit("chair@epc.test").get(address).text
        assert "Send now" not in visit("auditor@epc.test").get(PAGE).text


def test_nothing_is_sent_that_has_changed_since_the_page_was_opened(app, letter, visit):
    with at(LATE):
        secretary, deputy = visit("secretary@epc.test"), visit("deputy@epc.test")
        secretary.get(PAGE + "/send")
        deputy.get(PAGE + "/send")
        answer(app, letter, "CAN", sro=SRO, parts=1)
        page = secretary.send("Send", {"How each mail begins": "Hello there"}, status=422)
        assert page.errors == ["Something has changed since you opened this page: look at what goes, and send again"]
        assert "Hello there" in page.html
        secretary.send("Send")
        page = deputy.send("Send", status=422)
        assert "nobody gets two on a day" in page.text and "There is nothing to send now" in page.text
        with app.app_context():
            assert len(db.session.scalars(select(ReminderDigest)).all()) == 1


def test_secretary_sends_the_next_one_early_and_it_does_not_go_again(app, letter, visit):
    with at(date(2026, 12, 3)):
        secretary = visit("secretary@epc.test")
        secretary.get("/letters/EPC-L01/reminders/CAN")
        secretary.follow("Edit the words, and send now")
        secretary.send("Send")
    with at(BEFORE_2):
        secretary = visit("secretary@epc.test")
        page = secretary.get("/letters/EPC-L01/reminders/CAN")
        assert rungs(app) == [("before-10", "sent")] and "Due to go" in page.text
        secretary.follow("Edit the words, and send now")
        secretary.send("Send")
        secretary.get("/letters/EPC-L01/reminders/CAN")
        secretary.follow("Edit the words, and send now")
        assert "nobody gets two on a day" in secretary.page.text
    with at(date(2026, 12, 14)):
        secretary = visit("secretary@epc.test")
        secretary.get("/letters/EPC-L01/reminders/CAN")
        secretary.follow("Edit the words, and send now")
        secretary.send("Send")
    assert [r for r, _ in rungs(app)] == ["before-10", "before-2", "on-day"]
    with at(DUE):
        assert "Nothing is due to go today." in visit("secretary@epc.test").get(PAGE).text


def test_automatic_reminders_go_once_however_often_the_command_runs(app, cast, letter, visit, postbox):
    set_plan(app, Plan(is_automatic=True), by="secretary@epc.test", taskforce_id=cast.epc)
    with at(date(2026, 11, 30)):
        assert run(app) == "No reminder is due to go by itself.\n"
    with at(date(2026, 12, 1)):
        assert run(app) == "EPC: 1 e-mails, 0 reminder letters drafted, 0 left\n"
        run(app)
    with at(date(2026, 12, 18)):
        run(app)
        run(app)
        assert deliver_all(app, postbox) == (2, 0)
    assert rungs(app) == [("before-10", "sent"), ("before-2", "passed_over"), ("on-day", "sent")]


def test_one_mail_tells_of_two_letters_and_each_letters_correspondence_of_its_own(app, cast, visit, postbox):
    set_plan(app, Plan(is_automatic=True), by="secretary@epc.test", taskforce_id=cast.epc)
    sro = cast.contacts[SRO]
    for subject in ("Waiting times", "Carers"):
        send_letter(app, cast.epc, cast.can, sro, DUE, subject=subject)
    with at(DUE):
        run(app)
        assert deliver_all(app, postbox) == (1, 0)
        (message,) = postbox.messages["team@can.test"]
        body = body_of(message)
        assert "Waiting times" in body and "Carers" in body
        assert message["Subject"] == "Reminder: 2 letters wait for an answer"
        page = visit("secretary@epc.test").get("/letters/EPC-L01/correspondence")
        assert "Reminder: your response to EPC-L01" in page.text and "EPC-L02" not in page.text


def test_main_contact_is_written_to_rather_than_the_team_and_the_addressee_where_nobody_is(app, cast, visit, postbox):
    set_plan(app, Plan(is_automatic=True), by="secretary@epc.test", taskforce_id=cast.epc)
    secretary = visit("secretary@epc.test")
    secretary.get("/programmes/CAN/edit")
    given = {
        "main_contact_id": "new",
        "main_contact_id-new_name": "Ann Lee",
        "main_contact_id-new_email": "ann@can.test",
    }
    page = secretary.send("Save", names=given)
    assert "Ann Lee" in page.text and "ann@can.test" in page.text
    send_letter(app, cast.epc, cast.can, cast.contacts[SRO], DUE)
    with app.app_context(), writing():
        new = add(Programme(code="NEW", name="New Programme")).id
    send_letter(app, cast.epc, new, cast.contacts["member@epc.test"], DUE)
    with at(DUE):
        run(app)
        deliver_all(app, postbox)
        assert sorted(postbox.messages) == ["ann@can.test", "member@epc.test"]
        assert "To" in visit("team@can.test").get("/letters/EPC-L01/correspondence").text


def test_later_ones_escalate_where_that_is_opted_into(app, cast, letter, visit, postbox):
    secretary = visit("secretary@epc.test")
    secretary.get(PAGE)
    secretary.follow("Change how letters are reminded of")
    values = {"Later reminders also go to the senior responsible owner and the chair": True}
    secretary.send("Save", values | {"Who sends them": "They go by themselves"})
    with at(date(2026, 12, 31)):
        run(app)
    with at(date(2027, 1, 8)):
        run(app)
        deliver_all(app, postbox)
    assert {email: len(found) for email, found in postbox.messages.items()} == {
        "team@can.test": 2,
        "sro@can.test": 1,
        "chair@epc.test": 1,
    }
    body = body_of(postbox.messages["chair@epc.test"][0])
    assert "this one goes to CAN Programme team, CAN Senior responsible owner, EPC Chair (chair)" in body


def test_the_taskforces_own_words_are_used(app, cast, letter, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/taskforces/EPC/passages/new")
    text = "{reference} of {chair}: {days late} days, {unanswered}"
    use = "Reminder by e-mail: what it says of a letter"
    secretary.send("Add the passage", {"Name": "R", "Where it is offered": use, "Text": text})
    with at(LATE):
        page = visit("secretary@epc.test").get(PAGE + "/send")
        words = page.tree.find(".//textarea[@id='part_1_20261215']").text
        assert "EPC-L01 of EPC Chair (chair): 7 days, - EPC-L01(a): Publish a timetable" in words


def test_fields_of_reminders_belong_to_reminders_only(cast, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/taskforces/EPC/passages/new")
    page = secretary.send("Add the passage", {"Name": "R", "Text": "{days late}"}, status=422)
    assert "There is no field {days late}" in page.errors[0]


def test_a_mail_that_failed_comes_back_to_the_secretariat_and_is_sent_again(app, cast, letter, visit, postbox):
    set_plan(app, Plan(is_automatic=True), by="secretary@epc.test", taskforce_id=cast.epc)
    postbox.refused = {"team@can.test"}
    with at(DUE):
        run(app)
        assert deliver_all(app, postbox) == (0, 1)
        secretary = visit("secretary@epc.test")
        assert "E-mails that did not go" in secretary.get(PAGE).text
        secretary.get("/")
        page = secretary.follow("EPC: The reminder to team@can.test did not go: look why")
        assert "no such person here" in page.text
        postbox.refused = set()
        assert "It is being sent again" in secretary.send("Send again").text
        assert deliver_all(app, postbox) == (1, 0)
        assert "did not go" not in secretary.get("/").text


def test_a_mail_that_waited_is_not_sent_after_the_answer(app, cast, letter, visit, postbox):
    set_plan(app, Plan(is_automatic=True), by="secretary@epc.test", taskforce_id=cast.epc)
    other = send_letter(app, cast.epc, cast.can, cast.contacts[SRO], DUE, subject="Carers")
    with at(DUE):
        run(app)
        with app.app_context():
            assert deliver(SmtpSettings("127.0.0.1", 9, "tracker@example.test")) == (0, 1)
    with at(date(2026, 12, 16)):
        answer(app, letter, "CAN", sro=SRO)
        assert deliver_all(app, postbox) == (0, 0) and not postbox.messages
        assert run(app) == "EPC: 1 e-mails, 0 reminder letters drafted, 0 left\n"
        run(app)
        assert deliver_all(app, postbox) == (1, 0)
        (message,) = postbox.messages["team@can.test"]
        body = body_of(message)
        assert other in body and letter not in body
        text = visit("secretary@epc.test").get(f"/letters/{letter}/correspondence").text
        assert "did not go" in text
        assert "did not go" not in visit("team@can.test").get(f"/letters/{letter}/correspondence").text


@pytest.mark.parametrize("life", [TaskforceLife.WINDING_UP, TaskforceLife.CLOSED])
def test_nobody_is_reminded_for_a_taskforce_that_ends(app, cast, letter, visit, life):
    set_plan(app, Plan(is_automatic=True), by="secretary@epc.test", taskforce_id=cast.epc)
    with app.app_context(), writing():
        taskforce = db.session.get_one(Taskforce, cast.epc)
        taskforce.life = life
        add(taskforce)
    with at(DUE):
        run(app)
        assert rungs(app) == []
        secretary = visit("secretary@epc.test")
        assert "nobody is reminded any more" in secretary.get(PAGE).text
        assert "due to go" not in secretary.get("/").text


def test_nobody_to_write_to_is_said_and_nothing_is_recorded(app, cast, visit):
    with app.app_context(), writing():
        new, who = add(Programme(code="NEW", name="New Programme")).id, add(Contact(name="Nobody", email="")).id
    send_letter(app, cast.epc, new, who, DUE)
    set_plan(app, Plan(is_automatic=True), by="secretary@epc.test", taskforce_id=cast.epc)
    with at(DUE):
        assert run(app) == "EPC: 0 e-mails, 0 reminder letters drafted, 1 left\n"
        assert rungs(app) == []
        secretary = visit("secretary@epc.test")
        assert "1 reminder" in secretary.get("/").text
        assert "Nobody can be written to about EPC-L01" in secretary.get(PAGE + "/send").text


def test_nobody_is_reminded_of_what_they_were_told_the_same_day(app, cast, visit):
    with at(date(2026, 12, 9)):
        send_letter(app, cast.epc, cast.can, cast.contacts[SRO], DUE, letter_date=date(2026, 12, 9))
        assert "Nothing is due to go today." in visit("secretary@epc.test").get(PAGE).text
        assert "due to go" not in visit("secretary@epc.test").get("/").text


def test_letters_without_a_date_are_not_reminded_of(app, cast, visit):
    send_letter(app, cast.epc, cast.can, cast.contacts[SRO], None, stated="early February 2027")
    with at(date(2027, 3, 1)):
        assert "No answer is awaited by a date" in visit("secretary@epc.test").get(PAGE).text
        with app.app_context():
            assert db.session.scalars(select(OutboxMail)).all() == []
