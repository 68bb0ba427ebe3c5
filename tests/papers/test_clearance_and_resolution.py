"""A lead director clears a paper, its file is kept, and the board resolves."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any
from zipfile import ZipFile

from sqlalchemy import select

from tests.chain.making import assign, make_letter, make_paper, make_workshop, who
from tests.factories import add
from tests.papers.making import COVER, add_invitation, fill, send, start
from tracker.accounts.models import User
from tracker.actions.models import Action
from tracker.core import audit, clock
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail
from tracker.directory.models import BoardMeeting
from tracker.papers import operations, queries
from tracker.papers.models import Paper, PaperAssignment
from tracker.papers.rules import PaperState
from tracker.recommendations.models import Assignment
from tracker.recommendations.rules import AnswerPosition
from tracker.web.pages import plain_date

DRAFT = "<cp:contentStatus>Draft</cp:contentStatus>"
SHEET = "/papers/EPC-P01/cover-sheet.docx"
MET_ON = date(2026, 3, 2)


def let_the_board_meet(app: Any) -> None:
    """The one board meeting of the cast was held on MET_ON."""
    with app.app_context(), writing():
        meeting = db.session.scalars(select(BoardMeeting)).one()
        meeting.held_on = MET_ON
        add(meeting)


def words(content: bytes) -> str:
    with ZipFile(io.BytesIO(content)) as package:
        return "".join(package.read(n).decode() for n in package.namelist() if n.endswith(".xml"))


def test_lead_director_clears_by_their_own_click(app: Any, cast: Any, visit: Any) -> None:
    secretary, lead = visit("secretary@epc.test"), visit("chair@epc.test")
    send(secretary, cast)
    lead.get("/papers/EPC-P01")
    lead.follow("Clear the paper")
    assert "Each meeting follows a workshop with patients." in lead.page.text
    lead.send("Clear the paper")
    assert f"EPC Chair (chair), {plain_date(clock.today())}. In Taskforce Tracker" in lead.page.text


def test_lead_directors_are_told_by_email_once(app: Any, cast: Any, visit: Any) -> None:
    send(visit("secretary@epc.test"), cast)
    with app.app_context():
        mails = db.session.execute(select(OutboxMail.recipient, OutboxMail.subject)).all()
        assert [tuple(m) for m in mails] == [("chair@epc.test", "Board paper to clear: Progress report")]


def test_a_lead_director_without_a_role_in_the_taskforce_reads_and_clears_their_paper(
    app: Any, cast: Any, visit: Any
) -> None:
    send(visit("secretary@epc.test"), cast, "sro@can.test")
    lead = visit("sro@can.test")
    lead.get("/papers/EPC-P01/clear")
    lead.send("Clear the paper")
    lead.get("/papers/EPC-P01/edit", status=403)


def test_secretary_records_how_a_lead_without_an_account_cleared(app: Any, cast: Any, visit: Any) -> None:
    secretary = visit("secretary@epc.test")
    send(secretary, cast)
    secretary.follow("Record the clearance")
    asked = {"Lead director": "EPC Chair (chair)", "Date of the clearance": MET_ON}
    page = secretary.send("Record the clearance", asked, status=422)
    assert page.errors == ["Enter how the clearance was given"]
    secretary.send("Record the clearance", asked | {"How the clearance was given": "By e-mail to the secretariat"})
    assert "2 March 2026. By e-mail to the secretariat" in secretary.page.text


def test_secretary_cannot_clear_for_a_lead_who_can_sign_in(app: Any, cast: Any, visit: Any) -> None:
    with app.app_context(), writing():
        user = db.session.scalars(select(User).where(User.email == "chair@epc.test")).one()
        user.password_hash = "kept elsewhere"
        add(user)
    secretary = visit("secretary@epc.test")
    send(secretary, cast)
    page = secretary.follow("Record the clearance")
    assert "they clear it themselves" in page.text
    asked = {"how": "By e-mail", "lead": str(cast.contacts["chair@epc.test"])}
    form = {e.get("name"): e.get("value") for e in page.tree.iterfind(".//form[@class='app-narrow']/input")}
    answer = secretary.client.post("/papers/EPC-P01/clear", data=form | asked)
    assert answer.status_code == 422


def test_lead_director_returns_it_with_a_reason(app: Any, cast: Any, visit: Any) -> None:
    send(visit("secretary@epc.test"), cast)
    lead = visit("chair@epc.test")
    lead.get("/papers/EPC-P01")
    lead.follow("Return it with a reason")
    assert lead.send("Return the paper", status=422).errors == ["Enter a reason"]
    lead.send("Return the paper", {"Reason": "The purpose is too long"})
    assert "The purpose is too long" in lead.page.text
    with app.app_context():
        assert queries.get_paper("EPC-P01").state is PaperState.DRAFT  # type: ignore[union-attr]


def test_member_and_programme_cannot_clear(app: Any, cast: Any, visit: Any) -> None:
    send(visit("secretary@epc.test"), cast)
    visit("vice@epc.test").get("/papers/EPC-P01/clear", status=403)
    visit("member@epc.test").get("/papers/EPC-P01/clear", status=404)
    visit("team@can.test").get("/papers/EPC-P01/clear", status=404)


def test_the_cleared_file_stays_byte_for_byte_while_the_recommendations_move_on(
    app: Any, cast: Any, visit: Any
) -> None:
    secretary = visit("secretary@epc.test")
    send(secretary, cast)
    with app.app_context(), writing():
        workshop = make_workshop(cast.epc, cast.can, "EPC-W01")
        letter, wordings = make_letter(workshop, cast.can, cast.contacts["sro@can.test"], "EPC-L01", [])
        assignment = assign(letter, wordings[0], cast.can)
        add(PaperAssignment(paper_id=db.session.scalars(select(Paper.id)).one(), assignment_id=assignment.id))
    assert DRAFT in words(secretary.get_file(SHEET))
    with app.app_context(), clock.frozen(datetime(2026, 11, 20, 9, tzinfo=UTC)), writing():
        operations.clear_paper(queries.get_paper("EPC-P01"), by=who("chair@epc.test"))  # type: ignore[arg-type]
    cleared = secretary.get_file(SHEET)
    assert DRAFT not in words(cleared)
    assert "EPC-L01(a)" in words(cleared) and "Awaiting answer" in words(cleared)
    assert "1 May 2026" in words(cleared)
    with app.app_context(), writing():
        moved = db.session.scalars(select(Assignment)).one()
        moved.position = AnswerPosition.ACCEPTED
        add(moved)
    assert secretary.get_file(SHEET) == cleared
    assert "Accepted" in secretary.get("/papers/EPC-P01").text
    with app.app_context():
        assert audit.verify() == []


def test_reopening_voids_the_clearance(app: Any, cast: Any, visit: Any) -> None:
    secretary, lead = visit("secretary@epc.test"), visit("chair@epc.test")
    send(secretary, cast)
    lead.get("/papers/EPC-P01/clear")
    lead.send("Clear the paper")
    assert secretary.get("/papers/EPC-P01/edit").text.startswith("EPC-P01 Progress report")
    secretary.get("/papers/EPC-P01")
    secretary.follow("Reopen it: the clearance will be void")
    secretary.send("Reopen the paper", {"Reason": "The board moved the date"})
    assert "Cleared by" not in secretary.page.text
    secretary.follow("Change purpose")
    secretary.send("Save", {"Purpose": "Another purpose"})
    assert "Another purpose" in secretary.page.text


def test_what_was_changed_after_the_page_was_opened_is_not_cleared(app: Any, cast: Any, visit: Any) -> None:
    secretary, lead = visit("secretary@epc.test"), visit("chair@epc.test")
    send(secretary, cast)
    lead.get("/papers/EPC-P01/clear")
    secretary.get("/papers/EPC-P01/return")
    secretary.send("Return the paper", {"Reason": "A slip"})
    secretary.get("/papers/EPC-P01/edit")
    secretary.send("Save", {"Purpose": "Something else"})
    secretary.send("Send to lead director")
    page = lead.send("Clear the paper", status=409)
    assert "Something else" in page.text
    lead.send("Clear the paper")
    assert "Cleared by" in lead.page.text


def test_board_resolves_each_invitation_after_submission_only(app: Any, cast: Any, visit: Any) -> None:
    secretary, lead = visit("secretary@epc.test"), visit("chair@epc.test")
    start(secretary)
    add_invitation(secretary, "Agree the plan")
    fill(secretary, cast)
    secretary.send("Send to lead director")
    lead.get("/papers/EPC-P01/clear")
    lead.send("Clear the paper")
    early = {"Outcome": "Agreed", "Date of the resolution": MET_ON}
    secretary.get("/papers/EPC-P01/invitations/1")
    page = secretary.send("Save the resolution", early, status=422)
    assert page.errors == ["The paper has not been submitted to the board yet."]
    secretary.get("/papers/EPC-P01")
    secretary.send("Mark as submitted to the board")
    secretary.follow("Record the resolution on invitation 1")
    page = secretary.send("Save the resolution", early, status=422)
    problem = "The date of the resolution must be the day of the board meeting, 8 February 2027, or after it"
    assert page.errors == [problem]
    let_the_board_meet(app)
    secretary.get("/papers/EPC-P01/invitations/1")
    boxes = [secretary.page.tree.find(f".//input[@name='resolved_on-{part}']") for part in ("day", "month", "year")]
    assert [box.get("value") for box in boxes] == ["2", "3", "2026"]
    secretary.send("Save the resolution", early | {"Minute reference": "12.3", "Note": "With thanks"})
    assert "minute 12.3" in secretary.page.text and "With thanks" in secretary.page.text
    assert "Mark as considered" not in secretary.page.all(".//button")
    secretary.follow("Record the resolution on invitation 2")
    late = {"Outcome": "Noted", "Date of the resolution": date(2199, 1, 1)}
    page = secretary.send("Save the resolution", late, status=422)
    assert page.errors == ["The date of the resolution must be today or in the past"]
    secretary.send("Save the resolution", {"Date of the resolution": MET_ON})
    secretary.send("Mark as considered")
    assert "The paper is marked as considered." in secretary.page.text
    visit("member@epc.test").get("/papers/EPC-P01")
    visit("chair@epc.test").get("/papers/EPC-P01/invitations/1", status=403)


def test_an_action_arises_from_a_resolution(app: Any, cast: Any, visit: Any) -> None:
    with app.app_context(), writing():
        _, invitation = make_paper(cast, "EPC-P01", [], PaperState.RECORDED)
        address = f"/papers/EPC-P01/invitations/{invitation.id}"
    let_the_board_meet(app)
    secretary = visit("secretary@epc.test")
    secretary.get(address)
    secretary.send("Save the resolution", {"Outcome": "Amended", "Date of the resolution": MET_ON})
    secretary.follow("Raise an action from invitation 1")
    secretary.send("Raise the action", {"Action": "Publish the dashboard"})
    assert secretary.address == "/papers/EPC-P01"
    assert "EPC-A001" in secretary.page.text
    with app.app_context():
        assert db.session.scalars(select(Action.origin_id)).one() == db.session.scalars(select(Paper.origin_id)).one()


def test_secretary_records_a_paper_of_before_without_a_clearance(app: Any, cast: Any, visit: Any) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get("/papers")
    secretary.follow("Record a paper that went to the board before")
    asked = {"Taskforce": "Empowering People Taskforce", "Board meeting": "8 February 2027, Test board"}
    secretary.send("Save and continue", asked | {"Title": "First report"})
    fill(secretary, cast)
    assert "Nobody’s clearance is claimed for it" in secretary.page.text
    assert "Send to lead director" not in secretary.page.all(".//button")
    let_the_board_meet(app)
    secretary.follow("Record the resolution on invitation 1")
    secretary.send("Save the resolution", {"Outcome": "Noted", "Date of the resolution": MET_ON})
    secretary.get("/papers/EPC-P01/edit")
    page = secretary.send("Save", {"Invitation 1": "Other words"}, status=422)
    assert page.errors == ["The board has resolved one of these: its words stay as they are."]


def test_the_command_writes_what_was_cleared(app: Any, cast: Any, visit: Any, tmp_path: Any) -> None:
    secretary, lead = visit("secretary@epc.test"), visit("chair@epc.test")
    send(secretary, cast)
    lead.get("/papers/EPC-P01/clear")
    lead.send("Clear the paper")
    file = tmp_path / "sheet.docx"
    result = app.test_cli_runner().invoke(args=["papers", "write", "EPC-P01", str(file)])
    assert result.exit_code == 0, result.output
    assert file.read_bytes() == secretary.get_file(SHEET)
    assert COVER["Purpose"] in words(file.read_bytes())
    with app.app_context():
        missing = app.test_cli_runner().invoke(args=["papers", "write", "EPC-P99", str(tmp_path / "none.docx")])
    assert (missing.exit_code, missing.stderr) == (1, "Error: There is no paper EPC-P99.\n")
