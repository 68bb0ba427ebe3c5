"""The command on two machines at once, and beside the secretary who presses send: each reminder goes once."""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import func, select

from tests.reminders.conftest import DUE
from tests.reminders.making import at, set_plan
from tracker.core.db import db
from tracker.core.outbox import OutboxMail
from tracker.reminders.models import Reminder, ReminderDigest
from tracker.reminders.rules import Plan
from tracker.reminders.running import run_reminders


def test_two_machines_send_each_reminder_once(app: Any, cast: Any, letter: str) -> None:
    set_plan(app, Plan(is_automatic=True), by="secretary@epc.test", taskforce_id=cast.epc)
    together, mails = threading.Barrier(3), []

    def machine() -> None:
        with at(DUE), app.app_context():
            together.wait()
            mails.append(sum(ran.mails for ran in run_reminders("http://localhost")))

    threads = [threading.Thread(target=machine) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mails) == [0, 0, 1]
    with app.app_context():
        for table, number in ((Reminder, 3), (ReminderDigest, 1), (OutboxMail, 1)):
            assert db.session.execute(select(func.count()).select_from(table)).scalar_one() == number
