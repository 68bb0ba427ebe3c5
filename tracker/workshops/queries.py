"""Reads of workshops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, func, literal_column, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.core.references import REFERENCE
from tracker.directory.models import Programme, Taskforce
from tracker.web.tables import Page, Sort, page
from tracker.workshops.models import Participant, PointHeard, Workshop
from tracker.workshops.rules import Capacity, WorkshopState

# Workshops without a date stand first: they are still to be planned.
HELD: ColumnElement[date] = func.coalesce(Workshop.held_on, literal_column("'9999-12-31'"), type_=Date())
SORTS = (
    Sort("date", HELD, Workshop.__table__.c.id, descending=True),
    Sort("reference", Workshop.__table__.c.reference, Workshop.__table__.c.id),
)


def visible_workshops(person: Person) -> ColumnElement[bool]:
    """Workshops of the person's taskforces; those of a programme never see what was said about it."""
    return Workshop.taskforce_id.in_(sorted(person.taskforces()))


def get_workshop_for(person: Person, key: str) -> Workshop | None:
    """The workshop with this reference, with its taskforce and programme; None where `person` cannot see it."""
    if not REFERENCE.fullmatch(key):  # it may come from an address's arguments, which hold anything
        return None
    statement = (
        select(Workshop)
        .where(Workshop.reference == key, visible_workshops(person))
        .options(joinedload(Workshop.taskforce), joinedload(Workshop.programme))
    )
    return db.session.scalars(statement).one_or_none()


def get_point_for(person: Person, key: str, point_id: int) -> PointHeard | None:
    """A point heard at the workshop with reference `key`, with its workshop; None where `person` cannot see it."""
    statement = (
        select(PointHeard)
        .join(PointHeard.workshop)
        .where(PointHeard.id == point_id, Workshop.reference == key, visible_workshops(person))
        .options(contains_eager(PointHeard.workshop))
    )
    return db.session.scalars(statement).one_or_none()


def get_participant_for(person: Person, key: str, participant_id: int) -> Participant | None:
    """Somebody who took part in the workshop with reference `key`; None where `person` cannot see it."""
    statement = (
        select(Participant)
        .join(Participant.workshop)
        .where(Participant.id == participant_id, Workshop.reference == key, visible_workshops(person))
        .options(contains_eager(Participant.workshop), joinedload(Participant.contact))
    )
    return db.session.scalars(statement).one_or_none()


def list_points(workshop_id: int) -> Sequence[PointHeard]:
    """The points heard at a workshop, in their order."""
    statement = select(PointHeard).where(PointHeard.workshop_id == workshop_id)
    return db.session.scalars(statement.order_by(PointHeard.place, PointHeard.id)).all()


def count_points(workshop_id: int) -> int:
    """How many points were heard at a workshop."""
    statement = select(func.count()).select_from(PointHeard).where(PointHeard.workshop_id == workshop_id)
    return db.session.execute(statement).scalar_one()


def list_participants(workshop_id: int) -> Sequence[Participant]:
    """Who took part, in the order in which they were entered, with their contacts."""
    statement = select(Participant).where(Participant.workshop_id == workshop_id)
    return db.session.scalars(statement.options(selectinload(Participant.contact)).order_by(Participant.id)).all()


def count_capacities(workshop_id: int) -> list[tuple[Capacity, int]]:
    """The balance of the room: how many took part in each capacity, in the order of the capacities."""
    statement = select(Participant.capacity, func.count()).where(Participant.workshop_id == workshop_id)
    rows = db.session.execute(statement.group_by(Participant.capacity)).all()
    order = list(Capacity)
    return sorted(((capacity, number) for capacity, number in rows), key=lambda pair: order.index(pair[0]))


def list_workshops(
    person: Person,
    arguments: Mapping[str, str],
    *,
    taskforce_id: int | None = None,
    programme_id: int | None = None,
    state: WorkshopState | None = None,
) -> Page:
    """A page of the workshops that `person` can see, with how many points were heard at each."""
    points = select(func.count()).where(PointHeard.workshop_id == Workshop.id).scalar_subquery()
    columns: list[Any] = [Workshop.reference, Workshop.title, Workshop.held_on, Workshop.state, points.label("points")]
    columns += [Programme.name.label("programme"), Taskforce.name.label("taskforce")]
    statement = select(*columns).join(Workshop.programme).join(Workshop.taskforce).where(visible_workshops(person))
    if taskforce_id is not None:
        statement = statement.where(Workshop.taskforce_id == taskforce_id)
    if programme_id is not None:
        statement = statement.where(Workshop.programme_id == programme_id)
    if state is not None:
        statement = statement.where(Workshop.state == state)
    return page(db.session(), statement, SORTS, arguments)
