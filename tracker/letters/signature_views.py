"""The signature under a letter, as a picture on its page."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file

from tracker.core import files
from tracker.core.errors import NotFound
from tracker.letters import queries, signing
from tracker.letters.blueprint import bp
from tracker.letters.models import Letter
from tracker.web.access import permission, person


@bp.get("/letters/<record:key>/signature.png")
@permission("letter.view", queries.get_letter_for)
def show_signature(letter: Letter) -> Response:
    picture = signing.picture_of(letter) if queries.reads_draft(person(), letter) else None
    if picture is None:
        raise NotFound("There is no signature here.")
    return send_file(BytesIO(picture.png), files.PNG)
