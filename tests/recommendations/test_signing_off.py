"""Who signs a response off: its SRO, or the file in which the SRO agreed; what is told to whom."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.recommendations.making import assignment, make_letter
from tracker.actions.models import Action
from tracker.core import clock
from tracker.core.db import db
from tracker.core.outbox import OutboxMail
from tracker.recommendations.response_models import Response, Submission

OF_CAN = "/letters/EPC-L02/responses/CAN"
AGREED = b"From: sro@can.test\r\nTo: team@can.test\r\nSubject: Agreed\r\n\r\nI agree.\r\n"
BUTTON = "Sign off by this agreement"


@pytest.fixture
def letter(app: Any, cast: Any) -> str:
    return make_letter(app, cast.epc, [cast.can])


def answered(visit: Any, button: str = "Save draft") -> Any:
    team = visit("team@can.test")
    team.get(OF_CAN + "/edit")
    team.send(button, {"Answer to (a)": "We will publish it.", "Who leads on (a) (optional)": "Head of delivery"})
    return team


def agreement(**more: Any) -> dict[str, Any]:
    values = {
        "Who agreed": "CAN Senior responsible owner",
        "The day they agreed": date(2026, 11, 20),
        "The e-mail or letter in which they agreed": (AGREED, "Agreed.eml"),
    }
    return values | more


def test_team_records_the_email_in_which_its_owner_agreed(app: Any, visit: Any, letter: str, cast: Any) -> None:
    team = answered(visit)
    assert "We will publish it." in team.follow("record that they agreed").text
    page = team.send(BUTTON, agreement())
    assert "signed off by the agreement of CAN Senior responsible owner" in page.text
    assert "recorded by CAN Programme team; CAN Senior responsible owner agreed on 20 November 2026" in page.text
    assert "1 of 2 answered" in page.text and "Signed off in part" in page.text
    assert team.get_file(page.link("download the agreement")) == AGREED
    with app.app_context():
        row = db.session.scalars(select(Submission)).one()
        assert (row.how, row.agreement_name, row.agreed_on) == ("by_file", "Agreed.eml", date(2026, 11, 20))
        assert row.signed_off_by_id == cast.contacts["sro@can.test"]
        assert row.recorded_by_id == cast.contacts["team@can.test"]
        assert db.session.scalars(select(Action.owner_id)).all() == []
    asked = assignment(app, "EPC-L02(a)")
    assert (asked.lead, asked.answered_on) == ("Head of delivery", date(2026, 11, 20))
    assert assignment(app, "EPC-L02(b)").answered_on is None
    page = visit("secretary@epc.test").get("/letters/EPC-L02/correspondence")
    assert "Agreement to the response to EPC-L02" in page.text and "Acknowledgement" in page.text
    for email in ("team@dia.test", "secretary@dig.test"):
        visit(email).get_file(OF_CAN + "/agreements/1", status=404)
    team.get_file(OF_CAN + "/agreements/2", status=404)


def test_secretary_records_an_agreement_once_the_draft_is_ready_and_reads_its_words_then(
    visit: Any, letter: str
) -> None:
    secretary, address = visit("secretary@epc.test"), OF_CAN + "/agreement"
    answered(visit)
    secretary.get(address, status=404)
    team = answered(visit, "Save and say that it is ready for sign-off")
    assert "Ready for sign-off since" in team.page.text
    page = secretary.get(address)
    assert "EPC-L02(a): answered" in page.text and "We will publish it." not in page.text
    for email in ("chair@epc.test", "member@epc.test", "secretary@dig.test"):
        visit(email).get(address, status=404)
    assert "We will publish it." in secretary.send(BUTTON, agreement()).text
    assert "recorded by EPC Secretariat" in secretary.page.text


def test_owner_is_told_by_email_and_on_their_page_that_the_draft_is_ready(app: Any, visit: Any, letter: str) -> None:
    team = visit("team@can.test")
    team.get(OF_CAN + "/edit")
    page = team.send("Save and say that it is ready for sign-off", {"Position on (a)": "Not accepted"})
    assert "not ready for sign-off yet: EPC-L02(a) is not accepted: say why" in page.text
    answered(visit, "Save and say that it is ready for sign-off")
    answered(visit, "Save and say that it is ready for sign-off")
    with app.app_context():
        assert db.session.scalars(select(OutboxMail.recipient)).all() == ["sro@can.test"]
        assert "is ready for your sign-off" in db.session.scalars(select(OutboxMail.body)).one()
    sro = visit("sro@can.test")
    assert "Sign off the response: it is ready" in sro.get("/").text
    sro.get(OF_CAN + "/sign-off")
    sro.send("Sign off and send")
    sro.get(OF_CAN)
    sro.send("Answer the rest")
    answered(visit, "Save and say that it is ready for sign-off")
    with app.app_context():
        ready = select(OutboxMail.recipient).where(OutboxMail.subject.startswith("Ready for your sign-off"))
        assert db.session.scalars(ready).all() == ["sro@can.test", "sro@can.test"]


def test_sign_off_is_acknowledged_to_the_programme_and_kept_in_the_correspondence(
    app: Any, visit: Any, letter: str
) -> None:
    answered(visit)
    sro = visit("sro@can.test")
    sro.get(OF_CAN + "/sign-off")
    page = sro.send("Sign off and send")
    assert "Received, acknowledged on" in page.text
    with app.app_context():
        mails = db.session.execute(
            select(OutboxMail.recipient, OutboxMail.body).where(OutboxMail.subject.contains("received"))
        ).all()
        assert sorted(mail.recipient for mail in mails) == ["sro@can.test", "team@can.test"]
        assert "Still unanswered: EPC-L02(b)" in mails[0].body
        assert db.session.scalars(select(Response.acknowledged_at)).one()
    page = visit("team@can.test").get("/letters/EPC-L02/correspondence")
    assert "Your response to EPC-L02 has been received" in page.text and "is still awaited" not in page.text
    assert assignment(app, "EPC-L02(a)").answered_on == clock.today()


def test_first_day_of_an_answer_stays_and_goes_where_it_is_taken_out(app: Any, visit: Any, letter: str) -> None:
    answered(visit).get(OF_CAN + "/agreement")
    sro = visit("sro@can.test")
    sro.get(OF_CAN + "/agreement")
    sro.send(BUTTON, agreement())
    sro.get(OF_CAN)
    sro.send("Answer the rest")
    for text in ("Carers were asked.", ""):
        sro.send("Save and go to sign-off", {"Answer to (a)": text or "And more.", "Answer to (b)": text})
        sro.send("Sign off and send")
        assert assignment(app, "EPC-L02(a)").answered_on == date(2026, 11, 20)
        assert assignment(app, "EPC-L02(b)").answered_on == (clock.today() if text else None)
        if text:
            secretary = visit("secretary@epc.test")
            secretary.get(OF_CAN + "/clarify")
            secretary.send("Ask for clarification", {"What needs to be clearer in the response as a whole": "All"})
            sro.get(OF_CAN + "/edit")


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"The day they agreed": date(2099, 1, 1)}, "cannot be in the future"),
        ({"The day they agreed": date(2026, 10, 1)}, "cannot be before the letter"),
        ({"The e-mail or letter in which they agreed": (b"\x00\x01", "x.eml")}, "must be an e-mail (.eml), a PDF"),
        ({"The e-mail or letter in which they agreed": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.msg")}, ".eml"),
        ({"The e-mail or letter in which they agreed": (b"PK\x03\x04 other", "x.docx")}, "must be an e-mail"),
    ],
)
def test_bad_agreement_is_told_at_its_field_and_changes_nothing(
    app: Any, visit: Any, letter: str, values: dict[str, Any], error: str
) -> None:
    team = answered(visit)
    team.get(OF_CAN + "/agreement")
    page = team.send(BUTTON, agreement(**values), status=422)
    assert len(page.errors) == 1 and error in page.errors[0]
    with app.app_context():
        assert db.session.scalars(select(Submission)).all() == []
