"""Words and rules of the directory."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tracker.core.labels import Labelled

CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}")


class TaskforceLife(Labelled):
    ACTIVE = "active"
    WINDING_UP = "winding_up"
    CLOSED = "closed"


class Position(Labelled):
    """What a member is on the taskforce (product.md, Membership)."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    MEMBER = "member"
    SECRETARIAT = "secretariat"
    ATTENDEE = "attendee"


def is_code(text: str) -> bool:
    """Whether `text` can stand before the dash of a reference: 2 to 8 capitals and digits, a capital first."""
    return CODE.fullmatch(text) is not None


def is_in_force(from_on: date | None, until_on: date | None, on: date) -> bool:
    """Whether a dated seat or appointment, open at either end, holds on that day; both ends are included."""
    return (from_on is None or from_on <= on) and (until_on is None or until_on >= on)


def last_day_before(successor_from: date, former_from: date | None) -> date | None:
    """The former's last day where a successor begins on `successor_from`; None where no day is left for the former."""
    last = successor_from - timedelta(days=1)
    return None if former_from is not None and last < former_from else last
