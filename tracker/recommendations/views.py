"""The page of a recommendation. The register, responses and judging have files of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response, flash, render_template

from tracker.core import clock
from tracker.directory import picker
from tracker.recommendations import (
    dates_views,
    evidence_queries,
    evidence_views,
    extension_queries,
    extension_views,
    forms,
    judging_views,
    operations,
    queries,
    register,
    register_change_views,
    register_moved_views,
    register_views,
    responding_views,
    response_queries,
    response_views,
    side_by_side_views,
    signing_views,
    superseding,
    verbal_views,
)
from tracker.recommendations.blueprint import bp, headed, page_of, take
from tracker.recommendations.models import Assignment
from tracker.recommendations.queries import RecommendationRecord
from tracker.recommendations.responding import verbal_of
from tracker.recommendations.rules import days_late, lateness
from tracker.web import htmx
from tracker.web.access import permission, person

__all__ = [
    "bp",
    "dates_views",
    "evidence_views",
    "extension_views",
    "judging_views",
    "register_change_views",
    "register_moved_views",
    "register_views",
    "responding_views",
    "response_views",
    "side_by_side_views",
    "signing_views",
    "verbal_views",
]


@bp.get("/recommendations/<record:key>")
@permission("recommendation.view", queries.get_recommendation_for)
def show_recommendation(record: RecommendationRecord) -> str:
    who, today = person(), clock.today()
    taskforce_side = record.taskforce_id in who.taskforces()
    said = response_queries.list_verbal_updates(a.id for a in record.assignments)
    internal = {"assessments": queries.list_assessments(record.assignments)} if taskforce_side else {}
    return render_template(
        "recommendations/detail.html",
        recommendation=record.recommendation,
        assignments=record.assignments,
        taskforce_side=taskforce_side,
        answers=queries.list_submitted_answers(record.assignments),
        reports=queries.list_delivery_reports(record.assignments),
        evidence=evidence_queries.list_evidence(record.assignments),
        takes_place_of=superseding.list_predecessors(who, record.recommendation.id),
        superseded_by=superseding.list_successors(record.assignments),
        clarifications=response_queries.list_clarifications(record.assignments),
        verbal={i: [verbal_of(u) for u in rows] for i, rows in said.items()},
        in_draft=queries.list_in_draft(record.assignments),
        outcome_of=operations.outcome_of,
        happenings=queries.list_happenings(record, who),
        title=register.short_title(record.assignments[0].wording.title, record.assignments[0].wording.text),
        **_dates(record.assignments, today),
        **internal,
    )


def _dates(assignments: Sequence[Assignment], today: date) -> dict[str, Any]:
    """By assignment id: how late each is, its extensions, and the working of its date."""
    extensions = extension_queries.list_extensions(assignments)
    return {
        "lateness": {a.id: lateness(a.status, a.position, a.due_on, today) for a in assignments},
        "days_late": {a.id: days_late(a.due_on, today) for a in assignments},
        "extensions": extensions,
        "workings": {a.id: extension_queries.working_of(a, extensions[a.id]) for a in assignments},
    }


@bp.route("/recommendations/<record:key>/<code>/actions/new", methods=["GET", "POST"])
@permission("recommendation.edit", queries.get_assignment_for)
def new_action(assignment: Assignment) -> Response | str:
    form = forms.ServingActionForm()
    form.owner.taskforce_id = assignment.taskforce_id

    def write(assignment: Assignment) -> Response:
        details = form.details(picker.settle(form.owner, by=person()))
        action = operations.raise_serving_action(assignment, details, by=person())
        flash(f"{action.reference} has been raised.")
        return htmx.see_other(page_of(assignment))

    return take(form, "recommendations/new_action.html", headed(assignment), write)
