"""What else happened in autumn 2026: a link, reminders, a new owner, a merger, a verbal update, a reply, a view."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.core import clock
from tracker.core.db import db
from tracker.demo import invented as plan
from tracker.demo.story import People, list_assignments_of, on, response_seen, the_taskforce
from tracker.directory.models import Programme
from tracker.directory.operations import appoint_sro
from tracker.guest_links.operations import make_link
from tracker.guest_links.rules import GuestPurpose
from tracker.recommendations import verbal
from tracker.recommendations.rules import AnswerPosition, VerbalHow
from tracker.reminders import digests, ladders, plans, words
from tracker.reminders.rules import Plan
from tracker.replies.operations import Arrived, upload_reply
from tracker.replies.reading import read_reply
from tracker.saved_views.operations import save_view
from tracker.transfers.changing import merge_programme

_LADDER = Plan(days_before=(10, 2), every_after=10, most_after=3, escalate_after=1, escalates=True)
_OVERDUE = "due=overdue&sort=due"


def play_changes(people: People, letter_id: int, heard_of: int) -> None:
    """Until the merger the letter `letter_id` is answered by the home transport programme, then by rehabilitation.

    `heard_of`: the letter that the new owner said something about.
    """
    secretary = people[plan.SECRETARY]
    with on(date(2026, 9, 16)):
        plans.set_plan(the_taskforce(), _LADDER, by=secretary)
        save_view("recommendations", "Overdue answers", _OVERDUE, the_taskforce().id, by=secretary)
    with on(date(2026, 10, 12)):
        response = response_seen(secretary, letter_id, "HTP")
        make_link(response, GuestPurpose.PREPARE, None, date(2026, 12, 31), by=secretary)
    for day in (date(2026, 10, 16), date(2026, 10, 29)):
        _remind(people, day)
    _hand_over(people)
    with on(date(2026, 11, 12)):
        _, second, _ = list_assignments_of(secretary, heard_of, "CRP")
        said = verbal.Said("Rehabilitation SRO", date(2026, 11, 12), VerbalHow.BOARD, AnswerPosition.ACCEPTED, _SAID)
        verbal.enter(second, said, by=secretary)
    with on(date(2026, 11, 19)):
        mail = _reply()
        read = read_reply(mail)
        arrived = Arrived("Home transport reply.eml", mail, read, date(2026, 11, 18), read.sender)
        upload_reply(response_seen(secretary, letter_id, "CRP"), arrived, by=secretary)


_SAID = "Sessions near bus routes begin in the new year; it will be in the answer."


def _remind(people: People, day: date) -> None:
    """The secretariat presses send for what is due to go."""
    secretary = people[plan.SECRETARY]
    with on(day):
        taskforce, today = the_taskforce(), clock.today()
        writer = digests.writer_of(taskforce, "http://127.0.0.1:5000", secretary)
        due = [(found, found.due(today)) for found in ladders.list_due(taskforce.id, today)]
        chosen = [(found, rung) for found, rung in due if rung is not None and not rung.is_letter]
        going = digests.prepare(taskforce, chosen, writer, today)
        digests.send(taskforce, going, words.frame_of(writer), writer.reply_to, by=secretary)


def _hand_over(people: People) -> None:
    """Rehabilitation has a new owner, and takes home transport in; covering notes wait to be sent."""
    administrator = people[plan.ADMINISTRATOR]
    with on(plan.NEW_OWNER_ON):
        owner_id = people[plan.REHAB_SRO].contact_id
        appoint_sro(_programme("CRP"), owner_id, plan.NEW_OWNER_ON, by=administrator)
    with on(date(2026, 11, 9)):
        reason = "Transport to sessions is part of rehabilitation from now on."
        merge_programme(_programme("HTP"), _programme("CRP"), date(2026, 11, 9), reason, by=administrator)


def _programme(code: str) -> Programme:
    statement = select(Programme).where(Programme.code == code).options(selectinload(Programme.appointments))
    return db.session.scalars(statement).one()


def _reply() -> bytes:
    message = EmailMessage()
    message["From"] = "Home transport office <home.transport@demo.example>"
    message["To"] = f"Secretariat officer <{plan.SECRETARY}>"
    message["Subject"] = "Our answer to your letter on transport"
    message["Date"] = "Wed, 18 Nov 2026 16:20:00 +0000"
    message["Message-ID"] = "<transport.1@demo.example>"
    message.set_content(
        "Thank you for your letter.\n\n"
        "We agree to offer lifts. From February volunteers drive those who cannot come by themselves, in four towns "
        "first.\n\n"
        "On the telephone number we can say less: two of the three services have contracts until 2028.\n\n"
        "Our director has read this and agrees.\n"
    )
    return message.as_bytes()
