"""The register: every assignment that a person may see, filtered, sorted and paged in the database.

The page's rows come from `assignment` alone, so that an index in due order gives them; the words to show are read for
those 50 rows afterwards. Words are looked for in the newest SEARCHED rows that the other filters leave: a search in all
of them would read every wording.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    Subquery,
    and_,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.core.references import REFERENCE
from tracker.directory.models import Programme, Taskforce
from tracker.letters.models import Letter, LetterRecommendation, Recommendation
from tracker.recommendations.models import Assignment
from tracker.recommendations.rules import (
    DUE_SOON_DAYS,
    AnswerPosition,
    AssignmentStatus,
    Judgement,
    Lateness,
    days_late,
    lateness,
)
from tracker.web.fields import FORBIDDEN
from tracker.web.tables import Page, Sort, page

SEARCHED = 1000
# More parts than this cost more to plan than they save.
MERGED = 12
ANY_STATUS = "all"
DUE: ColumnElement[date] = func.coalesce(Assignment.due_on, literal_column("'9999-12-31'"), type_=Date())
IS_OPEN: ColumnElement[bool] = Assignment.status == literal_column("'open'")
IS_AWAITING: ColumnElement[bool] = Assignment.position == literal_column("'awaiting_answer'")
DUE_WORDS = {
    Lateness.OVERDUE: "Overdue",
    Lateness.DUE_SOON: f"Due in the next {DUE_SOON_DAYS} days",
    Lateness.AWAITING: "Awaiting an answer",
}
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


def visible_assignments(person: Person) -> ColumnElement[bool]:
    """Assignments of the person's taskforces, and of their programmes (product.md, Who uses it)."""
    scopes = []
    if taskforces := sorted(person.taskforces()):
        scopes.append(Assignment.taskforce_id.in_(taskforces))
    if programmes := sorted(person.programmes()):
        scopes.append(Assignment.programme_id.in_(programmes))
    return or_(*scopes) if scopes else false()


def _unindexed(person: Person) -> ColumnElement[bool]:
    """`visible_assignments`, written so that another condition's index is taken: of the two the better one."""
    return or_(
        (Assignment.taskforce_id + 0).in_(sorted(person.taskforces())),
        (Assignment.programme_id + 0).in_(sorted(person.programmes())),
    )


def _scopes(person: Person) -> list[ColumnElement[bool]]:
    """`visible_assignments` in parts without a row in common, each with an index of its own in due order.

    The database merges the parts; of several taskforces in one condition it would read and sort every row.
    """
    taskforces = sorted(person.taskforces())
    parts: list[ColumnElement[bool]] = [Assignment.taskforce_id == i for i in taskforces]
    for programme_id in sorted(person.programmes()):
        part = Assignment.programme_id == programme_id
        parts.append(and_(part, Assignment.taskforce_id.not_in(taskforces)) if taskforces else part)
    return parts if 0 < len(parts) <= MERGED else [visible_assignments(person)]


@dataclass(frozen=True)
class Option:
    """A taskforce or programme to filter by."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class Options:
    """What `person` may filter by. `judgement` only where they read for a taskforce: it is the chair's own axis."""

    taskforces: list[Option]
    programmes: list[Option]
    judgement: bool


@dataclass(frozen=True)
class Filters:
    """What the address asks for; what makes no sense there counts as nothing."""

    taskforce: Option | None = None
    programme: Option | None = None
    letter: str = ""
    status: str = ""
    position: AnswerPosition | None = None
    judgement: Judgement | None = None
    due: Lateness | None = None
    q: str = ""

    @classmethod
    def read(cls, arguments: Mapping[str, str], options: Options) -> Filters:
        status, letter = arguments.get("status", ""), arguments.get("letter", "").strip().upper()
        known_status = status == ANY_STATUS or _word(AssignmentStatus, status)
        return cls(
            taskforce=_find(options.taskforces, arguments.get("taskforce")),
            programme=_find(options.programmes, arguments.get("programme")),
            letter=letter if REFERENCE.fullmatch(letter) else "",
            status=status if known_status else "",
            position=_word(AnswerPosition, arguments.get("position")),
            judgement=_word(Judgement, arguments.get("judgement")) if options.judgement else None,
            due=_due(arguments.get("due")),
            q=" ".join(FORBIDDEN.sub("", arguments.get("q", "")).split())[:100],
        )

    @property
    def is_narrow(self) -> bool:
        """Whether what is asked for has an index of its own, better than that of who asks."""
        return bool(self.taskforce or self.programme or self.letter or self.q)

    def chosen(self) -> list[tuple[str, str]]:
        """(argument, words) of each filter that is set, for the tags that remove it."""
        status = "Open and closed" if self.status == ANY_STATUS else self.status and AssignmentStatus(self.status).label
        words = {
            "q": self.q and f"“{self.q}”",
            "letter": self.letter and f"Letter {self.letter}",
            "taskforce": self.taskforce and self.taskforce.name,
            "programme": self.programme and self.programme.name,
            "due": self.due and DUE_WORDS[self.due],
            "status": status,
            "position": self.position and self.position.label,
            "judgement": self.judgement and f"Assessment: {self.judgement.label.lower()}",
        }
        return [(name, text) for name, text in words.items() if text]


def _find(options: Sequence[Option], code: str | None) -> Option | None:
    return next((o for o in options if o.code == code), None)


def _word(kind: type[Any], value: str | None) -> Any:
    return kind(value) if value in {w.value for w in kind} else None


def _due(value: str | None) -> Lateness | None:
    found: Lateness | None = _word(Lateness, value)
    return found if found in DUE_WORDS else None


def get_options(person: Person) -> Options:
    """Taskforces and programmes that `person` may filter by, by name, in one query."""
    taskforces, programmes = sorted(person.taskforces()), sorted(person.programmes())
    own = select(literal("t").label("kind"), Taskforce.id, Taskforce.code, Taskforce.name)
    others = select(literal("p").label("kind"), Programme.id, Programme.code, Programme.name)
    if not taskforces:
        others = others.where(Programme.id.in_(programmes))
    rows = db.session.execute(union_all(own.where(Taskforce.id.in_(taskforces)), others)).all()
    by_name = sorted(rows, key=lambda row: (row.name.lower(), row.id))
    return Options(
        [Option(r.id, r.code, r.name) for r in by_name if r.kind == "t"],
        [Option(r.id, r.code, r.name) for r in by_name if r.kind == "p"],
        judgement=bool(taskforces),
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


@dataclass(frozen=True)
class Register:
    """A page of the register: `page.rows` are marks and ids, `rows` what to show."""

    page: Page
    rows: list[RegisterRow] = field(default_factory=list)


def list_register(person: Person, today: date, filters: Filters, arguments: Mapping[str, str]) -> Register:
    """The page of the register that `arguments` (sort, after, before) ask for. Three queries."""
    base = _base(person, today, filters)
    name = arguments.get("sort", "").lstrip("-")
    statement: Select[Any] = select(base).select_from(base)  # the count keeps no columns, and needs the rows
    if name == "reference":
        statement = statement.join(Recommendation, Recommendation.id == base.c.recommendation_id)
    elif name == "programme":
        statement = statement.join(Programme, Programme.id == base.c.programme_id)
    found = page(db.session(), statement, _sorts(base), arguments)
    words = _words_of([row.id for row in found.rows])
    return Register(found, [_row(row, words[row.id], today) for row in found.rows])


def _sorts(base: Subquery) -> tuple[Sort, ...]:
    return (
        Sort("due", base.c.due, base.c.id),
        Sort("reference", Recommendation.__table__.c.reference, base.c.id),
        Sort("programme", Programme.__table__.c.code, base.c.id),
        Sort("made", base.c.id, base.c.id),
    )


def _base(person: Person, today: date, filters: Filters) -> Subquery:
    """The rows that `person` may see and `filters` leave, each once."""
    conditions = _conditions(filters, today)
    if filters.judgement is not None:
        conditions.append(Assignment.taskforce_id.in_(sorted(person.taskforces())))
    scopes = [_unindexed(person)] if filters.is_narrow else _scopes(person)
    if filters.q:
        newest = _unindexed(person) if person.taskforces() else visible_assignments(person)
        conditions.append(_matches(filters.q, [newest, *conditions]))
    parts: list[Select[Any]] = [select(*COLUMNS).where(scope, *conditions) for scope in scopes]
    return union_all(*parts).subquery() if len(parts) > 1 else parts[0].subquery()


def _conditions(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    found = [] if filters.status == ANY_STATUS else [_is(Assignment.status, filters.status or AssignmentStatus.OPEN)]
    if filters.taskforce is not None:
        found.append(Assignment.taskforce_id == filters.taskforce.id)
    if filters.programme is not None:
        found.append(Assignment.programme_id == filters.programme.id)
    if filters.letter:
        found.append(_letter_is(filters.letter))
    if filters.position is not None:
        found.append(_is(Assignment.position, filters.position))
    if filters.judgement is not None:
        found.append(_is(Assignment.judgement, filters.judgement))
    return found + _due_conditions(filters.due, today)


def _is(column: Any, word: str) -> ColumnElement[bool]:
    """`column` has this word of an enum, written out: a partial index serves no bound value."""
    return column == literal_column(f"'{str(word)}'")  # type: ignore[no-any-return]


def _due_conditions(due: Lateness | None, today: date) -> list[ColumnElement[bool]]:
    if due is None:
        return []
    found = [IS_OPEN, IS_AWAITING]
    if due is Lateness.OVERDUE:
        found.append(DUE.between(date.min, today - timedelta(days=1)))
    elif due is Lateness.DUE_SOON:
        found += [DUE.between(today, today + timedelta(days=DUE_SOON_DAYS))]
    return found


def _letter_is(reference: str) -> ColumnElement[bool]:
    return Assignment.letter_id.in_(select(Letter.id).where(Letter.reference == reference))


def _reference_in(q: str) -> str:
    """The reference that `q` is, spelled as stored, or nothing where it is words."""
    spelled = q.upper() if "(" not in q else q[: q.index("(")].upper() + q[q.index("(") :].lower()
    return spelled if REFERENCE.fullmatch(spelled) else ""


def is_for_words(q: str) -> bool:
    """Whether `q` looks for words, and so in the newest SEARCHED rows only."""
    return bool(q) and not _reference_in(q)


def _matches(q: str, conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """A whole reference, of a letter or of one recommendation, by its index; else words, in the newest rows only."""
    reference = _reference_in(q)
    if reference.endswith(")"):
        return Assignment.recommendation_id.in_(select(Recommendation.id).where(Recommendation.reference == reference))
    if reference:
        return _letter_is(reference)
    newest = select(Assignment.id, Assignment.wording_id).where(*conditions)
    recent = newest.order_by(Assignment.id.desc()).limit(SEARCHED).subquery()
    said = select(recent.c.id).join(LetterRecommendation, LetterRecommendation.id == recent.c.wording_id)
    title, text = LetterRecommendation.title, LetterRecommendation.text
    return Assignment.id.in_(said.where(or_(title.icontains(q, autoescape=True), text.icontains(q, autoescape=True))))


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


def short_title(title: str, text: str) -> str:
    """What a recommendation is called in a list: its title, or else its first words."""
    return title or textwrap.shorten(text, 100, placeholder=" …")


def _row(row: Row[Any], words: Row[Any], today: date) -> RegisterRow:
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
    )
