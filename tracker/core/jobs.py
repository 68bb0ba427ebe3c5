"""Slow work, as rows that `flask jobs run` works off: a request only asks for it (architecture.md, Slow work)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text, and_, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core import clock
from tracker.core.db import SHORT, Base, Instant, db, insert_into, side_write, words


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One piece of slow work: what kind, about which record; `key` is unique, so that it is asked for once."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    state: Mapped[JobState] = mapped_column(words(JobState), default=JobState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    asked_by_id: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(Instant)
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(SHORT, default="")


MOST_TRIES = 3
TAKEN_FOR = timedelta(minutes=15)
Handler = Callable[[int], str]
_handlers: dict[str, Handler] = {}


def register_handler(kind: str, handler: Handler) -> None:
    """Say what does jobs of this kind.

    The handler takes the subject's id, opens its own writing transaction once the slow part is done, and returns a note
    for the page; whatever it raises is kept on the job, which is tried up to MOST_TRIES times.
    """
    _handlers[kind] = handler


def ask(key: str, kind: str, subject_id: int, *, by_contact_id: int | None) -> None:
    """Ask for a job within the writing transaction; the same key asks once."""
    row = {
        "key": key,
        "kind": kind,
        "subject_id": subject_id,
        "state": JobState.WAITING,
        "tries": 0,
        "error": "",
        "note": "",
        "asked_by_id": by_contact_id,
        "asked_at": clock.now(),
    }
    db.session.execute(insert_into(Job.__table__).values(**row).on_conflict_do_nothing())


def ask_again(key: str) -> None:
    """Have a job that was given up tried anew, within the writing transaction."""
    anew = {"state": JobState.WAITING, "tries": 0, "error": "", "asked_at": clock.now()}
    db.session.execute(update(Job).where(Job.key == key, Job.state == JobState.FAILED).values(**anew))


def get_job(key: str) -> Job | None:
    """The job that was asked for under this key."""
    return db.session.scalars(select(Job).where(Job.key == key)).one_or_none()


def run_waiting(limit: int = 100) -> tuple[int, int]:
    """Work off what waits, oldest first; returns (done, failed). Two who run at once do not do one job twice.

    A job whose worker died is taken up again after a quarter of an hour.
    """
    done = failed = 0
    for _ in range(limit):
        job = _take_next()
        if job is None:
            break
        error, note = _run(job)
        _note(job, error, note)
        done, failed = done + (error is None), failed + (error is not None)
    return done, failed


def _take_next() -> Job | None:
    given_up = and_(Job.state == JobState.RUNNING, Job.taken_at < clock.now() - TAKEN_FOR)
    free = or_(Job.state == JobState.WAITING, given_up)
    for job in db.session.scalars(select(Job).where(free).order_by(Job.id).limit(20)).all():
        db.session.expunge(job)
        db.session.rollback()  # no transaction stays open while the work goes on
        is_same = (Job.id == job.id, Job.state == job.state, Job.tries == job.tries)
        taken = update(Job).where(*is_same).values(state=JobState.RUNNING, taken_at=clock.now(), tries=job.tries + 1)
        with side_write() as connection:
            if connection.execute(taken).rowcount == 1:
                job.tries += 1
                return job
    return None


def _run(job: Job) -> tuple[str | None, str]:
    try:
        return None, _handlers[job.kind](job.subject_id)
    except Exception as error:  # whatever is wrong with one job, the others are still done
        db.session.rollback()
        return f"{type(error).__name__}: {error}"[:1000], ""


def _note(job: Job, error: str | None, note: str) -> None:
    values: dict[str, Any] = {"error": error or "", "note": note[:200]}
    if error is None:
        values |= {"state": JobState.DONE, "finished_at": clock.now()}
    else:
        values |= {"state": JobState.WAITING if job.tries < MOST_TRIES else JobState.FAILED}
    with side_write() as connection:
        connection.execute(update(Job).where(Job.id == job.id).values(**values))
