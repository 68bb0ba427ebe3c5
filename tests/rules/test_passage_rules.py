"""Fields of standard passages: what is one, what it says, and what is wrong with the braces."""

from __future__ import annotations

import pytest

from tracker.documents import plain_text
from tracker.passages.rules import (
    empty_fields,
    fields_in,
    fill,
    has_stray_mark,
    insert_passage,
    literal,
    problems_of_ask,
    problems_of_text,
    unknown_fields,
    why_unknown,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("To {programme} and { workshop  date }, {programme}", ["programme", "workshop date"]),
        (r"A brace: \{programme\}", []),
        ("{recommendations}", []),
        ("{7} {} { } {{ 7 }} {a\nb}", []),
        ("{x}", ["x"]),
    ],
)
def test_fields_are_names_in_braces(text, names):
    assert fields_in(text) == names


def test_fields_say_their_words_and_no_markup():
    said = fill("Dear {addressee} of {programme} {x}", {"addressee": "A *B* [c](http://d.test)", "programme": "E_F"})
    assert plain_text(said) == "Dear A *B* [c](http://d.test) of E_F {x}"


@pytest.mark.parametrize("words", ["- a", "1. a", "## a", "a\n\n## b", "{programme}", "\\", "a](b", "+ a", "<b>"])
def test_words_of_a_field_print_as_they_are(words):
    assert plain_text(literal(words)) == " ".join(words.split())


def test_unknown_field_is_named_with_what_may_be_meant():
    assert unknown_fields("{programe} {programme}") == ["programe"]
    assert why_unknown("programe") == "There is no field {programe}. Did you mean {programme}?"
    assert why_unknown("Response Due") == "There is no field {Response Due}. Did you mean {response due}?"
    assert why_unknown("zzz") == r"There is no field {zzz}. To print the braces, type \{zzz}."


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("a\n\n{recommendations}\n\nb", False),
        ("see {recommendations} here", True),
        ("{recommendations}\n{recommendations}", True),
    ],
)
def test_mark_of_the_list_stands_once_on_its_own_line(text, stray):
    assert has_stray_mark(text) is stray
    assert bool(problems_of_text(text)) is stray


def test_recommendation_takes_neither_slots_nor_the_mark():
    assert problems_of_ask("Tell {programme}.") == []
    assert "{response due} is filled in when" in problems_of_ask("Answer by {response due}.")[0]
    assert problems_of_ask("{recommendations}")


def test_empty_field_says_where_it_is_entered():
    (field,) = empty_fields(["workshop place", "programme", "reference", "x"], {"programme": "Cancer"})
    assert field.name == "workshop place" and "place on its page" in field.entered


def test_passage_goes_to_its_marker_or_to_the_end():
    assert insert_passage("a\n{passage}\nb", "P") == "a\nP\nb"
    assert insert_passage("a\n", "P") == "a\n\nP" and insert_passage("", "P") == "P"
