"""The steps of the chain for one record and one person: one query a step, nine in all, whatever the size.

Each step passes only what the person may see (product.md, Who uses it): members no drafts, programmes the letters sent
to them, their own recommendations, responses and actions, and nobody another taskforce's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from tracker import documents
from tracker.actions.models import Action
from tracker.chain.threads import Thread, thread_of
from tracker.core.db import db
from tracker.core.permissions import DRAFT_READERS, Person
from tracker.directory.models import Programme
from tracker.letters.models import Letter, LetterAddressee, LetterRecommendation, Recommendation
from tracker.letters.queries import title_of
from tracker.letters.rules import SENT, AddresseeKind
from tracker.papers.models import Paper, PaperInvitation
from tracker.papers.queries import visible_papers
from tracker.recommendations.models import Assessment, Assignment, AssignmentAction, Response, Submission
from tracker.workshops.models import PointHeard, Workshop

SHOWN = 10
_TOTAL = func.count().over().label("total")


@dataclass(frozen=True)
class Item:
    """One record of a step: its reference and words, how it stands, and the endpoint that shows it ("" for none)."""

    reference: str
    words: str
    note: str
    endpoint: str
    values: dict[str, Any]
    current: bool = False


@dataclass(frozen=True)
class Step:
    """One step of the chain. `total` counts what the person may see; at most ten of it stand in `items`."""

    kind: type[Any]
    name: str
    nothing: str
    items: Sequence[Item] = ()
    total: int = 0
    more: tuple[str, dict[str, Any]] | None = None
    current: bool = False

    @property
    def hidden(self) -> int:
        """How many are not shown."""
        return self.total - len(self.items)


@dataclass(frozen=True)
class View:
    """For whom the chain is read, and from which record."""

    person: Person
    record: Any
    taskforces: frozenset[int] = field(init=False)
    drafts: frozenset[int] = field(init=False)
    programmes: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "taskforces", self.person.taskforces())
        object.__setattr__(self, "drafts", self.person.taskforces(DRAFT_READERS))
        object.__setattr__(self, "programmes", self.person.programmes())


def list_steps(person: Person, record: Any) -> list[Step]:
    """The chain through `record`, as `person` may see it.

    People of the taskforce get every step, with what comes next where there is nothing yet; everybody else only the
    steps in which there is something for them, so that nothing is said about what they may not see.
    """
    view, thread = View(person, record), thread_of(record)
    steps = [build(view, thread) for build in STEPS]
    if _taskforce_of(record) not in view.taskforces:
        return [s for s in steps if s.items]
    here = next((n for n, s in enumerate(steps) if s.current), 0)
    told = (_told(step, record, above=n < here) for n, step in enumerate(steps))
    return [s for s in told if s is not None]


def _told(step: Step, record: Any, *, above: bool) -> Step | None:
    """An empty step says what is still to come, or is left out where nothing can: above the record, round an action."""
    if step.items or not (above or isinstance(record, Action)):
        return step
    if step.kind is PointHeard and isinstance(record, (Recommendation, Assignment)):
        return replace(step, nothing="It rests on no point heard")
    return None


def _taskforce_of(record: Any) -> int | None:
    if isinstance(record, PointHeard):
        found = select(Workshop.taskforce_id).where(Workshop.id == record.workshop_id)
        return db.session.execute(found).scalar()
    taskforce_id: int = record.taskforce_id
    return taskforce_id


def _rows(view: View, model: Any, statement: Any) -> Sequence[Any]:
    """The first rows of a step, the record itself before all others."""
    own = view.record.id if isinstance(view.record, model) else 0
    first = case((model.id == own, 0), else_=1)
    rows: Sequence[Any] = db.session.execute(statement.add_columns(_TOTAL).order_by(first, model.id).limit(SHOWN)).all()
    return rows


def _among(taskforce_id: Any, view: View) -> ColumnElement[bool]:
    """Whether a record is of the person's taskforces; the sum keeps the planner from reading all of theirs by index."""
    among: ColumnElement[bool] = (taskforce_id + 0).in_(view.taskforces)
    return among


def _step(
    view: View,
    model: Any,
    words: tuple[str, str],
    rows: Sequence[Any],
    items: Iterable[Item],
    more: tuple[str, dict[str, Any]] | None = None,
) -> Step:
    total = rows[0].total if rows else 0
    name, nothing = words
    return Step(model, name, nothing, tuple(items), total, more, isinstance(view.record, model))


def _is(view: View, model: Any, row_id: int) -> bool:
    return isinstance(view.record, model) and view.record.id == row_id


def short(text: str, longest: int = 110) -> str:
    """The beginning of a Markdown text as plain words on one line, cut at a word."""
    words = " ".join(documents.plain_text(text).split())
    return words if len(words) <= longest else words[:longest].rsplit(" ", 1)[0] + "…"


def workshop_step(view: View, thread: Thread) -> Step:
    seen = (Workshop.id.in_(thread.workshops), _among(Workshop.taskforce_id, view))
    rows = _rows(view, Workshop, select(Workshop.id, Workshop.reference, Workshop.title, Workshop.state).where(*seen))
    items = (
        Item(
            r.reference,
            r.title,
            r.state.label,
            "workshops.show_workshop",
            {"key": r.reference},
            _is(view, Workshop, r.id),
        )
        for r in rows
    )
    return _step(view, Workshop, ("Workshop", "No workshop"), rows, items)


def point_step(view: View, thread: Thread) -> Step:
    statement = (
        select(PointHeard.id, PointHeard.kind, PointHeard.text, Workshop.reference)
        .join(Workshop, Workshop.id == PointHeard.workshop_id)
        .where(PointHeard.id.in_(thread.points), _among(Workshop.taskforce_id, view))
    )
    rows = _rows(view, PointHeard, statement)
    items = (
        Item(
            r.kind.label,
            short(r.text),
            "",
            "workshops.points.show_point",
            {"key": r.reference, "point_id": r.id},
            _is(view, PointHeard, r.id),
        )
        for r in rows
    )
    more = ("workshops.points.list_points", {"key": rows[0].reference}) if rows else None
    return _step(view, PointHeard, ("Points heard", "No points heard yet"), rows, items, more)


def letter_step(view: View, thread: Thread) -> Step:
    to = and_(LetterAddressee.letter_id == Letter.id, LetterAddressee.kind == AddresseeKind.TO)
    programme = (
        select(Programme.name)
        .join(LetterAddressee, LetterAddressee.programme_id == Programme.id)
        .where(to)
        .order_by(LetterAddressee.place, LetterAddressee.id)
        .limit(1)
        .scalar_subquery()
    )
    to_them = select(LetterAddressee.id).where(to, LetterAddressee.programme_id.in_(view.programmes)).exists()
    seen = or_(
        Letter.taskforce_id.in_(view.drafts),
        and_(Letter.state.in_(SENT), or_(Letter.taskforce_id.in_(view.taskforces), to_them)),
    )
    statement = select(Letter.id, Letter.reference, Letter.subject, Letter.state, programme.label("programme")).where(
        Letter.id.in_(thread.letters), seen
    )
    rows = _rows(view, Letter, statement)
    items = (
        Item(
            r.reference or f"Draft {r.id}",
            title_of(r.subject, r.programme),
            r.state.label,
            "letters.show_letter",
            {"key": r.reference or str(r.id)},
            _is(view, Letter, r.id),
        )
        for r in rows
    )
    return _step(view, Letter, ("Letter", "No letter yet"), rows, items, ("letters.list_letters", {}))


def _own_assignments(view: View) -> Any:
    return or_(Assignment.taskforce_id.in_(view.taskforces), Assignment.programme_id.in_(view.programmes))


def recommendation_step(view: View, thread: Thread) -> Step:
    statement = (
        select(
            Assignment.id,
            Assignment.recommendation_id,
            Assignment.status,
            Recommendation.reference,
            LetterRecommendation.title,
            LetterRecommendation.text,
            Programme.name,
        )
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .join(LetterRecommendation, LetterRecommendation.id == Assignment.wording_id)
        .join(Programme, Programme.id == Assignment.programme_id)
        .where(Assignment.id.in_(thread.assignments), _own_assignments(view))
    )
    rows = _rows(view, Assignment, statement)
    items = (
        Item(
            r.reference,
            short(r.title or r.text),
            f"{r.name}: {r.status.label}",
            "recommendations.show_recommendation",
            {"key": r.reference},
            _is(view, Assignment, r.id) or _is(view, Recommendation, r.recommendation_id),
        )
        for r in rows
    )
    words = ("Recommendations", "No recommendations yet: they begin when a letter is issued")
    step = _step(view, Assignment, words, rows, items, ("recommendations.list_recommendations", {}))
    return _marked(step) if isinstance(view.record, Recommendation) else step


def _marked(step: Step) -> Step:
    return Step(step.kind, step.name, step.nothing, step.items, step.total, step.more, True)


def response_step(view: View, thread: Thread) -> Step:
    submitted = select(Submission.id).where(Submission.response_id == Response.id).exists()
    seen = or_(and_(Response.taskforce_id.in_(view.taskforces), submitted), Response.programme_id.in_(view.programmes))
    statement = (
        select(Response.id, Response.state, Response.programme_id, Letter.reference, Programme.name, Programme.code)
        .join(Letter, Letter.id == Response.letter_id)
        .join(Programme, Programme.id == Response.programme_id)
        .where(Response.id.in_(thread.responses), seen)
    )
    rows = _rows(view, Response, statement)
    items = (
        Item(
            r.reference,
            f"Response of {r.name}",
            r.state.label,
            "recommendations.show_response",
            {"key": r.reference, "code": r.code},
            _is(view, Response, r.id),
        )
        for r in rows
    )
    return _step(view, Response, ("Answers", "No answer yet"), rows, items)


def action_step(view: View, thread: Thread) -> Step:
    """A programme learns that an action serves its recommendation; its words only if they are the owner's to read."""
    readable = or_(Action.taskforce_id.in_(view.taskforces), Action.owner_id == view.person.contact_id)
    serving = (
        select(AssignmentAction.id)
        .join(Assignment, Assignment.id == AssignmentAction.assignment_id)
        .where(AssignmentAction.action_id == Action.id, Assignment.programme_id.in_(view.programmes))
        .exists()
    )
    statement = select(
        Action.id, Action.reference, case((readable, Action.title), else_="").label("title"), Action.state
    ).where(Action.id.in_(thread.actions), or_(readable, serving))
    rows = _rows(view, Action, statement)
    items = (
        Item(
            r.reference,
            r.title,
            r.state.label,
            "actions.show_action" if r.title else "",
            {"key": r.reference},
            _is(view, Action, r.id),
        )
        for r in rows
    )
    return _step(view, Action, ("Actions", "No actions yet"), rows, items, ("actions.list_actions", {}))


def assessment_step(view: View, thread: Thread) -> Step:
    statement = (
        select(Assessment.id, Assessment.judgement, Assessment.reason, Recommendation.reference)
        .join(Assignment, Assignment.id == Assessment.assignment_id)
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .where(Assessment.assignment_id.in_(thread.assignments), _among(Assignment.taskforce_id, view))
    )
    rows = _rows(view, Assessment, statement)
    items = (
        Item(
            r.reference,
            r.judgement.label,
            "",
            "recommendations.show_recommendation",
            {"key": r.reference},
        )
        for r in rows
    )
    return _step(view, Assessment, ("Assessments", "Not assessed yet"), rows, items)


def paper_step(view: View, thread: Thread) -> Step:
    statement = select(Paper.id, Paper.reference, Paper.title, Paper.state).where(
        Paper.id.in_(thread.papers), visible_papers(view.person)
    )
    rows = _rows(view, Paper, statement)
    items = (
        Item(r.reference, r.title, r.state.label, "papers.show_paper", {"key": r.reference}, _is(view, Paper, r.id))
        for r in rows
    )
    return _step(view, Paper, ("Board papers", "No board paper yet"), rows, items, ("papers.list_papers", {}))


def resolution_step(view: View, thread: Thread) -> Step:
    statement = (
        select(PaperInvitation.id, PaperInvitation.text, PaperInvitation.outcome, Paper.reference)
        .join(Paper, Paper.id == PaperInvitation.paper_id)
        .where(
            PaperInvitation.paper_id.in_(thread.papers),
            PaperInvitation.outcome.is_not(None),
            visible_papers(view.person),
        )
    )
    rows = _rows(view, PaperInvitation, statement)
    items = (
        Item(
            r.reference,
            short(r.text),
            r.outcome.label,
            "papers.show_paper",
            {"key": r.reference, "_anchor": f"invitation-{r.id}"},
        )
        for r in rows
    )
    return _step(view, PaperInvitation, ("The board’s resolutions", "The board has not resolved yet"), rows, items)


STEPS = (
    workshop_step,
    point_step,
    letter_step,
    recommendation_step,
    response_step,
    action_step,
    assessment_step,
    paper_step,
    resolution_step,
)
