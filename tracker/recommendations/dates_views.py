"""The page of the report on dates."""

from __future__ import annotations

from flask import render_template, request

from tracker.core import clock
from tracker.recommendations import dates_report, register_filters
from tracker.recommendations.blueprint import bp
from tracker.web.access import permission, person


@bp.get("/recommendations/dates")
@permission("recommendation_dates.list")
def report_dates() -> str:
    who, today = person(), clock.today()
    options = register_filters.get_options(who)
    filters = dates_report.DateFilters.read(request.args, options)
    page, rows = dates_report.list_dates(who, today, filters, request.args)
    return render_template(
        "recommendations/dates.html",
        page=page,
        rows=rows,
        filters=filters,
        options=options,
        summary=dates_report.get_summary(who, today, filters),
    )
