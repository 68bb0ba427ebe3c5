"""What a letter is about, as the record has it: read in one query, while one types too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Date, bindparam, select
from sqlalchemy.orm import aliased

from tracker.accounts.models import Contact
from tracker.core import clock
from tracker.core.db import db
from tracker.directory import queries as directory
from tracker.directory.models import Board, Programme, Taskforce
from tracker.letters import queries
from tracker.letters.models import Letter
from tracker.workshops.models import Workshop


@dataclass(frozen=True)
class About:
    """The records that a letter is about, by their ids; each but the taskforce may not be chosen yet."""

    taskforce_id: int
    programme_id: int | None = None
    contact_id: int | None = None
    workshop_id: int | None = None

    @classmethod
    def of(cls, letter: Letter) -> About:
        """What a letter is about, as it is saved; its addressees must be loaded."""
        to = letter.main_addressee
        return cls(letter.taskforce_id, to.programme_id, to.contact_id, letter.workshop_id)


class Record(NamedTuple):
    """What the record says of what a letter is about; None where there is nothing, or nothing is chosen.

    The workshop is one of the taskforce; the owner and the chair are those of today.
    """

    taskforce_id: int
    taskforce_code: str
    taskforce: str
    response_working_days: int
    board: str | None
    board_organisation: str | None
    programme_id: int | None
    programme_code: str | None
    programme: str | None
    programme_organisation: str | None
    owner_id: int | None
    owner: str | None
    addressee_id: int | None
    addressee: str | None
    addressee_post_nominals: str | None
    addressee_job_title: str | None
    addressee_salutation: str | None
    workshop_id: int | None
    workshop_reference: str | None
    workshop: str | None
    workshop_held_on: date | None
    workshop_place: str | None
    chair: str | None


_owner, _addressee, _chair = aliased(Contact), aliased(Contact), aliased(Contact)
_today = bindparam("today", type_=Date)
# Asked while somebody types a letter, so built once.
_RECORD = (
    select(
        Taskforce.id,
        Taskforce.code,
        Taskforce.name,
        Taskforce.response_working_days,
        Board.name,
        Board.organisation,
        Programme.id,
        Programme.code,
        Programme.name,
        Programme.organisation,
        _owner.id,
        _owner.name,
        _addressee.id,
        _addressee.name,
        _addressee.post_nominals,
        _addressee.job_title,
        _addressee.salutation,
        Workshop.id,
        Workshop.reference,
        Workshop.title,
        Workshop.held_on,
        Workshop.place,
        _chair.name,
    )
    .select_from(Taskforce)
    .outerjoin(Board, Board.id == Taskforce.board_id)
    .outerjoin(Programme, Programme.id == bindparam("programme_id"))
    .outerjoin(_owner, _owner.id == directory.sro_id_on(bindparam("programme_id"), _today))
    .outerjoin(_addressee, _addressee.id == bindparam("contact_id"))
    .outerjoin(Workshop, (Workshop.id == bindparam("workshop_id")) & (Workshop.taskforce_id == Taskforce.id))
    .outerjoin(_chair, _chair.id == queries.chair_id_on(bindparam("taskforce_id"), _today))
    .where(Taskforce.id == bindparam("taskforce_id"))
)


def look_up(about: About) -> Record:
    """What the record says now: one query."""
    asked = {
        "taskforce_id": about.taskforce_id,
        "programme_id": about.programme_id,
        "contact_id": about.contact_id,
        "workshop_id": about.workshop_id,
        "today": clock.today(),
    }
    return Record._make(db.session.execute(_RECORD, asked).one())
