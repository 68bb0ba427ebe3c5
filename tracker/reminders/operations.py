"""What the secretariat does about reminders besides sending them: pauses, and mails that failed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from tracker.core import clock, events, outbox
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.recommendations.response_models import Response
from tracker.reminders.digests import cause_of
from tracker.reminders.models import ReminderDigest, ReminderPause

events.register_verbs(
    {
        "reminders_paused": "paused the reminders",
        "reminder_pause_ended": "ended the pause of the reminders",
        "reminder_mail_tried_again": "had a reminder that failed sent again",
    }
)


def _open_pauses(response_id: int) -> list[ReminderPause]:
    row = ReminderPause
    held = (row.response_id == response_id, row.ended_at.is_(None), row.until_on >= clock.today())
    return list(db.session.scalars(select(row).where(*held).order_by(row.id)))


def pause_reminders(response: Response, reason: str, until_on: date, *, by: Person) -> ReminderPause:
    """No reminders about a response up to and on `until_on`. Raises RuleBroken for a past day and a second pause."""
    if until_on < clock.today():
        raise RuleBroken("The last day of the pause must be today or later", field="until_on")
    if known := _open_pauses(response.id):
        raise RuleBroken(f"Reminders are paused already, until {known[0].until_on:%d/%m/%Y}. End that pause first.")
    pause = ReminderPause(
        response_id=response.id, reason=reason, until_on=until_on, by_id=by.contact_id, at=clock.now()
    )
    db.session.add(pause)
    db.session.flush()
    events.record(by, "reminders_paused", response, reason=reason, until=until_on)
    return pause


def end_pause(response: Response, *, by: Person) -> None:
    """Go on reminding before the pause is over. Raises RuleBroken where there is none."""
    known = _open_pauses(response.id)
    if not known:
        raise RuleBroken("Reminders are not paused there.")
    for pause in known:
        pause.ended_at, pause.ended_by_id = clock.now(), by.contact_id
    db.session.flush()
    events.record(by, "reminder_pause_ended", response)


def send_again(digest: ReminderDigest, *, by: Person) -> None:
    """Have a digest that failed go with the next delivery, as the same message. Raises RuleBroken where none failed."""
    if not outbox.try_again(cause_of(digest.id), digest.email):
        raise RuleBroken("Nothing has failed there: the mail was sent, waits to be sent, or was overtaken.")
    events.record(by, "reminder_mail_tried_again", digest, reason=f"To {digest.email}")
