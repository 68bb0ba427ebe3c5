"""`flask users`: accounts and grants from the command line."""

from __future__ import annotations

import sys
from datetime import date, datetime

import click
from flask import Flask

from tracker.accounts import operations, passwords, queries
from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import writing
from tracker.core.errors import NotFound, RuleBroken
from tracker.core.permissions import PROGRAMME_ROLES, Role
from tracker.web.commands import Commands
from tracker.web.fields import EmailField

users_commands = Commands("users", help="Make, disable and grant users.")
DAY = click.DateTime(formats=["%Y-%m-%d"])


@users_commands.command("create")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--admin", is_flag=True, help="Make an administrator.")
def create_user(email: str, name: str, admin: bool) -> None:
    """Make an account for EMAIL; the password is asked for, or read from standard input."""
    if not EmailField.ADDRESS.fullmatch(email) or ".." in email:
        raise RuleBroken(f"{email} is not an e-mail address.")
    if not name.strip() or len(name) > 200:
        raise RuleBroken("The name must have 1 to 200 characters.")
    password = _ask_for_password()
    if problem := passwords.problem_with(password, email, name):
        raise RuleBroken(f"{problem}.")
    password_hash = passwords.hash_password(password)
    with writing():
        operations.create_user(email, name.strip(), is_admin=admin, password_hash=password_hash, by=None)
    click.echo(f"{email.lower()} can sign in.")


def _ask_for_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


@users_commands.command("grant")
@click.argument("email")
@click.argument("role", type=click.Choice([r.value for r in Role]))
@click.argument("code")
@click.option("--from", "from_on", type=DAY, help="The first day, YYYY-MM-DD; today where it is left out.")
@click.option("--until", "until_on", type=DAY, help="The last day, YYYY-MM-DD.")
def grant_role(email: str, role: str, code: str, from_on: datetime | None, until_on: datetime | None) -> None:
    """Give EMAIL a ROLE in the taskforce or for the programme with CODE."""
    chosen = Role(role)
    with writing():
        user = _user(email)
        scope_id = _scope_id(chosen, code)
        first = from_on.date() if from_on else clock.today()
        last = until_on.date() if until_on else None
        operations.give_grant(user, chosen, scope_id, from_on=first, until_on=last, by=None)
    click.echo(f"{email.lower()}: {chosen.label}, {code}, {_dates(first, last)}")


def _dates(first: date, last: date | None) -> str:
    return f"from {first.isoformat()}" + (f" until {last.isoformat()}" if last else "")


@users_commands.command("disable")
@click.argument("email")
def disable_user(email: str) -> None:
    """Disable the account of EMAIL and end its sessions."""
    with writing():
        operations.disable_user(_user(email), by=None)
    click.echo(f"{email.lower()} can no longer sign in.")


def _user(email: str) -> User:
    user = queries.get_user_by_email(email)
    if user is None:
        raise NotFound(f"There is no account for {email}.")
    return user


def _scope_id(role: Role, code: str) -> int:
    for_programme = role in PROGRAMME_ROLES
    scopes = queries.list_programme_scopes() if for_programme else queries.list_taskforce_scopes()
    for scope in scopes:
        if scope.code == code.upper():
            return scope.id
    raise NotFound(f"There is no {'programme' if for_programme else 'taskforce'} with the code {code}.")


def init_app(app: Flask) -> None:
    app.cli.add_command(users_commands)
