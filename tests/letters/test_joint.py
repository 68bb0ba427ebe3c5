"""A joint letter goes to several programmes, and each has an assignment and an answer of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.records import Records, make_records
from tracker.core.db import db
from tracker.letters.models import Letter
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response


@pytest.fixture
def records(app: Any, cast: Any) -> Records:
    return make_records(app, cast, "EPC", "CAN")


def test_secretary_addresses_a_draft_to_a_second_programme_and_each_answers(
    app: Any, cast: Any, visit: Any, records: Records
) -> None:
    draft = f"/letters/{records.draft_letter}"
    secretary = visit("secretary@epc.test")
    secretary.get(draft + "/edit")
    secretary.send("Save the draft", {"Also to these programmes": ["Diabetes Programme"]})
    page = secretary.get(draft)
    assert "Cancer Programme, Diabetes Programme" in page.text
    # Both owners print as addressees, and nobody is left out of the salutation.
    assert "CAN Senior responsible owner" in page.text and "DIA Senior responsible owner" in page.text
    assert "Dear all" in page.text
    visit("team@dia.test").get(draft, status=404)
    secretary.get(draft + "/send")
    secretary.send("Send to chair")
    chair = visit("chair@epc.test")
    chair.get(draft + "/decide")
    chair.send("Record decision", {"Your decision": "Approve"})
    secretary.get(draft + "/issue")
    secretary.send("Issue the letter", {"Date of letter": date(2026, 11, 2)}, names={"how": "post", "to": "Both"})
    with app.app_context():
        letter = db.session.get_one(Letter, int(records.draft_letter))
        of_it = select(Assignment.programme_id).where(Assignment.letter_id == letter.id)
        assert set(db.session.scalars(of_it)) == {cast.can, cast.dia}
        assert len(db.session.scalars(select(Response).where(Response.letter_id == letter.id)).all()) == 2
        reference = letter.reference
    visit("team@dia.test").get(f"/letters/{reference}")
    visit("sro@dia.test").get(f"/letters/{reference}/responses/DIA/edit")
    visit("sro@dia.test").get(f"/letters/{reference}/responses/CAN/edit", status=404)


def test_secretary_takes_a_programme_out_of_a_joint_draft(visit: Any, records: Records) -> None:
    draft = f"/letters/{records.draft_letter}"
    secretary = visit("secretary@epc.test")
    secretary.get(draft + "/edit")
    secretary.send("Save the draft", {"Also to these programmes": ["Diabetes Programme"]})
    secretary.get(draft + "/edit")
    secretary.send("Save the draft", {"Also to these programmes": []})
    page = secretary.get(draft)
    assert "Diabetes Programme" not in page.text and "Dear all" not in page.text


def test_secretary_is_told_where_nobody_owns_a_programme(app: Any, visit: Any, records: Records) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get("/programmes/new")
    secretary.send("Make the programme", {"Code": "NEW", "Name": "A new programme"})
    secretary.get(f"/letters/{records.draft_letter}/edit")
    page = secretary.send("Save the draft", {"Also to these programmes": ["A new programme"]}, status=422)
    assert page.errors == ["Nobody is the senior responsible owner of A new programme. Appoint one first"]


def test_a_correction_goes_to_the_same_programmes(app: Any, cast: Any, visit: Any, records: Records) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/record")
    values = {
        "Programme": "Cancer Programme",
        "Also to these programmes": ["Diabetes Programme"],
        "Date of letter": date(2026, 10, 1),
        "File": (b"%PDF-1.4 a letter", "letter.pdf"),
    }
    names = {"addressee": str(cast.contacts["sro@can.test"]), "recommendations-0-text": "Ask carers"}
    secretary.send("Record the letter", values, names=names)
    assert "Cancer Programme, Diabetes Programme" in secretary.page.text
    secretary.send("Draft a correction")
    assert "Cancer Programme, Diabetes Programme" in secretary.page.text or "Diabetes Programme" in secretary.page.html
