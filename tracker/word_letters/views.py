"""Pages of Word letters: a draft that comes back from Word, and a letter that begins from a Word document."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for

from tracker.core import files
from tracker.core.db import lock_row
from tracker.core.errors import NotFound
from tracker.core.permissions import Role
from tracker.directory import queries as directory
from tracker.letters import pages as letter_pages
from tracker.letters import queries as letters
from tracker.letters.models import Letter
from tracker.letters.rules import LetterState
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.files import attachment
from tracker.web.forms import TrackerForm, submit
from tracker.word_letters import operations, pages, queries
from tracker.word_letters.forms import AcceptForm, BeginForm, WordForm
from tracker.word_letters.models import WordUpload
from tracker.word_letters.rules import UploadPurpose

bp = Blueprint("word_letters", __name__)


@bp.route("/letters/<record:key>/from-word", methods=["GET", "POST"])
@permission("letter.edit", letters.get_letter_for)
def upload_draft(letter: Letter) -> Response | str:
    if request.method == "GET" and letter.state is not LetterState.DRAFT:
        flash("Only a draft takes what was edited in Word.")
        return htmx.see_other(url_for("letters.show_letter", key=letter.key))
    form, key, title = WordForm(), letter.key, letter_pages.title(letter)

    def render(form: WordForm) -> str:
        waiting = queries.list_waiting(letter.taskforce_id, letter.id)
        return render_template("word_letters/upload.html", form=form, key=key, title=title, waiting=waiting)

    def write(letter: Letter) -> Response:
        base, _note = pages.base_of(letter, form.named)
        upload = operations.upload_draft(letter, base, form.word_file, by=person())
        return htmx.see_other(url_for(".show_upload", upload_id=upload.id))

    if request.method == "GET":
        return render(form)
    valid = form.validate_on_submit()
    if valid and (same := _same(letter, form)):
        flash(same)
        return htmx.see_other(url_for("letters.show_letter", key=key))
    return submit(form, render, write, valid)


def _same(letter: Letter, form: WordForm) -> str:
    """What to say where there is nothing to decide on, so that nothing is kept; else "".

    It is found before the writing begins, which would make others wait.
    """
    base, note = pages.base_of(letter, form.named)
    if note:
        form.note(note)
    if pages.differences(letter, base, form.word_file.read).is_nothing:
        return f"Nothing differs between the Word document and version {base.number}, so there is nothing to save."
    return ""


@bp.route("/letters/from-word", methods=["GET", "POST"])
@permission("letter.create")
def begin_letter() -> Response | str:
    start = letter_pages.get_start(person(), request.args)
    if start is None:
        taskforces = directory.list_taskforces_for(person(), {Role.SECRETARIAT})
        values = {"endpoint": ".begin_letter", "title": "Begin from a Word letter"}
        return render_template("letters/choose_taskforce.html", taskforces=taskforces, **values)
    form, taskforce_id = BeginForm(data={"purpose": request.args.get("purpose")}), start.taskforce_id

    def render(form: BeginForm) -> str:
        return render_template("word_letters/begin.html", form=form, waiting=queries.list_waiting(taskforce_id))

    def write(_record: Any) -> Response:
        upload = operations.upload_letter(taskforce_id, form.purpose.data, form.word_file, by=person())
        return htmx.see_other(url_for(".show_upload", upload_id=upload.id))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/letters/from-word/<id:upload_id>")
@permission("word_letter.edit", queries.get_upload_for)
def show_upload(upload: WordUpload) -> str:
    return _show(upload)


def _show(upload: WordUpload) -> str:
    if upload.purpose is UploadPurpose.DRAFT:
        return _differences(upload, AcceptForm(formdata=None))
    code = queries.get_taskforce_code(upload.taskforce_id)
    return render_template(
        "word_letters/recognised.html", upload=upload, known=pages.recognise(upload), code=code, form=TrackerForm()
    )


def _differences(upload: WordUpload, form: AcceptForm) -> str:
    """The page on which a draft and what came back from Word are compared."""
    letter = _letter_of(upload)
    found = pages.differences_of(letter, upload, prefer_word=form.prefers_word)
    form.offer(bool(found.clashes), letter.current.sha256)
    return render_template(
        "word_letters/differences.html",
        upload=upload,
        letter=letter,
        title=letter_pages.title(letter),
        found=found,
        form=form,
        waits=upload.outcome is None and letter.state is LetterState.DRAFT,
    )


def _letter_of(upload: WordUpload) -> Letter:
    letter = letters.get_letter_for(person(), str(upload.letter_id))
    if letter is None:
        raise NotFound("There is nothing here that you can see.")
    return letter


@bp.post("/letters/from-word/<id:upload_id>/accept")
@permission("word_letter.edit", queries.get_upload_for)
def accept_draft(upload: WordUpload) -> Response:
    if upload.purpose is not UploadPurpose.DRAFT:
        raise NotFound("There is nothing here to accept.")
    form = AcceptForm()
    form.offer(bool(pages.differences_of(_letter_of(upload), upload).clashes))

    def write(upload: WordUpload) -> Response:
        lock_row(Letter, upload.letter_id or 0)
        letter = _letter_of(upload)
        found = pages.differences_of(letter, upload, prefer_word=form.prefers_word)
        sha256 = form.sha256.data or ""
        changed = operations.accept_draft(upload, letter, found.content, sha256, by=person())
        saved = f"Saved as version {letter.current.number}." if changed else "There was nothing to save."
        flash(saved)
        return htmx.see_other(url_for("letters.show_letter", key=letter.key))

    return submit(form, lambda form: _differences(upload, form), write)


@bp.post("/letters/from-word/<id:upload_id>/put-aside")
@permission("word_letter.edit", queries.get_upload_for)
def put_aside(upload: WordUpload) -> Response:
    def write(upload: WordUpload) -> Response:
        operations.put_aside(upload, by=person())
        flash("The Word document is put aside. Nothing was changed.")
        if upload.letter_id is None:
            return htmx.see_other(url_for("letters.list_letters"))
        return htmx.see_other(url_for("letters.show_letter", key=_letter_of(upload).key))

    return submit(TrackerForm(), lambda _form: _show(upload), write)


@bp.get("/letters/from-word/<id:upload_id>/file")
@permission("word_letter.edit", queries.get_upload_for)
def download_upload(upload: WordUpload) -> Response:
    return attachment(files.read(upload.file_sha256), files.DOCX, upload.file_name)
