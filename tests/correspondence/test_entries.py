"""What is entered by hand: who sees it, how it is put right, and that none of it is lost."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import insert, select

from tests.correspondence.conftest import ADDRESS
from tests.factories import person_of
from tracker.accounts.models import User
from tracker.core import audit, clock
from tracker.core.db import db, side_write, writing
from tracker.core.errors import RuleBroken
from tracker.core.events import EventDetail
from tracker.core.files import PDF
from tracker.core.files import store as store_file
from tracker.correspondence import operations
from tracker.correspondence.models import CorrespondenceEntry
from tracker.correspondence.operations import EntryDetails
from tracker.correspondence.rules import Direction, EntryKind
from tracker.letters.models import Letter
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response
from tracker.sending.models import LetterSending
from tracker.sending.rules import SendingHow

READERS = ("secretary@epc.test", "chair@epc.test", "member@epc.test", "auditor@epc.test")
PROGRAMME = ("team@can.test", "sro@can.test")


def entry(app):
    with app.app_context():
        return db.session.scalars(select(CorrespondenceEntry)).one()


def test_secretary_adds_a_call_with_files(app, clerk, visit):
    page = clerk.add(
        files=[(b"%PDF-1.7 notes", "folder/notes<b>.pdf"), (b"plain words", "n.txt")], happened_at="2:15pm"
    )
    assert (
        "Call, in" in page.text and "3 November 2026 at 14:15" in page.text and "They asked for the date." in page.text
    )
    assert "notes<b>.pdf" in page.text and "Entered by EPC Secretariat (secretary)" in page.text
    row = entry(app)
    for place, kind, content in ((1, "pdf", b"%PDF-1.7 notes"), (2, "txt", b"plain words")):
        answer = clerk.browser.client.get(page.link("notes<b>.pdf" if place == 1 else "n.txt"))
        assert answer.get_data() == content
        name = f"EPC-L01-correspondence-{row.id}-{place}.{kind}"
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    with app.app_context():
        assert audit.verify() == []


def test_unknown_files_are_kept_and_only_handed_out_whole(clerk):
    page = clerk.add(files=[(b"MZ\x00\x01 a program", "run.exe"), (b"<script>alert(1)</script>", "x.html")])
    kinds = [clerk.browser.client.get(page.link(name)).mimetype for name in ("run.exe", "x.html")]
    assert kinds == ["application/octet-stream", "text/plain"]


@pytest.mark.parametrize("email", READERS)
def test_people_of_the_taskforce_read_all_of_it(clerk, visit, email):
    clerk.add(text="To be shown.")
    clerk.add(text="Between us.", is_internal="y")
    page = visit(email).get(ADDRESS)
    assert "To be shown." in page.text and "Between us." in page.text
    assert "Not shown to the programme. May be disclosed under FOI." in page.text
    assert "3 entries" in page.text and "All correspondence (3)" in visit(email).get("/letters/EPC-L01").text


@pytest.mark.parametrize("email", PROGRAMME)
def test_programme_reads_what_went_to_it_or_came_from_it(clerk, visit, email):
    clerk.add(text="Shown one.")
    clerk.add(text="Shown two.", direction="out", from_whom="Us", to_whom="sro@can.test")
    clerk.add(text="Hidden one.", is_internal="y")
    clerk.add(text="Hidden two.", from_whom="Another body", to_whom="Cancer Programme")
    clerk.add(text="Hidden three.", direction="inside", kind="note")
    clerk.add(text="Hidden four.", direction="out", from_whom="Cancer Programme", to_whom="")
    reader = visit(email)
    page = reader.get(ADDRESS)
    assert "Shown one." in page.text and "Shown two." in page.text and "Issued as EPC-L01." in page.text
    for hidden in ("Hidden", "Entered by", "Add an entry", "Internal", "FOI", "Shown to the programme"):
        assert hidden not in page.text
    assert "3 entries" in page.text
    panel = reader.get("/letters/EPC-L01")
    assert "All correspondence (3)" in panel.text and "Internal" not in panel.text
    assert "Timeline" not in reader.get(page.link("Call, in")).text


def test_secretary_sees_what_the_programme_sees(clerk):
    clerk.add()
    page = clerk.add(from_whom="Somebody else")
    assert "Shown to the programme" in page.text
    assert "Not shown to the programme: it does not name the programme or its people" in page.text


@pytest.mark.parametrize("hidden", [{"is_internal": "y"}, {"from_whom": "Somebody"}, {"direction": "inside"}])
def test_programme_reaches_no_entry_or_file_that_is_not_theirs(app, clerk, visit, hidden):
    page = clerk.add(files=[(b"%PDF-1", "a.pdf")], **hidden)
    file, row = page.link("a.pdf"), entry(app)
    team = visit("team@can.test")
    team.get(f"{ADDRESS}/{row.id}", status=404)
    assert team.client.get(file).status_code == 404
    assert visit("member@epc.test").client.get(file).status_code == 200


@pytest.mark.parametrize("email", ["team@dia.test", "secretary@dig.test", "nobody@tracker.test", "admin@tracker.test"])
def test_strangers_find_nothing(app, clerk, visit, email):
    file = clerk.add(files=[(b"%PDF-1", "a.pdf")]).link("a.pdf")
    visit(email).get(ADDRESS, status=404)
    assert visit(email).client.get(file).status_code == 404


def test_an_entry_is_found_at_its_own_letter_only(app, clerk):
    clerk.add()
    clerk.browser.get(f"/letters/1/correspondence/{entry(app).id}", status=404)


@pytest.mark.parametrize("email", ["chair@epc.test", "member@epc.test", "auditor@epc.test", *PROGRAMME])
def test_only_the_secretariat_writes(app, clerk, visit, email):
    clerk.add()
    reader = visit(email)
    for page in ("new", "emails", f"{entry(app).id}/correct", f"{entry(app).id}/strike"):
        reader.get(f"{ADDRESS}/{page}", status=403)


@pytest.mark.parametrize("kind", ["holding_reply", "acknowledgement", "verbal_update"])
def test_what_answers_nothing_says_so_and_moves_nothing(app, clerk, kind):
    with app.app_context():
        before = [tuple(r) for t in (Assignment, Response) for r in db.session.execute(select(t.__table__))]
    assert "This answers nothing: the response is still awaited" in clerk.add(kind=kind).text
    with app.app_context():
        assert before == [tuple(r) for t in (Assignment, Response) for r in db.session.execute(select(t.__table__))]


def test_reply_does_not_say_that_it_answers_nothing(clerk):
    assert "This answers nothing" not in clerk.add(kind="reply").text


def test_secretary_corrects_an_entry_and_its_history_is_kept(app, clerk, visit):
    page = clerk.add()
    clerk.browser.get(page.link("Call, in"))
    clerk.browser.follow("Correct the entry")
    page = clerk.browser.send(
        "Save the correction",
        names={"text": "They asked for a later date.", "happened_at": "9.05", "subject": "The date"},
    )
    assert "They asked for a later date." in page.text and "at 09:05" in page.text and "The date" in page.text
    assert "Text: They asked for the date., now They asked for a later date." in page.text
    with app.app_context():
        bodies = [json.loads(b) for b in db.session.scalars(select(EventDetail.body).order_by(EventDetail.number))]
        assert bodies[-1]["text"] == ["They asked for the date.", "They asked for a later date."]
        assert audit.verify() == []
    clerk.browser.follow("Correct the entry")
    assert "Nothing has changed" in clerk.browser.send("Save the correction").text
    assert "What was corrected" not in visit("team@can.test").get(f"{ADDRESS}/{entry(app).id}").text


def test_two_who_correct_an_entry_see_both_texts(app, clerk, visit):
    clerk.add()
    other = visit("deputy@epc.test")
    for browser in (clerk.browser, other):
        browser.get(f"{ADDRESS}/{entry(app).id}/correct")
    other.send("Save the correction", names={"text": "Theirs."})
    page = clerk.browser.send("Save the correction", names={"text": "Mine."}, status=409)
    assert "Theirs." in page.text and "Mine." in page.html


def test_entry_made_by_mistake_is_struck_and_stays(app, clerk, visit):
    clerk.add(files=[(b"%PDF-1", "a.pdf")])
    row = entry(app)
    clerk.browser.get(f"{ADDRESS}/{row.id}/strike")
    clerk.browser.send("Strike the entry", status=422)
    assert clerk.browser.page.errors == ["Say why"]
    page = clerk.browser.send("Strike the entry", {"Reason": "It was about another letter."})
    assert "Struck This entry was a mistake. The reason: It was about another letter." in page.text
    assert "They asked for the date." in clerk.browser.get(ADDRESS).text
    for step in ("correct", "strike"):
        clerk.browser.get(f"{ADDRESS}/{row.id}/{step}")
        assert clerk.browser.address == f"{ADDRESS}/{row.id}"
    team = visit("team@can.test")
    assert "They asked" not in team.get(ADDRESS).text and "All correspondence (1)" in team.get("/letters/EPC-L01").text
    team.get(f"{ADDRESS}/{row.id}", status=404)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"text": ""}, "Enter what was said, or add a file"),
        ({"happened_on-year": "2199"}, "The date cannot be in the future"),
        ({"happened_at": "25:00"}, "Time must be a time, like 10:30 or 2:15pm"),
        ({"kind": ""}, "Choose the kind"),
    ],
)
def test_wrong_entry_is_refused_at_its_field(app, clerk, names, message):
    page = clerk.add(status=422, **names)
    assert page.errors == [message] and "Cancer Programme" in page.html
    with app.app_context():
        assert db.session.scalars(select(CorrespondenceEntry)).all() == []


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ((b"", "empty.pdf"), "“empty.pdf” is empty."),
        ((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "mail.msg"), "Outlook message"),
        ((b"x" * (20 * 1024 * 1024 + 1), "big.bin"), "“big.bin” is larger than 20 MB."),
    ],
)
def test_bad_files_are_refused_with_the_reason(clerk, file, message):
    assert message in clerk.add(status=422, files=[file]).errors[0]


def test_correspondence_is_filtered_and_ordered(clerk):
    clerk.add(subject="Earlier", **{"happened_on-day": "2"})
    clerk.add(subject="Later", kind="email", direction="out", to_whom="sro@can.test")
    page = clerk.browser.get(ADDRESS)
    assert page.all(".//h3") == ["E-mail, out: Later", "Call, in: Earlier", "Letter, out: What we heard"]
    assert clerk.browser.get(f"{ADDRESS}?sort=date").all(".//h3")[0] == "Letter, out: What we heard"
    assert clerk.browser.get(f"{ADDRESS}?kind=email").all(".//h3") == ["E-mail, out: Later"]
    assert clerk.browser.get(f"{ADDRESS}?direction=in").all(".//h3") == ["Call, in: Earlier"]
    assert "No entry fits these filters." in clerk.browser.get(f"{ADDRESS}?kind=reply").text
    assert len(clerk.browser.get(f"{ADDRESS}?kind=xx&direction=1&sort=abc").all(".//h3")) == 3


def test_calls_before_the_letter_is_issued_are_kept_too(records, visit):
    secretary = visit("secretary@epc.test")
    address = f"/letters/{records.draft_letter}/correspondence"
    assert "No correspondence" in secretary.get(address).text
    secretary.get(f"{address}/new")
    page = secretary.send("Add the entry", names={"kind": "call", "direction": "in", "text": "May we?"})
    assert "May we?" in page.text
    for email in ("member@epc.test", "team@can.test"):
        visit(email).get(address, status=404)


def test_a_sending_stands_in_the_correspondence_from_its_own_record(app, clerk, visit):
    with app.app_context(), writing():
        letter = db.session.scalars(select(Letter).where(Letter.reference == "EPC-L01")).one()
        user = db.session.scalars(select(User).where(User.email == "secretary@epc.test")).one()
        sent = {"how": SendingHow.EMAIL, "sent_on": date(2026, 11, 4), "by_id": user.contact_id, "at": clock.now()}
        for to in ("sro@can.test", "press@other.test"):
            row = LetterSending(letter_id=letter.id, to_line=to, covering_text="Here it is.", **sent)
            db.session.add(row)
            db.session.flush()
            operations.events.record(None, "loaded_for_test", row)
    page = clerk.browser.get(ADDRESS)
    assert "By e-mail from here" in page.text and "To press@other.test" in page.text
    own = visit("team@can.test").get(ADDRESS)
    assert "To sro@can.test" in own.text and "press@other.test" not in own.text


def test_feature_adds_what_the_product_did_once_per_cause(app, clerk, visit):
    details = EntryDetails(EntryKind.EMAIL, Direction.OUT, date(2026, 11, 5), None, "Us", "sro@can.test", "Reminder")
    with app.app_context(), writing():
        letter = db.session.scalars(select(Letter).where(Letter.reference == "EPC-L01")).one()
        kept = [("reminder.pdf", store_file(b"%PDF-1", PDF))]
        operations.note_from_product(letter, details, kept, cause="reminder:1", by=None)
        with pytest.raises(RuleBroken, match="kept already"):
            operations.note_from_product(letter, details, cause="reminder:1", by=None)
        user = db.session.scalars(select(User).where(User.email == "secretary@epc.test")).one()
        row = db.session.scalars(select(CorrespondenceEntry)).one()
        with pytest.raises(RuleBroken, match="not changed by hand"):
            operations.strike_entry(row, "Why not", by=person_of(user))
    page = clerk.browser.get(ADDRESS)
    assert "Reminder" in page.text and "Taskforce Tracker’s own records" in page.text
    assert "Correct the entry" not in clerk.browser.get(page.link("E-mail, out: Reminder")).text
    assert "Reminder" in visit("team@can.test").get(ADDRESS).text


@pytest.mark.past_the_log
@pytest.mark.parametrize("email", ["secretary@epc.test", "team@can.test"])
def test_pages_take_as_many_queries_at_20_entries_as_at_2000(app, clerk, visit, selects_of, email):
    clerk.add(files=[(b"%PDF-1", "a.pdf")])
    with app.app_context():
        row = dict(db.session.execute(select(CorrespondenceEntry.__table__)).mappings().one())
    reader = visit(email)

    def count(number: int) -> list[int]:
        rows = [row | {"id": 10_000 * number + n, "subject": f"Number {n}"} for n in range(number)]
        with app.app_context(), side_write() as connection:
            connection.execute(insert(CorrespondenceEntry.__table__), rows)
        return [selects_of(lambda a=a: reader.get(a)) for a in (ADDRESS, f"{ADDRESS}?kind=call", "/letters/EPC-L01")]

    few = count(20)
    assert few == count(1980)
    assert few[0] <= 14
    assert "more than 1,000 entries" in reader.get(ADDRESS).text.lower()
    first = reader.page.all(".//h3")
    reader.follow("Next page")
    assert len(first) == 50 and not set(first) & set(reader.page.all(".//h3"))
