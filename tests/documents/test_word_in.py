"""A letter's Word file read back: our own, the same as LibreOffice saves it, and with a word edited."""

import io
from dataclasses import fields, replace
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import missing
from tracker.documents import (
    BadFile,
    Letter,
    LetterRecommendation,
    ReadLetter,
    as_read,
    clean_reference,
    escape_markup,
    open_reference,
    read_letter,
    specimen_letter,
    split_at_recommendations,
    to_html,
    to_inline_html,
    write_letter,
)
from tracker.letters.content import Ask, AskKind, Placement

from .libreoffice import PROGRAM, resaved
from .samples import LETTER, letter, png
from .word_files import unzipped

_LINES = ("sender_address", "addressee", "signatory", "copies_to", "enclosures")
_TEXTS = ("classification", "organisation", "unit", "reference", "date_text", "salutation", "subject", "closing")
_PLACE = "{recommendations}"


def differences(written: Letter, read: ReadLetter) -> list[str]:
    """What a reader could see that differs: each field, the Markdown compared as the web shows it."""
    found = [name for name in _TEXTS if getattr(written, name) != getattr(read, name)]
    found += [name for name in _LINES if tuple(filter(None, getattr(written, name))) != getattr(read, name)]
    before, after = split_at_recommendations(written.body)
    read_before, read_after = split_at_recommendations(read.body)
    if to_html(before) != to_html(read_before) or to_html(after) != to_html(read_after):
        found.append("body")
    if to_html(written.response_request) != to_html(read.response_request):
        found.append("response_request")
    if (written.recommendations_heading if written.recommendations else "") != read.recommendations_heading:
        found.append("recommendations_heading")
    asked = [(one.letter, to_inline_html(one.text)) for one in written.recommendations]
    if asked != [(one.letter, to_inline_html(one.printed)) for one in read.recommendations]:
        found.append("recommendations")
    if written.draft != read.draft:
        found.append("draft")
    return found + list(read.problems)


def asked(*asks: Ask) -> tuple[LetterRecommendation, ...]:
    return tuple(LetterRecommendation("abcdefgh"[place], ask.printed()) for place, ask in enumerate(asks))


def ask(text: str, title: str = "", success: str = "") -> Ask:
    return Ask(0, Placement.LISTED, AskKind.RECOMMENDATION, title, text, success=success)


VARIED = {
    "sample": LETTER,
    "specimen": specimen_letter(),
    "draft": letter(draft=True, date_text="[Date of issue]", reference="[reference]"),
    "signed": letter(signature_png=png()),
    "nothing but the body": Letter(LETTER.meta, "", "", "", "", (), "", (), "", "", "Only this.", (), "", "", ()),
    "no list": letter(recommendations=(), body="One.\n\nTwo.", recommendations_heading=""),
    "list at the end": letter(body="Before."),
    "list first": letter(body=f"{_PLACE}\n\nAfter."),
    "list after a list": letter(body=f"- one\n- two\n\n{_PLACE}\n\n1. three"),
    "three levels": letter(body=f"- a\n  - b\n    - c\n\n1. d\n   1. e\n      1. f\n   2. g\n2. h\n\n{_PLACE}"),
    "mixed lists": letter(body=f"- a\n  1. b\n  2. c\n- d\n  1. e\n\n  continues\n- f\n\n12. g\n13. h\n\n{_PLACE}"),
    "two numbered lists": letter(body=f"1. a\n2. b\n\ntext\n\n1. c\n\n7) d\n8) e\n\n{_PLACE}"),
    "hard breaks": letter(body=f"one\\\ntwo\\\nthree\n\n- a\\\n  b\n\n{_PLACE}"),
    "looks": letter(
        body=f"a **b** *c* ***d*** **e *f* g** [h](https://x.org/(y)?z=1&w=2) [**i** j](mailto:k@l.uk)\n\n{_PLACE}"
    ),
    "looks side by side": letter(body=f"**a***b* *c***d** a**b**c\n\n{_PLACE}"),
    "right to left": letter(body=f"שלום **עולם** R&D 5\n\nمرحبا *بالعالم*\n\n- שלום\n\n{_PLACE}", salutation="שלום"),
    "looks like markup": letter(
        body=f"1\\. one\n\n\\- two\n\n\\## three\n\na * b _c_d_ \\*e\\* [f] \\[g](h) \\\\ i\n\n\\{_PLACE}\n\n{_PLACE}",
        salutation="Dear *A* _B_ [C] {recommendations}",
        subject="- ## 1. **x**",
    ),
    "odd characters": letter(
        body=f"R&D < 5 ]]> &amp; {{{{7*7}}}} 😀👩‍⚕️ a\u00a0b co\u00adop – “quoted”\ttab\n\n{_PLACE}"
    ),
    "gaps in letters": letter(
        recommendations=tuple(LetterRecommendation(one, f"Ask {one}") for one in ("b", "d", "e", "z", "aa"))
    ),
    "titles and signs of success": letter(
        recommendations=asked(
            ask("Publish the *dashboard*.", "The dashboard: now", "it is published; people use it"),
            ask("Say [when](https://x.org)."),
            ask("Do it", "*Starred* [title]", "One\nTwo; and a half.\nThree"),
        )
    ),
    "heading above the list": letter(body=f"## Our asks\n\n{_PLACE}", recommendations_heading="Recommendations"),
    "headings with looks": letter(body=f"## A **bold** *word*\n\n### [link](https://x.org) below\n\ntext\n\n{_PLACE}"),
    "response of two paragraphs": letter(response_request="Please respond.\n\nBy **Friday**."),
    "long": letter(body="\n\n".join(f"Paragraph {n} of *many* words." for n in range(400)) + f"\n\n{_PLACE}"),
}

_WORDS = st.sampled_from(
    ["plain", "two words", "R&D < 5", "a_b*c", "[x]", "1. y", "- z", "## w", "é 😀", "שלום", "end."]
)
_SPANS = st.one_of(
    _WORDS,
    _WORDS.map(lambda text: f"**{escape_markup(text)}**"),
    _WORDS.map(lambda text: f"*{escape_markup(text)}*"),
    _WORDS.map(lambda text: f"[{escape_markup(text)}](https://x.org/a?b=1)"),
)
_LINE = st.lists(_SPANS, min_size=1, max_size=4).map(" and ".join)
_TEXT = st.lists(_LINE, min_size=1, max_size=3).map("\\\n".join)


def _list(draw: st.DrawFn, level: int) -> str:
    start = draw(st.sampled_from([None, None, 1, 5]))
    items = []
    for number in range(draw(st.integers(1, 3))):
        marker = "- " if start is None else f"{start + number}. "
        inner = draw(_LINE)
        if level < 2 and draw(st.booleans()):
            inner += "\n" + _list(draw, level + 1)
        elif draw(st.integers(0, 4)) == 0:
            inner += "\n\nAnd " + draw(_LINE) + "\n"
        items.append(marker + inner.replace("\n", "\n" + " " * len(marker)))
    return "\n".join(items)


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """A body of paragraphs, headings and nested lists; two lists of one kind never follow one another."""
    blocks: list[str] = []
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["text", "text", "heading", "list"]))
        if kind == "heading":
            blocks.append(draw(st.sampled_from(["## ", "### "])) + draw(_LINE))
        elif kind == "list":
            blocks.append(_list(draw, 0) + "\n\nBetween.")
        else:
            blocks.append(draw(_TEXT))
    blocks.insert(draw(st.integers(0, len(blocks))), _PLACE)
    return "\n\n".join(blocks)


@pytest.mark.parametrize("name", VARIED)
def test_our_own_file_comes_back_without_a_difference(name: str) -> None:
    read = read_letter(write_letter(VARIED[name]))
    assert read.ours
    assert differences(VARIED[name], read) == []


@settings(deadline=None, max_examples=60)
@given(bodies())
def test_any_body_comes_back_without_a_difference(body: str) -> None:
    written = letter(body=body)
    assert differences(written, read_letter(write_letter(written))) == []


@settings(deadline=None, max_examples=60)
@given(bodies())
def test_what_was_read_is_written_and_read_the_same(body: str) -> None:
    once = read_letter(write_letter(letter(body=body)))
    assert as_read(letter(body=once.body)).body == once.body


@settings(deadline=None, max_examples=80)
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=80) | st.lists(_WORDS).map("\n".join))
def test_escaped_text_reads_as_it_was(text: str) -> None:
    body = escape_markup(text)
    read = as_read(letter(body=body, recommendations=())).body
    assert read == body
    assert "<strong>" not in to_html(body) and "<li>" not in to_html(body) and "<h3>" not in to_html(body)


def test_libreoffice_saves_it_without_a_difference(tmp_path: Path) -> None:
    if PROGRAM is None:
        missing("LibreOffice")
    made: list[str] = []

    @settings(max_examples=25, deadline=None, database=None, derandomize=True)
    @given(bodies())
    def gather(body: str) -> None:
        made.append(body)

    gather()
    written = [*VARIED.values(), *(letter(body=body) for body in made)]
    letterhead = open_reference(clean_reference(write_letter(LETTER), "letter").content)
    saved = resaved([*map(write_letter, written), write_letter(LETTER, letterhead)], tmp_path)
    for one, content in zip([*written, LETTER], saved, strict=True):
        assert differences(one, read_letter(content)) == []


def test_letterhead_saved_by_libreoffice_is_a_good_letterhead(tmp_path: Path) -> None:
    if PROGRAM is None:
        missing("LibreOffice")
    from tracker.documents.build_references import build

    from .checker import problems, schema_problems

    for content in resaved([build("letter"), write_letter(LETTER)], tmp_path):
        cleaned = clean_reference(content, "letter")
        assert cleaned.warnings == ()
        data = write_letter(letter(signature_png=png()), open_reference(cleaned.content))
        assert problems(data) == []
        assert schema_problems(data) == []


def edited(content: bytes, old: str, new: str) -> bytes:
    """The file with a word changed in the one run that holds it, as a person would in Word."""
    document = Document(io.BytesIO(content))
    runs = [run for run in document.element.body.iter("{*}t") if old in (run.text or "")]
    assert len(runs) == 1
    runs[0].text = runs[0].text.replace(old, new)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("greatest anxiety", "greatest worry", "body"),
        ("What we heard", "What we learnt", "body"),
        ("narrowing the inequalities", "closing the inequalities", "recommendations"),
        ("Expectations of alliances", "Hopes of alliances", "recommendations"),
        ("Dear Cally", "Dear Ms Palmer", "salutation"),
        ("29 December 2017", "30 December 2017", "date_text"),
        ("2 February 2018", "9 February 2018", "response_request"),
        ("Best wishes for", "Every good wish for", "closing"),
    ],
)
def test_one_edited_word_is_exactly_that_difference(old: str, new: str, field: str) -> None:
    before, after = as_read(LETTER), read_letter(edited(write_letter(LETTER), old, new))
    changed = [one.name for one in fields(before) if getattr(before, one.name) != getattr(after, one.name)]
    assert changed == [field]
    assert str(getattr(before, field)).replace(old, new) == str(getattr(after, field))


def test_recommendation_is_taken_apart_as_it_was_put_together() -> None:
    asks = (
        ask("Publish the *dashboard*.", "The dashboard", "it is published\npeople use it"),
        ask("Say [when](https://x.org)."),
        ask("Do it", "A *starred* [title]", "One"),
    )
    for before, after in zip(asks, as_read(letter(recommendations=asked(*asks))).recommendations, strict=True):
        assert (before.title, before.text, before.success) == (after.title, after.text, after.success)
        assert replace(before, title=after.title, text=after.text, success=after.success).printed() == after.printed


def test_names_of_slots_lost_by_libreoffice_are_found_by_their_titles() -> None:
    content = write_letter(LETTER)
    parts = {name: part.replace(b"<w:tag ", b"<w:lock ") for name, part in unzipped(content).items()}
    from .word_files import zipped

    assert read_letter(zipped(parts)) == as_read(LETTER)


@pytest.mark.parametrize("signs", ["*_[`" * 500_000, "\\" * 40_000, "a*" * 40_000])
def test_document_full_of_signs_is_refused_at_once(signs: str) -> None:
    content = edited(write_letter(LETTER), "greatest anxiety", signs)
    with pytest.raises(BadFile, match="too long or too complicated"):
        read_letter(content)
