"""Pages of letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, abort, flash, render_template, request, url_for

from tracker.core import files
from tracker.core.errors import NotFound
from tracker.core.permissions import Person, Role, may
from tracker.directory import queries as directory
from tracker.directory.picker import settle
from tracker.letters import (
    check_views,
    checking,
    checks,
    clearance_views,
    comment_queries,
    comment_views,
    correction_views,
    documents,
    draft_edits,
    draft_views,
    operations,
    pages,
    queries,
    record_views,
    signature_views,
    writing,
)
from tracker.letters.blueprint import attachment, bp, open_remarks, show
from tracker.letters.clearance_forms import HashForm
from tracker.letters.draft_edits import Draft
from tracker.letters.forms import RecordForm, WritingForm
from tracker.letters.heard import PointOnOffer, points_heard
from tracker.letters.models import DraftEdit, Letter
from tracker.letters.operations import Addressed
from tracker.letters.preview_queries import LetterToPreview, get_letter_to_preview_for
from tracker.letters.remarks import Shown
from tracker.letters.rules import LetterState
from tracker.letters.typed import read_page
from tracker.letters.writing import Typed
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit
from tracker.workshops.models import PointHeard

__all__ = [
    "bp",
    "check_views",
    "clearance_views",
    "comment_views",
    "correction_views",
    "draft_views",
    "record_views",
    "signature_views",
]
# Buttons of the writing page that save nothing.
LOOKS = {"preview", "check"}


@bp.route("/letters")
@permission("letter.list")
def list_letters() -> str:
    chosen = pages.Filter.of(person(), request.args)
    page = queries.list_letters(person(), request.args, **chosen.values())
    reads_none = not person().grants
    return render_template(
        "letters/list.html", page=page, chosen=chosen, base=url_for(".list_letters"), reads_none=reads_none
    )


def _get_letter_or_leave(who: Person, key: str) -> Letter | None:
    """The letter that somebody can see; who was asked to comment on a draft is led to the page where they do."""
    letter = queries.get_letter_to_show_for(who, key)
    row = comment_queries.get_round_for(who, key) if letter is None else None
    if row is not None and may(who, "comment.view", row):
        abort(htmx.see_other(url_for(".comment_letter", key=key)))
    return letter


@bp.route("/letters/<record:key>")
@permission("letter.view", _get_letter_or_leave)
def show_letter(letter: Letter) -> str:
    return show(letter, HashForm(formdata=None))


@bp.route("/letters/new", methods=["GET", "POST"])
@permission("letter.create")
def new_letter() -> Response | str:
    start = pages.get_start(person(), request.args)
    if start is None:
        return _choose_taskforce(".new_letter", "Draft a letter")
    draft = draft_edits.Draft(start.taskforce_id)
    kept = _kept(draft)
    form = WritingForm(data=start.values(), **writing.continued(kept if _continues() else None))
    shown, code, taskforce_id = start.to, start.taskforce.code, start.taskforce_id
    pages.offer(form, start.taskforce_id, start.workshop)

    def render(form: WritingForm) -> str:
        typed = writing.read(form.page(), taskforce_id, shown)
        return _writing(form, typed, draft, kept, "Draft a letter", code=code)

    def write(_record: Any) -> Response:
        contact_id = settle(form.addressee, by=person())
        letter = operations.draft_letter(pages.get_taskforce(code), form.draft(contact_id), shown, by=person())
        start.take(letter, person())
        draft_edits.drop(draft, by=person())
        flash("Letter drafted. It is not sent to anybody yet.")
        return htmx.see_other(url_for(".show_letter", key=letter.key))

    return _take_draft(form, render, write)


@bp.route("/letters/<record:key>/edit", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_for)
def edit_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and letter.state is not LetterState.DRAFT:
        return htmx.see_other(url_for(".show_letter", key=letter.key))
    draft = draft_edits.Draft(letter.taskforce_id, letter.id)
    kept = _kept(draft)
    form = WritingForm.of(letter, **writing.continued(kept if _continues() else None))
    pages.offer(form, letter.taskforce_id, letter.workshop, letter.current.words)
    shown, taskforce_id, key, corrects = pages.addressed(letter), letter.taskforce_id, letter.key, letter.corrects_id
    title = pages.title(letter)
    if kept and _continues():
        writing.show_what_moved(form, letter)

    def render(form: WritingForm) -> str:
        typed = writing.read(form.page(), taskforce_id, shown, corrects)
        beside = open_remarks(letter, typed.document())
        return _writing(form, typed, draft, kept, title, key=key, beside=beside)

    def write(letter: Letter) -> Response:
        contact_id = settle(form.addressee, by=person())
        changed = operations.save_letter(letter, form.draft(contact_id), by=person())
        draft_edits.drop(draft, by=person())
        flash("Letter saved." if changed else "Nothing has changed, so nothing was saved.")
        return htmx.see_other(url_for(".show_letter", key=key))

    return _take_draft(form, render, write)


def _kept(draft: Draft) -> DraftEdit | None:
    """What the person typed and did not save, where the page is opened."""
    return draft_edits.get_own(draft, person()) if request.method == "GET" else None


def _continues() -> bool:
    return request.method == "GET" and "continue" in request.args


def _take_draft(form: Any, render: Any, write: Any) -> Response | str:
    """Save the form, or show it again where a button of the page only arranges, previews or checks it."""
    if request.method == "GET":
        return render(form)  # type: ignore[no-any-return]
    step, passage = request.form.get("arrange", ""), request.form.get("standard_passage", "")
    if form.insert_passage(step, passage) or form.arrange(step) or LOOKS & set(request.form):
        form.offer_points(form.points)
        return render(form)  # type: ignore[no-any-return]
    return submit(form, render, write)


def _writing(
    form: WritingForm,
    typed: Typed,
    draft: Draft,
    kept: DraftEdit | None,
    title: str,
    *,
    key: str = "",
    code: str = "",
    beside: Sequence[Shown] = (),
) -> str:
    """The writing page, or the pieces of it that a button changes."""
    is_checked = "check" in request.form and not form.focus[0]
    return render_template(
        "letters/_asks.html" if htmx.target() == "asks" else "letters/edit.html",
        key=key,
        code=code,
        title=title,
        remarks=beside,
        args=request.args,
        previewed="preview" in request.form and not form.focus[0],
        braces=checking.braces(typed.content),
        checked=typed.check(person(), draft.letter_id) if is_checked else None,
        kept=kept,
        continues=_continues(),
        others=draft_edits.list_others(draft, person()),
        form=form,
        **_preview(typed, form.points),
    )


def _preview(typed: Typed, points: Iterable[PointHeard | PointOnOffer]) -> dict[str, Any]:
    """The letter as it would print, the points that it uses, and what its fields say now."""
    heard = points_heard(points, typed.content.recommendations, request.args.getlist("point"))
    fields_said = {"said": typed.said(), "places": checks.places(typed.record)}
    return {"document": typed.document(), "heard": heard, "workshop": typed.record.workshop_id, **fields_said}


def _previewed(taskforce_id: int, shown: Addressed | None, corrects_id: int | None = None) -> str:
    typed = writing.read(read_page(request.form), taskforce_id, shown, corrects_id)
    return render_template("letters/_previewed.html", **_preview(typed, typed.list_points()))


@bp.route("/letters/preview", methods=["POST"])
@permission("letter.create")
def preview_new_letter() -> str:
    start = pages.get_start(person(), request.args)
    if start is None:
        raise NotFound("There is nothing here that you can see.")
    return _previewed(start.taskforce_id, start.to)


@bp.route("/letters/<record:key>/preview", methods=["POST"])
@permission("letter.edit", get_letter_to_preview_for)
def preview_letter(letter: LetterToPreview) -> str:
    return _previewed(letter.taskforce_id, letter.addressed, letter.corrects_id)


@bp.route("/letters/record", methods=["GET", "POST"])
@permission("letter.create")
def record_letter() -> Response | str:
    start = pages.get_start(person(), request.args)
    if start is None:
        return _choose_taskforce(".record_letter", "Record an issued letter")
    form, code = RecordForm(data=start.addressing() | start.begun()), start.taskforce.code
    form.keep(start.beginning.file if start.beginning else None)
    pages.offer(form, start.taskforce_id, start.workshop)

    def render(form: RecordForm) -> str:
        page = "letters/_asks.html" if htmx.target() == "asks" else "letters/record.html"
        return render_template(page, form=form, args=request.args)

    def write(_record: Any) -> Response:
        draft = form.draft(settle(form.addressee, by=person()))
        letter = operations.record_letter(pages.get_taskforce(code), draft, form.upload, by=person())
        start.take(letter, person())
        flash(f"Letter recorded as {letter.reference}.")
        return htmx.see_other(url_for(".show_letter", key=letter.key))

    return _take_draft(form, render, write)


def _choose_taskforce(endpoint: str, title: str) -> str:
    taskforces = directory.list_taskforces_for(person(), {Role.SECRETARIAT})
    return render_template("letters/choose_taskforce.html", taskforces=taskforces, endpoint=endpoint, title=title)


@bp.route("/letters/<record:key>/compare")
@permission("letter.view", queries.get_letter_for)
def compare_versions(letter: Letter) -> str:
    if not queries.reads_draft(person(), letter):
        raise NotFound("There is nothing here that you can see.")
    old, new = pages.two_versions(letter, request.args)
    parts = pages.changed_parts(old, new)
    return render_template(
        "letters/compare.html", letter=letter, title=pages.title(letter), old=old, new=new, parts=parts
    )


@bp.route("/letters/<record:key>/draft.docx")
@permission("letter.view", queries.get_letter_for)
def download_draft(letter: Letter) -> Response:
    if letter.is_issued or not queries.reads_draft(person(), letter):
        raise NotFound("There is no draft here.")
    content = documents.write(letter.current, documents.slots_of(letter), draft=True)
    return attachment(content, files.DOCX, f"letter-{letter.id}-draft.docx")


@bp.route("/letters/<record:key>/file")
@permission("letter.view", queries.get_letter_for)
def download_file(letter: Letter) -> Response:
    if letter.file_sha256 is None:
        raise NotFound("This letter has no file: it is not issued yet.")
    content = files.read(letter.file_sha256)
    media_type = files.kind_of(content)
    ending = "pdf" if media_type == files.PDF else "docx"
    return attachment(content, media_type, f"{letter.reference}.{ending}")
