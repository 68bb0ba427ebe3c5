"""A letter goes out by e-mail: what arrives at a real server is what was issued, for each recipient."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import add
from tests.sending.conftest import digest
from tracker.accounts.models import Contact
from tracker.core import clock, outbox
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail, deliver
from tracker.letters.models import Letter
from tracker.passages.models import StandardPassage
from tracker.passages.rules import PassageUse
from tracker.sending.models import LetterSending

TO = "Ann Lee <ann@example.org>\nbob@example.org"
SEND = "Send by e-mail"
NO_ADDRESS = "is not an e-mail address, like name@example.com or Ann Lee <name@example.com>"


def deliver_letter(app: Any, postbox: Any) -> tuple[int, int]:
    """Deliver the mails that carry the letter: (sent, failed)."""
    with app.app_context():
        with writing():
            others = OutboxMail.__table__.delete().where(~OutboxMail.cause.startswith("letter-sending:"))
            db.session.execute(others)
        return deliver(postbox.settings)


def files_in(message: Any) -> dict[str, str]:
    """The hash of each file in a message, by its name."""
    return {part.get_filename(): digest(part.get_payload(decode=True)) for part in message.iter_attachments()}


def test_secretary_lands_on_the_sending_form_after_issuing_by_email(issued, secretary):
    page = secretary.page
    assert page.all(".//h1") == ["EPC-L01: Cancer: what we heard Send the letter"]
    to, text = page.tree.find(".//textarea[@name='to']"), page.tree.find(".//textarea[@name='text']")
    assert to.text.strip() == "CAN Senior responsible owner <sro@can.test>"
    assert "EPC-L01, Cancer: what we heard" in text.text and "18 December 2026" in text.text
    assert page.tree.find(".//input[@name='subject']").get("value") == "EPC-L01: Cancer: what we heard"


def test_letter_issued_by_post_is_on_its_page_at_once(desk, visit):
    desk.draft()
    desk.submit()
    desk.approve()
    desk.issue(**{"How it is sent": "By post", "To whom": "CAN, Leeds"})
    page = visit("secretary@epc.test").get("/letters/EPC-L01")
    assert "By post, 20 November 2026 To CAN, Leeds" in page.text


def test_each_recipient_gets_the_issued_file_under_one_head(app, secretary, postbox, letter_file):
    secretary.send(SEND, {"To": TO, "Copies": "Carl <carl@example.org>, BOB@example.org", "Subject": "Our letter"})
    assert secretary.page.text.count("Waiting") == 3
    assert deliver_letter(app, postbox) == (3, 0)
    assert sorted(postbox.messages) == ["ann@example.org", "bob@example.org", "carl@example.org"]
    for (message,) in postbox.messages.values():
        assert message["To"] == "Ann Lee <ann@example.org>, bob@example.org"
        assert message["Cc"] == "Carl <carl@example.org>, BOB@example.org"
        assert (message["Subject"], message["Reply-To"]) == ("Our letter", "secretary@epc.test")
        assert files_in(message) == {"EPC-L01.docx": letter_file()}
        assert "Please find attached our letter EPC-L01" in message.get_body().get_content()
    page = secretary.get(secretary.address)
    assert page.text.count("Sent") >= 3 and "Waiting" not in page.text
    assert "3 sent" in secretary.get("/letters/EPC-L01").text


def test_one_who_is_refused_does_not_stop_the_others_and_is_sent_again_as_the_same_message(app, secretary, postbox):
    postbox.refused = {"ann@example.org"}
    secretary.send(SEND, {"To": TO})
    address = secretary.address
    assert deliver_letter(app, postbox) == (1, 1)
    assert list(postbox.messages) == ["bob@example.org"]
    page = secretary.get(address)
    assert "Tried once" in page.text and "no such person here" in page.text
    assert "It is not tried again by itself" in page.text
    assert "1 failed, 1 for good" in secretary.get("/letters/EPC-L01").text
    with app.app_context():
        mail = db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == "ann@example.org")).one()
        kept = mail.message_id
    postbox.refused = set()
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert deliver_letter(app, postbox) == (0, 0), "who is refused for good is not tried again by itself"
    secretary.get(address)
    secretary.send("Send again to ann@example.org")
    assert "It is being sent again." in secretary.page.text
    assert deliver_letter(app, postbox) == (1, 0)
    assert [m["Message-ID"].strip() for m in postbox.messages["ann@example.org"]] == [kept]
    page = secretary.get(address)
    assert "Failed" not in page.text and "Send again" not in page.text


def test_what_was_sent_cannot_be_sent_again_by_a_stale_page(app, secretary, postbox):
    postbox.refused, postbox.refusal = {"ann@example.org"}, "450 come again later"
    secretary.send(SEND, {"To": "ann@example.org"})
    address = secretary.address
    deliver_letter(app, postbox)
    secretary.get(address)
    postbox.refused = set()
    with clock.frozen(clock.now() + outbox.BACKOFF[0] + timedelta(seconds=1)):
        assert deliver_letter(app, postbox) == (1, 0)
    secretary.send("Send again to ann@example.org", status=409)
    assert deliver_letter(app, postbox) == (0, 0)


def test_sending_again_and_again_moves_no_date(app, november, secretary):
    with app.app_context():
        before = db.session.execute(select(Letter.letter_date, Letter.response_due_on, Letter.version)).one()
    secretary.send(SEND, {"To": "ann@example.org"})
    secretary.get("/letters/EPC-L01/send-out")
    secretary.send(SEND, {"To": "ann@example.org"})
    secretary.get("/letters/EPC-L01/record-sending")
    secretary.send("Record it", {"How it was sent": "By hand", "To whom": "The SRO"})
    with app.app_context():
        assert db.session.execute(select(Letter.letter_date, Letter.response_due_on, Letter.version)).one() == before
        assert len(db.session.scalars(select(LetterSending)).all()) == 3
        assert len(db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == "ann@example.org")).all()) == 2
    rows = " ".join(secretary.get("/letters/EPC-L01/sendings").all(".//tbody/tr"))
    assert rows.count("By e-mail from here") == 2 and "By hand" in rows and "25 November 2026" in rows


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"To": ""}, "Enter to whom the letter goes"),
        ({"To": "ann@example.org, not one"}, f"“not one” {NO_ADDRESS}"),
        ({"Copies": "x@"}, f"“x@” {NO_ADDRESS}"),
        ({"Subject": ""}, "Enter a subject"),
        ({"Covering text": ""}, "Enter a covering text"),
        ({"Covering text": "About {programm}"}, "Fill in or take out what stands in braces: {programm}"),
        ({"Attachments": []}, "Choose at least one file"),
    ],
)
@pytest.mark.parametrize("button", [SEND, "Make a message to open in Outlook"])
def test_secretary_is_told_what_is_wrong_and_nothing_is_sent(app, secretary, button, values, message):
    page = secretary.send(button, {"To": "ann@example.org"} | values, status=422)
    assert page.errors == [message]
    with app.app_context():
        assert db.session.scalars(select(LetterSending)).all() == []


def test_copies_that_are_contacts_with_an_address_are_filled_in(app, cast, desk, visit):
    with app.app_context(), writing():
        add(Contact(name="Lee, Ann", email="wrong", taskforce_id=cast.epc))
        add(Contact(name="Ann Lee", email="ann@example.org", taskforce_id=cast.epc))
        add(Contact(name="Bob Day", email="", taskforce_id=cast.epc))
    desk.draft(copies="ann lee, Director\nBob Day\nSomebody Else")
    desk.submit()
    desk.approve()
    desk.issue(**{"To whom": "office@can.test"})
    page = visit("secretary@epc.test").get("/letters/EPC-L01/send-out")
    assert page.tree.find(".//textarea[@name='copies']").text.strip() == "Ann Lee <ann@example.org>"
    assert page.tree.find(".//textarea[@name='to']").text.strip() == "office@can.test"


def test_the_taskforces_own_covering_text_is_used(app, cast, issued, visit):
    with app.app_context(), writing():
        text = "{salutation}, about the {programme}, of the {taskforce}, {board}: {response due}. {mistake}"
        add(StandardPassage(taskforce_id=cast.epc, name="Cover", use=PassageUse.COVERING_TEXT, text=text))
        add(StandardPassage(taskforce_id=cast.epc, name="A letter", use=PassageUse.LETTER, text="No"))
        add(StandardPassage(taskforce_id=cast.dig, name="Another", use=PassageUse.COVERING_TEXT, text="No"))
    secretary = visit("secretary@epc.test")
    page = secretary.get("/letters/EPC-L01/send-out")
    written = page.tree.find(".//textarea[@name='text']").text.strip()
    assert written.endswith(", of the Empowering People Taskforce, Test board: 18 December 2026. {mistake}")
    assert secretary.send(SEND, status=422).errors == ["Fill in or take out what stands in braces: {mistake}"]


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ((26, 11, 2026), "The day it was sent must be today or earlier"),
        ((19, 11, 2026), "The day it was sent must be the date of the letter or later"),
    ],
)
def test_a_letter_cannot_have_been_posted_on_every_day(issued, visit, november, day, message):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/EPC-L01/record-sending")
    values = {"How it was sent": "By post", "Day it was sent": day, "To whom": "The SRO"}
    assert secretary.send("Record it", values, status=422).errors == [message]


def test_a_draft_cannot_be_sent(desk, visit):
    desk.draft()
    for page in ("/send-out", "/record-sending", "/signed-pdf", "/sendings", "/files"):
        visit("secretary@epc.test").get(desk.at(page), status=404)


@pytest.mark.parametrize("email", ["chair@epc.test", "auditor@epc.test"])
def test_those_who_read_drafts_see_what_was_sent_and_send_nothing(secretary, visit, email):
    secretary.send(SEND, {"To": "ann@example.org"})
    page = visit(email).get("/letters/EPC-L01")
    assert "By e-mail from here" in page.text and "Send the letter by e-mail" not in page.text
    visit(email).get(secretary.address)
    visit(email).get("/letters/EPC-L01/send-out", status=403)


@pytest.mark.parametrize("email", ["member@epc.test", "team@can.test", "sro@can.test"])
def test_members_and_programmes_see_the_files_and_not_to_whom_they_went(secretary, visit, email):
    secretary.send(SEND, {"To": "secret@example.org"})
    page = visit(email).get("/letters/EPC-L01")
    assert "EPC-L01.docx" in page.text
    for hidden in ("How it went out", "secret@example.org", "Send the letter", "PDF is being made"):
        assert hidden not in page.text
    visit(email).get(secretary.address, status=404)
    visit(email).get("/letters/EPC-L01/sendings", status=404)


def test_the_letters_page_takes_as_many_queries_for_many_sendings(secretary, selects_of):
    secretary.send(SEND, {"To": TO})
    auditor = secretary.__class__(secretary.app, "auditor@epc.test")
    one = selects_of(lambda: auditor.get("/letters/EPC-L01"))
    for _ in range(12):
        secretary.get("/letters/EPC-L01/send-out")
        secretary.send(SEND, {"To": TO})
    assert selects_of(lambda: auditor.get("/letters/EPC-L01")) == one
    assert "All the times that it was sent" in auditor.page.text
    assert "13 times" in auditor.get("/letters/EPC-L01/sendings").text


def test_letter_issued_to_go_by_email_stands_under_due_for_me_until_it_went(secretary):
    assert "Send the letter by e-mail" in secretary.get("/").text
    page = secretary.get("/letters/EPC-L01")
    assert "It was issued to go by e-mail" in page.text and "It is not recorded yet that it went." in page.text
    secretary.get("/letters/EPC-L01/send-out")
    secretary.send(SEND, {"To": "ann@example.org"})
    assert "Send the letter by e-mail" not in secretary.get("/").text
    assert "It is not recorded yet" not in secretary.get("/letters/EPC-L01").text


def test_secretary_records_that_the_letter_went_from_their_own_mail_program(secretary):
    secretary.follow("Record that it was sent another way")
    how = "By e-mail from your own mail program"
    page = secretary.send("Record it", {"How it was sent": how, "To whom": "ann@example.org"})
    assert how in page.text and "Send the letter by e-mail" not in secretary.get("/").text
    page = secretary.get("/letters/EPC-L01/sendings/1")
    assert "Download the message" not in page.text, "no message was made here"
    secretary.get("/letters/EPC-L01/sendings/1/message.eml", status=404)
    assert how in secretary.get("/letters/EPC-L01/correspondence").text


def test_email_that_failed_stands_under_due_for_me_until_it_went(app, secretary, postbox):
    postbox.refused = {"ann@example.org"}
    secretary.send(SEND, {"To": TO})
    deliver_letter(app, postbox)
    assert "1 e-mail did not go: look why" in secretary.get("/").text
    assert "no such person here" in secretary.follow("EPC-L01: 1 e-mail did not go: look why").text
    postbox.refused = set()
    secretary.send("Send again to ann@example.org")
    deliver_letter(app, postbox)
    assert "did not go" not in secretary.get("/").text


@pytest.mark.parametrize("email", ["chair@epc.test", "auditor@epc.test", "sro@can.test", "secretary@dig.test"])
def test_nobody_else_is_asked_to_send_the_letter(issued, visit, email):
    assert "Send the letter by e-mail" not in visit(email).get("/").text


def test_correspondence_says_that_a_letter_waits_until_it_went_and_whom_it_failed(app, secretary, visit, postbox):
    correspondence = "/letters/EPC-L01/correspondence"
    assert secretary.get(correspondence).text.count("Waiting to be sent") == 1, "it is issued, and nobody sent it"
    assert "Waiting to be sent" in secretary.get("/letters/EPC-L01").text
    secretary.get("/letters/EPC-L01/send-out")
    secretary.send(SEND, {"To": "sro@can.test, bob@example.org"})
    assert secretary.get(correspondence).text.count("Waiting to be sent") == 2
    owner = visit("sro@can.test")
    assert "Waiting to be sent" in owner.get(correspondence).text
    postbox.refused = {"bob@example.org"}
    assert deliver_letter(app, postbox) == (1, 1)
    text = secretary.get(correspondence).text
    assert "Failed: it was not sent to bob@example.org" in text and "Waiting" not in text
    assert "Failed: it was not sent to bob@example.org" in secretary.get("/letters/EPC-L01").text
    text = owner.get(correspondence).text
    assert "Waiting" not in text and "Failed" not in text
    postbox.refused = set()
    secretary.get("/letters/EPC-L01/sendings/1")
    secretary.send("Send again to bob@example.org")
    deliver_letter(app, postbox)
    text = secretary.get(correspondence).text
    assert "Failed" not in text and "Waiting" not in text


def test_letter_that_went_from_their_own_mail_program_does_not_wait(secretary):
    secretary.send("Make a message to open in Outlook", {"To": TO})
    assert "Waiting to be sent" not in secretary.get("/letters/EPC-L01/correspondence").text
