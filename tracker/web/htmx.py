"""What htmx asks for, and how to answer it. Every htmx action is a plain form or link too."""

from __future__ import annotations

from flask import Response, redirect, request


def target() -> str | None:
    """The id of the element that htmx will swap, or None where a whole page is wanted.

    htmx 2 sends the bare id, htmx 4 `tag#id`; a request that restores history always gets the whole page.
    """
    return request.headers.get("HX-Target", "").rpartition("#")[2] or None if is_htmx() else None


def is_htmx() -> bool:
    """Whether htmx asks for a piece of a page; where it restores history it takes the whole one."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def see_other(location: str) -> Response:
    """303 to one of our own addresses, after a write."""
    response = redirect(location, 303)
    return Response(response.get_data(), 303, dict(response.headers))


def leave(location: str) -> Response:
    """Take the whole browser page to `location`, also where htmx asked: a sign-in page never lands in a row."""
    if is_htmx():
        return Response(status=204, headers={"HX-Redirect": location})
    return see_other(location)


def is_polling() -> bool:
    """Whether the page asked by itself (it says so with ?poll=1): that does not keep a session alive."""
    return request.args.get("poll") == "1"
