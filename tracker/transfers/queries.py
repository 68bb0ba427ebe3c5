"""Reads of what is open when a taskforce winds up or a programme changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, exists, func, literal_column, select
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Contact
from tracker.actions.models import Action
from tracker.actions.queries import IS_UNFINISHED
from tracker.core.db import db
from tracker.core.permissions import DRAFT_READERS, Person, Role
from tracker.directory.models import Programme, SroAppointment, Taskforce
from tracker.letters.models import Letter, LetterRecommendation, Recommendation
from tracker.recommendations.models import Assignment
from tracker.recommendations.register import DUE, IS_OPEN, short_title
from tracker.transfers.models import CoveringNote, ProgrammeChange, Transfer
from tracker.transfers.rules import OpenItem, TransferOutcome
from tracker.web.tables import Page, Sort, page

LIMIT = 50
NOTED_AT_MOST = 200
IS_OFFERED = Transfer.outcome.is_(None)
IS_ACCEPTED = Transfer.outcome == TransferOutcome.ACCEPTED
ACTION_DUE: ColumnElement[date] = func.coalesce(Action.due_on, literal_column("'9999-12-31'"), type_=Date())


def get_taskforce(taskforce_id: int) -> Taskforce:
    return db.session.get_one(Taskforce, taskforce_id)


def get_sro_before(programme_id: int, from_on: date) -> Contact | None:
    """Who owned the programme until the day before `from_on`; None where nobody did."""
    statement = (
        select(Contact)
        .join(SroAppointment, SroAppointment.contact_id == Contact.id)
        .where(SroAppointment.programme_id == programme_id, SroAppointment.until_on < from_on)
        .order_by(SroAppointment.until_on.desc(), SroAppointment.id.desc())
        .limit(1)
    )
    return db.session.scalars(statement).first()


def list_merged_into(programme_id: int) -> Sequence[Programme]:
    """The programmes that were merged into this one."""
    statement = select(Programme).where(Programme.merged_into_id == programme_id)
    return db.session.scalars(statement.order_by(Programme.id)).all()


def list_going_on(but: int) -> Sequence[Programme]:
    """The programmes that one can be merged into, by name."""
    statement = select(Programme).where(Programme.id != but, Programme.merged_into_id.is_(None))
    return db.session.scalars(statement.order_by(Programme.name, Programme.id)).all()


def _open_rows() -> Select[Any]:
    """Open assignments in words, in due order."""
    shown: tuple[Any, ...] = (
        Assignment.id,
        Assignment.taskforce_id,
        Assignment.due_on,
        Assignment.due_stated,
        Assignment.position,
        Recommendation.reference,
        LetterRecommendation.title,
        func.substr(LetterRecommendation.text, 1, 200).label("text"),
        Letter.reference.label("letter"),
        Programme.name.label("programme"),
        Programme.code.label("programme_code"),
    )
    statement: Select[Any] = select(*shown)
    return (
        statement.join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .join(LetterRecommendation, LetterRecommendation.id == Assignment.wording_id)
        .join(Letter, Letter.id == Assignment.letter_id)
        .join(Programme, Programme.id == Assignment.programme_id)
        .where(IS_OPEN)
    )


def list_open_items(programme_id: int) -> dict[int, list[OpenItem]]:
    """What is open with a programme, by taskforce: the first NOTED_AT_MOST of all, in due order."""
    rows = _open_rows().where(Assignment.programme_id == programme_id).order_by(DUE, Assignment.id)
    found: dict[int, list[OpenItem]] = {}
    for row in db.session.execute(rows.limit(NOTED_AT_MOST)):
        item = OpenItem(row.reference, short_title(row.title, row.text), row.position.label, due_words(row))
        found.setdefault(row.taskforce_id, []).append(item)
    return found


def due_words(row: Any) -> str:
    """A due date as it is stated, or the date; empty where there is none."""
    return row.due_stated or (f"{row.due_on.day} {row.due_on:%B %Y}" if row.due_on else "")


def _has_transfer(of: ColumnElement[Any], outcome: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(of, outcome)


def list_open_recommendations(taskforce_id: int, arguments: Mapping[str, str]) -> Page:
    """A page of a taskforce's open recommendations in due order, each with who it is offered to."""
    offered = select(func.max(Transfer.id)).where(Transfer.assignment_id == Assignment.id, IS_OFFERED)
    rows = _open_rows().add_columns(offered.scalar_subquery().label("transfer_id"))
    statement = rows.where(Assignment.taskforce_id == taskforce_id)
    return page(db.session(), statement, (Sort("due", DUE, Assignment.__table__.c.id),), arguments)


def _unsettled_actions(taskforce_id: int) -> tuple[ColumnElement[bool], ...]:
    """Unfinished actions that nobody has accepted to go on with."""
    accepted = _has_transfer(Transfer.action_id == Action.id, IS_ACCEPTED)
    return Action.taskforce_id == taskforce_id, IS_UNFINISHED, ~accepted


def list_open_actions(taskforce_id: int, arguments: Mapping[str, str]) -> Page:
    """A page of a taskforce's unfinished actions in due order, each with who it is offered to."""
    offered = select(func.max(Transfer.id)).where(Transfer.action_id == Action.id, IS_OFFERED)
    shown: tuple[Any, ...] = (
        Action.id,
        Action.reference,
        Action.title,
        Action.due_on,
        Action.due_stated,
        Contact.name.label("owner"),
        offered.scalar_subquery().label("transfer_id"),
    )
    statement: Select[Any] = select(*shown).outerjoin(Contact, Contact.id == Action.owner_id)
    statement = statement.where(*_unsettled_actions(taskforce_id))
    return page(db.session(), statement, (Sort("due", ACTION_DUE, Action.__table__.c.id),), arguments)


def count_open(taskforce_id: int) -> tuple[int, int]:
    """How many recommendations and actions have no outcome and no new owner who accepted them."""
    assignments = select(func.count()).where(Assignment.taskforce_id == taskforce_id, IS_OPEN)
    actions = select(func.count()).where(*_unsettled_actions(taskforce_id))
    row = db.session.execute(select(assignments.scalar_subquery(), actions.scalar_subquery())).one()
    return int(row[0]), int(row[1])


def list_to_offer(
    taskforce_id: int, assignment_ids: Sequence[int], action_ids: Sequence[int]
) -> tuple[list[Assignment], list[Action]]:
    """Those of these that are open in the taskforce and not offered to anybody, with what their events name."""
    assignments = select(Assignment).where(
        Assignment.id.in_(assignment_ids),
        Assignment.taskforce_id == taskforce_id,
        IS_OPEN,
        ~_has_transfer(Transfer.assignment_id == Assignment.id, IS_OFFERED),
    )
    actions = select(Action).where(
        Action.id.in_(action_ids),
        *_unsettled_actions(taskforce_id),
        ~_has_transfer(Transfer.action_id == Action.id, IS_OFFERED),
    )
    found = assignments.options(joinedload(Assignment.recommendation)).order_by(Assignment.id)
    return list(db.session.scalars(found)), list(db.session.scalars(actions.order_by(Action.id)))


def get_transfer_for(_person: Person, transfer_id: int) -> Transfer | None:
    """An offer with what is offered, who offered it and its taskforce; the permissions table decides."""
    assignment = joinedload(Transfer.assignment)
    statement = (
        select(Transfer)
        .where(Transfer.id == transfer_id)
        .options(
            joinedload(Transfer.taskforce),
            joinedload(Transfer.to_contact),
            joinedload(Transfer.offered_by),
            joinedload(Transfer.action),
            assignment.joinedload(Assignment.recommendation),
            assignment.joinedload(Assignment.wording),
            assignment.joinedload(Assignment.programme),
        )
    )
    return db.session.scalars(statement).one_or_none()


def list_changes(programme_id: int) -> Sequence[ProgrammeChange]:
    """What happened to a programme, and what was merged into it, the newest first."""
    own = (ProgrammeChange.programme_id == programme_id) | (ProgrammeChange.into_id == programme_id)
    statement = select(ProgrammeChange).where(own).options(joinedload(ProgrammeChange.programme))
    order = (ProgrammeChange.changed_on.desc(), ProgrammeChange.id.desc())
    return db.session.scalars(statement.order_by(*order).limit(LIMIT)).all()


def list_notes_for(person: Person, programme_id: int) -> Sequence[CoveringNote]:
    """The covering notes about a programme that the person's taskforces sent or are to send, the newest first.

    Members of a taskforce do not read them.
    """
    statement = select(CoveringNote).where(
        CoveringNote.programme_id == programme_id,
        CoveringNote.taskforce_id.in_(sorted(person.taskforces(DRAFT_READERS))),
    )
    loaded = (joinedload(CoveringNote.to_contact), joinedload(CoveringNote.taskforce))
    return db.session.scalars(statement.options(*loaded).order_by(CoveringNote.id.desc()).limit(LIMIT)).all()


def get_note_for(_person: Person, note_id: int) -> CoveringNote | None:
    """A covering note with its taskforce, programme and reader; the permissions table decides."""
    loaded = (CoveringNote.taskforce, CoveringNote.programme, CoveringNote.to_contact)
    statement = select(CoveringNote).where(CoveringNote.id == note_id).options(*(joinedload(x) for x in loaded))
    return db.session.scalars(statement).one_or_none()


def list_open_letters(taskforce_id: int, programme_id: int) -> Sequence[Letter]:
    """The letters of a taskforce of which something is open with a programme."""
    chosen = select(Assignment.letter_id).where(
        Assignment.taskforce_id == taskforce_id, Assignment.programme_id == programme_id, IS_OPEN
    )
    return db.session.scalars(select(Letter).where(Letter.id.in_(chosen)).order_by(Letter.id)).all()


def list_unsent_notes(person: Person, limit: int) -> Sequence[CoveringNote]:
    """Covering notes that the person's secretariats have yet to send."""
    served = sorted(person.taskforces({Role.SECRETARIAT}))
    statement = select(CoveringNote).where(CoveringNote.taskforce_id.in_(served), CoveringNote.sent_at.is_(None))
    loaded = (joinedload(CoveringNote.to_contact), joinedload(CoveringNote.programme))
    return db.session.scalars(statement.options(*loaded).order_by(CoveringNote.id).limit(limit)).all()


def list_offers_to(person: Person, limit: int) -> Sequence[Transfer]:
    """What somebody was offered to take over and has not answered."""
    statement = select(Transfer).where(Transfer.to_contact_id == person.contact_id, IS_OFFERED)
    loaded = (joinedload(Transfer.assignment).joinedload(Assignment.recommendation), joinedload(Transfer.action))
    return db.session.scalars(statement.options(*loaded).order_by(Transfer.id).limit(limit)).all()


def list_legacy(taskforce_id: int) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
    """Every recommendation and every action of a taskforce with its outcome and, where it goes on, with whom."""
    accepted = (Transfer.assignment_id == Assignment.id, IS_ACCEPTED)
    columns: tuple[Any, ...] = (
        Recommendation.reference,
        LetterRecommendation.title,
        LetterRecommendation.text,
        Programme.name.label("programme"),
        Assignment.status,
        Assignment.closed_on,
        Assignment.closed_reason,
        Assignment.position,
        Assignment.delivery,
        Transfer.to_body,
        Transfer.to_owner,
        Transfer.accepted_on,
    )
    recommendations: Select[Any] = select(*columns)
    recommendations = (
        recommendations.select_from(Assignment)
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .join(LetterRecommendation, LetterRecommendation.id == Assignment.wording_id)
        .join(Programme, Programme.id == Assignment.programme_id)
        .outerjoin(Transfer, (accepted[0]) & (accepted[1]))
        .where(Assignment.taskforce_id == taskforce_id)
        .order_by(Assignment.id)
    )
    shown: tuple[Any, ...] = (
        Action.reference,
        Action.title,
        Action.state,
        Action.due_on,
        Action.due_stated,
        Contact.name.label("owner"),
        Transfer.to_body,
        Transfer.to_owner,
        Transfer.accepted_on,
    )
    actions: Select[Any] = select(*shown)
    actions = (
        actions.select_from(Action)
        .outerjoin(Contact, Contact.id == Action.owner_id)
        .outerjoin(Transfer, (Transfer.action_id == Action.id) & IS_ACCEPTED)
        .where(Action.taskforce_id == taskforce_id)
        .order_by(Action.id)
    )
    return db.session.execute(recommendations).all(), db.session.execute(actions).all()


def get_going_on(programme_id: int) -> Programme:
    """The programme with this id, which is known."""
    return db.session.get_one(Programme, programme_id)


def get_email(contact_id: int) -> str:
    """The e-mail address of a contact; empty where there is none."""
    return db.session.execute(select(Contact.email).where(Contact.id == contact_id)).scalar() or ""
