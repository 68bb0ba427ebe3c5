"""Checking a password, throttled across processes by account and by address (reliability.md, Sessions and sign-in)."""

from __future__ import annotations

from tracker.accounts import passwords, queries, sessions
from tracker.core import throttle
from tracker.core.permissions import Person

PER_ACCOUNT = throttle.Limit(burst=10, seconds=60)
PER_ADDRESS = throttle.Limit(burst=60, seconds=10)
RESETS = throttle.Limit(burst=3, seconds=600)


def check_password(email: str, password: str, address: str) -> tuple[int, Person] | None:
    """The user id and person behind an e-mail and password, or None. Raises TooManyTries by account or by address."""
    throttle.take(f"sign-in-from:{address}", PER_ADDRESS)
    throttle.take(_account_key(email), PER_ACCOUNT)
    user = queries.get_user_by_email(email)
    right = passwords.matches(user.password_hash if user else None, password)
    if user is None or not right or user.disabled_at is not None:
        return None
    throttle.give_back(_account_key(email))
    return user.id, sessions.person_of(user)


def check_own_password(person: Person, password: str) -> bool:
    """Whether `password` is the signed-in person's: throttled as signing in is, against a browser left open."""
    throttle.take(_account_key(person.email), PER_ACCOUNT)
    user = queries.get_own_account(person)
    right = passwords.matches(user.password_hash if user else None, password)
    if right:
        throttle.give_back(_account_key(person.email))
    return right


def count_reset(email: str, address: str) -> None:
    """Count a request for a reset, whether or not there is such an account. Raises TooManyTries."""
    throttle.take(f"reset-from:{address}", PER_ADDRESS)
    throttle.take(f"reset:{email[:100]}", RESETS)


def _account_key(email: str) -> str:
    return f"sign-in:{email[:100]}"
