"""A write and its event go together or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from tests.factories import Cast, add, person_of
from tracker.accounts.models import Contact, User, UserSession
from tracker.actions.models import Action, ActionUpdate
from tracker.actions.rules import ActionState
from tracker.core import audit, clock, events
from tracker.core.db import begin_write, db, end_write, writing
from tracker.core.events import Event
from tracker.directory.models import Board
from tracker.papers.models import Paper
from tracker.recommendations.models import Assignment
from tracker.workshops.models import Workshop

events.register_verbs({"changed_for_test": "changed this for a test"})


def _count(model: Any) -> int:
    return int(db.session.execute(select(func.count()).select_from(model)).scalar_one())


def test_a_write_that_no_event_tells_of_is_refused(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(RuntimeError, match="no event tells of"), writing():
            db.session.add(Board(name="Quiet board", organisation=""))
        assert _count(Board) == 0
        with writing():
            add(Board(name="Told board", organisation=""))
        assert _count(Board) == 1


def test_a_change_and_a_removal_without_an_event_are_refused(app: Flask) -> None:
    with app.app_context():
        with writing():
            board_id = add(Board(name="Told board", organisation="")).id
        with pytest.raises(RuntimeError, match="no event tells of"), writing():
            db.session.get_one(Board, board_id).name = "Quietly renamed"
        with pytest.raises(RuntimeError, match="no event tells of"), writing():
            db.session.delete(db.session.get_one(Board, board_id))
        assert db.session.get_one(Board, board_id).name == "Told board"


@pytest.mark.parametrize("statement", [update(Board).values(name="All"), delete(Board)])
def test_a_bulk_change_past_the_log_is_refused(app: Flask, statement: Any) -> None:
    with app.app_context():
        with writing():
            add(Board(name="Told board", organisation=""))
        with pytest.raises(RuntimeError, match="passes by the audit log"), writing():
            db.session.execute(statement)
        assert audit.verify() == []


def test_tables_of_the_machinery_may_be_changed_in_bulk(app: Flask) -> None:
    with app.app_context(), writing():
        db.session.execute(update(UserSession).values(ended_at=clock.now()))
        assert _count(UserSession) == 0


def test_a_rollback_leaves_no_event_behind(app: Flask) -> None:
    with app.app_context():
        begin_write()
        add(Board(name="Given up", organisation=""))
        end_write(commit=False)
        with writing():
            add(Board(name="Kept", organisation=""))
        assert (_count(Board), _count(Event)) == (1, 1)
        assert audit.verify() == []


def test_savepoints_are_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(NotImplementedError), writing():
        db.session.begin_nested()


def test_a_verb_that_nobody_registered_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(KeyError), writing():
        events.record(None, "never_registered", Board(id=1, name="", organisation=""))


def test_changes_names_old_and_new(app: Flask) -> None:
    with app.app_context(), writing():
        board = add(Board(name="Old name", organisation="Same"))
        board.name, board.organisation = "New name", "Same"
        assert events.changes(board) == {"name": ["Old name", "New name"]}
        events.record(None, "changed_for_test", board, **events.changes(board))


def test_a_subscriber_runs_in_the_same_transaction(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_subscribers", {})

    def follow(_by: Any, subject: Any, details: dict[str, Any]) -> None:
        add(Board(name=f"Caused by {subject.name}, {details['reason']}", organisation=""))

    events.subscribe("changed_for_test", follow)
    events.subscribe("changed_for_test", follow)
    with app.app_context():
        with writing():
            events.record(None, "changed_for_test", add(Board(name="First", organisation="")), reason="a test")
        names = db.session.scalars(select(Board.name).order_by(Board.id)).all()
        assert names == ["First", "Caused by First, a test"]
        with pytest.raises(ValueError, match="then it fails"), writing():
            events.record(None, "changed_for_test", add(Board(name="Second", organisation="")), reason="a test")
            raise ValueError("then it fails")
        assert _count(Board) == 2


def test_an_instant_given_in_another_zone_still_verifies(app: Flask, cast: Cast) -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    with app.app_context():
        with writing():
            day = clock.today()
            action = add(Action(taskforce_id=cast.epc, reference="EPC-A901", title="Test", raised_on=day))
            add(ActionUpdate(action_id=action.id, at=at, text="", state=ActionState.OPEN))
        assert audit.verify() == []
        assert db.session.scalars(select(ActionUpdate.at)).one() == at.astimezone(UTC)


def test_a_timeline_is_newest_first_and_says_who(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with writing():
            user = db.session.scalars(select(User).where(User.email == "secretary@epc.test")).one()
            by, board = person_of(user), add(Board(name="Told board", organisation=""))
            for number in range(3):
                events.record(by, "changed_for_test", board, reason=str(number))
            board_id = board.id
        told = events.list_timeline([("board", board_id)], limit=2)
        assert [(h.who, h.what, h.details) for h in told] == [
            (by.name, "changed this for a test", {"reason": "2"}),
            (by.name, "changed this for a test", {"reason": "1"}),
        ]
        assert events.list_timeline([]) == []
        assert events.list_timeline([("contact", board_id + 5000)]) == []


def test_the_log_vouches_for_every_business_table() -> None:
    names = {m.__tablename__ for m in audit.business_tables()}
    assert {"contact", "role_grant", Workshop.__tablename__, Assignment.__tablename__, Paper.__tablename__} <= names
    assert not names & {"user_session", "throttle_bucket", "form_key", "outbox_mail", "event", "event_head"}
    assert Contact in audit.business_tables()
