"""The reminder letter: drafted with what is unanswered, then an ordinary letter; it asks for nothing new."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from tests.reminders.conftest import DUE
from tests.reminders.making import answer, at, run, set_plan
from tracker.core.db import db
from tracker.letters.models import Letter
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response
from tracker.reminders.models import Reminder
from tracker.reminders.rules import Plan

LADDER = "/letters/EPC-L01/reminders/CAN"
LAST = date(2027, 1, 22)


def newest_letter(app):
    with app.app_context():
        return db.session.execute(select(func.max(Letter.id))).scalar_one()


def test_secretary_drafts_it_and_the_chair_clears_it_as_any_letter(app, cast, letter, visit):
    with at(date(2026, 12, 22)):
        secretary = visit("secretary@epc.test")
        secretary.get("/taskforces/EPC/reminders/send")
        secretary.send("Send")
        answer(app, letter, "CAN", sro="sro@can.test", parts=1)
    with at(LAST):
        secretary = visit("secretary@epc.test")
        assert "Draft the reminder letter" in secretary.get("/taskforces/EPC/reminders").text
        secretary.get(LADDER)
        page = secretary.send("Draft a reminder letter")
        draft = newest_letter(app)
        body = page.tree.find(".//textarea[@id='body']").text
        assert "I wrote to you on 2 November 2026 (EPC-L01) about What we heard." in body
        assert "on 22 January 2027 it was 38 days late" in body
        assert "- EPC-L01(b): Say how carers were heard (due on 15 December 2026, 38 days late)" in body
        assert "EPC-L01(a)" not in body and "We reminded you before: 22 December 2026. The taskforce" in body
        page = secretary.get(f"/letters/{draft}")
        assert "Reminds of EPC-L01 of 2 November 2026" in page.text and "{" not in page.text
        assert f"draft {draft}" in secretary.get("/letters/EPC-L01").text
        assert "Reminded of by" not in visit("team@can.test").get("/letters/EPC-L01").text
        secretary.get(LADDER)
        assert "A reminder letter is being drafted" in secretary.page.text
        secretary.get(f"/letters/{draft}")
        secretary.follow("Send to chair")
        secretary.send("Send to chair")
        chair = visit("chair@epc.test")
        chair.get(f"/letters/{draft}/decide")
        chair.send("Record decision", {"Your decision": "Approve"})
        secretary.get(f"/letters/{draft}/issue")
        given = {"Date of letter": LAST, "How it is sent": "By post", "To whom": "The SRO"}
        secretary.send("Issue the letter", given)
        team = visit("team@can.test")
        assert "Reminded of by EPC-L02 of 22 January 2027 (issued)" in team.get("/letters/EPC-L01").text
        assert "Reminds of EPC-L01" in team.get("/letters/EPC-L02").text
        assert "EPC-L02" in secretary.get(LADDER).text
    with app.app_context():
        assert db.session.execute(select(func.count()).select_from(Assignment)).scalar_one() == 2
        assert db.session.execute(select(func.count()).select_from(Response)).scalar_one() == 1
        dates = db.session.execute(select(Assignment.due_on, Assignment.original_due_on)).all()
        assert set(dates) == {(DUE, DUE)}


def test_the_run_drafts_it_once_at_the_end_of_an_automatic_ladder(app, cast, letter, visit):
    set_plan(app, Plan(is_automatic=True), by="secretary@epc.test", taskforce_id=cast.epc)
    with at(LAST):
        assert run(app) == "EPC: 0 e-mails, 1 reminder letters drafted, 0 left\n"
        run(app)
        page = visit("secretary@epc.test").get("/")
        assert "Reminder: What we heard" in page.text and "Finish the draft and send it to the chair" in page.text
    with at(date(2027, 3, 1)):
        run(app)
    with app.app_context():
        outcomes = [r.outcome.value for r in db.session.scalars(select(Reminder).order_by(Reminder.id))]
        assert outcomes == ["passed_over"] * 7 + ["drafted"]


def test_a_second_one_can_be_drafted_once_the_first_is_withdrawn(app, cast, letter, visit):
    with at(DUE):
        secretary = visit("secretary@epc.test")
        secretary.get(LADDER)
        secretary.send("Draft a reminder letter")
        draft = newest_letter(app)
        secretary.get(f"/letters/{draft}/withdraw")
        secretary.send("Withdraw the letter", names={"reason": "They rang."})
        assert "Reminded of by" not in secretary.get("/letters/EPC-L01").text
        secretary.get(LADDER)
        secretary.send("Draft a reminder letter")
    with app.app_context():
        rungs = [r.rung for r in db.session.scalars(select(Reminder).order_by(Reminder.id)) if r.drafted_letter_id]
        assert rungs == ["letter", "letter-2"]


def test_the_taskforces_own_text_is_used_with_its_fields_filled(app, cast, letter, visit):
    with at(DUE):
        secretary = visit("secretary@epc.test")
        secretary.get("/taskforces/EPC/passages/new")
        text = "About {reference} to {addressee}.\n\n{unanswered}\n\nBy {response due}: {days late}."
        given = {"Name": "R", "Where it is offered": "Reminder letter: its text", "Text": text}
        secretary.send("Add the passage", given)
        secretary.get(LADDER)
        page = secretary.send("Draft a reminder letter")
        body = page.tree.find(".//textarea[@id='body']").text
        assert body.strip().startswith("About EPC-L01 to {addressee}.\n\n- EPC-L01(a): Publish a timetable")
        assert body.strip().endswith("By 15 December 2026: 0.")


def test_nothing_to_remind_of_is_said(app, cast, letter, visit):
    with at(DUE):
        secretary = visit("secretary@epc.test")
        secretary.get(LADDER)
        answer(app, letter, "CAN", sro="sro@can.test")
        assert "Nothing is unanswered there" in secretary.send("Draft a reminder letter", status=409).text
