"""`flask letters`: the current document of a letter, as a file."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from tracker.core import files
from tracker.core.errors import NotFound
from tracker.letters import documents, queries
from tracker.web.commands import Commands

commands = Commands("letters", help="Letters as files.")


@commands.command("write")
@click.argument("ref")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def write_letter(ref: str, file: Path) -> None:
    """Write the document of letter REF to FILE, over what is there: the stored file once it is issued, else the draft.

    REF is a reference such as EPC-L02, or the number of a draft.
    """
    letter = queries.get_letter_by_key(ref)
    if letter is None:
        raise NotFound(f"There is no letter {ref}.")
    if letter.file_sha256 is not None:
        content = files.read(letter.file_sha256)
    else:
        content = documents.write(letter.current, documents.slots_of(letter), draft=True)
    file.write_bytes(content)
    click.echo(f"{file}: {len(content):,} bytes")


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(commands)
