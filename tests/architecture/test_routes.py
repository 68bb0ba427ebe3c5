"""Every page says who may use it, and no page changes anything when it is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tracker import create_app
from tracker.core.permissions import PERMISSIONS
from tracker.web.pages import NAVIGATION

# Everybody may use these without signing in; each for a reason that its name gives.
PUBLIC = {
    "static",
    "home.accessibility",
    "home.privacy",
    "home.cookies",
    "home.healthz",
    "accounts.sign_in",
    "accounts.sign_in_with_password",
    "accounts.ask_for_reset",
    "accounts.show_reset_asked",
    "accounts.set_password",
    # Whoever has the secret in the address; all that has none of these is refused alike.
    "guest_links.open_link",
    "guest_links.leave",
    "guest_links.show_letter",
    "guest_links.download_letter",
    "guest_links.write_answers",
    "guest_links.keep_answers_edit",
    "guest_links.drop_answers_edit",
    "guest_links.sign_off",
    "guest_links.report_action",
    "calendars.read_feed",
}
APP: Flask = create_app({"SECRET_KEY": "only for tests", "SQLALCHEMY_DATABASE_URI": "sqlite://"})
RULES: list[Rule] = sorted(APP.url_map.iter_rules(), key=lambda r: r.rule)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: f"{r.rule}-{r.endpoint}")
def test_every_route_names_its_permission(rule: Rule) -> None:
    view = APP.view_functions[rule.endpoint]
    if rule.endpoint == "static":
        return
    assert hasattr(view, "permission"), f"{rule.endpoint} has neither @permission nor @public"
    if view.permission is None:
        assert rule.endpoint in PUBLIC, f"{rule.endpoint} is public"
    else:
        assert view.permission in PERMISSIONS


def test_every_permission_is_used() -> None:
    """By a view, or by name in a template or a view's `may`."""
    root = Path(__file__).resolve().parents[2]
    texts = [
        p.read_text(encoding="utf-8")
        for folder in ("tracker", "templates")
        for p in root.joinpath(folder).rglob("*")
        if p.suffix in {".py", ".html"} and p.name != "permissions.py"
    ]
    whole = "\n".join(texts)
    unused = {name for name in PERMISSIONS if f'"{name}"' not in whole and not name.endswith(".view")}
    assert not unused


@pytest.mark.parametrize("rule", RULES, ids=lambda r: f"{r.rule}-{r.endpoint}")
def test_addresses_are_readable(rule: Rule) -> None:
    words = "".join(part for part in rule.rule if part.isalpha() or part in "-/<>:_.")
    assert words == words.lower() or rule.endpoint == "static"
    fixed = [part for part in rule.rule.split("/") if part and not part.startswith("<")]
    assert not [part for part in fixed if "_" in part], "kebab-case"
    for argument in rule.arguments:
        converter = type(rule._converters[argument]).__name__
        assert converter != "IntegerConverter", "use <id:…>: an integer of any length breaks the driver"


def test_writing_methods_are_post_only() -> None:
    for rule in RULES:
        assert not {"PUT", "PATCH", "DELETE"} & set(rule.methods or ())


def test_the_header_leads_to_pages_that_are_there() -> None:
    for _section, _words, endpoint, permission in NAVIGATION:
        assert permission in PERMISSIONS
        assert endpoint in APP.view_functions, endpoint
