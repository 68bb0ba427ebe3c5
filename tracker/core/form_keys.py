"""One-time keys of forms: the same form sent twice makes one record (reliability.md, a double submit)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, Text, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core import clock
from tracker.core.db import Base, Instant, db
from tracker.core.errors import AlreadySubmitted

KEPT = timedelta(days=7)


class FormKey(Base):
    """A form that has been sent and saved, and where it led."""

    __tablename__ = "form_key"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime] = mapped_column(Instant, index=True)
    location: Mapped[str] = mapped_column(Text, default="")


def claim(key: str) -> FormKey:
    """Take `key` within the writing transaction. Raises AlreadySubmitted where it has been used before."""
    used = db.session.execute(select(FormKey.location).where(FormKey.key == key)).scalar()
    if used is not None:
        raise AlreadySubmitted(used)
    row = FormKey(key=key, used_at=clock.now(), location="")
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        # The other of two at once has just committed: PostgreSQL made us wait for it on the key.
        db.session.rollback()
        raise AlreadySubmitted(
            db.session.execute(select(FormKey.location).where(FormKey.key == key)).scalar() or ""
        ) from error
    return row


def is_used(key: str) -> bool:
    """Whether a form with this key was sent and saved."""
    return db.session.execute(select(FormKey.key).where(FormKey.key == key)).first() is not None


def forget_old() -> int:
    """Remove keys older than a week; returns how many."""
    rows = db.session.execute(delete(FormKey).where(FormKey.used_at < clock.now() - KEPT).returning(FormKey.key))
    return len(rows.all())
