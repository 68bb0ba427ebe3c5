"""The panel of a letter's page, which lies below: its reminders, and the letters at the other end of one."""

from __future__ import annotations

from markupsafe import Markup

from tracker.core import outbox
from tracker.core.permissions import may
from tracker.letters.models import Letter
from tracker.reminders import commands, overtaken, queries
from tracker.reminders.digests import CAUSE
from tracker.reminders.reminder_letters import get_reminds
from tracker.reminders.rules import rung_label
from tracker.reminders.views import bp
from tracker.web.access import person
from tracker.web.piece import render_piece
from tracker.web.transaction import TrackerFlask


def reminder_panel(letter: Letter) -> Markup:
    """What a letter reminds of and what reminds of it; for the taskforce the way to its reminders."""
    knows = letter.is_issued and may(person(), "reminder.view", letter)
    programmes = queries.list_answering(letter.id) if knows else []
    reminds = get_reminds(person(), letter)
    return render_piece("reminders/_panel.html", letter=letter, programmes=programmes, reminds=reminds)


def init_app(app: TrackerFlask) -> None:
    """Add the pages and the command, give every template `reminder_panel(letter)`, and watch over mails that wait."""
    app.register_blueprint(bp)
    app.cli.add_command(commands.commands)
    app.jinja_env.globals["reminder_panel"] = reminder_panel
    app.jinja_env.filters["rung_label"] = rung_label
    outbox.register_guard(CAUSE, overtaken.why_overtaken)
