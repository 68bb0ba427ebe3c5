"""What was read from a Word letter, as it is kept: cleaned of what no page can show, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from tracker.documents import ReadLetter, ReadRecommendation
from tracker.web.fields import FORBIDDEN

UNSHOWN = "Characters that cannot be shown were left out."


def cleaned(read: ReadLetter) -> ReadLetter:
    """The letter without control characters and marks that make a text read differently; it says so where one was."""
    data = asdict(read)
    if not any(FORBIDDEN.search(text) for text in _texts(data)):
        return read
    return _made(_without(data) | {"problems": (*map(_shown, read.problems), UNSHOWN)})


def to_json(read: ReadLetter) -> str:
    """The letter as text to keep; its problems are kept beside it, in words."""
    return json.dumps(asdict(replace(read, problems=())))


def from_json(text: str, problems: str) -> ReadLetter:
    """What `to_json` wrote, with its problems, a line each."""
    return _made(json.loads(text) | {"problems": tuple(problems.splitlines())})


def _made(data: dict[str, Any]) -> ReadLetter:
    lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list | tuple)}
    asks = tuple(ReadRecommendation(**one) for one in data["recommendations"])
    return ReadLetter(**data | lines_only(lists) | {"recommendations": asks})


def lines_only(lists: dict[str, tuple[Any, ...]]) -> dict[str, tuple[str, ...]]:
    """Those of the lists that hold lines of text."""
    return {name: value for name, value in lists.items() if name != "recommendations"}


def _shown(text: str) -> str:
    return FORBIDDEN.sub("", text)


def _without(value: Any) -> Any:
    if isinstance(value, str):
        return _shown(value)
    if isinstance(value, dict):
        return {name: _without(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without(one) for one in value]
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
