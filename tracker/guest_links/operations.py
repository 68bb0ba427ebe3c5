"""What is done to links: made, ended, and told who uses them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Contact
from tracker.actions.models import Action
from tracker.actions.rules import UNFINISHED
from tracker.core import clock, events, outbox
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person, Role
from tracker.correspondence import operations as correspondence
from tracker.correspondence.rules import Direction, EntryKind
from tracker.guest_links import queries
from tracker.guest_links.models import GuestLink, LinkGuest
from tracker.guest_links.rules import (
    MOST_GUESTS,
    GuestPurpose,
    LinkState,
    is_same_guest,
    state_of,
    why_no_last_day,
)
from tracker.guest_links.tokens import end_of_day, hash_token, make_token
from tracker.recommendations.response_models import Response

events.register_verbs(
    {
        "guest_link_made": "made a link for somebody without an account",
        "guest_link_revoked": "ended a link",
        "guest_link_lapsed": "ended a link: whoever it was for has gone",
        "guest_named": "said at a link who they are",
        "guest_added": "added themselves as a contact, at a link",
    }
)


@dataclass(frozen=True)
class Made:
    """A link just made, with the token that only its address holds from now on."""

    link: GuestLink
    token: str


def make_link(
    record: Response | Action, purpose: GuestPurpose, contact: Contact | None, last_day: date, *, by: Person
) -> Made:
    """A new link to a response or an action, until the end of `last_day`; others stay as they are.

    `contact` is the one person it is for; None for a prepare link. Raises RuleBroken for a day that may not be, a
    finished action, and an owner who has an account.
    """
    if wrong := why_no_last_day(last_day, clock.today()):
        raise RuleBroken(wrong, field="last_day")
    if isinstance(record, Action):
        _check_action(record)
    token = make_token()
    link = GuestLink(
        taskforce_id=record.taskforce_id,
        purpose=purpose,
        response_id=record.id if isinstance(record, Response) else None,
        action_id=record.id if isinstance(record, Action) else None,
        contact=contact,
        token_hash=hash_token(token),
        made_by_id=by.contact_id,
        made_at=clock.now(),
        expires_at=end_of_day(last_day),
    )
    db.session.add(link)
    db.session.flush()
    events.record(by, "guest_link_made", record, link=link.id, reason=_words(purpose, contact, last_day))
    return Made(link, token)


def _words(purpose: GuestPurpose, contact: Contact | None, last_day: date) -> str:
    whom = f", for {contact.name}" if contact else ", for whoever it is handed on to"
    return f"{purpose.label}{whom}, until {last_day.day} {last_day:%B %Y}"


def _check_action(action: Action) -> None:
    if action.state not in UNFINISHED:
        raise RuleBroken(f"The action is {action.state.label.lower()}, so there is nothing to report on.")
    if action.owner_id is None:
        raise RuleBroken("Nobody owns the action yet: choose who does it first.")
    if queries.has_account(action.owner_id):
        raise RuleBroken("Its owner has an account: they sign in to report on it.")


def send_link(record: Response | Action, link: GuestLink, email: str, subject: str, body: str, *, by: Person) -> None:
    """Write a link to somebody. The secretariat's about a letter are kept in its correspondence, without the address
    that it holds; what a programme sends within its own house is not.
    """
    outbox.queue_mail(f"guest_link:{link.id}", email, subject, body)
    if isinstance(record, Response) and record.taskforce_id in by.taskforces({Role.SECRETARIAT}):
        said = correspondence.EntryDetails(
            EntryKind.EMAIL,
            Direction.OUT,
            clock.today(),
            to_whom=email,
            subject=subject,
            text=f"A link to {link.purpose.label.lower()}. Its address is in the e-mail only.",
        )
        correspondence.note_from_product(record.letter, said, cause=f"guest-link:{link.id}", by=by)


def revoke_link(record: Response | Action, link: GuestLink, *, by: Person) -> None:
    """End a link at once. Raises RuleBroken for one that has ended already."""
    if state_of(link.expires_at, link.revoked_at, clock.now()) is not LinkState.OPEN:
        raise RuleBroken("This link has ended already.")
    link.revoked_at, link.revoked_by_id = clock.now(), by.contact_id
    whom = f", for {link.contact.name}" if link.contact else ""
    events.record(by, "guest_link_revoked", record, link=link.id, reason=f"{link.purpose.label}{whom}")
    db.session.flush()


def name_guest(record: Response | Action, link_id: int, name: str, role: str) -> Person:
    """Somebody at a prepare link says who they are: the contact who said the same there before, or a new one.

    Raises RuleBroken (field name) where too many have used the link.
    """
    statement = select(LinkGuest).where(LinkGuest.link_id == link_id).options(joinedload(LinkGuest.contact))
    known = db.session.scalars(statement.order_by(LinkGuest.id)).all()
    for guest in known:
        if is_same_guest(name, role, guest.contact.name, guest.contact.job_title):
            return queries.guest_of(link_id, guest.contact_id, guest.contact.name)
    if len(known) >= MOST_GUESTS:
        raise RuleBroken("Too many people have used this link. Ask for a new one.", field="name")
    contact = Contact(taskforce_id=record.taskforce_id, name=name, job_title=role)
    db.session.add(contact)
    db.session.flush()
    person = queries.guest_of(link_id, contact.id, contact.name)
    events.record(person, "guest_added", contact)
    _add_guest(record, link_id, person, f"{name}, {role}")
    return person


def confirm_guest(record: Response | Action, link_id: int, contact_id: int, name: str) -> Person:
    """The one whom a link is for says that it is they who use it."""
    person = queries.get_guest(link_id, contact_id)
    if person is None:
        person = queries.guest_of(link_id, contact_id, name)
        _add_guest(record, link_id, person, name)
    return person


def _add_guest(record: Response | Action, link_id: int, person: Person, said: str) -> None:
    db.session.add(LinkGuest(link_id=link_id, contact_id=person.contact_id, named_at=clock.now()))
    events.record(person, "guest_named", record, link=link_id, reason=said)
    db.session.flush()
