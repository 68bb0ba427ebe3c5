"""A chair who has somebody of the taskforce decide for them for a time: a dated grant that says whose role it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from tracker.accounts import operations, queries
from tracker.accounts.grants import in_force
from tracker.accounts.models import Contact, Grant, User
from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.errors import Forbidden, NotFound, RuleBroken
from tracker.core.outbox import queue_mail
from tracker.core.permissions import Person, Role

# An auditor changes nothing, so nobody has them decide.
MAY_BE_ASKED = (Role.VICE_CHAIR, Role.SECRETARIAT, Role.MEMBER)

events.register_verbs({"decisions_delegated": "let somebody decide for them"})


@dataclass(frozen=True)
class Delegation:
    """Who decides for whom in a taskforce, in which role, from when until when."""

    id: int
    holder: str
    giver: str
    giver_id: int
    role: Role
    from_on: date
    until_on: date | None

    @property
    def is_to_come(self) -> bool:
        return self.from_on > clock.today()


def own_role(person: Person, taskforce_id: int) -> Role | None:
    """The role that the person can have somebody decide in: the chair's first; never one that was delegated to them."""
    held = {g.role for g in person.grants if g.taskforce_id == taskforce_id and g.delegated_by_id is None}
    return next((role for role in (Role.CHAIR, Role.VICE_CHAIR) if role in held), None)


def list_delegations(taskforce_id: int) -> list[Delegation]:
    """Who decides for a chair of the taskforce now, or will: the next to begin first."""
    giver = aliased(Contact)
    statement = (
        select(Grant, Contact.name, giver.name)
        .join(Contact, Contact.id == Grant.contact_id)
        .join(giver, giver.id == Grant.delegated_by_id)
        .where(Grant.taskforce_id == taskforce_id)
        .where(or_(Grant.until_on.is_(None), Grant.until_on >= clock.today()))
        .order_by(Grant.from_on, Grant.id)
    )
    return [
        Delegation(g.id, holder, giver_name, g.delegated_by_id or 0, g.role, g.from_on, g.until_on)
        for g, holder, giver_name in db.session.execute(statement)
    ]


def list_people_of(taskforce_id: int, roles: Iterable[Role], but: int | None = None) -> list[tuple[int, str]]:
    """(contact id, name) of those who can sign in and hold one of `roles` themselves in the taskforce today."""
    statement = (
        select(Contact.id, Contact.name)
        .join(User, User.contact_id == Contact.id)
        .join(Grant, Grant.contact_id == Contact.id)
        .where(Grant.taskforce_id == taskforce_id, Grant.role.in_(sorted(roles)), Grant.delegated_by_id.is_(None))
        .where(in_force(clock.today()), User.disabled_at.is_(None), Contact.id != but)
        .distinct()
        .order_by(Contact.name, Contact.id)
    )
    return [(row.id, row.name) for row in db.session.execute(statement)]


def delegate(taskforce_id: int, contact_id: int, *, from_on: date, until_on: date, by: Person) -> Grant:
    """Have a contact of the taskforce decide for `by`, from and until that day included; they are told by e-mail.

    Raises Forbidden where `by` holds no chair themselves, RuleBroken for dates, persons or a time that do not fit.
    """
    role = own_role(by, taskforce_id)
    if role is None:
        raise Forbidden("Only the chair or the vice chair can let somebody decide, and only in a role of their own.")
    if from_on < clock.today():
        raise RuleBroken("The first day must be today or later", field="from_on")
    if until_on < from_on:
        raise RuleBroken("Until must be the same as or after From", field="until_on")
    if contact_id not in dict(list_people_of(taskforce_id, MAY_BE_ASKED, but=by.contact_id)):
        raise RuleBroken("Choose somebody of the taskforce", field="contact_id")
    same = select(Grant.id).filter_by(contact_id=contact_id, taskforce_id=taskforce_id, delegated_by_id=by.contact_id)
    same = same.where(Grant.from_on <= until_on, or_(Grant.until_on.is_(None), Grant.until_on >= from_on))
    if db.session.execute(same).first() is not None:
        raise RuleBroken("They decide for you in that time already", field="from_on")
    grant = Grant(
        contact_id=contact_id,
        role=role,
        taskforce_id=taskforce_id,
        from_on=from_on,
        until_on=until_on,
        given_by_id=by.contact_id,
        delegated_by_id=by.contact_id,
    )
    db.session.add(grant)
    db.session.flush()
    _record(grant, by)
    return grant


def _record(grant: Grant, by: Person) -> None:
    """On the page of the taskforce and on that of whoever decides, who gets a mail too."""
    user, words = queries.get_user_of(grant.contact_id), operations.grant_words(grant)
    said = f"{user.contact.name}: {words}"
    events.record(by, "decisions_delegated", events.Subject("taskforce", grant.taskforce_id or 0, None), reason=said)
    events.record(by, "decisions_delegated", user, reason=words, on_behalf_of=by.contact_id)
    body = (
        f"{by.name} lets you decide for them.\n\n{words}\n\nIn that time letters that wait for a decision come to you "
        "too: sign in to Taskforce Tracker and look under Due for me.\n"
    )
    queue_mail(f"delegated:{grant.id}", user.email, f"You decide for {by.name}", body)


def end_delegation(taskforce_id: int, grant_id: int, *, by: Person) -> None:
    """End at once what `by` delegated in the taskforce. Raises NotFound for what is not theirs to end."""
    statement = select(Grant).filter_by(id=grant_id, taskforce_id=taskforce_id, delegated_by_id=by.contact_id)
    grant = db.session.scalars(statement).one_or_none()
    if grant is None:
        raise NotFound("There is no such delegation of yours.")
    until = clock.today() - timedelta(days=1)
    if grant.until_on is not None and grant.until_on <= until:
        raise RuleBroken("This has ended already.")
    operations.cut_grant(grant, until, queries.get_user_of(grant.contact_id), by)
