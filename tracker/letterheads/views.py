"""Pages of letterheads."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, request, url_for

from tracker.core import clock, events, files
from tracker.directory import queries as directory
from tracker.directory.models import Taskforce
from tracker.letterheads import documents, operations, pages, queries
from tracker.letterheads.forms import LetterheadForm, LiveForm
from tracker.letterheads.models import Letterhead
from tracker.letterheads.rules import DocumentKind
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.files import attachment
from tracker.web.forms import TrackerForm, submit

bp = Blueprint("letterheads", __name__)


@bp.get("/taskforces/<code>/letterheads")
@permission("letterhead.edit", directory.get_taskforce_for)
def list_letterheads(taskforce: Taskforce) -> str:
    page = queries.list_letterheads(taskforce.id, request.args)
    base = url_for(".list_letterheads", code=taskforce.code)
    now = pages.list_now(taskforce.id)
    return render_template(
        "letterheads/list.html", taskforce=taskforce, page=page, base=base, now=now, stands=pages.stands(page.rows, now)
    )


@bp.route("/taskforces/<code>/letterheads/new", methods=["GET", "POST"])
@permission("letterhead.edit", directory.get_taskforce_for)
def upload_letterhead(taskforce: Taskforce) -> Response | str:
    form = LetterheadForm(data={"kind": request.args.get("kind")})

    def render(form: LetterheadForm) -> str:
        return render_template("letterheads/new.html", form=form, taskforce=taskforce)

    def write(taskforce: Taskforce) -> Response:
        letterhead = operations.upload_letterhead(taskforce, form.upload, by=person())
        flash("Letterhead uploaded. It is not live yet: look at the specimen first.")
        return htmx.see_other(url_for(".show_letterhead", letterhead_id=letterhead.id))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/taskforces/<code>/letterheads/own.docx")
@permission("letterhead.edit", directory.get_taskforce_for)
def download_own(_taskforce: Taskforce) -> Response:
    cover_sheet = request.args.get("kind") == DocumentKind.COVER_SHEET
    kind = DocumentKind.COVER_SHEET if cover_sheet else DocumentKind.LETTER
    return attachment(documents.own(kind), files.DOCX, f"{kind.value.replace('_', '-')}-letterhead.docx")


@bp.get("/letterheads/<id:letterhead_id>")
@permission("letterhead.edit", queries.get_letterhead_for)
def show_letterhead(letterhead: Letterhead) -> str:
    return _show(letterhead, TrackerForm.of(letterhead))


def _show(letterhead: Letterhead, form: TrackerForm) -> str:
    happenings = events.list_timeline([("letterhead", letterhead.id)])
    standing = pages.standing_of(letterhead)
    return render_template(
        "letterheads/detail.html", letterhead=letterhead, standing=standing, form=form, happenings=happenings
    )


@bp.get("/letterheads/<id:letterhead_id>/specimen.docx")
@permission("letterhead.edit", queries.get_letterhead_for)
def download_specimen(letterhead: Letterhead) -> Response:
    return attachment(documents.specimen(letterhead), files.DOCX, f"specimen-{letterhead.id}.docx")


@bp.get("/letterheads/<id:letterhead_id>/letterhead.docx")
@permission("letterhead.edit", queries.get_letterhead_for)
def download_letterhead(letterhead: Letterhead) -> Response:
    return attachment(files.read(letterhead.file_sha256), files.DOCX, f"letterhead-{letterhead.id}.docx")


@bp.route("/letterheads/<id:letterhead_id>/live", methods=["GET", "POST"])
@permission("letterhead.edit", queries.get_letterhead_for)
def make_live(letterhead: Letterhead) -> Response | str:
    form = LiveForm(data={"live_from": clock.today(), "version": letterhead.version})
    letterhead_id = letterhead.id

    def render(form: LiveForm) -> str:
        live = queries.get_live(letterhead.taskforce_id, letterhead.kind)
        return render_template("letterheads/live.html", form=form, letterhead=letterhead, live=live)

    def write(letterhead: Letterhead) -> Response:
        operations.make_live(letterhead, form.live_from.data or clock.today(), by=person())
        flash("The letterhead is used from the day that you chose. What is approved already keeps the one it has.")
        return htmx.see_other(url_for(".show_letterhead", letterhead_id=letterhead_id))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.post("/letterheads/<id:letterhead_id>/give-up")
@permission("letterhead.edit", queries.get_letterhead_for)
def give_up(letterhead: Letterhead) -> Response:
    def write(letterhead: Letterhead) -> Response:
        operations.give_up(letterhead, by=person())
        flash("The letterhead is not to be live any more. It is kept.")
        return htmx.see_other(url_for(".show_letterhead", letterhead_id=letterhead.id))

    return submit(TrackerForm(), lambda form: _show(letterhead, form), write)
