"""Sending to the chair: the check list, the note, and restoring an earlier version before."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event, select

from tests.factories import add
from tracker.core.db import db, writing
from tracker.core.events import Event
from tracker.core.outbox import OutboxMail
from tracker.letters.models import LetterVersion, Recommendation
from tracker.workshops.models import PointHeard, Workshop
from tracker.workshops.rules import FocusArea, PointKind, Principle


def add_point(app, heard, **details):
    """A third point of the workshop; its id."""
    with app.app_context(), writing():
        workshop = db.session.get_one(Workshop, heard.workshop)
        return add(PointHeard(workshop=workshop, place=3, kind=PointKind.CONCERN, **details)).id


def test_chair_reads_the_note_with_the_letter_and_in_the_mail(app, desk, visit):
    desk.draft()
    desk.submit(note="Paragraph 2 is new.\nPlease look at (a).")
    chair = visit("chair@epc.test")
    page = chair.get(desk.at("/decide"))
    assert "Note from EPC Secretariat (secretary)" in page.text and page.text.count("Paragraph 2 is new.") == 1
    assert "Paragraph 2 is new." in chair.get(desk.at()).text
    with app.app_context():
        bodies = db.session.scalars(select(OutboxMail.body)).all()
    assert any("Please look at (a)." in body for body in bodies)


def test_secretary_is_shown_what_to_look_at_and_sends_it_all_the_same(desk, visit):
    desk.draft(body="The ICB and Dr Nobody Known met.")
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at())
    page = secretary.follow("Send to chair")
    for words in ("No date is set for the response", "ICB is not spelt out", "Dr Nobody Known is named (text)"):
        assert words in page.text
    assert page.link("ICB is not spelt out where it first stands (text).") == desk.at("/edit#body")
    assert "With chair" in secretary.send("Send to chair").text


def test_check_list_is_there_while_one_writes_and_saves_nothing(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    values = {"Letter": "The XYZ of {programe}", "Response due": date(2026, 12, 25)}
    page = secretary.send("Check the letter", values)
    assert "XYZ is not spelt out" in page.text and "Christmas Day" in page.text
    assert page.link("There is no field {programe}. Did you mean {programme}?") == "#body"
    ids = {e.get("id") for e in page.tree.iter() if e.get("id")}
    assert all(a.get("href")[1:] in ids for a in page.tree.iterfind(".//section[@aria-labelledby='check-title']//a"))
    assert "XYZ" not in visit("secretary@epc.test").get(desk.at()).text


def test_new_letter_is_checked_before_it_is_saved(heard, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/new?workshop=EPC-W01")
    page = secretary.send("Check the letter")
    assert "The letter has no text yet." in page.text


def test_recommendations_like_earlier_ones_stand_side_by_side_for_those_who_may_read_them(issued, visit):
    first = issued.key
    issued.draft(**{"recommendations-0-text": "Say how the gaps are narrowed."})
    page = visit("secretary@epc.test").get(issued.at("/send"))
    assert f"like {first}(a) Inequalities, to the same programme" in page.text
    assert "Say how gaps are narrowed." in page.text


def test_addressee_who_is_no_longer_the_owner_warns(app, cast, desk, visit):
    desk.draft(addressee=str(cast.contacts["member@epc.test"]))
    page = visit("secretary@epc.test").get(desk.at("/send"))
    assert "EPC Member (member) is not the senior responsible owner of the programme now" in page.text


def test_point_that_could_identify_someone_warns(app, heard, desk, visit):
    point = add_point(app, heard, text="He is 91", could_identify=True)
    desk.draft(**{"recommendations-0-rests_on": [str(point)]})
    assert (
        "rests on a point that could identify someone: “He is 91”"
        in visit("secretary@epc.test").get(desk.at("/send")).text
    )


@pytest.mark.parametrize("state", ["submit", "approve"])
def test_letter_that_is_no_draft_cannot_be_sent_again(desk, visit, state):
    desk.draft()
    desk.submit()
    if state == "approve":
        desk.approve()
    assert "Only a draft can be sent" in visit("secretary@epc.test").get(desk.at("/send")).text


def test_text_that_moved_is_not_sent(desk, visit):
    desk.draft()
    mine, theirs = visit("secretary@epc.test"), visit("deputy@epc.test")
    mine.get(desk.at("/send"))
    theirs.get(desk.at("/edit"))
    theirs.send("Save the draft", {"Letter": "Moved"})
    assert "The letter was changed after you opened it" in mine.send("Send to chair", status=409).text


def save(visit, desk, **values):
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", values)
    return secretary


def test_secretary_restores_an_earlier_version_with_its_recommendations(app, desk, visit):
    desk.draft(body="First words.")
    save(visit, desk, Letter="Second words.", Recommendation="Another ask.")
    secretary = visit("secretary@epc.test")
    page = secretary.get(desk.at())
    assert "Changed: text, recommendation 1" in page.text
    page = secretary.follow("Restore version 1 into the draft")
    assert "First words." in page.text or "First" in page.text
    page = secretary.send("Restore version 1")
    assert "First words." in page.all(".//article")[0] and "Say how gaps are narrowed." in page.text
    assert "restored an earlier version into the draft" in page.text and "version 3 now" in page.text
    with app.app_context():
        versions = db.session.scalars(select(LetterVersion).order_by(LetterVersion.number)).all()
        assert versions[2].sha256 == versions[0].sha256
        assert len(db.session.scalars(select(Recommendation)).all()) == 1
        assert "letter_restored" in db.session.scalars(select(Event.verb)).all()


def test_restoring_is_offered_where_versions_are_compared_and_only_in_a_draft(desk, visit):
    desk.draft(body="First words.")
    secretary = save(visit, desk, Letter="Second words.")
    secretary.get(desk.at("/compare?from=1&to=2"))
    assert "into the draft?" in secretary.follow("Restore version 1 into the draft").text
    secretary.get(desk.at("/restore/9"), status=404)
    visit("auditor@epc.test").get(desk.at("/restore/1"), status=403)
    desk.submit()
    assert "Only a draft can be changed" in secretary.get(desk.at("/restore/1")).text


def test_two_who_restore_at_once_do_not_pass_each_other_by(desk, visit):
    desk.draft(body="First words.")
    secretary = save(visit, desk, Letter="Second words.")
    secretary.get(desk.at("/restore/1"))
    save(visit, desk, Letter="Third words.")
    page = secretary.send("Restore version 1", status=409)
    assert "Somebody else changed the letter" in page.text


def test_recommendation_from_a_point_takes_over_its_theme(app, heard, desk, visit):
    details = {"theme": "Small print", "focus_area": FocusArea.PATIENTS, "principle": Principle.CARERS}
    point = add_point(app, heard, text="Tiny", **details)
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/new?workshop=EPC-W01")
    secretary.send("Save the draft", names={"arrange": f"point-{point}"})
    secretary.send("Save the draft", {"Recommendation": "Print larger."})
    assert (
        "Small print" in secretary.page.text and "Patients" in secretary.page.text and "Carers" in secretary.page.text
    )


def test_draft_with_many_recommendations_takes_as_many_queries_as_with_one(desk, visit, selects_of):
    desk.draft()
    secretary = visit("secretary@epc.test")
    pages = ("/edit", "/send", "")
    few = [selects_of(lambda page=page: secretary.get(desk.at(page))) for page in pages]
    secretary.get(desk.at("/edit"))
    more = {f"recommendations-{n}-{name}": value for n in range(1, 60) for name, value in (
        ("title", f"Ask {n}"), ("kind", "recommendation"), ("placement", "listed"), ("text", f"Do the thing {n} times.")
    )}  # fmt: skip
    saving = selects_of(lambda: secretary.send("Save the draft", names=more))
    assert "Ask 59" in secretary.page.text
    assert [selects_of(lambda page=page: secretary.get(desk.at(page))) for page in pages] == few
    assert saving < 80


def test_page_of_a_letter_with_many_versions_reads_the_words_of_the_newest_alone(app, desk, visit, words_read):
    desk.draft(body="Version 1.")
    for number in range(2, 15):
        save(visit, desk, Letter=f"Version {number}.")
    secretary = visit("secretary@epc.test")
    with words_read() as read:
        page = secretary.get(desk.at())
    assert sorted(read) == list(range(4, 15))
    listed = page.all(".//section[@aria-labelledby='versions-title']//li")
    assert len(listed) == 14
    assert ["Changed: text" in version for version in listed] == [True] * 10 + [False] * 4
    assert all("What changed in version" in version for version in listed[:13])


@pytest.fixture
def words_read(app):
    """`with words_read() as read`: the numbers of the versions whose words are read from the database meanwhile."""

    @contextmanager
    def noting():
        read = set()

        def note(version, _context, attributes=None):
            if "content" in version.__dict__:
                read.add(version.number)

        for name in ("load", "refresh"):
            event.listen(LetterVersion, name, note)
        try:
            yield read
        finally:
            for name in ("load", "refresh"):
                event.remove(LetterVersion, name, note)

    return noting
