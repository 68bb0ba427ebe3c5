"""Pages where a recommendation is judged: assessment, delivery, what has been shown, closing and reopening."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, render_template, request, url_for

from tracker.core.permissions import may
from tracker.recommendations import evidence_queries, judging_queries, operations, queries
from tracker.recommendations import judging_forms as forms
from tracker.recommendations.blueprint import blank, bp, headed, page_of, take
from tracker.recommendations.forms import ReasonForm
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response as Answered
from tracker.recommendations.rules import AssignmentStatus
from tracker.recommendations.superseding import find_successor
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit


@bp.get("/letters/<record:key>/responses/<code>/judge")
@permission("response.judge", queries.get_response_for)
def judge_response(response: Answered) -> Response:
    """To the first answer of the response that waits for the chair's assessment, or to the first of all."""
    steps = judging_queries.list_steps(response.letter_id, response.programme_id)
    first = judging_queries.next_of(steps) or steps[0].reference
    return htmx.see_other(_judge_url(response.letter.reference, response.programme.code, first))


def _judge_url(letter: str | None, code: str, reference: str) -> str:
    return url_for(".judge_answer", key=letter, code=code, reference=reference)


@bp.route("/letters/<record:key>/responses/<code>/judge/<record:reference>", methods=["GET", "POST"])
@permission("recommendation.assess", judging_queries.get_judged_for)
def judge_answer(assignment: Assignment) -> Response | str:
    """One answer of a response, and its assessment; saving leads to the next one that waits."""
    form, letter, code = blank(forms.AssessForm, assignment), assignment.letter.reference, assignment.programme.code
    of = (assignment.letter_id, assignment.programme_id)
    shown = _judged(assignment) | {
        "letter": letter,
        "code": code,
        "is_open": assignment.status is AssignmentStatus.OPEN,
        "steps": judging_queries.list_steps(*of),
        "part": htmx.target() == "judge",
    }

    def render(form: Any) -> str:
        return render_template(
            "recommendations/_judge.html" if shown["part"] else "recommendations/judge.html", form=form, **shown
        )

    def write(assignment: Assignment) -> Response:
        operations.assess(assignment, form.judgement.data, form.reason.data, by=person())
        reference = assignment.recommendation.reference or ""
        following = judging_queries.next_of(judging_queries.list_steps(*of), after=reference)
        flash(f"Your assessment of {reference} has been saved." + ("" if following else " Nothing else waits here."))
        return htmx.see_other(_judge_url(letter, code, following or reference))

    return render(form) if request.method == "GET" else submit(form, render, write)


def _judged(assignment: Assignment) -> dict[str, Any]:
    """What the chair reads before they judge an answer, in plain values."""
    return headed(assignment) | {
        "kind": assignment.wording.kind.label,
        "called": assignment.wording.title,
        "position": assignment.position.label,
        "status": assignment.status.label,
        "delivery": assignment.delivery.label,
        "judgement": assignment.judgement.label,
        "answers": queries.list_submitted_answers([assignment])[assignment.id],
        "reports": queries.list_delivery_reports([assignment])[assignment.id],
        "evidence": evidence_queries.list_evidence([assignment])[assignment.id],
        "assessments": queries.list_assessments([assignment])[assignment.id],
        "criteria": [(c.text, *operations.outcome_of(c)) for c in assignment.criteria],
    }


@bp.route("/recommendations/<record:key>/<code>/assess", methods=["GET", "POST"])
@permission("recommendation.assess", queries.get_assignment_for)
def assess(assignment: Assignment) -> Response | str:
    form = blank(forms.AssessForm, assignment)

    def write(assignment: Assignment) -> Response:
        operations.assess(assignment, form.judgement.data, form.reason.data, by=person())
        flash("Your assessment has been saved.")
        return htmx.see_other(page_of(assignment))

    return take(form, "recommendations/assess.html", _judged(assignment), write)


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
    standing = evidence_queries.list_standing(assignment)
    form = forms.criteria_form(assignment.criteria, standing).of(assignment)
    shown = headed(assignment) | {
        "ids": [c.id for c in assignment.criteria],
        "has_evidence": bool(standing),
        "may_add": may(person(), "evidence.add", assignment),
        "add": url_for(".add_evidence", key=assignment.recommendation.reference, code=assignment.programme.code),
    }

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
        to, typed = form.status.data, form.superseded_by.data
        successor = find_successor(assignment, typed) if to is AssignmentStatus.SUPERSEDED and typed else None
        operations.close_assignment(assignment, to, form.reason.data, by=person(), superseded_by=successor)
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
    form = ReasonForm.of(assignment)

    def write(assignment: Assignment) -> Response:
        operations.reopen_assignment(assignment, form.reason.data, by=person())
        flash(f"{assignment.recommendation.reference} is open again.")
        return htmx.see_other(page_of(assignment))

    return take(form, "recommendations/reopen.html", headed(assignment), write)
