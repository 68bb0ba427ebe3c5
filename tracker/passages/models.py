"""Standard passages: texts that a taskforce uses again and again, kept once."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.db import SHORT, Base, Versioned, WithId, words
from tracker.directory.models import Taskforce
from tracker.passages.rules import PassageUse


class StandardPassage(WithId, Versioned, Base):
    """A text of a taskforce under a name. `text` is Markdown and may name fields such as {programme}."""

    __tablename__ = "standard_passage"
    __table_args__ = (UniqueConstraint("taskforce_id", "name"),)

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"))
    name: Mapped[str] = mapped_column(SHORT)
    use: Mapped[PassageUse] = mapped_column(words(PassageUse), default=PassageUse.LETTER)
    text: Mapped[str] = mapped_column(Text)

    taskforce: Mapped[Taskforce] = relationship(lazy="raise_on_sql")
