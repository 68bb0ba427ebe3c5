"""What a browser sends of the writing page, read as plain data: nothing of it needs to be right yet.

The form reads the same for saving. The preview, which is asked while one types, reads it without building the form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from tracker.directory.picker import NewContact, read_contact
from tracker.letters.content import Ask, Content, lines_of
from tracker.letters.rules import AskKind, Placement
from tracker.web.dates import PARTS, read_date
from tracker.web.fields import strip
from tracker.workshops.rules import FocusArea, Principle

# The fields of the writing page that hold words of the letter.
TEXTS = (
    "addressee_lines",
    "salutation",
    "subject",
    "body",
    "closing",
    "signatory",
    "copies",
    "sender_address",
    "classification",
)


@dataclass(frozen=True)
class Page:
    """The writing page as typed. `content` is without what the record fills in."""

    content: Content
    programme_id: int | None
    workshop_id: int | None
    addressee: int | NewContact | None
    letter_date: date | None
    response_due_on: date | None
    response_due_stated: str


def read_page(posted: MultiDict[str, str]) -> Page:
    """The posted page, as `WritingForm` reads it."""
    texts = {name: strip(posted.get(name)) for name in TEXTS}
    return Page(
        content=content_of(texts, read_asks(posted)),
        programme_id=id_of(posted.get("programme_id")),
        workshop_id=id_of(posted.get("workshop_id")),
        addressee=read_contact("addressee", posted),
        letter_date=_date("letter_date", posted),
        response_due_on=_date("response_due_on", posted),
        response_due_stated=strip(posted.get("response_due_stated")),
    )


def _date(name: str, posted: Mapping[str, str]) -> date | None:
    return read_date({part: posted.get(f"{name}-{part}", "").strip() for part in PARTS}).date


def id_of(chosen: Any) -> int | None:
    """The id that a choice names; None where it names none."""
    text = str(chosen or "")
    return int(text) if _is_id(text) else None


def content_of(texts: Mapping[str, str], asks: tuple[Ask, ...]) -> Content:
    """The words of the fields named in `TEXTS`, without the letterhead."""
    return Content(
        sender_address=lines_of(texts["sender_address"]),
        classification=texts["classification"],
        addressee=lines_of(texts["addressee_lines"]),
        salutation=texts["salutation"],
        subject=texts["subject"],
        body=texts["body"],
        recommendations=asks,
        closing=texts["closing"],
        signatory=lines_of(texts["signatory"]),
        copies=lines_of(texts["copies"]),
    )


_PLACEMENTS = {word.value: word for word in Placement}
_KINDS = {word.value: word for word in AskKind}
_AREAS = {word.value: word for word in FocusArea}


def ask_of(typed: Mapping[str, Any]) -> Ask:
    """A recommendation by the names of its fields; what is not chosen yet is a listed recommendation."""
    chosen = set(typed["principles"] or ())
    return Ask(
        id=id_of(typed["ask_id"]) or 0,
        placement=_PLACEMENTS.get(typed["placement"], Placement.LISTED),
        kind=_KINDS.get(typed["kind"], AskKind.RECOMMENDATION),
        title=typed["title"] or "",
        text=typed["text"] or "",
        board_wording=typed["board_wording"] or "",
        success=typed["success"] or "",
        rests_on=tuple(sorted(int(v) for v in typed["rests_on"] or () if _is_id(str(v)))),
        theme=typed["theme"] or "",
        focus_area=_AREAS.get(typed["focus_area"], ""),
        principles=tuple(p.value for p in Principle if p.value in chosen) if chosen else (),
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


_ASK_FIELD = re.compile(r"recommendations-([0-9]{1,9})-([a-z_]+)", re.ASCII)
_ASK_TEXTS = ("text", "title", "board_wording", "success", "theme")
_ASK_WORDS = ("ask_id", "placement", "kind", "focus_area")
_ASK_CHOICES = ("rests_on", "principles")


def read_asks(posted: MultiDict[str, str]) -> tuple[Ask, ...]:
    """The recommendations of a posted writing page as `AskForm` reads them, without a field for each of their words."""
    typed: dict[int, dict[str, list[str]]] = {}
    for name, values in posted.lists():
        if found := _ASK_FIELD.fullmatch(name):
            typed.setdefault(int(found[1]), {})[found[2]] = values
    return tuple(ask_of(_ask_typed(values)) for _, values in sorted(typed.items()))


def _ask_typed(values: Mapping[str, list[str]]) -> dict[str, Any]:
    texts = {name: strip(values.get(name, [""])[0]) for name in _ASK_TEXTS}
    words = {name: values.get(name, [""])[0] for name in _ASK_WORDS}
    return texts | words | {name: values.get(name, []) for name in _ASK_CHOICES}
