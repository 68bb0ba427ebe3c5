"""Letterheads: any upload is cleaned or refused with its reason, and what is cleaned makes good documents."""

import pytest

from tracker.documents import (
    BadFile,
    clean_reference,
    open_reference,
    specimen_cover_sheet,
    specimen_letter,
    write_cover_sheet,
    write_letter,
)

from .checker import Package, W, problems, schema_problems
from .hostile_letterheads import PLAIN, UPLOADS
from .measured import MOST_MEGABYTES, MOST_SECONDS, Run, measure
from .reading import labelled_lines, paragraphs, part_text
from .samples import letter
from .word_files import OWN, p, picture, relations, text_box, unzipped, word

CLEANED = [name for name, upload in UPLOADS.items() if upload.outcome == "done"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Every upload cleaned, each in a process of its own."""
    return measure("clean", {name: upload.make() for name, upload in UPLOADS.items()}, tmp_path_factory.mktemp("up"))


def test_there_are_thirty_of_them() -> None:
    assert len(UPLOADS) >= 30


@pytest.mark.parametrize("name", UPLOADS)
def test_upload_is_cleaned_or_refused_with_its_reason(name: str, runs: dict[str, Run]) -> None:
    run, expected = runs[name], UPLOADS[name]
    assert run.outcome == expected.outcome, run.said
    assert expected.said in " ".join(run.said)
    assert all(sentence[0].isupper() and sentence.endswith((".", ")")) for sentence in run.said)


@pytest.mark.parametrize("name", UPLOADS)
def test_upload_costs_little(name: str, runs: dict[str, Run]) -> None:
    assert runs[name].seconds < MOST_SECONDS
    assert runs[name].megabytes < MOST_MEGABYTES


@pytest.mark.parametrize("name", CLEANED)
def test_cleaned_upload_makes_good_documents(name: str) -> None:
    content = UPLOADS[name].make()
    cleaned = clean_reference(content, "letter")
    assert cleaned == clean_reference(content, "letter")
    data = write_letter(specimen_letter(), open_reference(cleaned.content))
    small = ("readability",) if name == "small print" else ()
    assert [one for one in problems(data, marking="SPECIMEN") if not one.startswith(small or ("\0",))] == []
    assert schema_problems(data) == []
    assert [label for label, _ in labelled_lines(data) if label.startswith("(")] == ["(a)", "(b)"]


@pytest.mark.parametrize("name", CLEANED)
def test_nothing_unknown_is_left(name: str) -> None:
    cleaned = clean_reference(UPLOADS[name].make(), "letter")
    again = clean_reference(cleaned.content, "letter")
    assert [sentence for sentence in again.warnings if not sentence.startswith("Smaller")] == []
    whole = b" ".join(unzipped(cleaned.content).values()).lower()
    for word_ in (
        b"evil",
        b"a person",
        b">secret<",
        b"ddeauto",
        b"vba",
        b"server",
        b"script",
        b"external",
        b"attached",
    ):
        assert word_ not in whole


def test_letterhead_of_board_papers_makes_good_cover_sheets() -> None:
    for content in (PLAIN, UPLOADS["no styles at all"].make()):
        data = write_cover_sheet(specimen_cover_sheet(), open_reference(clean_reference(content, "board").content))
        assert problems(data, marking="SPECIMEN") == []
        assert schema_problems(data) == []


def test_wide_margins_of_a_board_paper_are_told() -> None:
    section = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="900" w:right="2800" w:bottom="900" w:left="2800"/>'
    warnings = clean_reference(word(p("x"), section=section), "board").warnings
    assert [sentence for sentence in warnings if "stand out into the margin" in sentence]


def test_built_in_letterhead_comes_back_as_it_was() -> None:
    cleaned = clean_reference(PLAIN, "letter")
    assert cleaned.warnings == ()
    on_it = write_letter(letter(), open_reference(cleaned.content))
    assert paragraphs(on_it) == paragraphs(OWN)
    for part in ("header1", "header2", "footer1", "footer2"):
        assert part_text(OWN, part) in [
            part_text(on_it, other) for other in ("header1", "header2", "footer1", "footer2")
        ]


def test_letterhead_keeps_its_own_look() -> None:
    styles = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Georgia" w:hAnsi="Georgia"/><w:sz w:val="23"/></w:rPr>'
        '</w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="Heading 1"/>'
        '<w:pPr><w:jc w:val="end"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:color w:val="7A1FA2"/></w:rPr></w:style>'
    )
    content = word(
        p("x"),
        section='<w:pgSz w:w="12240" w:h="15840"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440"/>',
        styles=styles,
        header=p("1 Example Street"),
    )
    package = Package(write_letter(specimen_letter(), open_reference(clean_reference(content, "letter").content)))
    heading = package.styles["Heading1"]
    assert heading.find(f"{W}name").get(f"{W}val") == "heading 1"
    assert heading.find(f"{W}rPr/{W}color").get(f"{W}val") == "7A1FA2"
    assert heading.find(f"{W}pPr/{W}jc").get(f"{W}val") == "right"
    assert package.body.find(f"{W}sectPr/{W}pgSz").get(f"{W}w") == "12240"
    assert "Georgia" in package.parts["word/styles.xml"].decode()
    assert "1 Example Street" in part_text(
        write_letter(specimen_letter(), open_reference(clean_reference(content, "letter").content)), "header1"
    )


def test_picture_and_text_box_of_a_letterhead_stay() -> None:
    from .samples import png

    content = word(
        p("x"),
        header=f"<w:p>{picture('rId1', 'Crest of the organisation')}{text_box(p('1 Example Street'))}</w:p>",
        more_parts={
            "word/_rels/header.xml.rels": relations([("image", "media/logo.png")]),
            "word/media/logo.png": png(),
        },
    )
    cleaned = clean_reference(content, "letter")
    data = write_letter(specimen_letter(), open_reference(cleaned.content))
    assert problems(data, marking="SPECIMEN") == []
    header = Package(data).xml["word/header1.xml"]
    assert [shown.get("descr") for shown in header.iter("{*}docPr")] == ["Crest of the organisation", "Address"]
    assert "1 Example Street" in "".join(header.itertext())
    assert unzipped(data)["word/media/letterhead1.png"] == png()


def test_slots_are_found_by_tag_or_title_wherever_they_stand() -> None:
    def control(properties: str, inner: str) -> str:
        return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"

    run = "<w:r><w:t>Click here</w:t></w:r>"
    unit, reference = (f'<w:alias w:val="{title}"/>' for title in ("UNIT", "Our reference"))
    cell = f"<w:tc><w:p>{control(unit, run)}</w:p></w:tc>"
    in_table = f"<w:tbl><w:tr><w:tc>{p('Left')}</w:tc>{cell}</w:tr></w:tbl>"
    around = control('<w:tag w:val="marking"/>', f"<w:p>{run}</w:p>")
    titled = f"<w:p>{control(reference, run)}</w:p>"
    content = word(p("x"), header=around + in_table + titled)
    cleaned = clean_reference(content, "letter")
    data = write_letter(letter(), open_reference(cleaned.content))
    said = part_text(data, "header1")
    assert "OFFICIAL" in said
    assert "Empowering People and Communities Taskforce" in said
    assert "Our reference: EPC-L01" in said
    assert not [
        sentence
        for sentence in cleaned.warnings
        if "marking" in sentence or "reference" in sentence.split("letterhead")[0]
    ]


def test_letterhead_without_a_marking_slot_has_one_on_every_page() -> None:
    cleaned = clean_reference(word(p("x"), header=p("Letterhead"), footer=p("Registered charity")), "letter")
    data = write_letter(letter(), open_reference(cleaned.content))
    assert problems(data) == []
    assert part_text(data, "header1") == ["OFFICIAL", "Letterhead"]
    assert any("Page 1 of 1" in line for line in part_text(data, "footer1"))
    draft = write_letter(letter(draft=True), open_reference(cleaned.content))
    assert "DRAFT – not approved" in part_text(draft, "header1")


def test_opened_letterheads_are_kept() -> None:
    content = clean_reference(PLAIN, "letter").content
    assert open_reference(content) is open_reference(bytes(bytearray(content)))


def test_every_refusal_is_a_bad_file() -> None:
    for upload in UPLOADS.values():
        if upload.outcome == "refused":
            with pytest.raises(BadFile, match=r"\w"):
                clean_reference(upload.make(), "board")
