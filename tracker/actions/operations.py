"""What is done to actions. Each verb checks its rule, changes, records, and flushes; the wrapper commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.accounts.models import User
from tracker.actions.models import Action, ActionUpdate
from tracker.actions.rules import UNFINISHED, ActionState, can_close, can_decide, can_report
from tracker.core import clock, events, outbox, references
from tracker.core.db import db, touch
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.directory.models import Taskforce

events.register_verbs(
    {
        "action_raised": "raised the action",
        "action_edited": "edited the action",
        "action_redated": "moved the due date",
        "action_updated": "added an update",
        "action_started": "reported the action in progress",
        "action_reported_done": "reported the action done",
        "action_report_withdrawn": "withdrew the report that the action is done",
        "action_closed": "closed the action",
        "action_returned": "sent the action back: not done yet",
        "action_cancelled": "cancelled the action",
        "action_reopened": "reopened the action",
    }
)
NEEDS_REASON = "Enter a reason"


@dataclass(frozen=True)
class ActionDetails:
    """What an action says, as its form gives it."""

    title: str
    description: str
    owner_id: int | None
    due_on: date | None
    due_stated: str


def raise_action(
    taskforce: Taskforce,
    *,
    title: str,
    description: str = "",
    owner_id: int | None,
    due_on: date | None,
    due_stated: str = "",
    origin_id: int | None,
    by: Person | None,
) -> Action:
    """A new open action of `taskforce` with a reference of its own (EPC-A014); its owner is told by e-mail.

    `origin_id` names what it arose from (a workshop, letter, answer or paper), None for nothing.
    """
    action = Action(
        taskforce_id=taskforce.id,
        reference=references.allot(taskforce.id, taskforce.code, "A"),
        origin_id=origin_id,
        title=title,
        description=description,
        owner_id=owner_id,
        due_on=due_on,
        due_stated=due_stated,
        state=ActionState.OPEN,
        raised_on=clock.today(),
    )
    db.session.add(action)
    db.session.flush()
    events.record(by, "action_raised", action)
    _tell_owner(action, by)
    return action


def _tell_owner(action: Action, by: Person | None) -> None:
    """Write to the owner, once for each action: unless they have no account, or raised it themselves."""
    if action.owner_id is None or (by is not None and by.contact_id == action.owner_id):
        return
    account = select(User.email).where(User.contact_id == action.owner_id, User.disabled_at.is_(None))
    email = db.session.execute(account).scalar()
    if email is None:
        return
    due = action.due_stated or _plain(action.due_on)
    body = (
        f"An action has been given to you.\n\n{action.reference}: {action.title}\nDue: {due}\n\n"
        f"Sign in to Taskforce Tracker and open {action.reference} under Actions to read it and to report on it.\n"
    )
    outbox.queue_mail(f"action_raised:{action.id}", email, f"Action for you: {action.reference} {action.title}", body)


def _plain(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "no date"


def edit_action(action: Action, details: ActionDetails, *, by: Person) -> None:
    """Change what an unfinished action says. Raises RuleBroken for a finished one."""
    _check_unfinished(action)
    before = action.due_on
    action.title, action.description = details.title, details.description
    action.owner_id = details.owner_id
    action.due_on, action.due_stated = details.due_on, details.due_stated
    changed: dict[str, Any] = events.changes(action)
    if not changed:
        return
    if "due_on" in changed:
        days = [_plain(day) for day in (before, action.due_on)]
        events.record(by, "action_redated", action, reason=f"From {days[0]} to {days[1]}", **changed)
    else:
        events.record(by, "action_edited", action, **changed)
    db.session.flush()
    if "owner_id" in changed:
        _tell_owner(action, by)


def report_action(action: Action, to: ActionState, text: str, *, by: Person) -> None:
    """Its owner, or the secretariat for them, says how an action stands (product.md, States).

    Raises RuleBroken for a state that cannot follow, and for 'done' without saying what was done.
    """
    if not can_report(action.state, to):
        raise RuleBroken(f"The action is {action.state.label.lower()}: choose what can follow that.", field="to")
    if to is ActionState.PENDING_REVIEW and not text:
        raise RuleBroken("Enter what was done", field="text")
    if to is ActionState.PENDING_REVIEW:
        verb = "action_reported_done"
    else:
        verb = "action_started" if action.state is ActionState.OPEN else "action_report_withdrawn"
    action.reported_by_id = by.contact_id if to is ActionState.PENDING_REVIEW else None
    _move(action, to, text, verb, by)


def decide_action(action: Action, to: ActionState, text: str, *, by: Person) -> None:
    """Close, send back, cancel or reopen (product.md: an owner reports an action done; somebody else closes it).

    Raises RuleBroken for a state that cannot follow, for a closer who owns or reported the action, and for anything
    but closing without a reason.
    """
    if not can_decide(action.state, to):
        raise RuleBroken(f"The action is {action.state.label.lower()} now. Look at it again before you decide.")
    if to is ActionState.CLOSED:
        if not can_close(action.reported_by_id, action.owner_id, by.contact_id):
            raise RuleBroken("You own this action or reported it done, so somebody else has to close it.", field="text")
    elif not text:
        raise RuleBroken(NEEDS_REASON, field="text")
    verb = _decision_verb(action.state, to)
    if to is not ActionState.CLOSED:
        action.reported_by_id = None
    action.closed_by_id = by.contact_id if to is ActionState.CLOSED else None
    _move(action, to, text, verb, by)


def _decision_verb(state: ActionState, to: ActionState) -> str:
    if to is ActionState.CLOSED:
        return "action_closed"
    if to is ActionState.CANCELLED:
        return "action_cancelled"
    return "action_returned" if state is ActionState.PENDING_REVIEW else "action_reopened"


def _move(action: Action, to: ActionState, text: str, verb: str, by: Person) -> None:
    action.state = to
    _say(action, text, by)
    events.record(by, verb, action, reason=text)
    db.session.flush()


def add_update(action: Action, text: str, *, by: Person) -> None:
    """Say something about an unfinished action without moving it. Raises RuleBroken for no words, or a finished one."""
    _check_unfinished(action)
    if not text:
        raise RuleBroken("Enter an update", field="text")
    touch(action)
    _say(action, text, by)
    events.record(by, "action_updated", action)
    db.session.flush()


def _say(action: Action, text: str, by: Person) -> None:
    db.session.add(ActionUpdate(action=action, by_id=by.contact_id, at=clock.now(), text=text, state=action.state))


def _check_unfinished(action: Action) -> None:
    if action.state not in UNFINISHED:
        raise RuleBroken(f"The action is {action.state.label.lower()}. Reopen it first.")
