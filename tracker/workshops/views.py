"""Pages of workshops, and of who took part. The points heard have their own (point_views)."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, request, url_for

from tracker.actions.queries import list_actions_of
from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.permissions import TASKFORCE_ROLES, Role
from tracker.directory import picker
from tracker.directory.models import Taskforce
from tracker.directory.queries import list_programmes, list_taskforces_for
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit
from tracker.workshops import operations, queries
from tracker.workshops.forms import (
    ConfirmForm,
    ParticipantForm,
    PlanForm,
    WorkshopFilters,
    WorkshopForm,
    WriteUpForm,
)
from tracker.workshops.models import Participant, Workshop
from tracker.workshops.point_views import bp as points
from tracker.workshops.rules import can_hold

bp = Blueprint("workshops", __name__)
bp.register_blueprint(points)


@bp.get("/workshops")
@permission("workshop.list")
def list_workshops() -> str:
    filters = WorkshopFilters(request.args)
    taskforces = list_taskforces_for(person(), TASKFORCE_ROLES)
    filters.taskforce.choices = [("", "All"), *((str(t.id), t.name) for t in taskforces)]
    filters.programme.choices = [("", "All"), *((str(p.id), p.name) for p in list_programmes())]
    filters.validate()
    page = queries.list_workshops(
        person(),
        request.args,
        taskforce_id=filters.chosen("taskforce"),
        programme_id=filters.chosen("programme"),
        state=filters.chosen("state"),
    )
    return render_template("workshops/list.html", page=page, filters=filters)


@bp.route("/workshops/new", methods=["GET", "POST"])
@permission("workshop.create")
def plan_workshop() -> Response | str:
    taskforces = list_taskforces_for(person(), {Role.SECRETARIAT})
    form = PlanForm()
    form.offer(list_programmes())
    form.taskforce_id.choices = [("", "Choose a taskforce"), *((str(t.id), t.name) for t in taskforces)]
    if len(taskforces) == 1:
        form.taskforce_id.data = str(taskforces[0].id)

    def render(form: PlanForm) -> str:
        return render_template("workshops/new.html", form=form, ask_taskforce=len(taskforces) > 1)

    def write(_record: None) -> Response:
        taskforce = db.session.get_one(Taskforce, form.taskforce_id.data)
        workshop = operations.plan_workshop(taskforce, form.details(), by=person())
        flash(f"{workshop.reference} has been planned.")
        return htmx.see_other(url_for(".show_workshop", key=workshop.reference))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/workshops/<record:key>")
@permission("workshop.view", queries.get_workshop_for)
def show_workshop(workshop: Workshop) -> str:
    return _record_page(workshop)


def _record_page(workshop: Workshop) -> str:
    return render_template(
        "workshops/detail.html",
        workshop=workshop,
        participants=queries.list_participants(workshop.id),
        capacities=queries.count_capacities(workshop.id),
        points=queries.list_points(workshop.id),
        actions=list_actions_of([workshop.origin_id]),
        cannot_hold=can_hold(workshop.state, workshop.held_on, clock.today()),
        hold_form=ConfirmForm(formdata=None),
        happenings=events.list_timeline([("workshop", workshop.id)]),
    )


@bp.route("/workshops/<record:key>/edit", methods=["GET", "POST"])
@permission("workshop.edit", queries.get_workshop_for)
def edit_workshop(workshop: Workshop) -> Response | str:
    form = WorkshopForm.of(workshop)
    form.offer(list_programmes())
    reference = workshop.reference

    def render(form: WorkshopForm) -> str:
        return render_template("workshops/edit.html", form=form, reference=reference)

    def write(workshop: Workshop) -> Response:
        operations.edit_workshop(workshop, form.details(), by=person())
        flash("The workshop has been saved.")
        return htmx.see_other(url_for(".show_workshop", key=workshop.reference))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/workshops/<record:key>/write-up", methods=["GET", "POST"])
@permission("workshop.edit", queries.get_workshop_for)
def write_up_workshop(workshop: Workshop) -> Response | str:
    form = WriteUpForm.of(workshop)
    reference = workshop.reference

    def render(form: WriteUpForm) -> str:
        return render_template("workshops/write_up.html", form=form, reference=reference)

    def write(workshop: Workshop) -> Response:
        operations.write_up_workshop(workshop, form.write_up.data, by=person())
        flash("The write-up has been saved.")
        return htmx.see_other(url_for(".show_workshop", key=workshop.reference))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.post("/workshops/<record:key>/hold")
@permission("workshop.edit", queries.get_workshop_for)
def hold_workshop(workshop: Workshop) -> Response:
    def write(workshop: Workshop) -> Response:
        operations.hold_workshop(workshop, by=person())
        flash("The workshop has been marked as held.")
        return htmx.see_other(url_for(".show_workshop", key=workshop.reference))

    return submit(ConfirmForm(), lambda _form: _record_page(workshop), write)


@bp.route("/workshops/<record:key>/participants", methods=["GET", "POST"])
@permission("workshop.edit", queries.get_workshop_for)
def add_participant(workshop: Workshop) -> Response | str:
    form = ParticipantForm()
    form.contact.taskforce_id = workshop.taskforce_id
    workshop_id, reference = workshop.id, workshop.reference

    def render(form: ParticipantForm) -> str:
        return render_template(
            "workshops/participants.html",
            form=form,
            reference=reference,
            participants=queries.list_participants(workshop_id),
            capacities=queries.count_capacities(workshop_id),
        )

    def write(workshop: Workshop) -> Response:
        operations.add_participant(
            workshop,
            contact_id=picker.settle(form.contact, by=person()),
            name=form.name.data,
            organisation=form.organisation.data,
            capacity=form.capacity.data,
            by=person(),
        )
        flash("The participant has been added.")
        return htmx.see_other(url_for(".add_participant", key=workshop.reference))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/workshops/<record:key>/participants/<id:participant_id>/remove", methods=["GET", "POST"])
@permission("workshop.edit", queries.get_participant_for)
def remove_participant(participant: Participant) -> Response | str:
    reference, name = participant.workshop.reference, participant.shown_name

    def render(form: ConfirmForm) -> str:
        return render_template("workshops/remove_participant.html", form=form, reference=reference, name=name)

    def write(participant: Participant) -> Response:
        operations.remove_participant(participant, by=person())
        flash("The participant has been removed.")
        return htmx.see_other(url_for(".add_participant", key=reference))

    form = ConfirmForm()
    return render(form) if request.method == "GET" else submit(form, render, write)
