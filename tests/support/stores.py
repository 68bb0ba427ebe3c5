"""The two databases that tests run on, and how each is laid anew before every test."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg

from tests.support.postgres import APPLICATION, OWNER, Cluster
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


class SqliteStore:
    """A file in memory-backed storage where there is one, laid anew from a template for every test."""

    def __init__(self) -> None:
        shared = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="tracker-", dir=shared if shared.is_dir() else None))
        self.file = self.folder / "test.sqlite3"
        self.url = f"sqlite:///{self.file}"
        self.owner_url = self.url

    def migrated(self) -> None:
        """Nothing to keep: a template is the whole file."""

    def keep(self, template: str) -> None:
        self._copy(self.file, self.folder / template)

    def reset(self, template: str) -> None:
        db.engine.dispose()
        self._copy(self.folder / template, self.file)

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        with closing(sqlite3.connect(source)) as from_file, closing(sqlite3.connect(target)) as to_file:
            from_file.backup(to_file)

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresStore:
    """A database of a temporary cluster; the application's role does not own its tables.

    A copy of a database is hundreds of files, 0.4 s on a slow disk. So only the rows are laid anew: every table is
    emptied and filled from memory, past triggers and foreign keys, and every sequence is set back. Where a test has
    changed the tables themselves, the database is copied.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        cluster.create_database("test")
        self.url, self.owner_url = cluster.url("test", APPLICATION), cluster.url("test", OWNER)
        self.rows: dict[str, dict[str, bytes]] = {}
        self.sequences: dict[str, str] = {}
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

    def keep(self, template: str) -> None:
        tables = [name for (name,) in self._read("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        self.emptying = "; ".join(f'DELETE FROM "{table}"' for table in tables)
        self.rows[template] = {table: rows for table in tables if len(rows := self._copy_out(table)) > EMPTY_COPY}
        sequences = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
        self.sequences[template] = "SELECT " + ", ".join(
            f"setval('\"{name}\"', {last or 1}, {last is not None})" for name, last in self._read(sequences)
        )

    def _copy_out(self, table: str) -> bytes:
        with self.owner.cursor().copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as copy:
            return b"".join(bytes(part) for part in copy)

    def reset(self, template: str) -> None:
        db.engine.dispose()
        if self._read(STRUCTURE) != self.structure:
            self._copy_database()
        self.resets += 1
        if self.resets % VACUUM_EVERY == 0:
            self.owner.execute("VACUUM")
        with self.owner.transaction():
            self.owner.execute(self.emptying)
            for table, rows in self.rows[template].items():
                with self.owner.cursor().copy(f'COPY "{table}" FROM STDIN (FORMAT binary)') as copy:
                    copy.write(rows)
            self.owner.execute(self.sequences[template])

    def _copy_database(self) -> None:
        self.owner.close()
        with self._connect("postgres") as connection:
            connection.execute("DROP DATABASE test WITH (FORCE)")
            connection.execute("CREATE DATABASE test TEMPLATE kept")
        self._open()

    def close(self) -> None:
        self.owner.close()
        self.cluster.stop()
