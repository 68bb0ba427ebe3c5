"""Pages of evidence: added, downloaded, withdrawn."""

from __future__ import annotations

from io import BytesIO

from flask import Response, flash, send_file

from tracker.core.errors import NotFound
from tracker.recommendations import evidence as operations
from tracker.recommendations import evidence_queries, queries
from tracker.recommendations.blueprint import bp, headed, page_of, take
from tracker.recommendations.forms import ReasonForm
from tracker.recommendations.judging_forms import EvidenceForm
from tracker.recommendations.models import Assignment, Evidence
from tracker.web import htmx
from tracker.web.access import permission, person


@bp.route("/recommendations/<record:key>/<code>/evidence/new", methods=["GET", "POST"])
@permission("evidence.add", queries.get_assignment_for)
def add_evidence(assignment: Assignment) -> Response | str:
    # Without the version: two people may add evidence at once, and neither takes anything from the other.
    form = EvidenceForm()
    shown = headed(assignment) | {"is_own": assignment.programme_id in person().programmes()}

    def write(assignment: Assignment) -> Response:
        operations.add_evidence(assignment, form.details(), by=person())
        flash("The evidence has been added.")
        return htmx.see_other(page_of(assignment))

    return take(form, "recommendations/add_evidence.html", shown, write)


@bp.get("/recommendations/<record:key>/<code>/evidence/<id:evidence_id>")
@permission("evidence.view", evidence_queries.get_evidence_for)
def download_evidence(evidence: Evidence) -> Response:
    """The file, whole and never opened here: what it is was put forward by others."""
    if evidence.file_sha256 is None:
        raise NotFound("This evidence is a link.")
    name, media_type, content = operations.file_of(evidence)
    return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name)


@bp.route("/recommendations/<record:key>/<code>/evidence/<id:evidence_id>/withdraw", methods=["GET", "POST"])
@permission("evidence.withdraw", evidence_queries.get_evidence_for)
def withdraw_evidence(evidence: Evidence) -> Response | str:
    form = ReasonForm.of(evidence)
    resting = [c.text for c in evidence.assignment.criteria if c.evidence_id == evidence.id]
    shown = headed(evidence.assignment) | {"title": evidence.title, "dated_on": evidence.dated_on, "resting": resting}

    def write(evidence: Evidence) -> Response:
        unmet = operations.withdraw_evidence(evidence, form.reason.data, by=person())
        no_longer = f" No longer met: {', '.join(f'“{text}”' for text in unmet)}." if unmet else ""
        flash(f"The evidence has been withdrawn. It stays visible, with your reason.{no_longer}")
        return htmx.see_other(page_of(evidence.assignment))

    return take(form, "recommendations/withdraw_evidence.html", shown, write)
