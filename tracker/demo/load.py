"""Loading the demonstration: the real first cycle, and beside it an invented taskforce in every state."""

from __future__ import annotations

from sqlalchemy import func, select

from tracker.accounts.models import Contact, User
from tracker.core.db import db
from tracker.directory.models import Board, Programme, Taskforce

PASSWORD = "only for the demonstration"  # noqa: S105
SIGN_INS: tuple[tuple[str, str], ...] = ()


def is_new() -> bool:
    """Whether the database holds nothing yet."""
    return not any(
        db.session.execute(select(func.count()).select_from(table)).scalar()
        for table in (Contact, User, Board, Taskforce, Programme)
    )


def is_loaded() -> bool:
    return False


def load_demonstration() -> None:
    return None
