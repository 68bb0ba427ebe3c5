"""What changes standard passages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tracker.core import events
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.directory.models import Taskforce
from tracker.passages.models import StandardPassage
from tracker.passages.rules import PassageUse, problems_of_text

events.register_verbs(
    {
        "passage_added": "added a standard passage",
        "passage_edited": "changed a standard passage",
        "passage_removed": "removed a standard passage",
    }
)


def add_passage(taskforce: Taskforce, name: str, use: PassageUse, text: str, *, by: Person) -> StandardPassage:
    """A new passage. Raises RuleBroken for a taken name, and for an unknown field, which it names."""
    _check(taskforce.id, name, use, text, None)
    passage = StandardPassage(taskforce_id=taskforce.id, name=name, use=use, text=text)
    db.session.add(passage)
    db.session.flush()
    events.record(by, "passage_added", passage, name=name)
    return passage


def edit_passage(passage: StandardPassage, name: str, use: PassageUse, text: str, *, by: Person) -> bool:
    """Change a passage; whether anything changed. Letters keep the words that they took from it."""
    _check(passage.taskforce_id, name, use, text, passage.id)
    passage.name, passage.use, passage.text = name, use, text
    changed: dict[str, Any] = events.changes(passage)
    if changed:
        events.record(by, "passage_edited", passage, **changed)
        db.session.flush()
    return bool(changed)


def remove_passage(passage: StandardPassage, *, by: Person) -> None:
    """Remove a passage from those on offer. Letters keep the words that they took from it."""
    events.record(by, "passage_removed", passage, name=passage.name, text=passage.text)
    db.session.delete(passage)
    db.session.flush()


def _check(taskforce_id: int, name: str, use: PassageUse, text: str, own_id: int | None) -> None:
    if problems := problems_of_text(text, use):
        raise RuleBroken(" ".join(problems), field="text")
    taken = select(StandardPassage.id).where(
        StandardPassage.taskforce_id == taskforce_id, StandardPassage.name == name, StandardPassage.id != (own_id or 0)
    )
    if db.session.execute(taken).first() is not None:
        raise RuleBroken("There is already a passage with this name", field="name")
