"""Answers put together from the passages of a reply, and what is left unanswered."""

from tracker.recommendations.rules import AnswerPosition
from tracker.replies.rules import Passage, assemble, list_unanswered

AWAITING, ACCEPTED, IN_PART = AnswerPosition.AWAITING, AnswerPosition.ACCEPTED, AnswerPosition.IN_PART


def test_passages_in_order_make_one_answer_with_the_last_position_stated() -> None:
    passages = [Passage(1, "First.", ACCEPTED), Passage(2, "Other.", AWAITING), Passage(1, "Then.", IN_PART)]
    passages.append(Passage(1, "Last.", AWAITING))
    assert assemble(passages) == {1: (IN_PART, "First.\n\nThen.\n\nLast."), 2: (AWAITING, "Other.")}


def test_what_no_passage_answers_is_unanswered() -> None:
    assert list_unanswered([3, 1, 2], [Passage(1, "x", AWAITING)]) == [3, 2]
