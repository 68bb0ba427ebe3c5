"""Words and rules of links for people without an account."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tracker.core.labels import Labelled

LASTS_DAYS = 30
MOST_DAYS = 90
MOST_GUESTS = 50


class GuestPurpose(Labelled):
    """What a link is for. A prepare link may be handed on; the others are one named person's."""

    PREPARE = "prepare"
    SIGN_OFF = "sign_off"
    ACTION = "action"

    @property
    def label(self) -> str:
        return {
            "prepare": "Prepare the response",
            "sign_off": "Sign the response off",
            "action": "Report on the action",
        }[self.value]


class Refusal(Labelled):
    """Why a link was refused. Whoever opens it is told the same in every case."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    THROTTLED = "throttled"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "unknown": "No such link",
            "expired": "Expired",
            "revoked": "Ended before its time",
            "throttled": "Too many tries",
            "other": "For something else, or for somebody who is gone",
        }[self.value]


class LinkState(Labelled):
    """How a link stands today: computed, never stored."""

    OPEN = "open"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return {"open": "Open", "expired": "Expired", "revoked": "Ended"}[self.value]


def state_of(expires_at: datetime, revoked_at: datetime | None, now: datetime) -> LinkState:
    """How a link stands: one that was ended stays so, whatever its date."""
    if revoked_at is not None:
        return LinkState.REVOKED
    return LinkState.OPEN if now < expires_at else LinkState.EXPIRED


def why_no_last_day(last_day: date, today: date) -> str:
    """What is wrong with the last day of a link made today; nothing where it may be."""
    if last_day < today:
        return "The last day must be today or later"
    if last_day > today + timedelta(days=MOST_DAYS):
        return f"A link lasts at most {MOST_DAYS} days"
    return ""


def is_same_guest(name: str, role: str, other_name: str, other_role: str) -> bool:
    """Whether two who said who they are at one link are the same person: blanks and capitals make no difference."""

    def folded(*words: str) -> list[str]:
        return [" ".join(word.split()).casefold() for word in words]

    return folded(name, role) == folded(other_name, other_role)
