"""Words and rules of replies: which passages answer what, and what is left unanswered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tracker.core.labels import Labelled
from tracker.recommendations.rules import AnswerPosition


class ReplyOutcome(Labelled):
    """What was done with a reply: its passages were taken as answers, or it was set aside."""

    TAKEN = "taken"
    SET_ASIDE = "set_aside"


class Passage(NamedTuple):
    """A passage as the rules see it."""

    assignment_id: int
    quote: str
    position: AnswerPosition


class Assembled(NamedTuple):
    """An answer put together from the passages that answer one recommendation."""

    position: AnswerPosition
    text: str


def assemble(passages: Iterable[Passage]) -> dict[int, Assembled]:
    """An answer for each recommendation that passages answer: their words in order, and the last position stated."""
    found: dict[int, Assembled] = {}
    for passage in passages:
        before = found.get(passage.assignment_id, Assembled(AnswerPosition.AWAITING, ""))
        stated = passage.position is not AnswerPosition.AWAITING
        text = f"{before.text}\n\n{passage.quote}" if before.text else passage.quote
        found[passage.assignment_id] = Assembled(passage.position if stated else before.position, text)
    return found


def list_unanswered(asked: Sequence[int], passages: Iterable[Passage]) -> list[int]:
    """Those of the recommendations asked, in their order, that no passage answers."""
    answered = {passage.assignment_id for passage in passages}
    return [assignment_id for assignment_id in asked if assignment_id not in answered]
