"""What is typed on the writing page, read as a letter: nothing of it needs to be right yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tracker.core import clock
from tracker.core.permissions import Person
from tracker.directory import queries as directory
from tracker.directory.picker import NewContact
from tracker.documents import Letter as Document
from tracker.letters import checks, documents, draft_edits, fields, operations
from tracker.letters.about import About, Record, look_up
from tracker.letters.checks import CheckList, Dates
from tracker.letters.content import Content, addressee_lines, salutation_for
from tracker.letters.fields import Said
from tracker.letters.forms import WritingForm
from tracker.letters.heard import PointOnOffer
from tracker.letters.joint import NOBODY, Printed
from tracker.letters.models import DraftEdit, Letter
from tracker.letters.operations import Addressed
from tracker.letters.preview_queries import list_points_of
from tracker.letters.typed import Page


@dataclass(frozen=True)
class Typed:
    """A letter as it is typed, with what its fields would say."""

    content: Content
    record: Record
    values: dict[str, str]
    slots: documents.Slots

    def document(self) -> Document:
        """As it would print."""
        return documents.as_document(self.content, self.slots, stamp=clock.now(), draft=True)

    def said(self) -> list[Said]:
        """Every field and what it says now."""
        return fields.list_said(self.content, self.values, self.slots)

    def list_points(self) -> list[PointOnOffer]:
        """The points heard in the chosen workshop, and those that the recommendations rest on."""
        named = sorted({i for ask in self.content.recommendations for i in ask.rests_on})
        return list_points_of(self.record.taskforce_id, self.record.workshop_id, named)

    def check(self, person: Person, letter_id: int | None) -> CheckList:
        """The check list of what is typed."""
        dates = Dates(self.slots.letter_date, self.slots.due_on, self.slots.due_stated)
        own = [letter_id] if letter_id else []
        return checks.check_words(person, self.content, self.values, self.record, dates, own)


def read(page: Page, taskforce_id: int, shown: Addressed | None, corrects_id: int | None = None) -> Typed:
    """What is typed on the page; `shown` is whose name stood in it when it was opened."""
    typed = page.addressee
    kept = isinstance(typed, int) and shown is not None and typed == shown.contact_id
    contact_id = typed if isinstance(typed, int) and (kept or _is_offered(taskforce_id, typed)) else None
    record = look_up(About(taskforce_id, page.programme_id, contact_id, page.workshop_id))
    # The letterhead that it is saved on is not shown, so it is not looked up.
    content = replace(page.content, organisation=record.board_organisation or "", unit=record.taskforce)
    content = _with_addressee(operations.carried(content, corrects_id), record, shown)
    values = fields.said_by(record)
    if isinstance(typed, NewContact):
        values["addressee"] = typed.name
    slots = documents.Slots("", page.letter_date, page.response_due_on, page.response_due_stated)
    return Typed(content.with_fields(values), record, values, slots)


def _with_addressee(content: Content, record: Record, shown: Addressed | None) -> Content:
    if record.programme_id is None or record.addressee_id is None:
        return content
    lines = addressee_lines(
        record.addressee or "",
        record.addressee_post_nominals or "",
        record.addressee_job_title or "",
        record.programme or "",
    )
    now = Printed(lines, salutation_for(record.addressee or "", record.addressee_salutation or ""))
    is_same = shown == Addressed(record.addressee_id, record.programme_id)
    before = now if is_same else operations.printed(shown) if shown else NOBODY
    return operations.fill_in_addressee(content, now, before)


def _is_offered(taskforce_id: int, contact_id: int) -> bool:
    return directory.get_offered_contact(taskforce_id, contact_id) is not None


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
