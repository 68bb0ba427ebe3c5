"""`flask serve-local`: the product on this machine, ready to try. Behind `make run`."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import flask_migrate
from flask import Flask, current_app

from tracker.core.db import db
from tracker.demo import load


@click.command("serve-local")
def serve_local() -> None:
    """Bring the database up to date, load the demonstration data if it is new, and serve on HOST:PORT."""
    config = current_app.config
    if config["PRODUCTION"]:
        raise click.ClickException("in production, run gunicorn behind a proxy: see README.md, Deployment")
    flask_migrate.upgrade(directory=str(current_app.extensions["migrate"].directory))
    if load.is_new():
        click.echo("Loading the demonstration data …")
        load.load_demonstration()
    if load.is_loaded():
        _print_sign_ins()
    address = f"http://{config['HOST']}:{config['PORT']}/"
    click.echo(f"\nTaskforce Tracker is at {address}\n")
    sys.stdout.flush()
    db.session.remove()
    db.engine.dispose()
    # Ends when the server does: that takes the place of this process.
    subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run", "--every=5"])  # noqa: S603
    bind = f"--bind={config['HOST']}:{config['PORT']}"
    server = [
        sys.executable,
        "-m",
        "gunicorn",
        bind,
        "--workers=2",
        "--log-level=warning",
        "wsgi:app",
    ]
    os.execv(sys.executable, server)  # noqa: S606


def _print_sign_ins() -> None:
    click.echo(f"\nDemonstration sign-ins, all with the password {load.PASSWORD!r}:")
    for email, role in load.SIGN_INS:
        click.echo(f"  {email:<34} {role}")


def init_app(app: Flask) -> None:
    app.cli.add_command(serve_local)
