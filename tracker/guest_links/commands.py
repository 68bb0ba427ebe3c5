"""The flask command of links."""

from __future__ import annotations

import click
from flask import Flask

from tracker.core.db import writing
from tracker.guest_links import ending
from tracker.web.commands import Commands

link_commands = Commands("links", help="Links for people without an account.")


@link_commands.command("end")
def end_links() -> None:
    """End the links of those who are no more the one for it; run it daily (deploy/ has a timer)."""
    with writing():
        ended = ending.end_lapsed(by=None)
    click.echo(f"{ended} ended")


def init_app(app: Flask) -> None:
    app.cli.add_command(link_commands)
