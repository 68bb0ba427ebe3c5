"""Issued letters to correspond about, and somebody who enters what came and went."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.actions.counting import counter
from tests.factories import Cast
from tests.support.records import Records, make_both
from tests.support.visitor import Page, Visitor

ADDRESS = "/letters/EPC-L01/correspondence"
TEAM = "Cancer Programme"


@pytest.fixture
def records(app: Flask, cast: Cast, once: Callable[..., Any]) -> Records:
    """EPC-L01, issued to the Cancer Programme, and a draft; the same for the other taskforce."""
    own: Records = once("records without correspondence", lambda: make_both(app, cast, corresponds=False)[0])
    return own


class Clerk:
    """The secretary at the correspondence about EPC-L01."""

    def __init__(self, visit: Callable[..., Any]) -> None:
        self.browser: Visitor = visit("secretary@epc.test")

    def add(self, status: int = 200, files: Any = (), **names: Any) -> Page:
        """Add an entry: a call of 3 November from the programme, but for what `names` say."""
        self.browser.get(f"{ADDRESS}/new")
        given = {
            "kind": "call",
            "direction": "in",
            "from_whom": TEAM,
            "happened_on-day": "3",
            "happened_on-month": "11",
            "happened_on-year": "2026",
            "text": "They asked for the date.",
        }
        chosen = {"attached": [(io.BytesIO(content), name) for content, name in files]} if files else {}
        return self.browser.send("Add the entry", names=given | chosen | names, status=status)

    def drop(self, *mails: tuple[bytes, str], status: int = 200) -> Page:
        """Choose e-mails to be read."""
        self.browser.get(f"{ADDRESS}/emails")
        chosen = {"files": [(io.BytesIO(content), name) for content, name in mails]}
        return self.browser.send("Read the e-mails", names=chosen, status=status)


@pytest.fixture
def clerk(records: Records, visit: Callable[..., Any]) -> Clerk:
    return Clerk(visit)


@pytest.fixture
def selects_of(app: Flask) -> Callable[[Callable[[], Any]], int]:
    return counter(app)
