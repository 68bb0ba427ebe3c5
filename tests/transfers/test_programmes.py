"""A programme is renamed, merged, or gets a new senior responsible owner: what is open follows, past letters do not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.documents.checker import problems
from tests.factories import give
from tests.recommendations.making import make_letter
from tests.support.records import Records, make_records
from tracker.accounts.models import User
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail
from tracker.core.permissions import Role
from tracker.correspondence.models import CorrespondenceEntry
from tracker.directory.models import Programme
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response
from tracker.transfers.models import CoveringNote


@pytest.fixture
def records(app: Any, cast: Any) -> Records:
    return make_records(app, cast, "EPC", "CAN")


def _merge(secretary: Any) -> None:
    secretary.get("/programmes/CAN/merge")
    values = {"Programme that goes on": "Diabetes Programme", "From": date(2026, 11, 2), "Reason": "One programme now"}
    secretary.send("Merge", values)


def test_secretary_merges_a_programme_and_what_is_open_moves(app: Any, visit: Any, records: Any) -> None:
    before = visit("team@dia.test")
    before.get(f"/letters/{records.letter}", status=404)
    _merge(visit("secretary@epc.test"))
    with app.app_context():
        programme = db.session.scalars(select(Programme).where(Programme.code == "CAN")).one()
        into = db.session.scalars(select(Programme).where(Programme.code == "DIA")).one()
        assert programme.merged_into_id == into.id
        assert {a.programme_id for a in db.session.scalars(select(Assignment))} == {into.id}
        assert {r.programme_id for r in db.session.scalars(select(Response))} == {into.id}
    # Who acts for the programme that goes on reads the letter as it was sent, and what was answered.
    team = visit("team@dia.test")
    assert "Cancer Programme" in team.get(f"/letters/{records.letter}").text
    team.get(f"/recommendations/{records.recommendation}")
    assert "We will" in team.get(f"/letters/{records.letter}/responses/DIA").text or team.page.status == 200
    page = visit("secretary@epc.test").get("/programmes/CAN")
    assert "Merged into Diabetes Programme on 2 November 2026" in page.text and "One programme now" in page.text


def test_secretary_is_led_from_a_letter_to_the_programme_that_goes_on(visit: Any, records: Any) -> None:
    secretary = visit("secretary@epc.test")
    _merge(secretary)
    secretary.get(f"/letters/{records.letter}")
    page = secretary.follow("Links for people without an account: Diabetes Programme")
    assert f"Response of Diabetes Programme to {records.letter}" in page.text


def test_member_is_not_led_to_covering_notes_that_they_cannot_read(visit: Any, records: Any) -> None:
    _merge(visit("secretary@epc.test"))
    assert "Covering notes" in visit("secretary@epc.test").get("/programmes/DIA").text
    page = visit("member@epc.test").get("/programmes/DIA")
    assert "Names and changes" in page.text and "Covering notes" not in page.text


@pytest.mark.past_the_log
def test_a_recommendation_given_to_both_goes_on_with_the_one_that_stays(app: Any, cast: Any, visit: Any) -> None:
    make_letter(app, cast.epc, [cast.can, cast.dia])
    _merge(visit("secretary@epc.test"))
    with app.app_context():
        rows = db.session.scalars(select(Assignment).order_by(Assignment.id)).all()
        assert {(a.programme_id, a.status.value) for a in rows} == {
            (cast.can, "closed_superseded"),
            (cast.dia, "open"),
        }
    assert "EPC-L02(a)" in visit("secretary@epc.test").get("/recommendations/moved?kind=closed").text


def test_secretary_cannot_merge_twice_or_into_what_was_merged(app: Any, cast: Any, visit: Any, records: Any) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get("/programmes/DIA/merge")
    form, _ = secretary.form("Merge")
    _merge(visit("deputy@epc.test"))
    values = {"into": str(cast.can), "reason": "Back", "on-day": "2", "on-month": "11", "on-year": "2026"}
    page = secretary.send("Merge", names=values, status=422)
    assert any("merged" in e or "Choose" in e for e in page.errors)
    assert form is not None


def test_a_new_owner_gets_a_covering_note_which_the_secretary_sends(app: Any, cast: Any, visit: Any) -> None:
    records = make_records(app, cast, "EPC", "CAN")
    secretary = visit("secretary@epc.test")
    secretary.get("/programmes/CAN/appoint")
    new = {"who": "new", "who-new_name": "Ada Lovelace", "who-new_email": "ada@can.test"}
    secretary.send("Save the appointment", {"From": date(2026, 11, 2)}, names=new)
    page = secretary.follow("To Ada Lovelace, from the Empowering People Taskforce")
    assert records.recommendation in page.text and "Not sent yet" in page.text
    secretary.follow("Edit the note")
    secretary.send("Save", {"Note": "Dear Ada,\n\nWelcome."})
    assert problems(secretary.get_file(secretary.page.link("Download the note (Word)"))) == []
    page = secretary.send("Send it to ada@can.test")
    assert "Sent" in page.text
    with app.app_context():
        mail = db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == "ada@can.test")).one()
        assert mail.body == "Dear Ada,\n\nWelcome."
        entries = db.session.scalars(
            select(CorrespondenceEntry).where(CorrespondenceEntry.message_id.startswith("tracker:covering-note"))
        ).all()
        assert len(entries) == 1
        note = db.session.scalars(select(CoveringNote).order_by(CoveringNote.id.desc())).first()
        assert note is not None and note.sent_at is not None


def test_secretary_reads_the_names_that_a_programme_had(visit: Any, records: Any) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get("/programmes/CAN/edit")
    secretary.send("Save", {"Name": "Cancer and Rare Diseases Programme"})
    assert "“Cancer Programme” became “Cancer and Rare Diseases Programme”" in secretary.page.text
    letter = secretary.get_file(f"/letters/{records.letter}/file")
    assert letter[:2] == b"PK"


def test_whoever_acts_for_a_programme_acts_for_what_was_merged_into_it(app: Any, cast: Any, visit: Any) -> None:
    make_records(app, cast, "EPC", "CAN")
    _merge(visit("secretary@epc.test"))
    with app.app_context(), writing():
        nobody = db.session.scalars(select(User).where(User.email == "nobody@tracker.test")).one()
        give(nobody, Role.SRO, programme=db.session.get_one(Programme, cast.dia))
    visit("nobody@tracker.test").get("/letters/EPC-L01")
