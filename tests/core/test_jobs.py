"""Slow work is asked for once, done outside the request, tried again, and never done twice at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from tracker.core import clock, jobs
from tracker.core.db import db, side_write, writing
from tracker.core.jobs import Job, JobState

DONE: list[int] = []


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    def fail(subject_id: int) -> str:
        DONE.append(subject_id)
        raise ValueError("no such thing")

    def work(subject_id: int) -> str:
        DONE.append(subject_id)
        return f"did {subject_id}"

    DONE.clear()
    jobs.register_handler("test-work", work)
    jobs.register_handler("test-failure", fail)
    yield
    for kind in ("test-work", "test-failure"):
        del jobs._handlers[kind]


def ask(key: str, kind: str, subject_id: int) -> None:
    with writing():
        jobs.ask(key, kind, subject_id, by_contact_id=None)


def job(key: str) -> Job:
    found = jobs.get_job(key)
    assert found is not None
    return found


def test_a_job_asked_for_twice_is_done_once(app: Flask) -> None:
    with app.app_context():
        ask("a", "test-work", 7)
        ask("a", "test-work", 7)
        assert jobs.run_waiting() == (1, 0)
        assert jobs.run_waiting() == (0, 0)
        assert DONE == [7]
        assert (job("a").state, job("a").note) == (JobState.DONE, "did 7")


def test_a_job_that_fails_is_tried_three_times_and_says_why(app: Flask) -> None:
    with app.app_context():
        ask("a", "test-failure", 7)
        ask("b", "test-work", 8)
        assert jobs.run_waiting() == (1, 3)
        assert DONE == [7, 7, 7, 8]
        assert (job("a").state, job("a").error) == (JobState.FAILED, "ValueError: no such thing")


def test_a_job_that_was_given_up_is_tried_anew_when_somebody_asks(app: Flask) -> None:
    with app.app_context():
        ask("a", "test-failure", 7)
        assert jobs.run_waiting() == (0, 3)
        ask("a", "test-failure", 7)
        assert jobs.run_waiting() == (0, 0), "asking alone changes nothing"
        with writing():
            jobs.ask_again("a")
        assert (job("a").state, job("a").tries, job("a").error) == (JobState.WAITING, 0, "")
        assert jobs.run_waiting() == (0, 3)


def test_a_job_whose_worker_died_is_taken_up_after_a_while(app: Flask) -> None:
    with app.app_context():
        ask("a", "test-work", 7)
        for minutes, done in ((1, 0), (16, 1)):
            with side_write() as connection:
                taken = clock.now() - timedelta(minutes=minutes)
                connection.execute(Job.__table__.update().values(state=JobState.RUNNING, taken_at=taken))
            db.session.rollback()
            assert jobs.run_waiting() == (done, 0)


def test_the_worker_of_make_run_ends_with_the_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    parents = iter((7, 7, 7, 1))
    monkeypatch.setattr("os.getppid", lambda: next(parents))
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with app.app_context():
        ask("a", "test-work", 7)
    result = app.test_cli_runner().invoke(args=["jobs", "run", "--every", "5"])
    assert (result.exit_code, result.output, DONE) == (0, "0 done, 0 failed\n", [7])


def test_the_operator_runs_the_jobs(app: Flask) -> None:
    with app.app_context():
        ask("a", "test-work", 7)
    result = app.test_cli_runner().invoke(args=["jobs", "run"])
    assert (result.exit_code, result.output) == (0, "1 done, 0 failed\n")
