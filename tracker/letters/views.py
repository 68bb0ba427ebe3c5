"""Pages of letters."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, current_app, flash, render_template, request, send_file, url_for
from markupsafe import Markup

from tracker.core import clock, events, files
from tracker.core.errors import NotFound
from tracker.core.permissions import Role
from tracker.directory import queries as directory
from tracker.directory.picker import settle
from tracker.documents import Letter as Document
from tracker.documents import split_at_recommendations, to_inline_html
from tracker.letters import clearance, documents, operations, pages, queries
from tracker.letters.forms import (
    ChangeForm,
    DecideForm,
    HashForm,
    IssueForm,
    ReasonForm,
    RecordForm,
    WritingForm,
)
from tracker.letters.models import Letter
from tracker.letters.rules import LetterState, can_move, due_date
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit

bp = Blueprint("letters", __name__)
bp.add_app_template_filter(split_at_recommendations)


@bp.app_template_filter()
def inline_markdown(text: str) -> Markup:
    """A listed recommendation as HTML: the same parse that makes its Word paragraph."""
    return Markup(to_inline_html(text))  # noqa: S704


@bp.route("/letters")
@permission("letter.list")
def list_letters() -> str:
    chosen = pages.Filter.of(person(), request.args)
    page = queries.list_letters(person(), request.args, **chosen.values())
    return render_template("letters/list.html", page=page, chosen=chosen, base=url_for(".list_letters"))


@bp.route("/letters/<record:key>")
@permission("letter.view", queries.get_letter_for)
def show_letter(letter: Letter) -> str:
    return _show(letter, HashForm(formdata=None))


def _show(letter: Letter, form: HashForm) -> str:
    if not queries.reads_draft(person(), letter):
        return render_template("letters/sent.html", **pages.sent_page(letter))
    form.sha256.data = letter.current.sha256
    happened = events.list_timeline([("letter", letter.id)])
    return render_template("letters/detail.html", form=form, happened=happened, **pages.whole_page(letter))


@bp.route("/letters/new", methods=["GET", "POST"])
@permission("letter.create")
def new_letter() -> Response | str:
    start = pages.get_start(person(), request.args)
    if start is None:
        return _choose_taskforce(".new_letter", "Draft a letter")
    form = WritingForm(data=start.values())
    shown, code = start.to, start.taskforce.code
    pages.offer(form, start.taskforce_id, start.workshop)

    def render(form: WritingForm) -> str:
        document = pages.previewed(form, pages.get_taskforce(code), shown)
        return _writing(form, document, None, "Draft a letter")

    def write(_record: Any) -> Response:
        contact_id = settle(form.addressee, by=person())
        letter = operations.draft_letter(pages.get_taskforce(code), form.draft(contact_id), shown, by=person())
        flash("Letter drafted. It is not sent to anybody yet.")
        return htmx.see_other(url_for(".show_letter", key=letter.key))

    return _take_draft(form, render, write)


@bp.route("/letters/<record:key>/edit", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_for)
def edit_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and letter.state is not LetterState.DRAFT:
        return htmx.see_other(url_for(".show_letter", key=letter.key))
    form = WritingForm.of(letter)
    pages.offer(form, letter.taskforce_id, letter.workshop, letter.current.words)
    shown, taskforce, key = pages.addressed(letter), letter.taskforce, letter.key
    title = pages.title(letter)

    def render(form: WritingForm) -> str:
        return _writing(form, pages.previewed(form, taskforce, shown), key, title)

    def write(letter: Letter) -> Response:
        contact_id = settle(form.addressee, by=person())
        changed = operations.save_letter(letter, form.draft(contact_id), by=person())
        flash("Letter saved." if changed else "Nothing has changed, so nothing was saved.")
        return htmx.see_other(url_for(".show_letter", key=key))

    return _take_draft(form, render, write)


def _take_draft(form: Any, render: Any, write: Any) -> Response | str:
    """Save the form, or show it again where a button of the page only arranges or previews it."""
    if request.method == "GET":
        return render(form)  # type: ignore[no-any-return]
    if form.arrange(request.form.get("arrange", "")) or "preview" in request.form:
        form.offer_points(form.points)
        return render(form)  # type: ignore[no-any-return]
    return submit(form, render, write)


def _writing(form: WritingForm, document: Document, key: str | None, title: str) -> str:
    return render_template(
        "letters/edit.html",
        form=form,
        document=document,
        key=key,
        title=title,
        points=form.points,
        args=request.args,
        previewed="preview" in request.form and not form.added,
    )


@bp.route("/letters/preview", methods=["POST"])
@permission("letter.create")
def preview_new_letter() -> str:
    start = pages.get_start(person(), request.args)
    if start is None:
        raise NotFound("There is nothing here that you can see.")
    document = pages.previewed(WritingForm(data=start.values()), start.taskforce, start.to)
    return render_template("letters/_printed.html", document=document)


@bp.route("/letters/<record:key>/preview", methods=["POST"])
@permission("letter.edit", queries.get_letter_for)
def preview_letter(letter: Letter) -> str:
    document = pages.previewed(WritingForm.of(letter), letter.taskforce, pages.addressed(letter))
    return render_template("letters/_printed.html", document=document)


@bp.route("/letters/record", methods=["GET", "POST"])
@permission("letter.create")
def record_letter() -> Response | str:
    start = pages.get_start(person(), request.args)
    if start is None:
        return _choose_taskforce(".record_letter", "Record an issued letter")
    form, code = RecordForm(data=start.addressing()), start.taskforce.code
    pages.offer(form, start.taskforce_id, start.workshop)

    def render(form: RecordForm) -> str:
        return render_template("letters/record.html", form=form, points=form.points)

    def write(_record: Any) -> Response:
        draft = form.draft(settle(form.addressee, by=person()))
        letter = operations.record_letter(pages.get_taskforce(code), draft, form.upload, by=person())
        flash(f"Letter recorded as {letter.reference}.")
        return htmx.see_other(url_for(".show_letter", key=letter.key))

    return _take_draft(form, render, write)


def _choose_taskforce(endpoint: str, title: str) -> str:
    taskforces = directory.list_taskforces_for(person(), {Role.SECRETARIAT})
    return render_template("letters/choose_taskforce.html", taskforces=taskforces, endpoint=endpoint, title=title)


@bp.route("/letters/<record:key>/submit", methods=["POST"])
@permission("letter.edit", queries.get_letter_for)
def submit_letter(letter: Letter) -> Response:
    form = HashForm()

    def write(letter: Letter) -> Response:
        subject = f"A letter for you to decide on: {pages.title(letter)}"
        mail = _mail("emails/letter_with_chair.txt", subject, letter, "decide_letter")
        clearance.submit_letter(letter, form.sha256.data or "", mail, by=person())
        flash("Sent to the chair.")
        return htmx.see_other(url_for(".show_letter", key=letter.key))

    return submit(form, lambda form: _show(letter, form), write)


@bp.route("/letters/<record:key>/decide", methods=["GET", "POST"])
@permission("letter.decide", queries.get_letter_for)
def decide_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and letter.state is not LetterState.WITH_CHAIR:
        return _not_now(letter, "The letter is not with the chair, so there is nothing to decide.")
    form = DecideForm(data={"sha256": letter.current.sha256})
    if letter.awaits_confirmation:
        form.decision.choices = [c for c in form.decision.choices if c[0] == form.RETURN]

    def render(form: DecideForm) -> str:
        return render_template("letters/decide.html", form=form, **pages.decision_page(letter))

    def write(letter: Letter) -> Response:
        sha256, who = form.sha256.data or "", person()
        if form.decision.data == form.APPROVE:
            clearance.approve_letter(letter, sha256, _told("approved", letter), by=who)
            flash("You approved the letter.")
        else:
            reason = form.reason.data or ""
            clearance.return_letter(letter, sha256, reason, _told("returned", letter, reason), by=who)
            flash("You returned the letter to the secretariat.")
        return htmx.see_other(url_for(".show_letter", key=letter.key))

    if request.method == "GET":
        return render(form)
    if form.validate() and form.decision.data == form.CHANGE:
        return htmx.see_other(url_for(".change_letter", key=letter.key))
    return submit(form, render, write)


@bp.route("/letters/<record:key>/approve-with-changes", methods=["GET", "POST"])
@permission("letter.decide", queries.get_letter_for)
def change_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and (letter.state is not LetterState.WITH_CHAIR or letter.awaits_confirmation):
        return _not_now(letter, "The letter does not wait for a decision, so its words cannot be changed here.")
    words = letter.current.words
    asks = [{"ask_id": str(ask.id), "text": ask.text} for ask in words.recommendations]
    form = ChangeForm(data={"sha256": letter.current.sha256, "body": words.body, "recommendations": asks})
    known = {str(ask.id): ask for ask in words.recommendations}
    key, title = letter.key, pages.title(letter)

    def render(form: ChangeForm) -> str:
        return render_template("letters/change.html", form=form, known=known, key=key, title=title)

    def write(letter: Letter) -> Response:
        told = _told("approved with changes", letter, endpoint="confirm_letter")
        changes = (form.sha256.data or "", form.body.data or "", form.texts())
        clearance.approve_with_changes(letter, *changes, told, by=person())
        flash("You approved the letter with changes. The secretariat confirms them.")
        return htmx.see_other(url_for(".show_letter", key=key))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/letters/<record:key>/confirm", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_for)
def confirm_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and not letter.awaits_confirmation:
        return _not_now(letter, "There are no changes by the chair to confirm.")
    form = HashForm(data={"sha256": letter.current.sha256})

    def render(form: HashForm) -> str:
        return render_template("letters/confirm.html", form=form, **pages.confirmation_page(letter))

    def write(letter: Letter) -> Response:
        clearance.confirm_changes(letter, form.sha256.data or "", by=person())
        flash("The letter is approved. It can be issued.")
        return htmx.see_other(url_for(".show_letter", key=letter.key))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/letters/<record:key>/issue", methods=["GET", "POST"])
@permission("letter.issue", queries.get_letter_for)
def issue_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and letter.state is not LetterState.APPROVED:
        return _not_now(letter, "Only an approved letter can be issued.")
    form = IssueForm(data=pages.issue_values(letter))
    days, key, title = letter.taskforce.response_working_days, letter.key, pages.title(letter)

    def render(form: IssueForm) -> str:
        _due, working = due_date(form.letter_date.data or clock.today(), days, None, "")
        return render_template("letters/issue.html", form=form, key=key, title=title, working=working)

    def write(letter: Letter) -> Response:
        clearance.issue_letter(letter, pages.issue_of(form), by=person())
        clearance.tell_programmes(letter, _issued(letter), by=person())
        flash(f"Issued as {letter.reference}. The file is kept as it was sent.")
        return htmx.see_other(url_for(".show_letter", key=letter.key))

    if request.method == "GET" or "working" in request.form:
        return render(form)
    return submit(form, render, write)


@bp.route("/letters/<record:key>/reopen", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_for)
def reopen_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and letter.state is not LetterState.APPROVED:
        return _not_now(letter, "Only an approved letter can be reopened.")
    return _with_reason(letter, "Reopen", clearance.reopen_letter, "The letter is a draft again. Its approval is void.")


@bp.route("/letters/<record:key>/withdraw", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_for)
def withdraw_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and not can_move(letter.state, LetterState.WITHDRAWN):
        return _not_now(letter, "This letter cannot be withdrawn.")
    return _with_reason(letter, "Withdraw", clearance.withdraw_letter, "The letter is withdrawn.")


def _not_now(letter: Letter, why: str) -> Response:
    """To the page of a letter whose state does not allow the step that was asked for."""
    flash(why)
    return htmx.see_other(url_for(".show_letter", key=letter.key))


def _with_reason(letter: Letter, verb: str, operation: Any, said: str) -> Response | str:
    form = ReasonForm.of(letter)
    key, title = letter.key, pages.title(letter)

    def render(form: ReasonForm) -> str:
        return render_template("letters/reason.html", form=form, verb=verb, key=key, title=title)

    def write(letter: Letter) -> Response:
        operation(letter, form.reason.data, by=person())
        flash(said)
        return htmx.see_other(url_for(".show_letter", key=key))

    return render(form) if request.method == "GET" else submit(form, render, write)


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
    return _attachment(content, files.DOCX, f"letter-{letter.id}-draft.docx")


@bp.route("/letters/<record:key>/file")
@permission("letter.view", queries.get_letter_for)
def download_file(letter: Letter) -> Response:
    if letter.file_sha256 is None:
        raise NotFound("This letter has no file: it is not issued yet.")
    content = files.read(letter.file_sha256)
    media_type = files.kind_of(content)
    ending = "pdf" if media_type == files.PDF else "docx"
    return _attachment(content, media_type, f"{letter.reference}.{ending}")


def _attachment(content: bytes, media_type: str, name: str) -> Response:
    return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name)


def _mail(template: str, subject: str, letter: Letter, endpoint: str, **values: Any) -> clearance.Mail:
    link = current_app.config["BASE_URL"] + url_for(f".{endpoint}", key=letter.key)
    body = render_template(template, link=link, title=pages.title(letter), by=person(), **values)
    return clearance.Mail(subject, body)


def _told(what: str, letter: Letter, reason: str = "", endpoint: str = "show_letter") -> clearance.Mail:
    subject = f"Letter {what}: {pages.title(letter)}"
    return _mail("emails/letter_decided.txt", subject, letter, endpoint, what=what, reason=reason)


def _issued(letter: Letter) -> clearance.Mail:
    subject = f"Letter {letter.reference}: {pages.title(letter)}"
    values = {"taskforce": letter.taskforce.name, "reference": letter.reference}
    return _mail("emails/letter_issued.txt", subject, letter, "show_letter", **values)
