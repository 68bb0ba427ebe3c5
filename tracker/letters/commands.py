"""`flask letters`: write a letter's document, check a letter, bring back what waits for nobody."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import Flask

from tracker.core import files
from tracker.core.db import writing
from tracker.core.errors import NotFound
from tracker.letters import documents, queries, recall, verifying
from tracker.web.commands import Commands

commands = Commands("letters", help="Write, check and recall letters.")


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


@commands.command("verify")
@click.argument("ref")
def verify_letter(ref: str) -> None:
    """Check content, decisions and stored file of letter REF against each other; exit 1 where they disagree."""
    letter = queries.get_letter_by_key(ref)
    if letter is None:
        raise NotFound(f"There is no letter {ref}.")
    findings = verifying.verify_letter(letter)
    for finding in findings:
        click.echo(finding.text, err=not finding.agrees)
    if not all(finding.agrees for finding in findings):
        sys.exit(1)


@commands.command("recall")
def recall_letters() -> None:
    """Bring back the letters that wait for a chair whose role has ended; run it daily (deploy/ has a timer)."""
    with writing():
        said = [letter.subject or f"Letter {letter.id}" for letter in recall.recall_letters(by=None)]
    for title in said:
        click.echo(f"Came back to draft: {title}")
    if not said:
        click.echo("No letter came back.")


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(commands)
