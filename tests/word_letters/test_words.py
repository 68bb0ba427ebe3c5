"""Texts that went through Word and came back, as pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.documents import ReadRecommendation, split_at_recommendations, tidy_markdown
from tracker.word_letters.matching import match
from tracker.word_letters.recognising import day_of, due_of, names_in
from tracker.word_letters.words import body_back, passage_back, text_back

FIELDS = {"programme": "Cancer Programme", "workshop date": "2 November 2026"}
RAW = """## What we heard
Thank you for the workshop of the {programme} on {workshop date}.

* One *sign*
* Another sign

1) first
2) second

{recommendations}

The Cancer Programme and the {programme} are one."""


def printed(raw=RAW):
    for name, words in FIELDS.items():
        raw = raw.replace(f"{{{name}}}", words)
    before, after = split_at_recommendations(raw)
    mark = ["{recommendations}"] if "{recommendations}" in raw else []
    return "\n\n".join(filter(None, [tidy_markdown(before), *mark, tidy_markdown(after)]))


def came_back(*changes, raw=RAW):
    new = printed(raw)
    for old, other in changes:
        assert old in new
        new = new.replace(old, other)
    return body_back(raw, printed(raw), new, FIELDS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Thank you", "We thank you"),
        ("Another sign", "Another, better sign"),
        ("second", "third"),
        ("are one.", "are two."),
        ("What we heard", "What we learnt"),
    ],
)
def test_one_edited_word_leaves_all_else_as_it_was_written(old, new):
    assert came_back((old, new)) == RAW.replace(old, new)


def test_field_whose_words_were_changed_is_words_from_then_on():
    back = came_back(("workshop of the Cancer Programme", "workshop of the Heart Programme"))
    assert back == RAW.replace("workshop of the {programme}", "workshop of the Heart Programme")


def test_paragraphs_that_went_or_came_leave_the_others_alone():
    added = ("{recommendations}", "A new one.\n\n{recommendations}")
    back = came_back(("\n\n1. first\n2. second", ""), added)
    assert back == RAW.replace("\n\n1) first\n2) second", "").replace(*added)


def test_list_without_a_line_of_its_own_gets_none():
    raw = "Thank you for that."
    assert body_back(raw, f"{raw}\n\n{{recommendations}}", "Thank you.\n\n{recommendations}", {}) == "Thank you."


def test_field_with_marks_in_its_words_comes_back():
    fields = {"programme": "R*D* and [more]"}
    back = text_back(
        "About {programme}, soon.",
        "About R\\*D\\* and \\[more\\], soon.",
        "About R\\*D\\* and \\[more\\], now.",
        fields,
    )
    assert back == "About {programme}, now."


WORDS = st.sampled_from(["alpha", "beta", "*gamma*", "**delta**", "{programme}", "&", "e.g."])
PARAGRAPH = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
LIST = st.lists(PARAGRAPH, min_size=1, max_size=3).map(lambda items: "\n".join(f"* {i}" for i in items))
BODY = st.lists(st.one_of(PARAGRAPH, LIST, PARAGRAPH.map("## {}".format)), min_size=1, max_size=6).map("\n\n".join)


@settings(max_examples=60, deadline=None, database=None)
@given(BODY, BODY, st.data())
def test_what_comes_back_prints_as_the_document_reads(raw, other, data):
    chunks = printed(raw).split("\n\n")
    place = data.draw(st.integers(0, len(chunks)))
    new = "\n\n".join(
        [*chunks[:place], *printed(other).split("\n\n")[:2], *chunks[place + data.draw(st.integers(0, 1)) :]]
    )
    new = tidy_markdown(new)
    assert printed(body_back(raw, printed(raw), new, FIELDS)) == new


@pytest.mark.parametrize(
    ("new", "passage"),
    [
        ("We ask you to say how all gaps are narrowed. Soon.", "say how all gaps are narrowed."),
        ("First of all: we ask you to say how gaps are narrowed. Soon.", "say how gaps are narrowed"),
        ("We ask you. Soon.", None),
    ],
)
def test_passage_follows_the_words_around_it(new, passage):
    old = "We ask you to say how gaps are narrowed. Soon."
    assert passage_back(old, new, "say how gaps are narrowed") == passage


def read(letter, text, title=""):
    return ReadRecommendation(letter, f"**{title}:** {text}" if title else text, title, text, "")


def test_recommendations_are_matched_by_words_then_name_then_likeness():
    old = [
        read("a", "Ask carers first of all."),
        read("b", "Publish all figures every year."),
        read("c", "Go.", "Title"),
    ]
    assert match(old, old) == [0, 1, 2]
    assert match(old, [old[1], old[0]]) == [1, 0]
    assert match(old, [read("a", "Ask all carers first of all."), read("b", "Quite another thing to do.")]) == [0, None]
    assert match(old, [read("a", "Stay here instead, please.", "Title")]) == [2]
    assert match(old, [read("d", "Publish nearly all figures every year.")]) == [1]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("29 December 2017", "2017-12-29"),
        ("Leeds, 1st of March, 2027", "2027-03-01"),
        ("03/04/2027", "2027-04-03"),
        ("31 February 2027", "None"),
        ("5 Foo 2027", "None"),
        ("soon", "None"),
    ],
)
def test_dates_are_read_as_they_are_written(text, day):
    assert str(day_of(text)) == day


def test_response_is_asked_for_by_a_day_or_as_stated():
    assert str(due_of("We would be grateful for your response by **29 January 2027**.")[0]) == "2027-01-29"
    assert due_of("Please answer by early February 2018.") == (None, "early February 2018")
    assert due_of("Please answer.") == (None, "")


def test_names_are_looked_for_with_and_without_titles():
    assert "ann example" in names_in(("Dr Ann Example CBE", "Director"))
    assert names_in(("Director",)) == []
