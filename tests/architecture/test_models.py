"""What every table, relationship and migration has in common."""

from __future__ import annotations

import importlib
import runpy
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import CheckConstraint, Column, Enum, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.schema import Table

from tracker.core.db import Base, db

ROOT = Path(__file__).resolve().parents[2]
for path in sorted((ROOT / "tracker").glob("*/models.py")):
    importlib.import_module(f"tracker.{path.parent.name}.models")

TABLES = list(Base.metadata.sorted_tables)
RELATIONSHIPS = sorted((r for mapper in Base.registry.mappers for r in mapper.relationships), key=str)
# Alembic cannot compare an index on an expression; migration 0002 makes these by hand, and a test below asks for them.
EXPRESSIONS = {
    str(index.name)
    for table in TABLES
    for index in table.indexes
    if not all(isinstance(expression, Column) for expression in index.expressions)
}
pytestmark = [
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index"),
]


@pytest.mark.parametrize("relationship", RELATIONSHIPS, ids=str)
def test_no_relationship_loads_by_itself(relationship: Any) -> None:
    assert relationship.lazy == "raise_on_sql"


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_constraint_is_named(table: Table) -> None:
    for constraint in table.constraints:
        kinds = {PrimaryKeyConstraint: "pk", ForeignKeyConstraint: "fk", UniqueConstraint: "uq", CheckConstraint: "ck"}
        prefix = kinds[type(constraint)]
        assert str(constraint.name).startswith(f"{prefix}_{table.name}"), constraint
    for index in table.indexes:
        assert str(index.name).startswith(("ix_", "uq_")), index
        assert len(str(index.name)) <= 63


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_word_is_held_by_a_named_check(table: Table) -> None:
    checks = [str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint)]
    for column in table.columns:
        if isinstance(column.type, Enum):
            assert column.type.native_enum is False and column.type.create_constraint
            assert any(check.startswith(f"{table.name}.{column.name} IN") for check in checks), column


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_table_has_a_key(table: Table) -> None:
    assert list(table.primary_key.columns)


def test_the_migrations_make_what_the_models_say(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        found = [d for d in compare_metadata(context, Base.metadata) if not _is_expression_index(d)]
    assert not found, found


def _is_expression_index(difference: Any) -> bool:
    return difference[0] in {"add_index", "remove_index"} and difference[1].name in EXPRESSIONS


def test_the_checks_of_the_models_are_in_the_database(app: Flask) -> None:
    """Alembic does not compare CHECKs."""
    wanted = {str(c.name): table.name for table in TABLES for c in table.constraints if isinstance(c, CheckConstraint)}
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            definitions = db.session.execute(text("SELECT sql FROM sqlite_master WHERE type = 'table'")).scalars()
            whole = "\n".join(definitions)
            missing = {name for name in wanted if f"CONSTRAINT {name} CHECK" not in whole}
        else:
            names = db.session.execute(text("SELECT conname FROM pg_constraint WHERE contype = 'c'")).scalars()
            missing = {name[:63] for name in wanted} - set(names)
    assert not missing


def test_the_indexes_made_by_hand_are_there(app: Flask) -> None:
    statement = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
        "postgresql": "SELECT indexname FROM pg_indexes",
    }
    with app.app_context():
        names = set(db.session.execute(text(statement[db.engine.dialect.name])).scalars())
    assert names >= EXPRESSIONS


def test_migrations_are_numbered_in_one_line() -> None:
    versions = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    before = None
    for number, path in enumerate(versions, start=1):
        assert path.name.startswith(f"{number:04d}_"), path.name
        named = runpy.run_path(str(path))
        assert (named["revision"], named["down_revision"]) == (f"{number:04d}", before)
        before = named["revision"]
