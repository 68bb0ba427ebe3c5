"""The pages that make, list and end links, and the log of those that were refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, flash, make_response, render_template, request, url_for

from tracker.actions import queries as actions
from tracker.actions.models import Action
from tracker.core import clock
from tracker.core.permissions import Role
from tracker.directory import queries as directory
from tracker.guest_links import operations, queries
from tracker.guest_links.blueprint import bp
from tracker.guest_links.forms import EMAIL, ConfirmForm, NamedLinkForm, PrepareLinkForm
from tracker.guest_links.queries import Linked
from tracker.guest_links.rules import GuestPurpose
from tracker.guest_links.tokens import last_day
from tracker.recommendations import queries as recommendations
from tracker.recommendations.response_models import Response as Answered
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit

SUBJECTS = {
    GuestPurpose.PREPARE: "Prepare the answer to {}",
    GuestPurpose.SIGN_OFF: "Sign off the answer to {}",
    GuestPurpose.ACTION: "Report on action {}",
}
OF_RESPONSE = "/letters/<record:key>/responses/<code>/links"


def _page_of(record: Answered | Action) -> dict[str, Any]:
    """What every page about the links of a record names and leads to, in plain values."""
    if isinstance(record, Action):
        key: dict[str, Any] = {"key": record.reference}
        return {
            "about": f"Action {record.reference} {record.title}",
            "reference": record.reference,
            "taskforce": record.taskforce.name,
            "back": url_for("actions.show_action", **key),
            "links": url_for(".list_action_links", **key),
            "is_action": True,
            "new_links": [(url_for(".new_action_link", **key), "Make a link for its owner")],
        }
    key = {"key": record.letter.reference or "", "code": record.programme.code}
    return {
        "about": f"Response of {record.programme.name} to {record.letter.reference}",
        "reference": record.letter.reference,
        "taskforce": record.taskforce.name,
        "programme": record.programme.name,
        "back": _back_to(record, key),
        "links": url_for(".list_response_links", **key),
        "is_action": False,
        "new_links": [
            (url_for(".new_prepare_link", **key), "Make a link to prepare the response"),
            (url_for(".new_sign_off_link", **key), "Make a link to sign it off"),
        ],
    }


def _back_to(response: Answered, key: dict[str, Any]) -> str:
    """The response's own page, or its letter's for a taskforce that may not see the response yet."""
    if response.is_submitted or response.programme_id in person().programmes():
        return url_for("recommendations.show_response", **key)
    return url_for("letters.show_letter", key=key["key"])


def _list(record: Answered | Action, permission_name: str) -> str:
    page, links = queries.list_links(record, request.args, clock.now())
    values = _page_of(record) | {"record": record, "permission_name": permission_name}
    return render_template("guest_links/list.html", page=page, shown=links, **values)


@bp.get(OF_RESPONSE)
@permission("response_link.view", recommendations.get_response_for)
def list_response_links(response: Answered) -> str:
    return _list(response, "response_link.edit")


@bp.get("/actions/<record:key>/links")
@permission("action_link.view", actions.get_action_for)
def list_action_links(action: Action) -> str:
    return _list(action, "action_link.edit")


def _take(
    record: Answered | Action, form: Any, purpose: GuestPurpose, make: Callable[[Any], tuple[operations.Made, str]]
) -> Response | str:
    """The page of a new link: made by `make(record)`, which says where to send it; without an address it is shown."""
    shown = _page_of(record) | {"purpose": purpose}

    def render(form: Any) -> str:
        return render_template("guest_links/new.html", form=form, **shown)

    def write(record: Answered | Action) -> Response:
        made, email = make(record)
        address = current_app.config["BASE_URL"] + url_for(".open_link", token=made.token)
        until = last_day(made.link.expires_at)
        said = shown | {"address": address, "last_day": until, "contact": made.link.contact}
        if not email:
            page = render_template("guest_links/made.html", **said)
            return make_response(page)
        subject = SUBJECTS[purpose].format(shown["reference"])
        body = render_template("emails/guest_link.txt", **said, note=form.note.data, by=person())
        operations.send_link(record, made.link, email, subject, body, by=person())
        flash(f"The link is on its way to {email}.")
        return htmx.see_other(shown["links"])

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route(f"{OF_RESPONSE}/prepare", methods=["GET", "POST"])
@permission("response_link.edit", recommendations.get_response_for)
def new_prepare_link(response: Answered) -> Response | str:
    form = PrepareLinkForm()

    def make(response: Answered) -> tuple[operations.Made, str]:
        made = operations.make_link(response, GuestPurpose.PREPARE, None, form.until(), by=person())
        return made, form.email.data

    return _take(response, form, GuestPurpose.PREPARE, make)


@bp.route(f"{OF_RESPONSE}/sign-off", methods=["GET", "POST"])
@permission("response_link.edit", recommendations.get_response_for)
def new_sign_off_link(response: Answered) -> Response | str:
    """Only the secretariat is shown the address: a team must not be able to sign off in its SRO's name."""
    form = NamedLinkForm()
    may_copy = response.taskforce_id in person().taskforces({Role.SECRETARIAT})
    form.offer(queries.list_signers(response, clock.today()), may_copy=may_copy)
    return _take(response, form, GuestPurpose.SIGN_OFF, _named(form, GuestPurpose.SIGN_OFF))


@bp.route("/actions/<record:key>/links/new", methods=["GET", "POST"])
@permission("action_link.edit", actions.get_action_for)
def new_action_link(action: Action) -> Response | str:
    form = NamedLinkForm()
    form.offer([action.owner] if action.owner else [], may_copy=True)
    return _take(action, form, GuestPurpose.ACTION, _named(form, GuestPurpose.ACTION))


def _named(form: NamedLinkForm, purpose: GuestPurpose) -> Callable[[Any], tuple[operations.Made, str]]:
    def make(record: Answered | Action) -> tuple[operations.Made, str]:
        contact = directory.get_contact(form.person.data)
        made = operations.make_link(record, purpose, contact, form.until(), by=person())
        return made, contact.email if contact and form.how.data == EMAIL else ""

    return make


def _end(linked: Linked) -> Response | str:
    link = linked.link
    shown = _page_of(linked.record) | {
        "purpose": link.purpose,
        "whom": link.contact.name if link.contact else "",
        "last_day": last_day(link.expires_at),
    }

    def render(form: ConfirmForm) -> str:
        return render_template("guest_links/end.html", form=form, **shown)

    def write(linked: Linked) -> Response:
        operations.revoke_link(linked.record, linked.link, by=person())
        flash("The link has ended. Whoever opens it is told that there is nothing.")
        return htmx.see_other(shown["links"])

    form = ConfirmForm()
    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route(f"{OF_RESPONSE}/<id:link_id>/end", methods=["GET", "POST"])
@permission("response_link.edit", queries.get_response_link_for)
def end_response_link(linked: Linked) -> Response | str:
    return _end(linked)


@bp.route("/actions/<record:key>/links/<id:link_id>/end", methods=["GET", "POST"])
@permission("action_link.edit", queries.get_action_link_for)
def end_action_link(linked: Linked) -> Response | str:
    return _end(linked)


@bp.get("/refused-links")
@permission("refused_link.list")
def list_refused_links() -> str:
    """Every link that was tried and refused, without the link: its address was never kept."""
    return render_template("guest_links/refused_list.html", page=queries.list_refused(request.args))
