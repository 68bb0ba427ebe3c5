"""Reads of comments on letters, and of the rounds in which members make them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.grants import in_force
from tracker.accounts.models import Contact, Grant, User
from tracker.core import clock
from tracker.core.db import db
from tracker.core.permissions import COMMENTERS, Person, Role
from tracker.letters.content import Content
from tracker.letters.models import CommentAsked, CommentRound, Letter, LetterAddressee, LetterComment, LetterVersion
from tracker.letters.queries import named, programme_name, title_of
from tracker.letters.rules import LetterState


@dataclass(frozen=True)
class Commenter:
    """Somebody whom the secretariat can ask to comment."""

    contact_id: int
    name: str
    email: str


def list_commenters(taskforce_id: int) -> list[Commenter]:
    """The members and chairs of a taskforce who can sign in, by name."""
    statement = (
        select(Contact.id, Contact.name, User.email)
        .join(User, User.contact_id == Contact.id)
        .join(Grant, Grant.contact_id == Contact.id)
        .where(Grant.taskforce_id == taskforce_id, Grant.role.in_(sorted(COMMENTERS)))
        .where(Grant.delegated_by_id.is_(None), in_force(clock.today()), User.disabled_at.is_(None))
        .distinct()
        .order_by(Contact.name, Contact.id)
    )
    return [Commenter(*row) for row in db.session.execute(statement)]


def get_open_round(letter_id: int) -> CommentRound | None:
    """The round of a letter that nobody has ended, its date gone or not."""
    statement = select(CommentRound).where(CommentRound.letter_id == letter_id, CommentRound.closed_at.is_(None))
    return db.session.scalars(statement.order_by(CommentRound.id.desc()).limit(1)).first()


def _whole() -> tuple[object, ...]:
    letter = joinedload(CommentRound.letter)
    return (
        letter.joinedload(Letter.taskforce),
        letter.selectinload(Letter.addressees).joinedload(LetterAddressee.programme),
        joinedload(CommentRound.letter_version),
        joinedload(CommentRound.opened_by),
        selectinload(CommentRound.asked).joinedload(CommentAsked.contact),
    )


def get_round_for(person: Person, key: str) -> CommentRound | None:
    """The newest round on the letter with this key in which `person` was asked, open or over; else None."""
    statement = (
        select(CommentRound)
        .join(CommentRound.letter)
        .join(CommentAsked, CommentAsked.round_id == CommentRound.id)
        .where(named(key), CommentAsked.contact_id == person.contact_id)
        .order_by(CommentRound.id.desc())
        .limit(1)
        .options(*_whole())  # type: ignore[arg-type]
    )
    return db.session.scalars(statement).first()


def get_running_round(letter_id: int) -> CommentRound | None:
    """The newest round of a letter with whom it asks, where nobody has ended it."""
    statement = (
        select(CommentRound)
        .where(CommentRound.letter_id == letter_id, CommentRound.closed_at.is_(None))
        .order_by(CommentRound.id.desc())
        .limit(1)
        .options(*_whole())  # type: ignore[arg-type]
    )
    return db.session.scalars(statement).first()


def list_comments(letter_id: int, *, round_id: int | None = None) -> Sequence[LetterComment]:
    """The comments on a letter, or those of one round, in the order in which they were made."""
    statement = select(LetterComment).where(LetterComment.letter_id == letter_id)
    if round_id is not None:
        statement = statement.where(LetterComment.round_id == round_id)
    options = (
        joinedload(LetterComment.by),
        joinedload(LetterComment.dealt_by),
        joinedload(LetterComment.letter_version),
    )
    return db.session.scalars(statement.options(*options).order_by(LetterComment.id)).all()


def count_open_comments(letter_id: int) -> int:
    """How many comments on a letter nobody has dealt with."""
    statement = select(func.count(LetterComment.id)).where(LetterComment.letter_id == letter_id)
    return db.session.execute(statement.where(LetterComment.dealt_at.is_(None))).scalar_one()


def get_comment(letter_id: int, comment_id: int) -> LetterComment | None:
    """The comment with this id, where it is one on this letter; with its letter and who made it."""
    statement = select(LetterComment).where(LetterComment.letter_id == letter_id, LetterComment.id == comment_id)
    options = (joinedload(LetterComment.letter), joinedload(LetterComment.by), joinedload(LetterComment.letter_version))
    return db.session.scalars(statement.options(*options)).one_or_none()


@dataclass(frozen=True)
class Asked:
    """A draft on which somebody is asked to comment, by when."""

    key: str
    title: str
    until_on: date


def list_rounds_waiting_for(person: Person, today: date, limit: int = 50) -> list[Asked]:
    """The drafts on which `person` is asked to comment and has not said that they are done, the next to end first."""
    theirs = {g.taskforce_id for g in person.grants if g.role in COMMENTERS and g.delegated_by_id is None}
    statement = (
        select(Letter.id, LetterVersion.content, programme_name().label("programme"), CommentRound.until_on)
        .join(CommentRound, CommentRound.letter_id == Letter.id)
        .join(LetterVersion, LetterVersion.id == CommentRound.version_id)
        .join(CommentAsked, CommentAsked.round_id == CommentRound.id)
        .where(CommentAsked.contact_id == person.contact_id, CommentAsked.finished_at.is_(None))
        .where(CommentRound.closed_at.is_(None), CommentRound.until_on >= today)
        .where(Letter.state == LetterState.DRAFT, Letter.taskforce_id.in_(sorted(i for i in theirs if i)))
        .order_by(CommentRound.until_on, Letter.id)
        .limit(limit)
    )
    rows = [(r, Content.from_json(r.content).subject) for r in db.session.execute(statement)]
    return [Asked(str(r.id), title_of(subject, r.programme), r.until_on) for r, subject in rows]


@dataclass(frozen=True)
class Commented:
    """A draft with comments that nobody has dealt with yet."""

    key: str
    title: str
    number: int


def list_comments_waiting_for(person: Person, limit: int = 50) -> list[Commented]:
    """The secretariat's drafts with comments to deal with, and how many."""
    number = func.count(LetterComment.id).label("number")
    statement = (
        select(Letter.id, Letter.subject, programme_name().label("programme"), number)
        .join(LetterComment, LetterComment.letter_id == Letter.id)
        .where(Letter.taskforce_id.in_(sorted(person.taskforces({Role.SECRETARIAT}))))
        .where(Letter.state == LetterState.DRAFT, LetterComment.dealt_at.is_(None))
        .group_by(Letter.id, Letter.subject)
        .order_by(Letter.id)
        .limit(limit)
    )
    return [Commented(str(r.id), title_of(r.subject, r.programme), r.number) for r in db.session.execute(statement)]
