"""Whatever is typed or pasted, in any field: a good document, and nothing visible lost."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.documents import (
    CoverSheet,
    Letter,
    LetterRecommendation,
    Meta,
    ReportedRecommendation,
    write_cover_sheet,
    write_letter,
)

from .checker import Package, W, problems, schema_problems, text_of
from .reading import paragraphs
from .samples import COVER_SHEET, LETTER, META, letter, png

HOSTILE = (
    "R&D < 5 ]]> <w:p/> \"quoted\" 'single' &amp; {{7*7}} %s \\ "
    "\x00\x01\x08\x0b\x0c\x1b\x7f\x85\x9f\u202eevil\u202c\ufeff\ufffe\uffff\ud800\udfff 😀👩‍⚕️ שלום עולם مرحبا tab\there"
)
VISIBLE = [
    "R&D",
    "<",
    "5",
    "]]>",
    "<w:p/>",
    '"quoted"',
    "&amp;",
    "{{7*7}}",
    "evil",
    "😀👩‍⚕️",
    "שלום",
    "עולם",
    "مرحبا",
    "here",
]
CHUNK = 'Word & "quote" <tag> é😀 '


def filled(record: Any, text: str) -> Any:
    """`record` with `text` in every field that takes text."""
    changes: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, str) and field.name != "letter":
            changes[field.name] = text
        elif isinstance(value, tuple):
            changes[field.name] = tuple(text if isinstance(item, str) else filled(item, text) for item in value)
        elif isinstance(value, Meta):
            changes[field.name] = filled(value, text)
    return replace(record, **changes)


def everything_printed(data: bytes) -> str:
    return " ".join(text_of(paragraph) for _, xml in Package(data).word_parts for paragraph in xml.iter(f"{W}p"))


@pytest.mark.parametrize(
    ("record", "write"), [(replace(LETTER, signature_png=png()), write_letter), (COVER_SHEET, write_cover_sheet)]
)
def test_hostile_text_in_every_field(record: Letter | CoverSheet, write: Any) -> None:
    data = write(filled(record, HOSTILE))
    # What the person typed may look like a list or a layout; the document around it must be sound.
    assert [problem for problem in problems(data, marking=None) if not problem.startswith(("layout", "real"))] == []
    assert schema_problems(data) == []
    printed = everything_printed(data)
    assert {word: printed.count(word) for word in VISIBLE if printed.count(word) < 15} == {}


def test_header_and_footer_carry_hostile_text_whole() -> None:
    package = Package(
        write_letter(letter(classification=HOSTILE, organisation=HOSTILE, unit=HOSTILE, reference=HOSTILE))
    )
    for part in ("header1", "header2", "footer1"):
        text = "".join(package.xml[f"word/{part}.xml"].itertext())
        assert [word for word in VISIBLE if word not in text] == []


def test_long_text_comes_back_whole() -> None:
    long = (CHUNK * 5000)[:100_000].rstrip()
    assert len(long) > 99_000
    data = write_letter(letter(body=long, closing=long, recommendations=(LetterRecommendation("a", long),)))
    assert paragraphs(data).count(long) == 3
    row = ReportedRecommendation("EPC-L01(a)", long, "Cancer", "Open", "")
    assert long in paragraphs(write_cover_sheet(replace(COVER_SHEET, recommendations=(row,))))


def test_right_to_left_paragraph_is_marked() -> None:
    package = Package(write_letter(letter(body="שלום R&D עולם", recommendations=())))
    paragraph = next(node for node in package.paragraphs if "שלום" in text_of(node))
    assert paragraph.find(f"{W}pPr/{W}bidi") is not None
    runs = [(text_of(run), run.find(f"{W}rPr/{W}rtl") is not None) for run in paragraph.iter(f"{W}r")]
    assert runs == [("שלום ", True), ("R&D ", False), ("עולם", True)]


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60), st.text(max_size=200))
def test_any_text_gives_a_sound_document(short: str, long: str) -> None:
    record = replace(
        LETTER,
        meta=replace(META, title=short or "Letter", subject=short),
        salutation=short,
        subject=short,
        reference=short,
        organisation=short,
        addressee=(short, long),
        body=long,
        recommendations=(LetterRecommendation("a", short + long),),
        copies_to=(short,),
    )
    ignored = ("layout", "real", "properties: no title")
    found = problems(write_letter(record))
    assert [problem for problem in found if not problem.startswith(ignored)] == []


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(categories=["L", "N", "S"]), min_size=1, max_size=40))
def test_any_visible_text_comes_back_unchanged(typed: str) -> None:
    data = write_letter(letter(salutation=f"Dear {typed}", closing=typed))
    assert f"Dear {typed}" in paragraphs(data)
    assert typed in paragraphs(data)
