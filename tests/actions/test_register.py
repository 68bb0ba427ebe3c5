"""The register of actions: who sees what, filters, order, pages; and the lists that other pages show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.actions.conftest import make_action
from tests.factories import Cast, add, person_of
from tracker.accounts.models import User
from tracker.actions import operations, queries
from tracker.actions.models import Action, Origin
from tracker.actions.rules import ActionState
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.directory.models import Taskforce

ROWS = ".//tbody/tr/th/a"


@pytest.fixture
def register(app: Flask, cast: Cast) -> None:
    """A001 late, the team's; A002 due today, the member's; A003 undated; A004 cancelled; one of the other taskforce."""
    today, owners = clock.today(), cast.contacts
    with app.app_context(), writing():
        make_action(cast.epc, owners["team@can.test"], "Late", today - timedelta(days=3))
        make_action(cast.epc, owners["member@epc.test"], "Today", today)
        make_action(cast.epc, None, "Undated")
        cancelled = make_action(cast.epc, None, "Cancelled", today - timedelta(days=9))
        cancelled.state = ActionState.CANCELLED
        add(cancelled)
        make_action(cast.dig, owners["team@can.test"], "Of others", today + timedelta(days=1))


@pytest.mark.parametrize(
    ("email", "references"),
    [
        ("secretary@epc.test", ["EPC-A001", "EPC-A002", "EPC-A003"]),
        ("auditor@epc.test", ["EPC-A001", "EPC-A002", "EPC-A003"]),
        ("member@dig.test", ["DIG-A001"]),
        ("team@can.test", ["EPC-A001", "DIG-A001"]),
        ("sro@can.test", []),
        ("admin@tracker.test", []),
    ],
)
def test_each_sees_the_actions_of_their_taskforces_and_their_own(
    register: None, visit: Any, email: str, references: list[str]
) -> None:
    page = visit(email).get("/actions")
    assert page.all(ROWS) == references


def test_lateness_stands_in_words(register: None, visit: Any) -> None:
    page = visit("secretary@epc.test").get("/actions")
    assert "3 days late" in page.text and "Due today" in page.text and "No date" in page.text
    assert "3 days late" in visit("secretary@epc.test").get("/actions/EPC-A001").text


def test_an_action_reported_done_is_not_late_but_waits_to_be_checked(register: None, visit: Any) -> None:
    team, secretary = visit("team@can.test"), visit("secretary@epc.test")
    team.get("/actions/EPC-A001/report")
    done = "Done: ready for somebody else to review and close"
    team.send("Save", {"Update": "All is done.", "State of the action": done})
    for email in ("team@can.test", "secretary@epc.test"):
        page = visit(email).get("/actions/EPC-A001").text
        assert "waiting to be checked" in page and f"Done {clock.today().day} " in page and "late" not in page.split()
    assert "Done, waiting to be checked" in secretary.get("/actions").text
    assert secretary.send("Apply filters", {"Due": "Overdue"}).all(ROWS) == []


def test_register_can_be_filtered(register: None, cast: Cast, visit: Any) -> None:
    browser = visit("member@epc.test")
    browser.get("/actions")
    assert browser.send("Apply filters", {"Due": "Overdue"}).all(ROWS) == ["EPC-A001"]
    page = browser.send("Apply filters", {"Due": "Any date", "State": "All"})
    assert page.all(ROWS) == ["EPC-A004", "EPC-A001", "EPC-A002", "EPC-A003"]
    assert browser.send("Apply filters", {"State": "Cancelled"}).all(ROWS) == ["EPC-A004"]
    page = browser.send("Apply filters", {"State": "Unfinished", "Owner": "Me"})
    assert page.all(ROWS) == ["EPC-A002"]
    page = browser.send("Apply filters", {"State": "Closed"})
    assert "No actions to show" in page.text and "Remove a filter to see more." in page.text
    browser.follow("Remove filter State: Closed")
    assert browser.page.all(ROWS) == ["EPC-A002"]
    assert browser.get(f"/actions?taskforce={cast.dig}").all(ROWS) == ["EPC-A001", "EPC-A002", "EPC-A003"]
    assert browser.get(f"/actions?taskforce={cast.epc}").all(ROWS) == ["EPC-A001", "EPC-A002", "EPC-A003"]


@pytest.mark.parametrize(
    ("sort", "references"),
    [
        ("-due", ["EPC-A003", "EPC-A002", "EPC-A001"]),
        ("reference", ["EPC-A001", "EPC-A002", "EPC-A003"]),
        ("-reference", ["EPC-A003", "EPC-A002", "EPC-A001"]),
        ("owner", ["EPC-A003", "EPC-A001", "EPC-A002"]),
    ],
)
def test_register_can_be_sorted(register: None, visit: Any, sort: str, references: list[str]) -> None:
    assert visit("secretary@epc.test").get(f"/actions?sort={sort}").all(ROWS) == references


@pytest.mark.parametrize(
    "arguments",
    [f"taskforce={2**63}", "state=x", "owner=x", "overdue=x", "sort=x", "after=x", "after=W10", "before=%00"],
)
def test_nonsense_in_the_address_is_passed_over(register: None, visit: Any, arguments: str) -> None:
    page = visit("secretary@epc.test").get(f"/actions?{arguments}")
    assert page.all(ROWS) == ["EPC-A001", "EPC-A002", "EPC-A003"]


def test_register_has_pages_and_a_fixed_number_of_queries(app: Flask, cast: Cast, visit: Any, queries_of: Any) -> None:
    browser, owner = visit("member@epc.test"), cast.contacts["member@epc.test"]
    with app.app_context(), writing():
        for number in range(20):
            make_action(cast.epc, owner, f"Action {number}", clock.today() + timedelta(days=number % 7))
    few = queries_of(lambda: browser.get("/actions"))
    with app.app_context(), writing():
        for number in range(180):
            make_action(cast.epc, owner, f"Action {number}", clock.today() + timedelta(days=number % 7))
    assert queries_of(lambda: browser.get("/actions")) == few
    page, seen = browser.page, list(browser.page.all(ROWS))
    assert "200 actions" in page.text
    while "Next page" in page.all(".//a"):
        page = browser.follow("Next page")
        seen += page.all(ROWS)
    assert len(seen) == len(set(seen)) == 200


def test_a_record_with_many_updates_takes_a_fixed_number_of_queries(
    app: Flask, action: str, visit: Any, queries_of: Any
) -> None:
    def say(number: int) -> None:
        with app.app_context(), writing():
            row = db.session.scalars(select(Action)).one()
            by = person_of(db.session.scalars(select(User).where(User.email == "team@can.test")).one())
            for place in range(number):
                operations.add_update(row, f"update {place}", by=by)

    browser = visit("secretary@epc.test")
    say(20)
    few = queries_of(lambda: browser.get("/actions/EPC-A001"))
    say(180)
    assert queries_of(lambda: browser.get("/actions/EPC-A001")) == few
    assert "update 179" in browser.page.text


def test_unfinished_actions_are_read_in_due_order_from_an_index(app: Flask, cast: Cast) -> None:
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SET LOCAL enable_seqscan = off"))
            db.session.execute(text("SET LOCAL enable_sort = off"))
        statement = select(Action.id).where(queries.IS_UNFINISHED).order_by(queries.DUE, Action.id)
        explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
        plan = db.session.execute(text(explain + str(statement.compile(db.engine)))).all()
        assert "ix_action_unfinished" in str(plan)


def test_actions_of_an_origin(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        origins = [add(Origin(taskforce_id=cast.epc)).id for _ in range(2)]
        taskforce = db.session.get_one(Taskforce, cast.epc)
        member = cast.contacts["member@epc.test"]
        for origin_id in (origins[0], origins[1], origins[0]):
            operations.raise_action(
                taskforce, title="Do it", owner_id=member, due_on=None, due_stated="soon", origin_id=origin_id, by=None
            )
    with app.app_context():
        rows = queries.list_actions_of([origins[0]])
        assert [r.reference for r in rows] == ["EPC-A001", "EPC-A003"]
        assert (rows[0].title, rows[0].owner, rows[0].due_on, rows[0].due_stated, rows[0].state) == (
            "Do it",
            "EPC Member (member)",
            None,
            "soon",
            ActionState.OPEN,
        )
        assert len(queries.list_actions_of(origins)) == 3
        assert queries.list_actions_of([]) == []


def test_due_for_me_are_my_own_and_those_to_close(app: Flask, register: None, cast: Cast) -> None:
    def due(email: str, limit: int = 10) -> list[tuple[str, bool | None]]:
        with app.app_context():
            person = person_of(db.session.scalars(select(User).where(User.email == email)).one())
            rows = queries.list_due_actions(person, clock.today(), limit)
            return [(r.reference, None if r.is_overdue is None else bool(r.is_overdue)) for r in rows]

    assert due("team@can.test") == [("EPC-A001", True), ("DIG-A001", False)]
    assert due("team@can.test", limit=1) == [("EPC-A001", True)]
    assert due("chair@epc.test") == []
    with app.app_context(), writing():
        team = person_of(db.session.scalars(select(User).where(User.email == "team@can.test")).one())
        late = db.session.scalars(select(Action).where(Action.reference == "EPC-A001")).one()
        operations.report_action(late, ActionState.PENDING_REVIEW, "Done", by=team)
    assert due("team@can.test") == [("DIG-A001", False)]
    assert due("chair@epc.test") == due("secretary@epc.test") == [("EPC-A001", True)]
    assert due("member@epc.test") == [("EPC-A002", False)]
