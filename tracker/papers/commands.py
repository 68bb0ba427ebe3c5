"""The flask commands of board papers."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from tracker.core.errors import NotFound
from tracker.papers import documents, queries
from tracker.web.commands import Commands

paper_commands = Commands("papers", help="Board papers.")


@paper_commands.command("write")
@click.argument("reference")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def write_paper(reference: str, file: Path) -> None:
    """Write the cover sheet of paper REFERENCE to FILE: what was cleared, byte for byte, or the draft as it stands."""
    paper = queries.get_paper(reference)
    if paper is None:
        raise NotFound(f"There is no paper {reference}.")
    content = documents.current_document(paper)
    file.write_bytes(content)
    click.echo(f"{file}: {len(content):,} bytes")


def init_app(app: Flask) -> None:
    app.cli.add_command(paper_commands)
