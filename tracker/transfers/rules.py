"""Words and rules of transfers and of changes to programmes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

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


class OpenItem(NamedTuple):
    """Something open with a programme, as a covering note says it: `due` in words, empty where none is set."""

    reference: str
    title: str
    standing: str
    due: str


def covering_words(
    salutation: str, programme: str, taskforce: str, items: Sequence[OpenItem], passage: str = "", merged: str = ""
) -> str:
    """The draft of a note to a new senior responsible owner, as Markdown: a greeting, what is open, what happens next.

    `passage` is the taskforce's own opening, where it has one; `items` are named by reference, in their order. `merged`
    is the programme that became part of this one, where that is why the note goes out.
    """
    news = f"{merged} has become part of {programme}." if merged else f"You have taken over {programme}."
    opening = passage or (
        f"{news} The {taskforce} has written to it, and some of what it asked is still open. "
        "This note lists that, so that nothing is lost in the handover."
    )
    lines = [f"- **{i.reference}** {i.title} ({i.standing.lower()}{f'; due {i.due}' if i.due else ''})" for i in items]
    closing = (
        "Dates and earlier answers stand as they are. If a date can no longer be kept, please ask for another "
        "before it has passed. We are glad to talk any of this through."
    )
    return "\n\n".join([salutation or "Hello,", opening, "What is open:", "\n".join(lines), closing])


def why_not_merged(programme_id: int, into_id: int, *, is_merged: bool, into_is_merged: bool) -> str:
    """Why one programme cannot be merged into another; empty where it can."""
    if programme_id == into_id:
        return "Choose another programme: it cannot be merged into itself"
    if is_merged:
        return "This programme has been merged already"
    if into_is_merged:
        return "That programme has itself been merged into another: choose the one that goes on"
    return ""


def why_not_closed(open_recommendations: int, open_actions: int) -> str:
    """Why a taskforce cannot be closed: what is open without an outcome or an owner who accepted it; empty if nothing.

    Everything that is open ends or finds a new owner first (product.md, Taskforce).
    """
    counts = [(open_recommendations, "recommendation"), (open_actions, "action")]
    left = [f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in counts if n]
    if not left:
        return ""
    verb = "has" if open_recommendations + open_actions == 1 else "have"
    return f"{' and '.join(left)} {verb} no outcome yet, and nobody who accepted to go on with it."
