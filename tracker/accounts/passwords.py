"""Passwords: argon2id, 15 characters or more, none of the common ones (reliability.md, Sessions and sign-in)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

SHORTEST, LONGEST = 15, 1000
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked for an address without an account, so that both take the same time.
_DUMMY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether `password` is the one behind `password_hash`; takes as long where there is none."""
    try:
        return _hasher.verify(password_hash or _DUMMY, password) and password_hash is not None
    except VerificationError:
        return False
