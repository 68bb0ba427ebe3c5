"""Words and rules of letterheads."""

from __future__ import annotations

from datetime import date

from tracker.core.labels import Labelled

# A letterhead holds a picture or two; what is larger is a whole document, and would be in every letter.
MOST_BYTES = 5 * 1024 * 1024
OWN = "The product’s own"


class DocumentKind(Labelled):
    """What a letterhead is for."""

    LETTER = "letter"
    COVER_SHEET = "cover_sheet"


class Standing(Labelled):
    """How a letterhead stands today."""

    LIVE = "live"
    PLANNED = "planned"
    EARLIER = "earlier"
    NOT_LIVE = "not_live"


def standing(live_from: date | None, is_live: bool, today: date) -> Standing:
    """How a letterhead with this date stands; `is_live` says whether it is the newest of those that have begun."""
    if is_live:
        return Standing.LIVE
    if live_from is None:
        return Standing.NOT_LIVE
    return Standing.PLANNED if live_from > today else Standing.EARLIER


def why_not_live_from(day: date, today: date, standing: Standing) -> str | None:
    """Why a letterhead cannot be made live from `day`, or None."""
    if standing is Standing.LIVE:
        return "This letterhead is live already"
    if day < today:
        return "Choose today or a later day: letters of earlier days keep the letterhead that they had"
    return None


def too_large(content: bytes) -> str | None:
    """Why a file of this size is refused, or None."""
    if len(content) > MOST_BYTES:
        return f"The file is larger than {MOST_BYTES >> 20} MB. Make its pictures smaller in Word and try again."
    return None
