"""Reads of links: what one opens, those of a response or an action, and the ones that were refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, union
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from tracker.accounts.grants import dated
from tracker.accounts.models import Contact, Grant, User
from tracker.actions import queries as actions
from tracker.actions.models import Action, ActionUpdate
from tracker.core.db import db
from tracker.core.events import ActorKind, Event
from tracker.core.permissions import Person, Role
from tracker.directory.models import SroAppointment
from tracker.guest_links.models import GuestLink, LinkGuest, RefusedLink
from tracker.guest_links.rules import GuestPurpose, LinkState, state_of
from tracker.guest_links.tokens import hash_token, last_day
from tracker.letters.models import Letter, LetterAddressee
from tracker.letters.rules import AddresseeKind
from tracker.recommendations import queries as recommendations
from tracker.recommendations.response_models import Response, Submission
from tracker.web import tables

_link = GuestLink.__table__.c


def find_link(token: str) -> Any:
    """The link with this token, whatever its state: its columns, and the name of whom it is for."""
    statement = (
        select(
            GuestLink.id,
            GuestLink.purpose,
            GuestLink.response_id,
            GuestLink.action_id,
            GuestLink.contact_id,
            GuestLink.expires_at,
            GuestLink.revoked_at,
            Contact.name.label("contact"),
        )
        .outerjoin(Contact, Contact.id == GuestLink.contact_id)
        .where(GuestLink.token_hash == hash_token(token))
    )
    return db.session.execute(statement).one_or_none()


def get_guest(link_id: int, contact_id: int) -> Person | None:
    """Somebody who said at this link who they are, as the log names them; None for anybody else."""
    statement = select(Contact.name, Contact.email).join(LinkGuest, LinkGuest.contact_id == Contact.id)
    named = statement.where(LinkGuest.link_id == link_id, LinkGuest.contact_id == contact_id)
    found = db.session.execute(named).first()
    return None if found is None else guest_of(link_id, contact_id, found.name, found.email)


def guest_of(link_id: int, contact_id: int, name: str, email: str = "") -> Person:
    """A person who acts by a link: without an account, and without a grant. `email` is what is on record of them."""
    return Person(0, contact_id, name, email, False, (), link_id)


def list_guests(link_ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """Who used these links, by link id, in the order in which they came: contact_id, name, role and named_at."""
    statement: Any = (
        select(LinkGuest.link_id, LinkGuest.contact_id, LinkGuest.named_at, Contact.name, Contact.job_title)
        .join(Contact, Contact.id == LinkGuest.contact_id)
        .where(LinkGuest.link_id.in_(sorted(link_ids)))
        .order_by(LinkGuest.id)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in db.session.execute(statement):
        found.setdefault(row.link_id, []).append(row)
    return found


def get_response(response_id: int) -> Response | None:
    """A response with its draft, its letter and what was signed off: for its links."""
    statement = (
        select(Response)
        .join(Response.letter)
        .join(Response.programme)
        .where(Response.id == response_id)
        .options(
            contains_eager(Response.letter).joinedload(Letter.corrects),
            contains_eager(Response.programme),
            joinedload(Response.taskforce),
            selectinload(Response.submissions).joinedload(Submission.signed_off_by),
            *recommendations.DRAFT,
        )
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def get_action(action_id: int) -> Action | None:
    """An action with its owner, taskforce and updates: for its links."""
    options = (
        joinedload(Action.owner),
        joinedload(Action.taskforce),
        selectinload(Action.updates).joinedload(ActionUpdate.by),
    )
    statement = select(Action).where(Action.id == action_id).options(*options)
    return db.session.scalars(statement.execution_options(populate_existing=True)).unique().one_or_none()


def list_signers(response: Response, today: date) -> Sequence[Contact]:
    """Who can be asked to sign a response off: the programme's SRO of today first, and whom its letter is addressed to.

    Nobody whose account is disabled, and nobody who was the SRO and is no more.
    """
    programme_id = response.programme_id
    appointed = _appointed(programme_id, today)
    granted = select(Grant.contact_id).where(
        Grant.programme_id == programme_id, Grant.role == Role.SRO, dated(Grant, today)
    )
    was_appointed = select(SroAppointment.contact_id).where(
        SroAppointment.programme_id == programme_id, SroAppointment.until_on < today
    )
    had_grant = select(Grant.contact_id).where(
        Grant.programme_id == programme_id, Grant.role == Role.SRO, Grant.until_on < today
    )
    addressed = select(LetterAddressee.contact_id).where(
        LetterAddressee.letter_id == response.letter_id,
        LetterAddressee.programme_id == programme_id,
        LetterAddressee.kind == AddresseeKind.TO,
        LetterAddressee.contact_id.not_in(union(was_appointed, had_grant)),
    )
    disabled = select(User.contact_id).where(User.disabled_at.is_not(None))
    statement = select(Contact).where(Contact.id.in_(union(appointed, granted, addressed)), Contact.id.not_in(disabled))
    return db.session.scalars(statement.order_by(Contact.id.in_(appointed).desc(), Contact.name, Contact.id)).all()


def _appointed(programme_id: int, today: date) -> Select[Any]:
    begun = or_(SroAppointment.from_on.is_(None), SroAppointment.from_on <= today)
    runs = or_(SroAppointment.until_on.is_(None), SroAppointment.until_on >= today)
    return select(SroAppointment.contact_id).where(SroAppointment.programme_id == programme_id, begun, runs)


def has_account(contact_id: int) -> bool:
    """Whether a contact can sign in."""
    account = select(User.id).where(User.contact_id == contact_id, User.disabled_at.is_(None))
    return db.session.execute(account).first() is not None


@dataclass(frozen=True)
class ShownLink:
    """A link as the list shows it."""

    id: int
    purpose: GuestPurpose
    whom: str
    made_by: str
    made_at: datetime
    last_day: date
    state: LinkState
    revoked_at: datetime | None
    revoked_by: str
    guests: Sequence[Row[Any]]
    last_entry_at: datetime | None
    refusals: int


def list_links(record: Response | Action, arguments: Mapping[str, str], now: datetime) -> tuple[tables.Page, list[Any]]:
    """A page of the links to a response or an action, newest first, with who used them. Five queries."""
    maker, ender = aliased(Contact), aliased(Contact)
    statement = (
        select(
            *(_link.id, _link.purpose, _link.made_at, _link.expires_at, _link.revoked_at),
            Contact.name.label("whom"),
            maker.name.label("maker"),
            ender.name.label("ender"),
        )
        .select_from(GuestLink)
        .join(maker, maker.id == GuestLink.made_by_id)
        .outerjoin(Contact, Contact.id == GuestLink.contact_id)
        .outerjoin(ender, ender.id == GuestLink.revoked_by_id)
        .where(_of(record))
    )
    page = tables.page(db.session(), statement, [tables.Sort("made", _link.made_at, _link.id, True)], arguments)
    ids = [row.id for row in page.rows]
    guests, entries, refusals = list_guests(ids), _last_entries(record), _count_refusals(ids)
    return page, [_shown(row, guests.get(row.id, []), entries, refusals.get(row.id, 0), now) for row in page.rows]


def _of(record: Response | Action) -> ColumnElement[bool]:
    return (GuestLink.response_id if isinstance(record, Response) else GuestLink.action_id) == record.id


def _shown(
    row: Row[Any], guests: Sequence[Row[Any]], entries: Mapping[int, datetime], refusals: int, now: datetime
) -> ShownLink:
    return ShownLink(
        id=row.id,
        purpose=row.purpose,
        whom=row.whom or "",
        made_by=row.maker,
        made_at=row.made_at,
        last_day=last_day(row.expires_at),
        state=state_of(row.expires_at, row.revoked_at, now),
        revoked_at=row.revoked_at,
        revoked_by=row.ender or "",
        guests=guests,
        last_entry_at=max((entries[g.contact_id] for g in guests if g.contact_id in entries), default=None),
        refusals=refusals,
    )


def _last_entries(record: Response | Action) -> dict[int, datetime]:
    """When each person who acted on the record by a link last did, by contact id: as the log has it."""
    statement = (
        select(Event.actor_id, func.max(Event.happened_at).label("at"))
        .where(Event.subject_kind == record.__tablename__, Event.subject_id == record.id)
        .where(Event.actor_kind == ActorKind.LINK)
        .group_by(Event.actor_id)
    )
    return {row.actor_id: row.at for row in db.session.execute(statement)}


def _count_refusals(link_ids: Iterable[int]) -> dict[int, int]:
    number = func.count().label("number")
    statement = select(RefusedLink.link_id, number).where(RefusedLink.link_id.in_(sorted(link_ids)))
    return {row.link_id: row.number for row in db.session.execute(statement.group_by(RefusedLink.link_id))}


@dataclass(frozen=True)
class Linked:
    """A link with what it is to, which says who may see and end it."""

    record: Any
    link: GuestLink

    @property
    def taskforce_id(self) -> int:
        return int(self.record.taskforce_id)

    @property
    def programme_ids(self) -> frozenset[int]:
        found: frozenset[int] = self.record.programme_ids
        return found

    @property
    def is_issued(self) -> bool:
        return True


def get_response_link_for(person: Person, key: str, code: str, link_id: int) -> Linked | None:
    """A link to the response of this programme; None where it is to another, or `person` cannot know of it."""
    return _linked(recommendations.get_response_for(person, key, code), link_id)


def get_action_link_for(person: Person, key: str, link_id: int) -> Linked | None:
    """A link to the action with this reference; None where it is to another, or `person` cannot know of it."""
    return _linked(actions.get_action_for(person, key), link_id)


def _linked(record: Response | Action | None, link_id: int) -> Linked | None:
    if record is None:
        return None
    statement = select(GuestLink).where(GuestLink.id == link_id, _of(record)).options(joinedload(GuestLink.contact))
    link = db.session.scalars(statement).one_or_none()
    return Linked(record, link) if link else None


def list_open_links(condition: ColumnElement[bool], now: datetime) -> Sequence[GuestLink]:
    """Links under `condition` that can still be opened, locked, with what they are to and whom they are for."""
    is_open = and_(GuestLink.revoked_at.is_(None), GuestLink.expires_at > now)
    statement = (
        select(GuestLink)
        .where(is_open, condition)
        .options(joinedload(GuestLink.contact), selectinload(GuestLink.response), selectinload(GuestLink.action))
        .order_by(GuestLink.id)
        .with_for_update(of=GuestLink)
    )
    return db.session.scalars(statement).all()


def list_refused(arguments: Mapping[str, str]) -> tables.Page:
    """A page of the log of refused links, newest first: at, why, address (a hash), and the link's id and purpose."""
    row = RefusedLink.__table__.c
    statement = select(row.id, row.at, row.why, row.address, row.link_id, _link.purpose).outerjoin_from(
        RefusedLink, GuestLink, GuestLink.id == RefusedLink.link_id
    )
    return tables.page(db.session(), statement, [tables.Sort("at", row.at, row.id, True)], arguments)
