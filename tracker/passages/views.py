"""Pages of standard passages."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, request, url_for

from tracker.directory.models import Taskforce
from tracker.directory.queries import get_taskforce_for
from tracker.passages import operations, queries
from tracker.passages.forms import PassageForm
from tracker.passages.models import StandardPassage
from tracker.passages.rules import FIELDS
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import TrackerForm, submit

bp = Blueprint("passages", __name__)


@bp.get("/taskforces/<code>/passages")
@permission("passage.view", get_taskforce_for)
def list_passages(taskforce: Taskforce) -> str:
    page = queries.list_passages(taskforce.id, request.args)
    return render_template("passages/list.html", taskforce=taskforce, page=page, fields=FIELDS)


@bp.route("/taskforces/<code>/passages/new", methods=["GET", "POST"])
@permission("passage.edit", get_taskforce_for)
def add_passage(taskforce: Taskforce) -> Response | str:
    form, code, name = PassageForm(), taskforce.code, taskforce.name

    def render(form: PassageForm) -> str:
        return render_template(
            "passages/edit.html", form=form, code=code, taskforce=name, passage_id=None, fields=FIELDS
        )

    def write(taskforce: Taskforce) -> Response:
        passage = operations.add_passage(taskforce, form.name.data, form.use.data, form.text.data, by=person())
        flash(f"The passage “{passage.name}” is added.")
        return htmx.see_other(url_for(".list_passages", code=code))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/taskforces/<code>/passages/<id:passage_id>/edit", methods=["GET", "POST"])
@permission("passage.edit", queries.get_passage_for)
def edit_passage(passage: StandardPassage) -> Response | str:
    form, code, name, passage_id = PassageForm.of(passage), passage.taskforce.code, passage.taskforce.name, passage.id

    def render(form: PassageForm) -> str:
        return render_template(
            "passages/edit.html", form=form, code=code, taskforce=name, passage_id=passage_id, fields=FIELDS
        )

    def write(passage: StandardPassage) -> Response:
        changed = operations.edit_passage(passage, form.name.data, form.use.data, form.text.data, by=person())
        flash("The passage is saved." if changed else "Nothing has changed, so nothing was saved.")
        return htmx.see_other(url_for(".list_passages", code=code))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/taskforces/<code>/passages/<id:passage_id>/remove", methods=["GET", "POST"])
@permission("passage.edit", queries.get_passage_for)
def remove_passage(passage: StandardPassage) -> Response | str:
    form, code, name, text = TrackerForm.of(passage), passage.taskforce.code, passage.name, passage.text

    def render(form: TrackerForm) -> str:
        return render_template("passages/remove.html", form=form, code=code, name=name, text=text)

    def write(passage: StandardPassage) -> Response:
        operations.remove_passage(passage, by=person())
        flash(f"The passage “{name}” is removed.")
        return htmx.see_other(url_for(".list_passages", code=code))

    return render(form) if request.method == "GET" else submit(form, render, write)
