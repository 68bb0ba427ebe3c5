"""Pages of clearance and issue."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, render_template, request, url_for

from tracker.core import clock
from tracker.core.permissions import Person
from tracker.letters import clearance, clearing_pages, commenting, pages, queries, signing
from tracker.letters.blueprint import bp, comment_form, not_now, printed, printed_text
from tracker.letters.clearance_forms import ChangeForm, DecideForm, HashForm, IssueForm, ReasonForm
from tracker.letters.comment_forms import CommentForm
from tracker.letters.models import Letter
from tracker.letters.rules import LetterState, SentHow, can_move, due_date
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit


@bp.route("/letters/<record:key>/decide", methods=["GET", "POST"])
@permission("letter.decide", queries.get_letter_for)
def decide_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and letter.state is not LetterState.WITH_CHAIR:
        return not_now(letter, "The letter is not with the chair, so there is nothing to decide.")
    form = _decide_form(letter)

    def render(form: DecideForm) -> str:
        return decision_page(letter, form, comment_form(letter.current.words, None))

    if request.method == "GET":
        return render(form)
    if form.validate() and form.decision.data == form.CHANGE:
        return _change_page(letter, _change_form(letter, formdata=None, comment=form.reason.data, sign=form.signs))
    return submit(form, render, lambda letter: _take_decision(letter, form))


def _on_screen(letter: Letter) -> dict[str, Any]:
    """What a decision names: the text, and the letter with whom it goes to, as both stand on the page."""
    return {"sha256": letter.current.sha256, "version": letter.version}


def _decide_form(letter: Letter, **kwargs: Any) -> DecideForm:
    form = DecideForm(data=_on_screen(letter), **kwargs)
    form.offer_signing(not letter.awaits_confirmation and signing.can_sign(letter, person()))
    form.offer(confirmed_next=letter.awaits_confirmation, waiver=clearing_pages.can_waive(letter, person()))
    return form


def _take_decision(letter: Letter, form: DecideForm) -> Response:
    sha256, comment, who = form.sha256.data or "", form.reason.data or "", person()
    if form.decision.data == form.APPROVE:
        told = _told("approved", letter, comment)
        clearance.approve_letter(letter, sha256, told, comment=comment, by=who, sign=form.signs)
        said = "You approved the letter."
    elif form.decision.data == form.WAIVE:
        told = _told("approved under a waiver", letter, comment, "confirm_letter")
        clearance.approve_under_waiver(letter, sha256, comment, told, by=who, sign=form.signs)
        said = "You approved the letter under a waiver. A second person confirms it."
    else:
        clearance.return_letter(letter, sha256, comment, _told("returned", letter, comment), by=who)
        said = "You returned the letter to the secretariat."
    flash(said)
    return htmx.see_other(url_for(".show_letter", key=letter.key))


def decision_page(letter: Letter, form: DecideForm, remark: CommentForm) -> str:
    """The chair's page, with a form to decide and one to comment."""
    page = clearing_pages.decision_page(letter, person())
    page |= printed(letter.current, form=form, **page)
    return render_template("letters/decide.html", form=form, remark=remark, **page)


@bp.post("/letters/<record:key>/decide/comment")
@permission("letter.decide", queries.get_letter_for)
def comment_as_chair(letter: Letter) -> Response:
    remark = comment_form(letter.current.words, printed_text(letter))

    def render(remark: CommentForm) -> str:
        return decision_page(letter, _decide_form(letter, formdata=None), remark)

    def write(letter: Letter) -> Response:
        commenting.comment_as_chair(letter, remark.remark(), by=person())
        flash("Your comment stands beside the letter. You have not decided yet.")
        return htmx.see_other(url_for(".decide_letter", key=letter.key, _anchor="comments-title"))

    return submit(remark, render, write)


@bp.route("/letters/<record:key>/approve-with-changes", methods=["GET", "POST"])
@permission("letter.decide", queries.get_letter_for)
def change_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and (letter.state is not LetterState.WITH_CHAIR or letter.awaits_confirmation):
        return not_now(letter, "The letter does not wait for a decision, so its words cannot be changed here.")
    form = _change_form(letter)

    def write(letter: Letter) -> Response:
        comment = form.comment.data or ""
        told = _told("approved with changes", letter, comment, "confirm_letter")
        changes = (form.sha256.data or "", form.body.data or "", form.texts())
        clearance.approve_with_changes(letter, *changes, told, comment=comment, by=person(), sign=form.signs)
        flash("You approved the letter with changes. The secretariat confirms them.")
        return htmx.see_other(url_for(".show_letter", key=letter.key))

    if request.method == "GET":
        return _change_page(letter, form)
    return submit(form, lambda form: _change_page(letter, form), write)


def _change_form(letter: Letter, comment: str | None = "", sign: bool = False, **kwargs: Any) -> ChangeForm:
    words = letter.current.words
    asks = [{"ask_id": str(ask.id), "text": ask.text} for ask in words.recommendations]
    values = {"body": words.body, "recommendations": asks, "comment": comment, "sign": sign}
    form = ChangeForm(data=_on_screen(letter) | values, **kwargs)
    form.offer_signing(signing.can_sign(letter, person()))
    form.parts = words.parts
    return form


def _change_page(letter: Letter, form: ChangeForm) -> str:
    words, title = letter.current.words, pages.title(letter)
    known = {str(ask.id): ask for ask in words.recommendations}
    said = {"fields_said": words.fields}
    return render_template("letters/change.html", form=form, known=known, key=letter.key, title=title, **said)


@bp.route("/letters/<record:key>/confirm", methods=["GET", "POST"])
@permission("letter.confirm", queries.get_letter_for)
def confirm_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and not letter.awaits_confirmation:
        return not_now(letter, "There are no changes by the chair to confirm.")
    form = HashForm(data=_on_screen(letter))

    def render(form: HashForm) -> str:
        return render_template("letters/confirm.html", form=form, **clearing_pages.confirmation_page(letter, person()))

    def write(letter: Letter) -> Response:
        clearance.confirm_changes(letter, form.sha256.data or "", by=person())
        flash("The letter is approved. It can be issued.")
        return htmx.see_other(url_for(".show_letter", key=letter.key))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/letters/<record:key>/issue", methods=["GET", "POST"])
@permission("letter.issue", queries.get_letter_for)
def issue_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and letter.state is not LetterState.APPROVED:
        return not_now(letter, "Only an approved letter can be issued.")
    form = IssueForm(data=pages.issue_values(letter))
    days, key, title = letter.taskforce.response_working_days, letter.key, pages.title(letter)
    is_correction = letter.corrects_id is not None

    def render(form: IssueForm) -> str:
        _due, working = due_date(form.letter_date.data or clock.today(), days, None, "")
        return render_template(
            "letters/issue.html", form=form, key=key, title=title, working=working, is_correction=is_correction
        )

    def write(letter: Letter) -> Response:
        clearance.issue_letter(letter, pages.issue_of(form), by=person())
        clearance.tell_programmes(letter, _issued(letter), by=person())
        flash(f"Issued as {letter.reference}. The file is kept as it was sent.")
        by_email = form.how.data is SentHow.EMAIL
        return htmx.see_other(url_for("sending.send_letter" if by_email else ".show_letter", key=letter.key))

    if request.method == "GET" or "working" in request.form:
        return render(form)
    return submit(form, render, write)


@bp.route("/letters/<record:key>/take-back", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_for)
def take_back_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and letter.state is not LetterState.WITH_CHAIR:
        return not_now(letter, "The letter is not with the chair, so it cannot be taken back.")

    def take_back(letter: Letter, reason: str, *, by: Person) -> None:
        clearance.take_back_letter(letter, reason, _told("taken back", letter, reason), by=by)

    return _with_reason(letter, "Take back", take_back, "The letter is a draft again. The chair is told.")


@bp.route("/letters/<record:key>/reopen", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_for)
def reopen_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and letter.state is not LetterState.APPROVED:
        return not_now(letter, "Only an approved letter can be reopened.")
    return _with_reason(letter, "Reopen", clearance.reopen_letter, "The letter is a draft again. Its approval is void.")


@bp.route("/letters/<record:key>/withdraw", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_for)
def withdraw_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and not can_move(letter.state, LetterState.WITHDRAWN):
        return not_now(letter, "This letter cannot be withdrawn.")
    return _with_reason(letter, "Withdraw", clearance.withdraw_letter, "The letter is withdrawn.")


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


def letter_mail(template: str, subject: str, letter: Letter, endpoint: str, **values: Any) -> clearance.Mail:
    """The e-mail about a letter, with a link to the page of `endpoint`."""
    link = current_app.config["BASE_URL"] + url_for(f".{endpoint}", key=letter.key)
    values = {"by": person(), "decides_for": "", **values}
    body = render_template(template, link=link, title=pages.title(letter), **values)
    return clearance.Mail(subject, body)


def _told(what: str, letter: Letter, reason: str = "", endpoint: str = "show_letter") -> clearance.Mail:
    subject = f"Letter {what}: {pages.title(letter)}"
    decides_for = clearing_pages.giver_of(letter, person())
    values = {"what": what, "reason": reason, "decides_for": decides_for}
    return letter_mail("emails/letter_decided.txt", subject, letter, endpoint, **values)


def _issued(letter: Letter) -> clearance.Mail:
    subject = f"Letter {letter.reference}: {pages.title(letter)}"
    values = {"taskforce": letter.taskforce.name, "reference": letter.reference}
    return letter_mail("emails/letter_issued.txt", subject, letter, "show_letter", **values)
