"""The blueprint of links, and how a page behind one is opened: by its secret alone, refused like any other."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, g, make_response, render_template, request, session, url_for

from tracker.actions.models import Action
from tracker.core.db import end_write
from tracker.core.errors import AlreadySubmitted
from tracker.core.permissions import Person
from tracker.guest_links import opening, queries, refusing
from tracker.guest_links.refusing import LinkRefused
from tracker.guest_links.rules import GuestPurpose
from tracker.guest_links.tokens import hash_address
from tracker.recommendations.response_models import Response as Answered
from tracker.web import errors, htmx
from tracker.web.access import fetch_by_token
from tracker.web.forms import submit

bp = Blueprint("guest_links", __name__)
# How many links one browser remembers who it is at.
REMEMBERED = 20
TASKS = {
    GuestPurpose.PREPARE: ".write_answers",
    GuestPurpose.SIGN_OFF: ".sign_off",
    GuestPurpose.ACTION: ".report_action",
}
View = Callable[["Opened"], Any]


@dataclass(frozen=True)
class Opened:
    """A link that holds: what it opens, for whom, and who is at the browser (None: they have not said yet).

    Only `record` belongs to a transaction; it is loaded again for a write.
    """

    token: str
    link_id: int
    purpose: GuestPurpose
    contact_id: int | None
    contact: str
    record: Any
    guest: Person | None

    def page(self, endpoint: str = ".open_link") -> str:
        return url_for(endpoint, token=self.token)

    @property
    def task(self) -> str:
        """The page of what the link is for."""
        return self.page(TASKS[self.purpose])

    @property
    def person(self) -> Person:
        """Who acts; there is one on every page made with `by_link`."""
        if self.guest is None:
            raise LookupError("nobody has said who they are")
        return self.guest


def by_link(*purposes: GuestPurpose, unnamed: bool = False) -> Callable[[View], Callable[..., Any]]:
    """A public view of a link's address, for links of these purposes; every other one is refused alike.

    Whoever has not said who they are is asked first, unless the view is for the `unnamed`.
    """

    def decorate(view: View) -> Callable[..., Any]:
        @functools.wraps(view)
        def wrapped(token: str) -> Any:
            try:
                opened = _open(token, purposes)
                if opened.guest is None and not unnamed:
                    return _ask_who(opened)
                return view(opened)
            except LinkRefused as refused:
                return refuse(refused)

        wrapped.permission = None  # type: ignore[attr-defined]
        return wrapped

    return decorate


def _open(token: str, purposes: tuple[GuestPurpose, ...]) -> Opened:
    row = opening.find(token, purposes)
    guest = _remembered(row.id)
    if guest is None:
        refusing.check(own_address())
    record = fetch_by_token(lambda: opening.load(token, purposes))
    return Opened(token, row.id, row.purpose, row.contact_id, row.contact or "", record, guest)


def _remembered(link_id: int) -> Person | None:
    """Who this browser said it is at this link: its signed cookie names a contact, the database confirms them."""
    contact_id = session.get("guests", {}).get(str(link_id))
    return queries.get_guest(link_id, contact_id) if isinstance(contact_id, int) else None


def remember(link_id: int, contact_id: int | None) -> None:
    """Note in this browser's cookie who is at a link; None forgets them."""
    known = {key: value for key, value in session.get("guests", {}).items() if key != str(link_id)}
    if contact_id is not None:
        known[str(link_id)] = contact_id
    session["guests"] = dict(list(known.items())[-REMEMBERED:])


def own_address() -> str:
    """Where the request comes from, as the log keeps it."""
    return hash_address(request.remote_addr or "", current_app.config["SECRET_KEY"])


def refuse(refused: LinkRefused) -> Response:
    """The one page of every link that opens nothing, whatever the reason; counted and logged."""
    end_write(commit=False)
    refusing.note(refused, own_address())
    return make_response(render_template("guest_links/refused.html"), 404)


def _ask_who(opened: Opened) -> Response:
    """To the question who they are; what was typed is given back where a browser forgot."""
    if request.method == "POST":
        message = "This browser does not know any more who you are, so nothing was saved. Open the link again."
        return errors.page(401, "Say again who you are", message, errors.what_was_typed())
    return htmx.see_other(opened.page())


def take(
    opened: Opened,
    form: Any,
    template: str,
    shown: Callable[[Any], Mapping[str, Any]],
    write: Callable[[Any], Response],
) -> Response | str:
    """Show the form of a link's page on GET; else take it, and show it again with what is wrong.

    `shown(record)` gives what stands beside the form, as it is now: what is confirmed is what was on the screen.
    """

    def render(form: Any) -> str:
        values = shown(g.reload())
        return render_template(template, form=form, opened=opened, **values)

    def written(record: Answered | Action) -> Response:
        response = write(record)
        g.pop("form_key", None)  # kept with the address that it led to, which holds the secret
        return response

    if request.method == "GET":
        return render(form)
    try:
        return submit(form, render, written)
    except AlreadySubmitted:
        end_write(commit=False)
        return htmx.see_other(opened.page())
