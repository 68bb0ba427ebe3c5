"""Pages of clearance and issue."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, render_template, request, url_for

from tracker.core import clock
from tracker.letters import clearance, pages, queries, signing
from tracker.letters.blueprint import bp, not_now
from tracker.letters.forms import ChangeForm, DecideForm, HashForm, IssueForm, ReasonForm
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
    form = DecideForm(data={"sha256": letter.current.sha256})
    form.offer_signing(signing.can_sign(letter, person()))
    if letter.awaits_confirmation:
        form.decision.choices = [c for c in form.decision.choices if c[0] == form.RETURN]

    def render(form: DecideForm) -> str:
        return render_template("letters/decide.html", form=form, **pages.decision_page(letter, person()))

    def write(letter: Letter) -> Response:
        sha256, who = form.sha256.data or "", person()
        if form.decision.data == form.APPROVE:
            clearance.approve_letter(letter, sha256, _told("approved", letter), by=who, sign=form.signs)
            flash("You approved the letter.")
        else:
            reason = form.reason.data or ""
            clearance.return_letter(letter, sha256, reason, _told("returned", letter, reason), by=who)
            flash("You returned the letter to the secretariat.")
        return htmx.see_other(url_for(".show_letter", key=letter.key))

    if request.method == "GET":
        return render(form)
    if form.validate() and form.decision.data == form.CHANGE:
        return htmx.see_other(url_for(".change_letter", key=letter.key, sign="y" if form.signs else None))
    return submit(form, render, write)


@bp.route("/letters/<record:key>/approve-with-changes", methods=["GET", "POST"])
@permission("letter.decide", queries.get_letter_for)
def change_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and (letter.state is not LetterState.WITH_CHAIR or letter.awaits_confirmation):
        return not_now(letter, "The letter does not wait for a decision, so its words cannot be changed here.")
    words = letter.current.words
    asks = [{"ask_id": str(ask.id), "text": ask.text} for ask in words.recommendations]
    values = {"sha256": letter.current.sha256, "body": words.body, "sign": request.args.get("sign") == "y"}
    form = ChangeForm(data=values | {"recommendations": asks})
    form.offer_signing(signing.can_sign(letter, person()))
    form.parts = words.parts
    known = {str(ask.id): ask for ask in words.recommendations}
    key, title = letter.key, pages.title(letter)

    def render(form: ChangeForm) -> str:
        return render_template(
            "letters/change.html", form=form, known=known, key=key, title=title, fields_said=words.fields
        )

    def write(letter: Letter) -> Response:
        told = _told("approved with changes", letter, endpoint="confirm_letter")
        changes = (form.sha256.data or "", form.body.data or "", form.texts())
        clearance.approve_with_changes(letter, *changes, told, by=person(), sign=form.signs)
        flash("You approved the letter with changes. The secretariat confirms them.")
        return htmx.see_other(url_for(".show_letter", key=key))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/letters/<record:key>/confirm", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_for)
def confirm_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and not letter.awaits_confirmation:
        return not_now(letter, "There are no changes by the chair to confirm.")
    form = HashForm(data={"sha256": letter.current.sha256})

    def render(form: HashForm) -> str:
        return render_template("letters/confirm.html", form=form, **pages.confirmation_page(letter, person()))

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
    body = render_template(template, link=link, title=pages.title(letter), by=person(), **values)
    return clearance.Mail(subject, body)


def _told(what: str, letter: Letter, reason: str = "", endpoint: str = "show_letter") -> clearance.Mail:
    subject = f"Letter {what}: {pages.title(letter)}"
    return letter_mail("emails/letter_decided.txt", subject, letter, endpoint, what=what, reason=reason)


def _issued(letter: Letter) -> clearance.Mail:
    subject = f"Letter {letter.reference}: {pages.title(letter)}"
    values = {"taskforce": letter.taskforce.name, "reference": letter.reference}
    return letter_mail("emails/letter_issued.txt", subject, letter, "show_letter", **values)
