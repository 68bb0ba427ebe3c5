"""Pages where a recommendation is judged: assessment, delivery, what has been shown, closing and reopening."""

from __future__ import annotations

from flask import Response, flash, request, url_for

from tracker.core.permissions import may
from tracker.recommendations import forms, operations, queries
from tracker.recommendations.blueprint import blank, bp, headed, page_of, take
from tracker.recommendations.models import Assignment
from tracker.recommendations.rules import AssignmentStatus
from tracker.web import htmx
from tracker.web.access import permission, person


@bp.route("/recommendations/<record:key>/<code>/assess", methods=["GET", "POST"])
@permission("recommendation.assess", queries.get_assignment_for)
def assess(assignment: Assignment) -> Response | str:
    form = blank(forms.AssessForm, assignment)
    shown = headed(assignment) | {
        "answers": queries.list_submitted_answers([assignment])[assignment.id],
        "assessments": queries.list_assessments([assignment])[assignment.id],
        "criteria": [(c.text, *operations.outcome_of(c)) for c in assignment.criteria],
    }

    def write(assignment: Assignment) -> Response:
        operations.assess(assignment, form.judgement.data, form.reason.data, by=person())
        flash("Your assessment has been saved.")
        return htmx.see_other(page_of(assignment))

    return take(form, "recommendations/assess.html", shown, write)


@bp.route("/recommendations/<record:key>/<code>/delivery", methods=["GET", "POST"])
@permission("recommendation.report", queries.get_assignment_for)
def report_delivery(assignment: Assignment) -> Response | str:
    form = forms.DeliveryForm.of(assignment)

    def write(assignment: Assignment) -> Response:
        operations.report_delivery(assignment, form.delivery.data, form.note.data, by=person())
        flash("Your report on delivery has been saved.")
        return htmx.see_other(page_of(assignment))

    return take(form, "recommendations/delivery.html", headed(assignment), write)


@bp.route("/recommendations/<record:key>/<code>/criteria", methods=["GET", "POST"])
@permission("recommendation.close", queries.get_assignment_for)
def decide_criteria(assignment: Assignment) -> Response | str:
    form = forms.criteria_form(assignment.criteria).of(assignment)
    shown = headed(assignment) | {"ids": [c.id for c in assignment.criteria]}

    def write(assignment: Assignment) -> Response:
        operations.decide_criteria(assignment, form.decisions(), by=person())
        flash("What has been shown is saved.")
        return htmx.see_other(page_of(assignment))

    return take(form, "recommendations/criteria.html", shown, write)


@bp.route("/recommendations/<record:key>/<code>/close", methods=["GET", "POST"])
@permission("recommendation.close", queries.get_assignment_for)
def close(assignment: Assignment) -> Response | str:
    if request.method == "GET" and assignment.status is not AssignmentStatus.OPEN:
        flash("The recommendation is closed already.")
        return htmx.see_other(page_of(assignment))
    form = blank(forms.CloseForm, assignment)
    shown = headed(assignment) | {"obstacles": _obstacles(assignment)}

    def write(assignment: Assignment) -> Response:
        operations.close_assignment(assignment, form.status.data, form.reason.data, by=person())
        flash(f"{assignment.recommendation.reference} is {assignment.status.label.lower()}.")
        return htmx.see_other(page_of(assignment))

    return take(form, "recommendations/close.html", shown, write)


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
        return htmx.see_other(page_of(assignment))

    return take(form, "recommendations/reopen.html", headed(assignment), write)
