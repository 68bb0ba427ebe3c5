"""Reads of replies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker.core.db import db
from tracker.core.permissions import Person, Role
from tracker.directory.models import Programme
from tracker.letters.models import Letter
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response
from tracker.replies.models import Reply, ReplyPassage

LIMIT = 50


def _replies() -> Select[Any]:
    response = contains_eager(Reply.response)
    return (
        select(Reply)
        .join(Reply.response)
        .options(
            response.joinedload(Response.letter).joinedload(Letter.corrects),
            response.joinedload(Response.programme),
            response.joinedload(Response.taskforce),
            response.selectinload(Response.submissions),
            joinedload(Reply.by),
            selectinload(Reply.passages).joinedload(ReplyPassage.assignment).joinedload(Assignment.recommendation),
        )
    )


def get_reply_for(_person: Person, reply_id: int) -> Reply | None:
    """A reply with its passages and what it replies to; the permissions table decides."""
    reply: Reply | None = db.session.scalars(_replies().where(Reply.id == reply_id)).one_or_none()
    return reply


def list_replies_to(person: Person, response: Response) -> Sequence[Reply]:
    """The replies to what a response answers that `person` may see, the newest first."""
    own = response.programme_id in person.programmes()
    statement = select(Reply).where(Reply.response_id == response.id).order_by(Reply.id.desc()).limit(LIMIT)
    return db.session.scalars(statement if own else statement.where(Reply.entry_id.is_not(None))).all()


def list_of_letter(letter_id: int) -> Sequence[Any]:
    """For each programme that is to answer a letter: code, name, and the id of the reply that waits to be read."""
    waiting = (Reply.response_id == Response.id, Reply.outcome.is_(None), Reply.entry_id.is_not(None))
    columns: tuple[Any, ...] = (Programme.code, Programme.name, func.max(Reply.id).label("reply_id"))
    statement: Select[Any] = (
        select(*columns).select_from(Response).join(Response.programme).outerjoin(Reply, and_(*waiting))
    )
    statement = statement.where(Response.letter_id == letter_id).group_by(Programme.id, Programme.code, Programme.name)
    return db.session.execute(statement.order_by(Programme.name, Programme.id)).all()


def list_undecided_for(person: Person, limit: int) -> Sequence[Any]:
    """Replies that nobody has taken or set aside: a secretariat's own, and those that programme people uploaded.

    Rows of id, the letter's reference and the programme's name.
    """
    served, programmes = sorted(person.taskforces({Role.SECRETARIAT})), sorted(person.programmes())
    theirs = Response.programme_id.in_(programmes) & Reply.entry_id.is_(None)
    ours = Reply.taskforce_id.in_(served) & Reply.entry_id.is_not(None)
    columns: tuple[Any, ...] = (Reply.id, Letter.reference, Programme.name)
    statement: Select[Any] = select(*columns).join(Reply.response).join(Response.letter).join(Response.programme)
    statement = statement.where(Reply.outcome.is_(None), or_(ours, theirs))
    return db.session.execute(statement.order_by(Reply.id).limit(limit)).all()
