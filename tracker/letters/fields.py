"""What the fields of standard passages say for one letter: read from the record when a version is saved."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.core import clock
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.directory import queries as directory
from tracker.directory.models import Programme, Taskforce
from tracker.letters import checking, queries
from tracker.letters.content import Content, plain
from tracker.letters.documents import Slots, slot_values
from tracker.letters.models import Letter
from tracker.passages.rules import FIELDS, SLOTS, Field
from tracker.workshops.models import Workshop


@dataclass(frozen=True)
class About:
    """The records that a letter's fields read; each but the taskforce may not be chosen yet."""

    taskforce: Taskforce
    programme_id: int | None = None
    contact_id: int | None = None
    workshop_id: int | None = None

    @classmethod
    def of(cls, letter: Letter) -> About:
        """What a letter is about, as it is saved; taskforce with board, and addressees, must be loaded."""
        to = letter.main_addressee
        return cls(letter.taskforce, to.programme_id, to.contact_id, letter.workshop_id)


def read(about: About) -> dict[str, str]:
    """What each field says now, empty where the record has nothing; the slots that issuing fills are not among them."""
    programme = db.session.get(Programme, about.programme_id) if about.programme_id else None
    owner = directory.current_sro(about.programme_id, clock.today()) if about.programme_id else None
    addressee = directory.get_contact(about.contact_id) if about.contact_id else None
    workshop = db.session.get(Workshop, about.workshop_id) if about.workshop_id else None
    chair = queries.get_chair(about.taskforce.id)
    board = about.taskforce.board
    said = {
        "programme": programme and programme.name,
        "programme organisation": programme and programme.organisation,
        "senior responsible owner": owner and owner.name,
        "addressee": addressee and addressee.name,
        "workshop": workshop and workshop.title,
        "workshop date": workshop and workshop.held_on and plain(workshop.held_on),
        "workshop place": workshop and workshop.place,
        "taskforce": about.taskforce.name,
        "board": board and board.name,
        "chair": chair and chair.name,
    }
    return {name: words or "" for name, words in said.items()}


def resolve(content: Content, about: About) -> Content:
    """The content with what its fields say now, which is approved with it. The record is read only where it is used."""
    names = [name for name in content.fields_used if name not in SLOTS]
    return content.with_fields(read(about) if names else {})


def complete(content: Content, about: About) -> Content:
    """The content as the chair changed it: fields keep what they said; one that is new says what the record says now.

    Raises RuleBroken (field body) for braces that are no field, and for a new field that has nothing to say.
    """
    known = dict(content.fields)
    new = [name for name in content.fields_used if name not in known and name not in SLOTS]
    values = read(about) | known if new else known
    changed = content.with_fields(values)
    if found := checking.braces(changed):
        raise RuleBroken(" ".join(finding.message for finding in found), field="body")
    return changed


@dataclass(frozen=True)
class Said:
    """A field, what it says now, and whether the text uses it."""

    field: Field
    words: str
    is_used: bool


def list_said(content: Content, values: dict[str, str], slots: Slots) -> list[Said]:
    """Every field with what it says, for the list beside the text."""
    used, everything = set(content.fields_used), values | slot_values(slots)
    return [Said(field, everything.get(field.name, ""), field.name in used) for field in FIELDS]
