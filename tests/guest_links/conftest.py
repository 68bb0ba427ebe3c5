"""The letters of these tests are written straight into the database, so the log cannot vouch for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import Cast
from tests.recommendations.making import make_letter
from tests.support.visitor import Visitor
from tracker.core.db import db
from tracker.core.outbox import OutboxMail
from tracker.guest_links.models import RefusedLink

HERE = Path(__file__).parent
LINKS = "/letters/EPC-L02/responses/CAN/links"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.past_the_log)


@pytest.fixture
def letter(app: Flask, cast: Cast) -> str:
    return make_letter(app, cast.epc, [cast.can])


def path_of(text: str) -> str:
    """The path of the link in an e-mail, or on the page that shows it once."""
    found = next(word for word in text.split() if "/links/" in word or "/calendar/" in word)
    return found.removeprefix("http://localhost")


def shown_link(visitor: Visitor) -> str:
    """The link on the page that shows it once."""
    return path_of(visitor.page.tree.findtext(".//textarea"))


def mailed_link(app: Flask, to: str) -> str:
    """The link in the newest e-mail to somebody."""
    with app.app_context():
        newest = select(OutboxMail.body).where(OutboxMail.recipient == to).order_by(OutboxMail.id.desc()).limit(1)
        return path_of(db.session.scalars(newest).one())


@pytest.fixture
def prepare(visit: Callable[..., Visitor], letter: str) -> str:
    """A prepare link that the secretary made, as a path."""
    secretary = visit("secretary@epc.test")
    secretary.get(LINKS + "/prepare")
    secretary.send("Make the link")
    return shown_link(secretary)


@pytest.fixture
def sign_off(visit: Callable[..., Visitor], letter: str) -> str:
    """A sign-off link for the SRO that the secretary made, as a path."""
    secretary = visit("secretary@epc.test")
    secretary.get(LINKS + "/sign-off")
    secretary.send("Make the link", {"How it reaches them": "Show it to me once, and I pass it on"})
    return shown_link(secretary)


@pytest.fixture
def guest(app: Flask) -> Callable[[str], Visitor]:
    """A browser that opens a link; where it is named, somebody who said at a prepare link who they are."""

    def open_browser(path: str, name: str = "") -> Any:
        visitor = Visitor(app)
        visitor.get(path)
        if name:
            visitor.send("Continue", {"Your name": name, "Your role": "Head of delivery"})
        return visitor

    return open_browser


def refusals(app: Flask) -> list[str]:
    with app.app_context():
        return [str(why) for why in db.session.scalars(select(RefusedLink.why).order_by(RefusedLink.id))]
