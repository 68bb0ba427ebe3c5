"""The replies in Word and by e-mail on the page of a response, which lies below."""

from __future__ import annotations

from markupsafe import Markup

from tracker.core.permissions import may
from tracker.letters.models import Letter
from tracker.recommendations.response_models import Response
from tracker.replies import queries
from tracker.replies.views import bp
from tracker.web.access import person
from tracker.web.piece import render_piece
from tracker.web.transaction import TrackerFlask


def replies_panel(response: Response) -> Markup:
    """The replies that a response can be written from, and where to upload another."""
    found = queries.list_replies_to(person(), response)
    uploading = may(person(), "replying.upload", response)
    if not found and not uploading:
        return Markup()
    shown = {"letter": response.letter.reference, "code": response.programme.code}
    return render_piece("replies/_panel.html", replies=found, uploading=uploading, **shown)


def letter_replies(letter: Letter) -> Markup:
    """Where the secretariat uploads what came back about a sent letter: the page of a response is not theirs before."""
    if not letter.is_issued or not may(person(), "sending.send", letter):
        return Markup()
    return render_piece("replies/_of_letter.html", key=letter.reference, rows=queries.list_of_letter(letter.id))


def init_app(app: TrackerFlask) -> None:
    """Add the pages, and give every template `replies_panel(response)` and `letter_replies(letter)`."""
    app.register_blueprint(bp)
    app.jinja_env.globals["replies_panel"] = replies_panel
    app.jinja_env.globals["letter_replies"] = letter_replies
