"""The light macros write what the components of NHS.UK frontend write, in every state of a field."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from lxml.html import HtmlElement, fragment_fromstring
from werkzeug.datastructures import MultiDict

from tracker import create_app
from tracker.actions.rules import ActionState
from tracker.web import fields
from tracker.web.forms import TrackerForm

APP: Flask = create_app({"SECRET_KEY": "x", "SQLALCHEMY_DATABASE_URI": "sqlite://", "WTF_CSRF_ENABLED": False})


class TrialForm(TrackerForm):
    title = fields.TextField("Title & more", required="Enter a title")
    text = fields.LongTextField("Text", rows=3, hint="As <typed>", required="Enter the text")
    owner = fields.SelectOne("Owner", [("", "Nobody"), ("7", "Ann")], kind=int)
    state = fields.RadioOne("State", fields.choices_of(ActionState), kind=ActionState, required="Choose a state")
    themes = fields.CheckMany("Themes", [("1", "Access"), ("2", "Carers")], kind=int, hint="Any of them")


def plain(element: HtmlElement) -> Any:
    """An element as data: its name, its attributes, and what it holds, white space folded."""
    held = [(element.text or "").strip()]
    for child in element:
        held += [plain(child), (child.tail or "").strip()]
    attributes = {name: " ".join(value.split()) for name, value in element.attrib.items()}
    return element.tag, attributes, [part for part in held if part]


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"title": 'A "title" & <b>', "text": "\ntwo\n lines", "owner": "7", "state": "open", "themes": "2"},
        {"title": "x" * 300, "text": "\x00", "owner": "9", "state": "no", "themes": "9"},
    ],
    ids=["required", "filled", "wrong"],
)
def test_light_fields_are_those_of_the_components(typed: dict[str, str]) -> None:
    with APP.test_request_context("/", method="POST"):
        form = TrialForm(formdata=MultiDict(typed))
        form.validate()
        light: Any = APP.jinja_env.get_template("macros/light.html").module
        for field in (form.title, form.text, form.owner, form.state, form.themes):
            small = {"state": "nhsuk-radios--small", "themes": "nhsuk-checkboxes--small"}
            component = field(classes=small[field.name]) if field.name in small else field()
            assert plain(fragment_fromstring(str(light.any(field)))) == plain(fragment_fromstring(str(component)))
