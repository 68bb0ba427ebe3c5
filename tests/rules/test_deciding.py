"""As whom somebody decides, which approvals stand, and passages in a printed letter: plain functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.permissions import HeldGrant, Person, Role
from tracker.documents import to_html
from tracker.letters.deciding import capacities, capacity_to_approve, returns, standing_approval, voided
from tracker.letters.marking import Printed
from tracker.letters.rules import DecisionKind as K
from tracker.letters.rules import LetterState, round_is_open, why_not_approved_by, why_not_confirmed_by

OWN, OTHER = 1, 2


def person(*grants: HeldGrant) -> Person:
    return Person(1, 50, "Somebody", "somebody@example.test", False, grants)


CHAIR, VICE = HeldGrant(Role.CHAIR, OWN, None), HeldGrant(Role.VICE_CHAIR, OWN, None)
FOR_CHAIR = HeldGrant(Role.CHAIR, OWN, None, 60)


def test_nobody_approves_what_they_sent_or_for_whoever_sent_it():
    assert why_not_approved_by(1, 2) is None
    assert "yourself" in str(why_not_approved_by(1, 1))
    assert "You decide for the person" in str(why_not_approved_by(1, 2, 2))
    assert why_not_approved_by(1, 2, 3) is None


def test_nobody_confirms_what_they_decided_or_had_decided_for_them():
    assert why_not_confirmed_by(1, frozenset({2, 3})) is None
    assert why_not_confirmed_by(3, frozenset({2, 3})) is not None


def test_own_role_comes_before_a_delegated_one_and_the_chair_before_the_vice_chair():
    assert [c.for_id for c in capacities(person(FOR_CHAIR, CHAIR), OWN)] == [None, 60]
    assert [(c.role, c.for_id) for c in capacities(person(VICE, FOR_CHAIR), OWN)] == [
        (Role.CHAIR, 60),
        (Role.VICE_CHAIR, None),
    ]
    assert capacities(person(CHAIR), OTHER) == []


def test_vice_chair_who_decides_for_the_sender_approves_in_their_own_right():
    capacity, why_not = capacity_to_approve(person(VICE, FOR_CHAIR), OWN, submitter=60)
    assert capacity is not None and (capacity.role, capacity.for_id) == (Role.VICE_CHAIR, None) and not why_not
    capacity, why_not = capacity_to_approve(person(FOR_CHAIR), OWN, submitter=60)
    assert capacity is None and why_not


@dataclass
class Step:
    id: int
    kind: K


def steps(*kinds: K) -> list[Step]:
    return [Step(n, kind) for n, kind in enumerate(kinds, 1)]


@pytest.mark.parametrize(
    ("kinds", "void", "stands"),
    [
        ((K.SUBMITTED, K.APPROVED), {}, 2),
        ((K.SUBMITTED, K.APPROVED, K.REOPENED), {2: 3}, None),
        ((K.SUBMITTED, K.APPROVED, K.REOPENED, K.SUBMITTED, K.APPROVED), {2: 3}, 5),
        ((K.SUBMITTED, K.APPROVED_WITH_CHANGES, K.CONFIRMED, K.REOPENED), {2: 4, 3: 4}, None),
        ((K.SUBMITTED, K.APPROVED_WITH_CHANGES, K.RETURNED), {2: 3}, None),
        ((K.SUBMITTED, K.CAME_BACK), {}, None),
    ],
)
def test_approval_is_void_once_the_letter_is_taken_back(kinds, void, stands):
    taken = steps(*kinds)
    assert {i: d.id for i, d in voided(reversed(taken)).items()} == void
    found = standing_approval(taken)
    assert (found.id if found else None) == stands


def test_every_time_that_it_came_back_is_told_the_newest_first():
    assert [d.id for d in returns(steps(K.SUBMITTED, K.RETURNED, K.SUBMITTED, K.CAME_BACK))] == [4, 2]


def test_members_comment_until_the_last_day_while_it_is_a_draft():
    day, after = date(2026, 12, 3), date(2026, 12, 4)
    assert round_is_open(day, False, LetterState.DRAFT, day)
    assert not round_is_open(day, False, LetterState.DRAFT, after)
    assert not round_is_open(day, True, LetterState.DRAFT, day)
    assert not round_is_open(day, False, LetterState.WITH_CHAIR, day)


HTML = "<p>Dear <strong>Ann &amp; Bob</strong>,</p>\n<p>Thank  you for\ncoming. 2 &lt; 3</p>"


def test_passage_is_found_over_markup_lines_and_paragraphs():
    printed = Printed(HTML)
    for words in ("Ann & Bob, Thank you", "for coming.", "2 < 3", "  Dear\n Ann "):
        assert printed.find(words) is not None, words
    for words in ("", " ", "Ann Bob", "<p>", "&amp;"):
        assert printed.find(words) is None, words


def test_mark_is_put_around_the_words_and_nothing_else_changes():
    marked = Printed(HTML).marked({1: "Bob, Thank you"})
    assert '<mark class="app-passage" id="passage-1" data-app-comment="1">Bob</mark>' in marked
    assert marked.count("<mark") == marked.count("</mark>") == 3
    assert Printed(marked).text == Printed(HTML).text


@given(st.text(max_size=80), st.data())
def test_marking_adds_nothing_but_marks_whatever_is_typed(text, data):
    html = f"<article>{to_html(text)}</article>"
    printed = Printed(html)
    start = data.draw(st.integers(0, len(printed.text)))
    quotes = {n: printed.text[start : start + data.draw(st.integers(0, 30))] for n in (1, 2)}
    marked = printed.marked(quotes)
    plain = marked.replace("</mark>", "")
    for n in quotes:
        plain = plain.replace(f'<mark class="app-passage" id="passage-{n}" data-app-comment="{n}">', "")
    assert plain.replace('<mark class="app-passage">', "") == html
