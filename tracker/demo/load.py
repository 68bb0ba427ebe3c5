"""Loading the demonstration in one transaction: the real first cycle, and an invented taskforce played out."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update

from tracker.accounts import operations as accounts
from tracker.accounts import passwords
from tracker.accounts.models import Contact, User
from tracker.accounts.sessions import held_grants
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail
from tracker.core.permissions import PROGRAMME_ROLES, Person
from tracker.demo import invented, load_correspondence, load_first_cycle, load_invented, load_more_time
from tracker.directory.models import Board, Programme, Taskforce
from tracker.reminders.digests import CAUSE

PASSWORD = "only for the demonstration"  # noqa: S105 - printed by `make run`, refused in production
SIGN_INS = tuple((s.email, s.shown) for s in invented.SIGN_INS)


def is_new() -> bool:
    """Whether the database holds nothing yet."""
    return not any(
        db.session.execute(select(func.count()).select_from(table)).scalar()
        for table in (Contact, User, Board, Taskforce, Programme)
    )


def is_loaded() -> bool:
    """Whether this is a database of the demonstration."""
    return db.session.execute(select(User.id).where(User.email == invented.SECRETARY)).scalar() is not None


def load_demonstration() -> None:
    """Load all of it into an empty database, or nothing."""
    with writing():
        load_first_cycle.load_directory()
        load_invented.load_directory()
        people = _sign_ins()
        load_first_cycle.load_business()
        load_correspondence.load_report()
        load_invented.load_business(people)
        load_correspondence.load_invented(people)
        load_more_time.ask_more_time(people)
        # The people are invented: nothing is to be sent to them. What the story says was sent stands there as sent.
        db.session.execute(delete(OutboxMail).where(OutboxMail.cause.not_like(f"{CAUSE}%")))
        db.session.execute(update(OutboxMail).values(sent_at=OutboxMail.written_at, next_try_at=None))


def _sign_ins() -> dict[str, Person]:
    """The demonstration's accounts with their grants, as the operations take them."""
    scopes = {t.code: t.id for t in db.session.scalars(select(Taskforce))}
    programmes = {p.code: p.id for p in db.session.scalars(select(Programme))}
    kept = passwords.hash_password(PASSWORD)
    people = {}
    for sign_in in invented.SIGN_INS:
        user = accounts.create_user(
            sign_in.email,
            sign_in.name,
            job_title=sign_in.job_title,
            organisation=invented.ORGANISATION,
            is_admin=sign_in.is_admin,
            password_hash=kept,
            by=None,
        )
        for role, code in sign_in.roles:
            scope = programmes[code] if role in PROGRAMME_ROLES else scopes[code]
            accounts.give_grant(user, role, scope, from_on=invented.GRANTED_ON, by=None)
        people[sign_in.email] = Person(
            user.id, user.contact_id, sign_in.name, sign_in.email, sign_in.is_admin, held_grants(user.contact_id)
        )
    return people
