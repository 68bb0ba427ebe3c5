"""WTForms fields rendered as NHS.UK components: label, hint, error, ids and aria-describedby come from the component.

A template writes `{{ form.title }}`; `{{ form.title(classes="nhsuk-input--width-5") }}` adds parameters of the macro.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any

from flask import current_app
from flask_wtf.file import FileField as FlaskFileField
from flask_wtf.file import MultipleFileField
from markupsafe import Markup
from wtforms import BooleanField, Field, RadioField, SelectField, SelectMultipleField, StringField, SubmitField
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from tracker.core.labels import Labelled
from tracker.web.dates import PARTS, read_date

# Controls, lone surrogates, and marks that make a text read differently from how it is stored. Tab and line ends stay.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def macro(component: str, name: str) -> Callable[[dict[str, Any]], str]:
    """The macro of an NHS.UK component; the module is cached by Jinja."""
    template = current_app.jinja_env.get_template(f"nhsuk/components/{component}/macro.jinja")
    found: Callable[[dict[str, Any]], str] = getattr(template.module, name)
    return found


class NhsWidget:
    """Turns a bound field into the parameters of its component's macro."""

    component = name = ""

    def parameters(self, field: Any) -> dict[str, Any]:
        given: dict[str, Any] = {"id": field.id, "name": field.name, "label": {"text": field.label.text}}
        if field.description:
            given["hint"] = {"text": field.description}
        if field.errors:
            given["errorMessage"] = {"text": field.errors[0]}
        return given

    def __call__(self, field: Any, attributes: dict[str, str] | None = None, **more: Any) -> Markup:
        given = self.parameters(field) | field.look | more
        if attributes:
            given["attributes"] = attributes
        return Markup(macro(self.component, self.name)(given))  # noqa: S704


class InputWidget(NhsWidget):
    component, name = "input", "input"

    def parameters(self, field: Any) -> dict[str, Any]:
        return super().parameters(field) | {"value": field._value()}


class TextareaWidget(InputWidget):
    component, name = "textarea", "textarea"


class SelectWidget(NhsWidget):
    component, name = "select", "select"

    def parameters(self, field: Any) -> dict[str, Any]:
        items = [{"value": v, "text": t, "selected": bool(s)} for v, t, s, _ in field.iter_choices()]
        return super().parameters(field) | {"items": items}


class ChoicesWidget(NhsWidget):
    """Radios and checkboxes: a fieldset with the label as its legend."""

    def parameters(self, field: Any) -> dict[str, Any]:
        given = super().parameters(field)
        given["idPrefix"] = given.pop("id")
        given["fieldset"] = {"legend": {"text": given.pop("label")["text"], "size": "s"}}
        given["items"] = [
            {"value": value, "text": text, "checked": bool(checked)}
            | ({"hint": {"text": field.hints[value]}} if value in field.hints else {})
            for value, text, checked, _ in field.iter_choices()
        ]
        return given


class RadiosWidget(ChoicesWidget):
    component, name = "radios", "radios"


class CheckboxesWidget(ChoicesWidget):
    component, name = "checkboxes", "checkboxes"


class CheckboxWidget(NhsWidget):
    component, name = "checkboxes", "checkboxes"

    def parameters(self, field: Any) -> dict[str, Any]:
        given = super().parameters(field)
        given["idPrefix"] = given.pop("id")
        item: dict[str, Any] = {"value": "y", "text": given.pop("label")["text"], "checked": bool(field.data)}
        if "hint" in given:
            item["hint"] = given.pop("hint")
        return given | {"items": [item]}


class DateWidget(NhsWidget):
    component, name = "date-input", "dateInput"

    def parameters(self, field: Any) -> dict[str, Any]:
        given = super().parameters(field)
        given["fieldset"] = {"legend": {"text": given.pop("label")["text"], "size": "s"}}
        wrong = field.wrong_parts or (set(field.PARTS) if field.errors else set())
        given["items"] = [
            {
                "name": f"{field.name}-{part}",
                "id": f"{field.id}-{part}",
                "label": part.capitalize(),
                "value": field.parts.get(part, ""),
                "width": 4 if part == "year" else 2,
                "error": part in wrong,
            }
            for part in field.PARTS
        ]
        return given


class FileWidget(NhsWidget):
    """A native file input: the drop zone of the file-upload component fails axe (WCAG 2.5.3)."""

    component, name = "input", "input"

    def parameters(self, field: Any) -> dict[str, Any]:
        return super().parameters(field) | {"type": "file", "classes": "app-file"}


class FilesWidget(FileWidget):
    """The same for several files."""

    def parameters(self, field: Any) -> dict[str, Any]:
        return super().parameters(field) | {"attributes": {"multiple": ""}}


class ButtonWidget(NhsWidget):
    component, name = "button", "button"

    def parameters(self, field: Any) -> dict[str, Any]:
        return {
            "text": field.label.text,
            "type": "submit",
            "name": field.name,
            "value": "1",
            "preventDoubleClick": True,
        }


class Required:
    """Something other than blanks must be there."""

    # WTForms reads this to set the HTML attribute; NHS.UK forms say it in words instead.
    field_flags: dict[str, bool] = {}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data in (None, "", []) or (isinstance(field.data, str) and not field.data.strip()):
            if not field.errors:
                raise StopValidation(self.message)
            raise StopValidation


class Clean:
    """No control characters, not longer than `longest` characters, and on one line unless `lines` are wanted."""

    def __init__(self, longest: int, lines: bool = True) -> None:
        self.longest, self.lines = longest, lines

    def __call__(self, _form: Any, field: Any) -> None:
        value = field.data or ""
        if FORBIDDEN.search(value):
            raise StopValidation(f"{field.label.text} has characters in it that cannot be shown. Type it again.")
        if len(value) > self.longest:
            raise StopValidation(f"{field.label.text} must be {self.longest:,} characters or fewer")
        if not self.lines and "\n" in value:
            raise StopValidation(f"{field.label.text} must be on one line")


def strip(value: str | None) -> str:
    """What was typed, line ends as newlines, without blanks around it."""
    return (value or "").replace("\r\n", "\n").replace("\r", "\n").strip()


class _Looks:
    """Extra parameters of the macro, given where the field is declared."""

    look: dict[str, Any] = {}
    hints: dict[str, str] = {}


class TextField(_Looks, StringField):
    """One line of text of at most `longest` characters, stripped."""

    widget = InputWidget()
    lines = False

    def __init__(
        self,
        label: str,
        *,
        required: str = "",
        longest: int = 200,
        hint: str = "",
        look: dict[str, Any] | None = None,
        validators: Sequence[Any] = (),
        **kwargs: Any,
    ) -> None:
        checks = [*([Required(required)] if required else []), Clean(longest, self.lines), *validators]
        super().__init__(label, checks, filters=(strip,), description=hint, **kwargs)
        self.look = look or {}


class LongTextField(TextField):
    """Text of several lines."""

    widget = TextareaWidget()
    lines = True

    def __init__(self, label: str, *, longest: int = 20_000, rows: int = 5, **kwargs: Any) -> None:
        super().__init__(label, longest=longest, look={"rows": rows}, **kwargs)


class EmailField(TextField):
    """An e-mail address, kept in lower case."""

    ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")

    def __init__(self, label: str, **kwargs: Any) -> None:
        look = {"type": "email", "autocomplete": kwargs.pop("autocomplete", "off"), "spellcheck": False}
        super().__init__(label, look=look, validators=(self._check,), **kwargs)

    def _check(self, _form: Any, field: Any) -> None:
        if field.data and (not self.ADDRESS.fullmatch(field.data) or ".." in field.data):
            raise StopValidation("Enter an e-mail address in the correct format, like name@example.com")
        field.data = (field.data or "").lower()


class SecretField(TextField):
    """A password: never shown again, never stripped."""

    def __init__(self, label: str, *, autocomplete: str, **kwargs: Any) -> None:
        super().__init__(label, look={"type": "password", "autocomplete": autocomplete}, **kwargs)
        self.filters = ()

    def _value(self) -> str:
        return ""


class NumberField(TextField):
    """A whole number between `least` and `most`; its data is an int, or None where nothing was typed."""

    def __init__(self, label: str, *, least: int, most: int, **kwargs: Any) -> None:
        look = {"inputmode": "numeric", "classes": "nhsuk-input--width-4"}
        super().__init__(label, look=look, validators=(self._check,), **kwargs)
        self.least, self.most = least, most

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)

    def _check(self, _form: Any, field: Any) -> None:
        text = str(field.data or "")
        if not text:
            field.data = None
        elif not re.fullmatch(r"[0-9]{1,9}", text) or not self.least <= int(text) <= self.most:
            raise StopValidation(f"{field.label.text} must be a whole number from {self.least} to {self.most}")
        else:
            field.data = int(text)

    def process_data(self, value: Any) -> None:
        self.data = None if value is None else str(value)


Choices = Iterable[tuple[str, str]]


def choices_of(words: type[Labelled], blank: str | None = None) -> list[tuple[str, str]]:
    """(value, label) of each word, after a blank one where `blank` says what nothing means."""
    return ([("", blank)] if blank is not None else []) + [(w.value, w.label) for w in words]


class _Chosen(_Looks):
    """A choice's data is the word, the id or the text that `kind` makes of it, or None for nothing."""

    kind: Callable[[str], Any]

    def __init__(
        self,
        label: str,
        choices: Choices = (),
        *,
        kind: Callable[[str], Any] = str,
        required: str = "",
        hint: str = "",
        hints: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.kind, self.hints, self.required = kind, hints or {}, required
        super().__init__(label, choices=list(choices), description=hint, validate_choice=False, **kwargs)  # type: ignore[call-arg]

    def process_data(self, value: Any) -> None:
        self.data: Any = "" if value is None else str(value.value if isinstance(value, StrEnum) else value)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = valuelist[0]

    def pre_validate(self, _form: Any) -> None:
        """Only what was offered: an id of somebody else's, or of 2^63, never reaches the database."""
        chosen = "" if self.data is None else str(self.data)
        offered = {str(value) for value, *_ in self.choices or ()}  # type: ignore[attr-defined]
        if not chosen and (self.required or "" not in offered):
            if self.required:
                raise StopValidation(self.required)
            self.data = None
        elif chosen not in offered:
            raise StopValidation("Choose one of the options in the list")
        else:
            self.data = self.kind(chosen) if chosen else None

    def iter_choices(self) -> Any:
        chosen = str(self.data.value if isinstance(self.data, StrEnum) else "" if self.data is None else self.data)
        for value, text in self.choices or ():  # type: ignore[attr-defined]
            yield value, text, str(value) == chosen, {}


class SelectOne(_Chosen, SelectField):
    widget = SelectWidget()


class RadioOne(_Chosen, RadioField):
    widget = RadiosWidget()


class CheckMany(_Looks, SelectMultipleField):
    """Any number of the choices; its data is a list of what `kind` makes of each."""

    widget = CheckboxesWidget()

    def __init__(
        self, label: str, choices: Choices = (), *, kind: Callable[[str], Any] = str, hint: str = "", **kwargs: Any
    ) -> None:
        self.kind = kind
        super().__init__(label, choices=list(choices), description=hint, validate_choice=False, **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = [str(v) for v in value or ()]

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = list(valuelist)

    def pre_validate(self, _form: Any) -> None:
        offered = {str(value) for value, *_ in self.choices or ()}
        if not set(map(str, self.data)) <= offered:
            raise StopValidation("Choose only from the options in the list")
        self.data = [self.kind(v) for v in self.data]

    def iter_choices(self) -> Any:
        chosen = {str(v) for v in self.data or ()}
        for value, text in self.choices or ():
            yield value, text, str(value) in chosen, {}


class CheckOne(_Looks, BooleanField):
    """A single box; `hint` stands under it."""

    widget = CheckboxWidget()

    def __init__(self, label: str, *, hint: str = "", **kwargs: Any) -> None:
        super().__init__(label, description=hint, **kwargs)


class UploadField(_Looks, FlaskFileField):
    widget = FileWidget()

    def __init__(self, label: str, *, required: str = "", hint: str = "", **kwargs: Any) -> None:
        super().__init__(label, [Required(required)] if required else [], description=hint, **kwargs)


class UploadsField(_Looks, MultipleFileField):
    """Any number of files; its data is a list."""

    widget = FilesWidget()

    def __init__(self, label: str, *, required: str = "", hint: str = "", **kwargs: Any) -> None:
        super().__init__(label, [Required(required)] if required else [], description=hint, **kwargs)


class Button(_Looks, SubmitField):
    widget = ButtonWidget()


class DateField(_Looks, Field):
    """One date over three boxes, NAME-day, NAME-month and NAME-year; says which part is wrong."""

    PARTS = PARTS
    widget = DateWidget()

    def __init__(self, label: str, *, required: str = "", hint: str = "", **kwargs: Any) -> None:
        super().__init__(label, [Required(required)] if required else [], description=hint, **kwargs)
        self.parts: dict[str, str] = {}
        self.wrong_parts: set[str] = set()

    @property
    def error_anchor(self) -> str:
        """The box that the error summary leads to."""
        return f"{self.id}-{next((p for p in self.PARTS if p in self.wrong_parts), 'day')}"

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None, **kwargs: Any) -> None:
        self.process_errors: list[str] = []
        if data is unset_value:
            data = self.default() if callable(self.default) else self.default
        self.data = data if isinstance(data, dt.date) else None
        self.object_data = self.data
        self.parts = {p: str(getattr(self.data, p)) for p in self.PARTS} if self.data else {}
        names = {p: f"{self.name}-{p}" for p in self.PARTS}
        if formdata is None or not any(n in formdata for n in names.values()):
            return
        self.parts = {p: formdata.get(n, "").strip() for p, n in names.items()}
        found = read_date(self.parts)
        self.data, self.wrong_parts = found.date, set(found.wrong)
        if found.why:
            self.process_errors.append(f"{self.label.text} {found.why}")
