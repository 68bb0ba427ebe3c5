"""Pages where programmes are merged, and of covering notes to new senior responsible owners."""

from __future__ import annotations

from flask import Response, flash, render_template, request, url_for

from tracker.core import clock, events, files
from tracker.directory import queries as directory
from tracker.directory.models import Programme
from tracker.transfers import changing, documents, forms, notes, queries
from tracker.transfers.blueprint import bp
from tracker.transfers.models import CoveringNote
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.files import attachment
from tracker.web.forms import submit


@bp.route("/programmes/<code>/merge", methods=["GET", "POST"])
@permission("programme.edit", directory.get_programme_for)
def merge_programme(programme: Programme) -> Response | str:
    form = forms.MergeForm(data={"version": programme.version})
    others = queries.list_going_on(programme.id)
    form.into.choices = [("", "Choose a programme"), *((str(p.id), p.name) for p in others)]
    shown = {"name": programme.name, "back": url_for("directory.show_programme", code=programme.code)}

    def render(form: forms.MergeForm) -> str:
        return render_template("transfers/merge.html", form=form, **shown)

    def write(programme: Programme) -> Response:
        into = queries.get_going_on(form.into.data)
        changing.merge_programme(programme, into, form.on.data or clock.today(), form.reason.data, by=person())
        flash(f"{programme.name} is merged into {into.name}. What was open has moved there.")
        return htmx.see_other(url_for("directory.show_programme", code=into.code))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/covering-notes/<id:note_id>")
@permission("covering_note.view", queries.get_note_for)
def show_note(note: CoveringNote) -> str:
    return _note_page(note, forms.ConfirmForm.of(note))


def _note_page(note: CoveringNote, form: forms.ConfirmForm) -> str:
    happenings = events.list_timeline([("covering_note", note.id)])
    return render_template("transfers/note.html", note=note, form=form, happenings=happenings)


def _address(note: CoveringNote) -> str:
    return url_for("transfers.show_note", note_id=note.id)


@bp.route("/covering-notes/<id:note_id>/edit", methods=["GET", "POST"])
@permission("covering_note.edit", queries.get_note_for)
def edit_note(note: CoveringNote) -> Response | str:
    form = forms.NoteForm.of(note)
    shown = {"name": note.programme.name, "back": _address(note)}

    def render(form: forms.NoteForm) -> str:
        return render_template("transfers/edit_note.html", form=form, **shown)

    def write(note: CoveringNote) -> Response:
        notes.edit_note(note, form.text.data, by=person())
        flash("The note is saved.")
        return htmx.see_other(_address(note))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.post("/covering-notes/<id:note_id>/send")
@permission("covering_note.edit", queries.get_note_for)
def send_note(note: CoveringNote) -> Response | str:
    note_id = note.id

    def render(form: forms.ConfirmForm) -> str:
        found = queries.get_note_for(person(), note_id)
        return _note_page(found, form) if found else ""

    def write(note: CoveringNote) -> Response:
        notes.send_note(note, by=person())
        flash(f"The note goes to {note.to_contact.name} by e-mail.")
        return htmx.see_other(_address(note))

    return submit(forms.ConfirmForm.of(note), render, write)


@bp.get("/covering-notes/<id:note_id>/note.docx")
@permission("covering_note.view", queries.get_note_for)
def download_note(note: CoveringNote) -> Response:
    return attachment(documents.covering_note(note), files.DOCX, f"covering-note-{note.programme.code}.docx")
