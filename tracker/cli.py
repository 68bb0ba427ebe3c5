"""The flask commands of the house: audit, mail, backup. A feature's commands stand in its own `commands.py`."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy import make_url

from tracker import serve
from tracker.accounts import commands as accounts
from tracker.core import audit, jobs, outbox
from tracker.core.db import db, writing
from tracker.demo import commands as demo
from tracker.guest_links import commands as guest_links
from tracker.letters import commands as letters
from tracker.papers import commands as papers
from tracker.web.commands import Commands

audit_commands = Commands("audit", help="Check the audit log.")
mail_commands = Commands("mail", help="Send what waits in the outbox.")
jobs_commands = Commands("jobs", help="Do the slow work that pages asked for.")


@audit_commands.command("verify")
@click.option("--head", "expected_head", help="NUMBER:DIGEST, as an earlier `flask audit head` printed it.")
def verify_audit(expected_head: str | None) -> None:
    """Say whether the log and the records it tells of agree; exit 1 where they do not."""
    problems = audit.verify(expected_head)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    click.echo(f"The audit log agrees with itself and with the records, up to {audit.head()}")


@audit_commands.command("head")
def print_head() -> None:
    """Print the end of the chain, to keep elsewhere."""
    click.echo(audit.head())


@audit_commands.command("erase")
@click.argument("number", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why; it stays in the log.")
def erase_details(number: int, reason: str) -> None:
    """Empty the details of event NUMBER; the chain holds."""
    with writing():
        audit.erase_details(None, number, reason)
    click.echo(f"The details of event {number} are erased.")


@mail_commands.command("send")
def send_mail() -> None:
    """Send what is due; run it every minute (deploy/ has a timer)."""
    config = current_app.config
    settings = outbox.SmtpSettings(
        host=config["SMTP_HOST"],
        port=config["SMTP_PORT"],
        sender=config["MAIL_FROM"],
        user=config["SMTP_USER"],
        password=config["SMTP_PASSWORD"],
        starttls=config["SMTP_STARTTLS"],
    )
    sent, failed = outbox.deliver(settings)
    click.echo(f"{sent} sent, {failed} failed and kept for another try")
    if failed:
        sys.exit(1)


@jobs_commands.command("run")
@click.option("--every", type=click.IntRange(1), help="Look again every so many seconds, while its parent lives.")
def run_jobs(every: int | None) -> None:
    """Do what waits; run it every minute (deploy/ has a timer)."""
    parent = os.getppid()
    while every is not None and os.getppid() == parent:
        jobs.run_waiting()
        db.session.remove()
        time.sleep(every)
    done, failed = jobs.run_waiting()
    click.echo(f"{done} done, {failed} failed")
    if failed:
        sys.exit(1)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def back_up(file: Path) -> None:
    """Write a consistent copy of the database to FILE: SQLite's own backup, or pg_dump's custom format."""
    if file.exists():
        raise click.ClickException(f"{file} exists already; nothing was written")
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite":
        with sqlite3.connect(f"file:{url.database}?mode=ro", uri=True) as source, sqlite3.connect(file) as copy:
            source.backup(copy)
    else:
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        subprocess.run(["pg_dump", "--format=custom", f"--file={file}", plain], check=True)  # noqa: S603, S607
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


def init_app(app: Flask) -> None:
    for command in (audit_commands, mail_commands, jobs_commands, back_up):
        app.cli.add_command(command)
    for part in (accounts, letters, papers, guest_links, demo, serve):
        part.init_app(app)
