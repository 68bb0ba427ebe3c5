"""Reads around clearance: who can decide, an addressee who has left, and every decision of a taskforce."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from tracker.accounts.grants import in_force
from tracker.accounts.models import Contact, Grant, User
from tracker.core import clock
from tracker.core.db import db
from tracker.core.permissions import CHAIRS, DRAFT_READERS, Person, Role
from tracker.directory.models import SroAppointment
from tracker.directory.queries import current_sro
from tracker.letters.models import ClearanceDecision, Letter
from tracker.letters.queries import programme_name
from tracker.letters.rules import SENT, DecisionKind, LetterState
from tracker.web.tables import Page, Sort, page

SORTS = (Sort("newest", ClearanceDecision.__table__.c.at, ClearanceDecision.__table__.c.id, descending=True),)


def addressee_left(letter: Letter) -> str:
    """Where a letter that is not sent yet goes to somebody who no longer owns the programme: what to say; else nothing.

    `letter` has its addressees with contact and programme.
    """
    if letter.state in SENT or letter.state is LetterState.WITHDRAWN:
        return ""
    to, today = letter.main_addressee, clock.today()
    of = {"contact_id": to.contact_id, "programme_id": to.programme_id}
    appointed = db.session.scalars(select(SroAppointment.until_on).filter_by(**of)).all()
    granted = db.session.scalars(select(Grant.until_on).filter_by(**of, role=Role.SRO)).all()
    if not any(ends and all(end is not None and end < today for end in ends) for ends in (appointed, granted)):
        return ""
    now = current_sro(to.programme_id, today)
    said = f"The role of {to.contact.name} as senior responsible owner of the {to.programme.name} has ended."
    return f"{said} It is {now.name} now." if now is not None and now.id != to.contact_id else said


@dataclass(frozen=True)
class Decider:
    """Somebody who can decide on a taskforce's letters today, and whose role it is where it was delegated."""

    contact_id: int
    name: str
    role: Role
    for_id: int | None


def list_deciders(taskforce_id: int) -> list[Decider]:
    """Who can sign in and decide today: those in their own right first."""
    statement = (
        select(Contact.id, Contact.name, Grant.role, Grant.delegated_by_id)
        .join(User, User.contact_id == Contact.id)
        .join(Grant, Grant.contact_id == Contact.id)
        .where(Grant.taskforce_id == taskforce_id, Grant.role.in_(sorted(CHAIRS)))
        .where(in_force(clock.today()), User.disabled_at.is_(None))
        .order_by(Grant.delegated_by_id.is_not(None), Contact.name, Grant.id)
    )
    return [Decider(*row) for row in db.session.execute(statement)]


def list_decisions(
    person: Person, arguments: Mapping[str, str], *, taskforce_id: int | None = None, kind: DecisionKind | None = None
) -> Page:
    """A page of every step of clearance in the taskforces whose drafts `person` reads. Columns only; two queries."""
    by, giver = aliased(Contact), aliased(Contact)
    columns: list[Any] = [ClearanceDecision.kind, ClearanceDecision.at, ClearanceDecision.as_role]
    columns += [ClearanceDecision.reason, Letter.id.label("letter_id"), Letter.reference, Letter.subject]
    statement = (
        select(*columns, by.name.label("by"), giver.name.label("decided_for"), programme_name().label("programme"))
        .join(Letter, Letter.id == ClearanceDecision.letter_id)
        .outerjoin(by, by.id == ClearanceDecision.by_id)
        .outerjoin(giver, giver.id == ClearanceDecision.for_id)
        .where(Letter.taskforce_id.in_(sorted(person.taskforces(DRAFT_READERS))))
    )
    if taskforce_id is not None:
        statement = statement.where(Letter.taskforce_id == taskforce_id)
    if kind is not None:
        statement = statement.where(ClearanceDecision.kind == kind)
    return page(db.session(), statement, SORTS, arguments)
