"""A letter to the cancer programme whose answer is due on 15 December 2026, and a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.factories import Cast
from tests.letters.conftest import selects_of
from tests.reminders.making import at, send_letter
from tests.support.postbox import Postbox, open_postbox

__all__ = ["selects_of"]
DUE = date(2026, 12, 15)


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with open_postbox() as box:
        yield box


@pytest.fixture
def letter(app: Flask, cast: Cast) -> Any:
    """EPC-L01 to the cancer programme, of 2 November, with two recommendations."""
    with at(date(2026, 11, 2)):
        return send_letter(app, cast.epc, cast.can, cast.contacts["sro@can.test"], DUE)
