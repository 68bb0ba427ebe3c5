"""Groups of flask commands that say a refusal in a sentence."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from tracker.core.errors import DomainError


class Commands(AppGroup):
    """Turns a domain error into a plain sentence and exit code 1."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except DomainError as error:
            raise click.ClickException(error.message) from error
