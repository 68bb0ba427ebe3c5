"""The columns of the register: on the page where they are chosen, and in a spreadsheet, the same both ways."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, select

from tracker.accounts.models import Contact
from tracker.actions.models import Action
from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.directory.models import Programme, Taskforce
from tracker.letters.models import Letter, LetterRecommendation, Recommendation
from tracker.recommendations.models import Assignment, AssignmentAction
from tracker.recommendations.rules import Lateness, days_late, lateness
from tracker.spreadsheets import Cell, Column, Kind, plain
from tracker.workshops.rules import FocusArea, Principle

# Lines are read so many at a time: two queries each.
CHUNK = 500
REASON = Column("reason", "Reason for the change", width=40)
SHEET_COLUMNS = (
    Column("reference", "Reference", width=16),
    Column("programme_code", "Programme code", width=12),
    Column("programme", "Programme", width=28),
    Column("taskforce", "Taskforce", width=12),
    Column("letter", "Letter", width=12),
    Column("title", "Recommendation", width=44),
    Column("text", "In full", width=60),
    Column("kind", "Kind of ask", width=20),
    Column("theme", "Theme", width=20),
    Column("focus_area", "Focus area", width=16),
    Column("principles", "Principles", width=28),
    Column("due_on", "Answer due", Kind.DATE, 13),
    Column("due_stated", "Due as stated", width=18),
    Column("original_due_on", "First due", Kind.DATE, 13),
    Column("times_extended", "Times moved", Kind.NUMBER, 10),
    Column("days_late", "Days late", Kind.NUMBER, 10),
    Column("position", "Position", width=22),
    Column("lead", "Lead", width=22),
    Column("delivery", "Delivery", width=22),
    Column("judgement", "Assessment", width=22),
    Column("status", "Status", width=24),
    Column("answered_on", "Answered on", Kind.DATE, 13),
    Column("closed_on", "Closed on", Kind.DATE, 13),
    Column("closed_reason", "Reason for closing", width=40),
    Column("owners", "Owners of actions", width=28),
    REASON,
)
# How a row is known again, and what makes a sheet one that can be taken back.
KEYS = ("reference", "programme_code")
# Always on the page: reference and recommendation. Always in a sheet: what names the row, and the reason to fill in.
ON_THE_PAGE = tuple(c for c in SHEET_COLUMNS if c.key not in {*KEYS, "title", "text", "reason"})
DEFAULT = ("due_on", "position", "status")
# The chair's own axis is for the taskforce alone.
PRIVATE = frozenset({"judgement"})

Line = Mapping[str, Cell]


@dataclass(frozen=True)
class Lined:
    """An assignment's line: its id and version, and its cells by the columns' keys."""

    id: int
    version: int
    taskforce_id: int
    cells: Line


def page_columns(*, judgement: bool) -> list[Column]:
    """The columns that a person may choose on the page; `judgement`: whether they read for a taskforce."""
    return [column for column in ON_THE_PAGE if judgement or column.key not in PRIVATE]


def sheet_columns(chosen: Sequence[str] | None, *, judgement: bool) -> list[Column]:
    """The columns of a sheet: all (None), or those chosen on the page with what makes a sheet."""
    wanted = None if chosen is None else {*KEYS, "title", "reason", *chosen}
    return [c for c in SHEET_COLUMNS if (wanted is None or c.key in wanted) and (judgement or c.key not in PRIVATE)]


def short_title(title: str, text: str) -> str:
    """What a recommendation is called in a list: its title, or else its first words."""
    return title or textwrap.shorten(text, 100, placeholder=" …")


def list_lines(ids: Sequence[int], person: Person, today: date) -> list[Lined]:
    """The lines of these assignments, in their order, as `person` may read them. Two queries; at most CHUNK ids."""
    rows = {row.id: row for row in db.session.execute(_facts().where(Assignment.id.in_(ids)))}
    owners = _owners(ids)
    own = person.taskforces()
    return [_line(rows[i], owners.get(i, ""), own, today) for i in ids if i in rows]


def read_lines(ids: Sequence[int], person: Person, today: date) -> Iterator[Line]:
    """The cells of any number of assignments, a chunk at a time: for what is written out as it is read."""
    for start in range(0, len(ids), CHUNK):
        yield from (line.cells for line in list_lines(ids[start : start + CHUNK], person, today))


def find_lines(references: Iterable[str], visible: Any, person: Person, today: date) -> list[Lined]:
    """The lines of the recommendations with these references that the condition `visible` leaves."""
    wanted, found = sorted(set(references)), list[Lined]()
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        statement = select(Assignment.id).join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        ids = db.session.scalars(statement.where(Recommendation.reference.in_(some), visible)).all()
        for first in range(0, len(ids), CHUNK):
            found += list_lines(ids[first : first + CHUNK], person, today)
    return found


def _facts() -> Select[*tuple[Any, ...]]:
    said = LetterRecommendation
    return (
        select(
            *(Assignment.id, Assignment.version, Assignment.taskforce_id, Assignment.due_on, Assignment.due_stated),
            *(Assignment.original_due_on, Assignment.times_extended, Assignment.position, Assignment.lead),
            *(Assignment.delivery, Assignment.judgement, Assignment.status, Assignment.answered_on),
            *(Assignment.closed_on, Assignment.closed_reason, Recommendation.reference, said.title, said.text),
            *(said.kind, said.theme, said.focus_area, said.principles, Letter.reference.label("letter")),
            *(
                Programme.code.label("programme_code"),
                Programme.name.label("programme"),
                Taskforce.code.label("taskforce"),
            ),
        )
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .join(said, said.id == Assignment.wording_id)
        .join(Letter, Letter.id == Assignment.letter_id)
        .join(Programme, Programme.id == Assignment.programme_id)
        .join(Taskforce, Taskforce.id == Assignment.taskforce_id)
    )


def _owners(ids: Sequence[int]) -> dict[int, str]:
    """Who owns the actions that serve each assignment, by name, with semicolons."""
    statement = (
        select(AssignmentAction.assignment_id, Contact.name)
        .join(Action, Action.id == AssignmentAction.action_id)
        .join(Contact, Contact.id == Action.owner_id)
        .where(AssignmentAction.assignment_id.in_(ids))
        .distinct()
        .order_by(AssignmentAction.assignment_id, Contact.name)
    )
    found: dict[int, list[str]] = {}
    for row in db.session.execute(statement):
        found.setdefault(row.assignment_id, []).append(row.name)
    return {assignment_id: "; ".join(names) for assignment_id, names in found.items()}


def _line(row: Row[Any], owners: str, own: frozenset[int], today: date) -> Lined:
    late = lateness(row.status, row.position, row.due_on, today) is Lateness.OVERDUE
    principles = ", ".join(Principle(value).label for value in (row.principles or "").split())
    cells: dict[str, Cell] = {
        "reference": row.reference,
        "programme_code": row.programme_code,
        "programme": row.programme,
        "taskforce": row.taskforce,
        "letter": row.letter,
        "title": plain(short_title(row.title, row.text)),
        "text": plain(row.text),
        "kind": row.kind.label,
        "theme": row.theme or "",
        "focus_area": FocusArea(row.focus_area).label if row.focus_area else "",
        "principles": principles,
        "due_on": row.due_on,
        "due_stated": row.due_stated,
        "original_due_on": row.original_due_on,
        "times_extended": row.times_extended or 0,
        "days_late": days_late(row.due_on, today) if late else 0,
        "position": row.position.label,
        "lead": row.lead or "",
        "delivery": row.delivery.label,
        "judgement": row.judgement.label if row.taskforce_id in own else "",
        "status": row.status.label,
        "answered_on": row.answered_on,
        "closed_on": row.closed_on,
        "closed_reason": row.closed_reason,
        "owners": owners,
        "reason": "",
    }
    return Lined(row.id, row.version, row.taskforce_id, cells)
