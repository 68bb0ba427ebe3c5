"""Reads for the preview, which is asked while one types: columns alone, and statements built once where they can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select

from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.letters.heard import PointOnOffer
from tracker.letters.models import Letter, LetterAddressee
from tracker.letters.operations import Addressed
from tracker.letters.queries import named, visible_letters
from tracker.letters.rules import SENT, AddresseeKind
from tracker.workshops.models import PointHeard, Workshop


@dataclass(frozen=True)
class LetterToPreview:
    """What the permissions and the preview need of a letter, and nothing that was ever written in it."""

    taskforce_id: int
    corrects_id: int | None
    addressed: Addressed
    programme_ids: frozenset[int]
    is_issued: bool


def get_letter_to_preview_for(person: Person, key: str) -> LetterToPreview | None:
    """The letter with this reference or id and to whom it goes, in one query; None where `person` cannot see it."""
    to = LetterAddressee
    statement = (
        select(Letter.taskforce_id, Letter.corrects_id, Letter.state, to.contact_id, to.programme_id)
        .join(to, (to.letter_id == Letter.id) & (to.kind == AddresseeKind.TO))
        .where(named(key), visible_letters(person))
        .order_by(to.place)
    )
    rows = db.session.execute(statement).all()
    if not rows:
        return None
    first = rows[0]
    return LetterToPreview(
        taskforce_id=first.taskforce_id,
        corrects_id=first.corrects_id,
        addressed=Addressed(first.contact_id, first.programme_id),
        programme_ids=frozenset(row.programme_id for row in rows),
        is_issued=first.state in SENT,
    )


_POINTS_OF = (
    select(
        PointHeard.id,
        PointHeard.kind,
        PointHeard.text,
        PointHeard.theme,
        PointHeard.source,
        PointHeard.could_identify,
    )
    .join(Workshop, Workshop.id == PointHeard.workshop_id)
    .where(
        Workshop.taskforce_id == bindparam("taskforce_id"),
        or_(
            PointHeard.workshop_id == bindparam("workshop_id"),
            PointHeard.id.in_(bindparam("point_ids", expanding=True)),
        ),
    )
    .order_by(PointHeard.workshop_id, PointHeard.place, PointHeard.id)
)


def list_points_of(taskforce_id: int, workshop_id: int | None, point_ids: Sequence[int]) -> list[PointOnOffer]:
    """The points heard in a workshop of the taskforce, and those with these ids that it heard in another one."""
    asked = {"taskforce_id": taskforce_id, "workshop_id": workshop_id, "point_ids": point_ids}
    return [PointOnOffer._make(row) for row in db.session.execute(_POINTS_OF, asked)]
