"""Every error has its page: what happened and what to do next, whole or as a notice for htmx."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.visitor import Page
from tracker.web.errors import PAGES

HTMX = {"HX-Request": "true", "HX-Target": "row-7"}
CASES = [
    ("/nowhere", 404, "Page not found"),
    ("/trial/abort/400", 400, "There is a problem with the request"),
    ("/trial/abort/403", 403, "You cannot do this"),
    ("/trial/abort/413", 413, "The file or text is too large"),
    ("/trial/abort/418", 418, "There is a problem with the request"),
    ("/trial/raise/not-found", 404, "No such thing."),
    ("/trial/raise/forbidden", 403, "Not you."),
    ("/trial/raise/rule", 409, "The letter has been issued."),
    ("/trial/raise/stale", 409, "Somebody else has changed this"),
    ("/trial/raise/moved", 409, "The letter has changed since you opened it"),
    ("/trial/raise/busy", 409, "The database is busy."),
    ("/trial/raise/file", 422, "The file is empty."),
    ("/trial/raise/tries", 429, "Wait 2 minutes and try again."),
    ("/trial/raise/bug", 500, "Something went wrong on our side"),
    ("/sign-out", 405, "This address does not take that kind of request"),
]


@pytest.mark.parametrize(("address", "status", "words"), CASES)
def test_every_error_has_a_whole_page(trial: Any, address: str, status: int, words: str) -> None:
    page = Page(trial.get(address))
    page.check_whole()
    assert page.status == status
    assert words in page.text
    assert page.link("Go to the home page") == "/"


@pytest.mark.parametrize(("address", "status", "words"), CASES)
def test_for_htmx_it_is_a_notice_that_leaves_the_form_alone(trial: Any, address: str, status: int, words: str) -> None:
    answer = trial.get(address, headers=HTMX)
    assert answer.status_code == status
    text = answer.get_data(as_text=True)
    assert words in text and "<html" not in text
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#notice", "innerHTML")


def test_history_that_htmx_restores_gets_the_whole_page(trial: Any) -> None:
    answer = trial.get("/nowhere", headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert "<html" in answer.get_data(as_text=True)


def test_what_the_status_asks_for_is_said(trial: Any) -> None:
    assert trial.get("/trial/raise/tries").headers["Retry-After"] == "90"
    assert trial.get("/sign-out").headers["Allow"] in {"OPTIONS, POST", "POST, OPTIONS"}


def test_a_bug_tells_the_person_nothing_of_the_code(trial: Any) -> None:
    text = trial.get("/trial/raise/bug").get_data(as_text=True)
    assert "ZeroDivisionError" not in text and "Traceback" not in text


def test_a_read_that_failed_claims_no_lost_change(trial: Any) -> None:
    text = trial.get("/trial/raise/bug").get_data(as_text=True)
    assert "If you were saving something, it was not saved." in text


def test_where_the_error_page_fails_too_there_is_still_an_answer(
    trial: Any, trial_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.web.errors.page", lambda _status: 1 / 0)
    answer = trial.get("/trial/raise/bug")
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    assert PAGES[500][0] in answer.get_data(as_text=True)
    assert "Content-Security-Policy" in answer.headers


def test_a_form_without_its_token_is_refused_with_words(app: Flask) -> None:
    page = Page(app.test_client().post("/sign-in", data={"email": "a@example.test", "password": "x"}))
    assert page.status == 400 and "This form can no longer be used" in page.text


def test_a_request_that_is_too_large_is_refused_with_words(app: Flask) -> None:
    large = {"email": "a" * 5_000_000}
    page = Page(app.test_client().post("/sign-in", data=large, content_type="multipart/form-data"))
    assert page.status == 413 and "The file or text is too large" in page.text
