"""Letterheads: uploaded, looked at, live from a day; what is approved keeps the one that it had."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.papers.making import add_invitation, start
from tests.support.word import edited
from tracker.core import clock, files
from tracker.core.db import db
from tracker.documents import own_reference
from tracker.letterheads.models import Letterhead
from tracker.letterheads.rules import Standing, standing, why_not_live_from
from tracker.letters.models import Letter, LetterVersion

LIST = "/taskforces/EPC/letterheads"
TODAY = date(2027, 3, 1)


def coloured(colour="00703C", kind="letter"):
    """A letterhead of another colour than the product's own."""
    return edited(own_reference(kind), ("425563", colour), part="word/styles.xml")


def styles(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("word/styles.xml").decode()


def upload(visit, name="Green", colour="00703C", kind="Letter", email="secretary@epc.test", status=200):
    visitor = visit(email)
    visitor.get(LIST + "/new")
    content = coloured(colour, "letter" if kind == "Letter" else "board")
    values = {"What it is for": kind, "Name": name, "File": (content, "head.docx")}
    visitor.send("Upload the letterhead", values, status=status)
    return visitor


def make_live(visitor, day=None, status=200):
    visitor.get(f"{visitor.address.partition('/live')[0]}/live")
    visitor.send("Make it live", {"Live from": day or clock.today()}, status=status)
    return visitor.page


def save(visit, desk, **values):
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    return secretary.send("Save the draft", values)


def heads(app):
    with app.app_context():
        rows = db.session.scalars(select(LetterVersion).order_by(LetterVersion.id))
        return [row.words.letterhead for row in rows]


@pytest.mark.parametrize(
    ("live_from", "is_live", "stands"),
    [
        (None, False, Standing.NOT_LIVE),
        (TODAY + timedelta(1), False, Standing.PLANNED),
        (TODAY - timedelta(1), True, Standing.LIVE),
        (TODAY - timedelta(1), False, Standing.EARLIER),
    ],
)
def test_how_a_letterhead_stands(live_from, is_live, stands):
    assert standing(live_from, is_live, TODAY) is stands


def test_letterhead_is_live_from_today_or_later_and_once():
    assert why_not_live_from(TODAY, TODAY, Standing.EARLIER) is None
    assert "today or a later day" in (why_not_live_from(TODAY - timedelta(1), TODAY, Standing.NOT_LIVE) or "")
    assert "live already" in (why_not_live_from(TODAY, TODAY, Standing.LIVE) or "")


@pytest.mark.parametrize("email", ["secretary@epc.test", "admin@tracker.test"])
def test_secretary_and_administrator_upload_look_and_make_live(cast, visit, email):
    visitor = visit(email)
    visitor.get("/taskforces/EPC")
    page = visitor.follow("Letterheads")
    assert page.text.count("The product’s own letterhead is used") == 2 and "No letterheads uploaded" in page.text
    upload(visit, email=email)
    visitor.get(LIST)
    visitor.follow("Green")
    assert "Not live" in visitor.page.text and "SHA-256 of the document as you uploaded it" in visitor.page.text
    assert "00703C" in styles(visitor.get_file(visitor.page.link("Download the specimen letter")))
    assert "Live from" in make_live(visitor).text
    page = visitor.get(LIST)
    assert "Live since" in page.text and page.text.count("The product’s own letterhead is used") == 1


def test_original_is_kept_as_it_came(app, cast, visit):
    upload(visit)
    with app.app_context():
        row = db.session.scalars(select(Letterhead)).one()
        assert files.read(row.original_sha256) == coloured()
        assert files.read(row.file_sha256).startswith(b"PK")


def test_products_own_is_a_beginning_for_each_kind(cast, visit):
    visitor = visit("secretary@epc.test")
    assert visitor.get_file(LIST + "/own.docx") == own_reference("letter")
    assert visitor.get_file(LIST + "/own.docx?kind=cover_sheet") == own_reference("board")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7", "This is a PDF"),
        (b"PK\x03\x04", "The file is damaged or not whole."),
        (b"PK" + b"x" * (5 * 1024 * 1024), "The file is larger than 5 MB."),
    ],
)
def test_bad_letterhead_is_refused_at_its_field(app, cast, visit, content, message):
    visitor = visit("secretary@epc.test")
    visitor.get(LIST + "/new?kind=cover_sheet")
    (error,) = visitor.send("Upload the letterhead", {"Name": "Bad", "File": (content, "x.docx")}, status=422).errors
    assert error.startswith(message)
    with app.app_context():
        assert db.session.scalars(select(Letterhead)).all() == []


def test_drafts_take_the_live_letterhead_when_they_are_saved_and_say_so(app, desk, visit):
    desk.draft()
    visitor = upload(visit)
    make_live(visitor)
    assert heads(app) == [""]
    page = save(visit, desk)
    assert "Letter saved." in page.text and heads(app)[1] != ""
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at())
    page = secretary.follow("What changed in version 2")
    assert page.all(".//h3") == ["Letterhead"]
    assert page.all(".//del") == ["[removed: The product’s own]"] and page.all(".//ins") == ["[added: Green]"]
    assert "00703C" in styles(visit("secretary@epc.test").get_file(desk.at("/draft.docx")))


def test_approved_letter_is_issued_on_the_letterhead_that_was_approved(app, desk, visit):
    desk.draft()
    make_live(upload(visit))
    save(visit, desk)
    desk.submit()
    make_live(upload(visit, "Red", "B10E1E"))
    desk.approve()
    desk.issue()
    sent = visit("secretary@epc.test").get_file(desk.at("/file"))
    assert "00703C" in styles(sent) and "B10E1E" not in styles(sent)
    desk.draft()
    assert "B10E1E" in styles(visit("secretary@epc.test").get_file(desk.at("/draft.docx")))
    with app.app_context():
        letter = db.session.scalars(select(Letter).where(Letter.reference == "EPC-L01")).one()
        assert files.read(letter.file_sha256 or "") == sent


def test_earlier_letterhead_is_made_live_again_on_the_day_it_was_replaced(app, desk, visit):
    green = upload(visit)
    make_live(green)
    make_live(upload(visit, "Red", "B10E1E"))
    page = green.get(LIST)
    assert "Earlier" not in page.text and "Not live" in page.text
    green.follow("Green")
    make_live(green)
    desk.draft()
    assert "00703C" in styles(visit("secretary@epc.test").get_file(desk.at("/draft.docx")))


def test_letterhead_planned_for_a_later_day_is_not_used_yet_and_can_be_given_up(desk, visit):
    green = upload(visit)
    page = make_live(green, clock.today() + timedelta(7))
    assert "To be live from" in page.text and "Planned" in page.text
    desk.draft()
    assert "00703C" not in styles(visit("secretary@epc.test").get_file(desk.at("/draft.docx")))
    green.send("Do not make it live")
    assert "The letterhead is not to be live any more." in green.page.text
    green.get("/letterheads/1")
    assert "Do not make it live" not in green.page.html


def test_letterhead_is_not_made_live_in_the_past_or_twice(cast, visit):
    green = upload(visit)
    past = make_live(green, clock.today() - timedelta(1), status=422)
    assert past.errors == ["Choose today or a later day: letters of earlier days keep the letterhead that they had"]
    make_live(green)
    assert make_live(green, status=422).errors == ["This letterhead is live already"]


def test_cover_sheet_of_a_draft_paper_is_on_the_live_letterhead(cast, visit):
    make_live(upload(visit, kind="Cover sheet"))
    visitor = visit("secretary@epc.test")
    start(visitor)
    add_invitation(visitor, "Note it")
    key = visitor.address.split("/")[2]
    assert "00703C" in styles(visitor.get_file(f"/papers/{key}/cover-sheet.docx"))


def test_other_taskforces_see_nothing_of_it(cast, visit):
    address = upload(visit).address
    for email in ("chair@epc.test", "secretary@dig.test", "team@can.test"):
        for page in ("", "/specimen.docx", "/letterhead.docx", "/live"):
            visit(email).get(address + page, status=404)


def test_list_takes_as_many_queries_for_many_letterheads_as_for_one(cast, visit, selects_of):
    visitor = upload(visit)
    one = selects_of(lambda: visitor.get(LIST))
    for name in ("Red", "Blue", "Grey"):
        upload(visit, name)
    assert selects_of(lambda: visitor.get(LIST)) == one and "4 letterheads uploaded" in visitor.page.text
