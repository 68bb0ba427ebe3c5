"""What an uploaded sheet would change: row by row, with what may not be changed named as a problem."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tracker.spreadsheets.model import Cell, Column, Problem, Sheet, same, shown


@dataclass(frozen=True)
class Difference:
    """A cell that differs: `key` names its row's record, `before` is what is kept now."""

    row: int
    key: tuple[Cell, ...]
    column: Column
    before: Cell
    after: Cell


@dataclass
class Comparison:
    """The differences that may be made, what stands against it, and how many rows are as they were."""

    differences: list[Difference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unchanged: int = 0


def compare(
    sheet: Sheet,
    current: Mapping[tuple[Cell, ...], Mapping[str, Cell]],
    *,
    by: Sequence[str],
    changeable: Collection[str],
    ignored: Collection[str],
) -> Comparison:
    """Compare a sheet's rows, found by the keys `by`, with what is kept now.

    Only `changeable` columns may differ; `ignored` ones (computed, or an answer to the change) are not compared.
    """
    found, seen = Comparison(problems=list(sheet.problems)), dict[tuple[Cell, ...], int]()
    unread = {(problem.row, problem.column) for problem in sheet.problems}
    for row in sheet.rows:
        key = tuple(row.cells.get(name) for name in by)
        kept = current.get(key)
        if kept is None:
            found.problems.append(Problem(row.number, "", f"There is no {' '.join(shown(k) for k in key)} here."))
            continue
        if key in seen:
            found.problems.append(Problem(row.number, "", f"The same as row {seen[key]}: each may be there once."))
            continue
        seen[key], before = row.number, len(found.differences)
        for column in sheet.columns:
            if column.key in ignored or (row.number, column.heading) in unread:
                continue
            _compare_cell(found, row.number, key, column, kept.get(column.key), row.cells.get(column.key), changeable)
        found.unchanged += len(found.differences) == before
    found.problems.sort(key=lambda problem: problem.row)
    return found


def _compare_cell(
    found: Comparison,
    row: int,
    key: tuple[Cell, ...],
    column: Column,
    before: Cell,
    after: Cell,
    changeable: Collection[str],
) -> None:
    if same(before, after):
        return
    if column.key in changeable:
        found.differences.append(Difference(row, key, column, before, after))
        return
    now = shown(before)[:80] or "nothing"
    found.problems.append(Problem(row, column.heading, f"This cannot be changed here. It says “{now}” now."))
