"""What `python -m bench` asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """A request: its name in the table, and its path; `fresh` gives what a form sends next, outside the clock."""

    name: str
    path: str
    query: str = ""
    method: str = "GET"
    status: int = 200
    fresh: Callable[[], dict[str, Any]] | None = None


PAGES = (
    Target("register, first page", "/recommendations"),
    Target("register, overdue", "/recommendations", "due=overdue"),
    Target("register, one programme", "/recommendations", "programme=BP03"),
    Target("register, a theme", "/recommendations", "theme=carers"),
    Target("register, nothing of a kind", "/recommendations", "kind=suggestion&status=all"),
    Target("register, a principle", "/recommendations", "principle=carers"),
    Target("register, a lead", "/recommendations", "lead=lead 39"),
    Target("register, no such lead", "/recommendations", "lead=nobody&status=all"),
    Target("register, owner of an action", "/recommendations", "owner=Director 3"),
    Target("register, date moved, 300 days late", "/recommendations", "extended=1&late=300"),
    Target("register, other columns", "/recommendations", "columns=lead,delivery,theme,owners"),
    Target("register, what moved", "/recommendations/moved", "since=2024-01-08"),
    Target("register, what moved lately", "/recommendations/moved", "since=2026-11-01&kind=overdue"),
    Target("actions, first page", "/actions"),
    Target("letters, first page", "/letters"),
    Target("workshops, first page", "/workshops"),
    Target("a recommendation, chain and timeline", "/recommendations/BT2-L01(c)"),
    Target("a letter, chain and timeline", "/letters/BT2-L01"),
    Target("a workshop, chain and timeline", "/workshops/BT2-W01"),
    Target("due for me", "/"),
)
