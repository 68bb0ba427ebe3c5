"""Secret addresses of calendar feeds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Base, Instant, WithId


class CalendarFeed(WithId, Base):
    """A person's feed, until it is revoked. Only the hash of the token in its address is kept."""

    __tablename__ = "calendar_feed"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
