"""The chain of one record for one person: one query a step, nine in all, whatever the size.

The statements differ by the kind of the record and in nothing else, so they are built once for each kind; who asks,
and about which record, are parameters. Building them was most of the time of a record's page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Integer, bindparam, case, func, inspect, literal, select

from tracker.actions.models import Action
from tracker.chain.steps import STEPS, Item, Rows
from tracker.chain.threads import thread_of
from tracker.core.db import db
from tracker.core.permissions import DRAFT_READERS, Person
from tracker.letters.models import Recommendation
from tracker.recommendations.models import Assignment
from tracker.workshops.models import PointHeard, Workshop

SHOWN = 10


@dataclass(frozen=True)
class Step:
    """One step of the chain. `total` counts what the person may see; at most ten of it stand in `items`."""

    kind: type[Any]
    name: str
    nothing: str
    items: Sequence[Item] = ()
    total: int = 0
    more: tuple[str, dict[str, Any]] | None = None
    current: bool = False

    @property
    def hidden(self) -> int:
        """How many are not shown."""
        return self.total - len(self.items)


def list_steps(person: Person, record: Any) -> list[Step]:
    """The chain through `record`, as `person` may see it.

    People of the taskforce get every step, with what comes next where there is nothing yet; everybody else only the
    steps in which there is something for them, so that nothing is said about what they may not see.
    """
    taskforces = person.taskforces()
    asked = _about(record) | {
        "taskforces": sorted(taskforces),
        "drafts": sorted(person.taskforces(DRAFT_READERS)),
        "programmes": sorted(person.programmes()),
        "contact_id": person.contact_id,
    }
    kind: Any = type(record)
    connection = db.session.connection()
    steps = [
        _step(place, record, connection.execute(statement, asked).all())
        for place, statement in enumerate(_statements(kind))
    ]
    if _taskforce_of(record) not in taskforces:
        return [s for s in steps if s.items]
    here = next((n for n, s in enumerate(steps) if s.current), 0)
    told = (_told(step, record, above=n < here) for n, step in enumerate(steps))
    return [s for s in told if s is not None]


class _Placeholder:
    """Stands for a record while statements are built: its columns are parameters."""

    def __getattr__(self, column: str) -> BindParameter[int]:
        return bindparam(f"record_{column}", type_=Integer)


def _about(record: Any) -> dict[str, Any]:
    """What fills the placeholder: the record's own key and those that it points with."""
    columns = inspect(type(record)).column_attrs
    keys = (c.key for c in columns if c.key == "id" or c.key.endswith("_id"))
    return {f"record_{key}": getattr(record, key) for key in keys}


@cache
def _statements(kind: Any) -> tuple[Rows, ...]:
    """For each step the first rows of it, the record itself before all others, with their total."""
    thread, total = thread_of(kind, _Placeholder()), func.count().over().label("total")
    found = []
    for step in STEPS:
        own = bindparam("record_id", type_=Integer) if kind is step.model else literal(0)
        first = case((step.model.id == own, 0), else_=1)
        found.append(step.read(thread).add_columns(total).order_by(first, step.model.id).limit(SHOWN))
    return tuple(found)


def _step(place: int, record: Any, rows: Sequence[Any]) -> Step:
    kind = STEPS[place]
    items = [replace(kind.tell(r), current=True) if _is(record, kind.model, r) else kind.tell(r) for r in rows]
    return Step(
        kind=kind.model,
        name=kind.name,
        nothing=kind.nothing,
        items=items,
        total=rows[0].total if rows else 0,
        more=kind.more(rows[0]) if rows and kind.more else None,
        current=isinstance(record, kind.model) or (kind.model is Assignment and isinstance(record, Recommendation)),
    )


def _is(record: Any, model: type[Any], row: Any) -> bool:
    """Whether a row is the record itself; every assignment of a recommendation is."""
    if model is Assignment and isinstance(record, Recommendation):
        return bool(row.recommendation_id == record.id)
    return isinstance(record, model) and row.id == record.id


def _told(step: Step, record: Any, *, above: bool) -> Step | None:
    """An empty step says what is still to come, or is left out where nothing can: above the record, round an action."""
    if step.items or not (above or isinstance(record, Action)):
        return step
    if step.kind is PointHeard and isinstance(record, (Recommendation, Assignment)):
        return replace(step, nothing="It rests on no point heard")
    return None


def _taskforce_of(record: Any) -> int | None:
    if isinstance(record, PointHeard):
        found = select(Workshop.taskforce_id).where(Workshop.id == record.workshop_id)
        return db.session.execute(found).scalar()
    taskforce_id: int = record.taskforce_id
    return taskforce_id
