"""The life of an action."""

from __future__ import annotations

from datetime import date

from tracker.core.labels import Labelled


class ActionState(Labelled):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    PENDING_REVIEW = "pending_review"
    CLOSED = "closed"
    CANCELLED = "cancelled"


UNFINISHED = frozenset({ActionState.OPEN, ActionState.IN_PROGRESS, ActionState.PENDING_REVIEW})
# What is late once its date has passed: one reported done waits for somebody else, not for its owner.
TO_BE_DONE = frozenset({ActionState.OPEN, ActionState.IN_PROGRESS})

# What the owner reports, and what somebody else decides (product.md: an owner reports an action done; somebody else
# closes it).
REPORTS = {
    ActionState.OPEN: frozenset({ActionState.IN_PROGRESS, ActionState.PENDING_REVIEW}),
    ActionState.IN_PROGRESS: frozenset({ActionState.PENDING_REVIEW}),
    ActionState.PENDING_REVIEW: frozenset({ActionState.IN_PROGRESS}),
}
DECISIONS = {
    ActionState.OPEN: frozenset({ActionState.CANCELLED}),
    ActionState.IN_PROGRESS: frozenset({ActionState.CANCELLED}),
    ActionState.PENDING_REVIEW: frozenset({ActionState.CLOSED, ActionState.IN_PROGRESS, ActionState.CANCELLED}),
    ActionState.CLOSED: frozenset({ActionState.IN_PROGRESS}),
    ActionState.CANCELLED: frozenset({ActionState.OPEN}),
}


def can_report(state: ActionState, to: ActionState) -> bool:
    """Whether an owner may report `to` from `state`."""
    return to in REPORTS.get(state, frozenset())


def can_decide(state: ActionState, to: ActionState) -> bool:
    """Whether a secretariat or chair may move an action from `state` to `to`."""
    return to in DECISIONS.get(state, frozenset())


def can_close(reported_by: int | None, owner: int | None, closer: int) -> bool:
    """Whether contact `closer` may close: neither the owner nor whoever reported it done (product.md, States)."""
    return closer not in {reported_by, owner}


def days_late(state: ActionState, due_on: date | None, today: date) -> int:
    """Whole days past the due date of an action that its owner has still to do; 0 where it is not late."""
    if due_on is None or state not in TO_BE_DONE or due_on >= today:
        return 0
    return (today - due_on).days


def lateness(state: ActionState, due_on: date | None, today: date, done: str = "") -> str:
    """How an action stands against its date, in words: '3 days late', 'Due today', 'Done, waiting to be checked'.

    `done` is the day it was reported done, in words, where that is to be told too.
    """
    if state is ActionState.PENDING_REVIEW:
        return f"Done{done and ' ' + done}, waiting to be checked"
    late = days_late(state, due_on, today)
    if late:
        return f"{late:,} day{'' if late == 1 else 's'} late"
    return "Due today" if due_on == today and state in TO_BE_DONE else ""
