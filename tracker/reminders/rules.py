"""Words and rules of reminders."""

from __future__ import annotations

from tracker.core.labels import Labelled


class RungOutcome(Labelled):
    """What became of a rung: sent; passed over, because a later one was due by the time; or a letter was drafted."""

    SENT = "sent"
    PASSED_OVER = "passed_over"
    DRAFTED = "drafted"
