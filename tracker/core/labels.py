"""Words with labels."""

from __future__ import annotations

from enum import StrEnum


class Labelled(StrEnum):
    """A value whose label is itself in sentence case, unless its class says otherwise."""

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()
