"""What the fields of standard passages say for one letter: read from the record when a version is saved."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.core.errors import RuleBroken
from tracker.letters import checking
from tracker.letters.about import About, Record, look_up
from tracker.letters.content import Content, plain
from tracker.letters.documents import Slots, slot_values
from tracker.passages.rules import FIELDS, SLOTS, Field


def read(about: About) -> dict[str, str]:
    """What each field says now, empty where the record has nothing; the slots that issuing fills are not among them."""
    return said_by(look_up(about))


def said_by(record: Record) -> dict[str, str]:
    """What each field says by this record."""
    said = {
        "programme": record.programme,
        "programme organisation": record.programme_organisation,
        "senior responsible owner": record.owner,
        "addressee": record.addressee,
        "workshop": record.workshop,
        "workshop date": record.workshop_held_on and plain(record.workshop_held_on),
        "workshop place": record.workshop_place,
        "taskforce": record.taskforce,
        "board": record.board,
        "chair": record.chair,
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
