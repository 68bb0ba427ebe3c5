"""What the server acknowledged is stored: kill -9 under load. `python -m bench.crash` does it a hundred times."""

from __future__ import annotations

from bench.crash import run


def test_killed_under_load_the_product_loses_nothing_and_doubles_nothing() -> None:
    result = run(2, "sqlite", seed=1)
    assert result.acknowledged > 8
    assert (result.lost, result.doubled, result.problems) == ([], [], [])
