"""Settings of a taskforce and of a letter, pauses, more time asked for: what is reminded of, and what is quiet."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.reminders.conftest import DUE
from tests.reminders.making import ask_time, at, run, send_letter, set_plan
from tracker.core.db import db
from tracker.reminders.models import Reminder
from tracker.reminders.rules import Plan, RungOutcome

PAGE, LADDER = "/taskforces/EPC/reminders", "/letters/EPC-L01/reminders/CAN"


def rungs(app):
    with app.app_context():
        return [r.rung for r in db.session.scalars(select(Reminder).order_by(Reminder.id))]


def test_a_letter_has_settings_of_its_own_until_they_are_dropped(app, cast, letter, visit):
    send_letter(app, cast.epc, cast.can, cast.contacts["sro@can.test"], DUE, subject="Carers")
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/EPC-L01")
    secretary.follow("Reminders to the Cancer Programme")
    secretary.follow("Change how this letter is reminded of")
    given = {"Working days before the due date": "3", "Who sends them": "They go by themselves"}
    secretary.send("Save", given)
    assert "3 working days before the due date" in secretary.get(LADDER).text
    with at(date(2026, 12, 10)):
        run(app)
        assert rungs(app) == ["before-3"], "the other letter waits for the secretariat"
        secretary = visit("secretary@epc.test")
        assert "1 is due to go today." in secretary.get(PAGE).text
        secretary.get(LADDER)
        secretary.follow("Change how this letter is reminded of")
        secretary.send("Use the taskforce’s settings again")
        assert "own" not in secretary.get(LADDER).text
    with at(DUE):
        run(app)
        assert rungs(app) == ["before-3"]


@pytest.mark.parametrize("days", ["ten", "0", "61", "2;3"])
def test_days_before_that_make_no_sense_are_refused(cast, visit, days):
    secretary = visit("secretary@epc.test")
    secretary.get(PAGE + "/settings")
    page = secretary.send("Save", {"Working days before the due date": days}, status=422)
    assert page.errors == ["Enter whole numbers from 1 to 60 with commas between, like 10, 2"]


def test_secretary_pauses_and_ends_the_pause(app, cast, letter, visit):
    set_plan(app, Plan(is_automatic=True), by="secretary@epc.test", taskforce_id=cast.epc)
    with at(date(2026, 12, 1)):
        secretary = visit("secretary@epc.test")
        secretary.get(LADDER)
        secretary.follow("Pause")
        values = {"Last day of the pause": date(2026, 12, 14), "Why": "Their director is ill"}
        assert "Their director is ill" in secretary.send("Pause the reminders", values).text
        run(app)
        assert "Their director is ill" in secretary.get(PAGE + "?show=paused").text
        assert "due to go" not in secretary.get("/").text
        secretary.get(LADDER + "/pause")
        assert "paused already" in secretary.send("Pause the reminders", values, status=409).text
    with at(date(2026, 12, 14)):
        run(app)
        assert rungs(app) == []
    with at(DUE):
        run(app)
        assert rungs(app) == ["before-10", "before-2", "on-day"]
        secretary = visit("secretary@epc.test")
        secretary.get(LADDER)
        secretary.follow("Pause")
        secretary.send("Pause the reminders", values | {"Last day of the pause": date(2027, 2, 1)})
        secretary.send("End the pause")
    with at(date(2026, 12, 22)):
        run(app)
        assert rungs(app)[-1] == "after-5"


def test_a_pause_cannot_end_before_today(cast, letter, visit):
    secretary = visit("secretary@epc.test")
    secretary.get(LADDER + "/pause")
    values = {"Last day of the pause": date(2020, 1, 1), "Why": "x"}
    page = secretary.send("Pause the reminders", values, status=422)
    assert page.errors == ["The last day of the pause must be today or later"]


def test_what_more_time_is_asked_for_is_quiet_until_that_is_decided(app, cast, letter, visit):
    ask_time(app, letter, "CAN", 1, date(2027, 1, 29), granted=False)
    with at(DUE):
        page = visit("secretary@epc.test").get(LADDER)
        assert "1 for which more time is asked for" in page.text and "- EPC-L01(b)" in page.text
        assert "- EPC-L01(a)" not in page.text
    ask_time(app, letter, "CAN", 1, date(2027, 1, 29), granted=False)
    with at(DUE):
        page = visit("secretary@epc.test").get(PAGE)
        assert "More time asked for" in page.text and "Nothing is due to go today." in page.text


def test_a_date_that_moved_begins_the_ladder_anew(app, cast, letter, visit):
    set_plan(app, Plan(is_automatic=True), by="secretary@epc.test", taskforce_id=cast.epc)
    with at(DUE):
        run(app)
        ask_time(app, letter, "CAN", 1, date(2026, 12, 18))
    with at(date(2026, 12, 16)):
        run(app)
    with at(date(2026, 12, 18)):
        run(app)
    with app.app_context():
        rows = db.session.scalars(select(Reminder).order_by(Reminder.id))
        sent = [(r.due_on, r.rung) for r in rows if r.outcome == RungOutcome.SENT]
    assert sent == [(DUE, "on-day"), (date(2026, 12, 18), "before-2"), (date(2026, 12, 18), "on-day")]


def test_list_is_filtered_and_paged_in_a_fixed_number_of_queries(app, cast, letter, visit, selects_of):
    send_letter(app, cast.epc, cast.dia, cast.contacts["sro@dia.test"], date(2027, 1, 15), subject="Feet")
    auditor = visit("auditor@epc.test")
    assert "EPC-L02" not in auditor.get(PAGE + "?programme=CAN").text
    assert "EPC-L01" not in auditor.get(PAGE + "?letter=epc-l02").text
    assert "No answer is awaited" in auditor.get(PAGE + "?show=paused").text
    one = selects_of(lambda: auditor.get(PAGE))
    for n in range(50):
        send_letter(app, cast.epc, cast.can, cast.contacts["sro@can.test"], DUE, subject=f"Letter {n}", asks=["Say so"])
    assert selects_of(lambda: auditor.get(PAGE)) == one
    assert "52 answers are awaited" in auditor.page.text
    assert "EPC-L02" in auditor.follow("Next page").text
