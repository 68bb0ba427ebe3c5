"""A form that is sent after its sign-in has ended: nothing is saved, and what was typed comes back."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tests.factories import Cast
from tracker.accounts.models import UserSession
from tracker.core import audit, clock
from tracker.core.db import db, side_write

TEXT = "An hour’s work <b>in one box</b>"


def end_sessions(app: Flask) -> None:
    """As the idle limit does: the cookie stays, the session behind it has ended."""
    with app.app_context(), side_write() as connection:
        connection.execute(db.update(UserSession).values(ended_at=clock.now()))


def test_secretary_whose_session_ended_gets_the_text_back(app: Flask, cast: Cast, visit: Any) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get("/taskforces/EPC/edit")
    with app.app_context():
        before = audit.head()
    end_sessions(app)
    page = secretary.send("Save", {"Remit": TEXT}, status=401)
    assert TEXT in [area.text.strip() for area in page.tree.iter("textarea")]
    assert "csrf" not in page.text.lower() and "<b>" not in page.html
    with app.app_context():
        assert audit.head() == before


def test_secretary_who_signed_out_in_another_window_gets_the_text_back(app: Flask, cast: Cast, visit: Any) -> None:
    secretary = visit("secretary@epc.test")
    form = secretary.get("/taskforces/EPC/edit")
    token = form.tree.find(".//input[@name='csrf_token']").get("value")
    secretary.client.post("/sign-out", data={"csrf_token": token})
    page = secretary.send("Save", {"Remit": TEXT}, status=400)
    assert TEXT in [area.text.strip() for area in page.tree.iter("textarea")]


def test_password_is_never_given_back(app: Flask, cast: Cast, visit: Any) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get("/account/password")
    end_sessions(app)
    page = secretary.send("Change the password", {"Current password": "my old secret is long"}, status=401)
    assert "my old secret" not in page.html
