"""Pages of comments: the secretariat puts a draft before members, members comment, the secretariat deals with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, flash, render_template, request, url_for

from tracker.core import clock
from tracker.core.errors import NotFound
from tracker.core.permissions import Person
from tracker.letters import comment_queries, commenting, documents, pages, queries
from tracker.letters.blueprint import bp, comment_form, not_now, printed, show
from tracker.letters.clearance_forms import HashForm
from tracker.letters.comment_forms import AskMembersForm, CommentForm, DealForm, ExtendForm, MoreMembersForm
from tracker.letters.marking import Printed
from tracker.letters.models import CommentRound, Letter, LetterComment
from tracker.letters.rules import LetterState
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import TrackerForm, submit


@bp.route("/letters/<record:key>/members", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_for)
def ask_members(letter: Letter) -> Response | str:
    if request.method == "GET" and letter.state is not LetterState.DRAFT:
        return not_now(letter, "Only a draft can be put before members.")
    form = AskMembersForm()
    people = comment_queries.list_commenters(letter.taskforce_id)
    form.members.choices = [(str(c.contact_id), c.name) for c in people]
    title, key = pages.title(letter), letter.key

    def render(form: AskMembersForm) -> str:
        return render_template("letters/ask_members.html", form=form, key=key, title=title)

    def write(letter: Letter) -> Response:
        until_on, note = form.until_on.data or clock.today(), form.note.data or ""
        mail = _mail(letter.key, pages.title(letter), until_on, note)
        commenting.open_round(letter, form.members.data, until_on, note, mail, by=person())
        flash("The members whom you chose can read the draft and comment on it.")
        return _to_members(key)

    return render(form) if request.method == "GET" else submit(form, render, write)


def _to_members(key: str) -> Response:
    return htmx.see_other(url_for(".show_letter", key=key, _anchor="members-title"))


def _mail(key: str, title: str, until_on: Any, note: str) -> commenting.Told:
    link = current_app.config["BASE_URL"] + url_for(".comment_letter", key=key)
    values = {"title": title, "until_on": until_on, "note": note, "by": person(), "link": link}
    body = render_template("emails/letter_with_members.txt", **values)
    return commenting.Told(f"A draft letter to comment on: {title}", body)


@bp.route("/letters/<record:key>/members/add", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_for)
def ask_more_members(letter: Letter) -> Response | str:
    row = comment_queries.get_running_round(letter.id)
    if request.method == "GET" and (row is None or not row.is_open(clock.today())):
        return not_now(letter, "The letter is not with members. Ask them anew, or change the last day for comments.")
    asked = row.asked_contact_ids if row else frozenset()
    people = [c for c in comment_queries.list_commenters(letter.taskforce_id) if c.contact_id not in asked]
    form = MoreMembersForm()
    form.members.choices = [(str(c.contact_id), c.name) for c in people]
    title, key = pages.title(letter), letter.key

    def render(form: MoreMembersForm) -> str:
        return render_template("letters/ask_more_members.html", form=form, key=key, title=title, row=row)

    def write(letter: Letter) -> Response:
        row = _running(letter)
        mail = _mail(letter.key, pages.round_title(row), row.until_on, row.note)
        commenting.ask_more(row, form.members.data, mail, by=person())
        flash("The members whom you added can read the draft and comment on it.")
        return _to_members(key)

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/letters/<record:key>/members/extend", methods=["GET", "POST"])
@permission("letter.edit", queries.get_letter_for)
def extend_round(letter: Letter) -> Response | str:
    row = comment_queries.get_running_round(letter.id)
    if request.method == "GET" and row is None:
        return not_now(letter, "The letter is not with members.")
    form = ExtendForm(data={"until_on": row.until_on if row else None})
    title, key = pages.title(letter), letter.key

    def render(form: ExtendForm) -> str:
        return render_template("letters/extend_round.html", form=form, key=key, title=title)

    def write(letter: Letter) -> Response:
        row = _running(letter)
        until_on = form.until_on.data or clock.today()
        commenting.extend_round(
            row, until_on, _mail(letter.key, pages.round_title(row), until_on, row.note), by=person()
        )
        flash("The last day for comments is changed.")
        return _to_members(key)

    return render(form) if request.method == "GET" else submit(form, render, write)


def _running(letter: Letter) -> CommentRound:
    row = comment_queries.get_running_round(letter.id)
    if row is None:
        raise NotFound("The letter is not with members.")
    return row


@bp.post("/letters/<record:key>/members/end")
@permission("letter.edit", queries.get_letter_for)
def end_round(letter: Letter) -> Response:
    def write(letter: Letter) -> Response:
        if commenting.close_open_round(letter, by=person()):
            flash("The time for comments is over. Members no longer see the draft.")
        return _to_members(letter.key)

    return submit(TrackerForm(), lambda _form: show(letter, HashForm(formdata=None)), write)


@bp.route("/letters/<record:key>/comment", methods=["GET", "POST"])
@permission("comment.make", comment_queries.get_round_for)
def comment_letter(row: CommentRound) -> Response | str:
    """A member's page: the draft that they were asked about, as it prints, while the round is open."""
    is_open = row.is_open(clock.today())
    if request.method == "GET" and not is_open:
        return _over(row)
    form = comment_form(row.letter_version.words, Printed(_print(row)) if is_open else None)

    def render(form: CommentForm) -> str:
        return _comment_page(row, form) if is_open else _over(row, form.text.data or "")

    def write(row: CommentRound) -> Response:
        commenting.comment_in_round(row, form.remark(), by=person())
        flash("Your comment is saved. You can add more until the last day.")
        return _to_comments(row)

    return render(form) if request.method == "GET" else submit(form, render, write)


def _over(row: CommentRound, typed: str = "") -> str:
    """The time is over; what somebody had typed by then is shown, so that it is not lost."""
    return render_template("letters/comment_over.html", row=row, title=pages.round_title(row), typed=typed)


def _to_comments(row: CommentRound) -> Response:
    return htmx.see_other(url_for(".comment_letter", key=row.letter.key, _anchor="comments-title"))


def _print(row: CommentRound) -> str:
    document = documents.document_of(row.letter_version, documents.slots_of(row.letter), draft=True)
    return render_template("letters/_printed.html", document=document)


def _comment_page(row: CommentRound, form: CommentForm) -> str:
    document = documents.document_of(row.letter_version, documents.slots_of(row.letter), draft=True)
    comments = comment_queries.list_comments(row.letter_id, round_id=row.id)
    asked = next(a for a in row.asked if a.contact_id == person().contact_id)
    page = printed(row.letter_version, document, comments)
    title = pages.round_title(row)
    return render_template("letters/comment.html", form=form, row=row, title=title, asked=asked, **page)


def _all_done(row: CommentRound) -> commenting.Told:
    link = current_app.config["BASE_URL"] + url_for(".show_letter", key=row.letter.key, _anchor="comments-title")
    title = pages.round_title(row)
    body = render_template("emails/letter_comments_done.txt", title=title, link=link)
    return commenting.Told(f"All members are done: {title}", body)


@bp.post("/letters/<record:key>/comment/done")
@permission("comment.make", comment_queries.get_round_for)
def finish_comments(row: CommentRound) -> Response:
    def write(row: CommentRound) -> Response:
        commenting.finish(row, _all_done(row), by=person())
        flash("Thank you. The secretariat knows that you have no more comments.")
        return _to_comments(row)

    def render(_form: TrackerForm) -> str:
        return _comment_page(row, comment_form(row.letter_version.words, None)) if is_open else _over(row)

    is_open = row.is_open(clock.today())
    return submit(TrackerForm(), render, write)


def _get_commented(who: Person, key: str, comment_id: int) -> Letter | None:
    """The letter, where the comment in the address is on it."""
    letter = queries.get_letter_for(who, key)
    return letter if letter is not None and comment_queries.get_comment(letter.id, comment_id) is not None else None


@bp.route("/letters/<record:key>/comments/<id:comment_id>/deal", methods=["GET", "POST"])
@permission("letter.edit", _get_commented)
def deal_with_comment(letter: Letter) -> Response | str:
    return _on_comment(letter, DealForm(), lambda c, form: commenting.deal_with(c, form.how.data or "", by=person()))


@bp.post("/letters/<record:key>/comments/<id:comment_id>/take-up")
@permission("letter.edit", _get_commented)
def take_up_comment(letter: Letter) -> Response | str:
    return _on_comment(letter, TrackerForm(), lambda comment, _form: commenting.take_up_again(comment, by=person()))


def _on_comment(letter: Letter, form: Any, change: Callable[[LetterComment, Any], None]) -> Response | str:
    comment_id = int((request.view_args or {})["comment_id"])

    def load(letter: Letter) -> LetterComment:
        comment = comment_queries.get_comment(letter.id, comment_id)
        if comment is None:
            raise NotFound("There is no such comment.")
        return comment

    def render(form: Any) -> str:
        values = {"key": letter.key, "title": pages.title(letter), "comment": load(letter)}
        return render_template("letters/deal.html", form=form, **values)

    def write(letter: Letter) -> Response:
        change(load(letter), form)
        flash("The comment is dealt with." if isinstance(form, DealForm) else "The comment is open again.")
        return htmx.see_other(url_for(".show_letter", key=letter.key, _anchor="comments-title"))

    return render(form) if request.method == "GET" else submit(form, render, write)
