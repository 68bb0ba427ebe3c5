"""The controls of a form, read from its page, and what nobody should be able to send through them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

HUGE = "9" * 19
LONG = "x" * 100_000
CONTROLS = ("a\x00b", "a\x0bb", "a\u202eb")
BAD_DATES = (
    ("31", "2", "2027"),
    ("1", "13", "2027"),
    ("1", "1", "99999"),
    ("x", "y", "z"),
    ("1", "", "2027"),
    ("-1", "1", "2027"),
    (HUGE, "1", "2027"),
    ("1", "1", "1\x00"),
    ("1", "١", "2027"),
)
BAD_CHOICES = (str(2**63 - 1), str(2**63), "-1", "abc", "1\x00", "<script>alert(1)</script>")
BAD_NEW_CONTACTS = (
    {"new_name": ""},
    {"new_name": "a\u202eb"},
    {"new_name": "a\x00b"},
    {"new_name": "Ada", "new_organisation": "x" * 300},
    {"new_name": "Ada", "new_email": "no address"},
)
SIMPLE = {"", "text", "email", "number", "password", "tel"}


@dataclass(frozen=True)
class Control:
    """What a person sees as one field; `kind` is text, lines, date, one, many, contact, hidden or file."""

    name: str
    kind: str
    type: str = ""
    values: tuple[str, ...] = ()

    @property
    def is_secret(self) -> bool:
        return self.type == "password"

    def bad_values(self, strangers: tuple[str, ...], *, longest: bool) -> Iterator[dict[str, str]]:
        """What must be refused here, as posted; `strangers` are ids that are not offered."""
        unknown = (*BAD_CHOICES, *strangers)
        if self.kind in {"text", "lines"}:
            yield from ({self.name: text} for text in CONTROLS)
            yield from ({self.name: LONG},) if longest else ()
            yield from ({self.name: "a\nb"},) if self.kind == "text" else ()
            yield from ({self.name: text} for text in self._bad_formats())
        elif self.kind == "date":
            yield from (dict(zip(self.parts, date, strict=True)) for date in BAD_DATES)
        elif self.kind in {"one", "many"}:
            yield from ({self.name: value} for value in unknown)
        elif self.kind == "contact":
            yield from ({self.name: value, f"{self.name}-q": ""} for value in unknown if value != "1\x00")
            yield {self.name: "", f"{self.name}-q": "Nobody known <script>"}
            for details in BAD_NEW_CONTACTS:
                yield {self.name: "new"} | {f"{self.name}-{part}": text for part, text in details.items()}

    def _bad_formats(self) -> tuple[str, ...]:
        if self.type == "email":
            return ("no address", "a@b..test", "<script>@test", "😀@é.test")
        if self.type == "number":
            return ("abc", "-1", "0", "1.5", HUGE, "٣", "😀")
        return ()

    @property
    def parts(self) -> tuple[str, str, str]:
        return (f"{self.name}-day", f"{self.name}-month", f"{self.name}-year")

    def owns(self, name: str) -> bool:
        """Whether a control of this name is a part of this one."""
        return name == self.name or (self.kind in {"date", "contact"} and name.startswith(f"{self.name}-"))


def controls_of(form: Any) -> list[Control]:
    """Every field of `form`, in the order of the page, but for the CSRF token."""
    found: dict[str, Control] = {}
    elements = [e for e in form.iter("input", "select", "textarea") if e.get("name")]
    contacts = {e.get("name").removesuffix("-q") for e in elements if e.get("type") == "search"}
    for element in elements:
        name = element.get("name")
        of_contact = next((c for c in contacts if name == c or name.startswith(f"{c}-")), None)
        if of_contact is not None:
            found.setdefault(of_contact, Control(of_contact, "contact"))
        elif name.endswith(("-day", "-month", "-year")):
            found.setdefault(name.rpartition("-")[0], Control(name.rpartition("-")[0], "date"))
        elif name != "csrf_token":
            known = found.get(name, Control(name, _kind(element), _type(element)))
            values = (*known.values, *_values(element))
            found[name] = Control(name, known.kind, known.type, values)
    return list(found.values())


def _kind(element: Any) -> str:
    kind = element.get("type") or ""
    if element.tag != "input":
        return {"textarea": "lines", "select": "one"}[element.tag]
    if kind == "checkbox":
        return "box" if element.get("value") == "y" else "many"
    return "one" if kind == "radio" else "text" if kind in SIMPLE else kind


def _type(element: Any) -> str:
    return "number" if element.get("inputmode") == "numeric" else str(element.get("type") or "")


def _values(element: Any) -> tuple[str, ...]:
    options = element.iter("option") if element.tag == "select" else [element]
    return tuple(o.get("value") or "" for o in options)


def encoded(data: dict[str, Any]) -> bytes:
    """The body of a post, whatever characters are in it."""
    return urlencode(data, doseq=True, encoding="utf-8", errors="surrogatepass").encode()
