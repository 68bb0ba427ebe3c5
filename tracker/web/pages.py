"""What every page has: Jinja's settings, the header's navigation, dates in words, and addresses of static files."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_login import current_user
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader
from markupsafe import Markup
from werkzeug.routing import BaseConverter

from tracker import documents
from tracker.core import clock, references
from tracker.core.permissions import Person, may
from tracker.web.htmx import target

# (section, words, endpoint, permission): what stands in the header for whom.
NAVIGATION = (
    ("home", "Due for me", "home.due_for_me", "home.view"),
    ("workshops", "Workshops", "workshops.list_workshops", "workshop.list"),
    ("letters", "Letters", "letters.list_letters", "letter.list"),
    ("recommendations", "Recommendations", "recommendations.list_recommendations", "recommendation.list"),
    ("actions", "Actions", "actions.list_actions", "action.list"),
    ("papers", "Board papers", "papers.list_papers", "paper.list"),
    ("directory", "Directory", "directory.show_directory", "programme.list"),
    ("users", "Users", "accounts.list_users", "user.view"),
)
HTMX_CONFIG = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "timeout": 15000,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "409", "swap": True, "error": True},
        {"code": "422", "swap": True},
        {"code": "[45]..", "swap": True, "error": True, "target": "#notice", "swapOverride": "innerHTML"},
    ],
}


class RecordConverter(BaseConverter):
    """A record in an address: its reference (EPC-L02, EPC-L02(b)), or its id while it has none."""

    part_isolating = True
    regex = r"[A-Z][A-Z0-9]{1,7}-[A-Z][0-9]{2,6}(?:\([a-z]{1,10}\))?|[0-9]{1,9}"


class IdConverter(BaseConverter):
    """An id in an address: at most 9 digits, so that no driver is asked for more than a column can hold."""

    regex = r"[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        return int(value)


@cache
def _asset_hash(folder: str, filename: str) -> str:
    path = Path(folder) / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "none"


def _add_asset_hash(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "filename" in values and "v" not in values:
        values["v"] = _asset_hash(str(current_app.static_folder), values["filename"])


def plain_date(day: date | None) -> str:
    """29 December 2017."""
    return f"{day.day} {day:%B %Y}" if day else ""


def short_date(day: date | None) -> str:
    """29 Dec 2017, kept on one line."""
    return f"{day.day}\u00a0{day:%b}\u00a0{day.year}" if day else ""


def plain_time(instant: datetime) -> str:
    """29 December 2017 at 3:10pm, in London."""
    return f"{plain_date(clock.london(instant).date())} at {clock_time(instant)}"


def clock_time(instant: datetime) -> str:
    """3:10pm, in London."""
    local = clock.london(instant)
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def recent_time(instant: datetime) -> str:
    """Tuesday 3:10pm within the last six days and today; else 29 December 2017 at 3:10pm."""
    days_ago = (clock.today() - clock.london(instant).date()).days
    return f"{clock.london(instant):%A} {clock_time(instant)}" if 0 <= days_ago < 7 else plain_time(instant)


def stated_date(day: date | None, stated: str = "") -> str:
    """A date as stated, with the secretariat's tracking date where there is one; else the date; else 'Not set'."""
    if stated and day:
        return f"{stated} (tracked as {plain_date(day)})"
    return stated or plain_date(day) or "Not set"


def days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def markdown(text: str | None, heading_level: int = 3) -> Markup:
    """Safe HTML of our Markdown: the same parse that makes the Word paragraphs."""
    return Markup(documents.to_html(text or "", heading_level))  # noqa: S704


def reference_url(reference: str) -> str:
    """The address of the record with this reference."""
    endpoint = references.endpoint_of(reference)
    return url_for(endpoint, key=reference) if endpoint else ""


def _person() -> Person | None:
    return current_user.person if current_user.is_authenticated else None


def _navigation() -> list[tuple[str, str, str]]:
    person = _person()
    if person is None:
        return []
    return [
        (section, words, url_for(endpoint))
        for section, words, endpoint, name in NAVIGATION
        if may(person, name) and endpoint in current_app.view_functions and not _is_empty_for(person, section)
    ]


def _is_empty_for(person: Person, section: str) -> bool:
    """Whether a register holds nothing for `person`: who has no role reads no business, but may own actions."""
    registers = {"letters", "recommendations"} | ({"actions"} if person.is_admin else set())
    return not person.grants and section in registers


def _context() -> dict[str, Any]:
    person = _person()
    return {
        "person": person,
        "navigation": _navigation,
        "may": lambda name, record=None: person is not None and may(person, name, record),
        "today": clock.today(),
        "assetPath": "/static/vendor/nhsuk/assets",
        "themeColor": "#005eb8",
        "htmx_config": json.dumps(HTMX_CONFIG, separators=(",", ":")),
        "htmx_target": target(),
        "here": request.full_path.rstrip("?"),
    }


def init_app(app: Flask) -> None:
    # Without autoescape=True the .jinja macros of the components would emit raw <script> (frontend.md; tested).
    app.jinja_options = {
        "undefined": ChainableUndefined,
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    loader = app.jinja_loader
    if loader is None:
        raise RuntimeError("the application has no templates folder")
    app.jinja_loader = ChoiceLoader([loader, PackageLoader("nhsuk_frontend_jinja")])
    app.url_map.converters.update(record=RecordConverter, id=IdConverter)
    app.url_defaults(_add_asset_hash)
    app.context_processor(_context)
    for rule in (plain_date, short_date, plain_time, recent_time, stated_date, days, markdown):
        app.jinja_env.filters[rule.__name__] = rule
    app.jinja_env.globals["reference_url"] = reference_url
    app.jinja_env.globals["plain_date"] = plain_date
