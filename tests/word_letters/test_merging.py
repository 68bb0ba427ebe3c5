"""A draft that was saved here while it was edited in Word: nothing of either is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tracker.letters.content import Ask, Content
from tracker.letters.rules import AskKind, Placement
from tracker.word_letters.merging import merge


def ask(i, text, **more):
    return Ask(i, Placement.LISTED, AskKind.RECOMMENDATION, "", text, **more)


BASE = Content(
    addressee=("Ann", "Director"),
    subject="What we heard",
    body="One.\n\nTwo.\n\nThree.",
    recommendations=(ask(1, "First."), ask(2, "Second."), ask(3, "Third.")),
)


def both(saved, word, prefer_word=False):
    return merge(BASE, saved, word, prefer_word=prefer_word)


def test_each_keeps_what_only_it_changed():
    saved = replace(BASE, subject="Saved", body="One!\n\nTwo.\n\nThree.", letterhead="f" * 64)
    word = replace(BASE, addressee=("Ann", "Head"), body="One.\n\nTwo.\n\nThree!\n\nFour.")
    found = both(saved, word)
    assert found.clashes == ()
    assert found.content == replace(saved, addressee=("Ann", "Head"), body="One!\n\nTwo.\n\nThree!\n\nFour.")


def test_neighbours_changed_by_each_are_no_clash():
    saved, word = replace(BASE, body="One!\n\nTwo.\n\nThree."), replace(BASE, body="One.\n\nTwo!\n\nThree.")
    found = both(saved, word)
    assert found.clashes == () and found.content.body == "One!\n\nTwo!\n\nThree."


@pytest.mark.parametrize("prefer_word", [False, True])
def test_the_same_words_changed_twice_are_a_clash_with_all_three(prefer_word):
    saved, word = replace(BASE, body="One.\n\nZwei.\n\nThree."), replace(BASE, body="One.\n\nDeux.\n\nThree.")
    found = both(saved, word, prefer_word)
    (clash,) = found.clashes
    assert (clash.part, clash.base, clash.saved, clash.word) == ("Letter", "Two.", "Zwei.", "Deux.")
    assert found.content.body == (word if prefer_word else saved).body


def test_the_same_change_twice_is_no_clash():
    same = replace(BASE, subject="Same", body="One.", recommendations=(ask(1, "Same."),))
    assert both(same, same) == merge(same, same, same, prefer_word=True)
    assert both(same, same).clashes == ()


def texts(found):
    return [a.text for a in found.content.recommendations]


def test_recommendations_added_removed_moved_and_reworded_in_either():
    saved = replace(
        BASE, recommendations=(ask(1, "First!", theme="Access"), ask(2, "Second."), ask(3, "Third."), ask(4, "Mine."))
    )
    word = replace(BASE, recommendations=(ask(3, "Third."), ask(1, "First."), ask(0, "New.")))
    found = both(saved, word)
    assert found.clashes == () and texts(found) == ["Third.", "First!", "Mine.", "New."]
    assert found.content.recommendations[1].theme == "Access"


@pytest.mark.parametrize(("prefer_word", "kept"), [(False, ["First.", "Second!"]), (True, ["First."])])
def test_recommendation_removed_in_word_and_reworded_here_is_a_clash(prefer_word, kept):
    saved = replace(BASE, recommendations=(ask(1, "First."), ask(2, "Second!")))
    word = replace(BASE, recommendations=(ask(1, "First."),))
    found = both(saved, word, prefer_word)
    assert [c.part for c in found.clashes] == ["Recommendation removed in Word"] and texts(found) == kept


@pytest.mark.parametrize(
    ("prefer_word", "kept"), [(False, ["First.", "Third."]), (True, ["First.", "Third.", "Second!"])]
)
def test_recommendation_removed_here_and_reworded_in_word_is_a_clash(prefer_word, kept):
    saved = replace(BASE, recommendations=(ask(1, "First."), ask(3, "Third.")))
    word = replace(BASE, recommendations=(ask(1, "First."), ask(2, "Second!"), ask(3, "Third.")))
    found = both(saved, word, prefer_word)
    assert [c.part for c in found.clashes] == ["Recommendation removed here"] and texts(found) == kept
