"""Reads for the preview, which is asked while one types: columns alone, and statements built once where they can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select

from tracker.core.db import db
from tracker.core.permissions import Person, may
from tracker.letters.heard import PointOnOffer
from tracker.letters.models import Letter, LetterAddressee
from tracker.letters.operations import Addressed
from tracker.letters.rules import SENT, AddresseeKind
from tracker.letters.typed import id_of
from tracker.workshops.models import PointHeard, Workshop


@dataclass(frozen=True)
class LetterToPreview:
    """What the permissions and the preview need of a letter, and nothing that was ever written in it."""

    taskforce_id: int
    corrects_id: int | None
    addressed: Addressed
    programme_ids: frozenset[int]
    is_issued: bool


_ADDRESSED = (
    select(
        Letter.taskforce_id,
        Letter.corrects_id,
        Letter.state,
        LetterAddressee.contact_id,
        LetterAddressee.programme_id,
    )
    .join(LetterAddressee, LetterAddressee.letter_id == Letter.id)
    .where(LetterAddressee.kind == AddresseeKind.TO)
    .order_by(LetterAddressee.place)
)
_BY_ID = _ADDRESSED.where(Letter.id == bindparam("key"))
_BY_REFERENCE = _ADDRESSED.where(Letter.reference == bindparam("key"))


def get_letter_to_preview_for(person: Person, key: str) -> LetterToPreview | None:
    """The letter with this reference or id and to whom it goes, in one query; None where `person` cannot see it."""
    letter_id = id_of(key)
    found = (_BY_REFERENCE, key) if letter_id is None else (_BY_ID, letter_id)
    rows = db.session.execute(found[0], {"key": found[1]}).all()
    if not rows:
        return None
    first = rows[0]
    letter = LetterToPreview(
        taskforce_id=first.taskforce_id,
        corrects_id=first.corrects_id,
        addressed=Addressed(first.contact_id, first.programme_id),
        programme_ids=frozenset(row.programme_id for row in rows),
        is_issued=first.state in SENT,
    )
    return letter if may(person, "letter.view", letter) else None


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
