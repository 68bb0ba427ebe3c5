"""References such as EPC-W02: unique within a taskforce, allotted when a record becomes official, with gaps allowed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Base, db, insert_into

REFERENCE = re.compile(r"(?P<code>[A-Z][A-Z0-9]{1,7})-(?P<letter>[A-Z])(?P<number>\d{2,6})(?P<part>\([a-z]{1,10}\))?")


@dataclass(frozen=True)
class Kind:
    """A kind of record that has references: its letter, how many digits, and the endpoint that shows one."""

    letter: str
    digits: int
    endpoint: str


_kinds: dict[str, Kind] = {}


class ReferenceCounter(Base):
    """The last number given, per taskforce and letter."""

    __tablename__ = "reference_counter"

    taskforce_id: Mapped[int] = mapped_column(ForeignKey("taskforce.id"), primary_key=True)
    letter: Mapped[str] = mapped_column(String(1), primary_key=True)
    last: Mapped[int]


def register_kind(letter: str, endpoint: str, digits: int = 2) -> None:
    """Say which endpoint shows references of this letter (it takes the reference as `key`)."""
    _kinds[letter] = Kind(letter, digits, endpoint)


def allot(taskforce_id: int, code: str, letter: str) -> str:
    """The next reference of this letter in the taskforce with `code`, within the writing transaction."""
    # One statement, so that two who ask for the first at once wait for each other rather than clash.
    counter = insert_into(ReferenceCounter.__table__).values(taskforce_id=taskforce_id, letter=letter, last=1)
    counted = counter.on_conflict_do_update(
        index_elements=["taskforce_id", "letter"], set_={"last": ReferenceCounter.last + 1}
    ).returning(ReferenceCounter.last)
    last: int = db.session.execute(counted).scalar_one()
    return f"{code}-{letter}{last:0{_kinds[letter].digits}d}"


def endpoint_of(reference: str) -> str | None:
    """The endpoint that shows `reference`, or None for a text that is no known reference."""
    match = REFERENCE.fullmatch(reference)
    if match is None:
        return None
    kind = _kinds.get("R" if match["part"] else match["letter"])
    return kind.endpoint if kind else None


def part_letter(place: int) -> str:
    """The letter of the recommendation at `place`, counted as Word counts: 0 is a, 25 is z, 26 is aa, 27 is bb."""
    return chr(97 + place % 26) * (place // 26 + 1)
