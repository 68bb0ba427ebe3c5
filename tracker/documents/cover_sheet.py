"""Writes the cover sheet of a board paper."""

from collections.abc import Sequence

from tracker.documents.body import IN_TABLE, DocumentBuilder
from tracker.documents.model import CoverSheet, ReportedRecommendation
from tracker.documents.reference import Reference, bundled
from tracker.documents.text import one_line

# Twentieths of a point; each table is as wide as the page between its margins.
_SHEET_WIDTHS = (2700, 6326)
_REPORT_WIDTHS = (1400, 2906, 1500, 1920, 1300)
_REPORT_HEADINGS = ("Reference", "Recommendation", "Programme", "Status", "Due")
_REPORT_TITLE = "Recommendations reported on"
_NOT_STATED = "Not stated"


def write_cover_sheet(sheet: CoverSheet, reference: Reference | None = None) -> bytes:
    """Return the cover sheet as a Word document on `reference`, or else on the bundled one.

    Raises ValueError for a stamp without a time zone.
    """
    builder = DocumentBuilder(reference or bundled("board"))
    organisation = one_line(sheet.organisation)
    paper = one_line(sheet.paper_reference)
    authors = "; ".join(name for name in map(one_line, sheet.authors) if name)
    content = [
        builder.lines("Paper Reference", [f"Paper: {paper}"] if paper else []),
        builder.lines("Title", [f"{organisation} – Board paper" if organisation else "Board paper"]),
        _sheet_table(builder, sheet),
        _report(builder, sheet.recommendations),
        builder.labelled("Authors", "Author:" if len(sheet.authors) == 1 else "Authors:", authors) if authors else "",
    ]
    slots = {
        "organisation": organisation,
        "unit": "Board paper",
        "marking": sheet.classification,
        "reference": paper,
        "title": sheet.title,
        "date": "",
    }
    return builder.finish("".join(content), slots, sheet.meta, draft=sheet.draft)


def _sheet_table(builder: DocumentBuilder, sheet: CoverSheet) -> str:
    directors = [name for name in sheet.lead_directors if name.strip()]
    details = [
        ("Title", builder.lines("Table Text", [sheet.title])),
        ("Lead directors" if len(directors) > 1 else "Lead director", builder.lines("Table Text", directors)),
        ("Purpose of paper", builder.markdown(sheet.purpose, IN_TABLE)),
        ("For", builder.lines("Table Text", [sheet.decision_for])),
        ("Patient and public involvement", builder.markdown(sheet.involvement, IN_TABLE)),
        (sheet.duty_label, builder.markdown(sheet.duty, IN_TABLE)),
        ("The Board is invited to", builder.bullets(sheet.invited_to, IN_TABLE)),
    ]
    rows = [_headings(builder, ("Item", "Details"))]
    rows += [(_cell(builder, label, "Table Heading"), xml or _cell(builder, "")) for label, xml in details]
    return builder.table(
        "Board paper cover sheet",
        "Two columns: the item of the cover sheet and its details.",
        _SHEET_WIDTHS,
        rows,
        labels=True,
    )


def _report(builder: DocumentBuilder, recommendations: Sequence[ReportedRecommendation]) -> str:
    if not recommendations:
        return ""
    rows = [_headings(builder, _REPORT_HEADINGS)]
    rows += [_report_row(builder, recommendation) for recommendation in recommendations]
    description = "One row for each recommendation: its reference, text, programme, status and the date it is due."
    return builder.heading(_REPORT_TITLE) + builder.table(
        _REPORT_TITLE, description, _REPORT_WIDTHS, rows, labels=False
    )


def _report_row(builder: DocumentBuilder, row: ReportedRecommendation) -> tuple[str, ...]:
    return (
        _cell(builder, row.reference),
        builder.inline("Table Text", row.text) or _cell(builder, ""),
        _cell(builder, row.programme),
        _cell(builder, row.status),
        _cell(builder, row.due),
    )


def _headings(builder: DocumentBuilder, labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(_cell(builder, label, "Table Heading") for label in labels)


def _cell(builder: DocumentBuilder, text: str, style: str = "Table Text") -> str:
    """Return a cell's paragraph. An empty cell says so, because a blank one reads as a mistake."""
    return builder.lines(style, [text]) or builder.text(style, _NOT_STATED)
