"""What a letter's page says of its correspondence: a Jinja global, as letters know nothing of what is above."""

from __future__ import annotations

from markupsafe import Markup

from tracker.correspondence.delivery import undelivered
from tracker.correspondence.queries import list_correspondence, reads_all
from tracker.letters.models import Letter
from tracker.web.access import person
from tracker.web.piece import render_piece
from tracker.web.transaction import TrackerFlask

LATEST = 3


def init_app(app: TrackerFlask) -> None:
    """Give every template `correspondence_panel(letter)`: how many entries the reader may see, and the latest."""

    def correspondence_panel(letter: Letter) -> Markup:
        page = list_correspondence(person(), letter, {}, size=LATEST)
        said = undelivered(letter, page.rows, whole=reads_all(person(), letter))
        return render_piece("correspondence/_panel.html", page=page, letter=letter, undelivered=said)

    app.jinja_env.globals["correspondence_panel"] = correspondence_panel
