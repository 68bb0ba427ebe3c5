"""In what capacity somebody decides on a letter, and which approvals still stand: pure functions over plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tracker.core.permissions import Person, Role
from tracker.letters.rules import APPROVALS, DecisionKind, why_not_approved_by

VOIDING = frozenset({DecisionKind.RETURNED, DecisionKind.REOPENED, DecisionKind.WITHDRAWN, DecisionKind.CAME_BACK})
CAME_BACK = frozenset({DecisionKind.RETURNED, DecisionKind.REOPENED, DecisionKind.CAME_BACK})


@dataclass(frozen=True)
class Capacity:
    """As whom somebody decides: a role, and the contact whose role it is where it was delegated."""

    role: Role
    for_id: int | None = None


def capacities(person: Person, taskforce_id: int) -> list[Capacity]:
    """As whom `person` can decide in the taskforce: the chair's role first, one of their own before a delegated one."""
    held = [g for g in person.grants if g.taskforce_id == taskforce_id and g.role in (Role.CHAIR, Role.VICE_CHAIR)]
    held.sort(key=lambda g: (g.role is not Role.CHAIR, g.delegated_by_id is not None))
    return [Capacity(g.role, g.delegated_by_id) for g in held]


def capacity_to_approve(person: Person, taskforce_id: int, submitter: int | None) -> tuple[Capacity | None, str]:
    """As whom `person` may approve what `submitter` sent, or None and why not."""
    why = ""
    for capacity in capacities(person, taskforce_id):
        reason = why_not_approved_by(person.contact_id, submitter, capacity.for_id)
        if reason is None:
            return capacity, ""
        why = why or reason
    return None, why


class Step(Protocol):
    """What a step of clearance is, and as whom it was taken."""

    @property
    def kind(self) -> DecisionKind: ...

    @property
    def as_role(self) -> Role | None: ...


def is_taken_back(step: Step) -> bool:
    """Whether the secretariat took the letter back from the chair, who did not return it."""
    return step.kind is DecisionKind.RETURNED and step.as_role is Role.SECRETARIAT


def step_label(step: Step) -> str:
    """What a step of clearance is called."""
    return "Taken back" if is_taken_back(step) else step.kind.label


class Decided(Protocol):
    """A step of clearance, as far as these functions look at it."""

    @property
    def id(self) -> int: ...

    @property
    def kind(self) -> DecisionKind: ...


D = TypeVar("D", bound=Decided)


def in_order(decisions: Iterable[D]) -> list[D]:
    """The steps as they were taken."""
    return sorted(decisions, key=lambda d: d.id)


def voided(decisions: Iterable[D]) -> dict[int, D]:
    """What made each approval or confirmation void, by its id: the next step that took the letter back."""
    found: dict[int, D] = {}
    standing: list[D] = []
    for decision in in_order(decisions):
        if decision.kind in VOIDING:
            found |= {d.id: decision for d in standing}
            standing = []
        elif decision.kind in APPROVALS or decision.kind is DecisionKind.CONFIRMED:
            standing.append(decision)
    return found


def standing_approval(decisions: Iterable[D]) -> D | None:
    """The chair's approval that holds, confirmed or not yet; None where there is none."""
    ordered = in_order(decisions)
    void = voided(ordered)
    return next((d for d in reversed(ordered) if d.kind in APPROVALS and d.id not in void), None)


def last_submitted(decisions: Iterable[D]) -> D | None:
    """The newest step by which the letter was sent to the chair."""
    sent = [d for d in in_order(decisions) if d.kind is DecisionKind.SUBMITTED]
    return sent[-1] if sent else None


def returns(decisions: Iterable[D]) -> Sequence[D]:
    """How often and why the letter came back, the newest first."""
    return [d for d in reversed(in_order(decisions)) if d.kind in CAME_BACK]
