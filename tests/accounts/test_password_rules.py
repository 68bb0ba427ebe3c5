"""Which passwords can be chosen."""

from __future__ import annotations

import pytest

from tracker.accounts import passwords


@pytest.mark.parametrize("length", [1, 14])
def test_shorter_than_fifteen_is_refused(length: int) -> None:
    assert passwords.problem_with("abcdefgh1jklmn7"[:length]) == "Password must be 15 characters or more"


@pytest.mark.parametrize(
    "password",
    [
        "Password Password!",
        "qwertyuiopasdfg",
        "asdfghjklzxcvbn",
        "aaaaaaaaaaaaaaaa",
        "1234567890123456",
        "zyxwvutsrqponmlk",
        "lemonlemonlemon1",
        "Correct Horse Battery Staple",
        "ada.lovelace@example.com",
    ],
)
def test_easily_guessed_is_refused(password: str) -> None:
    problem = passwords.problem_with(password, "ada.lovelace@example.com")
    assert problem is not None
    assert "too easy to guess" in problem


@pytest.mark.parametrize(
    "password", ["lantern harbour violin", "exactly15 chars", "ünïcödé gârden wäll", "x7#Qp!2vLm9$Rt4"]
)
def test_unusual_words_are_accepted(password: str) -> None:
    assert passwords.problem_with(password, "ada@example.com", "Ada Lovelace") is None


def test_every_common_password_listed_is_refused() -> None:
    lines = [w for w in passwords.COMMON.read_text(encoding="utf-8").splitlines() if not w.startswith("#")]
    assert len(lines) > 100
    assert all(passwords.problem_with(w) for w in lines)
