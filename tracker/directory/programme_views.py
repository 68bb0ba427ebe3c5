"""Pages of programmes and of who is responsible for them."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, render_template, request, url_for

from tracker.core import clock, events
from tracker.core.permissions import Role
from tracker.directory import operations, picker, queries, rules
from tracker.directory.blueprint import bp
from tracker.directory.forms import AppointForm, NewProgrammeForm, ProgrammeForm
from tracker.directory.models import Programme
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit


@bp.get("/programmes/<code>")
@permission("programme.view", queries.get_programme_for)
def show_programme(programme: Programme) -> str:
    today = clock.today()
    return render_template(
        "directory/programme.html",
        programme=programme,
        current=[a for a in programme.appointments if rules.is_in_force(a.from_on, a.until_on, today)],
        happenings=events.list_timeline([("programme", programme.id)]),
    )


@bp.route("/programmes/new", methods=["GET", "POST"])
@permission("programme.edit")
def new_programme() -> Response | str:
    form: Any = NewProgrammeForm()
    form.main_contact_id.taskforce_id = _whose_contacts()

    def render(form: ProgrammeForm) -> str:
        return render_template("directory/edit_programme.html", form=form, programme=None)

    def write(_nothing: None) -> Response:
        programme = operations.create_programme(form.code.data, _details(form), by=person())
        flash(f"{programme.name} is made. Say who is responsible for it.")
        return htmx.see_other(url_for(".show_programme", code=programme.code))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/programmes/<code>/edit", methods=["GET", "POST"])
@permission("programme.edit", queries.get_programme_for)
def edit_programme(programme: Programme) -> Response | str:
    form: Any = ProgrammeForm.of(programme)
    form.main_contact_id.taskforce_id = _whose_contacts()

    def render(form: ProgrammeForm) -> str:
        return render_template("directory/edit_programme.html", form=form, programme=programme)

    def write(programme: Programme) -> Response:
        operations.edit_programme(programme, _details(form), by=person())
        flash("The programme is saved.")
        return htmx.see_other(url_for(".show_programme", code=programme.code))

    return render(form) if request.method == "GET" else submit(form, render, write)


def _details(form: Any) -> dict[str, Any]:
    """What the form says, its main contact as an id."""
    details: dict[str, Any] = form.details()
    return details | {"main_contact_id": picker.settle(form.main_contact_id, by=person())}


def _whose_contacts() -> int | None:
    """Whose contacts are offered: the first taskforce of a secretary; nobody's, for an administrator."""
    own = queries.list_taskforces_for(person(), {Role.SECRETARIAT})
    return own[0].id if own else None


@bp.route("/programmes/<code>/appoint", methods=["GET", "POST"])
@permission("programme.edit", queries.get_programme_for)
def appoint_sro(programme: Programme) -> Response | str:
    form: Any = AppointForm.of(programme)
    form.who.taskforce_id = _whose_contacts()

    def render(form: AppointForm) -> str:
        return render_template("directory/appoint.html", form=form, programme=programme)

    def write(programme: Programme) -> Response:
        contact_id: Any = picker.settle(form.who, by=person())
        operations.appoint_sro(programme, contact_id, form.from_on.data, by=person())
        flash("The appointment is saved. It gives no access: an administrator gives roles.")
        return htmx.see_other(url_for(".show_programme", code=programme.code))

    return render(form) if request.method == "GET" else submit(form, render, write)
