"""Words and rules of links for people without an account."""

from __future__ import annotations

from tracker.core.labels import Labelled


class GuestPurpose(Labelled):
    """What a link is for. A prepare link may be handed on; the others are one named person's."""

    PREPARE = "prepare"
    SIGN_OFF = "sign_off"
    ACTION = "action"


class Refusal(Labelled):
    """Why a link was refused. Whoever opens it is told the same in every case."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    THROTTLED = "throttled"
    OTHER = "other"
