"""A date as it is typed into three boxes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

PARTS = ("day", "month", "year")
_NAMES = "january february march april may june july august september october november december"
MONTHS = {spelling: n for n, name in enumerate(_NAMES.split(), 1) for spelling in (name, name[:3])}


@dataclass(frozen=True)
class ReadDate:
    """What three boxes say: a date, nothing, or what is wrong with which of them ("must be a real date")."""

    date: dt.date | None = None
    wrong: tuple[str, ...] = ()
    why: str = ""


def read_date(typed: Mapping[str, str]) -> ReadDate:
    """The date of the parts `day`, `month` (a number or a name) and `year`, without blanks around them."""
    if not any(typed.values()):
        return ReadDate()
    missing = tuple(p for p in PARTS if not typed[p])
    if missing:
        return ReadDate(wrong=missing, why=f"must include a {' and '.join(missing)}")
    day, month, year = (typed[p] for p in PARTS)
    month = str(MONTHS.get(month.lower(), month))
    if not re.fullmatch(r"[0-9]{4}", year) or not 1900 <= int(year) <= 2200:
        return ReadDate(wrong=("year",), why="must have a year of 4 numbers, like 2027")
    if not re.fullmatch(r"[0-9]{1,2}", month) or not 1 <= int(month) <= 12:
        return ReadDate(wrong=("month",), why="must be a real date: check the month")
    if not re.fullmatch(r"[0-9]{1,2}", day) or not 1 <= int(day) <= 31:
        return ReadDate(wrong=("day",), why="must be a real date: check the day")
    try:
        return ReadDate(dt.date(int(year), int(month), int(day)))
    except ValueError:
        return ReadDate(wrong=PARTS, why="must be a real date")
