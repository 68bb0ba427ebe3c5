"""Writes a list as a document: tables under headings, such as what a taskforce leaves behind."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.documents.body import DocumentBuilder
from tracker.documents.model import Meta
from tracker.documents.reference import Reference, bundled
from tracker.documents.text import one_line

_NONE = "None."
_NOT_STATED = "Not stated"


@dataclass(frozen=True)
class ListedTable:
    """A table of a list: its heading, what it holds in a sentence, column headings and widths, and rows of plain text.

    Widths are in twentieths of a point; together the page between its margins (9026).
    """

    title: str
    description: str
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ListDocument:
    """A list as a document. `introduction` is Markdown; `reference` stands in the header."""

    meta: Meta
    organisation: str
    classification: str
    reference: str
    title: str
    introduction: str
    tables: tuple[ListedTable, ...]


def write_list(document: ListDocument, reference: Reference | None = None) -> bytes:
    """Return the list as a Word document on `reference`, or else on the bundled one for boards.

    Raises ValueError for a stamp without a time zone.
    """
    builder = DocumentBuilder(reference or bundled("board"))
    content = [builder.lines("Title", [document.title]), builder.markdown(document.introduction)]
    content += [_table(builder, table) for table in document.tables]
    slots = {
        "organisation": one_line(document.organisation),
        "unit": "",
        "marking": document.classification,
        "reference": one_line(document.reference),
        "title": document.title,
        "date": "",
    }
    return builder.finish("".join(content), slots, document.meta, draft=False)


def _table(builder: DocumentBuilder, table: ListedTable) -> str:
    heading = builder.heading(table.title)
    if not table.rows:
        return heading + builder.text("Body Text", _NONE)
    rows = [_row(builder, table.headings, "Table Heading"), *(_row(builder, row) for row in table.rows)]
    return heading + builder.table(table.title, table.description, table.widths, rows, labels=False)


def _row(builder: DocumentBuilder, cells: Sequence[str], style: str = "Table Text") -> tuple[str, ...]:
    return tuple(builder.text(style, cell) or builder.text(style, _NOT_STATED) for cell in cells)
