"""`flask users`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import select

from tracker.accounts import passwords
from tracker.accounts.commands import users_commands
from tracker.accounts.models import Grant, User
from tracker.core import audit
from tracker.core.db import db
from tracker.core.permissions import Role

PASSWORD = "lantern harbour violin"


def run(app: Any, *words: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(users_commands, list(words), input=typed)


def test_user_is_made_with_a_password_from_standard_input(app: Any) -> None:
    result = run(app, "create", "Ada@Example.com", "--name", "Ada Lovelace", "--admin", typed=PASSWORD + "\n")
    assert (result.exit_code, result.output) == (0, "ada@example.com can sign in.\n")
    with app.app_context():
        user = db.session.scalars(select(User)).one()
        assert (user.email, user.is_admin) == ("ada@example.com", True)
        assert passwords.matches(user.password_hash, PASSWORD)
        assert audit.verify() == []


@pytest.mark.parametrize(
    ("email", "name", "typed", "said"),
    [
        ("ada", "Ada", PASSWORD, "ada is not an e-mail address."),
        ("a@b.test", " ", PASSWORD, "The name must have 1 to 200 characters."),
        ("a@b.test", "Ada", "short", "Password must be 15 characters or more."),
        ("nobody@tracker.test", "Ada", PASSWORD, "There is already an account with this e-mail address"),
    ],
)
def test_bad_users_are_refused_in_a_sentence(app: Any, cast: Any, email: str, name: str, typed: str, said: str) -> None:
    result = run(app, "create", email, "--name", name, typed=typed)
    assert result.exit_code == 1
    assert said in result.output


def test_roles_are_granted_by_code_with_dates(app: Any, cast: Any) -> None:
    dates = ("--from", "2027-01-01", "--until", "2027-12-31")
    assert run(app, "grant", "nobody@tracker.test", "chair", "epc", *dates).exit_code == 0
    assert run(app, "grant", "Nobody@tracker.test", "sro", "CAN").exit_code == 0
    with app.app_context():
        statement = select(Grant).where(Grant.contact_id == cast.contacts["nobody@tracker.test"]).order_by(Grant.id)
        chair, sro = db.session.scalars(statement)
        assert (chair.role, chair.taskforce_id) == (Role.CHAIR, cast.epc)
        assert (chair.from_on, chair.until_on) == (date(2027, 1, 1), date(2027, 12, 31))
        assert (sro.role, sro.programme_id, sro.until_on) == (Role.SRO, cast.can, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("stranger@x.test", "chair", "EPC"), "There is no account for stranger@x.test."),
        (("nobody@tracker.test", "chair", "CAN"), "There is no taskforce with the code CAN."),
        (("nobody@tracker.test", "sro", "EPC"), "There is no programme with the code EPC."),
        (("nobody@tracker.test", "boss", "EPC"), "'boss' is not one of"),
        (("nobody@tracker.test", "chair", "EPC", "--until", "2001-01-01"), "Until must be the same as or after From"),
    ],
)
def test_grants_that_make_no_sense_are_refused(app: Any, cast: Any, words: tuple[str, ...], said: str) -> None:
    result = run(app, "grant", *words)
    assert result.exit_code in {1, 2}
    assert said in result.output


def test_user_is_disabled(app: Any, cast: Any) -> None:
    assert run(app, "disable", "nobody@tracker.test").exit_code == 0
    assert "disabled already" in run(app, "disable", "nobody@tracker.test").output
    assert "last administrator" in run(app, "disable", "admin@tracker.test").output
