"""How many statements a page sends to the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event

from tracker.core.db import db


def counter(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """A function that does something and says how many SELECTs that took."""

    def count(do: Callable[[], Any]) -> int:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.lstrip().upper().startswith("SELECT"):
                seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            do()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    return count
