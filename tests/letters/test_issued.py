"""What was sent stays as it was sent, and who may see it."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from sqlalchemy import select, text, update

from tests.factories import add
from tracker.accounts.models import Grant
from tracker.core.db import db, side_write, writing
from tracker.core.files import StoredFile
from tracker.core.outbox import OutboxMail
from tracker.directory.models import Taskforce
from tracker.recommendations.models import Assignment


def test_issued_file_downloads_byte_for_byte_after_settings_change(app, cast, issued, visit):
    before = visit("secretary@epc.test").get_file("/letters/EPC-L01/file")
    with app.app_context(), writing():
        taskforce = db.session.get(Taskforce, cast.epc)
        taskforce.name, taskforce.sender_address, taskforce.classification = "Renamed", "Elsewhere", "SECRET"
        add(taskforce)
    after = visit("team@can.test").get_file("/letters/EPC-L01/file")
    assert before == after
    with app.app_context():
        kept = db.session.execute(select(StoredFile.sha256)).scalar_one()
    assert kept == hashlib.sha256(after).hexdigest()


def test_people_of_the_programme_are_told_of_the_letter_when_it_is_issued(app, issued):
    with app.app_context():
        cause = OutboxMail.cause.startswith("letter-issued:")
        rows = select(OutboxMail.recipient, OutboxMail.body).where(cause).order_by(OutboxMail.recipient)
        mails = db.session.execute(rows).all()
    assert [m.recipient for m in mails] == ["sro@can.test", "team@can.test"]
    assert all("http://localhost/letters/EPC-L01\n" in m.body for m in mails)


@pytest.mark.past_the_log
def test_person_whose_grant_has_ended_is_not_told_of_a_letter(app, cast, desk, visit):
    ended = update(Grant).where(Grant.contact_id == cast.contacts["team@can.test"]).values(until_on=date(2026, 1, 1))
    with app.app_context(), side_write() as connection:
        connection.execute(ended)
    desk.draft()
    desk.submit()
    desk.approve()
    desk.issue()
    with app.app_context():
        told = db.session.scalars(select(OutboxMail.recipient).where(OutboxMail.cause.startswith("letter-issued:")))
        assert told.all() == ["sro@can.test"]


def test_download_is_an_attachment_under_its_reference(issued, visit):
    answer = visit("sro@can.test").client.get("/letters/EPC-L01/file")
    assert answer.headers["Content-Disposition"] == "attachment; filename=EPC-L01.docx"


def test_issuing_makes_the_assignments(app, issued):
    with app.app_context():
        rows = db.session.execute(select(Assignment.due_on)).scalars().all()
    assert rows == [date(2026, 12, 18)]


def test_programme_team_sees_the_issued_letter_and_none_of_its_history(issued, visit):
    page = visit("team@can.test").get("/letters/EPC-L01")
    assert "Say how gaps are narrowed." in page.text and "Download the letter" in page.text
    for hidden in ("Approved by", "Versions", "Timeline", "Concern number", "Wording for the board", "drafted"):
        assert hidden not in page.text


def test_programme_team_goes_on_from_the_letter_to_their_answer(issued, visit):
    team = visit("team@can.test")
    team.get("/letters/EPC-L01")
    team.follow("Answer this letter")
    assert "Say how gaps are narrowed." in team.page.text and team.address.startswith("/letters/EPC-L01/responses/CAN")
    assert "Answer this letter" not in visit("member@epc.test").get("/letters/EPC-L01").text


def test_hashes_are_for_those_who_check_them(issued, visit):
    auditor = visit("auditor@epc.test")
    assert "SHA-256" not in auditor.get("/letters/EPC-L01").text
    assert "SHA-256 of the file" in auditor.follow("Details of the record").text
    assert "SHA-256" not in visit("team@can.test").get("/letters/EPC-L01").text


def test_list_shows_both_dates_alike(issued, visit):
    row = " ".join(visit("team@can.test").get("/letters").all(".//tbody/tr"))
    assert "20 Nov 2026" in row and "18 Dec 2026" in row


def test_member_sees_the_issued_letter_without_its_drafts(issued, visit):
    page = visit("member@epc.test").get("/letters/EPC-L01")
    assert "Say how gaps are narrowed." in page.text
    assert "Approved by" not in page.text


@pytest.mark.parametrize("email", ["team@can.test", "sro@can.test", "member@epc.test", "secretary@dig.test"])
@pytest.mark.parametrize("page", ["", "/edit", "/decide", "/compare", "/draft.docx", "/file"])
def test_outsiders_find_no_draft(desk, visit, email, page):
    desk.draft()
    visit(email).get(desk.at(page), status=404)


@pytest.mark.parametrize("email", ["team@dia.test", "secretary@dig.test", "nobody@tracker.test", "admin@tracker.test"])
def test_strangers_find_no_issued_letter(issued, visit, email):
    visit(email).get("/letters/EPC-L01", status=404)
    visit(email).get("/letters/EPC-L01/file", status=404)
    assert "Cancer: what we heard" not in visit(email).get("/letters").text


@pytest.mark.parametrize("page", ["/compare", "/draft.docx"])
def test_programme_team_cannot_reach_the_history_of_an_issued_letter(issued, visit, page):
    visit("team@can.test").get(f"/letters/EPC-L01{page}", status=404)


def test_auditor_reads_and_changes_nothing(desk, visit):
    desk.draft()
    auditor = visit("auditor@epc.test")
    assert "Send to chair" not in auditor.get(desk.at()).text
    auditor.get(desk.at("/edit"), status=403)


def approved(desk, visit):
    desk.draft()
    desk.submit()
    desk.approve()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/issue"))
    return secretary


def test_issue_page_shows_the_working_of_the_date_chosen(desk, visit):
    secretary = approved(desk, visit)
    page = secretary.send("Count again from this date of letter", {"Date of letter": date(2026, 12, 16)})
    assert "18 January 2027" in page.text
    assert "Christmas Day" in page.text and "Boxing Day" in page.text


def test_response_due_can_be_set_by_hand_or_as_stated(desk, visit):
    approved(desk, visit)
    desk.issue(**{"Response due": date(2027, 2, 1), "Response due, as stated": "early February 2027"})
    page = visit("team@can.test").get("/letters/EPC-L01")
    assert "early February 2027 (tracked as 1 February 2027)" in page.text


def test_letter_can_ask_for_no_response(desk, visit):
    approved(desk, visit)
    desk.issue(**{"No response is asked for": True})
    page = visit("team@can.test").get("/letters/EPC-L01")
    assert "No response was asked for" in page.text and "grateful for your response" not in page.text


def test_response_cannot_be_due_before_the_letter(desk, visit):
    secretary = approved(desk, visit)
    values = {"Date of letter": date(2026, 11, 20), "Response due": date(2026, 11, 1)}
    values |= {"How it is sent": "By post", "To whom": "The SRO"}
    page = secretary.send("Issue the letter", values, status=422)
    assert page.errors == ["The response cannot be due before the date of the letter"]


def test_issuing_says_what_is_missing(desk, visit):
    secretary = approved(desk, visit)
    page = secretary.send("Issue the letter", {"Date of letter": ("", "", ""), "To whom": ""}, status=422)
    assert page.errors == [
        "Enter the date of the letter",
        "Say how the letter is sent",
        "Say to whom the letter is sent",
    ]


def test_issuing_twice_from_the_same_page_issues_once(app, desk, visit):
    secretary = approved(desk, visit)
    page, address = secretary.page, secretary.address
    values = {"How it is sent": "By post", "To whom": "The SRO"}
    secretary.send("Issue the letter", values)
    secretary.page, secretary.address = page, address
    secretary.send("Issue the letter", values)
    assert secretary.address == "/letters/EPC-L01"
    with app.app_context():
        assert db.session.execute(text("SELECT last FROM reference_counter WHERE letter = 'L'")).scalar() == 1


def test_references_follow_the_place_over_listed_and_in_text(desk, visit):
    body = "Please tell us who pays for wigs.\n\n{recommendations}"
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/new?workshop=EPC-W01")
    secretary.send("Add a recommendation", {"Letter": body})
    values = {"Recommendation": "Please tell us who pays for wigs", "Where it stands": "In the text of the letter"}
    secretary.send("Add another recommendation", values)
    secretary.send("Save the draft", names={"recommendations-1-text": "Publish the plan."})
    desk.key = secretary.address.rpartition("/")[2]
    desk.submit()
    desk.approve()
    desk.issue()
    page = visit("team@can.test").get("/letters/EPC-L01")
    assert "EPC-L01(a)" in page.text and "EPC-L01(b)" in page.text
    (printed,) = page.all(".//article")
    assert "(b) Publish the plan." in printed and "(a)" not in printed
