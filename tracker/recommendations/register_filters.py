"""What the register can be filtered by: read from the address, said in words, written as conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from tracker.accounts.models import Contact
from tracker.actions.models import Action
from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.core.references import REFERENCE
from tracker.directory.models import Programme, Taskforce
from tracker.letters.models import Letter, LetterRecommendation
from tracker.letters.rules import AskKind
from tracker.recommendations.models import Assignment, AssignmentAction
from tracker.recommendations.register_scope import DUE, IS_AWAITING, IS_OPEN, word_is
from tracker.recommendations.rules import (
    DUE_SOON_DAYS,
    AnswerPosition,
    AssignmentStatus,
    Delivery,
    Judgement,
    Lateness,
)
from tracker.web.fields import FORBIDDEN
from tracker.workshops.rules import FocusArea, Principle

ANY_STATUS = "all"
DUE_WORDS = {
    Lateness.OVERDUE: "Overdue",
    Lateness.DUE_SOON: f"Due in the next {DUE_SOON_DAYS} days",
    Lateness.AWAITING: "Awaiting an answer",
}
EXTENDED_WORDS = {"no": "Date never moved", "1": "Date moved", "2": "Date moved twice or more"}
MOST_DAYS = 3650
# What stands under “More filters”: the address's names.
MORE = ("delivery", "judgement", "late", "extended", "letter", "theme", "kind", "focus", "principle", "lead", "owner")


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
    delivery: Delivery | None = None
    judgement: Judgement | None = None
    due: Lateness | None = None
    late: int = 0
    extended: str = ""
    theme: str = ""
    kind: AskKind | None = None
    focus: FocusArea | None = None
    principle: Principle | None = None
    lead: str = ""
    owner: str = ""
    q: str = ""

    @classmethod
    def read(cls, arguments: Mapping[str, str], options: Options) -> Filters:
        status, letter = arguments.get("status", ""), arguments.get("letter", "").strip().upper()
        known_status = status == ANY_STATUS or _word(AssignmentStatus, status)
        extended = arguments.get("extended", "")
        return cls(
            taskforce=_find(options.taskforces, arguments.get("taskforce")),
            programme=_find(options.programmes, arguments.get("programme")),
            letter=letter if REFERENCE.fullmatch(letter) else "",
            status=status if known_status else "",
            position=_word(AnswerPosition, arguments.get("position")),
            delivery=_word(Delivery, arguments.get("delivery")),
            judgement=_word(Judgement, arguments.get("judgement")) if options.judgement else None,
            due=_due(arguments.get("due")),
            late=_days(arguments.get("late")),
            extended=extended if extended in EXTENDED_WORDS else "",
            theme=_text(arguments.get("theme")),
            kind=_word(AskKind, arguments.get("kind")),
            focus=_word(FocusArea, arguments.get("focus")),
            principle=_word(Principle, arguments.get("principle")),
            lead=_text(arguments.get("lead")),
            owner=_text(arguments.get("owner")),
            q=_text(arguments.get("q")),
        )

    @property
    def is_narrow(self) -> bool:
        """Whether what is asked for has an index of its own, better than that of who asks."""
        by_themselves = (self.taskforce, self.programme, self.letter, self.q, self.lead, self.owner, self.theme)
        return any(by_themselves)

    @property
    def uses_more(self) -> bool:
        """Whether one of those under “More filters” is set."""
        return any(getattr(self, name) for name in MORE)

    def chosen(self) -> list[tuple[str, str]]:
        """(argument, words) of each filter that is set, for the tags that remove it."""
        status = "Open and closed" if self.status == ANY_STATUS else self.status and AssignmentStatus(self.status).label
        words = {
            "q": self.q and f"“{self.q}”",
            "letter": self.letter and f"Letter {self.letter}",
            "taskforce": self.taskforce and self.taskforce.name,
            "programme": self.programme and self.programme.name,
            "due": self.due and DUE_WORDS[self.due],
            "late": self.late and f"Overdue by {self.late} day{'s' if self.late > 1 else ''} or more",
            "status": status,
            "position": self.position and self.position.label,
            "delivery": self.delivery and f"Delivery: {self.delivery.label.lower()}",
            "judgement": self.judgement and f"Assessment: {self.judgement.label.lower()}",
            "extended": EXTENDED_WORDS.get(self.extended),
            "theme": self.theme and f"Theme: {self.theme}",
            "kind": self.kind and self.kind.label,
            "focus": self.focus and f"Focus area: {self.focus.label.lower()}",
            "principle": self.principle and f"Principle: {self.principle.label.lower()}",
            "lead": self.lead and f"Lead: {self.lead}",
            "owner": self.owner and f"Action of {self.owner}",
        }
        return [(name, text) for name, text in words.items() if text]

    def conditions(self, today: date) -> list[ColumnElement[bool]]:
        """All but `q`, which needs to know what the others leave."""
        found = []
        if self.status != ANY_STATUS:
            found.append(word_is(Assignment.status, self.status or AssignmentStatus.OPEN))
        if self.taskforce is not None:
            found.append(Assignment.taskforce_id == self.taskforce.id)
        if self.programme is not None:
            found.append(Assignment.programme_id == self.programme.id)
        if self.letter:
            found.append(letter_is(self.letter))
        found += [
            word_is(column, word)
            for column, word in (
                (Assignment.position, self.position),
                (Assignment.delivery, self.delivery),
                (Assignment.judgement, self.judgement),
            )
            if word is not None
        ]
        return found + _due_conditions(self, today) + _people_conditions(self) + _wording_conditions(self)


def _find(options: Sequence[Option], code: str | None) -> Option | None:
    return next((o for o in options if o.code == code), None)


def _word(kind: type[Any], value: str | None) -> Any:
    return kind(value) if value in {w.value for w in kind} else None


def _due(value: str | None) -> Lateness | None:
    found: Lateness | None = _word(Lateness, value)
    return found if found in DUE_WORDS else None


def _days(value: str | None) -> int:
    text = (value or "").strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
    return min(number, MOST_DAYS)


def _text(value: str | None) -> str:
    return " ".join(FORBIDDEN.sub("", value or "").split())[:100]


def _due_conditions(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    found = [IS_OPEN, IS_AWAITING] if filters.due is not None or filters.late else []
    if filters.due is Lateness.DUE_SOON:
        found.append(DUE.between(today, today + timedelta(days=DUE_SOON_DAYS)))
    if filters.due is Lateness.OVERDUE or filters.late:
        found.append(DUE.between(date.min, today - timedelta(days=max(filters.late, 1))))
    if filters.extended == "no":
        found.append(func.coalesce(Assignment.times_extended, 0) == 0)
    elif filters.extended:
        found.append(Assignment.times_extended >= int(filters.extended))
    return found


def _people_conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.lead:
        # By another name, so that it is read along its own index and not row by row.
        leads = aliased(Assignment)
        led = select(leads.id).where(leads.lead.is_not(None), leads.lead.icontains(filters.lead, autoescape=True))
        found.append(Assignment.id.in_(led))
    if filters.owner:
        owned = select(AssignmentAction.assignment_id).join(Action, Action.id == AssignmentAction.action_id)
        owned = owned.join(Contact, Contact.id == Action.owner_id)
        found.append(Assignment.id.in_(owned.where(Contact.name.icontains(filters.owner, autoescape=True))))
    return found


def _wording_conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """Of what the letter says: all of it stands in one index, which is read rather than the wordings."""
    own = []
    if filters.kind is not None:
        own.append(LetterRecommendation.kind == filters.kind)
    if filters.theme:
        own.append(LetterRecommendation.theme.icontains(filters.theme, autoescape=True))
    if filters.focus is not None:
        own.append(LetterRecommendation.focus_area == filters.focus)
    if filters.principle is not None:
        lines = literal("\n") + LetterRecommendation.principles + literal("\n")
        own.append(lines.contains(f"\n{filters.principle.value}\n", autoescape=True))
    if own and filters.kind is AskKind.RECOMMENDATION:  # nearly all are: they are met soon in the register's order
        return [select(LetterRecommendation.id).where(LetterRecommendation.id == Assignment.wording_id, *own).exists()]
    return [Assignment.wording_id.in_(select(LetterRecommendation.id).where(*own))] if own else []


def letter_is(reference: str) -> ColumnElement[bool]:
    """The assignments of the letter with this reference."""
    return Assignment.letter_id.in_(select(Letter.id).where(Letter.reference == reference))


def reference_in(q: str) -> str:
    """The reference that `q` is, spelled as stored, or nothing where it is words."""
    spelled = q.upper() if "(" not in q else q[: q.index("(")].upper() + q[q.index("(") :].lower()
    return spelled if REFERENCE.fullmatch(spelled) else ""


def is_for_words(q: str) -> bool:
    """Whether `q` looks for words, and so in the newest rows only."""
    return bool(q) and not reference_in(q)


def words_in(q: str) -> ColumnElement[bool]:
    """The wordings that say `q`, in title or text."""
    title, text = LetterRecommendation.title, LetterRecommendation.text
    return or_(title.icontains(q, autoescape=True), text.icontains(q, autoescape=True))


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
