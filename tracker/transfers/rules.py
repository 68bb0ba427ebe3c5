"""Words and rules of transfers and of changes to programmes."""

from __future__ import annotations

from tracker.core.labels import Labelled


class TransferOutcome(Labelled):
    """What became of an offer to take something over."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ProgrammeChangeKind(Labelled):
    """What happened to a programme."""

    RENAMED = "renamed"
    MERGED = "merged"
    NEW_SRO = "new_sro"

    @property
    def label(self) -> str:
        return "New senior responsible owner" if self is ProgrammeChangeKind.NEW_SRO else super().label
