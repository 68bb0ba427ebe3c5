"""The nine steps of the chain: for each a SELECT that is built once, and how its rows are told.

Each step passes only what the person may see (product.md, Who uses it): members no drafts, programmes the letters sent
to them, their own recommendations, responses and actions, and nobody another taskforce's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, func, or_, select

from tracker import documents
from tracker.actions.models import Action
from tracker.chain.threads import Thread
from tracker.directory.models import Programme
from tracker.letters.models import Letter, LetterAddressee, LetterRecommendation, Recommendation
from tracker.letters.queries import title_of
from tracker.letters.rules import SENT, AddresseeKind
from tracker.papers.models import Paper, PaperInvitation
from tracker.papers.queries import papers_visible_to
from tracker.recommendations.models import Assessment, Assignment, AssignmentAction
from tracker.recommendations.response_models import Response, Submission
from tracker.recommendations.rules import AnswerPosition
from tracker.workshops.models import PointHeard, Workshop

Rows = Select[*tuple[Any, ...]]
# Who asks: filled in when a statement is run.
TASKFORCES = bindparam("taskforces", type_=Integer, expanding=True)
DRAFTS = bindparam("drafts", type_=Integer, expanding=True)
PROGRAMMES = bindparam("programmes", type_=Integer, expanding=True)
CONTACT = bindparam("contact_id", type_=Integer)


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
class StepKind:
    """How a step is read from a thread, and what a row of it says; `more` leads to the rest of a long one."""

    model: type[Any]
    name: str
    nothing: str
    read: Callable[[Thread], Rows]
    tell: Callable[[Any], Item]
    more: Callable[[Any], tuple[str, dict[str, Any]]] | None = None


def _among(taskforce_id: Any) -> ColumnElement[bool]:
    """Whether a record is of the person's taskforces; the sum keeps the planner from reading all of theirs by index."""
    among: ColumnElement[bool] = (taskforce_id + 0).in_(TASKFORCES)
    return among


def _register(endpoint: str) -> Callable[[Any], tuple[str, dict[str, Any]]]:
    return lambda _row: (endpoint, {})


def short(text: str, longest: int = 110) -> str:
    """The beginning of a Markdown text as plain words on one line, cut at a word."""
    words = " ".join(documents.plain_text(text).split())
    return words if len(words) <= longest else words[:longest].rsplit(" ", 1)[0] + "…"


def read_workshops(thread: Thread) -> Rows:
    return select(Workshop.id, Workshop.reference, Workshop.title, Workshop.state).where(
        Workshop.id.in_(thread.workshops), _among(Workshop.taskforce_id)
    )


def tell_workshop(r: Any) -> Item:
    return Item(r.reference, r.title, r.state.label, "workshops.show_workshop", {"key": r.reference})


def read_points(thread: Thread) -> Rows:
    return (
        select(PointHeard.id, PointHeard.kind, PointHeard.text, Workshop.reference)
        .join(Workshop, Workshop.id == PointHeard.workshop_id)
        .where(PointHeard.id.in_(thread.points), _among(Workshop.taskforce_id))
    )


def tell_point(r: Any) -> Item:
    values = {"key": r.reference, "point_id": r.id}
    return Item(r.kind.label, short(r.text), "", "workshops.points.show_point", values)


def more_points(r: Any) -> tuple[str, dict[str, Any]]:
    return "workshops.points.list_points", {"key": r.reference}


def read_letters(thread: Thread) -> Rows:
    to = and_(LetterAddressee.letter_id == Letter.id, LetterAddressee.kind == AddresseeKind.TO)
    programme = (
        select(Programme.name)
        .join(LetterAddressee, LetterAddressee.programme_id == Programme.id)
        .where(to)
        .order_by(LetterAddressee.place, LetterAddressee.id)
        .limit(1)
        .scalar_subquery()
    )
    to_them = select(LetterAddressee.id).where(to, LetterAddressee.programme_id.in_(PROGRAMMES)).exists()
    seen = or_(
        Letter.taskforce_id.in_(DRAFTS),
        and_(Letter.state.in_(SENT), or_(Letter.taskforce_id.in_(TASKFORCES), to_them)),
    )
    columns = (Letter.id, Letter.reference, Letter.subject, Letter.state, programme.label("programme"))
    return select(*columns).where(Letter.id.in_(thread.letters), seen)


def tell_letter(r: Any) -> Item:
    values = {"key": r.reference or str(r.id)}
    name = r.reference or f"Draft {r.id}"
    return Item(name, title_of(r.subject, r.programme), r.state.label, "letters.show_letter", values)


def read_recommendations(thread: Thread) -> Rows:
    own = or_(Assignment.taskforce_id.in_(TASKFORCES), Assignment.programme_id.in_(PROGRAMMES))
    return (
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
        .where(Assignment.id.in_(thread.assignments), own)
    )


def tell_recommendation(r: Any) -> Item:
    note, values = f"{r.name}: {r.status.label}", {"key": r.reference}
    return Item(r.reference, short(r.title or r.text), note, "recommendations.show_recommendation", values)


def read_responses(thread: Thread) -> Rows:
    submitted = select(Submission.id).where(Submission.response_id == Response.id).exists()
    seen = or_(and_(Response.taskforce_id.in_(TASKFORCES), submitted), Response.programme_id.in_(PROGRAMMES))
    asked = select(func.count()).where(
        Assignment.letter_id == Response.letter_id, Assignment.programme_id == Response.programme_id
    )
    answered = asked.where(Assignment.position != AnswerPosition.AWAITING).scalar_subquery().label("answered")
    columns = (Response.id, Response.state, Response.programme_id, Letter.reference, Programme.name, Programme.code)
    return (
        select(*columns, asked.scalar_subquery().label("asked"), answered)
        .join(Letter, Letter.id == Response.letter_id)
        .join(Programme, Programme.id == Response.programme_id)
        .where(Response.id.in_(thread.responses), seen)
    )


def tell_response(r: Any) -> Item:
    values = {"key": r.reference, "code": r.code}
    # What is signed off only: a draft is its programme's own.
    so_far = f", {r.answered} of {r.asked} answered" if r.answered < r.asked else ""
    note = f"{r.state.label}{so_far if r.answered else ''}"
    return Item(r.reference, f"Response of {r.name}", note, "recommendations.show_response", values)


def read_actions(thread: Thread) -> Rows:
    """A programme learns that an action serves its recommendation; its words only if they are the owner's to read."""
    readable = or_(Action.taskforce_id.in_(TASKFORCES), Action.owner_id == CONTACT)
    serving = (
        select(AssignmentAction.id)
        .join(Assignment, Assignment.id == AssignmentAction.assignment_id)
        .where(AssignmentAction.action_id == Action.id, Assignment.programme_id.in_(PROGRAMMES))
        .exists()
    )
    title = case((readable, Action.title), else_="").label("title")
    return select(Action.id, Action.reference, title, Action.state).where(
        Action.id.in_(thread.actions), or_(readable, serving)
    )


def tell_action(r: Any) -> Item:
    endpoint = "actions.show_action" if r.title else ""
    return Item(r.reference, r.title, r.state.label, endpoint, {"key": r.reference})


def read_assessments(thread: Thread) -> Rows:
    return (
        select(Assessment.id, Assessment.judgement, Recommendation.reference)
        .join(Assignment, Assignment.id == Assessment.assignment_id)
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .where(Assessment.assignment_id.in_(thread.assignments), _among(Assignment.taskforce_id))
    )


def tell_assessment(r: Any) -> Item:
    return Item(r.reference, r.judgement.label, "", "recommendations.show_recommendation", {"key": r.reference})


def read_papers(thread: Thread) -> Rows:
    seen = papers_visible_to(CONTACT, DRAFTS, TASKFORCES)
    return select(Paper.id, Paper.reference, Paper.title, Paper.state).where(Paper.id.in_(thread.papers), seen)


def tell_paper(r: Any) -> Item:
    return Item(r.reference, r.title, r.state.label, "papers.show_paper", {"key": r.reference})


def read_resolutions(thread: Thread) -> Rows:
    return (
        select(PaperInvitation.id, PaperInvitation.text, PaperInvitation.outcome, Paper.reference)
        .join(Paper, Paper.id == PaperInvitation.paper_id)
        .where(
            PaperInvitation.paper_id.in_(thread.papers),
            PaperInvitation.outcome.is_not(None),
            papers_visible_to(CONTACT, DRAFTS, TASKFORCES),
        )
    )


def tell_resolution(r: Any) -> Item:
    values = {"key": r.reference, "_anchor": f"invitation-{r.id}"}
    return Item(r.reference, short(r.text), r.outcome.label, "papers.show_paper", values)


STEPS = (
    StepKind(Workshop, "Workshop", "No workshop", read_workshops, tell_workshop),
    StepKind(PointHeard, "Points heard", "No points heard yet", read_points, tell_point, more_points),
    StepKind(Letter, "Letter", "No letter yet", read_letters, tell_letter, _register("letters.list_letters")),
    StepKind(
        Assignment,
        "Recommendations",
        "No recommendations yet: they begin when a letter is issued",
        read_recommendations,
        tell_recommendation,
        _register("recommendations.list_recommendations"),
    ),
    StepKind(Response, "Answers", "No answer yet", read_responses, tell_response),
    StepKind(Action, "Actions", "No actions yet", read_actions, tell_action, _register("actions.list_actions")),
    StepKind(Assessment, "Assessments", "Not assessed yet", read_assessments, tell_assessment),
    StepKind(Paper, "Board papers", "No board paper yet", read_papers, tell_paper, _register("papers.list_papers")),
    StepKind(
        PaperInvitation,
        "The board’s resolutions",
        "The board has not resolved yet",
        read_resolutions,
        tell_resolution,
    ),
)
