"""A reference document: the Word file that gives a document its styles, lists, header, footer and page set-up.

Its body is thrown away. The only substitution is plain text into content controls of its headers and footers,
found by tag, so there is no template language and nothing in the file is ever evaluated. Opening it costs far
more than writing a letter, so each is opened once and kept in the form that the writers need.
"""

import io
import zipfile
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from tracker.documents.package import Packed, pack
from tracker.documents.slots import slot_of

_KEPT_OPEN = 8
_FOLDER = Path(__file__).parent / "references"


@dataclass(frozen=True)
class ListStyle:
    """Where a list style counts: the list's definition and the level in it."""

    abstract: str
    level: int


@dataclass(frozen=True)
class Reference:
    """A reference document, ready for writing.

    `parts` are its parts by name, and `packed` the same as they stand in a package. The document part is cut in
    two around the place of the body.
    """

    parts: dict[str, bytes]
    packed: dict[str, Packed]
    document_start: str
    document_end: str
    style_ids: dict[str, str]
    list_styles: dict[str, ListStyle]
    next_list: int
    slot_parts: tuple[str, ...]


@cache
def bundled(name: str) -> Reference:
    """Open the bundled reference document `name` ("letter" or "board")."""
    return _open(own_reference(name))


def own_reference(name: str) -> bytes:
    """The bundled reference document `name` ("letter" or "board") as a Word file, to begin a letterhead from."""
    return (_FOLDER / f"{name}.docx").read_bytes()


@lru_cache(maxsize=_KEPT_OPEN)
def open_reference(content: bytes) -> Reference:
    """Open a reference document that `clean_reference` has cleaned; the last few are kept open."""
    return _open(content)


def _open(content: bytes) -> Reference:
    document = Document(io.BytesIO(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    body = document.element.body
    for child in list(body)[:-1]:
        body.remove(child)
    text = etree.tostring(document.element, encoding="unicode")
    cut = text.index("<w:sectPr")
    definitions = {
        instance.get(qn("w:numId")): instance.find(qn("w:abstractNumId")).get(qn("w:val"))
        for instance in document.part.numbering_part.element.iter(qn("w:num"))
    }
    list_styles = {}
    for style in document.styles.element.iter(qn("w:style")):
        numbering = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if numbering is not None:
            level = numbering.find(qn("w:ilvl"))
            list_styles[style.get(qn("w:styleId"))] = ListStyle(
                definitions[numbering.find(qn("w:numId")).get(qn("w:val"))],
                0 if level is None else int(level.get(qn("w:val"))),
            )
    return Reference(
        parts=parts,
        packed={name: pack(data) for name, data in parts.items()},
        document_start=text[:cut],
        document_end=text[cut:],
        # Word and LibreOffice differ in the case of built-in names.
        style_ids={
            style.element.find(qn("w:name")).get(qn("w:val")).lower(): style.style_id for style in document.styles
        },
        list_styles=list_styles,
        next_list=max(map(int, definitions)) + 1,
        slot_parts=tuple(
            relationship.target_part.partname.membername
            for relationship in document.part.rels.values()
            if relationship.reltype.endswith(("/header", "/footer"))
        ),
    )


def fill_slots(xml: bytes, values: dict[str, str]) -> bytes:
    """Put plain text into the content controls of a header or footer, wherever in it they stand.

    A control whose value is empty goes, and its paragraph with it if nothing else stands there.
    """
    root = etree.fromstring(xml)
    for paragraph in list(root.iter(qn("w:p"))):
        emptied = False
        for control in paragraph.findall(qn("w:sdt")):
            value = values.get(slot_of(control))
            if value:
                _set_text(control, value)
            elif value is not None:
                paragraph.remove(control)
                emptied = True
        # Whatever holds paragraphs must keep one as its last.
        following = paragraph.getnext()
        kept = following if following is not None else paragraph.getprevious()
        container = paragraph.getparent()
        gone = emptied and paragraph.find(f".//{qn('w:r')}") is None
        if gone and container is not None and kept is not None and kept.tag == qn("w:p"):
            container.remove(paragraph)
    return etree.tostring(root, encoding="UTF-8", standalone=True)


def _set_text(control: etree._Element, value: str) -> None:
    """Put `value` in the control, in the look of its first run."""
    first, *others = control.iter(qn("w:t"))
    first.text = value
    for other in others:
        other.text = ""
    first.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
