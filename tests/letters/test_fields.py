"""Fields in a letter: what they say is shown, saved, approved and printed."""

from __future__ import annotations

import io
from datetime import date

import pytest
from docx import Document
from sqlalchemy import select

from tests.factories import person_of
from tracker.accounts.models import User
from tracker.core.db import db, writing
from tracker.core.errors import RuleBroken
from tracker.directory import operations as directory
from tracker.directory.models import Programme
from tracker.letters import clearance, queries
from tracker.letters.models import LetterRecommendation

BODY = "To {programme}, from {chair}: answer by {response due} on {reference} of {date of letter}."


def words_of(content):
    return " ".join(p.text for p in Document(io.BytesIO(content)).paragraphs)


def rename(app, name):
    with app.app_context(), writing():
        programme = db.session.scalars(select(Programme).where(Programme.code == "CAN")).one()
        user = db.session.scalars(select(User).where(User.email == "admin@tracker.test")).one()
        directory.edit_programme(programme, {"name": name, "organisation": "Trust"}, by=person_of(user))


def test_field_says_what_the_record_said_when_it_was_saved_approved_and_issued(app, desk, visit):
    desk.draft(body=BODY, **{"recommendations-0-text": "Ask {programme} first."})
    secretary = visit("secretary@epc.test")
    page = secretary.get(desk.at())
    assert "To Cancer Programme, from EPC Chair (chair): answer by [response due] on [reference]" in page.text
    desk.submit()
    desk.approve()
    rename(app, "Renamed Programme")
    desk.issue()
    letter = words_of(secretary.get_file(f"/letters/{desk.key}/file"))
    assert "To Cancer Programme, from EPC Chair (chair): answer by 18 December 2026" in letter
    assert "on EPC-L01 of 20 November 2026." in letter and "Ask Cancer Programme first." in letter
    assert "Ask Cancer Programme first." in visit("team@can.test").get(f"/letters/{desk.key}").text
    with app.app_context():
        assert "Ask Cancer Programme first." in db.session.scalars(select(LetterRecommendation.text)).all()


def test_what_each_field_says_stands_beside_the_text_and_follows_what_is_chosen(desk, visit):
    desk.draft(body=BODY)
    secretary = visit("secretary@epc.test")
    page = secretary.get(desk.at("/edit"))
    assert "{programme} in the text Cancer Programme" in page.text
    assert "{workshop} Deep dive" in page.text and "{workshop place} Nothing yet." in page.text
    form, _ = secretary.form("Save the draft")
    answer = secretary.client.post(desk.at("/preview"), data={**secretary._defaults(form), "workshop_id": ""})
    assert "Choose the workshop that the letter is about." in answer.get_data(as_text=True)


def test_record_that_moved_on_is_told_before_sending_and_saving_brings_it_up_to_date(app, desk, visit):
    desk.draft(body="To {programme}")
    rename(app, "Renamed Programme")
    secretary = visit("secretary@epc.test")
    assert "the record says “Renamed Programme” now" in secretary.get(desk.at("/send")).text
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft")
    assert "To Renamed Programme" in secretary.page.text


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("To {programe}", "There is no field {programe}. Did you mean {programme}?"),
        ("At {workshop place}", "{workshop place} has nothing to say yet."),
    ],
)
def test_draft_with_a_wrong_field_is_saved_says_so_and_is_not_sent(app, desk, visit, body, message):
    desk.draft(body=body)
    secretary = visit("secretary@epc.test")
    assert message in secretary.get(desk.at("/edit")).text
    page = secretary.get(desk.at("/send"))
    assert message in page.text and "Put this right before you send it" in page.text
    assert not [b for b in page.all(".//button") if b == "Send to chair"]
    with app.app_context():
        by = person_of(db.session.scalars(select(User).where(User.email == "secretary@epc.test")).one())
        letter = queries.get_letter_for(by, desk.key)
        with pytest.raises(RuleBroken, match="field|nothing to say"):
            clearance.submit_letter(letter, letter.current.sha256, clearance.Mail("", ""), by=by)


def test_chair_who_changes_words_keeps_what_fields_said_and_cannot_add_an_unknown_one(app, desk, visit):
    desk.draft(body="To {programme}")
    desk.submit()
    rename(app, "Renamed Programme")
    chair = visit("chair@epc.test")
    chair.get(desk.at("/approve-with-changes"))
    assert "{programme} is “Cancer Programme”." in chair.page.text
    page = chair.send("Approve with these changes", {"Letter": "To {nobody}"}, status=422)
    assert page.errors == [r"There is no field {nobody}. To print the braces, type \{nobody}."]
    chair.send("Approve with these changes", {"Letter": "Warmly to {programme} and {board}"})
    assert "Warmly to Cancer Programme and Test board" in chair.page.text
    deputy = visit("deputy@epc.test")
    deputy.get(desk.at("/confirm"))
    assert "{board}: Test board" in deputy.page.text
    deputy.send("Confirm this text")
    desk.issue()
    letter = words_of(deputy.get_file(f"/letters/{desk.key}/file"))
    assert "Warmly to Cancer Programme and Test board" in letter


def test_literal_braces_print_as_they_are(desk, visit):
    desk.draft(body=r"A \{programme\} and {7}")
    assert "A {programme} and {7}" in visit("secretary@epc.test").get(desk.at()).text
    desk.submit()
    assert "With chair" in visit("secretary@epc.test").get(desk.at()).text


def test_letter_that_says_when_a_response_is_due_is_not_issued_without_a_date(desk, visit):
    desk.draft(body="Answer by {response due}.")
    desk.submit()
    desk.approve()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/issue"))
    values = {"Date of letter": date(2026, 11, 20), "How it is sent": "By e-mail", "To whom": "The SRO"}
    page = secretary.send("Issue the letter", values | {"No response is asked for": True}, status=422)
    assert page.errors == ["The text says by when a response is due, at {response due}: say when"]


def test_correction_resolves_its_fields_anew(app, desk, visit):
    desk.draft(body="To {programme}")
    desk.submit()
    desk.approve()
    desk.issue()
    rename(app, "Renamed Programme")
    secretary = visit("secretary@epc.test")
    secretary.get(f"/letters/{desk.key}")
    page = secretary.send("Draft a correction")
    assert "To Renamed Programme" in page.text
