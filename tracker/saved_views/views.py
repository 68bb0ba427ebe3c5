"""Pages of saved views: save, list, rename, share, delete, and choose what a register opens with."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, request, url_for

from tracker.core.errors import NotFound, RuleBroken
from tracker.core.permissions import TASKFORCE_ROLES, Role, may
from tracker.directory.queries import list_taskforces_for
from tracker.saved_views import operations, queries
from tracker.saved_views.forms import ViewForm
from tracker.saved_views.models import SavedView
from tracker.saved_views.registers import RegisterPage, get_page
from tracker.saved_views.rules import clean_query
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import TrackerForm, submit

bp = Blueprint("saved_views", __name__)
# An auditor changes nothing, and so shares nothing.
SHARING = TASKFORCE_ROLES - {Role.AUDITOR}


def _page(name: str | None) -> RegisterPage:
    page = get_page(name or "")
    if page is None:
        raise NotFound("There is no such register.")
    return page


def _opened(page: RegisterPage, query: str, view_id: int) -> str:
    """The register's address with a view open."""
    return f"{url_for(page.endpoint)}?{query}{'&' if query else ''}view={view_id}"


def _kept() -> str:
    """The query of the register that one comes from, as a view keeps it."""
    try:
        return clean_query(request.args.get("query", ""))
    except ValueError as error:
        raise RuleBroken(str(error)) from None


@bp.get("/saved-views")
@permission("saved_view.list")
def list_views() -> str:
    page = _page(request.args.get("register", "recommendations"))
    return _show_list(page, TrackerForm())


def _show_list(page: RegisterPage, form: TrackerForm) -> str:
    views = queries.list_views(person(), page.name)
    return render_template(
        "saved_views/list.html",
        page=page,
        form=form,
        rows=[(v, _opened(page, v.query, v.id)) for v in views],
        editable={v.id for v in views if may(person(), "saved_view.edit", v)},
    )


@bp.route("/saved-views/new", methods=["GET", "POST"])
@permission("saved_view.create")
def save_view() -> Response | str:
    page, query, form = _page(request.args.get("register", "recommendations")), _kept(), ViewForm()
    form.offer("Only you", [(t.id, t.name) for t in list_taskforces_for(person(), SHARING)])

    def render(form: ViewForm) -> str:
        return render_template("saved_views/edit.html", form=form, page=page, view=None, differs=False)

    def write(_: None) -> Response:
        view = operations.save_view(page.name, form.name.data, query, form.taskforce.data, by=person())
        if form.is_default.data:
            operations.choose_default(view, by=person())
        flash(f"The view “{view.name}” is saved.")
        return htmx.see_other(_opened(page, query, view.id))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/saved-views/<id:view_id>/edit", methods=["GET", "POST"])
@permission("saved_view.edit", queries.get_view_for)
def edit_view(view: SavedView) -> Response | str:
    page, form = _page(view.register), ViewForm.of(view)
    query = _kept() if "query" in request.args else view.query
    shown, mine = {"id": view.id, "name": view.name}, view.contact_id == person().contact_id
    _offer(form, view, mine=mine)
    differs = query != view.query

    def render(form: ViewForm) -> str:
        return render_template("saved_views/edit.html", form=form, page=page, view=shown, differs=differs)

    def write(view: SavedView) -> Response:
        kept = query if form.update.data else view.query
        operations.change_view(view, form.name.data, kept, form.taskforce.data, by=person())
        if form.is_default.data:
            operations.choose_default(view, by=person())
        flash(f"The view “{view.name}” is saved.")
        return htmx.see_other(_opened(page, view.query, view.id))

    return render(form) if request.method == "GET" else submit(form, render, write)


def _offer(form: ViewForm, view: SavedView, *, mine: bool) -> None:
    """Its owner may share it with their taskforces; others may leave it shared as it is, or end that."""
    taskforces = [(t.id, t.name) for t in list_taskforces_for(person(), SHARING)]
    form.offer("Only you" if mine else "Only its owner", [t for t in taskforces if mine or t[0] == view.taskforce_id])
    if request.method == "GET":
        default = queries.get_default(person(), view.register)
        form.is_default.data = default is not None and default.view_id == view.id


@bp.post("/saved-views/<id:view_id>/delete")
@permission("saved_view.edit", queries.get_view_for)
def delete_view(view: SavedView) -> Response:
    page, name = _page(view.register), view.name

    def write(view: SavedView) -> Response:
        operations.delete_view(view, by=person())
        flash(f"The view “{name}” is deleted.")
        return htmx.see_other(url_for(".list_views", register=page.name))

    return submit(TrackerForm(), lambda form: _show_list(page, form), write)


@bp.post("/saved-views/<id:view_id>/default")
@permission("saved_view.view", queries.get_view_for)
def choose_default(view: SavedView) -> Response:
    page = _page(view.register)

    def write(view: SavedView) -> Response:
        operations.choose_default(view, by=person())
        flash(f"{page.title} opens with the view “{view.name}” for you.")
        return htmx.see_other(url_for(".list_views", register=page.name))

    return submit(TrackerForm(), lambda form: _show_list(page, form), write)


@bp.post("/saved-views/<id:view_id>/no-default")
@permission("saved_view.view", queries.get_view_for)
def give_up_default(view: SavedView) -> Response:
    page = _page(view.register)

    def write(view: SavedView) -> Response:
        operations.give_up_default(view, by=person())
        flash(f"{page.title} opens without a view for you.")
        return htmx.see_other(url_for(".list_views", register=page.name))

    return submit(TrackerForm(), lambda form: _show_list(page, form), write)
