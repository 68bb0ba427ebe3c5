"""Words of correspondence."""

from __future__ import annotations

from tracker.core.labels import Labelled


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


class Direction(Labelled):
    """Which way it went; a note goes nowhere."""

    OUT = "out"
    IN = "in"
    INSIDE = "inside"
