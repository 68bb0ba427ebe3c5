"""Words of the directory."""

from __future__ import annotations

from tracker.core.labels import Labelled


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
