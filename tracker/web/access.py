"""Who is asking, what they may do, and the start of a write: the three lines every view begins with."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from flask import current_app, g
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from tracker.core import db as database
from tracker.core import form_keys
from tracker.core.db import Versioned, WithId
from tracker.core.errors import Forbidden, NotFound, StaleVersion
from tracker.core.permissions import PERMISSIONS, Person, may, view_permission

View = Callable[..., Any]
Loader = Callable[..., Any]
F = TypeVar("F", bound=View)


class SubmittedForm(Protocol):
    """What `begin_write` needs of a form: its one-time key, and the version it was opened on."""

    form_key: Any
    version: Any


def person() -> Person:
    """Who is signed in. Raises Forbidden for nobody: only views without a permission can meet that."""
    if not current_user.is_authenticated:
        raise Forbidden("Sign in first.")
    who: Person = current_user.person
    return who


def public(view: F) -> F:
    """Mark a view that everybody may use without signing in."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def permission(name: str, load: Loader | None = None) -> Callable[[F], F]:
    """Name the permission of a view, and fetch what it is about.

    `load(person, **the address's values)` returns the record or None; the view is called with the record alone.
    Strangers to the record get 404, its readers who may not do this 403. Without `load` the view gets the address's
    values.
    """
    if name not in PERMISSIONS:
        raise KeyError(name)

    def decorate(view: F) -> F:
        @functools.wraps(view)
        def wrapped(**values: Any) -> Any:
            if not current_user.is_authenticated:
                answer: BaseResponse = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
                return answer
            g.permission = name
            if load is None:
                if not may(person(), name):
                    raise Forbidden("Your role does not include this. Ask your secretariat or administrator.")
                return view(**values)
            g.reload = functools.partial(load, person(), **values)
            return view(_fetch(name))

        wrapped.permission = name  # type: ignore[attr-defined]
        return wrapped  # type: ignore[return-value]

    return decorate


def fetch_by_token(load: Callable[[], Any]) -> Any:
    """What the secret in a public view's address opens, which `begin_write` then loads again, locked.

    The secret is the permission: `load` checks it. Raises NotFound where it returns None.
    """
    g.reload, g.permission = load, None
    return _fetch(None)


def _fetch(name: str | None) -> Any:
    record = g.reload()
    if record is None or (name is not None and not may(person(), view_permission(name), record)):
        raise NotFound("There is nothing here that you can see.")
    if name is not None and not may(person(), name, record):
        raise Forbidden("You can read this, but your role does not let you do that.")
    g.row = (type(record), record.id) if isinstance(record, WithId) else None
    return record


def begin_write(form: SubmittedForm | None = None) -> Any:
    """End the read, begin the writing transaction, and return the view's record as it is now, locked.

    Raises AlreadySubmitted for a form sent twice, StaleVersion where the record has been saved since the form was
    opened, and NotFound or Forbidden where the person lost the right to it in between.
    """
    reload, row, name = g.get("reload"), g.get("row"), g.get("permission")
    database.begin_write()
    if form is not None and form.form_key.data:
        g.form_key = form_keys.claim(form.form_key.data)
    if reload is None:
        return None
    if row is not None:
        database.lock_row(*row)
    record = _fetch(name)
    opened = form.version.data if form is not None else None
    if isinstance(record, Versioned) and opened is not None and record.version != opened:
        raise StaleVersion
    return record


def reload() -> Any:
    """The view's record as it is now, after a write that was given up."""
    return g.reload() if g.get("reload") is not None else None
