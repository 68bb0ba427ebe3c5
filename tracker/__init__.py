"""Taskforce Tracker: the application factory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Response
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import load_config
from tracker import chain, cli
from tracker.accounts import sessions
from tracker.accounts.views import bp as accounts
from tracker.actions.views import bp as actions
from tracker.calendars.views import bp as calendars
from tracker.core import events, references
from tracker.core.db import db
from tracker.correspondence import panel as correspondence_panel
from tracker.correspondence.views import bp as correspondence
from tracker.directory.views import bp as directory
from tracker.guest_links import ending
from tracker.guest_links.views import bp as guest_links
from tracker.home.views import bp as home
from tracker.letterheads.views import bp as letterheads
from tracker.letters import recall
from tracker.letters.beginnings import register_beginning
from tracker.letters.views import bp as letters
from tracker.papers.views import bp as papers
from tracker.passages.views import bp as passages
from tracker.recommendations.operations import make_assignments
from tracker.recommendations.views import bp as recommendations
from tracker.reminders import panel as reminders
from tracker.replies import panel as replies
from tracker.saved_views import registers
from tracker.saved_views.views import bp as saved_views
from tracker.sending import panel as sending
from tracker.transfers import panel as transfers
from tracker.web import addresses, errors, pages, security
from tracker.web.transaction import TrackerFlask, end_request
from tracker.word_letters.pages import load_beginning
from tracker.word_letters.views import bp as word_letters
from tracker.workshops.views import bp as workshops

ROOT = Path(__file__).resolve().parent.parent
FEATURES = (
    accounts,
    directory,
    letterheads,
    passages,
    saved_views,
    actions,
    workshops,
    letters,
    word_letters,
    correspondence,
    recommendations,
    guest_links,
    papers,
    calendars,
    home,
)


def create_app(settings: Mapping[str, Any] | None = None) -> TrackerFlask:
    """The application, with the environment's settings and `settings` over them."""
    app = TrackerFlask("tracker", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.from_mapping(load_config() | dict(settings or {}))
    if hops := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"connect_args": {"timeout": 15}}
        app.config["DATA_DIR"].mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    # pages first: it sets Jinja's options, which take effect only before anything has asked for the environment.
    for part in (pages, addresses, security, errors, cli):
        part.init_app(app)
    CSRFProtect(app)
    sessions.login_manager.init_app(app)
    app.after_request(_note_use)
    for feature in FEATURES:
        app.register_blueprint(feature)
    for part in (sending, correspondence_panel, replies, reminders, transfers, chain):
        part.init_app(app)
    _name_references()
    _connect()
    app.teardown_appcontext(end_request)
    return app


def _note_use(response: Response) -> Response:
    sessions.note_use()
    return response


def _name_references() -> None:
    """Which page shows a reference of which letter."""
    references.register_kind("W", "workshops.show_workshop")
    references.register_kind("L", "letters.show_letter")
    references.register_kind("R", "recommendations.show_recommendation")
    references.register_kind("A", "actions.show_action", digits=3)
    references.register_kind("P", "papers.show_paper")


def _connect() -> None:
    """What a lower feature causes above it, by the events that it records, and what it takes from there."""
    for verb in ("letter_issued", "letter_recorded"):
        events.subscribe(verb, make_assignments)
    events.subscribe("grant_ended", recall.when_grant_ends)
    events.subscribe("user_disabled", recall.when_user_disabled)
    events.subscribe("grant_ended", ending.when_grant_ends)
    events.subscribe("user_disabled", ending.when_user_disabled)
    events.subscribe("sro_appointed", ending.when_sro_appointed)
    for verb in ("action_edited", "action_redated"):
        events.subscribe(verb, ending.when_action_edited)
    register_beginning("word", load_beginning)
    registers.register_page("recommendations", "Recommendations", "recommendations.list_recommendations")
