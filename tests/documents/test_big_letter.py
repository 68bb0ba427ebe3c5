"""A letter of sixty pages with two hundred recommendations, and what both schema tools say of all we write."""

from pathlib import Path

import pytest

from tests.conftest import missing
from tracker.documents import (
    Letter,
    LetterRecommendation,
    as_read,
    clean_reference,
    open_reference,
    specimen_cover_sheet,
    specimen_letter,
    write_cover_sheet,
    write_letter,
)

from .checker import problems, schema_problems
from .hostile_letterheads import UPLOADS
from .libreoffice import PROGRAM, printed_pages, resaved
from .microsoft import microsoft_problems, validator
from .reading import labelled_lines
from .samples import letter, png

_SENTENCE = "The programme will *report* on participation, experience and partnership in every alliance & region. "


def _letters(count: int) -> list[str]:
    """As many letters as Word can count in this way: a … z, aa … zz, aaa …"""
    return [chr(ord("a") + place % 26) * (place // 26 + 1) for place in range(count)]


def big_letter(sections: int, asks: int) -> Letter:
    """A letter of so many sections, each not quite a page."""
    section = "## A heading\n\n" + "\n\n".join([_SENTENCE * 5] * 4) + "\n\n- one\n- two\n  1. three\n\n"
    recommendations = tuple(LetterRecommendation(one, f"**Title {one}:** {_SENTENCE}") for one in _letters(asks))
    return letter(body=section * sections + "{recommendations}", recommendations=recommendations, signature_png=png())


BIG = write_letter(big_letter(70, 200))


def test_big_letter_is_a_good_document() -> None:
    assert problems(BIG) == []
    assert schema_problems(BIG) == []
    printed = [label for label, _ in labelled_lines(BIG) if label.startswith("(")]
    assert printed == [f"({one})" for one in _letters(200)]


def test_big_letter_comes_back_from_libreoffice(tmp_path: Path) -> None:
    if PROGRAM is None:
        missing("LibreOffice")
    (saved,) = resaved([BIG], tmp_path)
    read = as_read(big_letter(70, 200))
    assert len(read.recommendations) == 200
    from tracker.documents import read_letter

    assert read_letter(saved) == read


def test_big_letter_prints_on_sixty_pages(tmp_path: Path) -> None:
    if PROGRAM is None:
        missing("LibreOffice")
    assert printed_pages(BIG, tmp_path) >= 60


def test_microsofts_validator_finds_nothing(tmp_path: Path) -> None:
    program = validator()
    if program is None:
        pytest.skip("Microsoft's validator is not here: make validator brings it, where npm is")
    boxed = clean_reference(UPLOADS["text box"].make(), "letter").content
    documents = {
        "big letter": BIG,
        "specimen letter": write_letter(specimen_letter()),
        "specimen cover sheet": write_cover_sheet(specimen_cover_sheet()),
        "letterhead": boxed,
        "on another letterhead": write_letter(specimen_letter(), open_reference(boxed)),
    }
    if PROGRAM is not None:
        (saved,) = resaved([documents["specimen letter"]], tmp_path)
        reference = open_reference(clean_reference(saved, "letter").content)
        documents["on a letterhead saved by LibreOffice"] = write_letter(letter(), reference)
    assert {
        name: found for name, one in documents.items() if (found := microsoft_problems(program, one, tmp_path))
    } == {}
