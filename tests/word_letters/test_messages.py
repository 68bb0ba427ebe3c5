"""What is said of a Word document names words as they print, without the signs that they are written with."""

from __future__ import annotations

from dataclasses import replace

from tests.word_letters.test_merging import BASE, ask
from tracker.documents import ReadLetter
from tracker.word_letters.merging import merge
from tracker.word_letters.taking import take

SENT = ReadLetter(response_request="Please answer by **early February 2018**.", ours=True)


def test_message_about_a_changed_slot_shows_no_markup():
    read = replace(SENT, response_request="Please answer by **early *March***, 1\\. to us.")
    (said,) = take(replace(BASE, recommendations=()), SENT, read).problems
    assert "“Please answer by early March, 1. to us.”" in said


def test_message_about_words_that_both_changed_shows_no_markup_and_says_which_words():
    base = replace(BASE, recommendations=(ask(1, "Say **how** gaps are narrowed."),))
    saved = replace(base, recommendations=(ask(1, "Say **when** gaps are narrowed."),))
    word = replace(base, recommendations=(ask(1, "Say **why** gaps are narrowed."),))
    (clash,) = merge(base, saved, word, prefer_word=False).clashes
    assert clash.part == "Recommendation “Say when gaps are narrowed.”, its words"
