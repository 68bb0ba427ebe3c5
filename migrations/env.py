"""Alembic's environment: the application's database, or TRACKER_MIGRATION_URL for the role that owns the tables."""

from alembic import context
from flask import current_app
from sqlalchemy import NullPool, create_engine

from tracker.core.db import WRITING, Instant, db


def render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """Migrations import no model and no type of ours: an instant is a timestamp with its zone."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def run() -> None:
    own = current_app.config["MIGRATION_URL"]
    engine = create_engine(own, poolclass=NullPool) if own else db.engine
    with engine.execution_options(**{WRITING: True}).connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=False,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
