"""One's own due dates as a calendar, read back by two readers of iCalendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from flask import Flask
from icalendar import Calendar
from sqlalchemy import event, select

from tests.factories import Cast
from tests.guest_links.conftest import path_of, refusals
from tests.recommendations.making import change, make_letter
from tests.support.visitor import Visitor
from tracker.accounts.models import User
from tracker.accounts.operations import disable_user, end_grant
from tracker.accounts.queries import list_grants
from tracker.actions.operations import raise_action
from tracker.calendars import queries
from tracker.calendars.feed import Entry, write_feed
from tracker.calendars.models import CalendarFeed
from tracker.core.db import db, writing
from tracker.directory.models import Taskforce

Visit = Callable[..., Visitor]
pytestmark = pytest.mark.past_the_log
TITLE = "Ask the carers; all of them, in Ynys Môn\\Anglesey " + "and everywhere else " * 5


@pytest.fixture
def business(app: Flask, cast: Cast) -> None:
    """A letter to the programme, due on 15 December 2026, and an action of its team."""
    make_letter(app, cast.epc, [cast.can])
    with app.app_context(), writing():
        _action(cast, "team@can.test", TITLE, date(2027, 1, 5))


def _action(cast: Cast, owner: str, title: str, due_on: date) -> None:
    taskforce = db.session.get_one(Taskforce, cast.epc)
    raise_action(taskforce, title=title, owner_id=cast.contacts[owner], due_on=due_on, origin_id=None, by=None)


def _feed(visitor: Visitor) -> str:
    visitor.get("/account")
    visitor.follow("Your due dates in your own calendar")
    visitor.send("Make an address")
    return path_of(visitor.page.tree.findtext(".//textarea"))


def _read(app: Flask, path: str) -> dict[str, Any]:
    """The entries as icalendar reads them, by UID; vobject reads the same number of them."""
    answer = app.test_client().get(path)
    assert answer.status_code == 200 and answer.content_type == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.get_data().split(b"\r\n"))
    found = {str(e["uid"]): e for e in Calendar.from_ical(answer.get_data()).walk("VEVENT")}
    other = vobject.readOne(answer.get_data(as_text=True))
    read = {e.uid.value: (e.summary.value, e.dtstart.value) for e in other.contents.get("vevent", [])}
    assert read == {uid: (str(e["summary"]), e["dtstart"].dt) for uid, e in found.items()}
    return found


def test_team_reads_its_due_dates_in_a_calendar_of_its_own(app: Flask, visit: Visit, business: None) -> None:
    entries = _read(app, _feed(visit("team@can.test")))
    assert {str(e["summary"]): e["dtstart"].dt for e in entries.values()} == {
        "Answer to a letter due: EPC-L02 to Cancer Programme": date(2026, 12, 15),
        f"Action due: EPC-A001 {TITLE}": date(2027, 1, 5),
    }
    letter = entries["response-1@localhost"]
    assert letter["dtend"].dt == date(2026, 12, 16) and letter["transp"] == "TRANSPARENT"
    assert str(letter["url"]) == "http://localhost/letters/EPC-L02/responses/CAN"


def test_moved_date_keeps_its_uid_and_raises_its_sequence(app: Flask, visit: Visit, business: None) -> None:
    path = _feed(visit("team@can.test"))
    before = _read(app, path)
    assert app.test_client().get(path).get_data() == app.test_client().get(path).get_data()
    secretary = visit("secretary@epc.test")
    secretary.get("/actions/EPC-A001/edit")
    secretary.send("Save", {"Due date": date(2027, 2, 8)})
    change(app, "EPC-L02(a)", due_on=date(2027, 1, 20))
    change(app, "EPC-L02(b)", due_on=date(2027, 1, 22))
    after = _read(app, path)
    assert set(after) == set(before)
    assert after["action-1@localhost"]["dtstart"].dt == date(2027, 2, 8)
    assert after["response-1@localhost"]["dtstart"].dt == date(2027, 1, 20)
    for uid in before:
        assert after[uid]["sequence"] > before[uid]["sequence"]
        assert after[uid]["dtstamp"].dt >= before[uid]["dtstamp"].dt
        assert after[uid]["dtstamp"].dt == after[uid]["last-modified"].dt


def test_what_is_done_leaves_the_calendar(app: Flask, visit: Visit, business: None) -> None:
    team = visit("team@can.test")
    path = _feed(team)
    team.get("/actions/EPC-A001/report")
    team.send("Save", {"Update": "Done.", "State of the action": "Done: ready for somebody else to review and close"})
    assert set(_read(app, path)) == {"response-1@localhost"}
    assert "action-1@localhost" in _read(app, _feed(visit("chair@epc.test")))


def test_who_lost_the_role_or_the_account_reads_nothing(app: Flask, cast: Cast, visit: Visit, business: None) -> None:
    path = _feed(visit("team@can.test"))
    other = _feed(visit("sro@can.test"))
    assert set(_read(app, other)) == {"response-1@localhost"}
    with app.app_context(), writing():
        sro = db.session.scalars(select(User).where(User.email == "sro@can.test")).one()
        end_grant(sro, list_grants(sro.contact_id)[0].id, last_day=None, by=None)
        disable_user(db.session.scalars(select(User).where(User.email == "team@can.test")).one(), by=None)
    assert _read(app, other) == {}
    assert app.test_client().get(path).status_code == 404
    assert refusals(app) == ["other"]


def test_address_is_a_secret_that_ends(app: Flask, visit: Visit, business: None) -> None:
    team = visit("team@can.test")
    first = _feed(team)
    team.get("/account/calendar")
    assert first.removesuffix(".ics").rpartition("/")[2] not in team.page.html
    team.send("Make a new address")
    second = path_of(team.page.tree.findtext(".//textarea"))
    team.send("End the address")
    guessed = app.test_client().get("/calendar/" + "A" * 43 + ".ics")
    for path in (first, second):
        answer = app.test_client().get(path)
        assert (answer.status_code, answer.get_data()) == (404, guessed.get_data())
    assert guessed.get_data() == app.test_client().get("/links/" + "A" * 43).get_data()
    assert refusals(app) == ["unknown", "revoked", "revoked", "unknown"]
    with app.app_context():
        kept = db.session.scalars(select(CalendarFeed.token_hash)).all()
    assert not {len(k) for k in kept} - {64}


def test_feed_is_bounded_and_takes_a_fixed_number_of_queries(
    app: Flask, cast: Cast, visit: Visit, business: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = _feed(visit("team@can.test")), []
    with app.app_context(), writing():
        for number in range(6):
            _action(cast, "team@can.test", f"Action {number}", date(2027, 3, 1) + timedelta(days=number))
        engine = db.engine
    monkeypatch.setattr(queries, "LIMIT", 4)

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        content = app.test_client().get(path).get_data()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert content.count(b"BEGIN:VEVENT") == 4
    selects = [s for s in seen if s.startswith("SELECT")]
    # Two throttles, the feed, its owner's grants, four kinds of things due, and two for when they changed.
    assert len(selects) == 10, "\n\n".join(selects)


def test_text_of_a_person_adds_no_line_to_the_file() -> None:
    day, now = date(2027, 1, 5), datetime(2026, 11, 24, 12, tzinfo=UTC)
    evil = "x\r\nEND:VEVENT\nATTACH:https://evil.test;\\,"
    content = write_feed([Entry("a-1", day, evil, evil, "https://x.test", 3, now)], name=evil, host="x.test")
    assert b"\r\nATTACH" not in content and content.count(b"END:VEVENT\r\n") == 1
    read = Calendar.from_ical(content).walk("VEVENT")[0]
    assert str(read["summary"]) == evil.replace("\r\n", "\n") and read["sequence"] == 3
