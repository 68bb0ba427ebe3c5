"""Reads of Word letters."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Contact
from tracker.core.db import db
from tracker.core.permissions import Person, Role
from tracker.directory.models import Programme, Taskforce
from tracker.directory.queries import offered_contacts
from tracker.letters.models import Letter
from tracker.letters.rules import LetterState
from tracker.word_letters.models import WordUpload
from tracker.word_letters.rules import UploadPurpose

MOST_WAITING = 20


def get_upload_for(_person: Person, upload_id: int) -> WordUpload | None:
    """The uploaded Word letter with this id, with the version it is compared with and who uploaded it."""
    loaded = (joinedload(WordUpload.base_version), joinedload(WordUpload.by))
    return db.session.scalars(select(WordUpload).where(WordUpload.id == upload_id).options(*loaded)).one_or_none()


def list_waiting(taskforce_id: int, letter_id: int | None = None) -> Sequence[WordUpload]:
    """The newest Word letters that nobody has decided on: of a draft, or of the taskforce that are no draft's."""
    statement = select(WordUpload).where(WordUpload.taskforce_id == taskforce_id, WordUpload.outcome.is_(None))
    if letter_id is not None:
        statement = statement.where(WordUpload.letter_id == letter_id)
    else:
        statement = statement.where(WordUpload.purpose != UploadPurpose.DRAFT)
    newest = statement.options(joinedload(WordUpload.by)).order_by(WordUpload.id.desc())
    return db.session.scalars(newest.limit(MOST_WAITING)).all()


def list_undecided_for(person: Person, limit: int = 50) -> Sequence[WordUpload]:
    """The Word letters that the secretariat has not decided on: of drafts that can be changed, and of no draft."""
    statement = (
        select(WordUpload)
        .outerjoin(Letter, Letter.id == WordUpload.letter_id)
        .where(WordUpload.taskforce_id.in_(sorted(person.taskforces({Role.SECRETARIAT}))))
        .where(WordUpload.outcome.is_(None))
        .where(or_(WordUpload.purpose != UploadPurpose.DRAFT, Letter.state == LetterState.DRAFT))
    )
    return db.session.scalars(statement.order_by(WordUpload.id).limit(limit)).all()


def get_taskforce_code(taskforce_id: int) -> str:
    """The code of a taskforce."""
    return db.session.execute(select(Taskforce.code).where(Taskforce.id == taskforce_id)).scalar_one()


def find_contact(taskforce_id: int, names: Sequence[str]) -> Contact | None:
    """The contact whom the taskforce's forms may name and who has one of these names (in lower case); the longest."""
    name = func.lower(Contact.name)
    statement = select(Contact).where(offered_contacts(taskforce_id), name.in_(names))
    return db.session.scalars(statement.order_by(func.length(Contact.name).desc(), Contact.id).limit(1)).first()


def find_programme(text: str) -> Programme | None:
    """The programme whose name stands in `text` (in lower case); the longest."""
    statement = select(Programme).order_by(func.length(Programme.name).desc(), Programme.id)
    return next((p for p in db.session.scalars(statement) if p.name.casefold() in text), None)
