"""Writes a table as XLSX or CSV, row by row: neither holds the rows in memory. No cell starts a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from tracker.spreadsheets.model import Cell, Table, plain

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
DATE_FORMAT = "dd/mm/yyyy"
# What a spreadsheet program takes for a formula, the full-width signs too; with apostrophes before it, as we write it.
FORMULA = re.compile("'*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def write_xlsx(file: IO[bytes], table: Table) -> None:
    """Write `table` with a frozen row of headings, dates as dates, and columns as wide as they say."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(table.title)
    sheet.freeze_panes = "A2"
    for number, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.append([_heading(sheet, column.heading) for column in table.columns])
    keys = [column.key for column in table.columns]
    last = 1
    for last, row in enumerate(table.rows, 2):  # noqa: B007 - the number of the last row is used below
        sheet.append([_cell(sheet, row.get(key)) for key in keys])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(keys))}{last}"
    book.save(file)


def _heading(sheet: Any, words: str) -> Any:
    cell = WriteOnlyCell(sheet, words)
    cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top", wrap_text=True)
    return cell


def _cell(sheet: Any, value: Cell) -> Any:
    """What openpyxl is given for a cell: a date in our order, and what looks like a formula marked as text."""
    if isinstance(value, date):
        cell: Any = WriteOnlyCell(sheet, datetime(value.year, value.month, value.day))  # noqa: DTZ001
        cell.number_format = DATE_FORMAT
        return cell
    if isinstance(value, str) and FORMULA.match(value):
        cell = WriteOnlyCell(sheet, plain(value))
        cell.data_type = "s"
        return cell
    return (plain(value) or None) if isinstance(value, str) else value


def write_csv(file: IO[bytes], table: Table) -> None:
    """Write `table` in UTF-8 with a mark that Excel knows it by; dates as 2027-01-31."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([column.heading for column in table.columns])
    writer.writerows(_lines(table))
    text.flush()
    text.detach()


def _lines(table: Table) -> Iterator[list[str]]:
    keys = [column.key for column in table.columns]
    for row in table.rows:
        yield [_csv_cell(row.get(key)) for key in keys]


def _csv_cell(value: Cell) -> str:
    if isinstance(value, str):
        return f"'{plain(value)}" if FORMULA.match(value) else plain(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def without_guard(text: str) -> str:
    """What `_csv_cell` made of a text, back as it was."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text
