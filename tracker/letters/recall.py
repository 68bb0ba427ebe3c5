"""Letters that wait for a chair who has left: they come back to draft, and the record says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import selectinload

from tracker.accounts.grants import chairs_by_right, dated
from tracker.accounts.models import Contact, Grant, User
from tracker.core import clock, events, outbox
from tracker.core.db import db, lock_row
from tracker.core.permissions import CHAIRS, Person, Role
from tracker.letters import clearing_queries, queries
from tracker.letters.content import plain
from tracker.letters.deciding import last_submitted
from tracker.letters.models import ClearanceDecision, Letter
from tracker.letters.rules import DecisionKind, LetterState, comes_back

events.register_verbs({"letter_came_back": "brought the letter back to draft: whoever was to decide has left"})


@dataclass(frozen=True)
class Gone:
    """A chair or vice chair who is no longer there, and the last day on which they were."""

    name: str
    role: Role
    last_day: date


def when_grant_ends(by: Person | None, user: User, details: dict[str, Any]) -> None:
    """A chair's role ended: at once, or on a day to come, which `recall_letters` finds once it is past."""
    if details["role"] in CHAIRS and details["delegated_by"] is None and details["until"] < clock.today():
        gone = Gone(user.contact.name, details["role"], details["until"])
        recall_letters([details["taskforce"]], gone, by=by)


def when_user_disabled(by: Person | None, user: User, _details: dict[str, Any]) -> None:
    """Somebody's account was disabled: as chair, in every taskforce in which they are one, they decide no more."""
    today = clock.today()
    held = select(Grant.taskforce_id).where(Grant.contact_id == user.contact_id, dated(Grant, today))
    held = held.where(Grant.role.in_(sorted(CHAIRS)), Grant.delegated_by_id.is_(None)).distinct()
    recall_letters(list(db.session.scalars(held)), by=by)


def recall_letters(
    taskforce_ids: Iterable[int | None] | None = None, gone: Gone | None = None, *, by: Person | None
) -> list[Letter]:
    """Bring back the letters that wait for a decision which nobody in office is left to take; those that came back.

    `gone` is somebody whose grant left no trace of its days. Doing it again changes nothing.
    """
    waiting = select(Letter.id).where(Letter.state == LetterState.WITH_CHAIR)
    if taskforce_ids is not None:
        waiting = waiting.where(Letter.taskforce_id.in_(sorted(i for i in taskforce_ids if i is not None)))
    found = []
    for letter_id in db.session.scalars(waiting.order_by(Letter.id)).all():
        lock_row(Letter, letter_id)
        letter = _get_letter(letter_id)
        reason = None if letter.awaits_confirmation else _why_recalled(letter, gone)
        if reason is not None and letter.state is LetterState.WITH_CHAIR:
            _bring_back(letter, reason, by)
            found.append(letter)
    return found


def _get_letter(letter_id: int) -> Letter:
    statement = select(Letter).where(Letter.id == letter_id)
    loaded = statement.options(selectinload(Letter.versions), selectinload(Letter.decisions))
    return db.session.scalars(loaded.execution_options(populate_existing=True)).one()


def _why_recalled(letter: Letter, gone: Gone | None) -> str | None:
    sent = last_submitted(letter.decisions)
    since = clock.london(sent.at).date() if sent else clock.today()
    left = list_gone(letter.taskforce_id, since)
    if gone is not None and gone.name not in {g.name for g in left}:
        left = [gone, *left]
    deciders = [d for d in clearing_queries.list_deciders(letter.taskforce_id) if d.for_id is None]
    chairs = sum(d.role is Role.CHAIR for d in deciders)
    chair_left = any(g.role is Role.CHAIR for g in left)
    if not comes_back(chairs=chairs, deciders=len(deciders), chair_left=chair_left):
        return None
    said = [f"{g.name} ({g.role.label.lower()}) left; the last day was {plain(g.last_day)}." for g in left]
    return " ".join([*said, "Nobody holds the chair now." if deciders else "Nobody is left who can decide."])


def list_gone(taskforce_id: int, since: date) -> Sequence[Gone]:
    """The chairs who held their role on that day or the day before, or later, and no longer do."""
    today = clock.today()
    ended = and_(Grant.until_on < today, Grant.until_on >= since - timedelta(days=1))
    statement = (
        select(Contact.name, Grant.role, Grant.until_on, User.disabled_at)
        .join(Contact, Contact.id == Grant.contact_id)
        .join(User, User.contact_id == Contact.id)
        .where(chairs_by_right(taskforce_id), or_(ended, and_(dated(Grant, today), User.disabled_at.is_not(None))))
        .order_by(Grant.role, Grant.id)
    )
    rows = db.session.execute(statement)
    return [Gone(r.name, r.role, r.until_on if r.until_on and r.until_on < today else today) for r in rows]


def _bring_back(letter: Letter, reason: str, by: Person | None) -> None:
    version = letter.current
    decision = ClearanceDecision(
        letter=letter,
        version=version,
        sha256=version.sha256,
        kind=DecisionKind.CAME_BACK,
        by_id=by.contact_id if by else None,
        reason=reason,
        at=clock.now(),
    )
    db.session.add(decision)
    db.session.flush()
    letter.state = LetterState.DRAFT
    db.session.flush()
    events.record(by, "letter_came_back", letter, version=version.number, reason=reason)
    title = letter.subject or f"Letter {letter.id}"
    body = (
        f"A letter that was with the chair is a draft again:\n\n{title}\n\n{reason}\n\nOnce there is a chair, check "
        "whose name stands under it and send it again. Sign in to Taskforce Tracker: it stands under Due for me.\n"
    )
    for contact_id, email in queries.list_emails_of(letter.taskforce_id, frozenset({Role.SECRETARIAT})):
        if by is None or contact_id != by.contact_id:
            outbox.queue_mail(f"letter_came_back:{decision.id}", email, f"Letter came back: {title}", body)
