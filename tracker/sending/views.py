"""Pages of sending an issued letter."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, request, url_for

from tracker.core import files, outbox
from tracker.core.errors import NotFound
from tracker.letters import pages as letters
from tracker.letters.blueprint import attachment
from tracker.letters.models import Letter
from tracker.sending import operations, pages, pdf, queries
from tracker.sending.forms import AgainForm, MakePdfForm, RecordForm, SendForm, SignedPdfForm
from tracker.sending.message import as_eml
from tracker.sending.models import LetterFile, LetterSending
from tracker.sending.rules import SendingHow
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit

bp = Blueprint("sending", __name__)


@bp.route("/letters/<record:key>/send-out", methods=["GET", "POST"])
@permission("sending.send", queries.get_sent_letter_for)
def send_letter(letter: Letter) -> Response | str:
    form, key, title = SendForm(data=pages.send_values(letter, person())), letter.key, letters.title(letter)
    form.offer(queries.list_files(letter))
    progress, _why_not = pdf.progress(letter)

    def render(form: SendForm) -> str:
        return render_template("sending/send.html", form=form, key=key, title=title, progress=progress)

    def write(letter: Letter) -> Response:
        if request.form.get("how") == SendingHow.MESSAGE:
            sending = operations.make_message(letter, form.parcel(), by=person())
            flash("The message is ready. Download it, open it and send it.")
        else:
            sending = operations.send_by_email(letter, form.parcel(), by=person())
            flash("The letter is on its way. This page says what becomes of each e-mail.")
        return htmx.see_other(url_for(".show_sending", key=key, sending_id=sending.id))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/letters/<record:key>/record-sending", methods=["GET", "POST"])
@permission("sending.send", queries.get_sent_letter_for)
def record_sending(letter: Letter) -> Response | str:
    form = RecordForm(data={"to": letter.main_addressee.contact.name})
    key, title = letter.key, letters.title(letter)

    def render(form: RecordForm) -> str:
        return render_template("sending/record.html", form=form, key=key, title=title)

    def write(letter: Letter) -> Response:
        operations.record_sending(letter, form.sending(), by=person())
        flash("Recorded. The dates of the letter stay as they are.")
        return htmx.see_other(url_for("letters.show_letter", key=key))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/letters/<record:key>/sendings")
@permission("sending.view", queries.get_sent_letter_for)
def list_sendings(letter: Letter) -> str:
    page = queries.list_sendings(letter.id, request.args)
    base = url_for(".list_sendings", key=letter.key)
    return render_template("sending/list.html", letter=letter, title=letters.title(letter), page=page, base=base)


@bp.get("/letters/<record:key>/sendings/<id:sending_id>")
@permission("sending.view", queries.get_sending_for)
def show_sending(sending: LetterSending) -> str:
    return _show(sending, AgainForm(formdata=None))


def _show(sending: LetterSending, form: AgainForm) -> str:
    cause = queries.cause_of(sending.id)
    deliveries = outbox.list_deliveries([cause]).get(cause, [])
    title = letters.title(sending.letter)
    return render_template("sending/detail.html", sending=sending, deliveries=deliveries, title=title, form=form)


@bp.post("/letters/<record:key>/sendings/<id:sending_id>/send-again")
@permission("sending.send", queries.get_sending_for)
def send_again(sending: LetterSending) -> Response:
    form = AgainForm()
    back = url_for(".show_sending", key=sending.letter.key, sending_id=sending.id)

    def write(sending: LetterSending) -> Response:
        operations.send_again(sending, form.recipient.data or "", by=person())
        flash("It is sent again within a minute or so.")
        return htmx.see_other(back)

    return submit(form, lambda form: _show(sending, form), write)


@bp.get("/letters/<record:key>/sendings/<id:sending_id>/message.eml")
@permission("sending.view", queries.get_sending_for)
def download_message(sending: LetterSending) -> Response:
    if sending.how is not SendingHow.MESSAGE or not sending.files:
        raise NotFound("This sending has no message to open.")
    contents = [(file.name, files.read(file.file_sha256)) for file in sending.files]
    attached = [outbox.Attachment(name, files.kind_of(content), content) for name, content in contents]
    return attachment(as_eml(sending, attached), "message/rfc822", f"{sending.letter.reference}.eml")


@bp.route("/letters/<record:key>/signed-pdf", methods=["GET", "POST"])
@permission("sending.send", queries.get_sent_letter_for)
def add_signed_pdf(letter: Letter) -> Response | str:
    form, key, title = SignedPdfForm(), letter.key, letters.title(letter)

    def render(form: SignedPdfForm) -> str:
        return render_template("sending/signed_pdf.html", form=form, key=key, title=title)

    def write(letter: Letter) -> Response:
        operations.add_signed_pdf(letter, form.content, by=person())
        flash("The signed PDF is kept with the letter.")
        return htmx.see_other(url_for("letters.show_letter", key=key))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/letters/<record:key>/files")
@permission("letter.view", queries.get_sent_letter_for)
def show_files(letter: Letter) -> Response | str:
    """The letter's files, for a page that waits for its PDF; the letter's page for everybody else."""
    if not htmx.is_htmx():
        return htmx.see_other(url_for("letters.show_letter", key=letter.key))
    return render_template("sending/_files.html", **pages.files_of(letter, person()))


@bp.get("/letters/<record:key>/files/<id:file_id>")
@permission("letter.view", queries.get_file_for)
def download_file(file: LetterFile) -> Response:
    return attachment(files.read(file.file_sha256), files.PDF, queries.file_name(file.letter, file.kind))


@bp.post("/letters/<record:key>/make-pdf")
@permission("sending.send", queries.get_sent_letter_for)
def make_pdf(letter: Letter) -> Response:
    form, key = MakePdfForm(), letter.key

    def write(letter: Letter) -> Response:
        operations.make_pdf_again(letter, by=person())
        flash("The PDF is being made.")
        return htmx.see_other(url_for("letters.show_letter", key=key))

    def render(form: MakePdfForm) -> str:
        return render_template("sending/pdf.html", form=form, key=key, title=letters.title(letter))

    return submit(form, render, write)
