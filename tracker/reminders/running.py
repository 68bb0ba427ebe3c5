"""What `flask reminders run` does: safe twice, safe on two machines at once, safe after days off.

Every taskforce is a transaction of its own under its lock, which the secretariat's sending takes too: whoever comes
second finds what the first one recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.core import clock
from tracker.core.db import db, lock_row, writing
from tracker.directory.models import Taskforce
from tracker.directory.rules import TaskforceLife
from tracker.reminders import digests, overtaken, words
from tracker.reminders.ladder import Ladder
from tracker.reminders.ladders import list_due, list_of_responses
from tracker.reminders.reminder_letters import draft_reminder_letter, get_moving


@dataclass(frozen=True)
class Ran:
    """What the run did for a taskforce: mails queued, reminder letters drafted, and rungs left for another day."""

    taskforce: str
    mails: int
    letters: int
    waiting: int


def run_reminders(base_url: str) -> Iterator[Ran]:
    """Send what goes by itself today, and what of withdrawn mails still holds; taskforce by taskforce."""
    statement = select(Taskforce.id).where(Taskforce.life == TaskforceLife.ACTIVE).order_by(Taskforce.id)
    for taskforce_id in db.session.scalars(statement).all():
        with writing():
            ran = _run(taskforce_id, base_url)
        if ran is not None:
            yield ran


def _run(taskforce_id: int, base_url: str) -> Ran | None:
    lock_row(Taskforce, taskforce_id)
    chosen = select(Taskforce).where(Taskforce.id == taskforce_id).options(joinedload(Taskforce.board))
    taskforce = db.session.scalars(chosen.execution_options(populate_existing=True)).one()
    if taskforce.life is not TaskforceLife.ACTIVE:
        return None
    today = clock.today()
    due = list_due(taskforce_id, today, automatic=True)
    rungs = [(ladder, rung) for ladder in due if (rung := ladder.due(today))]
    withdrawn = overtaken.list_withdrawn(taskforce_id, today)
    if not rungs and not withdrawn:
        return None
    writer = digests.writer_of(taskforce, base_url, None)
    mailed = [(found, rung) for found, rung in rungs if not rung.is_letter]
    going = digests.prepare(taskforce, mailed, writer, today)
    again = [
        item
        for item in overtaken.take_up(taskforce, withdrawn, writer, today)
        if item.key not in {g.key for g in going}
    ]
    sent = digests.send(taskforce, [*going, *again], words.frame_of(writer), writer.reply_to, by=None)
    letters = _draft_letters(taskforce, [found for found, r in rungs if r.is_letter], today)
    unreached = sum(not item.to for item in going)
    return Ran(taskforce.code, len(sent.mails), letters, len(sent.waiting) + unreached)


def _draft_letters(taskforce: Taskforce, ladders: Sequence[Ladder], today: date) -> int:
    """A reminder letter for each response whose ladder has come to its end, unless one is being drafted."""
    drafted = 0
    for response_id in dict.fromkeys(found.response_id for found in ladders):
        if get_moving(response_id) is None:
            draft_reminder_letter(taskforce, list_of_responses([response_id], today), by=None)
            drafted += 1
    return drafted
