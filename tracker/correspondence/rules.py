"""Words and rules of correspondence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, time

from tracker.core.labels import Labelled

# How the mark of an entry begins that the product made by itself; a Message-ID begins with "<".
BY_PRODUCT = "tracker:"
MOST_FILES = 20
SHORTEST_NAME = 5
# The place within a day: the letter's issue, its sendings, what has no time, then by the time.
ISSUED, SENT, UNTIMED, TIMED = range(4)


class EntryKind(Labelled):
    """What an entry is. A holding reply, an acknowledgement and a verbal update answer nothing: they move no state."""

    LETTER = "letter"
    EMAIL = "email"
    CALL = "call"
    NOTE = "note"
    REPLY = "reply"
    HOLDING_REPLY = "holding_reply"
    ACKNOWLEDGEMENT = "acknowledgement"
    VERBAL_UPDATE = "verbal_update"

    @property
    def label(self) -> str:
        return "E-mail" if self is EntryKind.EMAIL else super().label


ANSWERS_NOTHING = frozenset({EntryKind.HOLDING_REPLY, EntryKind.ACKNOWLEDGEMENT, EntryKind.VERBAL_UPDATE})


class Direction(Labelled):
    """Which way it went; a note goes nowhere."""

    OUT = "out"
    IN = "in"
    INSIDE = "inside"

    @property
    def label(self) -> str:
        return {"out": "Out: from us", "in": "In: to us", "inside": "Inside: went to nobody"}[self.value]


def place_in_time(day: date, at: time | None, slot: int = UNTIMED) -> int:
    """A number that orders entries: by the day, within it by `slot` and by the time where there is one."""
    within = TIMED * 1000 + at.hour * 60 + at.minute if at else slot * 1000
    return (day.year * 10_000 + day.month * 100 + day.day) * 10_000 + within


def is_with_programme(direction: Direction, from_whom: str, to_whom: str, names: Iterable[str]) -> bool:
    """Whether it came from or went to one of `names`: of a programme, or of its people, and their e-mail addresses."""
    if direction is Direction.INSIDE:
        return False
    party = (from_whom if direction is Direction.IN else to_whom).casefold()
    return any(name.casefold() in party for name in names)


def guess_direction(senders: Iterable[str], own: Collection[str]) -> Direction:
    """Which way an e-mail went: out where the taskforce's own people sent it, in from anybody else."""
    return Direction.OUT if any(address in own for address in senders) else Direction.IN


def guess_kind(*, is_automatic: bool) -> EntryKind:
    """What an e-mail is: one that a machine answered with acknowledges at most."""
    return EntryKind.ACKNOWLEDGEMENT if is_automatic else EntryKind.EMAIL
