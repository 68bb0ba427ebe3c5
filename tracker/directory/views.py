"""Pages of the directory: taskforces and their seats. Programmes, boards and contacts stand beside it."""

from __future__ import annotations

from flask import Response, flash, render_template, request, url_for

from tracker.accounts import delegation
from tracker.core import clock, events
from tracker.core.permissions import may
from tracker.directory import (
    board_views,
    contact_views,
    delegation_views,
    operations,
    picker,
    programme_views,
    queries,
    rules,
)
from tracker.directory.blueprint import bp
from tracker.directory.forms import EndMemberForm, MemberForm, NewTaskforceForm, TaskforceForm
from tracker.directory.models import Membership, Taskforce
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit

# The factory takes the blueprint from here, with the pages of the other modules on it.
__all__ = ["board_views", "bp", "contact_views", "delegation_views", "programme_views"]


@bp.get("/directory")
@permission("taskforce.list")
def show_directory() -> str:
    """Everything that is kept here, as far as the person may see it."""
    return render_template(
        "directory/show.html",
        taskforces=queries.list_visible_taskforces(person()),
        programmes=queries.list_visible_programmes(person()),
        owners=queries.list_current_sros(clock.today()),
        boards=queries.list_boards() if may(person(), "board.view") else [],
    )


@bp.get("/taskforces/<code>")
@permission("taskforce.view", queries.get_taskforce_for)
def show_taskforce(taskforce: Taskforce) -> str:
    today = clock.today()
    seats = taskforce.memberships
    current = [s for s in seats if s.until_on is None or s.until_on >= today]
    return render_template(
        "directory/taskforce.html",
        taskforce=taskforce,
        current=current,
        former=[s for s in seats if s not in current],
        delegations=delegation.list_delegations(taskforce.id),
        happenings=events.list_timeline([("taskforce", taskforce.id)]),
    )


def _with_boards(form: TaskforceForm) -> TaskforceForm:
    form.board_id.choices = [("", "None"), *((str(b.id), b.name) for b in queries.list_boards())]
    return form


@bp.route("/taskforces/new", methods=["GET", "POST"])
@permission("taskforce.create")
def new_taskforce() -> Response | str:
    form = _with_boards(NewTaskforceForm())

    def render(form: TaskforceForm) -> str:
        return render_template("directory/edit_taskforce.html", form=form, taskforce=None)

    def write(_nothing: None) -> Response:
        taskforce = operations.create_taskforce(form.code.data, form.details(), by=person())
        flash(f"{taskforce.name} is made. Give its secretariat their roles on the page of each user.")
        return htmx.see_other(url_for(".show_taskforce", code=taskforce.code))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/taskforces/<code>/edit", methods=["GET", "POST"])
@permission("taskforce.edit", queries.get_taskforce_for)
def edit_taskforce(taskforce: Taskforce) -> Response | str:
    form = _with_boards(TaskforceForm.of(taskforce))

    def render(form: TaskforceForm) -> str:
        return render_template("directory/edit_taskforce.html", form=form, taskforce=taskforce)

    def write(taskforce: Taskforce) -> Response:
        operations.edit_taskforce(taskforce, form.details(), by=person())
        flash("The taskforce is saved.")
        return htmx.see_other(url_for(".show_taskforce", code=taskforce.code))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/taskforces/<code>/members/new", methods=["GET", "POST"])
@permission("taskforce.edit", queries.get_taskforce_for)
def add_member(taskforce: Taskforce) -> Response | str:
    form = MemberForm()
    form.who.taskforce_id = taskforce.id

    def render(form: MemberForm) -> str:
        return render_template("directory/edit_member.html", form=form, taskforce=taskforce, seat=None)

    def write(taskforce: Taskforce) -> Response:
        contact_id = picker.settle(form.who, by=person())
        operations.add_member(taskforce, contact_id, form.details(), by=person())
        flash("The seat is added.")
        return htmx.see_other(url_for(".show_taskforce", code=taskforce.code))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/taskforces/<code>/members/<id:membership_id>/edit", methods=["GET", "POST"])
@permission("taskforce.edit", queries.get_membership_for)
def edit_member(seat: Membership) -> Response | str:
    form = MemberForm.of(seat)
    form.who.taskforce_id = seat.taskforce_id

    def render(form: MemberForm) -> str:
        return render_template("directory/edit_member.html", form=form, taskforce=seat.taskforce, seat=seat)

    def write(seat: Membership) -> Response:
        contact_id = picker.settle(form.who, by=person())
        operations.edit_member(seat, contact_id, form.details(), by=person())
        flash("The seat is saved.")
        return htmx.see_other(url_for(".show_taskforce", code=seat.taskforce.code))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/taskforces/<code>/members/<id:membership_id>/end", methods=["GET", "POST"])
@permission("taskforce.edit", queries.get_membership_for)
def end_member(seat: Membership) -> Response | str:
    form = EndMemberForm.of(seat)

    def render(form: EndMemberForm) -> str:
        return render_template("directory/end_member.html", form=form, taskforce=seat.taskforce, seat=seat)

    def write(seat: Membership) -> Response:
        operations.end_member(seat, form.last_day.data, by=person())
        flash("The seat is ended." if not _is_held(seat) else "The seat ends on the day that you chose.")
        return htmx.see_other(url_for(".show_taskforce", code=seat.taskforce.code))

    return render(form) if request.method == "GET" else submit(form, render, write)


def _is_held(seat: Membership) -> bool:
    return rules.is_in_force(seat.from_on, seat.until_on, clock.today())
