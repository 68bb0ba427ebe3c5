"""`flask demo load` and `flask bench load`."""

from __future__ import annotations

import time

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from tracker.core.db import writing
from tracker.demo import load
from tracker.demo.bulk import load_bulk

demo_commands = AppGroup("demo", help="The demonstration.")
bench_commands = AppGroup("bench", help="Data for measuring.")


def _refuse_in_production() -> None:
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("this is a production installation: nothing was loaded")


@demo_commands.command("load")
def load_demo() -> None:
    """Load the demonstration into an empty database; a second time changes nothing."""
    _refuse_in_production()
    if load.is_loaded():
        click.echo("The demonstration is loaded already; nothing was changed.")
        return
    if not load.is_new():
        raise click.ClickException("the database holds other data: the demonstration goes into an empty one only")
    load.load_demonstration()
    click.echo("The demonstration is loaded.")


@bench_commands.command("load")
@click.option("--recommendations", type=click.IntRange(1, 2_000_000), required=True)
def load_for_bench(recommendations: int) -> None:
    """Fill an empty database with about this many recommendations and what belongs to them."""
    _refuse_in_production()
    if not load.is_new():
        raise click.ClickException("the database holds data: measuring needs a database of its own")
    started = time.perf_counter()
    with writing():
        load_bulk(recommendations)
    click.echo(f"{recommendations:,} recommendations in {time.perf_counter() - started:.1f} s")


def init_app(app: Flask) -> None:
    app.cli.add_command(demo_commands)
    app.cli.add_command(bench_commands)
