"""A taskforce winds up: what is open ends or finds a new owner who accepts it, and then the taskforce closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.actions.models import Action
from tracker.core import clock, events, files
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.outbox import queue_mail
from tracker.core.permissions import Person
from tracker.directory.models import Taskforce
from tracker.directory.rules import TaskforceLife
from tracker.recommendations.models import Assignment
from tracker.recommendations.operations import end_assignment
from tracker.recommendations.rules import AssignmentStatus
from tracker.transfers import queries
from tracker.transfers.models import Transfer
from tracker.transfers.rules import TransferOutcome, why_not_closed

events.register_verbs(
    {
        "winding_up_started": "began to wind the taskforce up",
        "winding_up_stopped": "took the winding up back",
        "taskforce_closed": "closed the taskforce",
        "transfer_offered": "offered it to a new owner",
        "transfer_accepted": "recorded that the new owner accepted it",
        "transfer_declined": "recorded that it was not accepted",
        "transfer_withdrawn": "took the offer back",
        "action_handed_on": "handed the action on to a new owner",
    }
)


@dataclass(frozen=True)
class Offer:
    """To whom something is offered, and why."""

    to_body: str
    to_owner: str
    to_contact_id: int | None
    reason: str


@dataclass(frozen=True)
class Said:
    """How the new owner said yes or no: the day, in words, and the file where there is one (name, bytes)."""

    on: date
    source: str
    file: tuple[str, bytes] | None = None


def start_winding_up(taskforce: Taskforce, reason: str, *, by: Person) -> None:
    """Begin to wind up: reminders stop, and what is open is listed. Raises RuleBroken for one that is not active."""
    _check_life(taskforce, TaskforceLife.ACTIVE)
    taskforce.life, taskforce.winding_up_on = TaskforceLife.WINDING_UP, clock.today()
    events.record(by, "winding_up_started", taskforce, reason=reason)
    db.session.flush()


def stop_winding_up(taskforce: Taskforce, reason: str, *, by: Person) -> None:
    """The taskforce goes on after all. Raises RuleBroken for one that is not winding up."""
    _check_life(taskforce, TaskforceLife.WINDING_UP)
    taskforce.life, taskforce.winding_up_on = TaskforceLife.ACTIVE, None
    events.record(by, "winding_up_stopped", taskforce, reason=reason)
    db.session.flush()


def close_taskforce(taskforce: Taskforce, *, by: Person) -> None:
    """Close a taskforce that has wound up: nothing open is without an outcome or an owner (product.md, Taskforce).

    Raises RuleBroken for what is still open, and for a taskforce that is not winding up.
    """
    _check_life(taskforce, TaskforceLife.WINDING_UP)
    if why := why_not_closed(*queries.count_open(taskforce.id)):
        raise RuleBroken(why)
    taskforce.life, taskforce.closed_on = TaskforceLife.CLOSED, clock.today()
    events.record(by, "taskforce_closed", taskforce)
    db.session.flush()


def _check_life(taskforce: Taskforce, life: TaskforceLife) -> None:
    if taskforce.life is not life:
        raise RuleBroken(f"The taskforce is {taskforce.life.label.lower()} now. Look at its page again.")


def offer(
    taskforce: Taskforce, assignments: Sequence[Assignment], actions: Sequence[Action], details: Offer, *, by: Person
) -> list[Transfer]:
    """Offer open recommendations and actions to one new owner, who is told by e-mail where there is an address.

    Raises RuleBroken where nothing is chosen, and for a new owner of actions who is no contact: an action has an owner.
    """
    if not assignments and not actions:
        raise RuleBroken("Choose what to offer: it must be open and not offered to anybody yet.")
    if actions and details.to_contact_id is None:
        raise RuleBroken("Say who takes the actions over: an action has one owner", field="who")
    made = [_offer(taskforce, details, by, assignment=a) for a in assignments]
    made += [_offer(taskforce, details, by, action=a) for a in actions]
    _tell(taskforce, details, made)
    return made


def _offer(
    taskforce: Taskforce,
    details: Offer,
    by: Person,
    *,
    assignment: Assignment | None = None,
    action: Action | None = None,
) -> Transfer:
    transfer = Transfer(
        taskforce_id=taskforce.id,
        assignment=assignment,
        action=action,
        to_body=details.to_body,
        to_owner=details.to_owner,
        to_contact_id=details.to_contact_id,
        reason=details.reason,
        offered_by_id=by.contact_id,
        offered_at=clock.now(),
        source="",
        file_name="",
    )
    db.session.add(transfer)
    db.session.flush()
    events.record(by, "transfer_offered", transfer, reason=details.reason)
    return transfer


def reference_of(transfer: Transfer) -> str:
    """The reference of what is offered; it must be loaded."""
    if transfer.assignment is not None:
        return transfer.assignment.recommendation.reference or ""
    return transfer.action.reference if transfer.action else ""


def _tell(taskforce: Taskforce, details: Offer, made: Sequence[Transfer]) -> None:
    email = queries.get_email(details.to_contact_id) if details.to_contact_id else ""
    if not email:
        return
    listed = "\n".join(f"- {reference_of(t)}" for t in made)
    body = (
        f"{taskforce.name} is winding up and asks you to take this over:\n\n{listed}\n\nWhy: {details.reason}\n\n"
        "If you have an account, you find it under “due for me” in Taskforce Tracker. Otherwise please answer the "
        "secretariat, which records what you say.\n"
    )
    queue_mail(f"transfer-offered:{made[0].id}", email, f"{taskforce.name}: will you take this over?", body)


def accept(transfer: Transfer, said: Said, *, by: Person) -> None:
    """The new owner takes it over: a recommendation ends as transferred, an action goes on with them.

    Raises RuleBroken for an offer that was answered, a day to come, and what is open no longer.
    """
    _check_answerable(transfer, said)
    _keep(transfer, TransferOutcome.ACCEPTED, said, by)
    if transfer.assignment is not None:
        _end(transfer, transfer.assignment, by)
    elif transfer.action is not None:
        transfer.action.owner_id = transfer.to_contact_id
        changed: dict[str, Any] = events.changes(transfer.action)
        reason = f"To {transfer.to_owner}, {transfer.to_body}"
        events.record(by, "action_handed_on", transfer.action, reason=reason, **changed)
    events.record(by, "transfer_accepted", transfer, reason=said.source)
    db.session.flush()


def _end(transfer: Transfer, assignment: Assignment, by: Person) -> None:
    if assignment.status is not AssignmentStatus.OPEN:
        raise RuleBroken("The recommendation is closed already. Take the offer back.")
    day = f"{transfer.accepted_on:%d/%m/%Y}"
    reason = f"To {transfer.to_owner}, {transfer.to_body}; accepted on {day}. {transfer.reason}"
    end_assignment(assignment, AssignmentStatus.TRANSFERRED, reason, by=by)


def decline(transfer: Transfer, said: Said, *, by: Person) -> None:
    """The new owner does not take it over: it stays open, to be closed or offered to somebody else."""
    _check_answerable(transfer, said)
    _keep(transfer, TransferOutcome.DECLINED, said, by)
    events.record(by, "transfer_declined", transfer, reason=said.source)
    db.session.flush()


def withdraw(transfer: Transfer, reason: str, *, by: Person) -> None:
    """Take an offer back that nobody has answered. Raises RuleBroken for one that was."""
    said = Said(clock.today(), reason)
    _check_answerable(transfer, said)
    _keep(transfer, TransferOutcome.WITHDRAWN, said, by)
    events.record(by, "transfer_withdrawn", transfer, reason=reason)
    db.session.flush()


def _check_answerable(transfer: Transfer, said: Said) -> None:
    if transfer.outcome is not None:
        raise RuleBroken(f"The offer was {transfer.outcome.label.lower()} already.")
    if said.on > clock.today():
        raise RuleBroken("The day must be today or earlier", field="on")


def _keep(transfer: Transfer, outcome: TransferOutcome, said: Said, by: Person) -> None:
    if said.file is not None:
        name, content = said.file
        transfer.file_sha256, transfer.file_name = files.store(content, files.any_kind_of(content)), name[:200]
    transfer.outcome, transfer.source = outcome, said.source
    transfer.accepted_on = said.on if outcome is TransferOutcome.ACCEPTED else None
    transfer.decided_at, transfer.decided_by_id = clock.now(), by.contact_id
