"""Words of letters in Word."""

from __future__ import annotations

from tracker.core.labels import Labelled


class UploadPurpose(Labelled):
    """What an uploaded Word letter is for: a draft edited in Word, a new letter, or one that was sent already."""

    DRAFT = "draft"
    NEW = "new"
    RECORD = "record"


class UploadOutcome(Labelled):
    ACCEPTED = "accepted"
    REFUSED = "refused"
