"""A workshop with points, and a letter taken to each state by the people who take it there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests.factories import Cast, add
from tracker.actions.models import Origin
from tracker.core.db import db, writing
from tracker.workshops.models import PointHeard, Workshop
from tracker.workshops.rules import PointKind, WorkshopState

BODY = "Thank you for the workshop.\n\n{recommendations}\n\nWe look forward to hearing from you & your team."


@dataclass(frozen=True)
class Heard:
    """The workshop EPC-W01 and its two points."""

    workshop: int
    points: tuple[int, int]


@pytest.fixture
def heard(app: Flask, cast: Cast, once: Callable[..., Any]) -> Heard:
    found: Heard = once("letters: heard", lambda: hear(app, cast))
    return found


def hear(app: Flask, cast: Cast) -> Heard:
    with app.app_context(), writing():
        origin = add(Origin(taskforce_id=cast.epc))
        workshop = add(
            Workshop(
                taskforce_id=cast.epc,
                programme_id=cast.can,
                origin_id=origin.id,
                reference="EPC-W01",
                title="Deep dive",
                state=WorkshopState.HELD,
                held_on=date(2026, 11, 2),
            )
        )
        points = [
            add(PointHeard(workshop_id=workshop.id, place=n, kind=PointKind.CONCERN, text=f"Concern number {n}"))
            for n in (1, 2)
        ]
        return Heard(workshop.id, (points[0].id, points[1].id))


class Desk:
    """People at work on one letter, each at a browser of their own.

    What they do is done at the web once, and kept: as long as nobody else has written in between, the next test that
    begins with the same steps finds their rows.
    """

    def __init__(self, visit: Callable[..., Any], once: Callable[..., Any]) -> None:
        self.visit, self.once, self.key = visit, once, ""

    def draft(self, body: str = BODY, **names: str) -> str:
        """The secretary drafts a letter with one recommendation from the workshop; its key."""
        self.key = self.once(("draft", body, *fixed(names)), lambda: self._draft(body, names))
        return self.key

    def _draft(self, body: str, names: dict[str, str]) -> str:
        secretary = self.visit("secretary@epc.test")
        secretary.get("/letters/new?workshop=EPC-W01")
        secretary.send("Add a recommendation", {"Letter": body, "Subject": "Cancer: what we heard"})
        values = {
            "Title": "Inequalities",
            "Recommendation": "Say how gaps are narrowed.",
            "Closing": "With best wishes",
        }
        secretary.send("Save the draft", values, names=names)
        return str(secretary.address.rpartition("/")[2])

    def at(self, page: str = "") -> str:
        return f"/letters/{self.key}{page}"

    def submit(self, email: str = "secretary@epc.test", note: str = "") -> None:
        self.once(("submit", self.key, email, note), lambda: self._submit(email, note))

    def _submit(self, email: str, note: str) -> None:
        secretary = self.visit(email)
        secretary.get(self.at())
        secretary.follow("Send to chair")
        secretary.send("Send to chair", {"Note to the chair": note})

    def approve(self, email: str = "chair@epc.test") -> None:
        self.once(("approve", self.key, email), lambda: self._approve(email))

    def _approve(self, email: str) -> None:
        chair = self.visit(email)
        chair.get(self.at("/decide"))
        chair.send("Record decision", {"Your decision": "Approve"})

    def give_back(self, reason: str) -> None:
        chair = self.visit("chair@epc.test")
        chair.get(self.at("/decide"))
        chair.send("Record decision", {"Your decision": "Return with a comment", "Comment": reason})

    def issue(self, **values: Any) -> str:
        """Issue the approved letter on 20 November 2026; its reference."""
        self.key = self.once(("issue", self.key, *fixed(values)), lambda: self._issue(values))
        return self.key

    def _issue(self, values: dict[str, Any]) -> str:
        secretary = self.visit("secretary@epc.test")
        secretary.get(self.at("/issue"))
        given = {"Date of letter": date(2026, 11, 20), "How it is sent": "By e-mail", "To whom": "sro@can.test"}
        secretary.send("Issue the letter", given | values)
        return str(secretary.address.removesuffix("/send-out").rpartition("/")[2])


def fixed(values: dict[str, Any]) -> list[tuple[str, Any]]:
    """Values of a form as what a kept state can be known by."""
    return [(name, tuple(v) if isinstance(v, list) else v) for name, v in sorted(values.items())]


def make_anew(_name: Any, make: Callable[[], Any]) -> Any:
    """For a desk in the middle of a test: nothing of what was made before can be found again."""
    return make()


@pytest.fixture
def desk(heard: Heard, visit: Callable[..., Any], once: Callable[..., Any]) -> Desk:
    return Desk(visit, once)


@pytest.fixture
def selects_of(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """`selects_of(do)` does something and says how many SELECTs that took."""

    def count(do: Callable[[], Any]) -> int:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            do()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return sum(statement.lstrip().upper().startswith("SELECT") for statement in seen)

    return count


@pytest.fixture
def issued(desk: Desk) -> Desk:
    desk.draft()
    desk.submit()
    desk.approve()
    desk.issue()
    return desk
