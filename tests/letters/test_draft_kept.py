"""What is typed and not saved: kept, offered again, told to others, and gone once it is saved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tracker.core import clock
from tracker.core.db import db
from tracker.letters.models import DraftEdit, LetterVersion


def keep(visitor, address, names=None, status=200, button="Save the draft"):
    """What static/autosave.js sends from the page at hand."""
    form, _ = visitor.form(button)
    answer = visitor.client.post(address, data=visitor._defaults(form) | (names or {}))
    assert answer.status_code == status, answer.get_data(as_text=True)[:300]
    return answer.get_json(silent=True)


def type_in(visitor, desk, **names):
    visitor.get(desk.at("/edit"))
    return keep(visitor, desk.at("/draft-edit"), names)


def test_typed_text_is_kept_without_a_version_or_an_event_and_continued_with(app, desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    said = type_in(secretary, desk, body="Half a thought", **{"recommendations-0-text": "Half a recommendation"})
    assert "kept at" in said["message"] and said["others"] == []
    with app.app_context():
        assert len(db.session.scalars(select(LetterVersion)).all()) == 1
    page = secretary.get(desk.at("/edit"))
    assert "You have text that you did not save" in page.text and "Half a thought" not in page.html
    page = secretary.follow("Continue with it")
    assert "Half a thought" in page.html and "Half a recommendation" in page.html and "kept" in page.text
    secretary.send("Save the draft")
    assert "Half a thought" in secretary.page.text
    assert "You have text" not in secretary.get(desk.at("/edit")).text


def test_secretary_drops_what_was_kept(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    type_in(secretary, desk, body="Never mind")
    secretary.get(desk.at("/edit"))
    page = secretary.send("Drop it")
    assert "You have text" not in page.text and "Never mind" not in page.html


def test_new_letter_is_kept_too_and_saving_lets_go_of_it(app, heard, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/new?workshop=EPC-W01")
    keep(secretary, "/letters/draft-edit?taskforce=EPC", {"body": "A beginning"})
    page = secretary.get("/letters/new?workshop=EPC-W01")
    assert "You have text" in page.text
    assert "A beginning" in secretary.follow("Continue with it").html
    secretary.send("Save the draft")
    assert "A beginning" in secretary.page.text
    with app.app_context():
        assert db.session.scalars(select(DraftEdit)).all() == []
    secretary.get("/letters/new?taskforce=EPC")
    keep(secretary, "/letters/draft-edit?taskforce=EPC", {"body": "Another"})
    secretary.get("/letters/new?taskforce=EPC")
    assert "You have text" not in secretary.send("Drop it").text


def test_continuing_after_somebody_saved_shows_both_texts_and_loses_neither(desk, visit):
    desk.draft()
    mine, theirs = visit("secretary@epc.test"), visit("deputy@epc.test")
    type_in(mine, desk, body="My unsaved text")
    theirs.get(desk.at("/edit"))
    theirs.send("Save the draft", {"Letter": "Their saved text"})
    mine.get(desk.at("/edit"))
    page = mine.follow("Continue with it")
    assert "Somebody else saved this" in page.text
    assert "Their saved text" in page.text and "My unsaved text" in page.html
    mine.send("Save the draft")
    assert "My unsaved text" in mine.page.text


def test_draft_open_elsewhere_says_who_was_typing_and_how_long_ago(desk, visit):
    desk.draft()
    mine, theirs = visit("secretary@epc.test"), visit("deputy@epc.test")
    now = clock.now()
    with clock.frozen(now):
        said = type_in(theirs, desk, body="Theirs")
    with clock.frozen(now + timedelta(minutes=2)):
        assert "EPC Secretariat (deputy) was typing in this draft 2 minutes ago" in mine.get(desk.at("/edit")).text
        said = keep(mine, desk.at("/draft-edit"))
        assert said["others"] == ["EPC Secretariat (deputy) was typing in this draft 2 minutes ago"]
        assert "What is not saved is not sent" in mine.get(desk.at("/send")).text
    with clock.frozen(now + timedelta(minutes=16)):
        assert "was typing" not in mine.get(desk.at("/edit")).text


def test_page_that_was_saved_keeps_nothing_more(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    page = secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", {"Letter": "Saved"})
    secretary.page = page
    said = keep(secretary, desk.at("/draft-edit"), {"body": "Late"})
    assert "saved already" in said["message"]
    assert "You have text" not in secretary.get(desk.at("/edit")).text


def test_letter_with_the_chair_keeps_nothing(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    page = secretary.get(desk.at("/edit"))
    desk.submit()
    secretary.page = page
    assert "with chair now" in keep(secretary, desk.at("/draft-edit"))["message"]


@pytest.mark.parametrize("body", ["a\x00b", "x" * 60_000, "<script>alert(1)</script>", "\u202e"])
def test_whatever_was_typed_comes_back(desk, visit, body):
    desk.draft()
    secretary = visit("secretary@epc.test")
    type_in(secretary, desk, body=body)
    secretary.get(desk.at("/edit"))
    page = secretary.follow("Continue with it")
    assert "<script>alert" not in page.html
    secretary.send("Save the draft", status=None)
    assert secretary.page.status in {200, 422}


def test_keeping_takes_few_queries_however_many_versions_there_are(desk, visit, selects_of):
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    few = selects_of(lambda: keep(secretary, desk.at("/draft-edit")))
    for word in ("one", "two"):
        secretary.send("Save the draft", {"Subject": word})
        secretary.get(desk.at("/edit"))
    assert selects_of(lambda: keep(secretary, desk.at("/draft-edit"))) == few
    assert few < 20


def test_kept_text_is_its_writers_alone(desk, visit):
    desk.draft()
    type_in(visit("secretary@epc.test"), desk, body="Mine alone")
    for email in ("deputy@epc.test", "auditor@epc.test", "chair@epc.test"):
        assert "Mine alone" not in visit(email).get(desk.at()).html
    assert "You have text" not in visit("deputy@epc.test").get(desk.at("/edit")).text
