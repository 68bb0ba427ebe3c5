"""The register: every assignment that a person may see, filtered, sorted and paged in the database.

The page's rows come from `assignment` alone, so that an index in due order gives them; the words to show are read for
those 50 rows afterwards. Words are looked for in the newest SEARCHED rows that the other filters leave: a search in all
of them would read every wording.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, Subquery, func, select, union_all

from tracker.core.db import db
from tracker.core.permissions import Person, Role
from tracker.directory.models import Programme
from tracker.letters.models import Letter, LetterRecommendation, Recommendation
from tracker.recommendations.models import Assignment
from tracker.recommendations.register_columns import DEFAULT, SHEET_COLUMNS, list_lines, short_title
from tracker.recommendations.register_filters import Filters, letter_is, reference_in, words_in
from tracker.recommendations.register_scope import (
    DUE,
    IS_AWAITING,
    IS_OPEN,
    scopes_of,
    unindexed,
    visible_assignments,
)
from tracker.recommendations.rules import AssignmentStatus, Lateness, days_late, lateness
from tracker.spreadsheets import shown
from tracker.web.tables import Page, Sort, page

__all__ = ["DUE", "IS_AWAITING", "IS_OPEN", "list_register", "short_title", "visible_assignments"]

SEARCHED = 1000
COLUMNS: tuple[Any, ...] = (
    Assignment.id,
    Assignment.recommendation_id,
    Assignment.programme_id,
    Assignment.due_on,
    Assignment.due_stated,
    Assignment.position,
    Assignment.status,
    DUE.label("due"),
)


class RegisterRow(NamedTuple):
    """A line of the register, in words."""

    reference: str
    title: str
    letter: str
    programme: str
    programme_code: str
    due_on: date | None
    due_stated: str
    lateness: Lateness
    days_late: int
    position: str
    status: AssignmentStatus
    # (heading, words) of each column beyond the usual ones.
    more: list[tuple[str, str]]


@dataclass(frozen=True)
class Register:
    """A page of the register: `page.rows` are marks and ids, `rows` what to show."""

    page: Page
    rows: list[RegisterRow] = field(default_factory=list)


def list_register(
    person: Person, today: date, filters: Filters, arguments: Mapping[str, str], columns: Sequence[str] = DEFAULT
) -> Register:
    """The page of the register that `arguments` (sort, after, before) ask for. Three queries.

    Two more where `columns` go beyond the usual ones.
    """
    base = _base(person, today, filters)
    name = arguments.get("sort", "").lstrip("-")
    statement: Select[Any] = select(base).select_from(base)  # the count keeps no columns, and needs the rows
    if name == "reference":
        statement = statement.join(Recommendation, Recommendation.id == base.c.recommendation_id)
    elif name == "programme":
        statement = statement.join(Programme, Programme.id == base.c.programme_id)
    found = page(db.session(), statement, _sorts(base), arguments)
    ids = [row.id for row in found.rows]
    words, more = _words_of(ids), _more(ids, person, today, columns)
    return Register(found, [_row(row, words[row.id], more.get(row.id, []), today) for row in found.rows])


def list_ids(person: Person, today: date, filters: Filters, *, most: int, roles: Sequence[Role] = ()) -> list[int]:
    """Ids of the first `most` rows in due order; with `roles` only of taskforces in which `person` holds one."""
    base = _base(person, today, filters, roles)
    statement = select(base.c.id).select_from(base).order_by(base.c.due, base.c.id).limit(most)
    return list(db.session.scalars(statement))


def _more(ids: Sequence[int], person: Person, today: date, columns: Sequence[str]) -> dict[int, list[tuple[str, str]]]:
    """What the columns beyond the usual ones say, by id."""
    wanted = [c for c in SHEET_COLUMNS if c.key in columns and c.key not in DEFAULT]
    if not wanted or not ids:
        return {}
    lines = list_lines(ids, person, today)
    return {line.id: [(c.heading, shown(line.cells[c.key])) for c in wanted] for line in lines}


def _sorts(base: Subquery) -> tuple[Sort, ...]:
    return (
        Sort("due", base.c.due, base.c.id),
        Sort("reference", Recommendation.__table__.c.reference, base.c.id),
        Sort("programme", Programme.__table__.c.code, base.c.id),
        Sort("made", base.c.id, base.c.id),
    )


def _base(person: Person, today: date, filters: Filters, roles: Sequence[Role] = ()) -> Subquery:
    """The rows that `person` may see and `filters` leave, each once."""
    conditions = filters.conditions(today)
    if filters.judgement is not None:
        conditions.append(Assignment.taskforce_id.in_(sorted(person.taskforces())))
    if roles:
        conditions.append(Assignment.taskforce_id.in_(sorted(person.taskforces(roles))))
    scopes = [unindexed(person)] if filters.is_narrow else scopes_of(person)
    if filters.q:
        newest = unindexed(person) if person.taskforces() else visible_assignments(person)
        conditions.append(_matches(filters.q, [newest, *conditions]))
    parts: list[Select[Any]] = [select(*COLUMNS).where(scope, *conditions) for scope in scopes]
    return union_all(*parts).subquery() if len(parts) > 1 else parts[0].subquery()


def _matches(q: str, conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """A whole reference, of a letter or of one recommendation, by its index; else words, in the newest rows only."""
    reference = reference_in(q)
    if reference.endswith(")"):
        return Assignment.recommendation_id.in_(select(Recommendation.id).where(Recommendation.reference == reference))
    if reference:
        return letter_is(reference)
    newest = select(Assignment.id, Assignment.wording_id).where(*conditions)
    recent = newest.order_by(Assignment.id.desc()).limit(SEARCHED).subquery()
    said = select(recent.c.id).join(LetterRecommendation, LetterRecommendation.id == recent.c.wording_id)
    return Assignment.id.in_(said.where(words_in(q)))


def _words_of(ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Reference, title, letter and programme of these assignments, by id."""
    if not ids:
        return {}
    statement = (
        select(
            Assignment.id,
            Recommendation.reference,
            LetterRecommendation.title,
            func.substr(LetterRecommendation.text, 1, 200).label("text"),
            Letter.reference.label("letter"),
            Programme.code,
            Programme.name,
        )
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .join(LetterRecommendation, LetterRecommendation.id == Assignment.wording_id)
        .join(Letter, Letter.id == Assignment.letter_id)
        .join(Programme, Programme.id == Assignment.programme_id)
        .where(Assignment.id.in_(ids))
    )
    return {row.id: row for row in db.session.execute(statement)}


def _row(row: Row[Any], words: Row[Any], more: list[tuple[str, str]], today: date) -> RegisterRow:
    late = lateness(row.status, row.position, row.due_on, today)
    return RegisterRow(
        reference=words.reference,
        title=short_title(words.title, words.text),
        letter=words.letter,
        programme=words.name,
        programme_code=words.code,
        due_on=row.due_on,
        due_stated=row.due_stated,
        lateness=late,
        days_late=days_late(row.due_on, today) if late is Lateness.OVERDUE else 0,
        position=row.position.label,
        status=row.status,
        more=more,
    )
