"""What is done to saved views."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.saved_views import queries
from tracker.saved_views.models import DefaultView, SavedView
from tracker.saved_views.rules import MOST_VIEWS

events.register_verbs(
    {
        "view_saved": "saved a view",
        "view_changed": "changed a saved view",
        "view_deleted": "deleted a saved view",
        "default_view_chosen": "chose the view that a register opens with",
        "default_view_given_up": "has a register open as it comes",
    }
)


def save_view(register: str, name: str, query: str, taskforce_id: int | None, *, by: Person) -> SavedView:
    """Keep a register's filters, order and columns under a name.

    Raises RuleBroken for a name that the person's views have already, and for the fifty-first view.
    """
    _check_name(by.contact_id, register, name, None)
    held = select(func.count()).select_from(SavedView)
    own = held.where(SavedView.contact_id == by.contact_id, SavedView.register == register)
    if db.session.scalars(own).one() >= MOST_VIEWS:
        raise RuleBroken(f"You have {MOST_VIEWS} views of this register. Delete one first.", field="name")
    view = SavedView(
        contact_id=by.contact_id,
        taskforce_id=taskforce_id,
        register=register,
        name=name,
        query=query,
        made_at=clock.now(),
    )
    db.session.add(view)
    db.session.flush()
    events.record(by, "view_saved", view, name=name, query=query)
    return view


def change_view(view: SavedView, name: str, query: str, taskforce_id: int | None, *, by: Person) -> None:
    """Rename or share a view, or have it keep another query. Raises RuleBroken for a name that is taken."""
    _check_name(view.contact_id, view.register, name, view.id)
    view.name, view.query, view.taskforce_id = name, query, taskforce_id
    changed: dict[str, Any] = events.changes(view)
    if changed:
        events.record(by, "view_changed", view, **changed)
        db.session.flush()


def delete_view(view: SavedView, *, by: Person) -> None:
    """Delete a view. The register opens as it comes for those whose it was to open with."""
    for chosen in db.session.scalars(select(DefaultView).where(DefaultView.view_id == view.id)):
        db.session.delete(chosen)
    db.session.flush()
    events.record(by, "view_deleted", view, name=view.name, query=view.query)
    db.session.delete(view)
    db.session.flush()


def choose_default(view: SavedView, *, by: Person) -> None:
    """Have the view's register open with it, for `by` alone."""
    chosen = queries.get_default(by, view.register)
    if chosen is None:
        db.session.add(DefaultView(contact_id=by.contact_id, register=view.register, view_id=view.id))
    elif chosen.view_id != view.id:
        chosen.view_id = view.id
    else:
        return
    db.session.flush()
    events.record(by, "default_view_chosen", view)


def give_up_default(view: SavedView, *, by: Person) -> None:
    """Have the view's register open as it comes, for `by` alone. Nothing where it does so already."""
    chosen = queries.get_default(by, view.register)
    if chosen is None or chosen.view_id != view.id:
        return
    events.record(by, "default_view_given_up", view)
    db.session.delete(chosen)
    db.session.flush()


def _check_name(contact_id: int, register: str, name: str, own_id: int | None) -> None:
    taken = select(SavedView.id).where(
        SavedView.contact_id == contact_id,
        SavedView.register == register,
        SavedView.name == name,
        SavedView.id != (own_id or 0),
    )
    if db.session.execute(taken).first() is not None:
        raise RuleBroken("There is already a view with this name. Choose another.", field="name")
