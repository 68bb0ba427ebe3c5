"""Reads a spreadsheet that somebody uploaded: XLSX or CSV, by its headings. What is in it is data, never obeyed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from tracker.spreadsheets.model import (
    CONTROLS,
    LONGEST_CELL,
    MOST_ROWS,
    BadSheet,
    Cell,
    Column,
    Kind,
    Problem,
    ReadRow,
    Sheet,
)
from tracker.spreadsheets.untrusted import DAMAGED, LARGEST_FILE, OLD_EXCEL, check_workbook
from tracker.spreadsheets.writing import without_guard

MOST_COLUMNS = 60
MOST_PROBLEMS = 200
MONTHS = {
    name: number
    for number, month in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        1,
    )
    for name in (month, month[:3])
}
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
BRITISH = re.compile(r"(\d{1,2})[/. -](\d{1,2}|[A-Za-z]{3,9})[/. -](\d{4})")

Lines = Iterable[Sequence[Any]]


def read_sheet(content: bytes, title: str, columns: Sequence[Column], required: Sequence[str]) -> Sheet:
    """The rows of an uploaded file under those of `columns` that its headings name; `required` keys must be there.

    Raises BadSheet, with the reason, for a file that cannot be used as a whole; what is wrong in one cell is a problem
    of the sheet that comes back.
    """
    if not content:
        raise BadSheet("The file is empty.")
    if len(content) > LARGEST_FILE:
        raise BadSheet(f"The file is larger than {LARGEST_FILE >> 20} MB.")
    if content.startswith((b"PK", OLD_EXCEL)):
        check_workbook(content)
        return _read(_lines_of_workbook(content, title), columns, required, lambda text: text)
    return _read(_lines_of_csv(content, columns), columns, required, without_guard)


def _lines_of_workbook(content: bytes, title: str) -> Iterator[Sequence[Any]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        names = book.sheetnames
        if title not in names and len(names) != 1:
            raise BadSheet(f"The workbook has no sheet called “{title}”.")
        sheet = book[title if title in names else names[0]]
        yield from sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
    except BadSheet:
        raise
    except Exception:  # a damaged part shows itself in any way that a parser can fail
        raise BadSheet(DAMAGED) from None


def _lines_of_csv(content: bytes, columns: Sequence[Column]) -> Iterator[Sequence[str]]:
    text = _decoded(content)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        text = rest
    yield from _parsed(text, _delimiter(text, {c.heading.casefold() for c in columns}))


def _decoded(content: bytes) -> str:
    for start, what in (
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"{\\rtf", "a text for Word"),
    ):
        if content.startswith(start):
            raise BadSheet(f"This is {what}, not a spreadsheet.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")  # what Excel writes as “CSV UTF-8” and as plain “CSV”
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise BadSheet("This is not a spreadsheet: save it as an Excel Workbook (.xlsx) or as CSV UTF-8.")


def _delimiter(text: str, headings: set[str]) -> str:
    """Comma, semicolon or tab: the one that parts the first line into most of the headings."""
    first = text.lstrip("\r\n").partition("\n")[0]
    found = {
        mark: sum(cell.strip().strip('"').casefold() in headings for cell in first.split(mark))
        for mark in (",", ";", "\t")
    }
    return max(found, key=lambda mark: found[mark])


def _parsed(text: str, delimiter: str) -> Iterator[Sequence[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error:
        raise BadSheet("The file is not well-formed CSV: look for a quotation mark that is not closed.") from None


def _read(lines: Lines, columns: Sequence[Column], required: Sequence[str], clean: Any) -> Sheet:
    places: dict[int, Column] | None = None
    sheet = Sheet()
    for number, line in enumerate(lines, 1):
        cells = list(line)
        if all(cell is None or cell == "" for cell in cells):
            continue
        if places is None:
            places = _places(cells, columns, required)
            sheet.columns = list(places.values())
            continue
        if len(sheet.rows) == MOST_ROWS:
            raise BadSheet(f"The sheet has more than {MOST_ROWS:,} rows. Split it, or export fewer of them.")
        sheet.rows.append(_row(number, cells, places, sheet.problems, clean))
        if len(sheet.problems) > MOST_PROBLEMS:
            raise BadSheet(f"More than {MOST_PROBLEMS} cells cannot be read: is this the sheet that was exported here?")
    if places is None:
        raise BadSheet("The sheet is empty.")
    if not sheet.rows:
        raise BadSheet("There are no rows under the headings.")
    return sheet


def _places(cells: Sequence[Any], columns: Sequence[Column], required: Sequence[str]) -> dict[int, Column]:
    """Which column stands where, from the row of headings."""
    known = {column.heading.casefold(): column for column in columns}
    headings = {place: " ".join(str(cell).split()) for place, cell in enumerate(cells) if cell not in (None, "")}
    found = {place: known[words.casefold()] for place, words in headings.items() if words.casefold() in known}
    keys = [column.key for column in found.values()]
    missing = [column.heading for column in columns if column.key in required and column.key not in keys]
    if missing:
        raise BadSheet(f"The first row has no heading “{missing[0]}”: is this the sheet that was exported here?")
    twice = next((column.heading for column in found.values() if keys.count(column.key) > 1), None)
    if twice is not None:
        raise BadSheet(f"The heading “{twice}” is there twice.")
    strange = [words for place, words in headings.items() if place not in found]
    if strange:
        raise BadSheet(f"The heading “{strange[0][:60]}” is none of ours. Take that column out and try again.")
    return found


def _row(number: int, cells: Sequence[Any], places: dict[int, Column], problems: list[Problem], clean: Any) -> ReadRow:
    read: dict[str, Cell] = {}
    for place, column in places.items():
        raw = cells[place] if place < len(cells) else None
        try:
            read[column.key] = _value(clean(raw) if isinstance(raw, str) else raw, column.kind)
        except ValueError as error:
            problems.append(Problem(number, column.heading, str(error)))
    return ReadRow(number, read)


def _value(raw: Any, kind: Kind) -> Cell:
    """A cell as its column holds it. Raises ValueError with a sentence."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return "" if kind is Kind.TEXT else None
    if kind is Kind.DATE:
        return _date(raw)
    if kind is Kind.NUMBER:
        return _number(raw)
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = raw.date().isoformat() if isinstance(raw, datetime) else str(raw)
    if CONTROLS.search(text):
        raise ValueError("There are characters here that cannot be kept. Type the text again.")
    if len(text) > LONGEST_CELL:
        raise ValueError("The text is too long.")
    return text.strip()


def _date(raw: Any) -> date:
    if isinstance(raw, datetime):
        raw = raw.date()
    found = raw if isinstance(raw, date) else _date_of(str(raw).strip())
    if found is None:
        raise ValueError(f"“{str(raw)[:40]}” is not a date. Write it like 31/01/2027.")
    if not 1900 <= found.year <= 2200:
        raise ValueError(f"The year {found.year} cannot be right.")
    return found


def _date_of(text: str) -> date | None:
    if match := ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := BRITISH.fullmatch(text):
        word = match[2].lower()
        year, day, month = int(match[3]), int(match[1]), int(word) if word.isdigit() else MONTHS.get(word, 0)
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(raw: Any) -> int:
    text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw).strip()
    if isinstance(raw, bool) or not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise ValueError(f"“{text[:40]}” is not a whole number.")
    return int(text)
