"""What a spreadsheet is here: one sheet, a row of headings, rows of texts, dates and whole numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

MOST_ROWS = 10_000
# Excel holds 32,767 characters in a cell; both ways the same are kept.
LONGEST_CELL = 32_000
# What XML and a text field cannot hold. Tab and line ends stay.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

Cell = str | int | date | None


class Kind(StrEnum):
    TEXT = "text"
    DATE = "date"
    NUMBER = "number"


class BadSheet(ValueError):
    """An uploaded spreadsheet that cannot be used; its text says why, in the words of the person who uploaded it."""


@dataclass(frozen=True)
class Column:
    """A column: its key in a row, its heading, what its cells hold, and how wide it is in characters."""

    key: str
    heading: str
    kind: Kind = Kind.TEXT
    width: int = 18


@dataclass(frozen=True)
class Table:
    """What is written: a title (the sheet's name), columns, and rows by the columns' keys."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, Cell]]


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell (or row: no column), by the sheet's own row number."""

    row: int
    column: str
    text: str


@dataclass(frozen=True)
class ReadRow:
    """A row that was read: its number in the sheet, and its cells by key."""

    number: int
    cells: Mapping[str, Cell]


@dataclass
class Sheet:
    """What was read: the columns that are there, the rows, and what could not be read in them."""

    columns: list[Column] = field(default_factory=list)
    rows: list[ReadRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def plain(text: str) -> str:
    """`text` as a cell holds it: without control characters, and not longer than a cell can be."""
    kept = CONTROLS.sub("", text)
    return kept if len(kept) <= LONGEST_CELL else kept[: LONGEST_CELL - 1] + "…"


def same(one: Cell, other: Cell) -> bool:
    """Whether two cells say the same: a spreadsheet program may change line ends and spaces at the ends."""
    if isinstance(one, str) or isinstance(other, str):
        return " ".join(plain(str(one or "")).split()) == " ".join(plain(str(other or "")).split())
    return one == other


def shown(cell: Cell) -> str:
    """A cell in words: 4 January 2027, or its text."""
    if isinstance(cell, date):
        return f"{cell.day} {cell:%B %Y}"
    return "" if cell is None else str(cell)
