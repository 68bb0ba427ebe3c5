"""Bounds an uploaded workbook before openpyxl reads it: on what it unpacks to, never on how well it is compressed."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from tracker.spreadsheets.model import MOST_ROWS, BadSheet

LARGEST_FILE = 10 * 1024 * 1024
MOST_PARTS = 200
LARGEST_TOTAL = 100 * 1024 * 1024
LARGEST_STRINGS = 40 * 1024 * 1024
# A sheet of MOST_ROWS rows and thirty columns has 300,000 cells.
MOST_CELLS = 60 * MOST_ROWS
DAMAGED = "The file is damaged or not whole. Open it in Excel, save it again and try again."
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
CENTRAL_ENTRY = b"PK\1\2"
ZIP_PROBLEMS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, KeyError)
# Parts that no plain table has, and how each is called. By the beginning of their names.
UNWANTED = (
    ("xl/vbaproject", "macros"),
    ("xl/macrosheets", "macros"),
    ("xl/dialogsheets", "macros"),
    ("xl/activex", "controls"),
    ("xl/externallinks", "links to other workbooks"),
    ("xl/connections", "connections to other data"),
    ("xl/querytables", "connections to other data"),
    ("xl/embeddings", "embedded files"),
)
FORMULA = re.compile(rb"<(?:\w{1,20}:)?f[\s/>]")
CELL = re.compile(rb"<(?:\w{1,20}:)?c[\s/>]")
ROW = re.compile(rb"""<(?:\w{1,20}:)?row\s[^>]{0,400}?\br=["'](\d{1,9})["']""")
ADDRESS = re.compile(rb"""\br=["']([A-Z]{1,3}\d{1,7})["']""")


def check_workbook(content: bytes) -> None:
    """Raises BadSheet, with the reason, for what is no workbook or more than a plain table."""
    if content.startswith(OLD_EXCEL):
        if ENCRYPTED in content:
            raise BadSheet("The file is protected by a password. Remove the password in Excel and try again.")
        raise BadSheet("This is an old Excel file (.xls). Open it in Excel and save it as an Excel Workbook (.xlsx).")
    if content.count(CENTRAL_ENTRY) > 2 * MOST_PARTS:
        raise BadSheet(f"The file has more than {MOST_PARTS} parts; a workbook of this kind has about 10.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_listing(archive)
            _check_parts(archive)
    except BadSheet:
        raise
    except (*ZIP_PROBLEMS, RuntimeError):
        raise BadSheet(DAMAGED) from None


def _check_listing(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename.lower() for entry in entries]
    if len(entries) > MOST_PARTS:
        raise BadSheet(f"The file has more than {MOST_PARTS} parts; a workbook of this kind has about 10.")
    if len(set(names)) != len(names):
        raise BadSheet("The file holds two parts of one name. Open it in Excel, save it again and try again.")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise BadSheet("The file is protected by a password. Remove the password and try again.")
    if sum(entry.file_size for entry in entries) > LARGEST_TOTAL:
        raise BadSheet(f"The file unpacks to more than {LARGEST_TOTAL >> 20} MB.")
    if "xl/workbook.xml" not in names:
        raise BadSheet(_other_kind(names))
    for start, what in UNWANTED:
        if any(name.startswith(start) for name in names):
            raise BadSheet(f"The workbook has {what}. Copy the rows to a new workbook and save it as .xlsx.")


def _other_kind(names: list[str]) -> str:
    if "mimetype" in names:
        return "This is an OpenDocument file. Save it as an Excel Workbook (.xlsx)."
    if any(name.startswith("word/") for name in names):
        return "This is a Word document, not a spreadsheet."
    if "xl/workbook.bin" in names:
        return "This is a binary workbook (.xlsb). Save it as an Excel Workbook (.xlsx)."
    return "This is a zip file but not an Excel workbook (.xlsx)."


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Look through every part of XML for what a plain table has not. The parts are within bounds by now."""
    cells = 0
    for entry in archive.infolist():
        name = entry.filename.lower()
        if not name.endswith((".xml", ".rels")):
            continue
        data = archive.read(entry)
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data[:400]:
            raise BadSheet("The file holds definitions or an encoding that Excel never writes.")
        if name == "[content_types].xml" and b"macroEnabled" in data:
            raise BadSheet("The workbook can hold macros. Save it as an Excel Workbook (.xlsx).")
        if name.startswith("xl/sharedstrings") and len(data) > LARGEST_STRINGS:
            raise BadSheet("The workbook holds more text than can be read here.")
        if name.startswith("xl/worksheets/"):
            cells += len(CELL.findall(data))
            _check_rows(data)
    if cells > MOST_CELLS:
        raise BadSheet(f"The workbook has more than {MOST_CELLS:,} cells. Split it, or take out what is not needed.")


def _check_rows(data: bytes) -> None:
    if found := FORMULA.search(data):
        place = ADDRESS.findall(data[: found.start()][-400:])
        where = f" in cell {place[-1].decode()}" if place else ""
        raise BadSheet(f"There is a formula{where}. Put the value there instead, and try again.")
    last = max((int(number) for number in ROW.findall(data)), default=0)
    if last > 2 * MOST_ROWS:
        raise BadSheet(f"The sheet goes down to row {last:,}. At most {MOST_ROWS:,} rows can be read at once.")
