"""A draft goes out to Word and comes back: what was changed there is seen, word by word, before it is saved."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.conftest import missing
from tests.support.word import SOFFICE, edited, saved_by_libreoffice
from tracker.core.db import db
from tracker.documents import own_reference
from tracker.letters.models import LetterRecommendation, LetterVersion
from tracker.word_letters.models import WordUpload
from tracker.word_letters.rules import UploadOutcome

BODY = """Thank you for the workshop.

## What we heard

* People wait *too long*.
* They are not told why.

{recommendations}

We look forward to hearing from you & your team."""


def upload(visit, desk, content, status=200, email="secretary@epc.test", name="draft.docx"):
    visitor = visit(email)
    visitor.get(desk.at("/from-word"))
    visitor.send("Upload and compare", {"File": (content, name)}, status=status)
    return visitor


def download(visit, desk):
    return visit("secretary@epc.test").get_file(desk.at("/draft.docx"))


def current(app):
    with app.app_context():
        newest = select(LetterVersion).order_by(LetterVersion.number.desc()).limit(1)
        version = db.session.scalars(newest).one()
        return version.number, version.words


def test_draft_that_comes_back_unchanged_says_that_nothing_differs(app, desk, visit):
    desk.draft(BODY)
    visitor = upload(visit, desk, download(visit, desk))
    assert "Nothing differs between the Word document and version 1" in visitor.page.text
    with app.app_context():
        assert db.session.scalars(select(WordUpload)).all() == []
    assert current(app)[0] == 1


def test_draft_that_libreoffice_saved_again_does_not_differ(app, desk, visit):
    if not SOFFICE:
        missing("LibreOffice")
    desk.draft(BODY)
    visitor = upload(visit, desk, saved_by_libreoffice(download(visit, desk)))
    assert "Nothing differs between the Word document and version 1" in visitor.page.text


def test_draft_on_a_letterhead_of_its_own_comes_back_unchanged(app, cast, desk, visit):
    green = edited(own_reference("letter"), ("425563", "00703C"), part="word/styles.xml")
    visitor = visit("secretary@epc.test")
    visitor.get("/taskforces/EPC/letterheads/new?kind=letter")
    visitor.send("Upload the letterhead", {"Name": "Green", "File": (green, "head.docx")})
    visitor.get("/letterheads/1/live")
    visitor.send("Make it live")
    desk.draft(BODY)
    assert current(app)[1].letterhead
    assert "Nothing differs between" in upload(visit, desk, download(visit, desk)).page.text


def test_one_edited_word_is_exactly_that_difference(app, desk, visit):
    desk.draft(BODY)
    visitor = upload(visit, desk, edited(download(visit, desk), ("not told why", "never told why")))
    page = visitor.page
    assert "paragraphs unchanged" in page.text
    assert page.all(".//del") == ["[removed: not ]"] and page.all(".//ins") == ["[added: never ]"]
    assert page.all(".//h3") == ["Letter"] and "What could not be read" not in page.text
    assert current(app)[0] == 1
    visitor.send("Accept as a new version")
    assert "Saved as version 2." in visitor.page.text and "accepted the Word document" in visitor.page.text
    number, words = current(app)
    assert number == 2 and words.body == BODY.replace("not told", "never told")
    with app.app_context():
        assert [u.outcome for u in db.session.scalars(select(WordUpload))] == [UploadOutcome.ACCEPTED]


def test_document_put_aside_changes_nothing(app, desk, visit):
    desk.draft(BODY)
    visitor = upload(visit, desk, edited(download(visit, desk), ("not told why", "never told why")))
    address = visitor.address
    assert "draft.docx" in visit("deputy@epc.test").get(desk.at("/from-word")).text
    visitor.send("Put it aside")
    assert "Nothing was changed" in visitor.page.text and current(app)[0] == 1
    page = visitor.get(address)
    assert "put aside" in page.text and "Accept as a new version" not in page.html


def test_recommendations_keep_their_identity_and_none_is_dropped_unseen(app, desk, visit):
    desk.draft(BODY)
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    secretary.send("Add another recommendation")
    secretary.send("Save the draft", names={"recommendations-1-text": "Publish the figures every year."})
    content = download(visit, desk)
    with app.app_context():
        ids = list(db.session.scalars(select(LetterRecommendation.recommendation_id).distinct()))
    assert len(ids) == 2
    swapped = edited(
        content,
        ("Publish the figures every year.", "@@"),
        ("Say how gaps are narrowed.", "Say each year how all gaps are narrowed."),
        ("@@", "Something that nobody has asked for until now."),
    )
    page = upload(visit, desk, swapped).page
    names = page.all(".//h3")
    assert names == ["Recommendation 1", "Recommendation 2", "Recommendation 2, removed"]


def test_draft_saved_meanwhile_keeps_what_both_changed(app, desk, visit):
    desk.draft(BODY)
    content = download(visit, desk)
    deputy = visit("deputy@epc.test")
    deputy.get(desk.at("/edit"))
    deputy.send("Save the draft", {"Subject": "A new subject", "Letter": BODY.replace("Thank you", "Thanks")})
    visitor = upload(visit, desk, edited(content, ("not told why", "never told why")))
    text = visitor.page.text
    assert "compared with version 1" in text and "it is at version 2 now" in text
    assert "did not change the same words" in text and visitor.page.all(".//ins")[0] == "[added: never ]"
    visitor.send("Accept as a new version")
    number, words = current(app)
    assert (number, words.subject) == (3, "A new subject")
    assert words.body == BODY.replace("Thank you", "Thanks").replace("not told", "never told")


@pytest.mark.parametrize(
    ("choice", "kept"), [("Keep what is saved now", "always"), ("Take the words of the Word document", "never")]
)
def test_secretary_chooses_where_both_changed_the_same_words(app, desk, visit, choice, kept):
    desk.draft(BODY)
    content = download(visit, desk)
    deputy = visit("deputy@epc.test")
    deputy.get(desk.at("/edit"))
    deputy.send("Save the draft", {"Letter": BODY.replace("not told", "always told"), "Subject": "Theirs"})
    visitor = upload(visit, desk, edited(content, ("not told why", "never told why")))
    for words in ("They are not told why", "They are always told why", "They are never told why"):
        assert words in visitor.page.text
    assert visitor.send("Accept as a new version", status=422).errors == ["Say which of the two to keep"]
    visitor.send("Accept as a new version", {"Where both changed the same words": choice})
    assert f"They are {kept} told why." in current(app)[1].body and current(app)[1].subject == "Theirs"


def test_accepting_a_stale_comparison_is_refused(app, desk, visit):
    desk.draft(BODY)
    visitor = upload(visit, desk, edited(download(visit, desk), ("not told why", "never told why")))
    deputy = visit("deputy@epc.test")
    deputy.get(desk.at("/edit"))
    deputy.send("Save the draft", {"Subject": "Theirs"})
    visitor.send("Accept as a new version", status=409)
    assert current(app)[0] == 2


def test_recommendation_that_changes_names_the_points_that_it_rests_on_by_their_words(heard, desk, visit):
    desk.draft(BODY, **{"recommendations-0-rests_on": [str(heard.points[0])]})
    visitor = upload(visit, desk, edited(download(visit, desk), ("gaps are narrowed", "gaps are closed")))
    assert "Rests on: Concern number 1" in visitor.page.text


def test_slots_and_header_come_back_as_they_were_and_what_is_not_taken_over_is_named(app, desk, visit):
    desk.draft(BODY)
    content = edited(download(visit, desk), ("[Date of issue]", "5 March 2027"), ("not told why", "never told why"))
    visitor = upload(visit, desk, content)
    assert "The date was changed to “5 March 2027”. It is set on the writing page" in visitor.page.text
    visitor.send("Accept as a new version")
    assert "5 March" not in current(app)[1].to_json() and "[Date of issue]" in visitor.page.text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7", "This is a PDF"),
        (b"PK\x03\x04 broken", "The file is damaged or not whole."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old Word file (.doc)."),
        (b"Dear Sir", "This is not a Word document (.docx)."),
    ],
)
def test_bad_files_are_refused_with_the_reason(app, desk, visit, content, message):
    desk.draft(BODY)
    (error,) = upload(visit, desk, content, status=422).page.errors
    assert error.startswith(message)
    visitor = visit("secretary@epc.test")
    visitor.get("/letters/from-word")
    values = {"File": (content, "x.docx"), "What do you want to do with it?": "Begin a draft from it"}
    (error,) = visitor.send("Upload and read", values, status=422).errors
    assert error.startswith(message)
    with app.app_context():
        assert db.session.scalars(select(WordUpload)).all() == []


def test_letter_with_the_chair_takes_nothing_from_word(desk, visit):
    desk.draft(BODY)
    content = edited(download(visit, desk), ("not told why", "never told why"))
    visitor = upload(visit, desk, content)
    address = visitor.address
    desk.submit()
    assert "no longer a draft" in visitor.get(address).text and "Accept" not in " ".join(visitor.page.all(".//button"))
    visitor.get(desk.at("/from-word"))
    assert "Only a draft takes what was edited in Word." in visitor.page.text


def test_document_of_another_letter_says_so(desk, visit):
    desk.draft(BODY)
    content = download(visit, desk)
    desk.draft(BODY)
    assert "a version of another letter" in upload(visit, desk, content).page.text
    unnamed = edited(content, ("draft ", "some "), part="docProps/core.xml")
    assert "does not say which version it was downloaded from" in upload(visit, desk, unnamed).page.text


def test_member_and_another_secretariat_take_no_part(desk, visit):
    desk.draft(BODY)
    address = upload(visit, desk, edited(download(visit, desk), ("not told why", "never told why"))).address
    for email in ("chair@epc.test", "member@epc.test", "secretary@dig.test", "team@can.test"):
        visit(email).get(address, status=404)
    visit("chair@epc.test").get(desk.at("/from-word"), status=403)


def test_word_document_that_nobody_decided_on_stands_under_due_for_me(desk, visit):
    desk.draft(BODY)
    visitor = upload(visit, desk, edited(download(visit, desk), ("not told why", "never told why")))
    what = "Look at what was changed in Word, and accept it or not"
    for email in ("chair@epc.test", "secretary@dig.test"):
        assert what not in visit(email).get("/").text
    visitor.get("/")
    visitor.follow(f"Word document: {what}")
    assert "never" in visitor.page.text
    visitor.send("Put it aside")
    assert what not in visitor.get("/").text
