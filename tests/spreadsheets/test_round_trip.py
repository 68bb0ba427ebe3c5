"""What is written is read back as it was: texts that look like formulas, dates, numbers, in XLSX and CSV."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from tracker.spreadsheets import Column, Kind, Table, compare, read_sheet, write_csv, write_xlsx

COLUMNS = (
    Column("reference", "Reference"),
    Column("title", "Recommendation", width=40),
    Column("due_on", "Answer due", Kind.DATE),
    Column("moved", "Times moved", Kind.NUMBER),
)
AWKWARD = (
    "=1+1", "+44 20", "-1", "@SUM(A1)", "\tTab", "'=quoted", "''@twice", "'plain", "a,b;c\"d\"", "two\nlines",
    "😀 مرحبا", "=cmd|' /C calc'!A0", "\uff1dFULL", "007", "1e5", "TRUE", "2027-01-04", "x" * 31_000,
)  # fmt: skip
WRITERS = {"xlsx": write_xlsx, "csv": write_csv}


def rows(number: int) -> list[dict[str, Any]]:
    due = (date(2027, 1, 4), None)
    return [
        {"reference": f"EPC-L{n:02d}(a)", "title": AWKWARD[n % len(AWKWARD)], "due_on": due[n % 2], "moved": n % 3}
        for n in range(number)
    ]


def written(kind: str, number: int) -> bytes:
    file = io.BytesIO()
    WRITERS[kind](file, Table("Recommendations", COLUMNS, rows(number)))
    return file.getvalue()


@pytest.mark.parametrize("kind", WRITERS)
def test_many_rows_come_back_without_a_difference(kind: str) -> None:
    kept = rows(10_000) if kind == "csv" else rows(1_000)
    for row in kept:
        row["title"] = row["title"][:200]
    file = io.BytesIO()
    WRITERS[kind](file, Table("Recommendations", COLUMNS, kept))
    sheet = read_sheet(file.getvalue(), "Recommendations", COLUMNS, ["reference"])
    assert not sheet.problems and len(sheet.rows) == len(kept)
    current = {(row["reference"],): row for row in kept}
    found = compare(sheet, current, by=["reference"], changeable={"due_on"}, ignored=())
    assert not found.problems and not found.differences and found.unchanged == len(kept)


@pytest.mark.parametrize("kind", WRITERS)
def test_what_looks_like_a_formula_is_text_and_comes_back_as_it_was(kind: str) -> None:
    sheet = read_sheet(written(kind, len(AWKWARD)), "Recommendations", COLUMNS, ["reference"])
    assert [row.cells["title"] for row in sheet.rows] == [text.strip() for text in AWKWARD]


def test_no_cell_starts_a_formula_in_what_is_written() -> None:
    with zipfile.ZipFile(io.BytesIO(written("xlsx", len(AWKWARD)))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    lines = written("csv", len(AWKWARD)).decode("utf-8-sig")
    assert not [cell for cell in lines.split(",") if cell[:1] in set("=+-@\t")]


def test_excel_finds_headings_frozen_dates_as_dates_and_widths() -> None:
    sheet: Any = load_workbook(io.BytesIO(written("xlsx", 4))).active
    assert sheet.freeze_panes == "A2" and sheet["A1"].font.bold and sheet.auto_filter.ref == "A1:D5"
    assert sheet["C2"].is_date and sheet["C2"].number_format == "dd/mm/yyyy" and sheet["D3"].value == 1
    assert sheet.column_dimensions["B"].width == 40


@pytest.mark.parametrize(
    "text",
    [
        "Reference;Answer due\r\nEPC-L01(a);04/01/2027\r\n",
        "sep=;\r\nReference;Answer due\r\nEPC-L01(a);4 Jan 2027\r\n",
        "Reference\tAnswer due\r\nEPC-L01(a)\t4.1.2027\r\n",
        "\r\nreference,answer due\nEPC-L01(a),2027-01-04\n,\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_csv_as_excel_saves_it_is_read(text: str, encoding: str) -> None:
    sheet = read_sheet(text.encode(encoding), "Recommendations", COLUMNS, ["reference"])
    assert [dict(row.cells) for row in sheet.rows] == [{"reference": "EPC-L01(a)", "due_on": date(2027, 1, 4)}]
    old = read_sheet("Reference,Recommendation\nEPC-L01(a),The café’s “plan”\n".encode("cp1252"), "x", COLUMNS, [])
    assert old.rows[0].cells["title"] == "The café’s “plan”"


def test_a_cell_that_cannot_be_read_is_named_by_row_and_column() -> None:
    text = "Reference,Answer due,Times moved\nA,31/02/2027,1\nB,soon,2\nC,1/1/0001,x\nD,,1.5\n"
    sheet = read_sheet(text.encode(), "Recommendations", COLUMNS, ["reference"])
    assert [(p.row, p.column) for p in sheet.problems] == [
        (2, "Answer due"),
        (3, "Answer due"),
        (4, "Answer due"),
        (4, "Times moved"),
        (5, "Times moved"),
    ]
