"""What a new letter can begin from that is made above letters: an uploaded Word letter, say.

The feature that makes it registers how it is found by the value in the address; the writing page and the page that
records an issued letter are then filled with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.core.errors import NotFound
from tracker.core.permissions import Person
from tracker.letters.models import Letter
from tracker.letters.operations import Upload


@dataclass(frozen=True)
class Beginning:
    """What fills a new letter: values by the names of the form's fields, and the file of one that was sent already.

    `take` is called with the new letter, within the writing transaction.
    """

    taskforce_code: str
    values: dict[str, Any]
    file: Upload
    take: Callable[[Letter, Person], None]


Load = Callable[[Person, str], Beginning | None]
_known: dict[str, Load] = {}


def register_beginning(argument: str, load: Load) -> None:
    """Have `load` find what the address names under `argument`; it returns None for what `person` may not use."""
    _known[argument] = load


def get_beginning(person: Person, arguments: Mapping[str, str]) -> Beginning | None:
    """What the address says that a letter begins from; None where it says nothing. Raises NotFound for what is not."""
    for argument, load in _known.items():
        if value := arguments.get(argument):
            found = load(person, value)
            if found is None:
                raise NotFound("There is nothing here that you can begin a letter from.")
            return found
    return None
