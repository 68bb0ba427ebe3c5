"""What people typed into drafts and have not saved: kept for them, and told to others who open the same draft."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, text
from werkzeug.datastructures import MultiDict

from tracker.accounts.models import Contact
from tracker.core import clock, form_keys
from tracker.core.db import db, insert_into
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.letters.models import DraftEdit, Letter
from tracker.letters.rules import LetterState

# Of the form, but not of what was typed.
BUTTONS = frozenset({"arrange", "preview", "check", "find", "passage", "standard_passage"})
LEFT_OUT = BUTTONS | {"csrf_token", "form_key", "version"}
LONGEST = 2_000_000
OTHERS_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Draft:
    """A draft that is being written: a letter's, or a new one of a taskforce (no letter yet)."""

    taskforce_id: int
    letter_id: int | None = None


@dataclass(frozen=True)
class Typing:
    """Somebody who was typing in a draft, and when what they typed was last kept."""

    name: str
    at: datetime

    def sentence(self) -> str:
        """Sam Secretary was typing in this draft 2 minutes ago."""
        minutes = int((clock.now() - self.at).total_seconds() // 60)
        ago = {0: "just now", 1: "1 minute ago"}.get(minutes, f"{minutes} minutes ago")
        return f"{self.name} was typing in this draft {ago}"


def read_typed(typed: MultiDict[str, str], left_out: Collection[str] = LEFT_OUT) -> str:
    """What somebody typed into a form, as JSON.

    Raises RuleBroken for a page whose form was saved already, and for more than the form can hold.
    """
    if form_keys.is_used(typed.get("form_key", "")[:64]):
        raise RuleBroken("This page was saved already. Open it again.")
    fields = json.dumps({name: typed.getlist(name) for name in typed if name not in left_out})
    if len(fields) > LONGEST:
        raise RuleBroken("This is more than can be kept. Save the draft.")
    return fields


def keep(draft: Draft, typed: MultiDict[str, str], *, by: Person) -> datetime:
    """Keep what somebody typed, in place of what was kept for them before; when that was. Raises as `read_typed`."""
    fields, at, version = read_typed(typed), clock.now(), typed.get("version", "")
    kept = {
        "base_version": int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,
        "fields": fields,
        "saved_at": at,
    }
    own = {"taskforce_id": draft.taskforce_id, "letter_id": draft.letter_id, "contact_id": by.contact_id}
    statement = insert_into(DraftEdit.__table__).values(**own, **kept)
    if draft.letter_id is None:
        unique = {"index_elements": ["taskforce_id", "contact_id"], "index_where": text("letter_id IS NULL")}
    else:
        unique = {"index_elements": ["letter_id", "contact_id"]}
    db.session.execute(statement.on_conflict_do_update(set_=kept, **unique))
    return at


def keep_for(letter: Letter, typed: MultiDict[str, str], *, by: Person) -> datetime:
    """Keep what somebody typed into a letter. Raises RuleBroken where it is no draft any more."""
    if letter.state is not LetterState.DRAFT:
        raise RuleBroken(f"The letter is {letter.state.label.lower()} now: it cannot be saved.")
    return keep(Draft(letter.taskforce_id, letter.id), typed, by=by)


def drop(draft: Draft, *, by: Person) -> None:
    """Let go of what was kept for somebody: they saved it, or do not want it."""
    db.session.execute(delete(DraftEdit).where(_of(draft), DraftEdit.contact_id == by.contact_id))


def get_own(draft: Draft, person: Person) -> DraftEdit | None:
    """What was kept for `person`."""
    return db.session.scalars(
        select(DraftEdit).where(_of(draft), DraftEdit.contact_id == person.contact_id)
    ).one_or_none()


def list_others(draft: Draft, person: Person) -> list[Typing]:
    """Who else typed in this draft within the last 15 minutes, the newest first."""
    return [] if draft.letter_id is None else list_typing(DraftEdit, _of(draft), person)


def list_typing(kept: Any, of: ColumnElement[bool], person: Person) -> list[Typing]:
    """Who but `person` typed within the last 15 minutes, the newest first: of rows of `kept` under a condition."""
    statement = (
        select(Contact.name, kept.saved_at)
        .join(Contact, Contact.id == kept.contact_id)
        .where(of, kept.contact_id != person.contact_id, kept.saved_at > clock.now() - OTHERS_FOR)
        .order_by(kept.saved_at.desc(), kept.id)
        .limit(5)
    )
    return [Typing(row.name, row.saved_at) for row in db.session.execute(statement)]


def typed_in(edit: Any) -> MultiDict[str, str]:
    """What was kept, of any kind of draft, as a form sends it."""
    values: Mapping[str, Sequence[str]] = json.loads(edit.fields)
    return MultiDict([(name, value) for name, given in values.items() for value in given])


def _of(draft: Draft) -> ColumnElement[bool]:
    if draft.letter_id is not None:
        return DraftEdit.letter_id == draft.letter_id
    return DraftEdit.letter_id.is_(None) & (DraftEdit.taskforce_id == draft.taskforce_id)
