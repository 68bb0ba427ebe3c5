"""The check list of a letter, gathered: what the record says of it, and the earlier recommendations like its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from tracker.accounts.models import Contact
from tracker.core import clock
from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.directory import queries as directory
from tracker.directory.models import Membership, Programme
from tracker.letters import checking, fields, queries
from tracker.letters.about import About, Record, look_up
from tracker.letters.checking import Facts, Finding, Heard
from tracker.letters.content import Content
from tracker.letters.likeness import Earlier, Like, find_alike, in_order
from tracker.letters.models import (
    Letter,
    LetterAddressee,
    LetterRecommendation,
    LetterVersion,
    Recommendation,
)
from tracker.letters.rules import AddresseeKind
from tracker.passages.rules import KeptIn

# The newest wordings that a letter's recommendations are held against.
COMPARED = 2000
MOST_NAMES = 200


@dataclass(frozen=True)
class Dates:
    """The planned dates of a letter."""

    letter_date: date | None
    due_on: date | None
    due_stated: str


@dataclass(frozen=True)
class CheckList:
    """What was found, what is like it, and how the records that it points to stand in addresses."""

    findings: list[Finding]
    alike: list[Like]
    places: dict[KeptIn, str]
    parts: tuple[str, ...]

    @property
    def blocks(self) -> list[Finding]:
        return [f for f in self.findings if f.blocks]

    @property
    def warnings(self) -> list[Finding]:
        return [f for f in self.findings if not f.blocks]


def check_letter(person: Person, letter: Letter) -> CheckList:
    """The check list of a letter as it is saved; its addressees and versions must be loaded."""
    record = look_up(About.of(letter))
    dates = Dates(letter.letter_date, letter.response_due_on, letter.response_due_stated)
    own = [letter.id, *([letter.corrects_id] if letter.corrects_id else [])]
    return check_words(person, letter.current.words, fields.said_by(record), record, dates, own)


def check_words(
    person: Person,
    content: Content,
    values: dict[str, str],
    record: Record,
    dates: Dates,
    own_letters: Sequence[int] = (),
) -> CheckList:
    """The check list of these words; a fixed number of queries. `own_letters` are not earlier ones."""
    kept = [point_id for ask in content.recommendations for point_id in ask.rests_on]
    points = queries.list_points(record.workshop_id, kept)
    facts = Facts(
        content,
        clock.today(),
        values,
        contact=values["addressee"],
        owner=record.owner or "",
        contact_is_owner=record.owner_id is not None and record.owner_id == record.addressee_id,
        letter_date=dates.letter_date,
        due_on=dates.due_on,
        due_stated=dates.due_stated,
        response_days=record.response_working_days,
        points=[Heard(p.id, p.text, p.could_identify) for p in points],
        known_names=_known_names(content, record.taskforce_id),
    )
    alike = _alike(person, content, record.programme_id, own_letters)
    return CheckList(checking.check(facts), alike, places(record), content.parts)


def places(record: Record) -> dict[KeptIn, str]:
    """How the records that fields read stand in addresses."""
    found = {
        KeptIn.TASKFORCE: record.taskforce_code,
        KeptIn.PROGRAMME: record.programme_code,
        KeptIn.WORKSHOP: record.workshop_reference,
    }
    return {kind: key for kind, key in found.items() if key}


def _known_names(content: Content, taskforce_id: int) -> list[str]:
    """The names of contacts and members of the taskforce that have a word of a name in the letter."""
    words = sorted({w for named, _, _ in checking.people_named(content) for w in checking.name_words(named)})
    if not words:
        return []
    name = func.lower(Contact.name)
    members = select(Membership.contact_id).where(Membership.taskforce_id == taskforce_id)
    statement = (
        select(Contact.name)
        .where(or_(directory.offered_contacts(taskforce_id), Contact.id.in_(members)))
        .where(or_(*(name.contains(word, autoescape=True) for word in words[:MOST_NAMES])))
        .order_by(Contact.id)
    )
    return list(db.session.scalars(statement))


def _alike(person: Person, content: Content, programme_id: int | None, own: Sequence[int]) -> list[Like]:
    asks = [content.filled(ask.text) for ask in content.recommendations]
    found = find_alike(asks, _list_earlier(person, own)) if any(asks) else []
    programmes = _programmes_of({like.earlier.letter_id for like in found})
    return in_order([_with_programme(like, programmes, programme_id) for like in found])


def _with_programme(like: Like, programmes: dict[int, tuple[int, str]], programme_id: int | None) -> Like:
    known_id, name = programmes.get(like.earlier.letter_id, (0, ""))
    earlier = replace(like.earlier, programme=name, is_same_programme=known_id == programme_id)
    return replace(like, earlier=earlier)


def _list_earlier(person: Person, own: Sequence[int]) -> list[Earlier]:
    """The newest recommendations of letters that were sent and that `person` may read, as they were last worded."""
    later = aliased(LetterVersion)
    reworded = exists().where(later.letter_id == LetterVersion.letter_id, later.number > LetterVersion.number)
    statement = (
        select(Recommendation.reference, LetterRecommendation.title, LetterRecommendation.text, Letter.id)
        .join(LetterRecommendation, LetterRecommendation.recommendation_id == Recommendation.id)
        .join(LetterVersion, LetterVersion.id == LetterRecommendation.version_id)
        .join(Letter, Letter.id == LetterVersion.letter_id)
        .where(Recommendation.reference.is_not(None), ~reworded, Letter.reference.is_not(None))
        .where(queries.visible_letters(person), Letter.id.not_in(own))
        .order_by(Recommendation.id.desc(), Letter.id.desc())
        .limit(COMPARED)
    )
    found: dict[str, Earlier] = {}
    for row in db.session.execute(statement):
        found.setdefault(row.reference, Earlier(row.reference, row.title, row.text, row.id))
    return list(found.values())


def _programmes_of(letter_ids: set[int]) -> dict[int, tuple[int, str]]:
    statement = (
        select(LetterAddressee.letter_id, Programme.id, Programme.name)
        .join(Programme, Programme.id == LetterAddressee.programme_id)
        .where(LetterAddressee.letter_id.in_(sorted(letter_ids)), LetterAddressee.kind == AddresseeKind.TO)
        .order_by(LetterAddressee.place.desc(), LetterAddressee.id.desc())
    )
    return {row.letter_id: (row.id, row.name) for row in db.session.execute(statement)}
