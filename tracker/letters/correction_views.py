"""The button that begins a correction."""

from __future__ import annotations

from flask import Response, flash, url_for

from tracker.letters import correcting, queries
from tracker.letters.blueprint import bp, show
from tracker.letters.clearance_forms import HashForm
from tracker.letters.models import Letter
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit


@bp.route("/letters/<record:key>/correct", methods=["POST"])
@permission("letter.edit", queries.get_letter_for)
def draft_correction(letter: Letter) -> Response:
    form = HashForm()

    def write(letter: Letter) -> Response:
        correction = correcting.draft_correction(letter, by=person())
        flash(f"Correction of {letter.reference} drafted. Say in it what was wrong; then send it to the chair.")
        return htmx.see_other(url_for(".edit_letter", key=correction.key))

    return submit(form, lambda form: show(letter, form), write)
