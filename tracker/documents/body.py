"""Builds one document on a reference: its paragraphs as XML, and what they need from the other parts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tracker.documents import ooxml
from tracker.documents.markup import Block, Heading, ListBlock, Paragraph, Span, parse, parse_inline
from tracker.documents.model import Meta
from tracker.documents.package import core_properties, pack, write_package
from tracker.documents.pictures import check_png
from tracker.documents.reference import Reference, fill_slots
from tracker.documents.text import clean, is_right_to_left, one_line

_DRAFT_NOTICE = "DRAFT – not approved"


@dataclass(frozen=True)
class Look:
    """The styles that Markdown takes, outermost list level first."""

    paragraph: str
    headings: tuple[str, ...]
    bullets: tuple[str, ...]
    numbers: tuple[str, ...]
    continuations: tuple[str, ...]


IN_BODY = Look(
    paragraph="Body Text",
    headings=("heading 1", "heading 2"),
    bullets=("List Bullet", "List Bullet 2", "List Bullet 3"),
    numbers=("List Number", "List Number 2", "List Number 3"),
    continuations=("List Continue", "List Continue 2", "List Continue 3"),
)
IN_RESPONSE_REQUEST = replace(IN_BODY, paragraph="Response Request")
IN_TABLE = Look(
    paragraph="Table Text",
    headings=("Table Heading",),
    bullets=("Table Bullet",),
    numbers=("Table Number",),
    continuations=("Table Continue",),
)


class DocumentBuilder:
    """Makes the XML of paragraphs and tables, and gathers the lists, links and pictures that they refer to."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._lists: list[str] = []
        self._links: dict[str, str] = {}
        self._media: dict[str, bytes] = {}
        self._outline = 0

    def text(self, style: str, text: str) -> str:
        """Return a paragraph of plain text, newlines as line breaks; nothing for an empty text."""
        cleaned = clean(text)
        return self._paragraph(style, (Span(cleaned),)) if cleaned.strip() else ""

    def lines(self, style: str, lines: Iterable[str]) -> str:
        """Return a paragraph with a line for each value, leaving empty ones out; nothing where all are empty."""
        return self.text(style, "\n".join(line for line in map(one_line, lines) if line))

    def heading(self, text: str) -> str:
        """Return a main heading of plain text; nothing for an empty text."""
        self._outline = 1
        return self.text(IN_BODY.headings[0], one_line(text))

    def inline(self, style: str, markdown: str, *, numbering: tuple[int, int] | None = None) -> str:
        """Return a paragraph of inline Markdown, hard breaks as line breaks; nothing for an empty text."""
        return self._paragraph(style, parse_inline(markdown), numbering)

    def labelled(self, style: str, label: str, text: str) -> str:
        """Return a paragraph of plain text after a label in bold."""
        return self._paragraph(style, (Span(f"{label} ", bold=True), Span(one_line(text))))

    def markdown(self, source: str, look: Look = IN_BODY) -> str:
        """Return the paragraphs of a Markdown text."""
        outline = 0 if look is IN_TABLE else self._outline
        return "".join(self._block(block, look, 0) for block in parse(source, outline))

    def bullets(self, texts: Iterable[str], look: Look) -> str:
        """Return a bulleted list of plain texts, leaving empty ones out."""
        return "".join(self.text(look.bullets[0], one_line(text)) for text in texts)

    def start_list(self, style: str, start: int) -> tuple[int, int]:
        """Begin a list of its own in a list style, counting from `start`: (list instance, level)."""
        list_style = self._reference.list_styles[self._style_id(style)]
        number = self._reference.next_list + len(self._lists)
        self._lists.append(ooxml.numbering_instance(number, list_style.abstract, list_style.level, start))
        return number, list_style.level

    def table(
        self, title: str, description: str, widths: Sequence[int], rows: Sequence[Sequence[str]], *, labels: bool
    ) -> str:
        """Return a table; the first row is its header, and a cell is the XML of its paragraphs."""
        built = [ooxml.table_row(widths, row, header=index == 0) for index, row in enumerate(rows)]
        return ooxml.table(self._style_id("Board Table"), widths, title, description, built, labels=labels)

    def picture(self, style: str, png: bytes, alternative_text: str, *, height: int, widest: int) -> str:
        """Return a paragraph with a PNG, `height` high but not over `widest` (English Metric Units).

        Raises ValueError if it is not a sound PNG of a signature's size.
        """
        pixels_across, pixels_down = check_png(png)
        width = height * pixels_across // pixels_down
        if width > widest:
            width, height = widest, max(1, height * widest // width)
        self._media["signature.png"] = png
        return ooxml.paragraph(
            self._style_id(style), ooxml.picture("rIdPicture1", max(1, width), height, one_line(alternative_text))
        )

    def finish(self, content: str, slots: dict[str, str], meta: Meta, *, draft: bool) -> bytes:
        """Return the document around `content`. `slots` are the texts of the header and footer by tag."""
        reference = self._reference
        changed = {
            "word/document.xml": (reference.document_start + content + reference.document_end).encode(),
            "docProps/core.xml": core_properties(meta, draft=draft),
        }
        changed |= _appended(reference, "word/numbering.xml", "</w:numbering>", self._lists)
        changed |= _appended(reference, "word/_rels/document.xml.rels", "</Relationships>", self._relationships())
        changed |= {f"word/media/{name}": data for name, data in self._media.items()}
        values = {tag: one_line(value).replace("\t", " ") for tag, value in slots.items()}
        values["draft"] = _DRAFT_NOTICE if draft else ""
        changed |= {name: fill_slots(reference.parts[name], values) for name in reference.slot_parts}
        return write_package(reference.packed | {name: pack(data) for name, data in changed.items()})

    def _relationships(self) -> list[str]:
        links = [ooxml.relationship(key, "hyperlink", url, external=True) for url, key in self._links.items()]
        return links + [
            ooxml.relationship(f"rIdPicture{number}", "image", f"media/{name}")
            for number, name in enumerate(self._media, 1)
        ]

    def _style_id(self, name: str) -> str:
        return self._reference.style_ids[name.lower()]

    def _paragraph(self, style: str, spans: Sequence[Span], numbering: tuple[int, int] | None = None) -> str:
        content = "".join(map(self._span, spans))
        if not content:
            return ""
        rtl = is_right_to_left("".join(span.text for span in spans))
        return ooxml.paragraph(self._style_id(style), content, numbering=numbering, rtl=rtl)

    def _span(self, span: Span) -> str:
        bold = "<w:b/><w:bCs/>" if span.bold else ""
        italic = "<w:i/><w:iCs/>" if span.italic else ""
        if span.href:
            key = self._links.setdefault(span.href, f"rIdLink{len(self._links) + 1}")
            return ooxml.hyperlink(key, ooxml.run(span.text, self._character_style("Hyperlink") + bold + italic))
        if span.bold:
            return ooxml.run(span.text, self._character_style("Strong") + italic)
        return ooxml.run(span.text, self._character_style("Emphasis") if span.italic else "")

    def _character_style(self, name: str) -> str:
        return f'<w:rStyle w:val="{self._style_id(name)}"/>'

    def _block(self, block: Block, look: Look, depth: int) -> str:
        match block:
            case Heading(level, spans):
                self._outline = self._outline if look is IN_TABLE else level
                return self._paragraph(_at(look.headings, level - 1), spans)
            case Paragraph(spans):
                return self._paragraph(look.paragraph, spans)
            case ListBlock():
                return self._list(block, look, depth)

    def _list(self, block: ListBlock, look: Look, depth: int) -> str:
        style = _at(look.numbers if block.ordered else look.bullets, depth)
        numbering = self.start_list(style, block.start) if block.ordered else None
        xml = []
        for item in block.items:
            for index, inner in enumerate(item):
                if not isinstance(inner, Paragraph):
                    xml.append(self._block(inner, look, depth + 1))
                elif index == 0:
                    xml.append(self._paragraph(style, inner.spans, numbering))
                else:
                    xml.append(self._paragraph(_at(look.continuations, depth), inner.spans))
        return "".join(xml)


def _at(styles: tuple[str, ...], depth: int) -> str:
    return styles[min(depth, len(styles) - 1)]


def _appended(reference: Reference, name: str, end: str, entries: list[str]) -> dict[str, bytes]:
    """Return the part with `entries` before its closing tag, if there are any."""
    if not entries:
        return {}
    return {name: reference.parts[name].replace(end.encode(), ("".join(entries) + end).encode())}
