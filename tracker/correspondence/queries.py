"""Reads of correspondence: what was entered, beside what the product itself did, in one order.

A letter's issue and its sendings stand in their own records and are read from there, so that nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Integer,
    String,
    Time,
    and_,
    case,
    cast,
    extract,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.models import Contact, Grant, User
from tracker.core import files
from tracker.core.db import db
from tracker.core.files import StoredFile
from tracker.core.permissions import Person
from tracker.correspondence.delivery import undelivered
from tracker.correspondence.models import CorrespondenceEntry, CorrespondenceFile
from tracker.correspondence.rules import (
    ISSUED,
    SENT,
    SHORTEST_NAME,
    TIMED,
    UNTIMED,
    Direction,
    EntryKind,
    is_with_programme,
    place_in_time,
)
from tracker.directory.models import SroAppointment
from tracker.letters.models import Letter
from tracker.letters.queries import get_letter_for
from tracker.letters.rules import AddresseeKind, LetterState
from tracker.sending.models import LetterSending
from tracker.sending.rules import SendingHow
from tracker.web.tables import Page, Sort, page

MOST_NAMES = 100
KIND, DIRECTION = CorrespondenceEntry.kind.type, CorrespondenceEntry.direction.type


@dataclass(frozen=True)
class Item:
    """One line of the correspondence, whatever record it stands in; `source` is entry, letter or sending.

    `delivery` says of what goes by e-mail that it has not gone to everybody; nothing once it has. `files` are
    (id or 0, name). `shown` is whether the programme sees it.
    """

    source: str
    id: int
    kind: EntryKind
    direction: Direction
    happened_on: date
    happened_at: time | None = None
    from_whom: str = ""
    to_whom: str = ""
    subject: str = ""
    text: str = ""
    how: str = ""
    files: tuple[tuple[int, str], ...] = ()
    is_internal: bool = False
    struck_reason: str = ""
    is_by_product: bool = False
    entered_by: str = ""
    entered_at: datetime | None = None
    shown: bool = False
    delivery: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file of an entry, to be downloaded under a name of ours."""

    entry: CorrespondenceEntry
    file: CorrespondenceFile
    media_type: str

    @property
    def taskforce_id(self) -> int:
        return self.entry.taskforce_id

    @property
    def is_issued(self) -> bool:
        return self.entry.is_issued

    @property
    def programme_ids(self) -> frozenset[int]:
        return self.entry.programme_ids

    @property
    def name(self) -> str:
        """EPC-L02-correspondence-12-3.pdf: the letter, the entry, the file."""
        place = self.entry.files.index(self.file) + 1
        ending = files.ENDINGS.get(self.media_type, "bin")
        letter = self.entry.letter.reference or f"letter-{self.entry.letter_id}"
        return f"{letter}-correspondence-{self.entry.id}-{place}.{ending}"


def reads_all(person: Person, letter: Letter) -> bool:
    """Whether the person reads all of a letter's correspondence: those of its taskforce do, programmes their own."""
    return letter.taskforce_id in person.taskforces()


def list_names(letter: Letter, programme_ids: frozenset[int]) -> list[str]:
    """What these programmes of a letter and their people are called, with their e-mail addresses: one query.

    Somebody who has left counts: what went to them then went to the programme. Short names would be found in others.
    """
    to = [a for a in letter.addressees if a.kind is AddresseeKind.TO and a.programme_id in programme_ids]
    held = select(Grant.contact_id).where(Grant.programme_id.in_(sorted(programme_ids)))
    owners = select(SroAppointment.contact_id).where(SroAppointment.programme_id.in_(sorted(programme_ids)))
    people = or_(Contact.id.in_(held), Contact.id.in_(owners), Contact.id.in_([a.contact_id for a in to]))
    statement = select(Contact.name, Contact.email, User.email).outerjoin(User, User.contact_id == Contact.id)
    rows = db.session.execute(statement.where(people).order_by(Contact.id).limit(MOST_NAMES)).all()
    names = {a.programme.name for a in to} | {str(value) for row in rows for value in row if value}
    return sorted(name for name in names if len(name) >= SHORTEST_NAME)


def _with_programme(direction: Any, from_whom: Any, to_whom: Any, names: Sequence[str]) -> Any:
    """As `rules.is_with_programme`, for the database."""
    party = case((direction == Direction.IN, from_whom), else_=to_whom)
    found = or_(false(), *(party.icontains(name, autoescape=True) for name in names))
    return and_(direction != Direction.INSIDE, found)


def _own_names(person: Person, letter: Letter) -> list[str] | None:
    """What the person's programmes and their people are called; None for those who read all."""
    return None if reads_all(person, letter) else list_names(letter, person.programmes() & letter.programme_ids)


def _seen(names: Sequence[str] | None) -> Any:
    """The entries that those who go by `names` may see; all of them for None."""
    if names is None:
        return true()
    row = CorrespondenceEntry
    own = _with_programme(row.direction, row.from_whom, row.to_whom, names)
    return and_(row.is_internal.is_(False), row.struck_at.is_(None), own)


def _at(day: Any, within: Any) -> Any:
    """As `rules.place_in_time`, for the database."""
    number = extract("year", day) * 10_000 + extract("month", day) * 100 + extract("day", day)
    return cast(number, BigInteger) * 10_000 + cast(within, Integer)


def _entries(letter: Letter, seen: Any) -> Any:
    row = CorrespondenceEntry
    minutes = extract("hour", row.happened_at) * 60 + extract("minute", row.happened_at)
    within = case((row.happened_at.is_(None), UNTIMED * 1000), else_=TIMED * 1000 + minutes)
    return select(
        literal("entry", String).label("source"),
        row.id.label("id"),
        row.kind.label("kind"),
        row.direction.label("direction"),
        row.happened_on.label("happened_on"),
        row.happened_at.label("happened_at"),
        row.subject.label("subject"),
        row.is_internal.label("is_internal"),
        row.struck_at.is_not(None).label("is_struck"),
        _at(row.happened_on, within).label("at"),
    ).where(row.letter_id == letter.id, seen)


def _made(source: str, row_id: Any, kind: Any, day: Any, subject: Any, at: Any) -> Any:
    """The columns of what the product itself did."""
    return select(
        literal(source, String),
        row_id,
        kind,
        literal(Direction.OUT, DIRECTION),
        day,
        cast(null(), Time),
        subject,
        literal(False, Boolean),
        literal(False, Boolean),
        at,
    )


def _sendings(letter: Letter, names: Sequence[str] | None) -> Any:
    row = LetterSending
    mailed = row.how.in_([SendingHow.EMAIL, SendingHow.MESSAGE])
    kind = case((mailed, literal(EntryKind.EMAIL, KIND)), else_=literal(EntryKind.LETTER, KIND))
    statement = _made("sending", row.id, kind, row.sent_on, row.subject, _at(row.sent_on, literal(SENT * 1000)))
    statement = statement.where(row.letter_id == letter.id)
    if names is None:
        return statement
    whom = row.to_line + " " + row.copies_line
    return statement.where(or_(false(), *(whom.icontains(name, autoescape=True) for name in names)))


def _all(person: Person, letter: Letter) -> Any:
    """Everything about a letter that `person` may see, as one table."""
    names = _own_names(person, letter)
    parts = [_entries(letter, _seen(names)), _sendings(letter, names)]
    if letter.is_issued and letter.letter_date:
        at = place_in_time(letter.letter_date, None, ISSUED)
        day, kind = literal(letter.letter_date, Date), literal(EntryKind.LETTER, KIND)
        issue = _made(
            "letter", literal(letter.id, Integer), kind, day, literal(letter.subject, String), literal(at, BigInteger)
        )
        parts.append(issue)
    return union_all(*parts).subquery()


def list_correspondence(
    person: Person,
    letter: Letter,
    arguments: Mapping[str, str],
    *,
    kind: EntryKind | None = None,
    direction: Direction | None = None,
    size: int = 50,
) -> Page:
    """A page of what `person` may see of the correspondence about a letter, newest first. Columns only."""
    table = _all(person, letter)
    statement = select(*(c for c in table.c if c.name != "at"))
    if kind is not None:
        statement = statement.where(table.c.kind == kind)
    if direction is not None:
        statement = statement.where(table.c.direction == direction)
    sorts = (Sort("date", table.c.at, table.c.id, descending=True),)
    return page(db.session(), statement, sorts, arguments, size=size)


def list_items(person: Person, letter: Letter, rows: Sequence[Any]) -> list[Item]:
    """What stands behind the rows of a page, in their order: a fixed number of queries."""
    names = list_names(letter, letter.programme_ids) if letter.is_issued else []
    said = undelivered(letter, rows, whole=reads_all(person, letter))
    found = {
        "entry": {e.id: _of_entry(e, names) for e in _list_entries([r.id for r in rows if r.source == "entry"])},
        "sending": {s.id: _of_sending(s) for s in _list_sendings([r.id for r in rows if r.source == "sending"])},
        "letter": {letter.id: _of_letter(letter)},
    }
    return [replace(found[row.source][row.id], delivery=said.get((row.source, row.id), "")) for row in rows]


def _list_entries(ids: Sequence[int]) -> Sequence[CorrespondenceEntry]:
    statement = select(CorrespondenceEntry).where(CorrespondenceEntry.id.in_(ids))
    loaded = (selectinload(CorrespondenceEntry.files), joinedload(CorrespondenceEntry.entered_by))
    return db.session.scalars(statement.options(*loaded)).all()


def _list_sendings(ids: Sequence[int]) -> Sequence[LetterSending]:
    statement = select(LetterSending).where(LetterSending.id.in_(ids))
    return db.session.scalars(statement.options(selectinload(LetterSending.files), joinedload(LetterSending.by))).all()


def item_of(entry: CorrespondenceEntry) -> Item:
    """One entry as its page shows it."""
    return _of_entry(entry, list_names(entry.letter, entry.programme_ids) if entry.is_issued else [])


def _of_entry(entry: CorrespondenceEntry, names: Sequence[str]) -> Item:
    open_to = not entry.is_internal and not entry.is_struck
    return Item(
        source="entry",
        id=entry.id,
        kind=entry.kind,
        direction=entry.direction,
        happened_on=entry.happened_on,
        happened_at=entry.happened_at,
        from_whom=entry.from_whom,
        to_whom=entry.to_whom,
        subject=entry.subject,
        text=entry.text,
        files=tuple((f.id, f.name) for f in entry.files),
        is_internal=entry.is_internal,
        struck_reason=entry.struck_reason,
        is_by_product=entry.is_by_product,
        entered_by=entry.entered_by.name if entry.entered_by else "",
        entered_at=entry.entered_at,
        shown=open_to and is_with_programme(entry.direction, entry.from_whom, entry.to_whom, names),
    )


def _of_sending(sending: LetterSending) -> Item:
    mailed = sending.how in {SendingHow.EMAIL, SendingHow.MESSAGE}
    return Item(
        source="sending",
        id=sending.id,
        kind=EntryKind.EMAIL if mailed else EntryKind.LETTER,
        direction=Direction.OUT,
        happened_on=sending.sent_on,
        from_whom=sending.by.name,
        to_whom="; ".join(filter(None, (sending.to_line, sending.copies_line))),
        subject=sending.subject,
        text=sending.covering_text,
        how=sending.how.label,
        files=tuple((0, f.name) for f in sending.files),
        is_by_product=True,
    )


def _of_letter(letter: Letter) -> Item:
    recorded = letter.state is LetterState.RECORDED
    return Item(
        source="letter",
        id=letter.id,
        kind=EntryKind.LETTER,
        direction=Direction.OUT,
        happened_on=letter.letter_date or date.min,
        from_whom=letter.taskforce.name,
        to_whom=letter.sent_to or letter.main_addressee.contact.name,
        subject=letter.subject,
        text="Recorded: the letter was issued outside the product." if recorded else f"Issued as {letter.reference}.",
        how=letter.sent_how.label if letter.sent_how else "",
        is_by_product=True,
        shown=True,
    )


def get_entry_for(person: Person, key: str, entry_id: int) -> CorrespondenceEntry | None:
    """The entry of this letter with its files; None where `person` cannot see it."""
    letter = get_letter_for(person, key)
    if letter is None:
        return None
    statement = select(CorrespondenceEntry).where(
        CorrespondenceEntry.id == entry_id,
        CorrespondenceEntry.letter_id == letter.id,
        _seen(_own_names(person, letter)),
    )
    loaded = (
        joinedload(CorrespondenceEntry.letter),
        joinedload(CorrespondenceEntry.entered_by),
        selectinload(CorrespondenceEntry.files),
    )
    return db.session.scalars(statement.options(*loaded)).unique().one_or_none()


def get_attachment_for(person: Person, key: str, entry_id: int, file_id: int) -> Attachment | None:
    """A file of this entry; None where `person` cannot see the entry."""
    entry = get_entry_for(person, key, entry_id)
    file = next((f for f in entry.files if f.id == file_id), None) if entry else None
    if entry is None or file is None:
        return None
    kind = select(StoredFile.media_type).where(StoredFile.sha256 == file.file_sha256)
    return Attachment(entry, file, db.session.execute(kind).scalar_one())


def get_by_message(letter_id: int, message_id: str) -> CorrespondenceEntry | None:
    """The entry of a letter that keeps this e-mail already, struck or not."""
    statement = select(CorrespondenceEntry).where(
        CorrespondenceEntry.letter_id == letter_id, CorrespondenceEntry.message_id == message_id
    )
    return db.session.scalars(statement).one_or_none()


def list_own_addresses(taskforce_id: int) -> frozenset[str]:
    """The e-mail addresses of a taskforce's own people, in lower case: whose mail goes out."""
    statement = (
        select(func.lower(User.email))
        .join(Grant, Grant.contact_id == User.contact_id)
        .where(Grant.taskforce_id == taskforce_id)
        .distinct()
    )
    return frozenset(db.session.scalars(statement))
