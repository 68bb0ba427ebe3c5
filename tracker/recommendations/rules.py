"""What may become of a recommendation: four separate axes (product.md, States) and when it may be closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tracker.core.labels import Labelled


class AnswerPosition(Labelled):
    """The programme's position, as last submitted."""

    AWAITING = "awaiting_answer"
    ACCEPTED = "accepted"
    IN_PRINCIPLE = "accepted_in_principle"
    IN_PART = "accepted_in_part"
    NOT_ACCEPTED = "not_accepted"
    NOT_STATED = "answered_no_position_stated"

    @property
    def label(self) -> str:
        return "Answered, no position stated" if self is AnswerPosition.NOT_STATED else super().label


class Delivery(Labelled):
    """How far the programme says it is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DELIVERED = "delivered_not_yet_evidenced"
    EVIDENCED = "evidenced"

    @property
    def label(self) -> str:
        return "Delivered, not yet evidenced" if self is Delivery.DELIVERED else super().label


class Judgement(Labelled):
    """The chair's assessment."""

    NOT_ASSESSED = "not_assessed"
    ANSWERS = "answers_the_point"
    GOOD_PLAN = "good_plan_not_yet_done"
    IN_PART = "answers_in_part"
    DOES_NOT = "does_not_answer"

    @property
    def label(self) -> str:
        return "Good plan, not yet done" if self is Judgement.GOOD_PLAN else super().label


class AssignmentStatus(Labelled):
    OPEN = "open"
    IMPLEMENTED = "closed_implemented"
    ALTERNATIVE = "closed_alternative_accepted"
    NOT_IMPLEMENTED = "closed_not_implemented"
    SUPERSEDED = "closed_superseded"
    NO_LONGER_APPLIES = "closed_no_longer_applicable"
    TRANSFERRED = "transferred"

    @property
    def label(self) -> str:
        return super().label.replace("Closed ", "Closed: ")


class ResponseState(Labelled):
    DRAFT = "draft"
    SIGNED_OFF = "signed_off"
    ACCEPTED = "accepted"


class SignOffHow(Labelled):
    """How a response was signed off: here by its SRO, by a file in which they agreed, or by a link of theirs."""

    HERE = "here"
    BY_FILE = "by_file"
    BY_LINK = "by_link"


class VerbalHow(Labelled):
    """Where a verbal update was given."""

    CALL = "call"
    MEETING = "meeting"
    BOARD = "board"

    @property
    def label(self) -> str:
        return {"call": "By phone", "meeting": "At a meeting", "board": "At the board"}[self.value]


class VerbalOutcome(Labelled):
    """What the programme said of a verbal update that was entered for it."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"


class ExtensionState(Labelled):
    """A request for more time. `changed`: granted, until another date than the one asked for."""

    ASKED = "asked"
    GRANTED = "granted"
    CHANGED = "changed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return "Granted until another date" if self is ExtensionState.CHANGED else super().label


class CriterionOutcome(Labelled):
    """How a 'how we will know' item stands."""

    NOT_YET = "not_yet"
    MET = "met"
    WAIVED = "waived"


class Lateness(Labelled):
    """Where an assignment stands against its due date: always computed, never stored."""

    NONE = "none"
    AWAITING = "awaiting"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


DUE_SOON_DAYS = 10


class Criterion(NamedTuple):
    """A 'how we will know' item, as the closing rule sees it."""

    text: str
    met: bool
    waived: bool


def days_late(due_on: date | None, today: date) -> int:
    """Whole days past `due_on`; 0 where it is not late or has no date."""
    return (today - due_on).days if due_on is not None and due_on < today else 0


def lateness(status: AssignmentStatus, position: AnswerPosition, due_on: date | None, today: date) -> Lateness:
    """How an assignment stands on `today`: only an open one that waits for its answer can be late."""
    if status is not AssignmentStatus.OPEN or position is not AnswerPosition.AWAITING:
        return Lateness.NONE
    if due_on is None:
        return Lateness.AWAITING
    if due_on < today:
        return Lateness.OVERDUE
    return Lateness.DUE_SOON if (due_on - today).days <= DUE_SOON_DAYS else Lateness.AWAITING


class GivenAnswer(NamedTuple):
    """An answer as the sign-off rule sees it; `reference` names its recommendation."""

    reference: str
    position: AnswerPosition
    text: str

    @property
    def is_answered(self) -> bool:
        return self.position is not AnswerPosition.AWAITING or bool(self.text)

    @property
    def submitted_position(self) -> AnswerPosition:
        """The position that signing off gives: words without a position are an answer too."""
        if self.text and self.position is AnswerPosition.AWAITING:
            return AnswerPosition.NOT_STATED
        return self.position


def why_not_signed_off(answers: Sequence[GivenAnswer]) -> list[str]:
    """Why a response can't be signed off; an empty list where it can, in part too.

    Something must be answered, and what is not accepted, or only in part, says why (product.md, Response).
    """
    if not any(a.is_answered for a in answers):
        return ["Answer at least one recommendation first."]
    unexplained = {AnswerPosition.NOT_ACCEPTED: "not accepted", AnswerPosition.IN_PART: "accepted in part"}
    return [
        f"{a.reference} is {unexplained[a.position]}: say why in its answer."
        for a in answers
        if a.position in unexplained and not a.text
    ]


def with_verbal_update(text: str, words: str, said_by: str, how: VerbalHow, on: date) -> str:
    """A draft answer with what was said put below it, marked where it came from."""
    mark = f"(Said by {said_by}, {how.label.lower()}, on {on.day} {on:%B %Y}.)"
    return "\n\n".join(part for part in (text, words, mark) if part)


def why_not_closed(
    to: AssignmentStatus,
    criteria: Sequence[Criterion],
    unfinished_actions: Sequence[str],
    judgement: Judgement,
    *,
    by_chair: bool,
) -> list[str]:
    """Why a recommendation can't be closed as `to`; an empty list where it can.

    As implemented only when every 'how we will know' item is met or waived with a reason, or, where there are none, on
    the chair's reason; and while no open action serves it. A good plan that is not yet done does not close
    (product.md, Rules; States).
    """
    if to is not AssignmentStatus.IMPLEMENTED:
        return []
    problems = [f"“{c.text}” is neither met nor waived." for c in criteria if not (c.met or c.waived)]
    if not criteria and not by_chair:
        problems.append("Nothing says how we will know it is done, so only the chair can close it as implemented.")
    problems += [f"Action {reference} serves it and is not finished." for reference in unfinished_actions]
    if judgement is Judgement.GOOD_PLAN:
        problems.append("The chair’s assessment is “good plan, not yet done”.")
    return problems
