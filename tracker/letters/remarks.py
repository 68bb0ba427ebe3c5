"""Comments as pages show them: numbered, each with what it is about and whether its words still stand in the letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.letters.content import Content
from tracker.letters.marking import Printed
from tracker.letters.models import LetterComment

WHOLE = "letter"


@dataclass(frozen=True)
class Shown:
    """A comment with its number on the page; `stands` says whether its words do (None: it is about all of it)."""

    number: int
    comment: LetterComment
    about: str
    stands: bool | None
    anchor: bool


def part_choices(words: Content) -> list[tuple[str, str]]:
    """What a comment can be about: the letter, or one of its recommendations."""
    asks = zip(words.parts, words.recommendations, strict=True)
    named = [(f"ask-{ask.id}", f"Recommendation ({part}){': ' + ask.title if ask.title else ''}") for part, ask in asks]
    return [(WHOLE, "The letter"), *named]


def show(comments: Sequence[LetterComment], words: Content, html: str) -> tuple[str, list[Shown]]:
    """The printed letter with those passages marked that are not dealt with, and the comments, numbered from 1."""
    printed = Printed(html)
    parts = dict(part_choices(words))
    asked = {f"ask-{ask.id}": " ".join((ask.title, ask.text, ask.success)) for ask in words.recommendations}
    quotes = {n: c.quote for n, c in enumerate(comments, 1) if c.quote and c.dealt_at is None}
    marked = printed.marked(quotes) if quotes else html
    shown = []
    for number, comment in enumerate(comments, 1):
        stands = None
        if comment.quote:
            texts = (printed, Printed(asked.get(comment.part, "")))
            stands = any(text.find(comment.quote) is not None for text in texts)
        about = parts.get(comment.part, "A recommendation that is no longer in the letter")
        shown.append(Shown(number, comment, about, stands, f'id="passage-{number}"' in marked))
    return marked, shown
