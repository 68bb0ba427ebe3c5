"""What is typed and not saved yet, and going back to an earlier version."""

from __future__ import annotations

from datetime import datetime

from flask import Response, flash, jsonify, render_template, request, url_for

from tracker.core.errors import NotFound, RuleBroken
from tracker.letters import draft_edits, operations, pages, queries
from tracker.letters.blueprint import bp, not_now
from tracker.letters.draft_edits import Draft
from tracker.letters.models import Letter
from tracker.letters.rules import LetterState
from tracker.web import htmx
from tracker.web.access import begin_write, permission, person
from tracker.web.forms import TrackerForm, submit
from tracker.web.pages import clock_time


def _kept(at: datetime, draft: Draft) -> Response:
    others = [typing.sentence() for typing in draft_edits.list_others(draft, person())]
    said = f"Not saved as a version yet; kept at {clock_time(at)}"
    return jsonify(isOver=False, message=said, others=others)


def _refused(error: RuleBroken) -> Response:
    """Nothing more is kept from this page. No error to a browser: it happens where a save overtakes what is kept."""
    return jsonify(isOver=True, message=error.message, others=[])


@bp.post("/letters/<record:key>/draft-edit")
@permission("letter.edit", queries.get_draft_for)
def keep_draft_edit(letter: Letter) -> Response:
    """For static/autosave.js: what is typed is kept, and no version is made of it."""
    letter = begin_write()
    try:
        at = draft_edits.keep_for(letter, request.form, by=person())
    except RuleBroken as error:
        return _refused(error)
    return _kept(at, Draft(letter.taskforce_id, letter.id))


@bp.post("/letters/draft-edit")
@permission("letter.create")
def keep_new_draft_edit() -> Response:
    draft = _new_draft()
    begin_write()
    try:
        at = draft_edits.keep(draft, request.form, by=person())
    except RuleBroken as error:
        return _refused(error)
    return _kept(at, draft)


@bp.post("/letters/<record:key>/draft-edit/drop")
@permission("letter.edit", queries.get_draft_for)
def drop_draft_edit(letter: Letter) -> Response:
    letter = begin_write()
    draft_edits.drop(Draft(letter.taskforce_id, letter.id), by=person())
    flash("The text that was not saved is dropped.")
    return htmx.see_other(url_for(".edit_letter", key=letter.key))


@bp.post("/letters/draft-edit/drop")
@permission("letter.create")
def drop_new_draft_edit() -> Response:
    draft = _new_draft()
    begin_write()
    draft_edits.drop(draft, by=person())
    flash("The text that was not saved is dropped.")
    chosen = {"taskforce": request.args.get("taskforce"), "workshop": request.args.get("workshop")}
    return htmx.see_other(url_for(".new_letter", **chosen))  # type: ignore[arg-type]


def _new_draft() -> Draft:
    start = pages.get_start(person(), request.args)
    if start is None:
        raise NotFound("There is nothing here that you can see.")
    return Draft(start.taskforce_id)


@bp.route("/letters/<record:key>/restore/<id:number>", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_with_version_for)
def restore_version(letter: Letter) -> Response | str:
    if request.method == "GET" and letter.state is not LetterState.DRAFT:
        return not_now(letter, "Only a draft can be changed, so no earlier version can be restored.")
    number: int = (request.view_args or {})["number"]
    earlier, now = pages.two_versions(letter, {"from": str(number)})
    form, key, title = TrackerForm.of(letter), letter.key, pages.title(letter)
    parts = pages.changed_parts(now, earlier)

    def render(form: TrackerForm) -> str:
        values = {"number": number, "current": now.number, "parts": parts}
        return render_template("letters/restore.html", form=form, key=key, title=title, **values)

    def write(letter: Letter) -> Response:
        version = operations.restore_version(letter, number, by=person())
        flash(f"Version {number} is restored: the draft is version {version.number} now.")
        return htmx.see_other(url_for(".show_letter", key=key))

    return render(form) if request.method == "GET" else submit(form, render, write)
