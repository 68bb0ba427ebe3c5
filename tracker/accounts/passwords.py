"""Passwords: argon2id, 15 characters or more, none of the common ones (reliability.md, Sessions and sign-in)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

SHORTEST, LONGEST = 15, 1000
COMMON = Path(__file__).with_name("common_passwords.txt")
FEWEST_CHARACTERS = 6
REPEATED = re.compile(r"(.{1,10}?)\1+.?")
RUNS = (
    "abcdefghijklmnopqrstuvwxyz" * 2,
    "01234567890" * 4,
    "qwertyuiopasdfghjklzxcvbnm" * 2,
    "1qaz2wsx3edc4rfv5tgb6yhn",
)
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


def problem_with(password: str, *known: str) -> str | None:
    """Why `password` cannot be chosen, or None where it can. `known` are words that everybody knows of the person."""
    if len(password) < SHORTEST:
        return f"Password must be {SHORTEST} characters or more"
    if len(password) > LONGEST:
        return f"Password must be {LONGEST:,} characters or fewer"
    if _is_easily_guessed(password, known):
        return "Password is too easy to guess. Try three or more words that do not belong together"
    return None


def _is_easily_guessed(password: str, known: tuple[str, ...]) -> bool:
    plain = _plain(password)
    return (
        plain in _common()
        or plain in {_plain(word) for word in known}
        or len(set(plain)) < FEWEST_CHARACTERS
        or REPEATED.fullmatch(plain) is not None
        or any(plain in run or plain in run[::-1] for run in RUNS)
    )


def _plain(text: str) -> str:
    """Small letters and digits only: capitals, spaces and a mark at the end hide a common password from nobody."""
    return "".join(c for c in text.lower() if c.isalnum())


@cache
def _common() -> frozenset[str]:
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
