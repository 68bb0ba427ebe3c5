"""The check list, and sending a draft to the chair."""

from __future__ import annotations

from flask import Response, flash, render_template, request, url_for

from tracker.core import clock
from tracker.letters import checks, clearance, comment_queries, draft_edits, pages, queries
from tracker.letters.blueprint import bp, not_now
from tracker.letters.clearance_forms import SendForm
from tracker.letters.clearance_views import letter_mail
from tracker.letters.models import Letter
from tracker.letters.rules import LetterState
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit


@bp.route("/letters/<record:key>/send", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_for)
def send_letter(letter: Letter) -> Response | str:
    if request.method == "GET" and letter.state is not LetterState.DRAFT:
        return not_now(letter, "Only a draft can be sent to the chair.")
    form = SendForm(data={"sha256": letter.current.sha256})

    def render(form: SendForm) -> str:
        draft = draft_edits.Draft(letter.taskforce_id, letter.id)
        values = {
            "checked": checks.check_letter(person(), letter),
            "others": draft_edits.list_others(draft, person()),
            "unsaved": draft_edits.get_own(draft, person()),
            "round": comment_queries.get_open_round(letter.id),
            "open_comments": comment_queries.count_open_comments(letter.id),
            "today": clock.today(),
        }
        return render_template("letters/send.html", form=form, key=letter.key, title=pages.title(letter), **values)

    def write(letter: Letter) -> Response:
        note, subject = form.note.data or "", f"A letter for you to decide on: {pages.title(letter)}"
        mail = letter_mail("emails/letter_with_chair.txt", subject, letter, "decide_letter", note=note)
        clearance.submit_letter(letter, form.sha256.data or "", mail, note, by=person())
        flash("Sent to the chair.")
        return htmx.see_other(url_for(".show_letter", key=letter.key))

    return render(form) if request.method == "GET" else submit(form, render, write)
