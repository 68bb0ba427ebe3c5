"""Pages of the register of recommendations."""

from __future__ import annotations

from flask import render_template, request

from tracker.core import clock
from tracker.recommendations import register
from tracker.recommendations.blueprint import bp
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus, Judgement
from tracker.web import htmx
from tracker.web.access import permission, person


@bp.get("/recommendations")
@permission("recommendation.list")
def list_recommendations() -> str:
    options = register.get_options(person())
    filters = register.Filters.read(request.args, options)
    found = register.list_register(person(), clock.today(), filters, request.args)
    template = "recommendations/_results.html" if htmx.target() == "results" else "recommendations/list.html"
    return render_template(
        template,
        page=found.page,
        rows=found.rows,
        filters=filters,
        options=options,
        searched=register.SEARCHED if register.is_for_words(filters.q) else 0,
        due_words=register.DUE_WORDS,
        statuses=[status for status in AssignmentStatus if status is not AssignmentStatus.OPEN],
        positions=list(AnswerPosition),
        judgements=list(Judgement),
    )
