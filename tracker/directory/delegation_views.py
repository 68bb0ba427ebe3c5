"""Pages of who decides for whom: a chair lets somebody of the taskforce decide for a time, and ends it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, render_template, request, url_for

from tracker.accounts import delegation
from tracker.core.permissions import Person
from tracker.directory import queries
from tracker.directory.blueprint import bp
from tracker.directory.forms import DelegationForm
from tracker.directory.models import Taskforce
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import TrackerForm, submit
from tracker.web.pages import plain_date


@bp.route("/taskforces/<code>/decide-for-me", methods=["GET", "POST"])
@permission("taskforce.delegate", queries.get_taskforce_for)
def delegate(taskforce: Taskforce) -> Response | str:
    form = DelegationForm()
    people = delegation.list_people_of(taskforce.id, delegation.MAY_BE_ASKED, but=person().contact_id)
    form.contact_id.choices = [("", "Choose somebody"), *((str(i), name) for i, name in people)]

    def render(form: DelegationForm) -> str:
        role = delegation.own_role(person(), taskforce.id)
        return render_template("directory/delegate.html", form=form, taskforce=taskforce, role=role)

    def write(taskforce: Taskforce) -> Response:
        dates: dict[str, Any] = {"from_on": form.from_on.data, "until_on": form.until_on.data}
        grant = delegation.delegate(taskforce.id, form.contact_id.data, **dates, by=person())
        name = dict(people)[grant.contact_id]
        flash(f"{name} decides for you until {plain_date(grant.until_on)}. You can still decide yourself.")
        return htmx.see_other(url_for(".show_taskforce", code=taskforce.code))

    return render(form) if request.method == "GET" else submit(form, render, write)


def _get_taskforce_with_delegation(who: Person, code: str, grant_id: int) -> Taskforce | None:
    """The taskforce, where this person delegated that in it."""
    taskforce = queries.get_taskforce_for(who, code)
    if taskforce is None:
        return None
    theirs = (d for d in delegation.list_delegations(taskforce.id) if d.giver_id == who.contact_id)
    return taskforce if any(d.id == grant_id for d in theirs) else None


@bp.route("/taskforces/<code>/decide-for-me/<id:grant_id>/end", methods=["GET", "POST"])
@permission("taskforce.delegate", _get_taskforce_with_delegation)
def end_delegation(taskforce: Taskforce) -> Response | str:
    grant_id = int((request.view_args or {})["grant_id"])
    found = next(d for d in delegation.list_delegations(taskforce.id) if d.id == grant_id)

    def render(form: TrackerForm) -> str:
        return render_template("directory/end_delegation.html", form=form, taskforce=taskforce, found=found)

    def write(taskforce: Taskforce) -> Response:
        delegation.end_delegation(taskforce.id, grant_id, by=person())
        flash(f"{found.holder} no longer decides for you.")
        return htmx.see_other(url_for(".show_taskforce", code=taskforce.code))

    form = TrackerForm()
    return render(form) if request.method == "GET" else submit(form, render, write)
