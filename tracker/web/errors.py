"""Every error's page, once: what happened and what to do next, whole or as a piece for htmx."""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from tracker.core.errors import AlreadySubmitted, DomainError, TooManyTries
from tracker.web import htmx
from tracker.web.security import safe_path

log = logging.getLogger("tracker")
PAGES: dict[int, tuple[str, str]] = {
    400: ("There is a problem with the request", "Go back, check what you entered and try again."),
    401: ("You have been signed out", "Sign in and try again."),
    403: ("You cannot do this", "Go back, or start again from the home page."),
    404: ("Page not found", "Check the address, or start again from the home page."),
    405: ("This address does not take that kind of request", "Go back and use the button on the page."),
    409: ("This cannot be done now", "Go back, look at the record as it is now, and decide again."),
    413: ("The file or text is too large", "Files can be up to 20 MB. Make it smaller and try again."),
    422: ("There is a problem with what you entered", "Go back, put it right and try again."),
    429: ("Too many tries", "Wait a little and try again."),
    500: (
        "Something went wrong on our side",
        "If you were saving something, it was not saved. Try again; if it goes on, tell your administrator.",
    ),
}


# What a page that gives typed text back must not show: tokens, and what was a secret.
UNSHOWN = re.compile(r"csrf_token|form_key|version|find|current|new|.*password.*")


def page(status: int, title: str = "", message: str = "", typed: dict[str, str] | None = None) -> Response:
    """The error page for `status`; for htmx only its notice, which lands in the page's #notice.

    `typed` is what was in the form, to be copied from the page where the form itself is lost.
    """
    general_title, next_step = PAGES.get(status, PAGES[400])
    template = "errors/_notice.html" if htmx.is_htmx() else "errors/page.html"
    words = {"title": title or general_title, "message": message, "next_step": next_step}
    body = render_template(template, status=status, back=_page_before(), typed=typed or {}, **words)
    response = make_response(body, status)
    if htmx.is_htmx():  # a refusal is no new content for the row or form that asked
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#notice", "innerHTML"
    return response


def _domain_error(error: DomainError) -> Response:
    if isinstance(error, AlreadySubmitted):
        return htmx.leave(safe_path(error.location) or _page_before() or "/")
    response = page(error.status, error.title, error.message)
    if isinstance(error, TooManyTries):
        response.headers["Retry-After"] = str(error.wait)
    return response


def _page_before() -> str | None:
    """The page whose button was pressed, for an answer that was no redirect: an htmx save in a row, say."""
    referrer = urlsplit(request.referrer or "")
    return safe_path(f"{referrer.path}?{referrer.query}".rstrip("?"))


def what_was_typed() -> dict[str, str]:
    """The text in the form that was sent, by its control's name in plain words, without tokens and secrets."""
    kept = {name: text for name, text in request.form.items() if text.strip() and not UNSHOWN.fullmatch(name)}
    return {name.replace("_", " ").replace("-", " ").capitalize(): text for name, text in kept.items()}


def signed_out() -> Response:
    """For a form that was sent after its sign-in had ended: nothing is saved, and nothing that was typed is lost."""
    message = "Your sign-in has ended, so nothing was saved. Sign in again and open the form afresh."
    return page(401, "You have been signed out", message, what_was_typed())


def _csrf_error(error: CSRFError) -> Response:
    message = "You signed out or signed in again in another window, so nothing was saved. Open the form afresh."
    return page(400, "This form can no longer be used", message, what_was_typed())


def _http_error(error: HTTPException) -> Any:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    response = page(error.code)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    log.exception("unexpected error")
    try:
        return page(500)
    except Exception:  # the page itself needs the database, for who is signed in
        log.exception("the error page failed too")
        title, next_step = PAGES[500]
        return Response(f"{title}. {next_step}\n", 500, mimetype="text/plain")


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(500, _unexpected)
