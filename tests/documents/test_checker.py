"""Each check must fail on a document that was broken on purpose."""

import io
import zipfile
from collections.abc import Callable

import pytest

from tracker.documents import write_cover_sheet, write_letter

from .checker import CHECKS, problems, schema_problems
from .samples import cover_sheet, letter, png

SAMPLE = write_letter(letter(signature_png=png()))
SHEET = write_cover_sheet(cover_sheet())


def rewritten(data: bytes, change: Callable[[dict[str, bytes]], None], stamp=(1980, 1, 1, 0, 0, 0)) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before = dict(parts)
    change(parts)
    assert parts != before or stamp[0] != 1980, "nothing was broken"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, stamp), part)
    return buffer.getvalue()


def replace(part: str, old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        parts[part] = parts[part].replace(old.encode(), new.encode())

    return change


def body(old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    return replace("word/document.xml", old, new)


def styles(old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    return replace("word/styles.xml", old, new)


def remove(part: str) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.pop(part) and None


def add(part: str) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.update({part: b"stray"})


END = "<w:sectPr"
BREAKAGES = [
    ("package", remove("word/footer2.xml")),
    ("package", remove("word/media/signature.png")),
    ("package", add("word/stray.bin")),
    ("external targets", replace("word/_rels/document.xml.rels", "https://example.org", "file:///c:")),
    ("references", body('w:val="BodyText"', 'w:val="Nowhere"')),
    ("references", replace("word/_rels/document.xml.rels", '"rIdLink1"', '"rIdLink9"')),
    ("references", replace("word/numbering.xml", '<w:num w:numId="1">', '<w:num w:numId="77">')),
    ("references", replace("word/header2.xml", '<w:id w:val="3"/>', '<w:id w:val="4"/>')),
    ("fields", replace("word/footer1.xml", " PAGE ", " DDEAUTO ")),
    ("fields", replace("word/footer1.xml", "<w:t>1</w:t>", "")),
    ("fields", replace("word/footer1.xml", 'w:fldCharType="end"', 'w:fldCharType="begin"')),
    ("page numbers", replace("word/footer2.xml", "NUMPAGES", "PAGE")),
    ("properties", replace("docProps/core.xml", "<dc:title>Letter to the Cancer Programme", "<dc:title>")),
    ("properties", replace("docProps/core.xml", "2017-12-29T09:30:00Z", "29 December 2017")),
    ("properties", styles('w:lang w:val="en-GB"', 'w:lang w:val="en-US"')),
    ("heading order", body('w:val="Subject"', 'w:val="Heading2"')),
    ("empty paragraphs", body(END, "<w:p/>" + END)),
    ("layout spaces", body("Dear Cally", "Dear     Cally")),
    ("real lists", body("Emma will provide", "(d) Emma will provide")),
    ("images", body('descr="Signature of Lord Victor Adebowale"', 'descr=""')),
    ("images", body('descr="Signature of Lord Victor Adebowale"', 'descr="signature.png"')),
    ("text", body("Dear Cally", "Dear \u202eyllaC")),
    ("text", body('<w:t xml:space="preserve">', "<w:t>")),
    ("text", body(END, '<w:p><w:ins w:id="1" w:author="x"><w:r><w:t>x</w:t></w:r></w:ins></w:p>' + END)),
    ("readability", styles('<w:sz w:val="24"/>', '<w:sz w:val="18"/>')),
    ("readability", styles("003087", "A0B0C0")),
]
TABLE_BREAKAGES = [
    body("<w:tblHeader/>", ""),
    body('w:firstRow="1"', 'w:firstRow="0"'),
    body('w:val="Recommendations reported on"/>', 'w:val=""/>'),
    body("<w:cantSplit/>", ""),
    body('<w:gridCol w:w="1400"/>', ""),
    body("</w:p></w:tc>", "</w:p><w:sdt/></w:tc>"),
]


def test_the_samples_are_good() -> None:
    assert problems(SAMPLE) == []
    assert problems(SHEET) == []


@pytest.mark.parametrize(("check", "breakage"), BREAKAGES)
def test_a_broken_letter_is_found(check: str, breakage: Callable[[dict[str, bytes]], None]) -> None:
    found = problems(rewritten(SAMPLE, breakage))
    assert any(problem.startswith(f"{check}: ") for problem in found), found


@pytest.mark.parametrize("breakage", TABLE_BREAKAGES)
def test_a_broken_table_is_found(breakage: Callable[[dict[str, bytes]], None]) -> None:
    assert any(problem.startswith("tables: ") for problem in problems(rewritten(SHEET, breakage)))


def test_a_time_of_writing_is_found() -> None:
    found = problems(rewritten(SAMPLE, lambda parts: None, stamp=(2026, 1, 2, 3, 4, 6)))
    assert any(problem.startswith("timestamps: ") for problem in found)


def test_a_missing_marking_is_found() -> None:
    found = problems(rewritten(SAMPLE, replace("word/header1.xml", "OFFICIAL", "Official")))
    assert found == ["marking: default header without 'OFFICIAL'"]


def test_every_check_was_broken() -> None:
    assert {check for check, _ in BREAKAGES} | {"tables", "timestamps"} == set(CHECKS)


def test_the_schema_is_checked() -> None:
    assert schema_problems(rewritten(SAMPLE, body("</w:pPr>", "<w:nonsense/></w:pPr>"))) != []
