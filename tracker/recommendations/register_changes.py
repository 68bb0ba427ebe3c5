"""Changes of several rows of the register at once: proposed with each row's before and after, made all or none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person, may
from tracker.recommendations import operations, queries
from tracker.recommendations.models import Assignment
from tracker.recommendations.moving import move_date, why_not_moved
from tracker.recommendations.register_columns import short_title
from tracker.recommendations.rules import AssignmentStatus
from tracker.spreadsheets import shown

MOST_CHANGES = 500
LONGEST_REASON = 4000
# What is superseded names what supersedes it, and what is transferred who takes it: each on a page of its own.
STATUSES = (
    AssignmentStatus.IMPLEMENTED,
    AssignmentStatus.ALTERNATIVE,
    AssignmentStatus.NOT_IMPLEMENTED,
    AssignmentStatus.NO_LONGER_APPLIES,
    AssignmentStatus.OPEN,
)


@dataclass(frozen=True)
class RowChange:
    """A row as it was chosen (its id and version), where it is to go, and why."""

    id: int
    version: int
    to: date | AssignmentStatus
    reason: str


@dataclass(frozen=True)
class Proposed:
    """A change in words, and what stands against it; `moved`: somebody saved the row after it was chosen."""

    change: RowChange
    reference: str
    programme: str
    programme_code: str
    title: str
    what: str
    before: str
    after: str
    problem: str
    moved: bool


def write_changes(changes: Sequence[RowChange]) -> str:
    """The changes as the confirmation carries them: JSON."""
    return json.dumps([[c.id, c.version, _written(c.to), c.reason] for c in changes], ensure_ascii=False)


def _written(to: date | AssignmentStatus) -> str:
    return to.value if isinstance(to, AssignmentStatus) else to.isoformat()


def read_changes(text: str) -> list[RowChange]:
    """What `write_changes` wrote. Raises ValueError for anything else: a browser can post what it likes."""
    try:
        found = [_read(*entry) for entry in json.loads(text)]
    except (TypeError, RecursionError) as error:
        raise ValueError("these are no changes") from error
    if not 0 < len(found) <= MOST_CHANGES or len({c.id for c in found}) < len(found):
        raise ValueError("none, too many, or one of them twice")
    return found


def _read(row_id: int, version: int, to: str, reason: str) -> RowChange:
    if not all(type(n) is int and 0 < n < 2**31 for n in (row_id, version)):
        raise ValueError("not a row")
    if not isinstance(to, str) or not isinstance(reason, str) or not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise ValueError("no reason")
    if "\0" in reason or not reason.isprintable() and any(ord(c) < 32 and c not in "\t\r\n" for c in reason):
        raise ValueError("a reason that cannot be kept")
    reason.encode()
    statuses = {status.value: status for status in STATUSES}
    return RowChange(row_id, version, statuses.get(to) or date.fromisoformat(to), reason)


def propose(changes: Sequence[RowChange], *, by: Person) -> list[Proposed]:
    """Each change with its row's before and after, and why it cannot be made, if so. A fixed number of queries."""
    rows = {row.id: row for row in queries.list_assignments(by, [c.id for c in changes])}
    return [_proposed(change, rows.get(change.id), by) for change in changes]


def _proposed(change: RowChange, row: Assignment | None, by: Person) -> Proposed:
    if row is None:
        return Proposed(change, "", "", "", "A recommendation", "", "", "", "You cannot see it any more.", moved=False)
    is_status = isinstance(change.to, AssignmentStatus)
    return Proposed(
        change=replace(change, version=row.version),
        reference=row.recommendation.reference or "",
        programme=row.programme.name,
        programme_code=row.programme.code,
        title=short_title(row.wording.title, row.wording.text),
        what="Status" if is_status else "Answer due",
        before=row.status.label if is_status else row.due_stated or shown(row.due_on) or "Not set",
        after=change.to.label if isinstance(change.to, AssignmentStatus) else shown(change.to),
        problem=_problem(change, row, by),
        moved=row.version != change.version,
    )


def _problem(change: RowChange, row: Assignment, by: Person) -> str:
    if not may(by, "recommendation.close", row):
        return "Only the secretariat and the chair of its taskforce change it."
    if not isinstance(change.to, AssignmentStatus):
        return why_not_moved(row, change.to, by=by)
    if change.to is AssignmentStatus.OPEN:
        return "It is open already." if row.status is AssignmentStatus.OPEN else ""
    if row.status is not AssignmentStatus.OPEN:
        return "It is closed already."
    return " ".join(operations.list_obstacles(row, change.to, by=by))


def make_changes(changes: Sequence[RowChange], *, by: Person) -> int:
    """Make all of these changes, each through its own operation; returns how many.

    Raises RuleBroken, and nothing is changed, where one cannot be made or a row was saved after it was chosen.
    """
    proposals = propose(changes, by=by)
    if any(p.moved for p in proposals):
        raise RuleBroken("Somebody saved some of these rows after you chose them. Look at them again.", "changes")
    if any(p.problem for p in proposals):
        raise RuleBroken("Some of these cannot be changed like this, so nothing was changed.", "changes")
    rows = {row.id: row for row in queries.list_assignments(by, [c.id for c in changes])}
    for change in sorted(changes, key=lambda c: c.id):
        _make(rows[change.id], change, by)
    return len(changes)


def _make(row: Assignment, change: RowChange, by: Person) -> None:
    if not isinstance(change.to, AssignmentStatus):
        move_date(row, change.to, change.reason, by=by)
    elif change.to is AssignmentStatus.OPEN:
        operations.reopen_assignment(row, change.reason, by=by)
    else:
        operations.close_assignment(row, change.to, change.reason, by=by)
