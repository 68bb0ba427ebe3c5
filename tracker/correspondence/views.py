"""Pages of correspondence."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, current_app, flash, render_template, request, send_file, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from tracker.core import clock, events, files
from tracker.core.errors import BadFile, NotFound
from tracker.correspondence import forms, operations, queries, reading
from tracker.correspondence.models import CorrespondenceEntry
from tracker.correspondence.reading import Reading
from tracker.correspondence.rules import ANSWERS_NOTHING
from tracker.letters.models import Letter
from tracker.letters.queries import get_letter_for
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit

bp = Blueprint("correspondence", __name__)


@bp.route("/letters/<record:key>/correspondence")
@permission("correspondence.view", get_letter_for)
def list_entries(letter: Letter) -> str:
    filters = forms.Filters(request.args)
    filters.validate()
    chosen = {name: filters.chosen(name) for name in ("kind", "direction")}
    page = queries.list_correspondence(person(), letter, request.args, **chosen)
    return render_template(
        "correspondence/list.html",
        letter=letter,
        filters=filters,
        page=page,
        items=queries.list_items(person(), letter, page.rows),
        reads_all=queries.reads_all(person(), letter),
        answers_nothing=ANSWERS_NOTHING,
        base=url_for(".list_entries", key=letter.key),
    )


@bp.route("/letters/<record:key>/correspondence/<id:entry_id>")
@permission("correspondence.view", queries.get_entry_for)
def show_entry(entry: CorrespondenceEntry) -> str:
    reads_all = queries.reads_all(person(), entry.letter)
    return render_template(
        "correspondence/detail.html",
        letter=entry.letter,
        entry=entry,
        item=queries.item_of(entry),
        reads_all=reads_all,
        answers_nothing=ANSWERS_NOTHING,
        happenings=events.list_timeline([("correspondence_entry", entry.id)]) if reads_all else [],
    )


@bp.route("/letters/<record:key>/correspondence/<id:entry_id>/files/<id:file_id>")
@permission("correspondence.view", queries.get_attachment_for)
def download_file(attachment: queries.Attachment) -> Response:
    content = BytesIO(files.read(attachment.file.file_sha256))
    return send_file(content, attachment.media_type, as_attachment=True, download_name=attachment.name)


@bp.route("/letters/<record:key>/correspondence/new", methods=["GET", "POST"])
@permission("correspondence.edit", get_letter_for)
def new_entry(letter: Letter) -> Response | str:
    key, waiting = letter.key, _waiting(letter)
    mail = _first(waiting)
    if request.args.get("read") and mail is None:
        flash("Choose the e-mail again.", "important")
        return htmx.see_other(url_for(".read_emails", key=key))
    form = forms.EntryForm(data=mail.values(letter) if mail else {"happened_on": clock.today()})

    def render(form: forms.EntryForm) -> str:
        return render_template("correspondence/new.html", form=form, key=key, mail=mail, waiting=len(waiting))

    def write(letter: Letter) -> Response:
        uploads = [*(mail.uploads() if mail else ()), *form.uploads]
        message_id = mail.message_id if mail else ""
        operations.add_entry(letter, form.details(), uploads, by=person(), message_id=message_id)
        flash("Added to the correspondence.")
        return htmx.see_other(_next_of(letter, waiting[1:]))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/letters/<record:key>/correspondence/emails", methods=["GET", "POST"])
@permission("correspondence.edit", get_letter_for)
def read_emails(letter: Letter) -> Response | str:
    form, key = forms.ReadForm(), letter.key

    def render(form: forms.ReadForm) -> str:
        return render_template("correspondence/emails.html", form=form, key=key)

    def write(letter: Letter) -> Response:
        for upload, mail in form.mails:
            if known := reading.why_known(letter, upload, mail):
                raise BadFile(known, field="files")
        kept = [files.store(upload.content, files.EML) for upload, _ in form.mails]
        return htmx.see_other(_next_of(letter, list(dict.fromkeys(kept))))

    return render(form) if request.method == "GET" else submit(form, render, write)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="correspondence-emails")


def _next_of(letter: Letter, waiting: list[str]) -> str:
    """Where it goes on: to the next e-mail that was chosen, or to the list.

    The hashes are signed for this letter and person, so that no address reads a stored file of somebody else's.
    """
    if not waiting:
        return url_for(".list_entries", key=letter.key)
    token = _signer().dumps([letter.id, person().contact_id, waiting])
    return url_for(".new_entry", key=letter.key, read=token)


def _waiting(letter: Letter) -> list[str]:
    """The hashes of the e-mails that the address names; none for an address that was not made for this person."""
    try:
        said = _signer().loads(request.args.get("read", ""))
    except BadSignature:
        return []
    letter_id, contact_id, waiting = said
    return list(waiting) if (letter_id, contact_id) == (letter.id, person().contact_id) else []


def _first(waiting: list[str]) -> Reading | None:
    try:
        return Reading.of(waiting[0]) if waiting else None
    except (BadFile, NotFound):
        return None


@bp.route("/letters/<record:key>/correspondence/<id:entry_id>/correct", methods=["GET", "POST"])
@permission("correspondence.edit", queries.get_entry_for)
def correct_entry(entry: CorrespondenceEntry) -> Response | str:
    if request.method == "GET" and (entry.is_struck or entry.is_by_product):
        return htmx.see_other(url_for(".show_entry", key=entry.letter.key, entry_id=entry.id))
    form, key, row_id = forms.EntryForm.of(entry), entry.letter.key, entry.id

    def render(form: forms.EntryForm) -> str:
        return render_template("correspondence/correct.html", form=form, key=key, entry_id=row_id)

    def write(entry: CorrespondenceEntry) -> Response:
        changed = operations.correct_entry(entry, form.details(), form.uploads, by=person())
        flash("The entry was corrected." if changed else "Nothing has changed, so nothing was saved.")
        return htmx.see_other(url_for(".show_entry", key=key, entry_id=row_id))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/letters/<record:key>/correspondence/<id:entry_id>/strike", methods=["GET", "POST"])
@permission("correspondence.edit", queries.get_entry_for)
def strike_entry(entry: CorrespondenceEntry) -> Response | str:
    if request.method == "GET" and (entry.is_struck or entry.is_by_product):
        return htmx.see_other(url_for(".show_entry", key=entry.letter.key, entry_id=entry.id))
    form: Any = forms.StrikeForm.of(entry)
    key, row_id = entry.letter.key, entry.id

    def render(form: forms.StrikeForm) -> str:
        return render_template("correspondence/strike.html", form=form, key=key, entry_id=row_id)

    def write(entry: CorrespondenceEntry) -> Response:
        operations.strike_entry(entry, form.reason.data, by=person())
        flash("The entry was struck. It stays, with your reason.")
        return htmx.see_other(url_for(".show_entry", key=key, entry_id=row_id))

    return render(form) if request.method == "GET" else submit(form, render, write)
