"""An exported sheet of the register that comes back: what it would change, and what stands against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.core.permissions import Person
from tracker.core.references import REFERENCE
from tracker.recommendations.register_changes import MOST_CHANGES, STATUSES, RowChange, propose
from tracker.recommendations.register_columns import KEYS, REASON, SHEET_COLUMNS, Lined, find_lines, sheet_columns
from tracker.recommendations.register_scope import visible_assignments
from tracker.recommendations.rules import AssignmentStatus
from tracker.spreadsheets import Cell, Comparison, Difference, Problem, compare, read_sheet

SHEET = "Recommendations"
CHANGEABLE = frozenset({"due_on", "status"})
# Computed anew each day, and the answer to “why”.
IGNORED = frozenset({"days_late", REASON.key})
BY_LABEL = {status.label.casefold(): status for status in AssignmentStatus}


@dataclass(frozen=True)
class Taken:
    """What a sheet would change, how many of its rows are as they were, and what is wrong in it."""

    changes: list[RowChange]
    problems: list[Problem]
    unchanged: int


def take_sheet(content: bytes, person: Person, today: date) -> Taken:
    """Compare an uploaded sheet with the register as it is. Raises BadSheet for a file that cannot be used."""
    columns = sheet_columns(None, judgement=bool(person.taskforces()))
    sheet = read_sheet(content, SHEET, columns, KEYS)
    references = [str(row.cells.get("reference", ""))[:40] for row in sheet.rows]
    lines = find_lines(filter(REFERENCE.fullmatch, references), visible_assignments(person), person, today)
    current = {tuple(line.cells[key] for key in KEYS): line for line in lines}
    cells = {key: line.cells for key, line in current.items()}
    found = compare(sheet, cells, by=KEYS, changeable=CHANGEABLE, ignored=IGNORED)
    reasons = {row.number: str(row.cells.get(REASON.key, "")) for row in sheet.rows}
    changes = _changes(found, current, reasons)
    if len(changes) > MOST_CHANGES:
        found.problems.append(
            Problem(0, "", f"{len(changes):,} rows differ. At most {MOST_CHANGES} can be changed at once.")
        )
    elif not found.problems:
        found.problems += _obstacles(changes, person)
    return Taken([c for _, c in changes], found.problems, found.unchanged)


def _changes(
    found: Comparison, current: Mapping[tuple[Cell, ...], Lined], reasons: Mapping[int, str]
) -> list[tuple[int, RowChange]]:
    """(row number, change) of each row that differs; what is missing for it becomes a problem of `found`."""
    by_row: dict[int, list[Difference]] = {}
    for difference in found.differences:
        by_row.setdefault(difference.row, []).append(difference)
    changes = []
    for row, differences in by_row.items():
        to = _goal(found, row, differences)
        reason = reasons[row].strip()
        if not reason:
            found.problems.append(Problem(row, REASON.heading, "Say why this row changes."))
        elif to is not None:
            line = current[differences[0].key]
            changes.append((row, RowChange(line.id, line.version, to, reason[:4000])))
    found.problems.sort(key=lambda problem: problem.row)
    return changes


def _goal(found: Comparison, row: int, differences: Sequence[Difference]) -> date | AssignmentStatus | None:
    """Where a row is to go; None, with a problem, where it cannot say that."""
    first = differences[0]
    if len(differences) > 1:
        found.problems.append(Problem(row, "", "Change the date or the status of a row, not both at once."))
    elif first.column.key == "due_on":
        if isinstance(first.after, date):
            return first.after
        found.problems.append(Problem(row, first.column.heading, "A date can be moved, not taken out."))
    else:
        status = BY_LABEL.get(" ".join(str(first.after or "").split()).casefold())
        if status in STATUSES:
            return status
        words = ", ".join(s.label for s in STATUSES)
        found.problems.append(Problem(row, first.column.heading, f"This must be one of: {words}."))
    return None


def _obstacles(changes: Sequence[tuple[int, RowChange]], person: Person) -> list[Problem]:
    """What the rules of the register say against these changes."""
    headings = {c.key: c.heading for c in SHEET_COLUMNS}
    proposals = propose([change for _, change in changes], by=person)
    return [
        Problem(row, headings["due_on" if isinstance(change.to, date) else "status"], proposed.problem)
        for (row, change), proposed in zip(changes, proposals, strict=True)
        if proposed.problem
    ]
