"""Reads of letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased, defer, joinedload, selectinload, undefer

from tracker.accounts.grants import in_force
from tracker.accounts.models import Contact, Grant, User
from tracker.core import clock
from tracker.core.db import db
from tracker.core.permissions import CHAIRS, DRAFT_READERS, PROGRAMME_ROLES, Person, Role
from tracker.directory.models import Membership, Programme, Taskforce
from tracker.directory.rules import Position
from tracker.letters.deciding import CAME_BACK, step_label
from tracker.letters.models import (
    ClearanceDecision,
    Letter,
    LetterAddressee,
    LetterRecommendation,
    LetterVersion,
    Recommendation,
)
from tracker.letters.rules import SENT, TO_CONFIRM, AddresseeKind, DecisionKind, LetterState
from tracker.web.tables import Page, Sort, page
from tracker.workshops.models import PointHeard, Workshop

MOST_WORKSHOPS = 200
# So many of the newest versions say on the letter's page what they changed.
SAYING_WHAT_CHANGED = 10
# Letters without a date are not sent yet: they stand first.
DATED: ColumnElement[date] = func.coalesce(Letter.letter_date, literal_column("'9999-12-31'"), type_=Date())
# Written as in ix_letter_moving, without bound values: SQLite uses a partial index only then.
IS_MOVING = Letter.state.in_([literal_column(f"'{state}'") for state in ("draft", "with_chair", "approved")])
SORTS = (
    Sort("newest", Letter.__table__.c.id, Letter.__table__.c.id, descending=True),
    Sort("date", DATED, Letter.__table__.c.id, descending=True),
    Sort("subject", Letter.__table__.c.subject, Letter.__table__.c.id),
)


def visible_letters(person: Person) -> ColumnElement[bool]:
    """Every letter to those who draft, decide or audit; what was sent to members and to the programmes it went to."""
    sent, drafts = Letter.state.in_(sorted(SENT)), person.taskforces(DRAFT_READERS)
    scopes: list[ColumnElement[bool]] = [
        Letter.taskforce_id.in_(sorted(drafts))
    ]  # alone where nothing is to be added: then its index serves
    if reads_only := sorted(person.taskforces() - drafts):
        scopes.append(and_(sent, Letter.taskforce_id.in_(reads_only)))
    if programmes := sorted(person.programmes()):
        scopes.append(and_(sent, _addressed_to(programmes)))
    return or_(*scopes)


_addressed = aliased(LetterAddressee)


def _addressed_to(programme_ids: Sequence[int]) -> ColumnElement[bool]:
    to = (_addressed.letter_id == Letter.id, _addressed.kind == AddresseeKind.TO)
    return exists().where(*to, _addressed.programme_id.in_(programme_ids))


def programme_name() -> Any:
    """The name of the first programme that a letter is addressed to, as a column."""
    return (
        select(Programme.name)
        .join(LetterAddressee, LetterAddressee.programme_id == Programme.id)
        .where(LetterAddressee.letter_id == Letter.id, LetterAddressee.kind == AddresseeKind.TO)
        .order_by(LetterAddressee.place, LetterAddressee.id)
        .limit(1)
        .scalar_subquery()
    )


_NAMES = (joinedload(LetterAddressee.contact), joinedload(LetterAddressee.programme))
_ABOUT = (joinedload(Letter.taskforce).joinedload(Taskforce.board), joinedload(Letter.workshop))


def get_letter_for(person: Person, key: str) -> Letter | None:
    """The letter with this reference or id, with its addressees; None where `person` cannot see it.

    Versions and decisions are loaded for those who read drafts, and cannot be reached for anybody else.
    """
    letter = _get_addressed(person, key)
    if letter is not None and reads_draft(person, letter):
        _load_inside(letter, undefer(LetterVersion.content))
    return letter


def get_letter_to_show_for(person: Person, key: str) -> Letter | None:
    """The same for the letter's page: of its versions only those that it shows the words of are read whole.

    These are the current one, and what the newest ones are compared with. Reaching for the words of another fails.
    """
    letter = _get_addressed(person, key)
    if letter is not None and reads_draft(person, letter):
        _load_inside(letter, defer(LetterVersion.content, raiseload=True))
        newest = select(LetterVersion).where(LetterVersion.letter_id == letter.id)
        newest = newest.order_by(LetterVersion.number.desc()).limit(SAYING_WHAT_CHANGED + 1)
        db.session.scalars(newest).all()
    return letter


def _load_inside(letter: Letter, words: Any) -> None:
    """Load the versions and decisions of a letter, and of each version's words what `words` says."""
    version = joinedload(ClearanceDecision.version).options(words)
    decisions = (joinedload(ClearanceDecision.by), joinedload(ClearanceDecision.decided_for), version)
    inside = (
        selectinload(Letter.versions).options(joinedload(LetterVersion.made_by), words),
        selectinload(Letter.decisions).options(*decisions),
    )
    db.session.scalars(select(Letter).where(Letter.id == letter.id).options(*inside)).one()


def _get_addressed(person: Person, key: str) -> Letter | None:
    """The letter with its addressees, and nothing that readers of what was sent may not know."""
    addressees = selectinload(Letter.addressees).options(*_NAMES)
    statement = select(Letter).where(named(key), visible_letters(person)).options(*_ABOUT, addressees)
    return db.session.scalars(statement).one_or_none()


def get_letter_with_version_for(person: Person, key: str, number: int) -> Letter | None:
    """The letter, where `person` reads its history and it has a version with this number."""
    letter = get_letter_for(person, key)
    if letter is None or not reads_draft(person, letter):
        return letter
    return letter if any(v.number == number for v in letter.versions) else None


def get_draft_for(person: Person, key: str) -> Letter | None:
    """The letter with its addressees alone, for what is kept every few seconds; None where `person` cannot see it."""
    statement = select(Letter).where(named(key), visible_letters(person)).options(selectinload(Letter.addressees))
    return db.session.scalars(statement).one_or_none()


def reads_draft(person: Person, letter: Letter) -> bool:
    """Whether the person may know the letter's versions and decisions."""
    return letter.taskforce_id in person.taskforces(DRAFT_READERS)


def named(key: str) -> ColumnElement[bool]:
    return Letter.id == int(key) if key.isascii() and key.isdigit() and len(key) < 10 else Letter.reference == key


def get_letter_by_key(key: str) -> Letter | None:
    """The letter with this reference or id, for commands: nobody asks."""
    decisions = selectinload(Letter.decisions).options(
        joinedload(ClearanceDecision.by), joinedload(ClearanceDecision.decided_for)
    )
    statement = select(Letter).where(named(key)).options(selectinload(Letter.versions), decisions)
    return db.session.scalars(statement).one_or_none()


def get_current_version(letter_id: int) -> LetterVersion:
    """The newest version of a letter."""
    statement = select(LetterVersion).where(LetterVersion.letter_id == letter_id)
    return db.session.scalars(statement.order_by(LetterVersion.number.desc()).limit(1)).one()


def list_addressed_programmes(person: Person) -> Sequence[Programme]:
    """The programmes to which letters that `person` can see are addressed, by name."""
    addressed = (
        exists()
        .where(LetterAddressee.programme_id == Programme.id, LetterAddressee.kind == AddresseeKind.TO)
        .where(LetterAddressee.letter_id == Letter.id, visible_letters(person))
    )
    return db.session.scalars(select(Programme).where(addressed).order_by(Programme.name, Programme.id)).all()


def newest_version_id(letter_id: int) -> Any:
    """The id of the newest version of a letter, as a SELECT of one value."""
    newest = select(LetterVersion.id).where(LetterVersion.letter_id == letter_id)
    return newest.order_by(LetterVersion.number.desc()).limit(1).scalar_subquery()


def list_wordings(letter_id: int) -> Sequence[LetterRecommendation]:
    """The recommendations as the current version words them, in their order, with identity and points."""
    statement = (
        select(LetterRecommendation)
        .where(LetterRecommendation.version_id == newest_version_id(letter_id))
        .options(
            joinedload(LetterRecommendation.recommendation),
            selectinload(LetterRecommendation.points).joinedload(PointHeard.workshop),
        )
        .order_by(LetterRecommendation.place)
    )
    return db.session.scalars(statement).all()


def lineage_of(letter_id: Any) -> Any:
    """The ids of the letter and of those that it corrects, one after another, as a SELECT."""
    line = select(Letter.id, Letter.corrects_id).where(Letter.id == letter_id).cte("lineage", recursive=True)
    line = line.union_all(select(Letter.id, Letter.corrects_id).join(line, Letter.id == line.c.corrects_id))
    return select(line.c.id)


def list_identities(letter_id: int) -> dict[int, Recommendation]:
    """Every recommendation that was ever in the letter or in those that it corrects, by id."""
    rows = db.session.scalars(select(Recommendation).where(Recommendation.letter_id.in_(lineage_of(letter_id))))
    return {r.id: r for r in rows.all()}


def list_points(workshop_id: int | None, point_ids: Sequence[int] = ()) -> Sequence[PointHeard]:
    """The points heard in a workshop, and those with these ids wherever they were heard."""
    chosen = or_(PointHeard.workshop_id == workshop_id, PointHeard.id.in_(point_ids))
    order = (PointHeard.workshop_id, PointHeard.place, PointHeard.id)
    return db.session.scalars(select(PointHeard).where(chosen).order_by(*order)).all()


def list_workshop_choices(taskforce_id: int) -> list[tuple[str, str]]:
    """(id, reference and title) of the newest workshops of a taskforce, for a select."""
    statement = (
        select(Workshop.id, Workshop.reference, Workshop.title)
        .where(Workshop.taskforce_id == taskforce_id)
        .order_by(Workshop.id.desc())
        .limit(MOST_WORKSHOPS)
    )
    return [(str(row.id), f"{row.reference}: {row.title}") for row in db.session.execute(statement)]


def chair_id_on(taskforce_id: Any, on: Any) -> Any:
    """The contact id of who holds the chair on a day, as a SELECT of one value."""
    statement = (
        select(Membership.contact_id)
        .where(
            Membership.taskforce_id == taskforce_id,
            Membership.position == Position.CHAIR,
            or_(Membership.from_on.is_(None), Membership.from_on <= on),
            or_(Membership.until_on.is_(None), Membership.until_on >= on),
        )
        .order_by(Membership.id.desc())
        .limit(1)
    )
    return statement.scalar_subquery()


def get_chair(taskforce_id: int) -> Contact | None:
    """Who holds the chair today: whose name stands under a letter."""
    return db.session.scalars(select(Contact).where(Contact.id == chair_id_on(taskforce_id, clock.today()))).first()


def list_emails_of(taskforce_id: int, roles: frozenset[Role] = CHAIRS) -> list[tuple[int, str]]:
    """(contact id, e-mail) of the account holders with one of `roles` in the taskforce today."""
    return _emails(Grant.taskforce_id == taskforce_id, Grant.role.in_(sorted(roles)))


def list_emails_for(programme_ids: Iterable[int]) -> list[tuple[int, str]]:
    """(contact id, e-mail) of the account holders of the programmes' teams and their owners today."""
    return _emails(Grant.programme_id.in_(sorted(programme_ids)), Grant.role.in_(sorted(PROGRAMME_ROLES)))


def _emails(*held: ColumnElement[bool]) -> list[tuple[int, str]]:
    statement = (
        select(Contact.id, User.email)
        .join(User, User.contact_id == Contact.id)
        .join(Grant, Grant.contact_id == Contact.id)
        .where(*held, User.disabled_at.is_(None))
        .where(in_force(clock.today()))
        .distinct()
        .order_by(User.email)
    )
    return [(row.id, row.email) for row in db.session.execute(statement)]


def list_letters(
    person: Person,
    arguments: Mapping[str, str],
    *,
    taskforce_id: int | None = None,
    programme_id: int | None = None,
    state: LetterState | None = None,
) -> Page:
    """A page of the letters that `person` can see. Columns only; a fixed number of queries."""
    columns: list[Any] = [Letter.id, Letter.reference, Letter.subject, Letter.kind, Letter.state, Letter.letter_date]
    columns += [Letter.response_due_on, Letter.response_due_stated]
    statement = select(*columns, programme_name().label("programme")).where(visible_letters(person))
    if taskforce_id is not None:
        statement = statement.where(Letter.taskforce_id == taskforce_id)
    if programme_id is not None:
        statement = statement.where(_addressed_to([programme_id]))
    if state is not None:
        statement = statement.where(Letter.state == state)
    return page(db.session(), statement, SORTS, arguments)


@dataclass(frozen=True)
class Waiting:
    """A letter that waits for somebody: what stands in its address, what it is about, and what to do."""

    key: str
    title: str
    programme: str
    what: str


def list_letters_waiting_for(person: Person, limit: int = 50) -> list[Waiting]:
    """The letters that `person` can move on, longest waiting first: chairs decide, the secretariat does the rest."""
    chairs, secretariat = person.taskforces(CHAIRS), person.taskforces({Role.SECRETARIAT})
    last, as_role = _of_last_step(ClearanceDecision.kind), _of_last_step(ClearanceDecision.as_role)
    with_chair, to_confirm = Letter.state == LetterState.WITH_CHAIR, last.in_(sorted(TO_CONFIRM))
    theirs = and_(
        Letter.taskforce_id.in_(sorted(secretariat)),
        or_(Letter.state.in_([LetterState.DRAFT, LetterState.APPROVED]), and_(with_chair, to_confirm)),
    )
    statement = (
        select(Letter.id, Letter.subject, Letter.state, programme_name().label("programme"))
        .add_columns(last.label("kind"), as_role.label("as_role"))
        .where(IS_MOVING, or_(and_(with_chair, ~to_confirm, Letter.taskforce_id.in_(sorted(chairs))), theirs))
        .order_by(Letter.id)
        .limit(limit)
    )
    return [
        Waiting(str(row.id), title_of(row.subject, row.programme), row.programme or "", _to_do(row.state, row))
        for row in db.session.execute(statement)
    ]


def _of_last_step(column: Any) -> Any:
    """A column of the last step of clearance of a letter; null where nobody has decided on it."""
    newest = select(column).where(ClearanceDecision.letter_id == Letter.id).order_by(ClearanceDecision.id.desc())
    return newest.limit(1).scalar_subquery()


def _to_do(state: LetterState, last: Any) -> str:
    """`last` is the last step of clearance, or empty columns."""
    if state is LetterState.APPROVED:
        return "Issue the letter"
    if state is LetterState.WITH_CHAIR:
        if last.kind is DecisionKind.APPROVED_UNDER_WAIVER:
            return "Confirm the approval under a waiver"
        return "Confirm the chair's changes" if last.kind is DecisionKind.APPROVED_WITH_CHANGES else "Approve or return"
    if last.kind in CAME_BACK:
        return f"{step_label(last)}: change it and send it to the chair again"
    return "Finish the draft and send it to the chair"


def title_of(subject: str, programme: str | None) -> str:
    """What a letter is called on pages: its subject, or to whom it goes."""
    return subject or f"Letter to the {programme}"
