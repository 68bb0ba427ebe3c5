"""The blueprint that the pages of letters hang on, and what they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, render_template, url_for
from markupsafe import Markup

from tracker.core import events
from tracker.documents import Letter as Document
from tracker.documents import split_at_recommendations, to_inline_html
from tracker.letters import comment_queries, documents, pages, queries, remarks
from tracker.letters.clearance_forms import HashForm
from tracker.letters.comment_forms import CommentForm
from tracker.letters.content import Content
from tracker.letters.deciding import step_label
from tracker.letters.marking import Printed
from tracker.letters.models import Letter, LetterComment, LetterVersion
from tracker.web import htmx
from tracker.web.access import person
from tracker.web.files import attachment

__all__ = ["attachment", "bp", "not_now", "show"]

bp = Blueprint("letters", __name__)
bp.add_app_template_filter(split_at_recommendations)
bp.add_app_template_filter(step_label)


@bp.app_template_filter()
def inline_markdown(text: str) -> Markup:
    """A listed recommendation as HTML: the same parse that makes its Word paragraph."""
    return Markup(to_inline_html(text))  # noqa: S704


def not_now(letter: Letter, why: str) -> Response:
    """To the page of a letter whose state does not allow the step that was asked for."""
    flash(why)
    return htmx.see_other(url_for("letters.show_letter", key=letter.key))


def show(letter: Letter, form: HashForm) -> str:
    """The page of a letter, as much of it as its reader may know."""
    if not queries.reads_draft(person(), letter):
        return render_template("letters/sent.html", **pages.sent_page(letter, person()))
    form.sha256.data = letter.current.sha256
    happened = events.list_timeline([("letter", letter.id)])
    page = pages.whole_page(letter, person())
    page |= printed(letter.current, comments=comment_queries.list_comments(letter.id), **page)
    members = comment_queries.get_running_round(letter.id)
    return render_template("letters/detail.html", form=form, happened=happened, members=members, **page)


def comment_form(words: Content, text: Printed | None) -> CommentForm:
    """The form to comment on a text; `text` is that text as it prints, which the quoted words have to stand in."""
    form = CommentForm()
    form.part.choices = remarks.part_choices(words)
    form.printed = text
    return form


def printed_text(letter: Letter) -> Printed:
    """The text of the current version as it prints."""
    document = documents.document_of(letter.current, documents.slots_of(letter), draft=not letter.is_issued)
    return Printed(render_template("letters/_printed.html", document=document))


def open_remarks(letter: Letter, document: Document) -> list[remarks.Shown]:
    """What nobody has dealt with yet, against the letter as it would print."""
    comments = comment_queries.list_comments(letter.id)
    if all(comment.dealt_at for comment in comments):
        return []
    shown: list[remarks.Shown] = printed(letter.current, document, comments)["remarks"]
    return [remark for remark in shown if remark.comment.dealt_at is None]


def printed(
    version: LetterVersion, document: Document, comments: Sequence[LetterComment], **page: Any
) -> dict[str, Any]:
    """The letter as it prints with the passages marked that were commented on, and the comments.

    `page` is what else the page is filled with: who signed it, or the form that says who may.
    """
    html = render_template("letters/_printed.html", **page | {"document": document})
    marked, shown = remarks.show(comments, version.words, html)
    return {"printed": Markup(marked), "remarks": shown}  # noqa: S704
