"""Words of standard passages, and the fields that a text may name: `{programme}` stands for what the record says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from tracker.core.labels import Labelled

MARK = "recommendations"
# After a backslash a brace is a brace. What begins with no letter ({7}) is nobody's field.
_FIELD = re.compile(r"\\.|\{[ \t]*([^\W\d_][^{}\n]{0,58})\}", re.DOTALL)
_MARK_LINE = re.compile(r"^[ \t]*\{recommendations\}[ \t]*$", re.MULTILINE)
_PLACE = re.compile(r"^[ \t]*\{passage\}[ \t]*$", re.MULTILINE)
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!])")


class PassageUse(Labelled):
    """Where a passage is offered."""

    LETTER = "letter"
    COVERING_TEXT = "covering_text"
    REMINDER = "reminder"
    REMINDER_LETTER = "reminder_letter"
    COVERING_NOTE = "covering_note"

    @property
    def label(self) -> str:
        words = {
            "reminder": "Reminder by e-mail: what it says of a letter",
            "reminder_letter": "Reminder letter: its text",
        }
        return words.get(self.value) or super().label


class KeptIn(Labelled):
    """The record that a field reads; `issue` is what issuing the letter fills in."""

    PROGRAMME = "programme"
    WORKSHOP = "workshop"
    ADDRESSEE = "addressee"
    TASKFORCE = "taskforce"
    ISSUE = "issue"
    REMINDER = "reminder"


@dataclass(frozen=True)
class Field:
    """A field by its name in braces, and where what it says is entered."""

    name: str
    kept_in: KeptIn
    entered: str

    @property
    def braces(self) -> str:
        return f"{{{self.name}}}"


FIELDS = (
    Field("programme", KeptIn.PROGRAMME, "Choose the programme of the letter."),
    Field("programme organisation", KeptIn.PROGRAMME, "Enter the organisation on the page of the programme."),
    Field("senior responsible owner", KeptIn.PROGRAMME, "Appoint somebody on the page of the programme."),
    Field("addressee", KeptIn.ADDRESSEE, "Choose the addressee of the letter."),
    Field("workshop", KeptIn.WORKSHOP, "Choose the workshop that the letter is about."),
    Field("workshop date", KeptIn.WORKSHOP, "Choose the workshop, and enter its date on its page."),
    Field("workshop place", KeptIn.WORKSHOP, "Choose the workshop, and enter its place on its page."),
    Field("taskforce", KeptIn.TASKFORCE, "Enter the name on the page of the taskforce."),
    Field("board", KeptIn.TASKFORCE, "Choose the board on the page of the taskforce."),
    Field("chair", KeptIn.TASKFORCE, "Say who holds the chair on the page of the taskforce."),
    Field("response due", KeptIn.ISSUE, "Issuing the letter fills it in."),
    Field("date of letter", KeptIn.ISSUE, "Issuing the letter fills it in."),
    Field("reference", KeptIn.ISSUE, "Issuing the letter fills it in."),
)
_ONLY = "Only a reminder fills it in."
REMINDER_FIELDS = (
    Field("unanswered", KeptIn.REMINDER, _ONLY),
    Field("days late", KeptIn.REMINDER, _ONLY),
    Field("how it stands", KeptIn.REMINDER, _ONLY),
    Field("earlier reminders", KeptIn.REMINDER, _ONLY),
    Field("answer at", KeptIn.REMINDER, _ONLY),
)
IN_REMINDERS = frozenset({PassageUse.REMINDER, PassageUse.REMINDER_LETTER})
BY_NAME = {field.name: field for field in FIELDS}
SLOTS = frozenset(field.name for field in FIELDS if field.kept_in is KeptIn.ISSUE)


def fields_in(*texts: str) -> list[str]:
    """The names in braces in Markdown texts, each once, in the order of reading; the mark of the list is none."""
    found: dict[str, None] = {}
    for text in (text for text in texts if "{" in text):
        for match in _FIELD.finditer(text):
            if match[1]:
                found[" ".join(match[1].split())] = None
    return [name for name in found if name != MARK]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Markdown with the fields that `values` names replaced by their words, as plain words; the others stay."""

    def said(match: re.Match[str]) -> str:
        name = " ".join((match[1] or "").split())
        return literal(values[name]) if name in values else match[0]

    return _FIELD.sub(said, text) if "{" in text else text


def insert_passage(text: str, passage: str) -> str:
    """A letter's text with a passage at its first line that is only `{passage}`; without one it stands at the end."""
    place = _PLACE.search(text)
    if place:
        return text[: place.start()] + passage + text[place.end() :]
    return "\n\n".join(part for part in (text.rstrip(), passage) if part)


def literal(words: str) -> str:
    """Words on one line as Markdown that prints exactly them."""
    return _MARKUP.sub(r"\\\1", " ".join(words.split()))


def unknown_fields(*texts: str, use: PassageUse = PassageUse.LETTER) -> list[str]:
    """The names in braces that are no field, where a text is used so: reminders have fields of their own."""
    own = {field.name for field in REMINDER_FIELDS} if use in IN_REMINDERS else set()
    return [name for name in fields_in(*texts) if name not in BY_NAME and name not in own]


def why_unknown(name: str) -> str:
    """What to tell who wrote `{name}`: that there is no such field, and which one may be meant."""
    near = get_close_matches(name.casefold(), BY_NAME, n=1, cutoff=0.6)
    hint = f"Did you mean {{{near[0]}}}?" if near else f"To print the braces, type \\{{{name}}}."
    return f"There is no field {{{name}}}. {hint}"


def has_stray_mark(text: str) -> bool:
    """Whether `{recommendations}` stands elsewhere than once on a line of its own, where it would print as it is."""
    rest = _MARK_LINE.sub("", text, count=1)
    return any(" ".join((m[1] or "").split()) == MARK for m in _FIELD.finditer(rest))


STRAY_MARK = "{recommendations} says where the list stands only once, on a line of its own."
SLOT_IN_ASK = "is filled in when the letter is issued: it can stand in the letter, not in a recommendation."


def problems_of_text(text: str, use: PassageUse = PassageUse.LETTER) -> list[str]:
    """What is wrong with the braces of a passage or of a letter's text, a sentence each."""
    return [why_unknown(name) for name in unknown_fields(text, use=use)] + (
        [STRAY_MARK] if has_stray_mark(text) else []
    )


def problems_of_ask(text: str) -> list[str]:
    """What is wrong with the braces of a recommendation: it is read elsewhere too, before and without the slots."""
    slots = [f"{{{name}}} {SLOT_IN_ASK}" for name in fields_in(text) if name in SLOTS]
    mark = [STRAY_MARK] if has_stray_mark(f"-{text}") else []
    return [why_unknown(name) for name in unknown_fields(text)] + slots + mark


def empty_fields(names: Iterable[str], values: Mapping[str, str]) -> list[Field]:
    """Those of `names` that the record has nothing for."""
    known = (BY_NAME[name] for name in names if name in BY_NAME and name not in SLOTS)
    return [field for field in known if not values.get(field.name)]


def why_empty(field: Field) -> str:
    """What to tell who uses a field that has nothing to say."""
    return f"{field.braces} has nothing to say yet. {field.entered}"
