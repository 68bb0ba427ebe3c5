"""Two people who write one draft at once: what each changed is taken; what both changed is shown to whoever is later.

Pure: a value is known by its fingerprint, and a form carries the fingerprint of each value as it was opened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any


@dataclass(frozen=True)
class Merged:
    """What a save comes to: the values, those that stay as others wrote them, and those that both changed."""

    values: dict[int, Any] = field(default_factory=dict)
    theirs: list[int] = field(default_factory=list)
    clashing: list[int] = field(default_factory=list)


def fingerprint(value: Any) -> str:
    """A short mark of a text or of a dataclass of plain values: equal for equal ones."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    text = json.dumps(plain, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def merge(opened: Mapping[int, str], typed: Mapping[int, Any], now: Mapping[int, Any]) -> Merged:
    """Bring together what was typed and what is there now, each by a number.

    `opened` are the fingerprints of the values that the form was opened on. What clashes stays as it is now.
    """
    merged = Merged()
    for key, value in typed.items():
        mine, theirs, was = fingerprint(value), fingerprint(now[key]), opened.get(key, "")
        merged.values[key] = value if was == theirs else now[key]
        if mine == theirs or was == theirs:
            continue
        (merged.theirs if mine == was else merged.clashing).append(key)
    return merged
