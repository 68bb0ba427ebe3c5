"""Pages of what becomes of recommendations: the register, each one's page, responses, assessments, closing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, flash, render_template, request, url_for

from tracker.core import clock, events
from tracker.core.permissions import may
from tracker.directory import picker
from tracker.recommendations import answering, forms, operations, queries, register
from tracker.recommendations.models import Assignment
from tracker.recommendations.models import Response as Answered
from tracker.recommendations.queries import RecommendationRecord
from tracker.recommendations.rules import (
    AnswerPosition,
    AssignmentStatus,
    Judgement,
    ResponseState,
    days_late,
    lateness,
    why_not_signed_off,
)
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit

bp = Blueprint("recommendations", __name__)


@bp.get("/recommendations")
@permission("recommendation.list")
def list_recommendations() -> str:
    options = register.get_options(person())
    filters = register.Filters.read(request.args, options)
    found = register.list_register(person(), clock.today(), filters, request.args)
    template = "recommendations/_results.html" if htmx.target() == "results" else "recommendations/list.html"
    return render_template(
        template,
        page=found.page,
        rows=found.rows,
        filters=filters,
        options=options,
        searched=register.SEARCHED if register.is_for_words(filters.q) else 0,
        due_words=register.DUE_WORDS,
        statuses=[status for status in AssignmentStatus if status is not AssignmentStatus.OPEN],
        positions=list(AnswerPosition),
        judgements=list(Judgement),
    )


@bp.get("/recommendations/<record:key>")
@permission("recommendation.view", queries.get_recommendation_for)
def show_recommendation(record: RecommendationRecord) -> str:
    who, today = person(), clock.today()
    taskforce_side = record.taskforce_id in who.taskforces()
    internal = {"assessments": queries.list_assessments(record.assignments)} if taskforce_side else {}
    return render_template(
        "recommendations/detail.html",
        recommendation=record.recommendation,
        assignments=record.assignments,
        taskforce_side=taskforce_side,
        answers=queries.list_submitted_answers(record.assignments),
        reports=queries.list_delivery_reports(record.assignments),
        lateness={a.id: lateness(a.status, a.position, a.due_on, today) for a in record.assignments},
        days_late={a.id: days_late(a.due_on, today) for a in record.assignments},
        in_draft=queries.list_in_draft(record.assignments),
        outcome_of=operations.outcome_of,
        happenings=queries.list_happenings(record, who),
        title=register.short_title(record.assignments[0].wording.title, record.assignments[0].wording.text),
        **internal,
    )


def _page_of(assignment: Assignment) -> str:
    address = url_for(".show_recommendation", key=assignment.recommendation.reference)
    return f"{address}#{assignment.programme.code}"


def _headed(assignment: Assignment) -> dict[str, Any]:
    """Plain values for the head of a form's page: a refused write expires the record."""
    return {
        "reference": assignment.recommendation.reference,
        "asked": assignment.wording.text,
        "items": [c.text for c in assignment.criteria],
        "programme": assignment.programme.name,
        "back": _page_of(assignment),
    }


def _blank(form: type[Any], assignment: Assignment) -> Any:
    """A form with nothing chosen yet, opened on the assignment as it is now."""
    return form(data={"version": assignment.version})


def _take(form: Any, template: str, shown: dict[str, Any], write: Callable[[Any], Response]) -> Response | str:
    """Show the form on GET; else take it, and show it again with what is wrong."""

    def render(form: Any) -> str:
        return render_template(template, form=form, **shown)

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/recommendations/<record:key>/<code>/assess", methods=["GET", "POST"])
@permission("recommendation.assess", queries.get_assignment_for)
def assess(assignment: Assignment) -> Response | str:
    form = _blank(forms.AssessForm, assignment)
    shown = _headed(assignment) | {
        "answers": queries.list_submitted_answers([assignment])[assignment.id],
        "assessments": queries.list_assessments([assignment])[assignment.id],
        "criteria": [(c.text, *operations.outcome_of(c)) for c in assignment.criteria],
    }

    def write(assignment: Assignment) -> Response:
        operations.assess(assignment, form.judgement.data, form.reason.data, by=person())
        flash("Your assessment has been saved.")
        return htmx.see_other(_page_of(assignment))

    return _take(form, "recommendations/assess.html", shown, write)


@bp.route("/recommendations/<record:key>/<code>/delivery", methods=["GET", "POST"])
@permission("recommendation.report", queries.get_assignment_for)
def report_delivery(assignment: Assignment) -> Response | str:
    form = forms.DeliveryForm.of(assignment)

    def write(assignment: Assignment) -> Response:
        operations.report_delivery(assignment, form.delivery.data, form.note.data, by=person())
        flash("Your report on delivery has been saved.")
        return htmx.see_other(_page_of(assignment))

    return _take(form, "recommendations/delivery.html", _headed(assignment), write)


@bp.route("/recommendations/<record:key>/<code>/criteria", methods=["GET", "POST"])
@permission("recommendation.close", queries.get_assignment_for)
def decide_criteria(assignment: Assignment) -> Response | str:
    form = forms.criteria_form(assignment.criteria).of(assignment)
    shown = _headed(assignment) | {"ids": [c.id for c in assignment.criteria]}

    def write(assignment: Assignment) -> Response:
        operations.decide_criteria(assignment, form.decisions(), by=person())
        flash("What has been shown is saved.")
        return htmx.see_other(_page_of(assignment))

    return _take(form, "recommendations/criteria.html", shown, write)


@bp.route("/recommendations/<record:key>/<code>/close", methods=["GET", "POST"])
@permission("recommendation.close", queries.get_assignment_for)
def close(assignment: Assignment) -> Response | str:
    if request.method == "GET" and assignment.status is not AssignmentStatus.OPEN:
        flash("The recommendation is closed already.")
        return htmx.see_other(_page_of(assignment))
    form = _blank(forms.CloseForm, assignment)
    shown = _headed(assignment) | {"obstacles": _obstacles(assignment)}

    def write(assignment: Assignment) -> Response:
        operations.close_assignment(assignment, form.status.data, form.reason.data, by=person())
        flash(f"{assignment.recommendation.reference} is {assignment.status.label.lower()}.")
        return htmx.see_other(_page_of(assignment))

    return _take(form, "recommendations/close.html", shown, write)


def _obstacles(assignment: Assignment) -> list[tuple[str, str]]:
    """What stands in the way of closing as implemented, each with where it is put right, if there is such a page."""
    key, code = assignment.recommendation.reference, assignment.programme.code
    pages = {
        f"Action {s.action.reference} ": url_for("actions.show_action", key=s.action.reference)
        for s in assignment.serving
    }
    pages["“"] = url_for(".decide_criteria", key=key, code=code)
    if may(person(), "recommendation.assess", assignment):
        pages["The chair’s assessment "] = url_for(".assess", key=key, code=code)
    problems = operations.list_obstacles(assignment, AssignmentStatus.IMPLEMENTED, by=person())
    return [(p, next((href for start, href in pages.items() if p.startswith(start)), "")) for p in problems]


@bp.route("/recommendations/<record:key>/<code>/reopen", methods=["GET", "POST"])
@permission("recommendation.close", queries.get_assignment_for)
def reopen(assignment: Assignment) -> Response | str:
    form = forms.ReasonForm.of(assignment)

    def write(assignment: Assignment) -> Response:
        operations.reopen_assignment(assignment, form.reason.data, by=person())
        flash(f"{assignment.recommendation.reference} is open again.")
        return htmx.see_other(_page_of(assignment))

    return _take(form, "recommendations/reopen.html", _headed(assignment), write)


@bp.route("/recommendations/<record:key>/<code>/actions/new", methods=["GET", "POST"])
@permission("recommendation.edit", queries.get_assignment_for)
def new_action(assignment: Assignment) -> Response | str:
    form = forms.ServingActionForm()
    form.owner.taskforce_id = assignment.taskforce_id

    def write(assignment: Assignment) -> Response:
        details = form.details(picker.settle(form.owner, by=person()))
        action = operations.raise_serving_action(assignment, details, by=person())
        flash(f"{action.reference} has been raised.")
        return htmx.see_other(_page_of(assignment))

    return _take(form, "recommendations/new_action.html", _headed(assignment), write)


def _response_url(response: Answered, endpoint: str = ".show_response") -> str:
    return url_for(endpoint, key=response.letter.reference, code=response.programme.code)


def _head_of(response: Answered) -> dict[str, Any]:
    return {
        "letter": response.letter.reference,
        "programme": response.programme.name,
        "code": response.programme.code,
        "taskforce": response.taskforce.name,
        "due": (response.letter.response_due_on, response.letter.response_due_stated),
        "clarification": response.clarification,
        "corrected": response.letter.corrects.reference if response.letter.corrects else None,
        "back": _response_url(response),
    }


@bp.get("/letters/<record:key>/response")
@permission("response.view", queries.get_response_to_for)
def respond(response: Answered) -> Response:
    """To the response that this person means: to write it, where it is theirs and a draft."""
    writing = response.state is ResponseState.DRAFT and may(person(), "response.edit", response)
    return htmx.see_other(_response_url(response, ".write_response" if writing else ".show_response"))


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
        can_continue=answering.can_continue(response),
        submissions=[(s, queries.read_submission(s)) for s in response.submissions],
        happenings=events.list_timeline([("response", response.id)]) if own else [],
        **_head_of(response),
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
        return htmx.see_other(_response_url(response, ".write_response"))

    return submit(forms.ConfirmForm.of(response), render, write)


@bp.route("/letters/<record:key>/responses/<code>/edit", methods=["GET", "POST"])
@permission("response.edit", queries.get_draft_for)
def write_response(response: Answered) -> Response | str:
    if response.state is not ResponseState.DRAFT and request.method == "GET":
        return htmx.see_other(_response_url(response))
    asks = queries.list_asks(response)
    form = forms.answers_form(asks).of(response)
    given = answering.given_answers(asks, response.answers)
    shown = _head_of(response) | {
        "asks": [_ask(ask) for ask in asks],
        "unanswered": [g.reference for g in given if not g.is_answered],
        "raised": _raised(response),
        "may_sign_off": may(person(), "response.sign_off", response),
    }

    def write(response: Answered) -> Response:
        answering.save_answers(response, form.introduction.data, form.answers(), by=person())
        return _after_saving(response)

    return _take(form, "recommendations/write_response.html", shown, write)


def _ask(ask: Assignment) -> dict[str, Any]:
    """One thing that the letter asks for, in plain values."""
    return {
        "id": ask.id,
        "part": forms.part_of(ask),
        "reference": ask.recommendation.reference,
        "title": ask.wording.title,
        "text": ask.wording.text,
        "items": ask.wording.success_items,
        "kind": ask.wording.kind.label,
    }


def _raised(response: Answered) -> dict[int, list[tuple[str, str]]]:
    """Planned actions that are in the register already, by assignment id: (reference, title)."""
    planned = [(a.assignment_id, p) for a in response.answers for p in a.planned_actions if p.action_id is not None]
    references = queries.list_raised_references(p.action_id for _, p in planned if p.action_id is not None)
    found: dict[int, list[tuple[str, str]]] = {}
    for assignment_id, p in planned:
        found.setdefault(assignment_id, []).append((references[p.action_id or 0], p.title))
    return found


def _after_saving(response: Answered) -> Response:
    """To where the button that was pressed leads: the sign-off, the actions of one answer, or the draft."""
    then = request.form.get("then", "")
    if then == "sign-off" and may(person(), "response.sign_off", response):
        return htmx.see_other(_response_url(response, ".sign_off"))
    flash("The draft has been saved. Nothing has been sent.")
    known = then.isascii() and then.isdigit() and len(then) < 10
    return htmx.see_other(_response_url(response, ".write_response") + (f"#actions-{then}" if known else ""))


@bp.route("/letters/<record:key>/responses/<code>/sign-off", methods=["GET", "POST"])
@permission("response.sign_off", queries.get_draft_for)
def sign_off(response: Answered) -> Response | str:
    if response.state is not ResponseState.DRAFT and request.method == "GET":
        return htmx.see_other(_response_url(response))
    asks = queries.list_asks(response)
    given = answering.given_answers(asks, response.answers)
    shown = _head_of(response) | {
        "asks": [_ask(ask) for ask in asks],
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
        return htmx.see_other(_response_url(response))

    return _take(forms.ConfirmForm.of(response), "recommendations/sign_off.html", shown, write)


def _mail(response: Answered) -> dict[str, Any]:
    """What the texts of e-mails name; the address is the configured one, never the request's."""
    address = current_app.config["BASE_URL"] + _response_url(response)
    return _head_of(response) | {"address": address, "who": person().name}


@bp.route("/letters/<record:key>/responses/<code>/clarify", methods=["GET", "POST"])
@permission("response.clarify", queries.get_response_for)
def ask_clarification(response: Answered) -> Response | str:
    form = forms.ClarifyForm.of(response)

    def write(response: Answered) -> Response:
        answering.ask_clarification(response, form.reason.data, by=person())
        answering.tell_programme(response, render_template("emails/response_clarify.txt", **_mail(response)))
        flash("The programme has been asked for clarification.")
        return htmx.see_other(_response_url(response))

    return _take(form, "recommendations/clarify.html", _head_of(response), write)


@bp.route("/letters/<record:key>/responses/<code>/accept", methods=["GET", "POST"])
@permission("response.accept", queries.get_response_for)
def accept(response: Answered) -> Response | str:
    def write(response: Answered) -> Response:
        answering.accept_response(response, by=person())
        flash("The response has been accepted.")
        return htmx.see_other(_response_url(response))

    return _take(forms.ConfirmForm.of(response), "recommendations/accept.html", _head_of(response), write)
