"""The page of what moved since a day, or since the last board meeting."""

from __future__ import annotations

from datetime import date, timedelta

from flask import render_template, request

from tracker.core import clock
from tracker.recommendations import register_filters, register_moved
from tracker.recommendations.blueprint import bp
from tracker.recommendations.register_filters import Filters
from tracker.web.access import permission, person


@bp.get("/recommendations/moved")
@permission("recommendation.list")
def show_moved() -> str:
    options, today = register_filters.get_options(person()), clock.today()
    filters = Filters.read(request.args, options)
    board = register_moved.get_last_board(person(), filters, today)
    since = _since(today) or board or today - timedelta(days=register_moved.USUAL_DAYS)
    asked = request.args.get("kind", "")
    kind = asked if asked in register_moved.VERBS else "new"
    arguments = request.args.to_dict() | {"since": since.isoformat(), "sort": ""}
    moved = register_moved.list_moved(person(), today, filters, since, kind, arguments)
    return render_template(
        "recommendations/moved.html",
        moved=moved,
        page=moved.page,
        kind=kind,
        kinds={name: words for name, (words, _) in register_moved.VERBS.items()},
        since=since,
        board=board,
        filters=filters,
        options=options,
    )


def _since(today: date) -> date | None:
    """The day that the address names, if it is one that has come."""
    try:
        day = date.fromisoformat(request.args.get("since", ""))
    except ValueError:
        return None
    return day if date(1900, 1, 1) <= day <= today else None
