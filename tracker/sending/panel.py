"""The panel of a letter's page, which lies below: its files, and how it was sent. And what issuing a letter causes."""

from __future__ import annotations

from markupsafe import Markup

from tracker.core import events, jobs
from tracker.letters.models import Letter
from tracker.sending import operations, pages, pdf_job
from tracker.sending.views import bp
from tracker.web.access import person
from tracker.web.piece import render_piece
from tracker.web.transaction import TrackerFlask


def sending_panel(letter: Letter) -> Markup:
    """The panel of a letter; nothing before it is sent."""
    return render_piece("sending/_panel.html", **pages.panel(letter, person())) if letter.is_issued else Markup()


def init_app(app: TrackerFlask) -> None:
    """Add the pages, give every template `sending_panel(letter)`, and say what issuing a letter causes here."""
    app.register_blueprint(bp)
    app.jinja_env.globals["sending_panel"] = sending_panel
    events.subscribe("letter_issued", operations.note_issue)
    jobs.register_handler(operations.PDF_JOB, pdf_job.make_letter_pdf)
