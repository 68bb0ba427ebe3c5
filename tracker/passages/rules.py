"""Words of standard passages."""

from __future__ import annotations

from tracker.core.labels import Labelled


class PassageUse(Labelled):
    """Where a passage is offered."""

    LETTER = "letter"
    COVERING_TEXT = "covering_text"
