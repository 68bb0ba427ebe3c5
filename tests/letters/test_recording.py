"""Letters that were issued before the product came, or outside it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tracker.core import audit
from tracker.core.db import db
from tracker.letters.models import Letter
from tracker.recommendations.models import Assignment

PDF = b"%PDF-1.7 as it was sent"


def record(visit, file=(PDF, "letter.pdf"), status=200, **more):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/record?workshop=EPC-W01")
    secretary.send("Add a recommendation")
    values = {"Date of letter": date(2017, 12, 29), "Response due, as stated": "early February 2018"}
    values |= {"Recommendation": "Tell us your thoughts.", "Kind": "Request for information", "File": file}
    secretary.send("Record the letter", values | more, status=status)
    return secretary


def test_secretary_records_an_issued_letter_with_its_file_and_recommendations(app, heard, visit):
    secretary = record(visit)
    assert secretary.address == "/letters/EPC-L01"
    page = secretary.page
    assert "Recorded: issued outside the product; no approval is held here." in page.text
    assert "early February 2018" in page.text and "EPC-L01(a)" in page.text
    for claim in ("Approved", "Decisions", "Send to chair", "Edit"):
        assert claim not in page.text
    assert secretary.get_file("/letters/EPC-L01/file") == PDF
    assert "attachment; filename=EPC-L01.pdf" in secretary.client.get("/letters/EPC-L01/file").headers.values()
    with app.app_context():
        assert [a.due_stated for a in db.session.scalars(select(Assignment))] == ["early February 2018"]
        assert audit.verify() == []


def test_programme_team_sees_the_recorded_letter(heard, visit):
    record(visit)
    page = visit("team@can.test").get("/letters/EPC-L01")
    assert "Tell us your thoughts." in page.text and "no approval is held here" in page.text


def test_recorded_letter_cannot_be_edited_or_issued(heard, visit):
    secretary = record(visit)
    assert secretary.get("/letters/EPC-L01/edit").text.count("Record") and secretary.address == "/letters/EPC-L01"
    for step in ("issue", "reopen", "withdraw"):
        secretary.get(f"/letters/EPC-L01/{step}")
        assert secretary.address == "/letters/EPC-L01"


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ((b"MZ a program", "letter.pdf"), "The file must be a Word document (.docx) or a PDF."),
        ((b"", "letter.pdf"), "The file must be a Word document (.docx) or a PDF."),
        ((PDF, ""), "Choose the file of the letter"),
    ],
)
def test_only_word_and_pdf_files_are_recorded(app, heard, visit, file, message):
    secretary = record(visit, file=file, status=422)
    assert secretary.page.errors == [message]
    with app.app_context():
        assert db.session.scalars(select(Letter)).all() == []


def test_recording_needs_the_date(heard, visit):
    secretary = record(visit, status=422, **{"Date of letter": ("", "", "")})
    assert secretary.page.errors == ["Enter the date of the letter"]
