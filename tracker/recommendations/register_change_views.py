"""Pages where several rows of the register change at once: chosen here or in a spreadsheet, shown, then made."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, flash, make_response, render_template, request, url_for

from tracker.core import clock
from tracker.core.permissions import CHAIRS, Role
from tracker.recommendations import register, register_changes, register_columns, register_filters
from tracker.recommendations.blueprint import bp
from tracker.recommendations.register_changes import MOST_CHANGES, Proposed, RowChange
from tracker.recommendations.register_columns import Lined
from tracker.recommendations.register_filters import Filters
from tracker.recommendations.register_forms import ALL, ConfirmForm, ImportForm, SeveralForm
from tracker.recommendations.register_import import Taken
from tracker.spreadsheets import shown
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit

JUDGES = (Role.SECRETARIAT, *CHAIRS)


@bp.route("/recommendations/change", methods=["GET", "POST"])
@permission("recommendation.change_several")
def change_several() -> Response | str:
    """Choose rows of those that the address's filters leave, and what is to become of them."""
    filters, lines, whole = _matching()
    form = SeveralForm()
    form.which.choices = [("ticked", "Those ticked below"), *([(ALL, f"All {len(lines)}")] if whole else [])]
    form.rows.choices = [(str(line.id), _called(line)) for line in lines]
    if request.method == "POST" and form.validate_on_submit():
        return _preview(form.changes({line.id: line.version for line in lines}))
    shown_form = {"form": form, "filters": filters, "whole": whole, "most": MOST_CHANGES, "any": bool(lines)}
    page = render_template("recommendations/change_several.html", **shown_form)
    return make_response(page, 200 if request.method == "GET" else 422)


def _matching() -> tuple[Filters, list[Lined], bool]:
    """The filters, the rows that they leave for this person to change, and whether these are all."""
    filters, today = Filters.read(request.args, register_filters.get_options(person())), clock.today()
    ids = register.list_ids(person(), today, filters, most=MOST_CHANGES + 1, roles=JUDGES)
    lines = register_columns.list_lines(ids[:MOST_CHANGES], person(), today)
    return filters, lines, len(ids) <= MOST_CHANGES


def _called(line: Lined) -> str:
    cells = line.cells
    due = cells["due_stated"] or shown(cells["due_on"]) or "no date"
    return f"{cells['reference']} {cells['title']} ({cells['programme']}; {due}; {cells['status']})"


def _preview(changes: Sequence[RowChange], unchanged: int = 0) -> Response:
    """Each row's before and after, with a button that makes all of it."""
    form = ConfirmForm(formdata=None)
    form.changes.data = register_changes.write_changes(changes)
    return make_response(_show(form, register_changes.propose(changes, by=person()), unchanged))


def _show(form: ConfirmForm, proposals: Sequence[Proposed], unchanged: int = 0) -> str:
    blocked = [p for p in proposals if p.problem]
    return render_template(
        "recommendations/change_preview.html", form=form, proposals=proposals, blocked=blocked, unchanged=unchanged
    )


@bp.post("/recommendations/change/confirm")
@permission("recommendation.change_several")
def confirm_changes() -> Response:
    form = ConfirmForm()

    def render(form: ConfirmForm) -> str:
        proposals = register_changes.propose(form.changes.found or [], by=person())
        # Once the rows have been shown as they are now, they may be changed from there.
        form.changes.data = register_changes.write_changes([p.change for p in proposals])
        return _show(form, proposals)

    def write(_: None) -> Response:
        number = register_changes.make_changes(form.changes.found, by=person())
        flash(f"{number} recommendation{'' if number == 1 else 's'} changed.")
        return htmx.see_other(url_for(".list_recommendations"))

    return submit(form, render, write)


@bp.route("/recommendations/import", methods=["GET", "POST"])
@permission("recommendation.change_several")
def import_sheet() -> Response | str:
    """Take an exported sheet back: what differs is shown, row by row, before anything changes."""
    form = ImportForm()
    form.by = person()
    if request.method == "POST" and form.validate_on_submit() and form.taken is not None:
        if not form.taken.problems and form.taken.changes:
            return _preview(form.taken.changes, form.taken.unchanged)
        return make_response(_show_upload(ImportForm(), form.taken), 422 if form.taken.problems else 200)
    return make_response(_show_upload(form, None), 200 if request.method == "GET" else 422)


def _show_upload(form: ImportForm, taken: Taken | None) -> str:
    return render_template("recommendations/import.html", form=form, taken=taken)
