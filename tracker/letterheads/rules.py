"""Words of letterheads."""

from __future__ import annotations

from tracker.core.labels import Labelled


class DocumentKind(Labelled):
    """What a letterhead is for."""

    LETTER = "letter"
    COVER_SHEET = "cover_sheet"
