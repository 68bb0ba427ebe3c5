"""The blueprint that the pages of letters hang on, and what they share."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, url_for
from markupsafe import Markup

from tracker.core import events
from tracker.documents import split_at_recommendations, to_inline_html
from tracker.letters import pages, queries
from tracker.letters.forms import HashForm
from tracker.letters.models import Letter
from tracker.web import htmx
from tracker.web.access import person
from tracker.web.files import attachment

__all__ = ["attachment", "bp", "not_now", "show"]

bp = Blueprint("letters", __name__)
bp.add_app_template_filter(split_at_recommendations)


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
    return render_template("letters/detail.html", form=form, happened=happened, **pages.whole_page(letter, person()))
