"""The calendar feed, and the page on which one makes and ends its address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, flash, make_response, render_template, url_for

from tracker.accounts import queries as accounts
from tracker.accounts.models import User
from tracker.accounts.sessions import person_of
from tracker.calendars import operations, queries
from tracker.calendars.feed import Entry, write_feed
from tracker.core import clock
from tracker.core.permissions import Person
from tracker.guest_links import refusing
from tracker.guest_links.blueprint import own_address, refuse
from tracker.guest_links.forms import ConfirmForm
from tracker.guest_links.refusing import LinkRefused
from tracker.guest_links.rules import Refusal
from tracker.web import htmx
from tracker.web.access import permission, person, public
from tracker.web.forms import submit

bp = Blueprint("calendars", __name__)


@bp.get("/calendar/<token>.ics")
@public
def read_feed(token: str) -> Response:
    """One's own due dates, for whoever has the secret address: calendar programs read it by themselves."""
    try:
        refusing.check(own_address())
        owner, made_at = _owner_of(token)
    except LinkRefused as refused:
        return refuse(refused)
    due = queries.list_due(owner, clock.today())
    changed = queries.list_changed(due)
    entries = [_entry(item, changed.get((item.table, item.id), made_at)) for item in due]
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    response = make_response(write_feed(entries, name=f"Due for {owner.name}", host=host))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'inline; filename="due.ics"'
    return response


def _owner_of(token: str) -> tuple[Person, Any]:
    """Whose feed it is, with today's grants, and when it was made. Raises LinkRefused as for any other link."""
    found = queries.find_feed(token)
    if found is None:
        raise LinkRefused(Refusal.UNKNOWN)
    feed, user = found
    if feed.revoked_at is not None:
        raise LinkRefused(Refusal.REVOKED)
    if user.disabled_at is not None:
        raise LinkRefused(Refusal.OTHER)
    return person_of(user), feed.made_at


def _entry(due: queries.Due, changed_at: Any) -> Entry:
    page = current_app.config["BASE_URL"] + url_for(due.endpoint, **due.values)  # type: ignore[arg-type]
    said = f"{due.what}. Open it in Taskforce Tracker: {page}"
    return Entry(f"{due.table}-{due.id}", due.day, f"{due.what}: {due.title}", said, page, due.sequence, changed_at)


@bp.get("/account/calendar")
@permission("account.edit", accounts.get_own_account)
def show_feed(user: User) -> str:
    return _page(user.contact_id, ConfirmForm())


def _page(contact_id: int, form: ConfirmForm, address: str = "") -> str:
    return render_template(
        "calendars/feed.html", form=form, feed=queries.get_open_feed(contact_id), address=address, limit=queries.LIMIT
    )


@bp.post("/account/calendar/new")
@permission("account.edit", accounts.get_own_account)
def make_feed(user: User) -> Response:
    contact_id = user.contact_id

    def write(user: User) -> Response:
        token = operations.make_feed(user, by=person())
        address = current_app.config["BASE_URL"] + url_for(".read_feed", token=token)
        return make_response(_page(contact_id, ConfirmForm(formdata=None), address))

    return submit(ConfirmForm(), lambda form: _page(contact_id, form), write)


@bp.post("/account/calendar/end")
@permission("account.edit", accounts.get_own_account)
def end_feed(user: User) -> Response:
    contact_id = user.contact_id

    def write(user: User) -> Response:
        operations.end_feed(user, by=person())
        flash("The address of your calendar feed opens nothing any more.")
        return htmx.see_other(url_for(".show_feed"))

    return submit(ConfirmForm(), lambda form: _page(contact_id, form), write)
