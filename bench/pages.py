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
    Target("register, overdue", "/recommendations", "timing=overdue"),
    Target("register, one programme", "/recommendations", "programme=BP03"),
    Target("actions, first page", "/actions"),
    Target("letters, first page", "/letters"),
    Target("workshops, first page", "/workshops"),
    Target("a recommendation, chain and timeline", "/recommendations/BT2-L01(c)"),
    Target("a letter, chain and timeline", "/letters/BT2-L01"),
    Target("a workshop, chain and timeline", "/workshops/BT2-W01"),
    Target("due for me", "/"),
)
