"""A reply that came in Word or by e-mail: kept as it is, laid beside what was asked, and taken into the draft."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tests.recommendations.making import make_letter
from tests.support.records import make_records
from tracker.core import files
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail
from tracker.correspondence.models import CorrespondenceEntry
from tracker.documents import specimen_letter, write_letter
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Answer
from tracker.replies.models import Reply

# The letters of these tests are written straight into the database, so the log cannot vouch for them.
pytestmark = pytest.mark.past_the_log

RESPONSE = "/letters/EPC-L02/responses/CAN"
WORDS = "Dear all\n\nWe accept the first point and publish a timetable in March.\n\nThe second is for others.\n"


@pytest.fixture
def letter(app: Any, cast: Any) -> str:
    return make_letter(app, cast.epc, [cast.can])


def mail(*attached: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Team <team@can.test>", "Our reply"
    message["Date"] = "Mon, 02 Nov 2026 10:00:00 +0000"
    message.set_content(WORDS)
    for name, content in attached:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def upload(visitor: Any, content: bytes, name: str, status: int = 200) -> Any:
    visitor.get(f"{RESPONSE}/replies/new")
    return visitor.send("Upload the reply", {"The reply": (content, name)}, status=status)


def test_secretary_lays_an_email_beside_what_was_asked_and_takes_it(app: Any, visit: Any, letter: str) -> None:
    secretary = visit("secretary@epc.test")
    page = upload(secretary, mail(), "reply.eml")
    assert "2 November 2026, from Team" in page.text and "still without a passage" in page.text
    asked = page.tree.findall(".//select[@name='assignment']/option")
    first, second = (option.text for option in asked[1:3])
    words = {"Words of the reply": "publish a timetable in March", "What they answer": first, "Position": "Accepted"}
    page = secretary.send("These words answer it", words)
    assert "Answers (a)" in page.text
    page = secretary.send("These words answer it", {"What they answer": second}, names={"paragraphs": "2"})
    page = secretary.send("Put them into the draft response")
    assert "no answer until it is signed off" in page.text
    with app.app_context():
        answers = db.session.scalars(select(Answer).order_by(Answer.id)).all()
        assert [(a.position.value, a.text) for a in answers] == [
            ("accepted", "publish a timetable in March"),
            ("awaiting_answer", "The second is for others."),
        ]
        assert {a.position.value for a in db.session.scalars(select(Assignment))} == {"awaiting_answer"}
        entry = db.session.scalars(select(CorrespondenceEntry)).one()
        assert (entry.kind.value, entry.direction.value) == ("reply", "in")
        reply = db.session.scalars(select(Reply)).one()
        assert files.read(reply.file_sha256) == mail()
    # What was taken stays as it is.
    assert "These words answer it" not in [b.text for b in secretary.page.tree.iter("button")]


def _lay(secretary: Any) -> Any:
    """Lay the reply beside the first thing that was asked, and put it into the draft."""
    page = upload(secretary, mail(), "reply.eml")
    first = page.tree.findall(".//select[@name='assignment']/option")[1].text
    words = {"Words of the reply": "We accept the first point", "What they answer": first, "Position": "Accepted"}
    secretary.send("These words answer it", words)
    return secretary.send("Put them into the draft response")


def test_secretary_signs_off_by_the_reply_itself_where_the_draft_holds_nothing_else(
    app: Any, visit: Any, letter: str
) -> None:
    secretary = visit("secretary@epc.test")
    assert "sign the response off by it" in _lay(secretary).text
    assert secretary.get(secretary.page.link("record that")).status == 200
    secretary.get(_reply_page(app))
    secretary.follow("sign the response off by it")
    page = secretary.send("Sign off by this reply", {"Who agreed": "CAN Senior responsible owner"})
    assert "signed off by the agreement of CAN Senior responsible owner" in page.text
    assert "We accept the first point" in page.text and "1 of 2 answered" in page.text
    assert secretary.get_file(page.link("download the agreement")) == mail()
    with app.app_context():
        subjects = db.session.scalars(select(OutboxMail.subject)).all()
    assert any(s.startswith("Ready for your sign-off") for s in subjects)


def _reply_page(app: Any) -> str:
    with app.app_context():
        return f"/replies/{db.session.scalars(select(Reply.id)).one()}"


def test_secretary_cannot_sign_off_what_the_programme_is_still_writing(app: Any, visit: Any, letter: str) -> None:
    team, secretary = visit("team@can.test"), visit("secretary@epc.test")
    team.get(f"{RESPONSE}/edit")
    team.send("Save draft", {"Answer to (b)": "We do not know yet."})
    assert "sign the response off by it" not in _lay(secretary).text
    secretary.get(f"{RESPONSE}/agreement", status=404)
    secretary.get(f"{_reply_page(app)}/sign-off")
    page = secretary.send("Sign off by this reply", {"Who agreed": "CAN Senior responsible owner"}, status=409)
    assert "does not wait to be signed off by this reply" in page.text


def test_secretary_cannot_sign_off_by_a_reply_what_was_changed_since(app: Any, visit: Any, letter: str) -> None:
    team, secretary = visit("team@can.test"), visit("secretary@epc.test")
    _lay(secretary)
    team.get(f"{RESPONSE}/edit")
    team.send("Save draft", {"Answer to (b)": "This came later."})
    secretary.get(f"{_reply_page(app)}/sign-off")
    page = secretary.send("Sign off by this reply", {"Who agreed": "CAN Senior responsible owner"}, status=409)
    assert "changed after the reply was put into it" in page.text


def test_the_way_back_from_a_reply_is_the_letter_while_its_response_is_a_draft(visit: Any, letter: str) -> None:
    secretary = visit("secretary@epc.test")
    page = upload(secretary, mail(), "reply.eml")
    assert page.link("Letter EPC-L02") == "/letters/EPC-L02"
    assert secretary.get(f"{RESPONSE}/replies/new").link("Cancel") == "/letters/EPC-L02"


def test_programme_team_begins_its_draft_from_a_word_document_that_nobody_else_sees(visit: Any, letter: str) -> None:
    team = visit("team@can.test")
    page = upload(team, write_letter(specimen_letter()), "our reply.docx")
    reply = team.address
    assert "What they wrote" in page.text
    visit("secretary@epc.test").get(reply, status=404)
    visit("team@dia.test").get(reply, status=404)
    assert "our reply.docx" not in visit("secretary@epc.test").get("/").text
    assert "our reply.docx" in visit("sro@can.test").get(RESPONSE).text
    visit("sro@can.test").get(reply)


def test_word_documents_that_hang_on_an_email_are_read_and_others_named(visit: Any, letter: str) -> None:
    secretary = visit("secretary@epc.test")
    attached = (("reply.docx", write_letter(specimen_letter())), ("table.pdf", b"%PDF-1.4 x"))
    page = upload(secretary, mail(*attached), "reply.eml")
    assert "Attached: reply.docx" in page.text and "“table.pdf” is kept with the e-mail and not read" in page.text


def test_secretary_is_told_what_is_wrong_with_a_passage(visit: Any, letter: str) -> None:
    secretary = visit("secretary@epc.test")
    upload(secretary, mail(), "reply.eml")
    page = secretary.send("These words answer it", status=422)
    assert page.errors == ["Choose what they answer"] or "Select the words that answer" in " ".join(page.errors)
    page = secretary.send("These words answer it", {"Words of the reply": "never said"}, status=422)
    assert any("do not stand in the reply" in e for e in page.errors)
    page = secretary.send("Put them into the draft response", status=409)
    assert "Say first what at least one passage answers" in page.text


def test_secretary_takes_a_passage_back_and_sets_a_reply_aside(app: Any, visit: Any, letter: str) -> None:
    secretary = visit("secretary@epc.test")
    page = upload(secretary, mail(), "reply.eml")
    first = page.tree.findall(".//select[@name='assignment']/option")[1].text
    secretary.send("These words answer it", {"Words of the reply": "We accept", "What they answer": first})
    page = secretary.send("Take back the passage that answers (a)")
    assert "Answers (a)" not in page.text
    page = secretary.send("Set the reply aside")
    assert "Set aside" in page.text
    with app.app_context():
        assert db.session.scalars(select(Answer)).all() == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.4 x", "must be a Word document (.docx) or an e-mail (.eml)"),
        (b"PK\x03\x04 word/document.xml", "The file"),
        (b"From: a@b.test\nSubject: x\n\n   \n", "no text"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(visit: Any, letter: str, content: bytes, reason: str) -> None:
    page = upload(visit("secretary@epc.test"), content, "reply.docx", status=422)
    assert len(page.errors) == 1 and reason.lower() in page.errors[0].lower() or page.errors[0].startswith("The ")


def test_secretary_finds_the_reply_from_the_letter_and_from_home(app: Any, cast: Any, visit: Any) -> None:
    records = make_records(app, cast, "EPC", "CAN")
    secretary = visit("secretary@epc.test")
    secretary.get(f"/letters/{records.letter}")
    assert "We will ask carers first" in secretary.follow("Lay their reply beside what was asked").text
    secretary.get("/")
    assert secretary.page.link(f"{records.letter}: Say which passage answers what")


def test_a_reply_stays_as_it_came(app: Any, visit: Any, letter: str) -> None:
    upload(visit("secretary@epc.test"), mail(), "reply.eml")
    for statement in ("UPDATE reply SET blocks = '[]'", "DELETE FROM reply"):
        with app.app_context(), pytest.raises(IntegrityError), writing():
            db.session.execute(text(statement))
