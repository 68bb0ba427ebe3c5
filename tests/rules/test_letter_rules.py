"""Words and rules of letters, without an application."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.documents import plain_text
from tracker.letters import comparing
from tracker.letters.comparing import compare, compare_words
from tracker.letters.content import Ask, Content, addressee_lines, response_request, salutation_for
from tracker.letters.rules import (
    AskKind,
    LetterState,
    Placement,
    can_move,
    content_hash,
    due_date,
    why_not_approved_by,
)

ASK = Ask(7, Placement.LISTED, AskKind.SUGGESTION, "Carers", "Ask carers.", "Carers are asked", "One\nTwo", (3, 5))
CONTENT = Content("Org", "Unit", ("1 Street",), "OFFICIAL", ("A", "B"), "Dear A", "S", "Body", (ASK,), "Yours", ("C",))
S = LetterState


def test_clearance_moves_as_the_product_says_and_in_no_other_way():
    allowed = {
        (S.DRAFT, S.WITH_CHAIR),
        (S.WITH_CHAIR, S.DRAFT),
        (S.WITH_CHAIR, S.APPROVED),
        (S.APPROVED, S.DRAFT),
        (S.APPROVED, S.ISSUED),
        *((s, S.WITHDRAWN) for s in (S.DRAFT, S.WITH_CHAIR, S.APPROVED)),
    }
    assert {pair for pair in product(S, S) if can_move(*pair)} == allowed


def test_content_reads_back_as_it_was_written():
    assert Content.from_json(CONTENT.to_json()) == CONTENT


@pytest.mark.parametrize("field", ["organisation", "classification", "salutation", "subject", "body", "closing"])
def test_every_word_counts_in_the_hash(field):
    changed = replace(CONTENT, **{field: "other"})
    assert content_hash(changed.to_json()) != content_hash(CONTENT.to_json())


@pytest.mark.parametrize("field", ["title", "text", "board_wording", "success"])
def test_every_word_of_a_recommendation_counts_in_the_hash(field):
    changed = replace(CONTENT, recommendations=(replace(ASK, **{field: "other"}),))
    assert content_hash(changed.to_json()) != content_hash(CONTENT.to_json())


def test_recommendation_prints_title_text_and_signs_of_success():
    ask = replace(ASK, title="A*b_c", success="One;\nTwo.")
    assert plain_text(ask.printed()) == "A*b_c: Ask carers.\nWe will know it is done when: One; Two."


def test_recommendation_in_the_text_is_looked_for_whatever_the_line_breaks():
    ask = replace(ASK, placement=Placement.IN_TEXT, text="who pays  for wigs.")
    assert replace(CONTENT, body="Say who *pays*\nfor wigs, please", recommendations=(ask,)).missing_from_text() == []
    assert replace(CONTENT, body="Something else", recommendations=(ASK, ask)).missing_from_text() == [1]


def test_chair_replaces_words_and_nothing_else():
    changed = CONTENT.with_words("New body", {7: "Ask all carers.", 8: "Nobody's"})
    assert changed == replace(CONTENT, body="New body", recommendations=(replace(ASK, text="Ask all carers."),))


def test_due_date_is_counted_only_where_none_is_given():
    due, working = due_date(date(2017, 12, 29), 20, None, "")
    assert due == date(2018, 1, 29)
    assert working is not None and working.due == due
    assert due_date(date(2017, 12, 29), 20, date(2018, 2, 2), "") == (date(2018, 2, 2), None)
    assert due_date(date(2017, 12, 29), 20, None, "early February") == (None, None)


def test_approver_is_another_person_than_the_submitter():
    assert why_not_approved_by(1, 2) is None
    assert "Another person" in str(why_not_approved_by(1, 1))
    assert why_not_approved_by(1, None) == "The letter has not been sent to the chair."


def test_addressee_and_salutation_leave_no_blanks():
    assert addressee_lines("Ada", "CBE", "", "Cancer") == ("Ada CBE", "Cancer")
    assert (salutation_for("Ada", ""), salutation_for("Ada", "Dear Ada"), salutation_for("Ada", "Ms A")) == (
        "Dear Ada",
        "Dear Ada",
        "Dear Ms A",
    )


def test_response_is_asked_for_by_the_date_as_stated():
    assert response_request(None, "") == ""
    assert "2 February 2018" in response_request(date(2018, 2, 2), "")
    assert "early February" in response_request(date(2018, 2, 2), "early February")


@given(st.text(), st.text())
def test_comparison_loses_no_character_of_either_text(old, new):
    stretches = compare_words(old, new)
    assert "".join(s.text for s in stretches if s.kind != "ins") == old
    assert "".join(s.text for s in stretches if s.kind != "del") == new


class Searched(list):
    """The places of a word in a text, which count how often they are looked at."""

    steps = 0

    def __iter__(self):
        for place in super().__iter__():
            Searched.steps += 1
            yield place


def counted_steps(before, after):
    matcher = comparing.WordMatcher(before, after)
    matcher.b2j = {word: Searched(places) for word, places in matcher.b2j.items()}
    Searched.steps = 0
    blocks = matcher.get_matching_blocks()
    return Searched.steps, sum(block.size for block in blocks)


def test_comparison_of_wholly_different_texts_takes_a_bounded_number_of_steps(monkeypatch):
    monkeypatch.setattr(comparing, "MOST_STEPS", 50_000)
    chance = random.Random(1)
    common = [f"word{n} " for n in range(60)]
    one, other = (chance.choices(common, k=1500) for _ in range(2))
    for texts in ((one, other), (["same "] * 4000, ["same "] * 4001)):
        steps, _ = counted_steps(*texts)
        assert steps <= 50_000
    kept = "".join(s.text for s in compare_words("".join(one), "".join(other)) if s.kind != "ins")
    assert kept == "".join(one)


def test_comparison_of_a_long_text_with_its_next_version_stays_below_the_bound():
    chance = random.Random(2)
    # As in English, a word stands there as often as its place in the order of all words says.
    words = [f"word{n} " for n in range(1, 1500)]
    before = chance.choices(words, [1 / n for n in range(1, 1500)], k=4500)
    changed = before[:50] + ["new "] + before[50:2000] + before[2010:4400] + ["end "] + before[4400:]
    steps, same = counted_steps(before, changed)
    assert (steps < comparing.MOST_STEPS / 2, same) == (True, 4490)
    came = [s.text for s in compare_words("".join(before), "".join(changed)) if s.kind == "ins"]
    assert came == ["new ", "end "]


def test_comparison_names_the_changed_parts_and_follows_a_moved_recommendation():
    other = replace(ASK, id=9, title="Wigs", text="Pay for wigs.")
    parts = compare(
        replace(CONTENT, recommendations=(ASK, other)), replace(CONTENT, recommendations=(other,), subject="T")
    )
    assert [p.name for p in parts if p.has_changed] == ["Subject", "Recommendation 1", "Recommendation 1, removed"]
