"""The invented taskforce’s actions, as far as each has come."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from tracker.actions import operations as actions
from tracker.actions.models import Action
from tracker.actions.rules import ActionState
from tracker.core.db import db
from tracker.demo import invented as plan
from tracker.demo import invented_letters as written
from tracker.demo.story import People, on, the_taskforce
from tracker.workshops.models import Workshop


def play_action(spec: written.ActionSpec, people: People, keys: dict[str, int]) -> None:
    """Raise an action and take it as far as it is."""
    secretary, owner = people[plan.SECRETARY], people[spec.owner]
    with on(spec.raised_on):
        origin = select(Workshop.origin_id).where(Workshop.id == keys[spec.origin]) if spec.origin else None
        action = actions.raise_action(
            the_taskforce(),
            title=spec.title,
            owner_id=owner.contact_id,
            due_on=spec.due_on,
            due_stated=spec.due_stated,
            origin_id=db.session.execute(origin).scalar_one() if origin is not None else None,
            by=secretary,
        )
        action_id = action.id
    if spec.state == "open":
        return
    with on(spec.raised_on + timedelta(days=4)):
        action = db.session.get_one(Action, action_id)
        if spec.state == "cancelled":
            actions.decide_action(action, ActionState.CANCELLED, "One day is enough after all.", by=secretary)
        elif spec.state == "in_progress":
            actions.report_action(action, ActionState.IN_PROGRESS, "Begun.", by=owner)
        else:
            actions.report_action(action, ActionState.PENDING_REVIEW, "Done; please look.", by=owner)
    if spec.state == "closed":
        with on(spec.raised_on + timedelta(days=6)):
            action = db.session.get_one(Action, action_id)
            closer = secretary if owner != secretary else people[plan.CHAIR]
            actions.decide_action(action, ActionState.CLOSED, "Seen, thank you.", by=closer)
