"""Pages of a response that was given: clarification, acceptance, taking it up again.

The draft is in responding_views.py, the sign-off in signing_views.py.
"""

from __future__ import annotations

from flask import Response, flash, render_template

from tracker.core import events
from tracker.core.permissions import may
from tracker.recommendations import answering, extension_queries, forms, queries, response_forms, signing_off
from tracker.recommendations.blueprint import bp, head_of, mail_values, response_url, take
from tracker.recommendations.responding import asked
from tracker.recommendations.response_models import Response as Answered
from tracker.recommendations.rules import ResponseState
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
        questions=queries.list_open_questions(response),
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


@bp.route("/letters/<record:key>/responses/<code>/clarify", methods=["GET", "POST"])
@permission("response.clarify", queries.get_response_for)
def ask_clarification(response: Answered) -> Response | str:
    asks = queries.list_asks(response)
    given = {answer["assignment_id"]: answer for answer in queries.read_submission(response.submissions[0])["answers"]}
    answered = [ask for ask in asks if ask.id in given]
    form = response_forms.clarify_form(answered).of(response)
    shown = head_of(response) | {"asks": [asked(ask) | {"answer": given[ask.id]} for ask in answered]}

    def write(response: Answered) -> Response:
        answering.ask_clarification(response, form.reason.data, form.questions(), by=person())
        values = mail_values(response) | {"questions": _asked_in_mail(response)}
        signing_off.tell_programme(response, render_template("emails/response_clarify.txt", **values))
        flash("The programme has been asked for clarification.")
        return htmx.see_other(response_url(response))

    return take(form, "recommendations/clarify.html", shown, write)


def _asked_in_mail(response: Answered) -> list[tuple[str, str]]:
    """(reference, question) of what is asked about single answers."""
    references = {ask.id: ask.recommendation.reference or "" for ask in queries.list_asks(response)}
    found = queries.list_open_questions(response)
    return [(references[i], question.question) for i, rows in found.items() for question in rows]


@bp.route("/letters/<record:key>/responses/<code>/accept", methods=["GET", "POST"])
@permission("response.accept", queries.get_response_for)
def accept(response: Answered) -> Response | str:
    def write(response: Answered) -> Response:
        answering.accept_response(response, by=person())
        flash("The response has been accepted.")
        return htmx.see_other(response_url(response))

    return take(forms.ConfirmForm.of(response), "recommendations/accept.html", head_of(response), write)
