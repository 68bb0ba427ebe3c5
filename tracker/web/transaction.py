"""The one place that commits: around every view (docs/decisions/transactions.md)."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, Response, g
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from tracker.core.db import db, end_write, is_writing
from tracker.core.errors import RuleBroken, StaleVersion

CONSTRAINT = re.compile(r"\b((?:ck|uq|fk|ix)_[a-z0-9_]+)")
COLUMN = re.compile(r"UNIQUE constraint failed: (\w+)\.(\w+)")
# What a person is told where a constraint, not an operation, was the one to say no: two people at once, mostly.
MESSAGES = {
    "uq_user_account_email": "There is already an account with this e-mail address.",
    "uq_taskforce_code": "There is already a taskforce with this code.",
    "uq_programme_code": "There is already a programme with this code.",
    "uq_board_name": "There is already a board with this name.",
    "uq_standard_passage_taskforce_id_name": "There is already a passage with this name.",
    "uq_board_meeting_board_id_held_on": "The board already has a meeting on this date.",
}
GENERAL = "Somebody else made a change at the same moment, or the change does not fit. Go back and try again."


class TrackerFlask(Flask):
    """Flask whose views run in one transaction: read-only, or from `begin_write()` on a writing one."""

    def dispatch_request(self) -> Response:
        try:
            response = self.make_response(super().dispatch_request())
            if is_writing():
                _finish(response)
        except StaleDataError as error:
            end_write(commit=False)
            raise StaleVersion from error
        except IntegrityError as error:
            end_write(commit=False)
            raise RuleBroken(constraint_message(error)) from error
        except OperationalError as error:
            end_write(commit=False)
            if "locked" in str(error.orig) or "serialize" in str(error.orig) or "deadlock" in str(error.orig):
                raise RuleBroken("The database is busy. Your change was not saved: try again.") from error
            raise
        except BaseException:
            end_write(commit=False)
            raise
        return response


def _finish(response: Response) -> None:
    key: Any = g.pop("form_key", None)
    if key is not None and response.status_code < 400:
        key.location = response.location or ""
    end_write(commit=response.status_code < 400)


def constraint_message(error: IntegrityError) -> str:
    """What to tell the person whose change broke a named constraint."""
    text = str(error.orig)
    diagnostics = getattr(error.orig, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or ""
    if not name and (found := CONSTRAINT.search(text)):
        name = found.group(1)
    if not name and (column := COLUMN.search(text)):
        name = f"uq_{column.group(1)}_{column.group(2)}"
    return MESSAGES.get(name, GENERAL)


def end_request(_error: BaseException | None = None) -> None:
    """At the end of a request or command nothing may hang on to the connection."""
    db.session.remove()
