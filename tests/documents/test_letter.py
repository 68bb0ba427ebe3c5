"""A letter: what it prints, and that it is a good Word document."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from tracker.documents import LetterRecommendation, write_letter

from .checker import Package, W, problems, schema_problems, style_of, text_of
from .reading import labelled_lines, paragraphs, part_text, words
from .samples import META, letter, png


def styled(data: bytes, style: str) -> list[str]:
    return [text_of(paragraph) for paragraph in Package(data).paragraphs if style_of(paragraph) == style]


def test_letter_is_a_good_document() -> None:
    data = write_letter(letter(signature_png=png()))
    assert problems(data) == []
    assert schema_problems(data) == []


def test_letter_without_its_optional_parts_is_a_good_document() -> None:
    data = write_letter(
        letter(
            organisation="", subject="", body="", recommendations=(), response_request="", copies_to=(), enclosures=()
        )
    )
    assert problems(data) == []
    assert schema_problems(data) == []
    assert part_text(data, "header2") == ["OFFICIAL", "Empowering People and Communities Taskforce"]


def test_letter_prints_its_parts_in_order() -> None:
    data = write_letter(letter(body="The body.", recommendations_heading=""))
    assert paragraphs(data) == [
        "Nursing Directorate\nNHS England\nQuarry House\nQuarry Hill\nLeeds\nLS2 7UE",
        "29 December 2017",
        "Cally Palmer\nSRO\nCancer Programme",
        "Dear Cally",
        "Cancer Programme: what our workshop heard",
        "The body.",
        "Health inequalities: how the programme is narrowing the inequalities.",
        "Expectations of alliances: how involving patients is a criterion of success.",
        "Next steps: when the dashboard is published.",
        "We would be grateful for your response to each of these by 2 February 2018.",
        "Best wishes for the continued success of the programme.",
        "Lord Victor Adebowale\nTaskforce Chair\nNon-Executive Director, NHS England",
        "Copies to:\nChris Harrison\nJo Cottam",
        "Enclosures:\nNotes of the workshop of 12 December 2017",
    ]


def test_letterhead_marking_and_reference_stand_on_every_page() -> None:
    data = write_letter(letter())
    assert part_text(data, "header2") == ["OFFICIAL", "NHS England", "Empowering People and Communities Taskforce"]
    assert part_text(data, "header1") == ["OFFICIAL"]
    assert part_text(data, "footer1") == part_text(data, "footer2") == ["Our reference: EPC-L01\tPage 1 of 1"]


def test_draft_says_so_on_every_page() -> None:
    data = write_letter(letter(draft=True))
    assert problems(data) == []
    assert part_text(data, "header1") == ["OFFICIAL", "DRAFT – not approved"]
    assert part_text(data, "header2")[:2] == ["OFFICIAL", "DRAFT – not approved"]
    assert b"DRAFT" not in Package(write_letter(letter())).parts["word/header2.xml"]


def test_recommendations_stand_where_the_body_says() -> None:
    data = write_letter(
        letter(body="Before.\n\n  {recommendations}  \n\nAfter {recommendations}.\n\n{recommendations}")
    )
    texts = paragraphs(data)
    start = texts.index("Before.")
    assert texts[start + 1] == "Recommendations"
    assert texts[start + 5 : start + 7] == ["After {recommendations}.", "{recommendations}"]


def test_place_of_the_list_is_not_printed_when_nothing_is_listed() -> None:
    data = write_letter(letter(body="Before.\n\n{recommendations}\n\nAfter.", recommendations=()))
    assert [text for text in paragraphs(data) if "recommendations" in text.lower()] == []


def test_listed_letters_skip_those_in_the_prose() -> None:
    listed = [line for line in labelled_lines(write_letter(letter())) if line[0].startswith("(")]
    assert [label for label, _ in listed] == ["(a)", "(c)", "(d)"]
    assert listed[1][1].startswith("Expectations of alliances")


def test_letters_go_on_after_z() -> None:
    listed = tuple(LetterRecommendation(letter_, f"Ask {letter_}") for letter_ in ("y", "z", "aa", "cc", "zz"))
    data = write_letter(letter(body="", recommendations=listed))
    assert labelled_lines(data) == [(f"({item.letter})", item.text) for item in listed]
    assert problems(data) == []


@pytest.mark.parametrize("wrong", ["", "A", "ab", "1", "(a)", "é"])
def test_letter_that_word_cannot_count_to_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="cannot count"):
        write_letter(letter(recommendations=(LetterRecommendation(wrong, "Ask"),)))


def test_each_numbered_list_starts_anew() -> None:
    data = write_letter(
        letter(body="1. one\n2. two\n\nText.\n\n1. again\n   1. inner\n\nText.\n\n7) seven", recommendations=())
    )
    assert labelled_lines(data) == [
        ("1.", "one"),
        ("2.", "two"),
        ("1.", "again"),
        ("a.", "inner"),
        ("7.", "seven"),
    ]


def test_each_list_in_a_list_starts_where_it_says() -> None:
    data = write_letter(letter(body="- a\n  1. b\n  2. c\n- d\n  1. e\n- f\n\n  5. g", recommendations=()))
    assert [line for line in labelled_lines(data) if line[0] != "•"] == [
        ("a.", "b"),
        ("b.", "c"),
        ("a.", "e"),
        ("e.", "g"),
    ]


def test_every_list_style_counts_on_its_own_level() -> None:
    body = "- a\n  - b\n    - c\n      - d\n\n1. e\n   1. f\n      1. g\n         - h"
    data = write_letter(letter(body=body, recommendations=()))
    assert problems(data) == []
    assert [text for _, text in labelled_lines(data)] == list("abcdefgh")


def test_headings_of_body_and_list_keep_the_outline_whole() -> None:
    body = "### First\n\ntext\n\n## Second\n\n### Third\n\n{recommendations}\n\n### Fourth"
    data = write_letter(letter(body=body))
    assert problems(data) == []
    assert styled(data, "Heading1") == ["First", "Second", "Recommendations"]
    assert styled(data, "Heading2") == ["Third", "Fourth"]


def test_links_are_links() -> None:
    package = Package(write_letter(letter()))
    targets = {key: entry.get("Target") for key, entry in package.relationships("word/document.xml").items()}
    links = {text_of(link): link.get(link.keys()[0]) for link in package.body.iter(f"{W}hyperlink")}
    assert targets[links["dashboard"]] == "https://example.org/d?a=1&b=2"
    assert targets[links["cancer strategy"]] == "https://www.england.nhs.uk/cancer/strategy/"


def test_signature_has_alternative_text_and_keeps_its_shape() -> None:
    package = Package(write_letter(letter(signature_png=png(300, 100), signature_alt="V. Adebowale's signature")))
    picture = next(package.body.iter("{*}inline"))
    assert picture.find("{*}docPr").get("descr") == "V. Adebowale's signature"
    extent = picture.find("{*}extent")
    assert (int(extent.get("cx")), int(extent.get("cy"))) == (3 * 576_000, 576_000)


def test_wide_signature_stays_on_the_page() -> None:
    picture = next(Package(write_letter(letter(signature_png=png(2000, 40)))).body.iter("{*}extent"))
    assert (int(picture.get("cx")), int(picture.get("cy"))) == (2_880_000, 57_600)


@pytest.mark.parametrize("picture", [b"", b"GIF89a" + bytes(30), png()[:20], png()[:16] + bytes(8) + png()[24:]])
def test_signature_that_is_no_png_is_refused(picture: bytes) -> None:
    with pytest.raises(ValueError, match="picture of the signature"):
        write_letter(letter(signature_png=picture))


def test_properties_come_from_the_record() -> None:
    stamp = datetime(2018, 2, 2, 23, 30, 5, tzinfo=timezone(timedelta(hours=-1)))
    core = Package(write_letter(letter(meta=replace(META, stamp=stamp, title="T" * 300)))).xml["docProps/core.xml"]
    assert core.findtext("{*}created") == core.findtext("{*}modified") == "2018-02-03T00:30:05Z"
    assert core.findtext("{*}title") == "T" * 254 + "…"
    assert core.findtext("{*}creator") == META.author


def test_stamp_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        write_letter(letter(meta=replace(META, stamp=datetime(2018, 2, 2, tzinfo=UTC).replace(tzinfo=None))))


def test_same_letter_gives_the_same_bytes() -> None:
    full = letter(signature_png=png())
    assert write_letter(full) == write_letter(full)
    code = (
        "import sys; from documents.samples import letter, png; from tracker.documents import write_letter; "
        "sys.stdout.buffer.write(write_letter(letter(signature_png=png())))"
    )
    tests = Path(__file__).parents[1]
    elsewhere = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        env={"PYTHONPATH": f"{tests}:{tests.parent}", "PYTHONHASHSEED": "7"},
    )
    assert elsewhere.stdout == write_letter(full)


def test_every_word_comes_back() -> None:
    full = letter(response_request="Please answer by *Friday*.")
    typed = [full.date_text, full.salutation, full.subject, full.closing, *full.signatory, *full.copies_to]
    typed += [*full.sender_address, *full.addressee, *full.enclosures]
    read = words(write_letter(full))
    assert set(" ".join(typed).split()) <= set(read)
    assert "R&D < 5% of it);" in " ".join(read)
