"""The database: both engines' settings, how a transaction begins, and the column types.

Every transaction is read-only unless `begin_write()` opened it: on SQLite `PRAGMA query_only` and `BEGIN IMMEDIATE`
decide, on PostgreSQL `SET TRANSACTION READ ONLY`. So a GET that writes fails loudly (docs/decisions/transactions.md).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    String,
    TypeDecorator,
    event,
    inspect,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.pool import ConnectionPoolEntry

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
WRITING = "tracker_writing"
SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA trusted_schema=OFF",
)


class Base(DeclarativeBase):
    """Every table has an integer key `id`, unless it says otherwise."""

    metadata = MetaData(naming_convention=NAMING)


class WithId:
    id: Mapped[int] = mapped_column(primary_key=True)


class Versioned:
    """What people edit: a save that comes from an older version is refused (StaleVersion)."""

    version: Mapped[int] = mapped_column()

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}


def touch(record: Versioned) -> None:
    """Count a change to a child of `record` as a change to it: SQLAlchemy does not do that by itself."""
    plain = next(c.key for c in inspect(type(record)).column_attrs if c.key not in {"id", "version"})
    flag_modified(record, plain)


class TrackerSession(FlaskSession):
    """A session whose transactions are read-only until `begin_write()`."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        bind = super().get_bind(*args, **kwargs)
        if self.info.get(WRITING) and isinstance(bind, Engine):
            return _writing(bind)
        return bind

    def begin_nested(self) -> Any:
        """Refused: a savepoint that is rolled back would take the events of the whole transaction with it."""
        raise NotImplementedError("operations use no savepoints: check first, or insert with ON CONFLICT")


db = SQLAlchemy(model_class=Base, session_options={"class_": TrackerSession})

_writing_engines: dict[int, tuple[Engine, Engine]] = {}


def _writing(engine: Engine) -> Engine:
    """The same pool under the option that makes its transactions writing ones; one object per engine."""
    known = _writing_engines.get(id(engine))
    if known is None or known[0] is not engine:
        known = (engine, engine.execution_options(**{WRITING: True}))
        _writing_engines[id(engine)] = known
    return known[1]


@event.listens_for(Engine, "do_connect")
def _make_private(dialect: Dialect, _entry: Any, arguments: Sequence[Any], _named: Any) -> None:
    """Make a new SQLite file readable by its owner only: SQLite would let everybody on the machine read it.

    The files beside it (-wal, -shm) take their mode from it.
    """
    name = str(arguments[0]) if dialect.name == "sqlite" and arguments else ""
    if name and not name.startswith((":memory:", "file:")) and Path(name).parent.is_dir() and not Path(name).exists():
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY, 0o600))


@event.listens_for(Engine, "connect")
def _settings_of_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        connection.isolation_level = None
        for statement in SQLITE_SETTINGS:
            connection.execute(statement)


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif not writing:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def begin_write() -> None:
    """End the read transaction and begin the writing one. What was loaded before must be loaded again."""
    session = db.session()
    session.rollback()
    session.info[WRITING] = True
    session.connection()


def is_writing() -> bool:
    return bool(db.session().info.get(WRITING))


def end_write(*, commit: bool) -> None:
    """Commit or roll back the writing transaction; what follows in this session reads only again."""
    session = db.session()
    try:
        if commit:
            session.commit()
    finally:
        session.rollback()
        session.info.pop(WRITING, None)


@contextmanager
def writing() -> Iterator[None]:
    """A whole writing transaction, for commands and scripts: commits at the end, rolls back on an error."""
    begin_write()
    try:
        yield
    except BaseException:
        end_write(commit=False)
        raise
    end_write(commit=True)


@contextmanager
def side_write() -> Iterator[Connection]:
    """A short transaction of its own, for the few facts that must outlive a refusal or ride on a GET.

    Raises RuntimeError inside a writing transaction: on SQLite the two would wait for each other.
    """
    if is_writing():
        raise RuntimeError("side_write() inside a writing transaction")
    with _writing(db.engine).begin() as connection:
        yield connection


def insert_into(table: Any) -> Any:
    """An INSERT that can say ON CONFLICT: both dialects have the same words for it, each in a class of its own."""
    return (sqlite if db.engine.dialect.name == "sqlite" else postgresql).insert(table)


def lock_row(table: type[WithId], row_id: int) -> None:
    """Hold this row until the transaction ends (PostgreSQL; on SQLite a writing transaction holds everything)."""
    db.session.execute(select(table.id).where(table.id == row_id).with_for_update())


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite keeps it without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        """What a page's mark is read as; a decorator would say `object`."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[StrEnum], length: int = 40) -> Enum:
    """A column type for `kind`: its values as text, held by a named CHECK."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=length,
        name=name,
        values_callable=lambda members: [m.value for m in members],
    )


SHORT = String(200)
LONG = String(50_000)
