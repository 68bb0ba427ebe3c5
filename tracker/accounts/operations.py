"""What changes accounts and grants."""

from __future__ import annotations

from sqlalchemy import select

from tracker.accounts import passwords, sessions
from tracker.accounts.models import Contact, User
from tracker.core import throttle
from tracker.core.db import db
from tracker.core.permissions import Person

PER_ACCOUNT = throttle.Limit(burst=10, seconds=60)
PER_ADDRESS = throttle.Limit(burst=60, seconds=10)


def check_password(email: str, password: str, address: str) -> tuple[int, Person] | None:
    """The user id and person behind an e-mail and password, or None. Raises TooManyTries by account or by address."""
    throttle.take(f"sign-in-from:{address}", PER_ADDRESS)
    throttle.take(f"sign-in:{email}", PER_ACCOUNT)
    row = db.session.execute(
        select(User, Contact).join(Contact, Contact.id == User.contact_id).where(User.email == email)
    ).first()
    right = passwords.matches(row.User.password_hash if row else None, password)
    if row is None or not right or row.User.disabled_at is not None:
        return None
    throttle.give_back(f"sign-in:{email}")
    grants = sessions.held_grants(row.Contact.id)
    return row.User.id, Person(row.User.id, row.Contact.id, row.Contact.name, email, row.User.is_admin, grants)
