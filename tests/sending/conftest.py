"""An issued letter, a mail server, and somebody at the sending form."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.letters.conftest import Desk, desk, heard, issued, selects_of
from tests.support.postbox import Postbox, open_postbox
from tracker.core import clock
from tracker.core.db import db
from tracker.letters.models import Letter

__all__ = ["Desk", "desk", "heard", "issued", "selects_of"]


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with open_postbox() as box:
        yield box


@pytest.fixture
def november() -> Iterator[None]:
    """The letter is of 20 November 2026; it is the 25th, whatever this machine says."""
    with clock.frozen(datetime(2026, 11, 25, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def letter_file(app: Flask) -> Callable[[], str]:
    """The hash of the file that was issued, as the letter names it."""

    def sha256() -> str:
        with app.app_context():
            return str(db.session.execute(select(Letter.file_sha256)).scalar_one())

    return sha256


@pytest.fixture
def secretary(issued: Desk, visit: Callable[..., Any]) -> Any:
    """The secretary, at the sending form of the issued letter."""
    browser = visit("secretary@epc.test")
    browser.get("/letters/EPC-L01/send-out")
    return browser


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
