"""A Chromium for the tests that need one: find it, open pages that note what goes wrong, check them with axe."""

import os
import shutil
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

NAMES = ("chromium", "chromium-browser", "google-chrome")
HEIGHT = 900

# Every rule of WCAG 2.2 at levels A and AA, and axe's own best practices.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


@dataclass
class OpenPage:
    """A page in a browser context of its own, and what went wrong on it so far."""

    page: Page
    problems: list[str] = field(default_factory=list)


def find_chromium() -> Path | None:
    """The Chromium or Chrome on the PATH, or None where there is none."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    return Path(found) if found else None


def launch_args() -> list[str]:
    """Arguments for Chromium: no network of its own, and no sandbox only where it cannot have one (as root)."""
    args = [
        "--headless=new",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
    ]
    return [*args, "--no-sandbox"] if os.geteuid() == 0 else args


@dataclass
class Desktop:
    """A browser whose windows are used again: to make one costs five times as much as to open a page in it.

    A window that was given back has no page and no cookie. Nothing else of one test is there for the next: the product
    keeps nothing in a browser, and every test's server has an address of its own.
    """

    browser: Browser
    free: dict[tuple[bool, bool], list[BrowserContext]] = field(default_factory=dict)

    def open(self, width: int, *, javascript: bool = True, touch: bool = False) -> OpenPage:
        """A page `width` CSS pixels wide; console errors, uncaught errors, CSP violations go to its `problems`."""
        kind, size = (javascript, touch), ViewportSize(width=width, height=HEIGHT)
        waiting = self.free.setdefault(kind, [])
        context = waiting.pop() if waiting else self._make(kind)
        opened = OpenPage(context.new_page())
        opened.page.set_viewport_size(size)

        def note_console(message: ConsoleMessage) -> None:
            # Chromium reports a CSP violation as an error on the console, with scripts off too.
            if message.type == "error":
                opened.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

        opened.page.on("console", note_console)
        opened.page.on("pageerror", lambda error: opened.problems.append(f"script: {error}"))
        return opened

    def _make(self, kind: tuple[bool, bool]) -> BrowserContext:
        javascript, touch = kind
        return self.browser.new_context(
            java_script_enabled=javascript, locale="en-GB", has_touch=touch, is_mobile=touch
        )

    def give_back(self, opened: OpenPage, *, javascript: bool = True, touch: bool = False) -> None:
        """Close the pages of this page's window, forget who was signed in, and keep it for the next."""
        context = opened.page.context
        for page in context.pages:
            page.close()
        context.clear_cookies()
        context.set_offline(False)
        self.free[(javascript, touch)].append(context)


def axe_violations(page: Page) -> list[str]:
    """What axe finds wrong on the page, a line for each element: rule, what it says, and where.

    The source goes in by the debugger, which the page's content security policy does not govern. A page with scripts
    off cannot be checked.
    """
    if page.evaluate("typeof axe === 'undefined'"):  # once for each document: to read it costs as much as to run it
        page.evaluate(axe_source())
    options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
    # Only what is wrong comes back: the rest of the report is longer than the page.
    script = "options => axe.run(document, options).then(result => result.violations)"
    violations: list[dict[str, Any]] = page.evaluate(script, options)
    return [
        f"{violation['id']}: {violation['help']}: {' '.join(map(str, node['target']))}"
        for violation in violations
        for node in violation["nodes"]
    ]


@cache
def axe_source() -> str:
    """The source of axe as the package axe-playwright-python brings it. Raises RuntimeError where that is missing."""
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        raise RuntimeError("axe-playwright-python is not installed")
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")
