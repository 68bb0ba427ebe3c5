"""What people typed into a draft response and have not saved: kept for each, and told to others who open the draft."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from werkzeug.datastructures import MultiDict

from tracker.core import clock
from tracker.core.db import db, insert_into
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.letters import draft_edits
from tracker.letters.draft_edits import Typing
from tracker.recommendations.response_models import Response, ResponseEdit
from tracker.recommendations.rules import ResponseState

LEFT_OUT = frozenset({"csrf_token", "form_key", "version", "then"})


def keep(response: Response, typed: MultiDict[str, str], *, by: Person) -> datetime:
    """Keep what somebody typed, in place of what was kept for them before; when that was.

    Raises RuleBroken for a response that is no draft, a page whose form was saved already, and more than can be kept.
    """
    if response.state is not ResponseState.DRAFT:
        raise RuleBroken("The response has been signed off: it cannot be saved.")
    fields, at = draft_edits.read_typed(typed, LEFT_OUT), clock.now()
    kept = {"base_version": response.version, "fields": fields, "saved_at": at}
    statement = insert_into(ResponseEdit.__table__).values(response_id=response.id, contact_id=by.contact_id, **kept)
    unique = ["response_id", "contact_id"]
    db.session.execute(statement.on_conflict_do_update(set_=kept, index_elements=unique))
    return at


def drop(response: Response, *, by: Person) -> None:
    """Let go of what was kept for somebody: they saved it, or do not want it."""
    db.session.execute(delete(ResponseEdit).where(_of(response), ResponseEdit.contact_id == by.contact_id))


def get_own(response: Response, person: Person) -> ResponseEdit | None:
    """What was kept for `person`."""
    own = select(ResponseEdit).where(_of(response), ResponseEdit.contact_id == person.contact_id)
    return db.session.scalars(own).one_or_none()


def list_others(response: Response, person: Person) -> list[Typing]:
    """Who else typed in this response within the last 15 minutes, the newest first."""
    return draft_edits.list_typing(ResponseEdit, _of(response), person)


def _of(response: Response) -> ColumnElement[bool]:
    return ResponseEdit.response_id == response.id
