"""A Word file's paragraphs in reading order, and a note of each thing on the way that is no text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from tracker.documents.markup import Span, is_safe_link
from tracker.documents.ooxml import R, W
from tracker.documents.reading_notes import Notes
from tracker.documents.reading_styles import Label, Numbering, Style, StyleSheet, is_on, number_of, value_of
from tracker.documents.text import clean
from tracker.documents.untrusted import WordFile

_W, _R = f"{{{W}}}", f"{{{R}}}"
_THROUGH = {f"{_W}{name}" for name in ("smartTag", "customXml", "dir", "bdo", "sdtContent")}
_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_CHARACTERS = {
    f"{_W}tab": "\t",
    f"{_W}ptab": "\t",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "\u2011",
    f"{_W}softHyphen": "\u00ad",
}
_LOOKS = (("strike", "struck through"), ("dstrike", "struck through"), ("highlight", "highlighted"))
_LINK_FIELD = re.compile(r'\s*HYPERLINK\s+(?:"([^"]*)"|([^\s\\]\S*))?', re.IGNORECASE)
_BARE_SITE = re.compile(r"\A(https?://[^/?#]+)/\Z", re.IGNORECASE)
_FAR_RIGHT = 4000  # twentieths of a point: about the middle of the text
_QUIET_FIELDS = {"HYPERLINK", "PAGE", "NUMPAGES"}


@dataclass(frozen=True)
class ReadParagraph:
    """A paragraph as it stands.

    `style` is the style's name in lower case, `heading` its outline level from 1, 0 for none; `label` what Word prints
    before it; `inside` the table, text box or frame that it stands in, or ""; `right` whether it stands to the right.
    """

    spans: tuple[Span, ...]
    style: str = ""
    heading: int = 0
    label: Label | None = None
    bold_style: bool = False
    inside: str = ""
    right: bool = False

    @property
    def text(self) -> str:
        """The text, with its line breaks."""
        return "".join(span.text for span in self.spans)


@dataclass
class _Field:
    instruction: list[str] = field(default_factory=list)
    shown: bool = False
    href: str = ""


class ParagraphReader:
    """Reads the main part of a file."""

    def __init__(self, file: WordFile) -> None:
        self.styles = StyleSheet(file)
        self.notes = Notes(file)
        self._file = file
        self._numbering = Numbering(file)
        self._relations = file.relations(file.main)
        self._fields: list[_Field] = []
        self._spans: list[Span] = []
        self._boxes: list[etree._Element] = []
        self._style = Style()
        self._carried: list[Span] = []

    def read(self) -> list[ReadParagraph]:
        """Return every paragraph; empty ones too, because they part what stands around them."""
        return [
            paragraph
            for body in self._file.xml(self._file.main).iterfind(f"{_W}body")
            for paragraph in self._blocks(body, "")
        ]

    def _blocks(self, container: etree._Element, inside: str) -> Iterator[ReadParagraph]:
        for element in container:
            tag = element.tag
            if tag == f"{_W}p":
                yield from self._paragraph(element, inside)
            elif tag == f"{_W}tbl":
                yield from self._table(element)
            elif tag == f"{_W}sdt":
                content = element.find(f"{_W}sdtContent")
                if self._is_placeholder(element):
                    self.notes.add("placeholder", _words(content) if content is not None else "")
                elif content is not None:
                    yield from self._blocks(content, inside)
            elif tag in _THROUGH or tag in (f"{_W}ins", f"{_W}moveTo"):
                yield from self._blocks(element, inside)
            elif tag == f"{_ALTERNATIVE}AlternateContent":
                yield from self._blocks(_chosen(element), inside)
            elif tag == f"{_W}altChunk":
                self.notes.add("embedded document")
            elif tag == f"{_W}sectPr":
                self._section(element)

    def _table(self, table: etree._Element) -> Iterator[ReadParagraph]:
        self.notes.add("table", near=" ".join("".join(node.text or "" for node in table.iter(f"{_W}t")).split()))
        for row in table.iter(f"{_W}tr"):
            if next(row.iterancestors(f"{_W}tbl")) is not table:
                continue
            if row.find(f"{_W}trPr/{_W}del") is not None:
                self.notes.add("deletion")
                continue
            for cell in row.iter(f"{_W}tc"):
                if next(cell.iterancestors(f"{_W}tr")) is row:
                    yield from self._blocks(cell, "table")

    def _paragraph(self, element: etree._Element, inside: str) -> Iterator[ReadParagraph]:
        properties = element.find(f"{_W}pPr")
        self._style = self.styles.style(self._style_id(properties))
        self._spans, self._carried = self._carried, []
        boxes, self._boxes = self._boxes, []
        self._inline(element, "")
        spans, found_boxes, self._boxes = tuple(self._spans), self._boxes, boxes
        self._spans = []
        label, heading, joined = None, 0, False
        if properties is not None:
            label, heading = self._label(properties), self._heading(properties)
            inside = "frame" if not inside and properties.find(f"{_W}framePr") is not None else inside
            joined = self._paragraph_changes(properties)
            for section in properties.iterfind(f"{_W}sectPr"):
                self._section(section)
        else:
            heading = self._heading(None)
        right = properties is not None and _stands_right(properties)
        paragraph = ReadParagraph(spans, self._style.name, heading, label, self._style.bold, inside, right)
        self.notes.place(paragraph.text)
        if inside == "frame":
            self.notes.add("frame", near=paragraph.text)
        if joined:
            self._carried = list(spans)
        else:
            yield paragraph
        for box in found_boxes:
            self.notes.add("text box", near="".join(node.text or "" for node in box.iter(f"{_W}t")))
            yield from self._blocks(box, "text box")

    def _style_id(self, properties: etree._Element | None) -> str:
        return "" if properties is None else value_of(properties.find(f"{_W}pStyle"))

    def _label(self, properties: etree._Element) -> Label | None:
        own = properties.find(f"{_W}numPr")
        number, level = self._style.number, self._style.level
        if own is not None:
            if own.find(f"{_W}ins") is not None:
                self.notes.add("format change")
            number = value_of(own.find(f"{_W}numId")) or number
            level = number_of(value_of(own.find(f"{_W}ilvl")), level)
        return self._numbering.count(number, level) if number else None

    def _heading(self, properties: etree._Element | None) -> int:
        own = None if properties is None else properties.find(f"{_W}outlineLvl")
        outline = number_of(value_of(own), -1) if own is not None else self._style.outline
        return outline + 1 if 0 <= outline <= 8 else 0

    def _paragraph_changes(self, properties: etree._Element) -> bool:
        """Note tracked changes of the paragraph itself; return whether its end was deleted, so that the next joins."""
        if properties.find(f"{_W}pPrChange") is not None:
            self.notes.add("format change")
        mark = properties.find(f"{_W}rPr")
        if mark is None:
            return False
        if mark.find(f"{_W}ins") is not None:
            self.notes.add("insertion")
        deleted = mark.find(f"{_W}del") is not None or mark.find(f"{_W}moveFrom") is not None
        if deleted:
            self.notes.add("deletion")
        return deleted

    def _section(self, section: etree._Element) -> None:
        columns = section.find(f"{_W}cols")
        if columns is not None and number_of(columns.get(f"{_W}num"), 1) > 1:
            self.notes.add("columns")

    def _is_placeholder(self, control: etree._Element) -> bool:
        return control.find(f"{_W}sdtPr/{_W}showingPlcHdr") is not None

    def _inline(self, container: etree._Element, href: str) -> None:
        for element in container:
            tag = element.tag
            if tag == f"{_W}r":
                self._run(element, href)
            elif tag == f"{_W}hyperlink":
                self._inline(element, self._link(element) or href)
            elif tag in (f"{_W}ins", f"{_W}moveTo"):
                self.notes.add("insertion")
                self._inline(element, href)
            elif tag in (f"{_W}del", f"{_W}moveFrom"):
                self.notes.add("deletion")
            elif tag == f"{_W}sdt":
                content = element.find(f"{_W}sdtContent")
                if self._is_placeholder(element):
                    self.notes.add("placeholder", _words(element))
                elif content is not None:
                    self._inline(content, href)
            elif tag == f"{_W}fldSimple":
                self._simple_field(element, href)
            elif tag in _THROUGH:
                self._inline(element, href)
            elif tag == f"{_ALTERNATIVE}AlternateContent":
                self._inline(_chosen(element), href)
            elif tag in (f"{_MATHS}oMath", f"{_MATHS}oMathPara"):
                self.notes.add("equation", _words(element))
            elif tag == f"{_W}subDoc":
                self.notes.add("embedded document")

    def _link(self, element: etree._Element) -> str:
        relation = self._relations.get(element.get(f"{_R}id") or "")
        if relation is None or not relation.external:
            return ""
        anchor = element.get(f"{_W}anchor")
        return self._safe(f"{relation.target}#{anchor}" if anchor else relation.target)

    def _safe(self, address: str) -> str:
        if is_safe_link(address):
            # Word and LibreOffice put a slash after a bare name; whoever typed the address did not.
            return _BARE_SITE.sub(r"\1", address)
        if address:
            self.notes.add("link", address)
        return ""

    def _simple_field(self, element: etree._Element, href: str) -> None:
        instruction = element.get(f"{_W}instr") or ""
        self._inline(element, self._field_link(instruction) or href)

    def _field_link(self, instruction: str) -> str:
        """Note a field, by its whole instruction; return where it leads if it is a link."""
        kind = (instruction.split() or [""])[0].upper()
        if kind not in _QUIET_FIELDS:
            self.notes.add("field", kind)
        link = _LINK_FIELD.match(instruction)
        return self._safe(link[1] or link[2] or "") if link else ""

    def _run(self, run: etree._Element, href: str) -> None:
        properties = run.find(f"{_W}rPr")
        look = Style() if properties is None else self._look(properties, bool(href))
        if look is None:
            self.notes.add("hidden text", _words(run))
            return
        for element in run:
            self._run_content(element, look, href)

    def _look(self, properties: etree._Element, linked: bool) -> Style | None:
        """Return bold and italic as set on the run itself; None for hidden text."""
        if is_on(properties.find(f"{_W}vanish")):
            return None
        named = properties.find(f"{_W}rStyle")
        style = Style() if named is None else self.styles.style(value_of(named))
        bold, italic = properties.find(f"{_W}b"), properties.find(f"{_W}i")
        for name, shown in _LOOKS:
            if is_on(properties.find(f"{_W}{name}")):
                self.notes.add("look", shown)
        if not linked and not style.name and is_on(properties.find(f"{_W}u")):
            self.notes.add("look", "underlined")
        if value_of(properties.find(f"{_W}vertAlign")) in ("superscript", "subscript") and named is None:
            self.notes.add("look", "raised or lowered")
        if properties.find(f"{_W}rPrChange") is not None:
            self.notes.add("format change")
        return Style(
            bold=style.bold if bold is None else is_on(bold), italic=style.italic if italic is None else is_on(italic)
        )

    def _run_content(self, element: etree._Element, look: Style, href: str) -> None:
        tag = element.tag
        if tag == f"{_W}t":
            self._add(element.text or "", look, href)
        elif tag in _CHARACTERS:
            self._add(_CHARACTERS[tag], look, href)
        elif tag == f"{_W}br":
            self._add("\n" if element.get(f"{_W}type") in (None, "textWrapping") else "", look, href)
        elif tag == f"{_W}instrText":
            if self._fields and not self._fields[-1].shown:
                self._fields[-1].instruction.append(element.text or "")
        elif tag == f"{_W}fldChar":
            self._field_step(element.get(f"{_W}fldCharType") or "")
        elif tag == f"{_W}sym":
            self._symbol(element, look, href)
        elif tag in (f"{_W}footnoteReference", f"{_W}endnoteReference", f"{_W}commentReference"):
            self.notes.add_reference(etree.QName(tag).localname.removesuffix("Reference"), element.get(f"{_W}id") or "")
        elif tag in (f"{_W}drawing", f"{_W}pict", f"{_W}object"):
            self._drawing(element)
        elif tag == f"{_ALTERNATIVE}AlternateContent":
            for inner in _chosen(element):
                self._run_content(inner, look, href)
        elif tag == f"{_W}ruby":
            self.notes.add("look", "with small text above it")
            for inner in element.iterfind(f"{_W}rubyBase/{_W}r"):
                self._run(inner, href)

    def _add(self, text: str, look: Style, href: str) -> None:
        if any(not one.shown for one in self._fields):
            return
        href = next((one.href for one in reversed(self._fields) if one.href), href)
        text = clean(text) if not text.isascii() or "\r" in text or "\x7f" in text else text
        if text:
            last = self._spans[-1] if self._spans else None
            if last and (last.bold, last.italic, last.href) == (look.bold, look.italic, href):
                self._spans[-1] = Span(last.text + text, look.bold, look.italic, href)
            else:
                self._spans.append(Span(text, look.bold, look.italic, href))

    def _symbol(self, element: etree._Element, look: Style, href: str) -> None:
        try:
            code = int(element.get(f"{_W}char") or "", 16)
        except ValueError:
            code = 0
        if 32 <= code < 0xE000:
            self._add(chr(code), look, href)
        else:
            self.notes.add("symbol", (element.get(f"{_W}font") or "")[:40])

    def _field_step(self, step: str) -> None:
        if step == "begin":
            self._fields.append(_Field())
        elif self._fields and step == "separate":
            self._field_shown(self._fields[-1])
        elif self._fields and step == "end":
            self._field_shown(self._fields.pop())

    def _field_shown(self, one: _Field) -> None:
        if not one.shown:
            one.shown = True
            one.href = self._field_link("".join(one.instruction))

    def _drawing(self, element: etree._Element) -> None:
        boxes = list(element.iter(f"{_W}txbxContent"))
        self._boxes += [box for box in boxes if next(box.iterancestors(f"{_W}txbxContent"), None) is None]
        if boxes or self._style.name == "signature image":
            return
        names = {etree.QName(node).localname for node in element.iter()}
        if element.tag == f"{_W}object":
            self.notes.add("object")
        elif "chart" in names or "relIds" in names:
            self.notes.add("chart")
        elif names & {"pic", "imagedata"}:
            self.notes.add("picture", _described(element))
        else:
            self.notes.add("drawing")


def _stands_right(properties: etree._Element) -> bool:
    indent = properties.find(f"{_W}ind")
    left = "0" if indent is None else indent.get(f"{_W}left") or indent.get(f"{_W}start")
    return value_of(properties.find(f"{_W}jc")) in ("right", "end") or number_of(left, 0) > _FAR_RIGHT


def _words(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext())


def _described(drawing: etree._Element) -> str:
    found = (node.get("descr") or "" for node in drawing.iter() if etree.QName(node).localname == "docPr")
    return next(found, "")


def _chosen(alternative: etree._Element) -> etree._Element:
    """Return the first of several ways to say the same."""
    choice = alternative.find(f"{_ALTERNATIVE}Choice")
    if choice is None:
        choice = alternative.find(f"{_ALTERNATIVE}Fallback")
    return alternative if choice is None else choice
