"""A letter that begins from a Word document: drafted from it, or recorded as it was sent."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from tracker.core.db import db
from tracker.documents import Letter as Document
from tracker.documents import LetterRecommendation as Listed
from tracker.documents import Meta, write_letter
from tracker.letters.models import Letter
from tracker.word_letters.models import WordUpload
from tracker.word_letters.rules import UploadOutcome

SENT = Document(
    meta=Meta("A letter", "The Taskforce", datetime(2017, 12, 29, tzinfo=UTC)),
    organisation="Test organisation",
    unit="Empowering People Taskforce",
    classification="OFFICIAL",
    reference="EPT/17/4",
    sender_address=("1 Old Street", "Leeds"),
    date_text="29 December 2017",
    addressee=("Dr CAN Senior responsible owner OBE", "Director", "Cancer Programme"),
    salutation="Dear Colleague",
    subject="Cancer: what we heard",
    body="Thank you for the workshop.\n\n{recommendations}\n\nWe look forward to hearing from you.",
    recommendations=(
        Listed("a", "**Access:** Say how gaps are narrowed.\\\n*We will know it is done when:* it is said."),
        Listed("b", "Publish the figures."),
    ),
    recommendations_heading="Recommendations",
    response_request="We would be grateful for your response by **early February 2018**.",
    closing="With best wishes",
    signatory=("A. Chair", "Chair"),
    copies_to=("Somebody Else",),
)
BEGIN, RECORD = "Begin a draft from it", "Record it as issued"


def upload(visit, purpose, document=SENT, email="secretary@epc.test"):
    visitor = visit(email)
    visitor.get("/letters")
    visitor.follow("Begin from a Word letter")
    values = {"File": (write_letter(document), "Letter of 2017.docx"), "What do you want to do with it?": purpose}
    visitor.send("Upload and read", values)
    return visitor


def letter_of(app):
    with app.app_context():
        letter = db.session.scalars(select(Letter)).one()
        return letter, letter.id


def test_secretary_drafts_a_letter_from_what_was_recognised(app, heard, visit):
    visitor = upload(visit, BEGIN)
    text = visitor.page.text
    for found in (
        "Dear Colleague",
        "29 December 2017",
        "Cancer Programme",
        "Known here as CAN Senior responsible owner",
    ):
        assert found in text, found
    assert "by early February 2018" in text and "(b) Publish the figures." in text and "Somebody Else" in text
    visitor.follow("Continue to the writing page")
    visitor.send("Save the draft", {"Salutation": "Dear Dr Owner"})
    (printed,) = visitor.page.all(".//article")
    assert "Dr CAN Senior responsible owner OBE Director Cancer Programme Dear Dr Owner" in printed
    assert "1 Old Street" in printed and "Publish the figures." in printed and "With best wishes A. Chair" in printed
    assert "early February 2018" not in printed and "29 December 2017" not in printed
    with app.app_context():
        (row,) = db.session.scalars(select(WordUpload))
        assert row.outcome is UploadOutcome.ACCEPTED and row.letter_id == db.session.scalars(select(Letter)).one().id
    assert "accepted the Word document" in visitor.page.text


def test_secretary_records_an_issued_letter_from_its_word_document(app, heard, visit):
    visitor = upload(visit, RECORD)
    page = visitor.follow("Continue to the record")
    assert "The Word document that you uploaded is kept as the file of the letter." in page.text
    visitor.send("Record the letter")
    page = visitor.page
    assert visitor.address == "/letters/EPC-L01" and "29 December 2017" in page.text
    assert "early February 2018" in page.text and "EPC-L01(b)" in page.text
    assert visitor.get_file("/letters/EPC-L01/file") == write_letter(SENT)
    with app.app_context():
        words = db.session.scalars(select(Letter)).one()
        assert words.letter_date == date(2017, 12, 29)


def test_document_begins_one_letter_only(heard, visit):
    visitor = upload(visit, BEGIN)
    visitor.follow("Continue to the writing page")
    address = visitor.address
    visitor.send("Save the draft")
    visitor.get(address)
    visitor.send("Save the draft", status=409)
    assert "accepted already" in visitor.page.text


def test_document_put_aside_begins_nothing(heard, visit):
    visitor = upload(visit, BEGIN)
    address = visitor.address
    assert "Letter of 2017.docx" in visit("deputy@epc.test").get("/letters/from-word").text
    visitor.send("Put it aside")
    assert "put aside" in visitor.get(address).text and "Continue" not in visitor.page.text


def test_another_secretariat_cannot_begin_from_it(heard, visit):
    upload(visit, BEGIN)
    for address in (
        "/letters/new?word=1",
        "/letters/record?word=1",
        "/letters/from-word/1",
        "/letters/from-word/1/file",
    ):
        visit("secretary@dig.test").get(address, status=404)
    visit("secretary@epc.test").get("/letters/new?word=999", status=404)


@pytest.mark.parametrize("email", ["chair@epc.test", "member@epc.test", "team@can.test"])
def test_only_the_secretariat_begins_from_word(cast, visit, email):
    visit(email).get("/letters/from-word", status=403)
