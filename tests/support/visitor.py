"""A person at a browser without JavaScript: reads pages, fills forms by their labels, follows links by their words.

Every page read is checked too: it parses, has a title and one h1, ids are unique, labels and descriptions point at
something, and forms go to our own addresses.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections import Counter
from datetime import date
from typing import Any

from flask import Flask
from lxml.html import document_fromstring
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from tracker.accounts.models import User, UserSession
from tracker.core import clock
from tracker.core.db import db, side_write


def _text(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())


class Page:
    """An answer, read as HTML."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer, self.status = answer, answer.status_code
        self.html = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        self.tree: Any = document_fromstring(self.html) if self.html.strip() else None

    @property
    def text(self) -> str:
        """What a person reads: the words of the main part, white space folded."""
        main = self.tree.find(".//main")
        return _text(self.tree if main is None else main)

    @property
    def errors(self) -> list[str]:
        """The messages at the fields."""
        found = self.tree.iterfind(".//*[@class='nhsuk-error-message']")
        return [_text(e).removeprefix("Error:").strip() for e in found]

    def all(self, path: str) -> list[str]:
        """The words of every element at an ElementPath."""
        return [_text(e) for e in self.tree.iterfind(path)]

    def link(self, words: str) -> str:
        """The address of the first link with these words."""
        for a in self.tree.iter("a"):
            if _text(a) == words:
                return str(a.get("href"))
        raise AssertionError(f"no link {words!r} among {[_text(a) for a in self.tree.iter('a')]}")

    def check(self) -> None:
        ids = Counter(self.tree.xpath("//@id"))
        twice = {i for i, count in ids.items() if count > 1}
        assert not twice, f"ids used twice: {twice}"
        for name in ("for", "aria-describedby", "aria-labelledby"):
            for targets in self.tree.xpath(f"//@{name}"):
                for target in targets.split():
                    assert target in ids, f"{name}={target!r} points at nothing"
        for form in self.tree.iter("form"):
            action = form.get("action") or "/"
            assert action.startswith("/") and not action.startswith("//"), f"a form goes to {action!r}"
            if (form.get("method") or "get").lower() == "post":
                assert form.find(".//input[@name='csrf_token']") is not None, f"no CSRF token in the form to {action}"

    def check_whole(self) -> None:
        assert self.tree.findtext(".//title"), "the page has no title"
        assert len(list(self.tree.iter("h1"))) == 1, f"{len(list(self.tree.iter('h1')))} h1 on the page"
        self.check()


class Visitor:
    """Somebody's browser."""

    def __init__(self, app: Flask, email: str | None = None) -> None:
        self.app, self.client = app, app.test_client()
        self.page: Page
        self.address = "/"
        if email:
            self._sign_in(email)

    def _sign_in(self, email: str) -> None:
        token, now = secrets.token_urlsafe(32), clock.now()
        with self.app.app_context():
            user_id = db.session.execute(select(User.id).where(User.email == email)).scalar_one()
            row = {"user_id": user_id, "token_hash": hashlib.sha256(token.encode()).hexdigest()}
            with side_write() as connection:
                connection.execute(insert(UserSession).values(**row, started_at=now, last_used_at=now))
        with self.client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True

    def get(self, address: str, status: int = 200, **kwargs: Any) -> Page:
        """Read a page, following redirects, and check it."""
        return self._take(self.client.get(address, follow_redirects=True, **kwargs), status)

    def get_file(self, address: str, status: int = 200) -> bytes:
        answer = self.client.get(address)
        assert answer.status_code == status, (address, answer.status_code)
        return answer.get_data()

    def follow(self, words: str) -> Page:
        """Follow the link with these words on the page at hand."""
        return self.get(self.page.link(words))

    def _take(self, answer: TestResponse, status: int | None) -> Page:
        self.page, self.address = Page(answer), answer.request.full_path.rstrip("?")
        if status is not None:
            shown = self.page.text[:1500] if self.page.tree is not None else answer.get_data()[:300]
            assert self.page.status == status, f"{self.address}: {self.page.status}, not {status}: {shown}"
        if self.page.tree is not None and self.page.html.lstrip().lower().startswith("<!doctype"):
            self.page.check_whole()
        return self.page

    def form(self, button: str) -> tuple[Any, Any]:
        """The form that has a button with these words, and the button."""
        for form in self.page.tree.iter("form"):
            for b in form.iter("button"):
                if _text(b) == button:
                    return form, b
        buttons = [_text(b) for b in self.page.tree.iter("button")]
        raise AssertionError(f"no button {button!r} among {buttons} on {self.address}")

    def send(self, button: str, values: dict[str, Any] | None = None, status: int | None = 200, **kwargs: Any) -> Page:
        """Fill the form of `button` by labels, press it, and follow where it leads.

        `values`: label → text; a list for several boxes; True or False for one box; a date for a date input;
        (bytes, name) for a file. `names=` gives values by control name instead, for what no label reaches.
        """
        form, pressed = self.form(button)
        data = self._defaults(form)
        for label, value in (values or {}).items():
            self._fill(form, data, label, value)
        data.update(kwargs.pop("names", {}))
        if pressed.get("name"):
            data[pressed.get("name")] = pressed.get("value") or ""
        action = pressed.get("formaction") or form.get("action") or self.address
        method = (form.get("method") or "get").lower()
        if method == "get":
            return self._take(self.client.get(action, query_string=data, follow_redirects=True, **kwargs), status)
        return self._take(self.client.post(action, data=data, follow_redirects=True, **kwargs), status)

    def _defaults(self, form: Any) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for e in form.iter("input", "select", "textarea"):
            name, kind = e.get("name"), e.get("type", "text")
            if not name or kind in {"submit", "file", "button"}:
                continue
            if kind in {"radio", "checkbox"}:
                if e.get("checked") is not None:
                    data.setdefault(name, []).append(e.get("value") or "on")
            elif e.tag == "select":
                options = list(e.iter("option"))
                chosen = [o for o in options if o.get("selected") is not None] or options[:1]
                data[name] = [_value_of(o) for o in chosen]
            else:
                data[name] = "".join(e.itertext()).removeprefix("\n") if e.tag == "textarea" else e.get("value") or ""
        return data

    def _fill(self, form: Any, data: dict[str, Any], label: str, value: Any) -> None:
        for fieldset in form.iter("fieldset"):
            legend = fieldset.find(".//legend")
            if legend is not None and _text(legend) == label:
                _fill_group(fieldset, data, label, value)
                return
        for e in form.iter("label"):
            if _text(e) == label:
                control = next((c for c in form.iter() if c.get("id") == e.get("for")), None)
                assert control is not None, f"the label {label!r} has no control"
                _fill_control(control, data, value)
                return
        labels = [_text(e) for e in form.iter("label", "legend")]
        raise AssertionError(f"no field {label!r} among {labels}")


def _value_of(option: Any) -> str:
    return option.get("value") if option.get("value") is not None else _text(option)


def _fill_control(control: Any, data: dict[str, Any], value: Any) -> None:
    name = control.get("name")
    if control.tag == "select":
        options = {_text(o): _value_of(o) for o in control.iter("option")}
        data[name] = options.get(value, value)
    elif control.get("type") in {"checkbox", "radio"} and isinstance(value, bool):
        others = [v for v in data.pop(name, []) if v != control.get("value")]
        data[name] = others + ([control.get("value")] if value else [])
    elif control.get("type") == "file":
        data[name] = (io.BytesIO(value[0]), value[1])
    else:
        data[name] = value


def _fill_group(fieldset: Any, data: dict[str, Any], label: str, value: Any) -> None:
    boxes = [e for e in fieldset.iter("input") if e.get("type") in {"radio", "checkbox"}]
    if not boxes:
        parts = (value.day, value.month, value.year) if isinstance(value, date) else value
        for e, part in zip(fieldset.iter("input"), parts, strict=True):
            data[e.get("name")] = str(part)
        return
    words = {}
    for e in boxes:
        found = fieldset.find(f".//label[@for='{e.get('id')}']")
        words[_text(found)] = e
    wanted = value if isinstance(value, list) else [value]
    name = boxes[0].get("name")
    data[name] = []
    for word in wanted:
        assert word in words, f"no choice {word!r} in {label!r} among {list(words)}"
        data[name].append(words[word].get("value"))
