"""Pages of actions."""

from __future__ import annotations

from itertools import takewhile

from flask import Blueprint, Response, flash, render_template, request, url_for

from tracker.actions import operations, queries
from tracker.actions.forms import ActionFilters, ActionForm, DecisionForm, ReportForm, TaskforceForm
from tracker.actions.models import Action, Origin
from tracker.actions.rules import UNFINISHED, ActionState, can_close, can_decide, days_late, lateness
from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.errors import Forbidden, NotFound
from tracker.core.permissions import TASKFORCE_ROLES, Role
from tracker.directory import picker
from tracker.directory.models import Taskforce
from tracker.directory.queries import list_taskforces_for
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit
from tracker.web.pages import plain_date
from tracker.web.security import safe_path

bp = Blueprint("actions", __name__)


@bp.get("/actions")
@permission("action.list")
def list_actions() -> str:
    filters = ActionFilters(request.args)
    taskforces = list_taskforces_for(person(), TASKFORCE_ROLES)
    filters.taskforce.choices = [("", "All"), *((str(t.id), t.name) for t in taskforces)]
    filters.validate()
    today = clock.today()
    page = queries.list_actions(
        person(),
        today,
        request.args,
        taskforce_id=filters.chosen("taskforce"),
        state=filters.chosen("state") or "",
        mine=filters.chosen("owner") == "mine",
        overdue=filters.chosen("overdue") == "yes",
    )
    late = {row.id: lateness(row.state, row.due_on, today) for row in page.rows}
    return render_template("actions/list.html", page=page, filters=filters, late=late)


@bp.get("/actions/<record:key>")
@permission("action.view", queries.get_action_for)
def show_action(action: Action) -> str:
    who, today = person(), clock.today()
    return render_template(
        "actions/detail.html",
        action=action,
        unfinished=action.state in UNFINISHED,
        late=lateness(action.state, action.due_on, today, _done_on(action)),
        days_late=days_late(action.state, action.due_on, today),
        decisions={to.value for to in ActionState if can_decide(action.state, to)},
        can_close=can_close(action.reported_by_id, action.owner_id, who.contact_id),
        happenings=events.list_timeline([("action", action.id)]),
    )


def _done_on(action: Action) -> str:
    """The day on which the action was reported done, in words; nothing where it does not wait to be checked."""
    since = list(takewhile(lambda u: u.state is ActionState.PENDING_REVIEW, reversed(action.updates)))
    return plain_date(clock.london(since[-1].at).date()) if since else ""


@bp.route("/actions/new", methods=["GET", "POST"])
@permission("action.create")
def new_action() -> Response | str:
    origin = _origin()
    choice = _choose_taskforce(origin)
    if isinstance(choice, TaskforceForm):
        return render_template("actions/choose.html", form=choice)
    form = ActionForm()
    form.owner.taskforce_id = choice
    origin_id = origin.id if origin else None
    following = safe_path(request.args.get("next"))

    def render(form: ActionForm) -> str:
        return render_template("actions/new.html", form=form, next=following)

    def write(_record: None) -> Response:
        details = form.details(picker.settle(form.owner, by=person()))
        taskforce = db.session.get_one(Taskforce, choice)
        action = operations.raise_action(taskforce, **vars(details), origin_id=origin_id, by=person())
        flash(f"{action.reference} has been raised.")
        return htmx.see_other(following or url_for(".show_action", key=action.reference))

    return render(form) if request.method == "GET" else submit(form, render, write)


def _origin() -> Origin | None:
    """What the address says the action arises from. Raises NotFound for what the person cannot see."""
    given = request.args.get("origin", "")
    if not given:
        return None
    known = given.isascii() and given.isdigit() and len(given) < 10
    origin = queries.get_origin_for(person(), int(given)) if known else None
    if origin is None:
        raise NotFound("There is nothing here that you can see.")
    if origin.taskforce_id not in person().taskforces({Role.SECRETARIAT}):
        raise Forbidden("You can read this, but your role does not let you do that.")
    return origin


def _choose_taskforce(origin: Origin | None) -> int | TaskforceForm:
    """The taskforce of a new action: its origin's, the only one, the one in the address; else the question."""
    if origin is not None:
        return origin.taskforce_id
    taskforces = list_taskforces_for(person(), {Role.SECRETARIAT})
    if len(taskforces) == 1:
        return taskforces[0].id
    form = TaskforceForm(request.args)
    form.taskforce.choices = [(str(t.id), t.name) for t in taskforces]
    if "taskforce" in request.args and form.validate():
        chosen: int = form.taskforce.data
        return chosen
    return form


@bp.route("/actions/<record:key>/edit", methods=["GET", "POST"])
@permission("action.edit", queries.get_action_for)
def edit_action(action: Action) -> Response | str:
    form = ActionForm.of(action)
    form.owner.taskforce_id = action.taskforce_id
    reference = action.reference

    def render(form: ActionForm) -> str:
        return render_template("actions/edit.html", form=form, reference=reference)

    def write(action: Action) -> Response:
        operations.edit_action(action, form.details(picker.settle(form.owner, by=person())), by=person())
        flash("The action has been saved.")
        return htmx.see_other(url_for(".show_action", key=action.reference))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/actions/<record:key>/report", methods=["GET", "POST"])
@permission("action.report", queries.get_action_for)
def report_action(action: Action) -> Response | str:
    form = ReportForm.of(action)
    form.offer(action.state)
    reference, title = action.reference, action.title

    def render(form: ReportForm) -> str:
        return render_template("actions/report.html", form=form, reference=reference, title=title)

    def write(action: Action) -> Response:
        to = form.state()
        if to is None:
            operations.add_update(action, form.text.data, by=person())
        else:
            operations.report_action(action, to, form.text.data, by=person())
        flash("Your update has been saved.")
        return htmx.see_other(url_for(".show_action", key=action.reference))

    return render(form) if request.method == "GET" else submit(form, render, write)


def _decide(action: Action, to: ActionState, button: str, done: str, label: str, hint: str = "") -> Response | str:
    """The page that confirms a decision about an action, and the decision."""
    form = DecisionForm.of(action)
    form.text.label.text, form.text.description = label, hint
    reference, title = action.reference, action.title

    def render(form: DecisionForm) -> str:
        return render_template("actions/decide.html", form=form, reference=reference, title=title, button=button)

    def write(action: Action) -> Response:
        operations.decide_action(action, to, form.text.data, by=person())
        flash(done)
        return htmx.see_other(url_for(".show_action", key=action.reference))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/actions/<record:key>/close", methods=["GET", "POST"])
@permission("action.close", queries.get_action_for)
def close_action(action: Action) -> Response | str:
    to, done = ActionState.CLOSED, "The action has been closed."
    return _decide(action, to, "Close the action", done, "Comment", "Optional. What you checked")


@bp.route("/actions/<record:key>/send-back", methods=["GET", "POST"])
@permission("action.close", queries.get_action_for)
def send_back_action(action: Action) -> Response | str:
    done = "The action has been sent back to its owner."
    return _decide(action, ActionState.IN_PROGRESS, "Send the action back", done, "What is still to be done")


@bp.route("/actions/<record:key>/cancel", methods=["GET", "POST"])
@permission("action.close", queries.get_action_for)
def cancel_action(action: Action) -> Response | str:
    return _decide(action, ActionState.CANCELLED, "Cancel the action", "The action has been cancelled.", "Reason")


@bp.route("/actions/<record:key>/reopen", methods=["GET", "POST"])
@permission("action.close", queries.get_action_for)
def reopen_action(action: Action) -> Response | str:
    to = ActionState.OPEN if action.state is ActionState.CANCELLED else ActionState.IN_PROGRESS
    return _decide(action, to, "Reopen the action", "The action has been reopened.", "Reason")
