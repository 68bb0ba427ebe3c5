"""Points heard beside a letter, without an application."""

from __future__ import annotations

from dataclasses import replace

from tracker.letters.content import Ask
from tracker.letters.heard import points_heard
from tracker.letters.rules import AskKind, Placement
from tracker.workshops.models import PointHeard
from tracker.workshops.rules import PointKind

KINDS = (PointKind.PRAISE, PointKind.CONCERN, PointKind.CONCERN, PointKind.SUGGESTION, PointKind.CONCERN)
POINTS = [PointHeard(id=n, kind=kind, text=f"Point {n}") for n, kind in enumerate(KINDS, 1)]
ASK = Ask(0, Placement.LISTED, AskKind.RECOMMENDATION, "", "Ask.")


def test_concerns_not_used_come_first_then_what_else_is_not_used():
    heard = points_heard(POINTS, [replace(ASK, rests_on=(2, 4)), replace(ASK, rests_on=(2,))])
    assert [(h.point.id, h.used_in) for h in heard.points] == [(3, ()), (5, ()), (1, ()), (2, (1, 2)), (4, (1,))]
    assert (heard.used, heard.open_concerns) == (2, 2)


def test_points_chosen_when_the_letter_was_begun_come_first_of_their_kind():
    heard = points_heard(POINTS, [], ["5", "4", "no id"])
    assert [h.point.id for h in heard.points] == [5, 2, 3, 4, 1]
    assert [h.point.id for h in heard.points if h.chosen] == [5, 4]


def test_nothing_heard_is_nothing_used():
    assert (points_heard([], [ASK]).used, points_heard([], [ASK]).open_concerns) == (0, 0)
