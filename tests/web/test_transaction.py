"""One commit around every view: all of a change or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.visitor import Page
from tracker.core.db import db
from tracker.core.events import Event
from tracker.web.transaction import MESSAGES


def test_an_answer_that_went_well_is_committed(trial: Any, boards: Any) -> None:
    assert trial.post("/trial/board/200", data={"name": "One"}).status_code == 200
    assert trial.post("/trial/board/303", data={"name": "Two"}).status_code == 303
    assert boards() == ["One", "Two"]


@pytest.mark.parametrize("status", [400, 404, 409, 422, 500])
def test_a_refusal_rolls_back_the_change_and_its_event(trial: Any, boards: Any, app: Flask, status: int) -> None:
    assert trial.post(f"/trial/board/{status}", data={"name": "One"}).status_code == status
    assert boards() == []
    with app.app_context():
        assert db.session.query(Event).count() == 0


def test_a_bug_in_the_middle_rolls_back(trial: Any, boards: Any) -> None:
    assert trial.post("/trial/bug").status_code == 500
    assert boards() == []
    assert trial.post("/trial/board/200", data={"name": "After"}).status_code == 200
    assert boards() == ["After"]


def test_a_broken_constraint_is_said_in_words(trial: Any, boards: Any) -> None:
    trial.post("/trial/board/200", data={"name": "Board"})
    page = Page(trial.post("/trial/board/200", data={"name": "Board"}))
    assert page.status == 409 and MESSAGES["uq_board_name"] in page.text
    assert boards() == ["Board"]


def test_a_write_without_an_event_never_reaches_the_database(trial: Any, boards: Any) -> None:
    assert trial.post("/trial/quiet").status_code == 500
    assert boards() == []


def test_a_get_that_writes_fails_loudly(trial: Any, store: Any) -> None:
    assert trial.get("/trial/writes").status_code == 500


def test_the_same_form_twice_makes_one_record_and_leads_to_the_same_place(trial: Any, boards: Any) -> None:
    form = {"form_key": "k", "where": "/boards/EPC-L02#asks"}
    for _ in range(2):
        answer = trial.post("/trial/once", data=form)
        assert (answer.status_code, answer.location) == (303, "/boards/EPC-L02#asks")
    assert boards() == ["Once"]


def test_a_row_saved_twice_stays_on_its_page(trial: Any, boards: Any) -> None:
    headers = {"HX-Request": "true", "Referer": "http://localhost/workshops/EPC-W02?edit=7"}
    form = {"form_key": "k", "where": ""}
    assert trial.post("/trial/once", data=form, headers=headers).status_code == 200
    again = trial.post("/trial/once", data=form, headers=headers)
    assert (again.status_code, again.headers["HX-Redirect"]) == (204, "/workshops/EPC-W02?edit=7")
    from_elsewhere = trial.post("/trial/once", data=form, headers=headers | {"Referer": "https://evil.test//evil"})
    assert from_elsewhere.headers["HX-Redirect"] == "/"
    assert boards() == ["Once"]


def test_nothing_hangs_on_to_the_connection(trial: Any, trial_app: Flask) -> None:
    for address in ("/accessibility", "/trial/raise/bug", "/trial/writes"):
        trial.get(address)
        with trial_app.app_context():
            assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
