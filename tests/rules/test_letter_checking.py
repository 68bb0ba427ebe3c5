"""The check list: what blocks a letter and what warns, each by itself."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest

from tracker.letters.checking import Facts, Heard, acronyms_not_spelt_out, blocks, check, is_known, people_named
from tracker.letters.comparing import what_changed
from tracker.letters.content import Ask, Content
from tracker.letters.likeness import Earlier, find_alike, in_order
from tracker.letters.rules import AskKind, Placement

ASK = Ask(1, Placement.LISTED, AskKind.RECOMMENDATION, "Carers", "Ask carers before you plan.")
CONTENT = Content(addressee=("Ada Lovelace",), body="Thank you for the day.", recommendations=(ASK,))
SOME_WORDS = "ask carers first publish where vans go print letters taskforce board patient people say how gaps"
FACTS = Facts(
    CONTENT,
    date(2026, 11, 24),
    {"programme": "Cancer"},
    contact="Ada Lovelace",
    owner="Ada Lovelace",
    due_on=date(2026, 12, 14),
)


def found(**changes):
    return [finding.message for finding in check(replace(FACTS, **changes))]


def worded(**changes):
    return found(content=replace(CONTENT, **changes))


def test_nothing_is_found_in_a_letter_that_is_right():
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "message", "control"),
    [
        ({"body": "", "recommendations": ()}, "The letter has no text yet.", "body"),
        (
            {"recommendations": (replace(ASK, text=" "),)},
            "Recommendation (a) Carers has no text.",
            "recommendations-0-text",
        ),
        ({"body": "To {programe}"}, "There is no field {programe}. Did you mean {programme}?", "body"),
        ({"body": "Of {workshop place}"}, "{workshop place} has nothing to say yet.", "workshop_id"),
        (
            {"recommendations": (replace(ASK, text="Do {x}"),)},
            "Recommendation (a) Carers: There is no field {x}.",
            "recommendations-0-text",
        ),
    ],
)
def test_these_block(changes, message, control):
    content = replace(CONTENT, **changes)
    (finding,) = [f for f in check(replace(FACTS, content=content)) if f.blocks]
    assert finding.message.startswith(message) and finding.control == control
    assert [f.message for f in blocks(content)] == [finding.message]


def test_letter_without_an_addressee_is_blocked_and_one_without_lines_is_not():
    assert found(contact="", content=replace(CONTENT, addressee=())) == ["The letter has no addressee."]
    assert found(content=replace(CONTENT, addressee=())) == []


def test_dates_warn():
    assert found(due_on=None) == [
        "No date is set for the response. It will be counted when the letter is issued: 20 working days."
    ]
    assert found(due_on=None, due_stated="early spring") == []
    assert found(due_on=date(2026, 12, 25)) == [
        "The response is due on 25 December 2026, which is Christmas Day, a bank holiday."
    ]
    assert found(letter_date=date(2026, 11, 21)) == [
        "The date of the letter is 21 November 2026, which has passed.",
        "The date of the letter is 21 November 2026, which is a Saturday.",
    ]


def test_addressee_who_is_not_the_owner_now_warns():
    (message,) = found(contact_is_owner=False, owner="Grace Hopper")
    assert message == "Ada Lovelace is not the senior responsible owner of the programme now: Grace Hopper is."
    assert found(contact_is_owner=False, owner="") == []


def test_points_that_could_identify_someone_warn_behind_a_recommendation_and_in_the_text():
    point = Heard(7, "My son was sent to a ward far away. Nobody rang.", True)
    behind = found(points=[point], content=replace(CONTENT, recommendations=(replace(ASK, rests_on=(7,)),)))
    assert len(behind) == 1 and "(a) Carers rests on a point that could identify someone" in behind[0]
    told = found(points=[point], content=replace(CONTENT, body="She said: my son was\nsent to a ward far away."))
    assert len(told) == 1 and "stand in the letter" in told[0]
    assert found(points=[replace(point, could_identify=False)], content=replace(CONTENT, body=point.text)) == []


def test_recommendation_said_to_stand_in_the_text_is_looked_for():
    (message,) = worded(recommendations=(replace(ASK, placement=Placement.IN_TEXT),))
    assert "is said to stand in the text" in message
    assert worded(body=ASK.text, recommendations=(replace(ASK, placement=Placement.IN_TEXT),)) == []


@pytest.mark.parametrize(
    ("body", "acronyms"),
    [
        ("The integrated care board (ICB) met. The ICB agreed.", []),
        ("ICB (integrated care board) met.", []),
        ("The ICB met. An integrated care board (ICB) is new.", ["ICB"]),
        ("Two clinical commissioning groups (CCGs); a CCG", []),
        ("NHS, UK, SROs and GPs", []),
        ("EPC-L02(b) of World War II", []),
        ("1 High Street, LS1 2AB", []),
        ("PLEASE READ THIS", []),
        ("ABC and ABCs", ["ABC"]),
        ("**ABC** and (see ABC)", ["ABC"]),
    ],
)
def test_acronyms_are_spelt_out_where_they_first_stand(body, acronyms):
    content = replace(CONTENT, body=body, recommendations=())
    assert [name for name, _, _ in acronyms_not_spelt_out(content)] == acronyms


def test_acronyms_are_read_in_the_order_of_print():
    ask = replace(ASK, text="The ICB decides.")
    after = replace(CONTENT, body="a\n\n{recommendations}\n\nThe integrated care board (ICB)", recommendations=(ask,))
    assert acronyms_not_spelt_out(after) == [("ICB", "recommendations-0-text", "recommendation (a)")]
    before = replace(CONTENT, body="The integrated care board (ICB)\n\n{recommendations}", recommendations=(ask,))
    assert acronyms_not_spelt_out(before) == []


def test_people_named_with_a_title_are_looked_for_among_the_contacts():
    body = "We thank Dr Jane Smith, Sir Bob of Ely, Professor Ada Lovelace and Mrs Jones’s team."
    content = replace(CONTENT, body=body)
    assert [name for name, _, _ in people_named(content)] == [
        "Dr Jane Smith",
        "Sir Bob of Ely",
        "Professor Ada Lovelace",
        "Mrs Jones",
    ]
    names = found(content=content, known_names=["Jane Smith", "Dr Mary Jones"])
    assert names == ["Sir Bob of Ely is named (text), but is not among the contacts of the taskforce."]


@pytest.mark.parametrize(
    ("named", "known", "answer"),
    [
        ("Dr Smith", "Jane Smith", True),
        ("Dr Jane Smith", "Dr Jane A Smith CBE", True),
        ("Professor Jane Smith Chair", "Jane Smith", True),
        ("Dr John Smith", "Jane Smith", False),
        ("Dr Smythe", "Jane Smith", False),
    ],
)
def test_names_are_known_by_their_words(named, known, answer):
    assert is_known(named, [known]) is answer


def test_field_whose_record_moved_on_warns():
    content = replace(CONTENT, body="To {programme}").with_fields({"programme": "Old name"})
    (message,) = found(content=content)
    assert "says “Old name” in the draft; the record says “Cancer” now" in message


def earlier(reference, text):
    return Earlier(reference, "", text, 1)


def test_recommendations_like_earlier_ones_are_found_whatever_the_order_of_words():
    known = [
        earlier("EPC-L01(a)", "Before you plan, ask carers!"),
        earlier("EPC-L01(b)", "Publish a timetable of vans."),
    ]
    (like,) = find_alike(["Ask carers before you plan."], known)
    assert (like.earlier.reference, like.percent) == ("EPC-L01(a)", 100)
    assert find_alike(["", "Yes."], known) == []


def test_those_of_the_same_programme_stand_first():
    known = [earlier("A", "Ask carers before you plan."), earlier("B", "Ask all carers before you plan.")]
    found_alike = find_alike(["Ask carers before you plan."], known)
    same = [replace(f, earlier=replace(f.earlier, is_same_programme=f.earlier.reference == "B")) for f in found_alike]
    assert [f.earlier.reference for f in in_order(same)] == ["B", "A"]


def test_two_hundred_recommendations_are_compared_with_two_thousand_in_seconds():
    words = SOME_WORDS.split()
    texts = [" ".join(words[(i * 7 + j * (i % 5 + 1)) % len(words)] for j in range(40)) for i in range(2000)]
    start = time.perf_counter()
    find_alike(texts[:200], [earlier(str(i), text) for i, text in enumerate(texts)])
    assert time.perf_counter() - start < 10


def test_versions_say_in_a_few_words_what_changed():
    second = replace(ASK, id=2, text="Another.")
    old = replace(CONTENT, recommendations=(ASK, second))
    assert what_changed(old, replace(old, body="x", subject="y")) == "subject, text"
    assert what_changed(old, replace(old, recommendations=(ASK, replace(second, text="z")))) == "recommendation 2"
    assert what_changed(old, replace(old, recommendations=(second, ASK))) == "order of the recommendations"
    assert what_changed(old, replace(old, recommendations=(ASK,))) == "recommendation 2 removed"
    assert what_changed(replace(old, recommendations=(ASK,)), old) == "recommendation 2 added"
    many = tuple(replace(ASK, id=n) for n in range(1, 9))
    assert (
        what_changed(replace(old, recommendations=()), replace(old, recommendations=many)) == "8 recommendations added"
    )


def test_chairs_words_keep_what_their_fields_said():
    content = replace(CONTENT, body="To {programme} of {board}").with_fields({"programme": "Cancer", "board": "Test"})
    changed = content.with_words("To {programme}", {})
    assert changed.fields == (("programme", "Cancer"),)
    assert Content.from_json(content.to_json()) == content
