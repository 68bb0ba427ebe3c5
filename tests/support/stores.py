"""The two databases that tests run on, how each is laid anew before every test, and what is kept between tests."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Hashable
from contextlib import closing
from pathlib import Path
from types import FunctionType
from typing import Any

import psycopg
from flask import Flask, has_app_context

from tests.support.postgres import APPLICATION, OWNER, Cluster
from tracker.core import clock
from tracker.core.db import db

VACUUM_EVERY = 50
EMPTY_COPY = 21  # bytes: the head and the end of a binary COPY without rows
# Whatever a test could change about the tables themselves: a trigger switched off, a column or a constraint added.
STRUCTURE = """
SELECT hashtext(string_agg(line, ' ' ORDER BY line)) FROM (
    SELECT concat_ws(' ', attrelid::regclass, attname, attnotnull, pg_get_expr(adbin, adrelid)) AS line
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', conname, convalidated) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', tgname, tgenabled, tgrelid::regclass) FROM pg_trigger
    UNION ALL SELECT concat_ws(' ', proname, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS lines"""


class Store(ABC):
    """A database that is laid anew from kept states: an empty one, one with the cast, and what fixtures make once."""

    app: Flask
    url: str

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def __init__(self) -> None:
        self.state: Hashable = None
        self.marked: Any = None
        self.made: dict[Hashable, Any] = {}

    @abstractmethod
    def keep(self, state: Hashable) -> None:
        """Keep every row as it is now under this name."""

    @abstractmethod
    def _lay(self, state: Hashable) -> None:
        """Make every row what was kept under this name."""

    @abstractmethod
    def _mark(self) -> Any:
        """What differs after any transaction that wrote, whoever wrote."""

    def is_untouched(self) -> bool:
        """Whether nobody has written since a state was laid or kept."""
        return self.state is not None and self._mark() == self.marked

    def reset(self, state: Hashable) -> None:
        """Make every row what was kept under this name: within an app context."""
        if self.state != state or not self.is_untouched():
            self._lay(state)
        self._is_now(state)

    def _is_now(self, state: Hashable) -> None:
        self.state, self.marked = state, self._mark()

    def once(self, name: Hashable, make: FunctionType) -> Any:
        """What `make()` returns, with the rows that it makes: made once from where the database stands, then laid anew.

        `name` must say all that its rows depend on but `make` itself, the rows before it, a frozen clock and the
        settings. Where somebody has written since the last kept state (a browser that signed in, say), nothing is kept,
        and `make()` is called as it stands.
        """
        if has_app_context() or not self.is_untouched():
            return make()
        where = (self.state, clock._frozen.get(), repr(sorted(self.app.config.items())))
        state = (*where, make.__code__, name)
        if state not in self.made:
            made = make()
            with self.app.app_context():
                self.keep(state)
            self.made[state] = made
            self._is_now(state)
        else:
            with self.app.app_context():
                self.reset(state)
        return self.made[state]


class SqliteStore(Store):
    """A file in memory-backed storage where there is one."""

    def __init__(self) -> None:
        super().__init__()
        shared = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="tracker-", dir=shared if shared.is_dir() else None))
        self.file = self.folder / "test.sqlite3"
        self.url = f"sqlite:///{self.file}"
        self.owner_url = self.url
        self.kept: dict[Hashable, sqlite3.Connection] = {}

    def migrated(self) -> None:
        """A second connection sees what others have committed."""
        self.watcher = sqlite3.connect(self.file, isolation_level=None)

    def keep(self, state: Hashable) -> None:
        self.kept[state] = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self.file)) as file:
            file.backup(self.kept[state])

    def _lay(self, state: Hashable) -> None:
        db.engine.dispose()
        with closing(sqlite3.connect(self.file)) as file:
            self.kept[state].backup(file)

    def _mark(self) -> Any:
        return self.watcher.execute("PRAGMA data_version").fetchone()

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresStore(Store):
    """A database of a temporary cluster; the application's role does not own its tables.

    A copy of a database is hundreds of files, 0.4 s on a slow disk. So only the rows are laid anew: every table is
    emptied and filled from memory, past triggers and foreign keys, and every sequence is set back. Where a test has
    changed the tables themselves, the database is copied. The application's connections stay open, as in service.
    """

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        self.cluster = cluster
        cluster.create_database("test")
        self.url, self.owner_url = cluster.url("test", APPLICATION), cluster.url("test", OWNER)
        self.rows: dict[Hashable, dict[str, bytes]] = {}
        self.sequences: dict[Hashable, str] = {}
        self.resets = 0
        self.owner = self._connect("test")

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(f"postgresql://{OWNER}@/{database}?host={self.cluster.folder}", autocommit=True)

    def migrated(self) -> None:
        """Keep the tables as they are now, after the migrations, before any row."""
        db.engine.dispose()
        self.owner.close()
        with self._connect("postgres") as connection:
            connection.execute("CREATE DATABASE kept TEMPLATE test")
        self._open()
        self.structure = self._read(STRUCTURE)

    def _open(self) -> None:
        self.owner = self._connect("test")
        # A test that left a transaction open fails here, and not by waiting for ever.
        self.owner.execute("SET session_replication_role = replica; SET lock_timeout = '10s'")

    def _read(self, statement: str) -> list[tuple]:
        return self.owner.execute(statement).fetchall()

    def keep(self, state: Hashable) -> None:
        tables = [name for (name,) in self._read("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        self.emptying = "; ".join(f'DELETE FROM "{table}"' for table in tables)
        self.rows[state] = {table: rows for table in tables if len(rows := self._copy_out(table)) > EMPTY_COPY}
        sequences = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
        self.sequences[state] = "SELECT " + ", ".join(
            f"setval('\"{name}\"', {last or 1}, {last is not None})" for name, last in self._read(sequences)
        )

    def _copy_out(self, table: str) -> bytes:
        with self.owner.cursor().copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as copy:
            return b"".join(bytes(part) for part in copy)

    def _lay(self, state: Hashable) -> None:
        if self._read(STRUCTURE) != self.structure:
            self._copy_database()
        self.resets += 1
        if self.resets % VACUUM_EVERY == 0:
            self.owner.execute("VACUUM")
        with self.owner.transaction():
            self.owner.execute(self.emptying)
            for table, rows in self.rows[state].items():
                with self.owner.cursor().copy(f'COPY "{table}" FROM STDIN (FORMAT binary)') as copy:
                    copy.write(rows)
            self.owner.execute(self.sequences[state])

    def _mark(self) -> Any:
        """The next number of a transaction: only those that write get one."""
        return self._read("SELECT pg_snapshot_xmax(pg_current_snapshot())")

    def _copy_database(self) -> None:
        db.engine.dispose()
        self.owner.close()
        with self._connect("postgres") as connection:
            connection.execute("DROP DATABASE test WITH (FORCE)")
            connection.execute("CREATE DATABASE test TEMPLATE kept")
        self._open()

    def close(self) -> None:
        self.owner.close()
        self.cluster.stop()
