"""What is due for a person, as a calendar wants it: with what tells one revision of an entry from the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from tracker.accounts.models import User
from tracker.actions.models import Action
from tracker.actions.rules import TO_BE_DONE, ActionState
from tracker.calendars.models import CalendarFeed
from tracker.core.db import db
from tracker.core.events import Event, EventRow
from tracker.core.permissions import CHAIRS, COMMENTERS, Person, Role
from tracker.directory.models import BoardMeeting, Programme
from tracker.guest_links.tokens import hash_token
from tracker.letters.models import CommentAsked, CommentRound, Letter
from tracker.letters.rules import LetterState
from tracker.papers.models import Paper
from tracker.papers.rules import PaperState
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus, ResponseState

LIMIT = 500
UNDER_WAY = (PaperState.DRAFT, PaperState.WITH_LEAD_DIRECTOR, PaperState.CLEARED)


@dataclass(frozen=True)
class Due:
    """Something due on a day: what and whose it is (a table and an id), and where its page is."""

    table: str
    id: int
    day: date
    title: str
    what: str
    sequence: int
    endpoint: str
    values: dict[str, str]


def find_feed(token: str) -> tuple[CalendarFeed, User] | None:
    """The feed with this token, ended or not, and whose it is."""
    statement = (
        select(CalendarFeed, User)
        .join(User, User.contact_id == CalendarFeed.contact_id)
        .where(CalendarFeed.token_hash == hash_token(token))
        .options(joinedload(User.contact))
    )
    found = db.session.execute(statement).one_or_none()
    return (found[0], found[1]) if found else None


def get_open_feed(contact_id: int) -> CalendarFeed | None:
    """The feed of a contact that can be read."""
    statement = select(CalendarFeed).where(CalendarFeed.contact_id == contact_id, CalendarFeed.revoked_at.is_(None))
    return db.session.scalars(statement.order_by(CalendarFeed.id.desc()).limit(1)).one_or_none()


def list_due(person: Person, today: date) -> list[Due]:
    """What is due for `person`, the earliest first: LIMIT entries at most. Four queries."""
    found = [*_actions(person), *_responses(person), *_rounds(person, today), *_papers(person)]
    return sorted(found, key=lambda due: (due.day, due.table, due.id))[:LIMIT]


def _actions(person: Person) -> list[Due]:
    """Their own to do, and those that somebody reported done and they may close."""
    deciding = sorted(person.taskforces({Role.SECRETARIAT, *CHAIRS}))
    own = and_(Action.owner_id == person.contact_id, Action.state.in_(sorted(TO_BE_DONE)))
    to_close = and_(
        Action.taskforce_id.in_(deciding),
        Action.state == ActionState.PENDING_REVIEW,
        Action.reported_by_id != person.contact_id,
        or_(Action.owner_id.is_(None), Action.owner_id != person.contact_id),
    )
    columns: tuple[Any, ...] = (Action.id, Action.reference, Action.title, Action.due_on, Action.state, Action.version)
    statement: Any = select(*columns).where(Action.due_on.is_not(None), or_(own, to_close))
    return [
        Due(
            Action.__tablename__,
            row.id,
            row.due_on,
            f"{row.reference} {row.title}",
            "Check that it is done" if row.state is ActionState.PENDING_REVIEW else "Action due",
            row.version,
            "actions.show_action",
            {"key": row.reference},
        )
        for row in db.session.execute(statement.order_by(Action.due_on, Action.id).limit(LIMIT))
    ]


def _responses(person: Person) -> list[Due]:
    """Letters that their programmes have to answer: the first day of an open answer, else the letter's."""
    waits = and_(Assignment.status == AssignmentStatus.OPEN, Assignment.position == AnswerPosition.AWAITING)
    first = func.min(case((waits, Assignment.due_on))).label("first")
    day = func.coalesce(first, Letter.response_due_on).label("day")
    columns: tuple[Any, ...] = (
        *(Response.id, Letter.reference, Programme.code, Programme.name, day),
        (Letter.version + func.coalesce(func.sum(Assignment.version), 0)).label("sequence"),
    )
    theirs = and_(Assignment.letter_id == Response.letter_id, Assignment.programme_id == Response.programme_id)
    statement: Any = (
        select(*columns)
        .select_from(Response)
        .join(Letter, Letter.id == Response.letter_id)
        .join(Programme, Programme.id == Response.programme_id)
        .outerjoin(Assignment, theirs)
        .where(Response.programme_id.in_(sorted(person.programmes())), Response.state == ResponseState.DRAFT)
        .group_by(Response.id, Letter.id, Programme.id)
        .having(day.element.is_not(None))
        .order_by(day, Response.id)
        .limit(LIMIT)
    )
    return [
        Due(
            Response.__tablename__,
            row.id,
            row.day,
            f"{row.reference} to {row.name}",
            "Answer to a letter due",
            row.sequence,
            "recommendations.show_response",
            {"key": row.reference, "code": row.code},
        )
        for row in db.session.execute(statement)
    ]


def _rounds(person: Person, today: date) -> list[Due]:
    """Drafts that they are asked to comment on. A draft's subject stays here: calendars are read elsewhere."""
    theirs = {g.taskforce_id for g in person.grants if g.role in COMMENTERS and g.delegated_by_id is None}
    columns: tuple[Any, ...] = (CommentRound.id, CommentRound.until_on, CommentRound.version, CommentRound.letter_id)
    statement: Any = (
        select(*columns)
        .join(Letter, Letter.id == CommentRound.letter_id)
        .join(CommentAsked, CommentAsked.round_id == CommentRound.id)
        .where(CommentAsked.contact_id == person.contact_id, CommentAsked.finished_at.is_(None))
        .where(CommentRound.closed_at.is_(None), CommentRound.until_on >= today)
        .where(Letter.state == LetterState.DRAFT, Letter.taskforce_id.in_(sorted(i for i in theirs if i)))
        .order_by(CommentRound.until_on, CommentRound.id)
        .limit(LIMIT)
    )
    return [
        Due(
            CommentRound.__tablename__,
            row.id,
            row.until_on,
            f"Draft letter {row.letter_id}",
            "Last day to comment",
            row.version,
            "letters.comment_letter",
            {"key": str(row.letter_id)},
        )
        for row in db.session.execute(statement)
    ]


def _papers(person: Person) -> list[Due]:
    """The secretariat's papers that have to be with the board by its meeting."""
    columns: tuple[Any, ...] = (Paper.id, Paper.reference, Paper.title, Paper.version, BoardMeeting.held_on)
    statement: Any = (
        select(*columns)
        .join(BoardMeeting, BoardMeeting.id == Paper.board_meeting_id)
        .where(Paper.taskforce_id.in_(sorted(person.taskforces({Role.SECRETARIAT}))), Paper.state.in_(UNDER_WAY))
        .order_by(BoardMeeting.held_on, Paper.id)
        .limit(LIMIT)
    )
    return [
        Due(
            Paper.__tablename__,
            row.id,
            row.held_on,
            f"{row.reference} {row.title}",
            "Board meeting: the paper is not submitted yet",
            row.version,
            "papers.show_paper",
            {"key": row.reference},
        )
        for row in db.session.execute(statement)
    ]


def list_changed(due: Sequence[Due]) -> dict[tuple[str, int], datetime]:
    """When each entry last changed, as the log has it, by table and id; a response by its asks too. Two queries."""
    tables: dict[str, list[int]] = {}
    for item in due:
        tables.setdefault(item.table, []).append(item.id)
    at = func.max(Event.happened_at).label("at")
    own = [and_(EventRow.table_name == table, EventRow.row_id.in_(ids)) for table, ids in tables.items()]
    rows: Any = select(EventRow.table_name, EventRow.row_id, at).join(Event, Event.number == EventRow.number)
    rows = rows.where(or_(*own)).group_by(EventRow.table_name, EventRow.row_id)
    found = {(r.table_name, r.row_id): r.at for r in db.session.execute(rows)} if own else {}
    for response_id, latest in _assignments_changed(tables.get(Response.__tablename__, [])):
        key = (Response.__tablename__, response_id)
        found[key] = max(latest, found.get(key, latest))
    return found


def _assignments_changed(response_ids: Iterable[int]) -> Iterable[tuple[int, datetime]]:
    theirs = and_(Assignment.letter_id == Response.letter_id, Assignment.programme_id == Response.programme_id)
    written = and_(EventRow.table_name == Assignment.__tablename__, EventRow.row_id == Assignment.id)
    statement: Any = (
        select(Response.id, func.max(Event.happened_at))
        .join(Assignment, theirs)
        .join(EventRow, written)
        .join(Event, Event.number == EventRow.number)
        .where(Response.id.in_(sorted(response_ids)))
        .group_by(Response.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]
