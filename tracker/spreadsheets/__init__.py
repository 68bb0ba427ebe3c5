"""Spreadsheets (XLSX, CSV) out and in. Knows plain data only, as documents/ does: the one place that uses openpyxl."""

from tracker.spreadsheets.comparing import Comparison, Difference, compare
from tracker.spreadsheets.model import (
    MOST_ROWS,
    BadSheet,
    Cell,
    Column,
    Kind,
    Problem,
    ReadRow,
    Sheet,
    Table,
    plain,
    shown,
)
from tracker.spreadsheets.reading import read_sheet
from tracker.spreadsheets.writing import CSV, XLSX, write_csv, write_xlsx

__all__ = [
    "CSV",
    "MOST_ROWS",
    "XLSX",
    "BadSheet",
    "Cell",
    "Column",
    "Comparison",
    "Difference",
    "Kind",
    "Problem",
    "ReadRow",
    "Sheet",
    "Table",
    "compare",
    "plain",
    "read_sheet",
    "shown",
    "write_csv",
    "write_xlsx",
]
