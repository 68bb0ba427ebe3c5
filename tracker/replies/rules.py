"""Words and rules of replies."""

from __future__ import annotations

from tracker.core.labels import Labelled


class ReplyOutcome(Labelled):
    """What was done with a reply: its passages were taken as answers, or it was set aside."""

    TAKEN = "taken"
    SET_ASIDE = "set_aside"
