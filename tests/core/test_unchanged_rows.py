"""What is set to what it was is no change: it needs no event, and is no reason to refuse a commit."""

from __future__ import annotations

from flask import Flask

from tests.factories import Cast
from tracker.core import audit
from tracker.core.db import db, writing
from tracker.directory.models import Programme


def test_a_row_set_to_what_it_was_needs_no_event(app: Flask, cast: Cast) -> None:
    with app.app_context():
        before = audit.head()
        with writing():
            programme = db.session.get_one(Programme, cast.can)
            programme.name = str(programme.name)
        assert audit.head() == before
        assert audit.verify() == []
