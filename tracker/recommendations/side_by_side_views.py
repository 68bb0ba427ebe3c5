"""The page of a letter's answers, side by side."""

from __future__ import annotations

from flask import render_template

from tracker.core import clock
from tracker.letters.models import Letter
from tracker.recommendations import side_by_side
from tracker.recommendations.blueprint import bp
from tracker.web.access import permission, person


@bp.get("/letters/<record:key>/answers")
@permission("letter_answers.view", side_by_side.get_issued_letter_for)
def show_answers(letter: Letter) -> str:
    found = side_by_side.get_side_by_side(letter, person(), clock.today())
    return render_template("recommendations/side_by_side.html", letter=letter.reference, found=found)
