"""The secret in a link's address, and what is kept of it and of the address that tried one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date, datetime, time, timedelta

from tracker.accounts.sessions import hash_token
from tracker.core import clock

__all__ = ["end_of_day", "hash_address", "hash_token", "last_day", "make_token"]


def make_token() -> str:
    """256 random bits: what nobody guesses."""
    return secrets.token_urlsafe(32)


def hash_address(address: str, key: str) -> str:
    """A network address as the log of refused links keeps it: the same one can be recognised, and not read."""
    return hmac.new(key.encode(), address.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def last_day(expires_at: datetime) -> date:
    """The last day in London on which what expires then can be used."""
    return clock.london(expires_at - timedelta(seconds=1)).date()


def end_of_day(day: date) -> datetime:
    """The instant at which `day` is over in London."""
    return datetime.combine(day + timedelta(days=1), time(), clock.LONDON)
