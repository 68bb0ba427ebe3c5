"""Which columns a register shows: chosen in its address, so that a saved view keeps them."""

from __future__ import annotations

from collections.abc import Sequence


def read_columns(given: Sequence[str], offered: Sequence[str], usual: Sequence[str]) -> tuple[str, ...]:
    """The columns that the address's `columns` name (several, or one with commas), in the order offered.

    What is not offered counts as nothing; nothing chosen gives the usual ones.
    """
    wanted = {name for text in given for name in text.split(",")}
    return tuple(name for name in offered if name in wanted) or tuple(usual)


def write_columns(chosen: Sequence[str], usual: Sequence[str]) -> str:
    """What the address says of them: nothing for the usual ones."""
    return "" if set(chosen) == set(usual) else ",".join(chosen)
