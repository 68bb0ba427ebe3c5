"""The pages behind a link: who are you, the letter, the answers, the sign-off, the report on an action.

They show one letter and its form, or one action; no session of an account is needed, and none is used.
"""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, jsonify, render_template, request, url_for

from tracker.actions import operations as actions
from tracker.actions.forms import ReportForm
from tracker.actions.models import Action
from tracker.actions.rules import UNFINISHED, lateness
from tracker.core import clock, files
from tracker.core.errors import RuleBroken
from tracker.guest_links import answers, link_views, operations
from tracker.guest_links.blueprint import Opened, bp, by_link, remember, take
from tracker.guest_links.forms import ConfirmForm, WhoForm
from tracker.guest_links.rules import GuestPurpose
from tracker.recommendations import answering, queries, responding, response_edits, signing_off
from tracker.recommendations.response_models import Response as Answered
from tracker.recommendations.rules import ResponseState
from tracker.web import htmx
from tracker.web.access import begin_write
from tracker.web.files import attachment
from tracker.web.pages import clock_time

# The factory takes the blueprint from here, with the pages on it that keep links.
__all__ = ["bp", "link_views"]

PREPARE, SIGN_OFF, ACTION = GuestPurpose.PREPARE, GuestPurpose.SIGN_OFF, GuestPurpose.ACTION


@bp.route("/links/<token>", methods=["GET", "POST"])
@by_link(PREPARE, SIGN_OFF, ACTION, unnamed=True)
def open_link(opened: Opened) -> Response | str:
    """Who is it? Whoever has said goes on to what the link is for."""
    if opened.guest is not None:
        return htmx.see_other(opened.task)
    form: Any = WhoForm() if opened.purpose is PREPARE else ConfirmForm()

    def write(record: Answered | Action) -> Response:
        if opened.purpose is PREPARE:
            guest = operations.name_guest(record, opened.link_id, form.name.data, form.role.data)
        else:
            guest = operations.confirm_guest(record, opened.link_id, opened.contact_id or 0, opened.contact)
        remember(opened.link_id, guest.contact_id)
        return htmx.see_other(opened.task)

    return take(opened, form, "guest_links/who.html", _about, write)


def _about(record: Answered | Action) -> dict[str, Any]:
    """What a link says of itself before anybody has said who they are."""
    if isinstance(record, Action):
        return {"taskforce": record.taskforce.name, "reference": record.reference}
    return answers.head(record)


@bp.post("/links/<token>/leave")
@by_link(PREPARE, SIGN_OFF, ACTION)
def leave(opened: Opened) -> Response:
    """Somebody else takes over at this browser."""
    remember(opened.link_id, None)
    return htmx.see_other(opened.page())


@bp.get("/links/<token>/letter")
@by_link(PREPARE, SIGN_OFF)
def show_letter(opened: Opened) -> str:
    document = responding.letter_as_it_prints(opened.record)
    shown = answers.as_read(opened.record)
    return render_template("guest_links/letter.html", opened=opened, document=document, **shown)


@bp.get("/links/<token>/letter/file")
@by_link(PREPARE, SIGN_OFF)
def download_letter(opened: Opened) -> Response:
    letter = opened.record.letter
    content = files.read(letter.file_sha256)
    media_type = files.kind_of(content)
    return attachment(content, media_type, f"{letter.reference}.{files.ENDINGS[media_type]}")


@bp.route("/links/<token>/answers", methods=["GET", "POST"])
@by_link(PREPARE)
def write_answers(opened: Opened) -> Response | str:
    response = opened.record
    if response.state is not ResponseState.DRAFT:
        return _sent(opened)
    kept, continues = response_edits.get_own(response, opened.person), "continue" in request.args
    form = responding.prepare_form(response, kept if continues and request.method == "GET" else None)

    def shown(response: Answered) -> dict[str, Any]:
        addresses = {
            "continue": opened.page(".write_answers") + "?continue=1",
            "drop": opened.page(".drop_answers_edit"),
            "keep": opened.page(".keep_answers_edit"),
            "letter": opened.page(".download_letter"),
            "corrected": "",
        }
        typed = {"kept_at": kept.saved_at if kept and request.method == "GET" else None, "continues": continues}
        values = answers.head(response) | responding.page_values(response, by=opened.person) | typed
        return values | {"addresses": addresses, "buttons": [("Save draft", "")]}

    def write(response: Answered) -> Response:
        flash(responding.save(response, form, by=opened.person).sentence())
        then = request.form.get("then", "")
        known = then.isascii() and then.isdigit() and len(then) < 10
        return htmx.see_other(opened.task + (f"#actions-{then}" if known else ""))

    return take(opened, form, "guest_links/answers.html", shown, write)


@bp.post("/links/<token>/draft-edit")
@by_link(PREPARE)
def keep_answers_edit(opened: Opened) -> Response:
    """For static/autosave.js: what is typed is kept for whoever typed it, until they save it."""
    response = begin_write()
    try:
        at = response_edits.keep(response, request.form, by=opened.person)
    except RuleBroken as error:
        return jsonify(isOver=True, message=error.message, others=[])
    others = [typing.sentence() for typing in response_edits.list_others(response, opened.person)]
    return jsonify(isOver=False, message=f"Not saved yet; kept for you at {clock_time(at)}", others=others)


@bp.post("/links/<token>/draft-edit/drop")
@by_link(PREPARE)
def drop_answers_edit(opened: Opened) -> Response:
    response_edits.drop(begin_write(), by=opened.person)
    flash("The text that was not saved is dropped.")
    return htmx.see_other(opened.task)


def _sent(opened: Opened) -> str:
    """A response that is signed off: what was sent, and that nothing more is asked."""
    submission = answers.submitted(opened.record)
    return render_template("guest_links/sent.html", opened=opened, submitted=submission, **answers.head(opened.record))


@bp.route("/links/<token>/sign-off", methods=["GET", "POST"])
@by_link(SIGN_OFF)
def sign_off(opened: Opened) -> Response | str:
    if opened.record.state is not ResponseState.DRAFT:
        return _sent(opened)

    def write(response: Answered) -> Response:
        submission = answering.sign_off(response, by=opened.person)
        unanswered = queries.read_submission(submission)["unanswered"]
        told = _told(response) | {"who": opened.person.name, "submission": submission, "unanswered": unanswered}
        signing_off.tell_secretariat(response, submission, render_template("emails/response_signed_off.txt", **told))
        received = render_template("emails/response_acknowledged.txt", **told)
        signing_off.acknowledge(response, submission, received, also=[opened.person.email])
        flash("The response has been signed off and sent to the taskforce. Thank you.")
        return htmx.see_other(opened.task)

    return take(opened, ConfirmForm.of(opened.record), "guest_links/sign_off.html", answers.as_read, write)


def _told(response: Answered) -> dict[str, Any]:
    page = url_for("recommendations.show_response", key=response.letter.reference, code=response.programme.code)
    return answers.head(response) | {"address": current_app.config["BASE_URL"] + page}


@bp.route("/links/<token>/report", methods=["GET", "POST"])
@by_link(ACTION)
def report_action(opened: Opened) -> Response | str:
    action = opened.record
    if action.state not in UNFINISHED:
        return render_template("guest_links/action_over.html", opened=opened, **_action_page(action))
    form = ReportForm.of(action)
    form.offer(action.state)

    def write(action: Action) -> Response:
        to = form.state()
        if to is None:
            actions.add_update(action, form.text.data, by=opened.person)
        else:
            actions.report_action(action, to, form.text.data, by=opened.person)
        flash("Your update has been saved.")
        return htmx.see_other(opened.task)

    return take(opened, form, "guest_links/report.html", _action_page, write)


def _action_page(action: Action) -> dict[str, Any]:
    return {
        "action": action,
        "reference": action.reference,
        "taskforce": action.taskforce.name,
        "late": lateness(action.state, action.due_on, clock.today()),
        "updates": [(u.by.name if u.by else "", u.at, u.text, u.state) for u in action.updates],
    }
