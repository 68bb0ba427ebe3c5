"""Headers on every answer, the content security policy, and which addresses a sign-in may lead to."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

from flask import Flask, Response, current_app, g, request

from tracker.core import events

# The one inline script of the NHS.UK page template (nhsuk/template.jinja). A test recomputes the hash from a page.
INLINE_SCRIPT = (
    "document.body.className += ' js-enabled' + ('noModule' in HTMLScriptElement.prototype"
    " ? ' nhsuk-frontend-supported' : '');"
)
SCRIPT_HASH = "sha256-" + base64.b64encode(hashlib.sha256(INLINE_SCRIPT.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' '{SCRIPT_HASH}'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Our own paths only, by a strict pattern: joining and comparing hosts lets `////host` and `/\thost` through.
OWN_PATH = re.compile(r"/(?:[A-Za-z0-9_-][A-Za-z0-9_.()/-]*)?(?:\?[A-Za-z0-9_.~%&=()+:,/-]*)?(?:#[A-Za-z0-9_-]*)?")


def safe_path(path: str | None) -> str | None:
    """`path` where it is an address of ours, else None."""
    if path and len(path) <= 2000 and "//" not in path and OWN_PATH.fullmatch(path):
        return path
    return None


def begin_request() -> None:
    """Give the request an id of its own, for the log and the events."""
    g.request_id = secrets.token_hex(8)
    events.request_id.set(g.request_id)


def add_headers(response: Response) -> Response:
    """The same headers on every answer, errors too."""
    response.headers.update(HEADERS)
    if current_app.config["HTTPS"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint == "static" and "v" in request.args and response.status_code in {200, 304}:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
        response.vary.update(("Cookie", "HX-Request", "HX-Target"))
    return response


def init_app(app: Flask) -> None:
    app.before_request(begin_request)
    app.after_request(add_headers)
