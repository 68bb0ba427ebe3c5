"""A real server on loopback, on a fresh database, and a real Chromium."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect, sync_playwright
from werkzeug.serving import make_server

from tests.conftest import missing
from tests.support.browser import HEIGHT, Desktop, OpenPage, axe_violations, find_chromium, launch_args
from tests.support.postbox import Postbox
from tests.support.stores import SqliteStore
from tests.support.visitor import Visitor
from tracker import create_app
from tracker.core import outbox
from tracker.core.db import db

ROOT = Path(__file__).resolve().parent.parent.parent
PHONE = 375
WIDTHS = (1280, PHONE)
# What a page is made of: each kind of element that stands in it, once.
PARTS = "[...new Set([...document.body.querySelectorAll('*')].map(e => e.tagName + e.className))]"
# What htmx marks while it waits for an answer and puts it in its place.
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling"
# What a script does about another width, the header's menu above all, it does in the next frames.
SETTLED = "async () => { for (let n = 0; n < 3; n++) await new Promise(done => requestAnimationFrame(done)) }"
# The parts that were looked at, by the kind of address: with the width of a phone alone, and with both widths.
LOOKED_AT: dict[int, dict[str, set[str]]] = {1: {}, 2: {}}


@dataclass(frozen=True)
class Server:
    """The application served on loopback: its address, and the application itself for what a person cannot see."""

    address: str
    app: Flask

    def deliver(self, box: Postbox) -> None:
        """Send what waits in the outbox; nothing of it fails."""
        with self.app.app_context():
            assert outbox.deliver(box.settings)[1] == 0

    def link_in(self, message: EmailMessage) -> str:
        """The path of the link to our own pages in a mail."""
        found = re.search(rf"{re.escape(self.address)}(\S+)", message.get_content())
        assert found
        return found.group(1)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Desktop]:
    path = find_chromium()
    if path is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(path), args=launch_args())
        yield Desktop(browser)
        browser.close()


@pytest.fixture(scope="session")
def served() -> Iterator[SqliteStore]:
    """The application that is served, on a migrated SQLite database."""
    kept = SqliteStore()
    settings = {"TESTING": True, "SECRET_KEY": "only for tests", "DATA_DIR": kept.folder, "MIGRATION_URL": None}
    kept.app = create_app(settings | {"SQLALCHEMY_DATABASE_URI": kept.url})
    with kept.app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        kept.migrated()
        kept.keep("empty")
    yield kept
    kept.close()


@pytest.fixture
def server(served: SqliteStore) -> Iterator[Server]:
    """A fresh, migrated database and a threaded server on a port of its own."""
    app = served.app
    with app.app_context():
        served.reset("empty")
    listening = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["BASE_URL"] = f"http://127.0.0.1:{listening.port}"
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield Server(app.config["BASE_URL"], app)
    listening.shutdown()
    thread.join(10)
    with app.app_context():
        db.engine.dispose()


class Person:
    """Somebody at a browser: goes to pages, fills by label, presses buttons; every page is checked as it comes."""

    def __init__(self, opened: OpenPage, server: Server, *, javascript: bool = True) -> None:
        self.opened, self.page, self.server, self.javascript = opened, opened.page, server, javascript

    def goto(self, path: str) -> Page:
        self.page.goto(self.server.address + path)
        self.look()
        return self.page

    def sign_in(self, email: str, password: str) -> None:
        self.goto("/sign-in")
        self.fill({"E-mail address": email, "Password": password})
        self.press("Sign in")
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()

    def come_signed_in(self, email: str) -> None:
        """From the start, past the page for it: another test has looked at that."""
        name = self.server.app.config["SESSION_COOKIE_NAME"]
        cookie = Visitor(self.server.app, email).client.get_cookie(name)
        assert cookie is not None
        self.page.context.add_cookies([{"name": name, "value": cookie.value, "url": self.server.address}])

    def fill(self, values: dict[str, str], within: Any = None) -> None:
        """Type into the fields with these labels (the first that matches exactly)."""
        scope = within or self.page
        for label, value in values.items():
            control = scope.get_by_label(label, exact=True).first
            self.unfold(control)
            control.fill(value)

    def unfold(self, control: Locator) -> None:
        """Open what is folded away round `control`, the outermost first."""
        for summary in control.locator("xpath=ancestor::details[not(@open)]/summary").all():
            summary.click()

    def press(self, button: str | re.Pattern[str], within: Any = None) -> None:
        """Press a button that leads to another page, or that htmx answers on this one, and look at what comes."""
        found = (within or self.page).get_by_role("button", name=button, exact=True).first
        if self.javascript and found.get_attribute("hx-post") is not None:
            self.touch(found)
            expect(self.page.locator(BUSY)).to_have_count(0)
        else:
            with self.page.expect_navigation():
                self.touch(found)
        self.look()

    def touch(self, found: Locator) -> None:
        """With a mouse; a Phone taps."""
        found.click()

    def choose(self, legend: str, words: str) -> None:
        """Choose one of the boxes under this legend."""
        self.page.get_by_role("group", name=legend, exact=True).get_by_label(words, exact=True).check()

    def day(self, legend: str, when: date) -> None:
        """Fill the three boxes of a date."""
        group = self.page.get_by_role("group", name=legend, exact=True)
        for label, value in (("Day", when.day), ("Month", when.month), ("Year", when.year)):
            group.get_by_label(label, exact=True).fill(str(value))

    def follow(self, words: str, within: Any = None) -> None:
        # Not by role: a link that looks like a button has the role of one.
        links = (within or self.page).locator("a", has_text=re.compile(rf"^\s*{re.escape(words)}\s*$"))
        with self.page.expect_navigation():
            links.first.click()
        self.look()

    def look(self) -> None:
        """The page at hand: axe finds nothing at either width, it does not scroll sideways, the console is clean.

        A page without a part that is new under this kind of address is not measured again.
        """
        if self.javascript and self._is_new(widths=2):
            for width in WIDTHS:
                if self.page.viewport_size != {"width": width, "height": HEIGHT}:
                    self.page.set_viewport_size({"width": width, "height": HEIGHT})
                    self.page.evaluate(SETTLED)
                # From the top: what a bar that stays in sight covers after scrolling is not out of reach.
                self.page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
                found = axe_violations(self.page)
                assert not found, f"{self.page.url} at {width}: {found}"
                wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert wide <= 0, f"{self.page.url} scrolls sideways by {wide} at {width}"
            self.page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        assert not self.opened.problems, f"{self.page.url}: {self.opened.problems}"

    def _is_new(self, widths: int) -> bool:
        """Whether the page has a part that nobody looked at under this kind of address, at these widths or more."""
        parts = set(self.page.evaluate(PARTS))
        path = self.page.url.removeprefix(self.server.address).partition("?")[0]
        kind = re.sub(r"[0-9]+|\([a-z]+\)", "#", path)
        known = LOOKED_AT[widths].setdefault(kind, set())
        new = parts - known
        for number in range(1, widths + 1):
            LOOKED_AT[number].setdefault(kind, set()).update(parts)
        return bool(new)


class Phone(Person):
    """Somebody at a phone: taps; every page is checked at its width as it comes."""

    def look(self) -> None:
        if self.javascript and self._is_new(widths=1):
            found = axe_violations(self.page)
            assert not found, f"{self.page.url}: {found}"
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{self.page.url} scrolls sideways by {wide}"
        assert not self.opened.problems, f"{self.page.url}: {self.opened.problems}"

    def touch(self, found: Locator) -> None:
        found.tap()


@pytest.fixture
def somebody(chromium: Desktop, server: Server) -> Iterator[Callable[..., Person]]:
    """`somebody()` opens a browser of their own; `somebody(javascript=False)` one without scripts; or a phone."""
    opened: list[tuple[OpenPage, dict[str, bool]]] = []

    def open_browser(*, javascript: bool = True, phone: bool = False) -> Person:
        kind = {"javascript": javascript, "touch": phone}
        page = chromium.open(PHONE if phone else WIDTHS[0], **kind)
        page.page.set_default_timeout(10_000)
        opened.append((page, kind))
        return (Phone if phone else Person)(page, server, javascript=javascript)

    yield open_browser
    for page, kind in opened:
        chromium.give_back(page, **kind)
