"""What pages that lie below show of transfers: a taskforce's winding up, and what happened to a programme."""

from __future__ import annotations

from markupsafe import Markup

from tracker.core import events
from tracker.core.permissions import may
from tracker.directory.models import Programme, Taskforce
from tracker.transfers import changing, queries
from tracker.transfers.views import bp
from tracker.web.access import person
from tracker.web.piece import render_piece
from tracker.web.transaction import TrackerFlask


def winding_up_panel(taskforce: Taskforce) -> Markup:
    """A taskforce's life and the way to its winding up, for those who may see it."""
    if not may(person(), "winding_up.view", taskforce):
        return Markup()
    return render_piece("transfers/_winding_up.html", taskforce=taskforce)


def programme_panel(programme: Programme) -> Markup:
    """What happened to a programme, and the notes about it that the reader's taskforces sent."""
    into = queries.get_going_on(programme.merged_into_id) if programme.merged_into_id else None
    changes, covering = queries.list_changes(programme.id), queries.list_notes_for(person(), programme.id)
    return render_piece("transfers/_programme.html", programme=programme, into=into, changes=changes, notes=covering)


def init_app(app: TrackerFlask) -> None:
    """Add the pages and the panels, and say what renaming a programme or appointing its owner causes here."""
    app.register_blueprint(bp)
    app.jinja_env.globals["winding_up_panel"] = winding_up_panel
    app.jinja_env.globals["programme_panel"] = programme_panel
    events.subscribe("programme_edited", changing.note_rename)
    events.subscribe("sro_appointed", changing.note_sro)
