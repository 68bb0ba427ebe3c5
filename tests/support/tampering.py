"""Changes made behind the product's back: by SQL, with the triggers put aside, as somebody who owns the file could."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from sqlalchemy import NullPool, create_engine, make_url, text

from tracker.core.db import WRITING


def tamper(store: Any, *statements: str) -> None:
    """Run `statements` on the database of `store` past every trigger and foreign key; the triggers stand afterwards."""
    if make_url(store.url).get_backend_name() == "sqlite":
        _tamper_sqlite(store.file, statements)
        return
    engine = create_engine(store.owner_url, poolclass=NullPool).execution_options(**{WRITING: True})
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            connection.exec_driver_sql(statement)


def _tamper_sqlite(file: Any, statements: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        connection.execute("BEGIN IMMEDIATE")
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, definition in triggers:
            connection.execute(definition)
        connection.execute("COMMIT")
