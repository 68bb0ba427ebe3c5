"""Spreadsheets that are damaged or hostile are refused with the reason, within bounds of time and memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from openpyxl import Workbook

from tracker.spreadsheets import MOST_ROWS, BadSheet, Column, read_sheet

COLUMNS = (Column("reference", "Reference"), Column("title", "Recommendation"))


def workbook(*lines: Any, title: str = "Recommendations", others: int = 0) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    for line in lines or (["Reference", "Recommendation"], ["EPC-L01(a)", "Words"]):
        sheet.append(line)
    for _ in range(others):
        book.create_sheet()
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def changed(content: bytes, parts: Mapping[str, bytes], replace: tuple[bytes, bytes] = (b"", b"")) -> bytes:
    """The workbook with other parts, and `replace` made in all that stay."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name).replace(*replace) if replace[0] else old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return file.getvalue()


PLAIN = workbook()
TEXTS = b"<sst>" + b" " * (41 << 20) + b"</sst>"
SHEET = "xl/worksheets/sheet1.xml"
HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "cut off": (PLAIN[: len(PLAIN) // 2], "damaged"),
    "no sheet in it": (changed(PLAIN, {SHEET: b"<worksheet"}), "damaged"),
    "a bomb": (changed(PLAIN, {"xl/media/x.bin": b"\0" * (101 << 20)}), "unpacks to more than 100 MB"),
    "texts without end": (changed(PLAIN, {"xl/sharedStrings.xml": TEXTS}), "more text"),
    "macros": (changed(PLAIN, {"xl/vbaProject.bin": b"x"}), "has macros"),
    "links": (changed(PLAIN, {"xl/externalLinks/externalLink1.xml": b"<x/>"}), "links to other workbooks"),
    "connections": (changed(PLAIN, {"xl/connections.xml": b"<x/>"}), "connections to other data"),
    "a formula": (workbook(["Reference"], ["=1+1"]), "formula in cell A2"),
    "entities": (changed(PLAIN, {SHEET: b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'}), "definitions"),
    "another sheet": (workbook(title="Budget", others=1), "no sheet called “Recommendations”"),
    "other headings": (workbook(["Name", "Reference"], ["x", "y"]), "“Name” is none of ours"),
    "no reference": (workbook(["Recommendation"], ["y"]), "no heading “Reference”"),
    "a heading twice": (workbook(["Reference", "reference"], ["x", "y"]), "is there twice"),
    "no rows": (workbook(["Reference"]), "no rows under"),
    "a row far down": (changed(PLAIN, {}, (b'<row r="2"', b'<row r="1048576"')), "goes down to row 1,048,576"),
    "too many rows": (("Reference\n" + "EPC-L01(a)\n" * (MOST_ROWS + 1)).encode(), "more than 10,000 rows"),
    "an old Excel file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old Excel file"),
    "a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
    "a Word file": (changed(PLAIN, {"xl/workbook.xml": b""}, (b"x", b"y"))[:0] + b"%PDF-1.7", "is a PDF"),
    "NULs": (b"Reference\nEPC\0", "not a spreadsheet"),
    "no text": (bytes(range(128, 160)) * 20, "not a spreadsheet"),
    "an open quotation": (b'Reference,Recommendation\nEPC-L01(a),"never ends\n', "not well-formed"),
    "a cell without end": (b"Reference\n" + b"x" * 200_000, "not well-formed"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_cannot_be_used_says_why(what: str) -> None:
    content, reason = HOSTILE[what]
    with pytest.raises(BadSheet, match=reason):
        read_sheet(content, "Recommendations", COLUMNS, ["reference"])


def test_a_workbook_with_notes_on_another_sheet_is_read() -> None:
    assert len(read_sheet(workbook(others=2), "Recommendations", COLUMNS, ["reference"]).rows) == 1
    assert len(read_sheet(workbook(title="Renamed"), "Recommendations", COLUMNS, ["reference"]).rows) == 1
