"""Due for me, the pages about the product itself, and the health check."""

from __future__ import annotations

from flask import Blueprint, render_template
from sqlalchemy import text

from tracker.core import clock
from tracker.core.db import db
from tracker.core.permissions import Role
from tracker.home import queries
from tracker.home.rules import due_words
from tracker.web.access import permission, person, public

bp = Blueprint("home", __name__)


@bp.get("/")
@permission("home.view")
def due_for_me() -> str:
    who, today = person(), clock.today()
    audited = who.taskforces({Role.AUDITOR})
    return render_template(
        "home/due.html",
        sections=queries.list_tasks(who, today),
        limit=queries.LIMIT,
        due_words=due_words,
        next_papers=queries.list_next_papers(who, today) if who.taskforces() else [],
        changes=queries.list_changes(audited) if audited else [],
        is_auditor=bool(audited),
        setup=queries.get_setup(today) if who.is_admin else None,
    )


@bp.get("/accessibility")
@public
def accessibility() -> str:
    return render_template("home/accessibility.html")


@bp.get("/privacy")
@public
def privacy() -> str:
    return render_template("home/privacy.html")


@bp.get("/cookies")
@public
def cookies() -> str:
    return render_template("home/cookies.html")


@bp.get("/healthz")
@public
def healthz() -> tuple[str, int, dict[str, str]]:
    """Whether the application reaches its database and the schema is there: for a load balancer."""
    db.session.execute(text("SELECT number FROM event_head"))
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
