"""A token bucket per key, in the database, so that every process counts together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Float, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core import clock
from tracker.core.db import Base, Instant, db, insert_into, side_write
from tracker.core.errors import TooManyTries


class ThrottleBucket(Base):
    """What is left of a key's tries, as at `filled_at`."""

    __tablename__ = "throttle_bucket"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    tokens: Mapped[float] = mapped_column(Float)
    filled_at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class Limit:
    """`burst` tries at once, then one every `seconds`."""

    burst: int
    seconds: float


def look(key: str, limit: Limit) -> None:
    """Raises TooManyTries where `key` has no try left. Reads only: for what counts the failures and not the rest."""
    row = db.session.execute(
        select(ThrottleBucket.tokens, ThrottleBucket.filled_at).where(ThrottleBucket.key == key)
    ).one_or_none()
    if row is not None:
        _refuse_none_left(_left(row.tokens, row.filled_at, limit), limit)


def _left(tokens: float, filled_at: datetime, limit: Limit) -> float:
    elapsed = max(0.0, (clock.now() - filled_at).total_seconds())
    return min(float(limit.burst), tokens + elapsed / limit.seconds)


def _refuse_none_left(tokens: float, limit: Limit) -> None:
    if tokens < 1:
        raise TooManyTries(math.ceil((1 - tokens) * limit.seconds))


def take(key: str, limit: Limit) -> None:
    """Use up one try of `key`, in a transaction of its own. Raises TooManyTries where none is left."""
    now = clock.now()
    with side_write() as connection:
        bucket = ThrottleBucket.__table__
        full = insert_into(bucket).values(key=key, tokens=float(limit.burst), filled_at=now)
        # The update changes nothing; it locks the row where there is one, until this transaction ends.
        held = full.on_conflict_do_update(index_elements=["key"], set_={"key": full.excluded.key})
        row = connection.execute(held.returning(bucket.c.tokens, bucket.c.filled_at)).mappings().one()
        tokens = _left(row["tokens"], row["filled_at"], limit)
        left = tokens - 1 if tokens >= 1 else tokens
        connection.execute(update(ThrottleBucket).where(bucket.c.key == key).values(tokens=left, filled_at=now))
    _refuse_none_left(tokens, limit)


def give_back(key: str) -> None:
    """Fill `key` up again, after a success."""
    with side_write() as connection:
        connection.execute(delete(ThrottleBucket).where(ThrottleBucket.key == key))
