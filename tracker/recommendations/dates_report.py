"""The report on dates: each recommendation × programme against the date first asked for and the one of today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Select, and_, case, func, literal_column, not_, or_, select

from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.core.references import REFERENCE
from tracker.directory.models import Programme
from tracker.letters.models import Letter, LetterRecommendation, Recommendation
from tracker.recommendations.extension_rules import Timeliness, timeliness
from tracker.recommendations.models import Assignment
from tracker.recommendations.register import DUE, short_title
from tracker.recommendations.register_filters import Option, Options
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus
from tracker.web.tables import Page, Sort, page

ORIGINAL: ColumnElement[date] = func.coalesce(Assignment.original_due_on, literal_column("'9999-12-31'"), type_=Date())
_WAITS = and_(
    Assignment.status == literal_column("'open'"),
    Assignment.position == literal_column("'awaiting_answer'"),
    Assignment.answered_on.is_(None),
)
_BY_ORIGINAL = Assignment.answered_on <= Assignment.original_due_on
_AFTER_ORIGINAL = or_(Assignment.original_due_on.is_(None), Assignment.answered_on > Assignment.original_due_on)
_BY_CURRENT = Assignment.answered_on <= Assignment.due_on
_DATED = and_(Assignment.answered_on.is_not(None), Assignment.due_on.is_not(None))


@dataclass(frozen=True)
class DateFilters:
    """What the address asks for; what makes no sense there counts as nothing. The period is of the original date."""

    taskforce: Option | None = None
    programme: Option | None = None
    letter: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, arguments: Mapping[str, str], options: Options) -> DateFilters:
        letter = arguments.get("letter", "").strip().upper()
        return cls(
            taskforce=next((o for o in options.taskforces if o.code == arguments.get("taskforce")), None),
            programme=next((o for o in options.programmes if o.code == arguments.get("programme")), None),
            letter=letter if REFERENCE.fullmatch(letter) else "",
            since=_day(arguments.get("since")),
            until=_day(arguments.get("until")),
        )

    def chosen(self) -> list[tuple[str, str]]:
        """(argument, words) of each filter that is set, for the tags that remove it."""
        words = {
            "letter": self.letter and f"Letter {self.letter}",
            "taskforce": self.taskforce and self.taskforce.name,
            "programme": self.programme and self.programme.name,
            "since": self.since and f"First due from {self.since.day} {self.since:%B %Y}",
            "until": self.until and f"First due until {self.until.day} {self.until:%B %Y}",
        }
        return [(name, text) for name, text in words.items() if text]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text and len(text) == 10 else None
    except ValueError:
        return None


class DatesRow(NamedTuple):
    """A line of the report."""

    reference: str
    title: str
    letter: str
    programme: str
    programme_code: str
    original: date | None
    current: date | None
    stated: str
    times_extended: int
    answered_on: date | None
    is_waiting: bool
    late: Timeliness
    standing: str


class Summary(NamedTuple):
    """How many were answered by which date. `by_current` counts those that an extension saved; `undated` were answered
    without a date to be late against, or on a day that is not known; `unanswered` were closed without an answer."""

    by_original: int
    by_current: int
    late: int
    waiting: int
    overdue: int
    undated: int
    unanswered: int


def _conditions(person: Person, filters: DateFilters) -> list[ColumnElement[bool]]:
    taskforces = [filters.taskforce.id] if filters.taskforce else sorted(person.taskforces())
    found: list[ColumnElement[bool]] = [Assignment.taskforce_id.in_(taskforces)]
    if filters.programme is not None:
        found.append(Assignment.programme_id == filters.programme.id)
    if filters.letter:
        found.append(Assignment.letter_id.in_(select(Letter.id).where(Letter.reference == filters.letter)))
    if filters.since is not None:
        found.append(Assignment.original_due_on >= filters.since)
    if filters.until is not None:
        found.append(Assignment.original_due_on <= filters.until)
    return found


def get_summary(person: Person, today: date, filters: DateFilters) -> Summary:
    """The counts over everything that the filters leave, in one query."""
    answered = Assignment.answered_on.is_not(None)
    known = or_(answered, Assignment.position != AnswerPosition.AWAITING)
    conditions = (
        and_(_DATED, _BY_ORIGINAL),
        and_(_DATED, _BY_CURRENT, _AFTER_ORIGINAL),
        and_(_DATED, not_(_BY_CURRENT), _AFTER_ORIGINAL),
        _WAITS,
        and_(_WAITS, Assignment.due_on < today),
        and_(known, not_(_DATED)),
        and_(not_(known), Assignment.status != AssignmentStatus.OPEN),
    )
    counts = (func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in conditions)
    statement: Select[Any] = select(*counts).where(*_conditions(person, filters))
    return Summary(*(int(number) for number in db.session.execute(statement).one()))


def list_dates(
    person: Person, today: date, filters: DateFilters, arguments: Mapping[str, str]
) -> tuple[Page, list[DatesRow]]:
    """The page of the report that `arguments` (sort, after, before) ask for: two queries."""
    statement: Select[Any] = select(*_SHOWN)
    statement = (
        statement.join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .join(LetterRecommendation, LetterRecommendation.id == Assignment.wording_id)
        .join(Letter, Letter.id == Assignment.letter_id)
        .join(Programme, Programme.id == Assignment.programme_id)
        .where(*_conditions(person, filters))
    )
    found = page(db.session(), statement, SORTS, arguments)
    return found, [_row(row, today) for row in found.rows]


_SHOWN: tuple[Any, ...] = (
    Assignment.id,
    Assignment.original_due_on,
    Assignment.due_on,
    Assignment.due_stated,
    Assignment.times_extended,
    Assignment.answered_on,
    Assignment.position,
    Assignment.status,
    Recommendation.reference,
    LetterRecommendation.title,
    func.substr(LetterRecommendation.text, 1, 200).label("text"),
    Letter.reference.label("letter"),
    Programme.code,
    Programme.name,
)
SORTS = (
    Sort("current", DUE, Assignment.__table__.c.id),
    Sort("original", ORIGINAL, Assignment.__table__.c.id),
    Sort("reference", Recommendation.__table__.c.reference, Assignment.__table__.c.id),
    Sort("extended", func.coalesce(Assignment.times_extended, 0), Assignment.__table__.c.id),
)


def _row(row: Any, today: date) -> DatesRow:
    is_open = row.status is AssignmentStatus.OPEN
    is_waiting = is_open and row.position is AnswerPosition.AWAITING and row.answered_on is None
    late = timeliness(row.original_due_on, row.due_on, row.answered_on, today, is_waiting=is_waiting)
    return DatesRow(
        reference=row.reference,
        title=short_title(row.title, row.text),
        letter=row.letter,
        programme=row.name,
        programme_code=row.code,
        original=row.original_due_on,
        current=row.due_on,
        stated=row.due_stated,
        times_extended=row.times_extended or 0,
        answered_on=row.answered_on,
        is_waiting=is_waiting,
        late=late,
        standing=_standing(row, is_waiting=is_waiting),
    )


def _standing(row: Any, *, is_waiting: bool) -> str:
    """What stands where the day of the answer would, if there is none."""
    if is_waiting:
        return "Not yet"
    return "Closed without an answer" if row.position is AnswerPosition.AWAITING else "Answered, on a day not known"
