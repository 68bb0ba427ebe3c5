"""`flask reminders`: what goes by itself."""

from __future__ import annotations

import click
from flask import current_app

from tracker.reminders.running import run_reminders
from tracker.web.commands import Commands

commands = Commands("reminders", help="Send the reminders that go by themselves.")


@commands.command("run")
def run() -> None:
    """Send what is due today; run it every morning (deploy/ has a timer). Twice a day does no harm, nor days off."""
    nothing = True
    for ran in run_reminders(current_app.config["BASE_URL"]):
        if ran.mails or ran.letters or ran.waiting:
            nothing = False
            click.echo(
                f"{ran.taskforce}: {ran.mails} e-mails, {ran.letters} reminder letters drafted, {ran.waiting} left"
            )
    if nothing:
        click.echo("No reminder is due to go by itself.")
