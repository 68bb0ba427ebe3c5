"""Reads of letterheads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Contact
from tracker.core import clock, files
from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.documents import Reference, open_reference
from tracker.letterheads.models import Letterhead
from tracker.letterheads.rules import OWN, DocumentKind
from tracker.web.tables import Page, Sort, page

NEWEST = Sort("newest", Letterhead.__table__.c.id, Letterhead.__table__.c.id, descending=True)


def get_letterhead_for(_person: Person, letterhead_id: int) -> Letterhead | None:
    """The letterhead with its taskforce and who uploaded it."""
    statement = select(Letterhead).where(Letterhead.id == letterhead_id)
    loaded = (joinedload(Letterhead.taskforce), joinedload(Letterhead.uploaded_by))
    return db.session.scalars(statement.options(*loaded)).one_or_none()


def list_letterheads(taskforce_id: int, arguments: Mapping[str, str]) -> Page:
    """A page of the taskforce's letterheads, the newest first."""
    columns: list[Any] = [Letterhead.id, Letterhead.kind, Letterhead.name, Letterhead.live_from, Letterhead.uploaded_at]
    statement = select(*columns, Contact.name.label("uploaded_by")).where(Letterhead.taskforce_id == taskforce_id)
    statement = statement.join(Contact, Contact.id == Letterhead.uploaded_by_id)
    return page(db.session(), statement, (NEWEST,), arguments)


def get_live(taskforce_id: int, kind: DocumentKind, on: date | None = None) -> Letterhead | None:
    """The letterhead that is live on that day (today): the newest of those that have begun. None: the product's own."""
    begun = Letterhead.live_from <= (on or clock.today())
    statement = select(Letterhead).where(Letterhead.taskforce_id == taskforce_id, Letterhead.kind == kind, begun)
    newest = (Letterhead.live_from.desc(), Letterhead.id.desc())
    return db.session.scalars(statement.order_by(*newest).limit(1)).first()


def list_planned(taskforce_id: int, kind: DocumentKind) -> Sequence[Letterhead]:
    """The letterheads that will be live from a later day, the next first."""
    statement = select(Letterhead).where(Letterhead.taskforce_id == taskforce_id, Letterhead.kind == kind)
    return db.session.scalars(
        statement.where(Letterhead.live_from > clock.today()).order_by(Letterhead.live_from, Letterhead.id)
    ).all()


def list_live_from(letterhead: Letterhead, day: date) -> Sequence[Letterhead]:
    """The other letterheads of its taskforce and kind that are live from that same day."""
    statement = select(Letterhead).where(
        Letterhead.taskforce_id == letterhead.taskforce_id,
        Letterhead.kind == letterhead.kind,
        Letterhead.live_from == day,
        Letterhead.id != letterhead.id,
    )
    return db.session.scalars(statement).all()


# Asked while somebody types a letter, so built once.
_LIVE_SHA256 = (
    select(Letterhead.file_sha256)
    .where(Letterhead.taskforce_id == bindparam("taskforce_id"), Letterhead.kind == bindparam("kind"))
    .where(Letterhead.live_from <= bindparam("on"))
    .order_by(Letterhead.live_from.desc(), Letterhead.id.desc())
    .limit(1)
)


def live_sha256(taskforce_id: int, kind: DocumentKind) -> str:
    """The hash of the live letterhead's file, or "" where the product's own is used."""
    asked = {"taskforce_id": taskforce_id, "kind": kind, "on": clock.today()}
    return db.session.scalars(_LIVE_SHA256, asked).first() or ""


def names_of(hashes: Iterable[str]) -> dict[str, str]:
    """What letterheads are called, by the hashes of their files; "" is the product's own."""
    wanted = sorted({one for one in hashes if one})
    statement = select(Letterhead.file_sha256, Letterhead.name).where(Letterhead.file_sha256.in_(wanted))
    rows = db.session.execute(statement.order_by(Letterhead.id)) if wanted else ()
    return {"": OWN} | {row.file_sha256: row.name for row in rows}


def reference(sha256: str) -> Reference | None:
    """The reference document with this hash, ready to write on; None for "", the product's own."""
    return _opened(sha256) if sha256 else None


@lru_cache(maxsize=16)
def _opened(sha256: str) -> Reference:
    # A hash names the same bytes for ever, so what was opened once need not be read again.
    return open_reference(files.read(sha256))
