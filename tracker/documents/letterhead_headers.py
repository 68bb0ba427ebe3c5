"""The headers and footers of an uploaded letterhead, written anew: text, tables, pictures, page numbers and slots."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from docx.oxml.ns import qn
from lxml import etree

from tracker.documents.letterhead_pictures import Pictures
from tracker.documents.letterhead_rules import new_root, rewritten
from tracker.documents.letterhead_styles import StyleCleaner
from tracker.documents.reading_styles import is_on, value_of
from tracker.documents.slots import TITLES, slot_of
from tracker.documents.text import clean
from tracker.documents.untrusted import BadFile, Relation, WordFile

_MOST_ELEMENTS = 20_000
_MOST_TEXT = 20_000
_PAGE_FIELDS = ("PAGE", "NUMPAGES")
_KEPT_AS_TEXT = {"HYPERLINK", "QUOTE", "TITLE", "SUBJECT", "DOCPROPERTY", "STYLEREF", "REF", "COMPANY", "AUTHOR"}
_MARKING = re.compile(
    r"\s*(?:OFFICIAL|OFFICIAL[\s:\u2013-]+SENSITIVE.{0,40}|UNCLASSIFIED|RESTRICTED|CONFIDENTIAL|SECRET|TOP SECRET|"
    r"NHS PROTECT)\s*"
)
_PARTS_OF_TEXT = {
    "tab": {},
    "br": {},
    "cr": {},
    "noBreakHyphen": {},
    "softHyphen": {},
    "ptab": {
        "relativeTo": re.compile("margin|indent"),
        "alignment": re.compile("left|center|right"),
        "leader": re.compile("none|dot|hyphen|underscore|middleDot"),
    },
}
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_KNOWN_CHOICES = {"wps", "wpg"}
_TRANSPARENT = {qn(f"w:{name}") for name in ("ins", "moveTo", "smartTag", "customXml", "hyperlink", "dir", "bdo")}
_DROPPED_WITH_WORD = {
    "pict": "An old-style drawing (a watermark, say) was removed from {where}.",
    "object": "An embedded object was removed from {where}.",
    "control": "A control was removed from {where}.",
    "altChunk": "An inserted document was removed from {where}.",
    "subDoc": "An inserted document was removed from {where}.",
    "del": "Tracked changes in {where} were accepted.",
    "moveFrom": "Tracked changes in {where} were accepted.",
    "ins": "Tracked changes in {where} were accepted.",
    "moveTo": "Tracked changes in {where} were accepted.",
    "commentReference": "Comments were removed from {where}.",
    "footnoteReference": "A footnote was removed from {where}.",
    "endnoteReference": "A footnote was removed from {where}.",
    "sym": "A symbol of a special font was removed from {where}.",
    "framePr": "Text in a frame in {where} is ordinary text now.",
    "dataBinding": "A field bound to data in {where} is ordinary text now.",
}


@dataclass
class _Field:
    start: int
    look: etree._Element | None
    instruction: list[str] = field(default_factory=list)


class HeaderCleaner:
    """Writes headers and footers anew, one after another, with content controls of ids of their own."""

    def __init__(self, file: WordFile, styles: StyleCleaner, pictures: Pictures, warnings: list[str]) -> None:
        self._file, self._styles, self._pictures, self._warnings = file, styles, pictures, warnings
        self._where = ""
        self._relations: dict[str, Relation] = {}
        self._next_control = 1
        self._fields: list[_Field] = []

    def clean(self, part: str, root_name: str, where: str) -> etree._Element:
        """Return a header or footer written anew. Pictures are asked for by the ids that `Pictures` gives out."""
        source = self._file.xml(part)
        if sum(1 for _ in source.iter()) > _MOST_ELEMENTS:
            raise BadFile(f"There is too much in {where}. A letterhead needs a few lines and a picture there.")
        self._where, self._relations = where, self._file.relations(part)
        for element in source.iter():
            self._warn_of(etree.QName(element).localname)
        if any(relation.external for relation in self._relations.values()):
            self._say("Links to other files and pages were removed from {where}.")
        root = new_root(root_name)
        self._blocks(source, root)
        if sum(len(text) for text in root.itertext()) > _MOST_TEXT:
            raise BadFile(f"There is too much text in {where}.")
        return root

    def slot_paragraph(self, style: str, slot: str) -> etree._Element:
        """Return a paragraph that holds one slot."""
        paragraph = _paragraph(style)
        paragraph.append(self._control(slot, None))
        return paragraph

    def page_numbers(self, *, slot: str = "") -> etree._Element:
        """Return a footer's paragraph "Page X of Y", after a slot if one is asked for."""
        paragraph = _paragraph("Footer")
        if slot:
            paragraph.append(self._control(slot, None))
            tab = etree.SubElement(paragraph, qn("w:r"))
            etree.SubElement(tab, qn("w:tab"))
        paragraph.append(_text_run("Page ", None))
        paragraph.extend(_page_field("PAGE", None))
        paragraph.append(_text_run(" of ", None))
        paragraph.extend(_page_field("NUMPAGES", None))
        return paragraph

    def _say(self, sentence: str) -> None:
        said = sentence.format(where=self._where)
        if said not in self._warnings:
            self._warnings.append(said)

    def _warn_of(self, name: str) -> None:
        if name in _DROPPED_WITH_WORD:
            self._say(_DROPPED_WITH_WORD[name])

    def _blocks(self, source: etree._Element, parent: etree._Element) -> None:
        for element in source:
            if element.tag == qn("w:p"):
                self._paragraph(element, parent)
            elif element.tag == qn("w:tbl"):
                self._table(element, parent)
            elif element.tag == qn("w:sdt"):
                self._block_control(element, parent)
            elif element.tag in _TRANSPARENT:
                self._blocks(element, parent)
            elif element.tag == f"{_MC}AlternateContent":
                self._blocks(_chosen(element), parent)
        if parent.tag != qn("w:tbl") and (len(parent) == 0 or parent[-1].tag != qn("w:p")):
            etree.SubElement(parent, qn("w:p"))

    def _block_control(self, control: etree._Element, parent: etree._Element) -> None:
        content, slot = control.find(qn("w:sdtContent")), slot_of(control)
        if content is None:
            return
        if not slot:
            self._blocks(content, parent)
            return
        paragraph = etree.SubElement(parent, qn("w:p"))
        inner = content.find(f".//{qn('w:p')}")
        if inner is not None:
            self._properties(inner, paragraph)
        paragraph.append(self._control(slot, _first_look(content)))

    def _table(self, source: etree._Element, parent: etree._Element) -> None:
        table = etree.SubElement(parent, qn("w:tbl"))
        properties = source.find(qn("w:tblPr"))
        written = rewritten(properties, table) if properties is not None else None
        if written is None:
            written = etree.SubElement(table, qn("w:tblPr"))
        self._named_style(written, "w:tblStyle")
        grid = source.find(qn("w:tblGrid"))
        if grid is not None:
            rewritten(grid, table)
        else:
            etree.SubElement(table, qn("w:tblGrid"))
        for row in _rows(source, "w:tr"):
            self._row(row, table)
        if table.find(qn("w:tr")) is None:
            parent.remove(table)

    def _row(self, source: etree._Element, table: etree._Element) -> None:
        row = etree.SubElement(table, qn("w:tr"))
        properties = source.find(qn("w:trPr"))
        if properties is not None:
            rewritten(properties, row)
        for cell_source in _rows(source, "w:tc"):
            cell = etree.SubElement(row, qn("w:tc"))
            own = cell_source.find(qn("w:tcPr"))
            if own is not None:
                rewritten(own, cell)
            self._blocks(cell_source, cell)
        if row.find(qn("w:tc")) is None:
            table.remove(row)

    def _named_style(self, properties: etree._Element, name: str) -> None:
        style = properties.find(qn(name))
        if style is not None:
            new = self._styles.ids.get(value_of(style), "")
            if self._styles.has(new):
                style.set(qn("w:val"), new)
            else:
                properties.remove(style)

    def _properties(self, source: etree._Element, paragraph: etree._Element) -> None:
        properties = source.find(qn("w:pPr"))
        written = rewritten(properties, paragraph) if properties is not None else None
        if written is not None:
            self._named_style(written, "w:pStyle")
            for counted in written.findall(qn("w:numPr")):
                written.remove(counted)

    def _paragraph(self, source: etree._Element, parent: etree._Element) -> None:
        paragraph = etree.SubElement(parent, qn("w:p"))
        self._properties(source, paragraph)
        out: list[etree._Element] = []
        self._fields = []
        self._inline(source, out)
        if self._fields:
            del out[self._fields[0].start :]
            self._say("A field that was not whole was removed from {where}.")
        typed = "".join(node.text or "" for run in out for node in run.iter(qn("w:t")))
        if _MARKING.fullmatch(typed) and all(run.tag == qn("w:r") for run in out):
            self._say("The marking typed in {where} was replaced by one that follows each document.")
            out = [self._control("marking", out[0].find(qn("w:rPr")))]
        paragraph.extend(out)

    def _inline(self, source: etree._Element, out: list[etree._Element]) -> None:
        for element in source:
            if element.tag == qn("w:r"):
                self._run(element, out)
            elif element.tag == qn("w:sdt"):
                content, slot = element.find(qn("w:sdtContent")), slot_of(element)
                if slot:
                    out.append(self._control(slot, None if content is None else _first_look(content)))
                elif content is not None:
                    self._inline(content, out)
            elif element.tag == qn("w:fldSimple"):
                self._simple_field(element, out)
            elif element.tag in _TRANSPARENT:
                self._inline(element, out)
            elif element.tag == f"{_MC}AlternateContent":
                self._inline(_chosen(element), out)

    def _simple_field(self, element: etree._Element, out: list[etree._Element]) -> None:
        one = _Field(len(out), _first_look(element), [element.get(qn("w:instr")) or ""])
        self._inline(element, out)
        self._end_field(one, out)

    def _run(self, run: etree._Element, out: list[etree._Element]) -> None:
        look = run.find(qn("w:rPr"))
        if look is not None and is_on(look.find(qn("w:vanish"))):
            self._say("Hidden text was removed from {where}.")
            return
        for element in run:
            name = etree.QName(element).localname
            if element.tag == qn("w:fldChar"):
                self._field_step(element.get(qn("w:fldCharType")) or "", look, out)
            elif element.tag == qn("w:instrText"):
                if self._fields:
                    self._fields[-1].instruction.append(element.text or "")
            elif element.tag == qn("w:t"):
                if element.text:
                    out.append(_text_run(clean(element.text).replace("\n", " "), self._look(look)))
            elif element.tag == qn(f"w:{name}") and name in _PARTS_OF_TEXT:
                out.append(self._mark(element, name, look))
            else:
                self._drawings(element, out)

    def _mark(self, element: etree._Element, name: str, look: etree._Element | None) -> etree._Element:
        run = _new_run(self._look(look))
        mark = etree.SubElement(run, qn(f"w:{name}"))
        for attribute, pattern in _PARTS_OF_TEXT[name].items():
            value = element.get(qn(f"w:{attribute}")) or ""
            mark.set(qn(f"w:{attribute}"), value if pattern.fullmatch(value) else pattern.pattern.split("|")[0])
        return run

    def _drawings(self, element: etree._Element, out: list[etree._Element]) -> None:
        if element.tag == f"{_MC}AlternateContent":
            for inner in _chosen(element):
                self._drawings(inner, out)
        elif element.tag == qn("w:drawing"):
            drawing = self._pictures.drawing(element, self._relations, self._say, self._box)
            if drawing is not None:
                run = _new_run(None)
                run.append(drawing)
                out.append(run)

    def _box(self, source: etree._Element, target: etree._Element) -> None:
        """Write the text of a text box anew."""
        fields, self._fields = self._fields, []
        self._blocks(source, target)
        self._fields = fields

    def _look(self, properties: etree._Element | None) -> etree._Element | None:
        if properties is None:
            return None
        look = rewritten(properties, new_root("hdr"))
        if look is None:
            return None
        self._named_style(look, "w:rStyle")
        for colour in look.iterfind(qn("w:color")):
            if value_of(colour) == "auto":
                colour.set(qn("w:val"), "000000")
        return look if len(look) else None

    def _field_step(self, step: str, look: etree._Element | None, out: list[etree._Element]) -> None:
        if step == "begin":
            self._fields.append(_Field(len(out), look))
        elif self._fields and step == "separate":
            del out[self._fields[-1].start :]
        elif self._fields and step == "end":
            self._end_field(self._fields.pop(), out)

    def _end_field(self, one: _Field, out: list[etree._Element]) -> None:
        kind = ("".join(one.instruction).split() or ["without a name"])[0].upper()
        if kind in _PAGE_FIELDS:
            out[one.start :] = _page_field(kind, self._look(one.look))
        elif kind in _KEPT_AS_TEXT:
            self._say("A field ({kind}) in {where} is the text that it showed now.".replace("{kind}", kind))
        else:
            del out[one.start :]
            shown = re.sub(r"[^A-Z0-9 ]", "", kind)[:20] or "without a name"
            self._say("A field ({kind}) was removed from {where}.".replace("{kind}", shown))

    def _control(self, slot: str, look: etree._Element | None) -> etree._Element:
        """Return a slot as a plain-text content control, in the schema's order."""
        control = etree.Element(qn("w:sdt"))
        properties = etree.SubElement(control, qn("w:sdtPr"))
        for name, value in (("alias", TITLES[slot]), ("tag", slot), ("id", str(self._next_control))):
            etree.SubElement(properties, qn(f"w:{name}")).set(qn("w:val"), value)
        etree.SubElement(properties, qn("w:text"))
        self._next_control += 1
        content = etree.SubElement(control, qn("w:sdtContent"))
        content.append(_text_run(TITLES[slot], self._look(look)))
        return control


def slots_in(root: etree._Element) -> set[str]:
    """Return the slots that stand in a header or footer."""
    return {slot_of(control) for control in root.iter(qn("w:sdt"))} - {""}


def has_page_numbers(root: etree._Element) -> bool:
    """Whether a footer says both the page and how many pages there are."""
    return {(node.text or "").strip() for node in root.iter(qn("w:instrText"))} >= set(_PAGE_FIELDS)


def _paragraph(style: str) -> etree._Element:
    paragraph = etree.Element(qn("w:p"))
    properties = etree.SubElement(paragraph, qn("w:pPr"))
    etree.SubElement(properties, qn("w:pStyle")).set(qn("w:val"), style)
    return paragraph


def _rows(source: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield a table's rows or a row's cells, also those inside content controls."""
    for element in source:
        if element.tag == qn(name):
            yield element
        elif element.tag == qn("w:sdt"):
            for content in element.findall(qn("w:sdtContent")):
                yield from _rows(content, name)
        elif element.tag in _TRANSPARENT:
            yield from _rows(element, name)


def _first_look(container: etree._Element) -> etree._Element | None:
    """Return the look of the first text in a container, but not that of a prompt to click there."""
    look = container.find(f".//{qn('w:r')}/{qn('w:rPr')}")
    if look is not None and "placeholder" in value_of(look.find(qn("w:rStyle"))).lower():
        return None
    return look


def _chosen(alternative: etree._Element) -> etree._Element:
    """Return the modern way to say something where we know it, else the old one."""
    choice, fallback = alternative.find(f"{_MC}Choice"), alternative.find(f"{_MC}Fallback")
    if choice is not None and set((choice.get("Requires") or "").split()) <= _KNOWN_CHOICES:
        return choice
    return alternative if fallback is None else fallback


def _new_run(look: etree._Element | None) -> etree._Element:
    run = etree.Element(qn("w:r"))
    if look is not None:
        run.append(etree.fromstring(etree.tostring(look)))
    return run


def _text_run(text: str, look: etree._Element | None) -> etree._Element:
    run = _new_run(look)
    content = etree.SubElement(run, qn("w:t"))
    content.text = text
    content.set(_SPACE, "preserve")
    return run


def _page_field(instruction: str, look: etree._Element | None) -> list[etree._Element]:
    """Return a field in the five-run form with a result, as every reader agrees on it."""
    runs = [_new_run(look) for _ in range(3)]
    for run, step in zip(runs, ("begin", "separate", "end"), strict=True):
        etree.SubElement(run, qn("w:fldChar")).set(qn("w:fldCharType"), step)
    asked = _new_run(look)
    text = etree.SubElement(asked, qn("w:instrText"))
    text.text = f" {instruction} "
    text.set(_SPACE, "preserve")
    return [runs[0], asked, runs[1], _text_run("1", look), runs[2]]
