"""Pages of the register of recommendations: the list, and its rows as a spreadsheet."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from typing import Any

from flask import Response, render_template, request, send_file, url_for
from markupsafe import Markup

from tracker import spreadsheets
from tracker.core import clock
from tracker.core.errors import RuleBroken
from tracker.letters.rules import AskKind
from tracker.recommendations import register, register_columns, register_filters
from tracker.recommendations.blueprint import bp
from tracker.recommendations.register_filters import Filters, Options
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus, Delivery, Judgement
from tracker.saved_views.queries import get_shelf
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.columns import read_columns, write_columns
from tracker.workshops.rules import FocusArea, Principle

REGISTER = "recommendations"
SHEET = "Recommendations"
MOST_EXPORTED = 100_000
# Bigger files go to disk while they are written.
IN_MEMORY = 4 * 1024 * 1024
NO_FILTERS = Filters()
WORDS = {
    "due_words": register_filters.DUE_WORDS,
    "extended_words": register_filters.EXTENDED_WORDS,
    "statuses": [status for status in AssignmentStatus if status is not AssignmentStatus.OPEN],
    "positions": list(AnswerPosition),
    "deliveries": list(Delivery),
    "judgements": list(Judgement),
    "kinds": list(AskKind),
    "focus_areas": list(FocusArea),
    "principles": list(Principle),
}


@bp.get("/recommendations")
@permission("recommendation.list")
def list_recommendations() -> Response | str:
    shelf = get_shelf(person(), REGISTER, request.args)
    if shelf.opens is not None:
        return htmx.see_other(f"{url_for('.list_recommendations')}?{shelf.opens}")
    options = register_filters.get_options(person())
    filters, columns, arguments = _read(options)
    found = register.list_register(person(), clock.today(), filters, arguments | {"view": shelf.mark}, columns)
    template = "recommendations/_results.html" if htmx.target() == "results" else "recommendations/list.html"
    return render_template(
        template,
        page=found.page,
        rows=found.rows,
        filters=filters,
        options=options,
        shelf=shelf,
        columns=columns,
        more_filters=_more_filters(filters if filters.uses_more else NO_FILTERS, options.judgement),
        column_boxes=_column_boxes(columns, options.judgement),
        searched=register.SEARCHED if register_filters.is_for_words(filters.q) else 0,
        **WORDS,
    )


@lru_cache(64)
def _more_filters(filters: Filters, judgement: bool) -> Markup:
    """The controls under “More filters”: the same for everybody who uses none."""
    shown = render_template("recommendations/_more_filters.html", filters=filters, judgement=judgement, **WORDS)
    return Markup(shown)  # noqa: S704 - a template of ours, escaped as any other


@lru_cache(64)
def _column_boxes(columns: tuple[str, ...], judgement: bool) -> Markup:
    """The columns to choose from, with those chosen ticked."""
    offered = register_columns.page_columns(judgement=judgement)
    return Markup(render_template("saved_views/_column_boxes.html", offered=offered, chosen=columns))  # noqa: S704


def _read(options: Options) -> tuple[Filters, tuple[str, ...], dict[str, str]]:
    """The filters, the columns and the address's arguments; the columns stand in these in one word."""
    offered = [c.key for c in register_columns.page_columns(judgement=options.judgement)]
    columns = read_columns(request.args.getlist("columns"), offered, register_columns.DEFAULT)
    arguments = request.args.to_dict() | {"columns": write_columns(columns, register_columns.DEFAULT)}
    return Filters.read(request.args, options), columns, arguments


@bp.get("/recommendations/export")
@permission("recommendation.list")
def export_register() -> Response:
    """Just the rows that the register shows with these filters, on all its pages: `format` xlsx or csv."""
    options, today = register_filters.get_options(person()), clock.today()
    filters, columns, _ = _read(options)
    chosen = None if request.args.get("all") == "1" else columns
    ids = register.list_ids(person(), today, filters, most=MOST_EXPORTED + 1)
    if len(ids) > MOST_EXPORTED:
        raise RuleBroken(f"These are more than {MOST_EXPORTED:,} rows. Filter the register first.")
    sheet_columns = register_columns.sheet_columns(chosen, judgement=options.judgement)
    table = spreadsheets.Table(SHEET, sheet_columns, register_columns.read_lines(ids, person(), today))
    return _sheet(table, f"recommendations-{today.isoformat()}", request.args.get("format"))


def _sheet(table: spreadsheets.Table, name: str, wanted: str | None) -> Response:
    file: Any = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the answer
    is_csv = wanted == "csv"
    (spreadsheets.write_csv if is_csv else spreadsheets.write_xlsx)(file, table)
    file.seek(0)
    kind = spreadsheets.CSV if is_csv else spreadsheets.XLSX
    return send_file(file, kind, as_attachment=True, download_name=f"{name}.{'csv' if is_csv else 'xlsx'}")
