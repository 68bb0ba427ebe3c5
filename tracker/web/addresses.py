"""An address that is typed with a slash at its end leads to the one without."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, redirect, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import MapAdapter
from werkzeug.wrappers import Response


def _without_slash(app: Flask) -> Response | None:
    """Where a page is asked for that is there but for the slash: a permanent redirect to it."""
    wanted = request.path.rstrip("/")
    is_missing = isinstance(request.routing_exception, NotFound) and request.method in {"GET", "HEAD"}
    if not is_missing or not wanted or wanted == request.path or not _is_page(app.create_url_adapter(request), wanted):
        return None
    query = request.query_string.decode("ascii", "replace")
    return redirect(quote(wanted, safe="/()") + (f"?{query}" if query else ""), 308)


def _is_page(adapter: MapAdapter | None, path: str) -> bool:
    if adapter is None:
        return False
    try:
        adapter.match(path, method="GET")
    except HTTPException:
        return False
    return True


def init_app(app: Flask) -> None:
    app.before_request(lambda: _without_slash(app))
