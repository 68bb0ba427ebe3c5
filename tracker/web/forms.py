"""Forms: what every form carries, and the one way to take one."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import StopValidation

from tracker.core.db import end_write
from tracker.core.errors import RuleBroken, StaleVersion
from tracker.web import access


class _VersionField(HiddenField):
    """The version of the record that the form was opened on; None where a form makes a new one."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class _KeyField(HiddenField):
    def pre_validate(self, _form: Any) -> None:
        if self.data and (len(self.data) > 64 or not self.data.isascii() or not self.data.isprintable()):
            raise StopValidation("The form's key is not valid. Open the page again.")


@dataclass(frozen=True)
class Clash:
    """A field that somebody else changed meanwhile: what is saved now, and what was typed here."""

    label: str
    saved: str
    typed: str


class TrackerForm(FlaskForm):
    """A form with its CSRF token, a one-time key against double submits, and the version it was opened on."""

    form_key = _KeyField(default=lambda: secrets.token_urlsafe(24))
    version = _VersionField()
    clashes: list[Clash]

    HIDDEN = ("csrf_token", "form_key", "version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clashes = []

    @classmethod
    def of(cls, record: Any, **kwargs: Any) -> Any:
        """The form filled from `record`. Override `values` where field and attribute names differ."""
        return cls(obj=record, data=cls.values(record), **kwargs)

    @classmethod
    def values(cls, record: Any) -> dict[str, Any]:
        """Values of `record` for fields that no attribute of the same name gives."""
        return {}

    @property
    def is_looking(self) -> bool:
        """Whether a button inside a field was pressed ("Find"), which shows the form again and saves nothing."""
        return any(getattr(f, "is_looking", False) for f in self)

    @property
    def has_inner_buttons(self) -> bool:
        """Whether a field has a button of its own, which Enter would press before the form's: see macros/forms.html."""
        return any(hasattr(f, "is_looking") for f in self)

    def validate(self, extra_validators: Any = None) -> bool:
        return not self.is_looking and bool(super().validate(extra_validators))

    def shown(self) -> list[Any]:
        """The fields that a person sees, in order."""
        return [f for f in self if f.name not in self.HIDDEN]

    def error_list(self) -> list[dict[str, str]]:
        """The links of the error summary, in the order of the fields; each goes to the control to put right."""
        return [
            {"text": f.errors[0], "href": f"#{getattr(f, 'error_anchor', f.id)}"}
            for f in self
            if f.errors and f.name != "version"
        ]

    def say(self, field: str, message: str) -> None:
        """Put `message` at `field`, as if it had failed validation."""
        found = self[field]
        found.errors = [*found.errors, message]

    def show_clash(self, record: Any) -> None:
        """Keep what was typed, list what `record` says now where they differ, and let the next save go through."""
        now = type(self)(formdata=None, obj=record, data=self.values(record))
        for field in self.shown():
            saved, typed = words_of(now[field.name].data, field), words_of(field.data, field)
            if saved != typed:
                self.clashes.append(Clash(field.label.text, saved, typed))
        self.version.data = record.version
        self.version.raw_data = None


def words_of(value: Any, field: Any) -> str:
    """`value` as a person reads it in `field`: a choice by its words, whether it was checked already or not."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    offered = getattr(field, "choices", None)
    words = {str(key): text for key, text, *_ in offered} if isinstance(offered, list) else {}
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(words.get(str(getattr(v, "value", v)), str(getattr(v, "label", v))) for v in chosen)


class FilterForm(FlaskForm):
    """A form that reads an address and changes nothing: it carries no token."""

    class Meta:
        csrf = False


Render = Callable[[Any], str]


def submit(
    form: Any, render: Callable[..., str], write: Callable[[Any], Response], valid: bool | None = None
) -> Response:
    """Take a form: check it, begin the write, run `write(record)` and answer with what it returns.

    `render(form)` shows it again with what was typed: 422 for what is wrong at a field (checks and the rules' own), 409
    with both texts where somebody else saved first. Nothing is changed then.
    """
    if not (form.validate_on_submit() if valid is None else valid):
        return make_response(render(form), 200 if form.is_looking else 422)
    try:
        return write(access.begin_write(form))
    except RuleBroken as error:
        end_write(commit=False)
        if error.field is None or error.field not in form:
            raise
        form.say(error.field, error.message)
        access.reload()
        return make_response(render(form), 422)
    except StaleVersion:
        end_write(commit=False)
        record = access.reload()
        if record is None:
            raise
        form.show_clash(record)
        return make_response(render(form), 409)
