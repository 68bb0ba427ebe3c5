"""Pages of a response: the sign-off, clarification, acceptance. The draft is in responding_views.py."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, render_template, request

from tracker.core import events
from tracker.core.permissions import may
from tracker.recommendations import answering, extension_queries, forms, queries
from tracker.recommendations.blueprint import bp, head_of, response_url, take
from tracker.recommendations.models import Response as Answered
from tracker.recommendations.responding import asked
from tracker.recommendations.rules import ResponseState, why_not_signed_off
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit


@bp.get("/letters/<record:key>/response")
@permission("response.view", queries.get_response_to_for)
def respond(response: Answered) -> Response:
    """To the response that this person means: to write it, where it is theirs and a draft."""
    writing = response.state is ResponseState.DRAFT and may(person(), "response.edit", response)
    return htmx.see_other(response_url(response, ".write_response" if writing else ".show_response"))


@bp.get("/letters/<record:key>/responses/<code>")
@permission("response.view", queries.get_draft_for)
def show_response(response: Answered) -> str:
    return _response_page(response, forms.ConfirmForm.of(response))


def _response_page(response: Answered, form: forms.ConfirmForm) -> str:
    """What was signed off and, for the programme, how far its draft is and how to go on with it."""
    own = response.programme_id in person().programmes()
    return render_template(
        "recommendations/response.html",
        form=form,
        response=response,
        own=own,
        given=answering.given_answers(queries.list_asks(response), response.answers) if own else [],
        extensions=extension_queries.list_of_response(response),
        is_unanswered=bool(extension_queries.list_extendable(response)),
        can_continue=answering.can_continue(response),
        submissions=[(s, queries.read_submission(s)) for s in response.submissions],
        happenings=events.list_timeline([("response", response.id)]) if own else [],
        **head_of(response),
    )


@bp.post("/letters/<record:key>/responses/<code>/continue")
@permission("response.edit", queries.get_draft_for)
def continue_response(response: Answered) -> Response | str:
    key, code = response.letter.reference or "", response.programme.code

    def render(form: forms.ConfirmForm) -> str:
        found = queries.get_draft_for(person(), key, code)
        return "" if found is None else _response_page(found, form)

    def write(response: Answered) -> Response:
        answering.continue_response(response, by=person())
        flash("The response is a draft again. What was signed off stays with the taskforce.")
        return htmx.see_other(response_url(response, ".write_response"))

    return submit(forms.ConfirmForm.of(response), render, write)


@bp.route("/letters/<record:key>/responses/<code>/sign-off", methods=["GET", "POST"])
@permission("response.sign_off", queries.get_draft_for)
def sign_off(response: Answered) -> Response | str:
    if response.state is not ResponseState.DRAFT and request.method == "GET":
        return htmx.see_other(response_url(response))
    asks = queries.list_asks(response)
    given = answering.given_answers(asks, response.answers)
    shown = head_of(response) | {
        "asks": [asked(ask) for ask in asks],
        "given": given,
        "introduction": response.introduction,
        "answers": {a.assignment_id: a for a in response.answers},
        "planned": {a.assignment_id: [(p.title, p.due_on) for p in a.planned_actions] for a in response.answers},
        "problems": why_not_signed_off(given),
    }

    def write(response: Answered) -> Response:
        submission = answering.sign_off(response, by=person())
        body = render_template("emails/response_signed_off.txt", **_mail(response), submission=submission)
        answering.tell_secretariat(response, submission, body)
        flash("The response has been signed off and sent to the taskforce.")
        return htmx.see_other(response_url(response))

    return take(forms.ConfirmForm.of(response), "recommendations/sign_off.html", shown, write)


def _mail(response: Answered) -> dict[str, Any]:
    """What the texts of e-mails name; the address is the configured one, never the request's."""
    address = current_app.config["BASE_URL"] + response_url(response)
    return head_of(response) | {"address": address, "who": person().name}


@bp.route("/letters/<record:key>/responses/<code>/clarify", methods=["GET", "POST"])
@permission("response.clarify", queries.get_response_for)
def ask_clarification(response: Answered) -> Response | str:
    form = forms.ClarifyForm.of(response)

    def write(response: Answered) -> Response:
        answering.ask_clarification(response, form.reason.data, by=person())
        answering.tell_programme(response, render_template("emails/response_clarify.txt", **_mail(response)))
        flash("The programme has been asked for clarification.")
        return htmx.see_other(response_url(response))

    return take(form, "recommendations/clarify.html", head_of(response), write)


@bp.route("/letters/<record:key>/responses/<code>/accept", methods=["GET", "POST"])
@permission("response.accept", queries.get_response_for)
def accept(response: Answered) -> Response | str:
    def write(response: Answered) -> Response:
        answering.accept_response(response, by=person())
        flash("The response has been accepted.")
        return htmx.see_other(response_url(response))

    return take(forms.ConfirmForm.of(response), "recommendations/accept.html", head_of(response), write)
