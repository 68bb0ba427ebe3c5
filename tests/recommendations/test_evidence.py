"""Evidence: added, downloaded, named for what it shows, withdrawn."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.recommendations.making import add_link, assignment, make_letter
from tracker.core import clock, files
from tracker.core.db import db, writing
from tracker.recommendations.models import Evidence, SuccessCriterion

PAGE = "/recommendations/EPC-L02(a)"
OF_CAN = PAGE + "/CAN"
DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.frozen(datetime(2026, 11, 24, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def letter(app: Any, cast: Any) -> str:
    return make_letter(app, cast.epc, [cast.can])


def test_team_adds_a_file_and_readers_get_it_whole_under_our_name(app: Any, visit: Any, letter: str) -> None:
    team, content = visit("team@can.test"), b"<script>alert(1)</script> counted"
    team.get(OF_CAN + "/evidence/new")
    values = {"What it is": "The count", "Date of the evidence": DAY, "Note (optional)": "Page 3"}
    page = team.send("Add evidence", values | {"File": (content, "../../evil.html")})
    assert "The count" in page.text and "Of 20 November 2026" in page.text and "file “evil.html”" in page.text
    with app.app_context():
        row = db.session.scalars(select(Evidence)).one()
        assert files.read(row.file_sha256 or "") == content
    member = visit("member@epc.test")
    answer = member.client.get(f"{OF_CAN}/evidence/{row.id}")
    assert answer.get_data() == content and answer.mimetype == "text/plain"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=EPC-L02-a-CAN-evidence-{row.id}.txt"
    visit("team@dia.test").get(f"{OF_CAN}/evidence/{row.id}", status=404)
    visit("secretary@dig.test").get(f"{OF_CAN}/evidence/{row.id}", status=404)
    member.get(f"/recommendations/EPC-L02(b)/CAN/evidence/{row.id}", status=404)


def test_secretary_adds_a_link_for_the_programme_and_the_timeline_says_so(visit: Any, letter: str) -> None:
    page = add_link(visit("secretary@epc.test"), OF_CAN, "The website", DAY)
    assert page.link("The website") == "https://example.org/page"
    assert "The website (entered for the programme)" in page.text
    assert "The website" in visit("team@can.test").get(PAGE).text


def test_what_is_no_evidence_is_refused_at_its_field(visit: Any, letter: str) -> None:
    team = visit("team@can.test")
    team.get(OF_CAN + "/evidence/new")
    values = {"What it is": "x", "Date of the evidence": date(2026, 11, 25)}
    for given, error in (
        ({}, "The date of the evidence cannot be in the future"),
        ({"Date of the evidence": DAY}, "Choose a file, or enter a link"),
        ({"Date of the evidence": DAY, "File": (b"", "a.pdf")}, "“a.pdf” is empty. Choose it again."),
        ({"Date of the evidence": DAY, "Link": "javascript:alert(1)"}, "Enter a web address in full"),
        ({"Date of the evidence": DAY, "Link": "https://a.uk", "File": (b"x", "a")}, "not both"),
    ):
        team.get(OF_CAN + "/evidence/new")
        page = team.send("Add evidence", values | given, status=422)
        assert error in page.errors[0]


def test_members_chairs_and_other_programmes_add_and_withdraw_nothing(visit: Any, letter: str) -> None:
    add_link(visit("team@can.test"), OF_CAN, "The website", DAY)
    for email, status in (("chair@epc.test", 403), ("member@epc.test", 403), ("team@dia.test", 404)):
        visit(email).get(OF_CAN + "/evidence/new", status=status)
        visit(email).get(OF_CAN + "/evidence/1/withdraw", status=status)


def test_an_item_is_no_longer_met_when_its_evidence_is_withdrawn(app: Any, visit: Any, letter: str) -> None:
    team, secretary = visit("team@can.test"), visit("secretary@epc.test")
    team.get(OF_CAN + "/delivery")
    evidenced = {"How far it is": "Evidenced", "What has been done": "It is there"}
    page = team.send("Report on delivery", evidenced, status=422)
    assert page.errors == ["Add the evidence first: nothing stands that shows it"]
    add_link(team, OF_CAN, "The website", DAY)
    team.get(OF_CAN + "/delivery")
    assert "Evidenced" in team.send("Report on delivery", evidenced).text
    secretary.get(OF_CAN + "/criteria")
    named = {"Evidence for item 1, where it is met": "The website, 20 November 2026"}
    assert "Published: met The website" in secretary.send("Save", {"Item 1": "Met", **named}).text
    team.get(PAGE)
    team.follow("Withdraw “The website”")
    assert "No longer met without it:Published" in team.page.text
    page = team.send("Withdraw the evidence", {"Reason": "It was taken down"})
    assert "No longer met: “Published”" in page.text and "Published: not yet" in page.text
    assert "Withdrawn by CAN Programme team" in page.text and "It was taken down" in page.text
    assert assignment(app, "EPC-L02(a)").delivery == "delivered_not_yet_evidenced"
    with app.app_context():
        first = db.session.scalars(select(SuccessCriterion).order_by(SuccessCriterion.id)).first()
        assert first is not None and (first.met_on, first.evidence, first.evidence_id) == (None, "", None)
    secretary.get(OF_CAN + "/criteria")
    assert "The website, 20 November 2026" not in secretary.page.text
    team.get(OF_CAN + "/evidence/1/withdraw")
    team.send("Withdraw the evidence", {"Reason": "Again"}, status=409)


def test_what_a_closed_recommendation_rests_on_stays(visit: Any, letter: str) -> None:
    team, chair = visit("team@can.test"), visit("chair@epc.test")
    add_link(team, OF_CAN, "The website", DAY)
    chair.get(OF_CAN + "/close")
    chair.send("Close the recommendation", {"Close as": "Closed: not implemented", "Reason": "x"})
    assert "Withdraw" not in team.get(PAGE).text
    team.get(OF_CAN + "/evidence/1/withdraw")
    team.send("Withdraw the evidence", {"Reason": "Wrong"}, status=409)


def test_an_item_met_in_words_stays_met(app: Any, visit: Any, letter: str) -> None:
    with app.app_context(), writing():
        from tests.factories import add

        row = db.session.scalars(select(SuccessCriterion).order_by(SuccessCriterion.id).limit(1)).one()
        row.met_on, row.evidence = DAY, "Seen on the website"
        add(row)
    secretary = visit("secretary@epc.test")
    secretary.get(OF_CAN + "/criteria")
    page = secretary.send("Save", {"Item 2": "Waived", "Why item 2 is waived, where it is": "Not wanted"})
    assert "Published: met Seen on the website" in page.text and "Agreed: waived Not wanted" in page.text


def test_the_database_keeps_evidence_as_it_was(app: Any, visit: Any, letter: str) -> None:
    add_link(visit("team@can.test"), OF_CAN, "The website", DAY)
    for statement in (
        "UPDATE evidence SET title = 'Another'",
        "DELETE FROM evidence",
        "UPDATE evidence SET withdrawn_at = '2026-11-24 12:00:00+00'",
    ):
        with pytest.raises(Exception, match="stays|never removed|withdrawn_says_why"), app.app_context(), writing():
            db.session.execute(text(statement))
