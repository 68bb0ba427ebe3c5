"""Points heard: taken down one after the other on one screen, edited in place, ordered, flagged.

Each htmx action is a plain form or link too: without JavaScript it leads to a page, or back to the points.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit
from tracker.workshops import operations, queries
from tracker.workshops.forms import ConfirmForm, PointForm
from tracker.workshops.models import PointHeard, Workshop

bp = Blueprint("points", __name__)


def _address(reference: str, point_id: int | None = None) -> str:
    """Where the points are, at one of them."""
    return url_for("workshops.points.list_points", key=reference, _anchor=f"point-{point_id}" if point_id else None)


def _piece(template: str, reference: str, **values: object) -> Response:
    """A piece of the page for htmx."""
    return make_response(render_template(template, reference=reference, rows=ConfirmForm(formdata=None), **values))


def _in_row(point_id: int) -> bool:
    """Whether htmx wants the point's row alone."""
    return htmx.target() == f"point-{point_id}"


def _page(workshop: Workshop, form: PointForm) -> str:
    return render_template(
        "workshops/points.html",
        workshop=workshop,
        reference=workshop.reference,
        points=queries.list_points(workshop.id),
        form=form,
        rows=ConfirmForm(formdata=None),
    )


@bp.get("/workshops/<record:key>/points")
@permission("workshop.view", queries.get_workshop_for)
def list_points(workshop: Workshop) -> str:
    return _page(workshop, PointForm(formdata=None))


@bp.post("/workshops/<record:key>/points")
@permission("workshop.edit", queries.get_workshop_for)
def add_point(workshop: Workshop) -> Response:
    form = PointForm()

    def render(form: PointForm) -> str:
        if htmx.target() == "capture":
            return render_template("workshops/_capture.html", form=form, reference=workshop.reference)
        return _page(workshop, form)

    def write(workshop: Workshop) -> Response:
        point = operations.add_point(workshop, form.details(), by=person())
        if htmx.target() != "capture":
            flash("The point has been added.")
            return htmx.see_other(_address(workshop.reference))
        number = queries.count_points(workshop.id)
        # Ids of its own: htmx would give the radio last used the focus again, and Tab would then start from that one.
        following = PointForm(formdata=None).with_ids(f"after-{point.id}-")
        values = {"form": following, "point": point, "number": number, "workshop": workshop}
        return _piece("workshops/_added.html", workshop.reference, **values)

    return submit(form, render, write)


@bp.get("/workshops/<record:key>/points/<id:point_id>")
@permission("workshop.view", queries.get_point_for)
def show_point(point: PointHeard) -> Response:
    if _in_row(point.id):
        return _row(point, saved=False)
    workshop = point.workshop
    return make_response(render_template("workshops/point.html", point=point, workshop=workshop))


def _row(point: PointHeard, *, saved: bool) -> Response:
    workshop = point.workshop
    values = {"point": point, "workshop": workshop, "saved": saved, "back_in_row": True}
    return _piece("workshops/_point.html", workshop.reference, **values)


@bp.route("/workshops/<record:key>/points/<id:point_id>/edit", methods=["GET", "POST"])
@permission("workshop.edit", queries.get_point_for)
def edit_point(point: PointHeard) -> Response | str:
    point_id, reference = point.id, point.workshop.reference
    form = PointForm.of(point).with_ids(f"point-{point_id}-")

    def render(form: PointForm) -> str:
        template = "workshops/_point_edit.html" if _in_row(point_id) else "workshops/point_edit.html"
        return render_template(template, form=form, point_id=point_id, reference=reference)

    def write(point: PointHeard) -> Response:
        operations.edit_point(point, form.details(), by=person())
        return _answer(point)

    return render(form) if request.method == "GET" else submit(form, render, write)


def _answer(point: PointHeard) -> Response:
    """After a change to one point: its row for htmx, else the page at it."""
    reference = point.workshop.reference
    if _in_row(point.id):
        return _row(point, saved=True)
    flash("The point has been saved.")
    return htmx.see_other(_address(reference, point.id))


def _press(point: PointHeard, write: Callable[[PointHeard], Response]) -> Response:
    """A button in a point's row. It carries no version: moving and flagging mean the same whatever was said since."""
    return submit(ConfirmForm(), lambda _form: _page(point.workshop, PointForm(formdata=None)), write)


def _move(point: PointHeard, *, up: bool) -> Response:
    def write(point: PointHeard) -> Response:
        workshop = point.workshop
        operations.move_point(point, up, by=person())
        if htmx.target() == "points":
            points = queries.list_points(workshop.id)
            return _piece("workshops/_points.html", workshop.reference, points=points, workshop=workshop)
        return htmx.see_other(_address(workshop.reference, point.id))

    return _press(point, write)


@bp.post("/workshops/<record:key>/points/<id:point_id>/move-up")
@permission("workshop.edit", queries.get_point_for)
def move_point_up(point: PointHeard) -> Response:
    return _move(point, up=True)


@bp.post("/workshops/<record:key>/points/<id:point_id>/move-down")
@permission("workshop.edit", queries.get_point_for)
def move_point_down(point: PointHeard) -> Response:
    return _move(point, up=False)


def _flag(point: PointHeard, could_identify: bool) -> Response:
    def write(point: PointHeard) -> Response:
        operations.flag_point(point, could_identify, by=person())
        return _answer(point)

    return _press(point, write)


@bp.post("/workshops/<record:key>/points/<id:point_id>/flag")
@permission("workshop.edit", queries.get_point_for)
def flag_point(point: PointHeard) -> Response:
    return _flag(point, True)


@bp.post("/workshops/<record:key>/points/<id:point_id>/unflag")
@permission("workshop.edit", queries.get_point_for)
def unflag_point(point: PointHeard) -> Response:
    return _flag(point, False)


@bp.route("/workshops/<record:key>/points/<id:point_id>/remove", methods=["GET", "POST"])
@permission("workshop.edit", queries.get_point_for)
def remove_point(point: PointHeard) -> Response | str:
    form = ConfirmForm.of(point)

    def render(form: ConfirmForm) -> str:
        return render_template(
            "workshops/remove_point.html", form=form, point=point, reference=point.workshop.reference
        )

    def write(point: PointHeard) -> Response:
        reference = point.workshop.reference
        operations.remove_point(point, by=person())
        flash("The point has been removed.")
        return htmx.see_other(_address(reference))

    return render(form) if request.method == "GET" else submit(form, render, write)
