"""What is typed on the writing page, read as a letter: nothing of it needs to be right yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tracker.core import clock
from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.directory import queries as directory
from tracker.directory.models import Programme, Taskforce
from tracker.directory.picker import NewContact
from tracker.documents import Letter as Document
from tracker.letters import checks, documents, draft_edits, fields, operations, queries
from tracker.letters.checks import CheckList, Dates
from tracker.letters.content import Content
from tracker.letters.fields import Said
from tracker.letters.forms import WritingForm
from tracker.letters.models import DraftEdit, Letter
from tracker.letters.operations import Addressed
from tracker.workshops.models import PointHeard, Workshop


@dataclass(frozen=True)
class Typed:
    """A letter as it is typed, with what its fields would say."""

    content: Content
    about: fields.About
    values: dict[str, str]
    slots: documents.Slots

    def document(self) -> Document:
        """As it would print."""
        return documents.as_document(self.content, self.slots, stamp=clock.now(), draft=True)

    def said(self) -> list[Said]:
        """Every field and what it says now."""
        return fields.list_said(self.content, self.values, self.slots)

    def list_points(self) -> Sequence[PointHeard]:
        """The points heard in the chosen workshop, and those that the recommendations rest on."""
        named = sorted({i for ask in self.content.recommendations for i in ask.rests_on})
        return queries.list_points_of(self.about.taskforce.id, self.about.workshop_id, named)

    def check(self, person: Person, letter_id: int | None) -> CheckList:
        """The check list of what is typed."""
        dates = Dates(self.slots.letter_date, self.slots.due_on, self.slots.due_stated)
        own = [letter_id] if letter_id else []
        return checks.check_words(person, self.content, self.values, self.about, dates, own)


def read(form: WritingForm, taskforce: Taskforce, shown: Addressed | None, corrects_id: int | None = None) -> Typed:
    """What is typed in the form; `shown` is whose name stood in it when it was opened."""
    content = operations.carried(operations.with_letterhead(form.content(), taskforce), corrects_id)
    programme = _get(Programme, form.programme_id.data)
    workshop = _get(Workshop, form.workshop_id.data)
    typed = form.addressee.data
    kept = isinstance(typed, int) and shown is not None and typed == shown.contact_id
    contact_id = typed if isinstance(typed, int) and (kept or _is_offered(taskforce, typed)) else None
    if programme and contact_id:
        content = operations.with_addressee(content, Addressed(contact_id, programme.id), shown)
    is_own = workshop is not None and workshop.taskforce_id == taskforce.id
    about = fields.About(taskforce, programme.id if programme else None, contact_id, workshop.id if is_own else None)
    values = fields.read(about)
    if isinstance(typed, NewContact):
        values["addressee"] = typed.name
    due, stated = form.response_due_on.data, form.response_due_stated.data or ""
    slots = documents.Slots("", form.letter_date.data, due, stated)
    return Typed(content.with_fields(values), about, values, slots)


def _is_offered(taskforce: Taskforce, contact_id: int) -> bool:
    return directory.get_offered_contact(taskforce.id, contact_id) is not None


def _get(kind: Any, chosen: Any) -> Any:
    text = str(chosen or "")
    return db.session.get(kind, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None


def continued(edit: DraftEdit | None) -> dict[str, Any]:
    """Arguments that fill a form with what was kept; none where nothing was."""
    if edit is None:
        return {}
    typed = draft_edits.typed_in(edit)
    typed["version"] = str(edit.base_version or "")
    return {"formdata": typed}


def show_what_moved(form: WritingForm, letter: Letter) -> None:
    """Where somebody saved the letter since this text was begun, show both, as a clash of two saves does."""
    if form.version.data != letter.version:
        form.show_clash(letter)
