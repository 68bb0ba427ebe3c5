"""Reading a written document back, as a person would see it."""

import io
from collections.abc import Iterator
from html.parser import HTMLParser

from docx import Document
from docx.blkcntnr import BlockItemContainer
from docx.table import Table
from lxml import etree

from .checker import Package, W, text_of, value

_BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "h5", "h6"}


def paragraphs(data: bytes) -> list[str]:
    """The text of each paragraph of the body, tables included, as python-docx reads it."""
    return list(_walk(Document(io.BytesIO(data))))


def _walk(container: BlockItemContainer) -> Iterator[str]:
    for block in container.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                for cell in row.cells:
                    yield from _walk(cell)
        else:
            yield block.text


def words(data: bytes) -> list[str]:
    return " ".join(paragraphs(data)).split()


def part_text(data: bytes, part: str) -> list[str]:
    """The text of each paragraph of a header or footer, its content controls included."""
    return [text_of(paragraph) for paragraph in Package(data).xml[f"word/{part}.xml"].iter(f"{W}p")]


def labelled_lines(data: bytes) -> list[tuple[str, str]]:
    """Each list paragraph with the number or letter that Word prints before it.

    Word counts by the list's definition: a new instance goes on from the last unless it says where to start.
    """
    package = Package(data)
    numbering = package.xml["word/numbering.xml"]
    counts: dict[tuple[str, str], int] = {}
    begun: set[tuple[str, str]] = set()
    lines = []
    for paragraph in package.paragraphs:
        number = package.of_paragraph(paragraph, f"{W}numPr/{W}numId")
        if number is None:
            continue
        level = package.of_paragraph(paragraph, f"{W}numPr/{W}ilvl") or "0"
        instance = next(entry for entry in numbering.iter(f"{W}num") if entry.get(f"{W}numId") == number)
        counter = (value(instance.find(f"{W}abstractNumId")), level)
        start = value(instance.find(f"{W}lvlOverride[@{W}ilvl='{level}']/{W}startOverride"))
        if start is not None and (number, level) not in begun:
            counts[counter] = int(start) - 1
        begun.add((number, level))
        counts[counter] = counts.get(counter, 0) + 1
        lines.append((_label(numbering, counter, counts[counter]), text_of(paragraph)))
    return lines


def _label(numbering: etree._Element, counter: tuple[str, str], count: int) -> str:
    definition, level = counter
    shape = numbering.find(f"{W}abstractNum[@{W}abstractNumId='{definition}']/{W}lvl[@{W}ilvl='{level}']")
    text = value(shape.find(f"{W}lvlText"))
    kind = value(shape.find(f"{W}numFmt"))
    shown = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1) if kind == "lowerLetter" else str(count)
    return text.replace(f"%{int(level) + 1}", shown)


class _HtmlReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = [""]
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag in _BLOCKS:
            self.blocks.append("")
        elif tag == "br":
            self.blocks[-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        self.blocks[-1] += data


def _read_html(html: str) -> _HtmlReader:
    reader = _HtmlReader()
    reader.feed(html)
    reader.close()
    return reader


def html_paragraphs(html: str) -> list[str]:
    """The text of each block of a preview."""
    return [block for block in _read_html(html).blocks if block.strip()]


def html_tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """Each start tag with its attributes, as a browser finds them."""
    return _read_html(html).tags
