"""What is done to workshops. Each verb checks its rule, changes, records, and flushes; the wrapper commits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.exc import IntegrityError

from tracker.actions.models import Origin
from tracker.core import clock, events, references
from tracker.core.db import db, lock_row, touch
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.directory.models import Taskforce
from tracker.workshops.models import Participant, PointHeard, Workshop
from tracker.workshops.rules import Capacity, FocusArea, PointKind, Principle, WorkshopState, can_hold

events.register_verbs(
    {
        "workshop_planned": "planned the workshop",
        "workshop_edited": "edited the workshop",
        "workshop_written_up": "wrote the workshop up",
        "workshop_held": "marked the workshop as held",
        "participant_added": "added a participant",
        "participant_removed": "removed a participant",
        "point_added": "added a point",
        "point_edited": "edited a point",
        "point_moved": "moved a point",
        "point_flagged": "flagged a point: it could identify someone",
        "point_unflagged": "took the flag off a point",
        "point_removed": "removed a point",
    }
)
NO_DATE = "A workshop that has been held needs its date"


@dataclass(frozen=True)
class WorkshopDetails:
    """What a workshop is, as its form gives it."""

    title: str
    programme_id: int
    held_on: date | None
    place: str


@dataclass(frozen=True)
class PointDetails:
    """What a point heard says, as its form gives it."""

    text: str
    kind: PointKind
    focus_area: FocusArea | None
    theme: str
    principle: Principle | None
    source: str
    could_identify: bool


def plan_workshop(taskforce: Taskforce, details: WorkshopDetails, *, by: Person | None) -> Workshop:
    """A new planned workshop with a reference of its own (EPC-W02), and the origin that its actions point at."""
    origin = Origin(taskforce_id=taskforce.id)
    db.session.add(origin)
    db.session.flush()
    workshop = Workshop(
        taskforce_id=taskforce.id,
        origin_id=origin.id,
        reference=references.allot(taskforce.id, taskforce.code, "W"),
        state=WorkshopState.PLANNED,
        **asdict(details),
    )
    db.session.add(workshop)
    db.session.flush()
    events.record(by, "workshop_planned", workshop)
    return workshop


def edit_workshop(workshop: Workshop, details: WorkshopDetails, *, by: Person) -> None:
    """Change what a workshop is. Raises RuleBroken for taking the date from one that was held, or a date to come."""
    if workshop.state is WorkshopState.HELD:
        if details.held_on is None:
            raise RuleBroken(NO_DATE, field="held_on")
        if details.held_on > clock.today():
            raise RuleBroken("A workshop that has been held cannot have a date to come", field="held_on")
    _assign(workshop, details)
    _record_changes(workshop, "workshop_edited", by)


def write_up_workshop(workshop: Workshop, write_up: str, *, by: Person) -> None:
    """Keep the write-up (Markdown)."""
    workshop.write_up = write_up
    _record_changes(workshop, "workshop_written_up", by)


def hold_workshop(workshop: Workshop, *, by: Person | None) -> None:
    """Mark a workshop as held. Raises RuleBroken without a date that has come, and for one held already."""
    refused = can_hold(workshop.state, workshop.held_on, clock.today())
    if refused:
        raise RuleBroken(refused)
    workshop.state = WorkshopState.HELD
    events.record(by, "workshop_held", workshop)
    db.session.flush()


def _assign(row: Any, details: Any) -> None:
    for name, value in asdict(details).items():
        setattr(row, name, value)


def _touch(workshop: Workshop) -> None:
    """Count a change to a child; the lock and a fresh read keep two people's changes at once from clashing."""
    lock_row(Workshop, workshop.id)
    db.session.refresh(workshop, [column.key for column in inspect(Workshop).column_attrs])
    touch(workshop)


def _record_changes(workshop: Workshop, verb: str, by: Person) -> None:
    changed: dict[str, Any] = events.changes(workshop)
    if changed:
        events.record(by, verb, workshop, **changed)
        db.session.flush()


def add_participant(
    workshop: Workshop,
    *,
    contact_id: int | None,
    name: str,
    organisation: str,
    capacity: Capacity,
    by: Person | None,
) -> Participant:
    """Somebody who took part, in one capacity: a contact, or just a name. Raises RuleBroken for nobody, or twice."""
    if contact_id is None and not name:
        raise RuleBroken("Choose a contact or enter a name", field="name")
    same = select(Participant.id).where(Participant.workshop_id == workshop.id, Participant.contact_id == contact_id)
    if contact_id is not None and db.session.execute(same).first() is not None:
        raise RuleBroken("This contact is in the list already", field="contact")
    participant = Participant(
        workshop=workshop, contact_id=contact_id, name=name, organisation=organisation, capacity=capacity
    )
    db.session.add(participant)
    _touch(workshop)
    events.record(by, "participant_added", workshop)
    db.session.flush()
    return participant


def remove_participant(participant: Participant, *, by: Person) -> None:
    """Take somebody off the list; what was said stays, without a name."""
    workshop = participant.workshop
    _touch(workshop)
    events.record(by, "participant_removed", workshop)
    db.session.delete(participant)
    db.session.flush()


def add_point(workshop: Workshop, details: PointDetails, *, by: Person | None) -> PointHeard:
    """A point heard, after those that are there."""
    _touch(workshop)
    last = select(func.coalesce(func.max(PointHeard.place), 0)).where(PointHeard.workshop_id == workshop.id)
    place = db.session.execute(last).scalar_one() + 1
    point = PointHeard(workshop=workshop, place=place, **asdict(details))
    db.session.add(point)
    events.record(by, "point_added", workshop)
    db.session.flush()
    return point


def edit_point(point: PointHeard, details: PointDetails, *, by: Person) -> None:
    """Change what a point says; its fields, old and new, stand in the log of its workshop."""
    _assign(point, details)
    changed: dict[str, Any] = events.changes(point)
    if not changed:
        return
    _touch(point.workshop)
    events.record(by, "point_edited", point.workshop, point=point.id, fields=changed)
    db.session.flush()


def move_point(point: PointHeard, up: bool, *, by: Person) -> None:
    """Change places with the point before (`up`) or after; nothing happens at either end."""
    lock_row(Workshop, point.workshop_id)
    statement = select(PointHeard).where(PointHeard.workshop_id == point.workshop_id)
    statement = statement.order_by(PointHeard.place, PointHeard.id).execution_options(populate_existing=True)
    points = list(db.session.scalars(statement))
    here = points.index(point)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(points):
        return
    points[here], points[there] = points[there], points[here]
    for place, other in enumerate(points, 1):
        if other.place != place:
            other.place = place
    _touch(point.workshop)
    events.record(by, "point_moved", point.workshop, point=point.id)
    db.session.flush()


def flag_point(point: PointHeard, could_identify: bool, *, by: Person) -> None:
    """Say whether a point could identify someone."""
    if point.could_identify == could_identify:
        return
    point.could_identify = could_identify
    _touch(point.workshop)
    events.record(by, "point_flagged" if could_identify else "point_unflagged", point.workshop, point=point.id)
    db.session.flush()


def remove_point(point: PointHeard, *, by: Person) -> None:
    """Remove a point. Raises RuleBroken where a recommendation rests on it: the foreign key knows, we need not."""
    workshop, point_id = point.workshop, point.id
    try:
        db.session.delete(point)
        db.session.flush()
    except IntegrityError as error:
        raise RuleBroken("A letter has a recommendation that rests on this point, so the point has to stay.") from error
    _touch(workshop)
    events.record(by, "point_removed", workshop, point=point_id)
    db.session.flush()
