"""The words of a letter, as plain data: what is hashed and approved, and how its recommendations print."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import count
from typing import Any

from tracker.core.references import part_letter
from tracker.letters.rules import AskKind, Placement, content_json
from tracker.passages.rules import fields_in, fill

_MARKUP = re.compile(r"([\\*_\[\]])")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Ask:
    """A recommendation as a version words it. `id` is its identity, 0 while it has none; `rests_on` are ids of points.

    `text` is inline Markdown; `success` holds one item a line. `part` is the letter that it keeps from the letter that
    this one corrects; else it takes the next one. `focus_area` and `principles` are the words' values.
    """

    id: int
    placement: Placement
    kind: AskKind
    title: str
    text: str
    board_wording: str = ""
    success: str = ""
    rests_on: tuple[int, ...] = ()
    theme: str = ""
    focus_area: str = ""
    principles: tuple[str, ...] = ()
    part: str = ""

    @property
    def success_items(self) -> list[str]:
        """The 'how we will know it is done' items, one a line as typed."""
        return [line.strip() for line in self.success.splitlines() if line.strip()]

    def printed(self) -> str:
        """The recommendation as it stands in the lettered list: inline Markdown, title first, signs of success last."""
        title = f"**{_literal(self.title.rstrip(':.'))}:** " if self.title else ""
        items = "; ".join(_literal(item.rstrip(";.")) for item in self.success_items)
        known = f"\\\n*We will know it is done when:* {items}." if items else ""
        return title + " ".join(self.text.split("\n")) + known


@dataclass(frozen=True)
class Content:
    """The words of a letter, without its slots: date of issue, response due and reference are filled at issue.

    `body` is Markdown; the line `{recommendations}` says where the list stands.
    """

    organisation: str = ""
    unit: str = ""
    sender_address: tuple[str, ...] = ()
    classification: str = ""
    addressee: tuple[str, ...] = ()
    salutation: str = ""
    subject: str = ""
    body: str = ""
    recommendations: tuple[Ask, ...] = ()
    closing: str = ""
    signatory: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    # What the fields of standard passages said when this text was saved: (field, words), so that it is approved too.
    fields: tuple[tuple[str, str], ...] = ()
    # The hash of the letterhead that it prints on; empty: the product's own.
    letterhead: str = ""
    # The sentence of a correction that names the letter it corrects; it prints before the body.
    corrects: str = ""

    def to_json(self) -> str:
        """The one spelling of this content, which is hashed."""
        data = _without_empty(asdict(self), ("fields", "letterhead", "corrects"))
        data["recommendations"] = [
            _without_empty(ask, ("theme", "focus_area", "principles", "part")) for ask in data["recommendations"]
        ]
        return content_json(data)

    @classmethod
    def from_json(cls, text: str) -> Content:
        """What `to_json` wrote."""
        data = json.loads(text)
        asks = tuple(
            Ask(
                **a
                | {
                    "placement": Placement(a["placement"]),
                    "kind": AskKind(a["kind"]),
                    "rests_on": tuple(a["rests_on"]),
                    "principles": tuple(a.get("principles", ())),
                }
            )
            for a in data.pop("recommendations")
        )
        fields = tuple((name, words) for name, words in data.pop("fields", ()))
        lines = {k: tuple(v) for k, v in data.items() if isinstance(v, list)}
        return cls(**data | lines, recommendations=asks, fields=fields)

    @property
    def has_text(self) -> bool:
        """Whether there is anything to decide on."""
        return bool(self.body or self.recommendations)

    def with_words(self, body: str, texts: dict[int, str]) -> Content:
        """The same letter with another body and other texts of the recommendations named by their ids.

        Fields that are still used keep what they said; the others are gone.
        """
        asks = tuple(replace(a, text=texts.get(a.id, a.text)) for a in self.recommendations)
        return replace(self, body=body, recommendations=asks).with_fields(dict(self.fields))

    @property
    def fields_used(self) -> list[str]:
        """The names of fields that the text and the recommendations have in braces."""
        return fields_in(self.body, *(ask.text for ask in self.recommendations))

    def with_fields(self, values: Mapping[str, str]) -> Content:
        """The same words with what their fields say: only those that they use, and that have something to say."""
        used = tuple((name, values[name]) for name in sorted(self.fields_used) if values.get(name))
        return replace(self, fields=used)

    def filled(self, text: str) -> str:
        """Markdown of this letter with what its fields said when it was saved."""
        return fill(text, dict(self.fields)) if self.fields else text

    def as_correction(self, corrects: str, kept: Mapping[int, str]) -> Content:
        """The same words as a correction: those of earlier letters keep their letters, the others take the next ones.

        `corrects` is its sentence; `kept` are the letters of all recommendations of the corrected letters by their ids,
        of those too that are left out, so that no letter comes to mean two things.
        """
        taken = set(kept.values())
        free = (letter for letter in map(part_letter, count()) if letter not in taken)
        asks = tuple(replace(ask, part=kept.get(ask.id) or next(free)) for ask in self.recommendations)
        return replace(self, corrects=corrects, recommendations=asks)

    @property
    def parts(self) -> tuple[str, ...]:
        """The letters of the recommendations in their order: those kept from a corrected letter, else the next free."""
        kept = {ask.part for ask in self.recommendations if ask.part}
        free = (letter for letter in map(part_letter, count()) if letter not in kept)
        return tuple(ask.part or next(free) for ask in self.recommendations)

    def missing_from_text(self) -> list[int]:
        """Places (from 0) of the recommendations said to stand in the text whose words the body does not hold."""
        body = _folded(self.filled(self.body))
        return [
            place
            for place, ask in enumerate(self.recommendations)
            if ask.placement is Placement.IN_TEXT and _folded(self.filled(ask.text)) not in body
        ]


def _without_empty(data: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """`data` without those of `names` that say nothing: a text without them keeps the hash it always had."""
    return {name: value for name, value in data.items() if value or name not in names}


def _literal(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text.replace("*", "")).strip().rstrip(".").casefold()


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text area, without blank ones."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def addressee_lines(name: str, post_nominals: str, job_title: str, programme: str) -> tuple[str, ...]:
    """An addressee as printed: name with post-nominals, job title, programme."""
    return tuple(part for part in (" ".join(filter(None, (name, post_nominals))), job_title, programme) if part)


def salutation_for(name: str, salutation: str) -> str:
    """'Dear …', from how the person wants to be addressed or else from the name."""
    said = salutation or name
    return said if said.casefold().startswith("dear ") else f"Dear {said}"


def plain(day: date) -> str:
    """29 December 2017."""
    return f"{day.day} {day:%B %Y}"


def correction_sentence(reference: str, day: date) -> str:
    """How a correction names the letter that it corrects, in plain words."""
    return (
        f"This letter corrects our letter {reference} of {plain(day)}. "
        "Recommendations that it repeats keep their references."
    )


def response_request(due_on: date | None, stated: str) -> str:
    """The sentence that asks for a response: the date as stated where there is one, else the date, else nothing."""
    by = _literal(stated) or (plain(due_on) if due_on else "")
    return f"We would be grateful for your response by **{by}**." if by else ""
