"""Pages of verbal updates: the secretariat enters one, its programme says whether it is right."""

from __future__ import annotations

from flask import Response, flash, url_for

from tracker.recommendations import queries, response_forms, response_queries, verbal
from tracker.recommendations.blueprint import blank, bp, headed, page_of, take
from tracker.recommendations.models import Assignment
from tracker.recommendations.responding import verbal_of
from tracker.recommendations.response_models import VerbalUpdate
from tracker.web import htmx
from tracker.web.access import permission, person


@bp.route("/recommendations/<record:key>/<code>/verbal-updates/new", methods=["GET", "POST"])
@permission("verbal_update.enter", queries.get_assignment_for)
def enter_verbal_update(assignment: Assignment) -> Response | str:
    form = blank(response_forms.VerbalForm, assignment)

    def write(assignment: Assignment) -> Response:
        verbal.enter(assignment, form.said(), by=person())
        flash("The verbal update is entered. It is not an answer until the programme confirms it.")
        return htmx.see_other(page_of(assignment))

    return take(form, "recommendations/verbal_update.html", headed(assignment), write)


@bp.route("/recommendations/<record:key>/<code>/verbal-updates/<id:update_id>", methods=["GET", "POST"])
@permission("verbal_update.decide", response_queries.get_verbal_update_for)
def decide_verbal_update(update: VerbalUpdate) -> Response | str:
    form = response_forms.DecideVerbalForm(data={"version": update.version})
    letter, code = update.assignment.letter.reference, update.assignment.programme.code
    shown = headed(update.assignment) | {"said": verbal_of(update)}

    def write(update: VerbalUpdate) -> Response:
        goes_in = verbal.decide(update, form.outcome.data, form.note.data, by=person())
        if goes_in:
            flash("Its words are in the draft answer now, to be signed off.")
            return htmx.see_other(url_for(".write_response", key=letter, code=code) + f"#ask-{update.assignment_id}")
        flash("What you said of the verbal update is kept.")
        return htmx.see_other(page_of(update.assignment))

    return take(form, "recommendations/decide_verbal_update.html", shown, write)
