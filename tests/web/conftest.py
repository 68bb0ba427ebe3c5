"""An application of its own with pages that go wrong on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Blueprint, Flask, Response, abort, g, render_template_string, request
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from tests.factories import add
from tracker import create_app
from tracker.core import errors
from tracker.core.db import begin_write, db
from tracker.core.form_keys import claim
from tracker.directory.models import Board
from tracker.web import htmx
from tracker.web.access import permission, public

RAISED = {
    "not-found": errors.NotFound("No such thing."),
    "forbidden": errors.Forbidden("Not you."),
    "rule": errors.RuleBroken("The letter has been issued."),
    "stale": errors.StaleVersion(),
    "moved": errors.ContentMoved(),
    "tries": errors.TooManyTries(90),
    "file": errors.BadFile("The file is empty."),
    "bug": ZeroDivisionError("a bug"),
    "busy": OperationalError("UPDATE", {}, Exception("database is locked")),
}


def make_blueprint() -> Blueprint:
    bp = Blueprint("trial", __name__, url_prefix="/trial")

    @bp.get("/raise/<name>")
    @public
    def fail(name: str) -> str:
        raise RAISED[name]

    @bp.get("/abort/<int:status>")
    @public
    def give_up(status: int) -> str:
        abort(status)

    @bp.get("/writes")
    @public
    def write_while_reading() -> str:
        db.session.execute(text("UPDATE event_head SET number = number"))
        return "written"

    @bp.post("/board/<int:status>")
    @public
    def make_board(status: int) -> Response:
        begin_write()
        add(Board(name=request.form["name"], organisation=""))
        return Response("answer", status)

    @bp.post("/quiet")
    @public
    def write_without_event() -> str:
        begin_write()
        db.session.add(Board(name="Quiet", organisation=""))
        return "written"

    @bp.post("/bug")
    @public
    def fail_in_the_middle() -> str:
        begin_write()
        add(Board(name="Half", organisation=""))
        raise ZeroDivisionError

    @bp.post("/once")
    @public
    def make_once() -> Response:
        begin_write()
        g.form_key = claim(request.form["form_key"])
        add(Board(name="Once", organisation=""))
        where = request.form["where"]
        return htmx.see_other(where) if where else Response("in place")

    @bp.get("/scripts")
    @public
    def show_scripts() -> str:
        source = (
            '{% from "nhsuk/components/input/macro.jinja" import input %}{{ words }}'
            '{{ input({"id": "a", "name": "a", "label": {"text": words}, "value": words}) }}'
        )
        return render_template_string(source, words=request.args["words"])

    @bp.get("/mine")
    @permission("home.view")
    def show_mine() -> str:
        return "mine"

    return bp


@pytest.fixture(scope="session")
def trial_app(store: Any) -> Flask:
    """The real factory on the test's database, with the trial pages; errors get their pages, as in production."""
    settings = {key: store.app.config[key] for key in ("SQLALCHEMY_DATABASE_URI", "MIGRATION_URL", "DATA_DIR")}
    fixed = {"SECRET_KEY": "only for tests", "SERVER_NAME": "localhost", "WTF_CSRF_ENABLED": False}
    app = create_app(settings | fixed)
    app.register_blueprint(make_blueprint())
    return app


@pytest.fixture
def trial(app: Flask, trial_app: Flask) -> Iterator[Any]:
    """A browser on the application with the trial pages."""
    yield trial_app.test_client()
    with trial_app.app_context():
        db.engine.dispose()


@pytest.fixture
def boards(app: Flask) -> Any:
    """The names of the boards there are."""

    def names() -> list[str]:
        with app.app_context():
            return list(db.session.scalars(select(Board.name).order_by(Board.id)))

    return names
