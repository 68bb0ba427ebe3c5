"""What makes a Word document good, as checks: structure, references, fields, marking, properties, accessibility.

`problems(document)` returns a line for each fault, named after its check; an empty list is a good document.
`schema_problems(document)` asks openxml-audit.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree
from openxml_audit import OpenXmlValidator

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_PRESERVE = "{http://www.w3.org/XML/1998/namespace}space"

_FIELDS = {"PAGE", "NUMPAGES"}
_TYPED_LABEL = re.compile(r"\s*(?:[-*•–·▪]\s+|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s+)\S")
_SMALLEST = 22  # half-points
_LOWEST_CONTRAST = 4.5
# Theme and font table are optional in ECMA-376 part 1 (11.3), and Microsoft's own validator does not ask for them.
_AUDIT_IGNORED = re.compile(r"required relationship type .*(fontTable|theme)' is missing", re.DOTALL)


class Package:
    """A document taken apart."""

    def __init__(self, data: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        self.parts = {name: self.archive.read(name) for name in self.archive.namelist()}
        self.xml = {
            name: etree.fromstring(part) for name, part in self.parts.items() if name.endswith((".xml", ".rels"))
        }
        self.body = self.xml["word/document.xml"].find(f"{W}body")

    @cached_property
    def styles(self) -> dict[str, etree._Element]:
        return {style.get(f"{W}styleId"): style for style in self.xml["word/styles.xml"].iter(f"{W}style")}

    @property
    def word_parts(self) -> Iterator[tuple[str, etree._Element]]:
        return (
            (name, xml) for name, xml in self.xml.items() if name.startswith("word/") and not name.endswith(".rels")
        )

    @property
    def paragraphs(self) -> Iterator[etree._Element]:
        return self.body.iter(f"{W}p")

    def relationships(self, part: str) -> dict[str, etree._Element]:
        folder, name = posixpath.split(part)
        xml = self.xml.get(posixpath.join(folder, "_rels", f"{name}.rels"))
        return {} if xml is None else {entry.get("Id"): entry for entry in xml}

    def from_styles(self, style_id: str | None, path: str) -> etree._Element | None:
        """The first `path` in a style or the styles that it is based on."""
        while style_id in self.styles:
            style = self.styles[style_id]
            found = style.find(path)
            if found is not None:
                return found
            style_id = value(style.find(f"{W}basedOn"))
        return None

    def of_paragraph(self, paragraph: etree._Element, path: str) -> str | None:
        """The value of a paragraph property, direct or from its style."""
        direct = paragraph.find(f"{W}pPr/{path}")
        return value(direct if direct is not None else self.from_styles(style_of(paragraph), f"{W}pPr/{path}"))


def value(element: etree._Element | None) -> str | None:
    return None if element is None else element.get(f"{W}val")


def style_of(paragraph: etree._Element) -> str | None:
    return value(paragraph.find(f"{W}pPr/{W}pStyle"))


def text_of(element: etree._Element) -> str:
    """The text of a paragraph, with tabs and line breaks."""
    marks = {f"{W}tab": "\t", f"{W}br": "\n"}
    return "".join(
        marks.get(node.tag) or node.text or ""
        for node in element.iter(f"{W}t", f"{W}tab", f"{W}br")
        if node.getparent().tag == f"{W}r"
    )


def check_package(package: Package) -> Iterator[str]:
    names = set(package.parts)
    types = package.xml["[Content_Types].xml"]
    extensions = {entry.get("Extension") for entry in types.iter(f"{_TYPES}Default")}
    named = [entry.get("PartName").lstrip("/") for entry in types.iter(f"{_TYPES}Override")]
    overrides = set(named)
    yield from (f"two content types for {name}" for name in overrides if named.count(name) > 1)
    yield from (f"content type for missing part {name}" for name in overrides - names)
    for name in names - overrides - {"[Content_Types].xml"}:
        if name.rsplit(".", 1)[-1] not in extensions:
            yield f"no content type for {name}"
    reached = set()
    for name, xml in package.xml.items():
        if name.endswith(".rels"):
            folder = posixpath.dirname(posixpath.dirname(name))
            for entry in xml:
                if entry.get("TargetMode") != "External":
                    reached.add(posixpath.join(folder, entry.get("Target")))
    yield from (f"relationship to missing part {name}" for name in reached - names)
    parts = {name for name in names if not name.endswith(".rels")} - {"[Content_Types].xml"}
    yield from (f"no relationship to {name}" for name in parts - reached)


def check_external_targets(package: Package) -> Iterator[str]:
    for name, xml in package.xml.items():
        for entry in xml.iter(f"{_RELATIONSHIPS}Relationship"):
            target = entry.get("Target")
            safe = entry.get("Type").endswith("/hyperlink") and re.match("(https?|mailto):", target)
            if entry.get("TargetMode") == "External" and not safe:
                yield f"{name}: {target}"


def check_timestamps(package: Package) -> Iterator[str]:
    for entry in package.archive.infolist():
        if entry.date_time != (1980, 1, 1, 0, 0, 0):
            yield f"{entry.filename} is stamped {entry.date_time}"


def check_references(package: Package) -> Iterator[str]:
    numbering = package.xml["word/numbering.xml"]
    definitions = {entry.get(f"{W}abstractNumId") for entry in numbering.iter(f"{W}abstractNum")}
    instances = {entry.get(f"{W}numId"): value(entry.find(f"{W}abstractNumId")) for entry in numbering.iter(f"{W}num")}
    yield from (f"list {number} has no definition" for number, of in instances.items() if of not in definitions)
    for name, xml in package.word_parts:
        relationships = package.relationships(name)
        for element in xml.iter():
            used = [text for key, text in element.attrib.items() if key in (f"{R}id", f"{R}embed")]
            yield from (f"{name}: missing relationship {key}" for key in used if key not in relationships)
            if element.tag in (f"{W}pStyle", f"{W}rStyle", f"{W}tblStyle") and value(element) not in package.styles:
                yield f"{name}: missing style {value(element)}"
            if element.tag == f"{W}numId" and value(element) not in instances:
                yield f"{name}: missing list {value(element)}"
        controls = [value(entry) for entry in xml.iterfind(f".//{W}sdtPr/{W}id")]
        if len(set(controls)) != len(controls):
            yield f"{name}: two content controls with one id"


def instructions(xml: etree._Element) -> list[str]:
    return [(node.text or "").split()[0] for node in xml.iter(f"{W}instrText")]


def check_fields(package: Package) -> Iterator[str]:
    for name, xml in package.word_parts:
        yield from (f"{name}: field {field}" for field in instructions(xml) if field not in _FIELDS)
        for paragraph in xml.iter(f"{W}p"):
            steps = ""
            for node in paragraph.iter(f"{W}fldChar", f"{W}t"):
                steps += (node.get(f"{W}fldCharType") or "text")[0]
            # begin, separate, a cached result, end; other text between fields
            if not re.fullmatch("(t*(bst+e)?)*", steps):
                yield f"{name}: a field is not whole or has no result"


def _page_kinds(package: Package, what: str) -> Iterator[tuple[str, etree._Element | None]]:
    section = package.body.find(f"{W}sectPr")
    relationships = package.relationships("word/document.xml")
    for kind in ("default", "first"):
        found = [entry for entry in section.iter(f"{W}{what}Reference") if entry.get(f"{W}type") == kind]
        target = relationships.get(found[0].get(f"{R}id")) if found else None
        yield kind, None if target is None else package.xml.get("word/" + target.get("Target"))


def check_marking(package: Package, marking: str) -> Iterator[str]:
    for kind, header in _page_kinds(package, "header"):
        if header is None or marking not in [text_of(paragraph) for paragraph in header.iter(f"{W}p")]:
            yield f"{kind} header without {marking!r}"


def check_page_numbers(package: Package) -> Iterator[str]:
    for kind, footer in _page_kinds(package, "footer"):
        if footer is None or not set(instructions(footer)) >= {"PAGE", "NUMPAGES"}:
            yield f"{kind} footer without page x of y"


def check_properties(package: Package) -> Iterator[str]:
    core = package.xml["docProps/core.xml"]
    yield from (f"no {name}" for name in ("title", "creator") if not core.findtext(f"{_DC}{name}"))
    for name in ("created", "modified"):
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", core.findtext(f"{_TERMS}{name}") or ""):
            yield f"{name} is not a UTC time"
    language = package.xml["word/styles.xml"].find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
    if value(language) != "en-GB" or core.findtext(f"{_DC}language") != "en-GB":
        yield "the language is not en-GB"


def check_heading_order(package: Package) -> Iterator[str]:
    previous = 0
    for paragraph in package.paragraphs:
        outline = package.of_paragraph(paragraph, f"{W}outlineLvl")
        if outline is not None:
            if int(outline) > previous:
                yield f"heading {text_of(paragraph)!r} skips a level"
            previous = int(outline) + 1


def check_empty_paragraphs(package: Package) -> Iterator[str]:
    for paragraph in package.paragraphs:
        if not text_of(paragraph).strip() and paragraph.find(f".//{W}drawing") is None:
            yield f"an empty paragraph in {etree.QName(paragraph.getparent()).localname}"


def check_layout_spaces(package: Package) -> Iterator[str]:
    for paragraph in package.paragraphs:
        if re.search(r"   |\t\t|^\t|\n\s*\n", text_of(paragraph)):
            yield f"spaces, tabs or blank lines for layout: {text_of(paragraph)[:40]!r}"


def check_real_lists(package: Package) -> Iterator[str]:
    for paragraph in package.paragraphs:
        if _TYPED_LABEL.match(text_of(paragraph)):
            yield f"a typed number or bullet: {text_of(paragraph)[:40]!r}"


def check_tables(package: Package) -> Iterator[str]:
    for table in package.body.iter(f"{W}tbl"):
        rows = table.findall(f"{W}tr")
        if not rows or rows[0].find(f"{W}trPr/{W}tblHeader") is None:
            yield "no header row"
        if table.find(f"{W}tblPr/{W}tblLook").get(f"{W}firstRow") != "1":
            yield "the header row has no look of its own"
        if not value(table.find(f"{W}tblPr/{W}tblCaption")) or not value(table.find(f"{W}tblPr/{W}tblDescription")):
            yield "no alternative text"
        if any(row.find(f"{W}trPr/{W}cantSplit") is None for row in rows):
            yield "a row may break across pages"
        widths = len(table.findall(f"{W}tblGrid/{W}gridCol"))
        if any(len(row.findall(f"{W}tc")) != widths for row in rows):
            yield "a row with more or fewer cells than columns"
        if any(len(cell) == 0 or cell[-1].tag != f"{W}p" for cell in table.iter(f"{W}tc")):
            yield "a cell without a paragraph"


def check_images(package: Package) -> Iterator[str]:
    for name, xml in package.word_parts:
        for picture in xml.iter(f"{WP}docPr"):
            described = (picture.get("descr") or "").strip()
            if not described or re.search(r"\.(png|jpe?g|gif)$", described):
                yield f"{name}: a picture without alternative text"


def check_text(package: Package) -> Iterator[str]:
    for name, xml in package.word_parts:
        for node in xml.iter(f"{W}t"):
            text = node.text or ""
            if re.search("[\u202a-\u202e\x7f-\x84\x86-\x9f\ufdd0-\ufdef]", text):
                yield f"{name}: an unsafe character in {text[:40]!r}"
            if text != text.strip() and node.get(_PRESERVE) != "preserve":
                yield f"{name}: a space would be lost in {text[:40]!r}"
        if any(True for _ in xml.iter(f"{W}ins", f"{W}del", f"{W}commentReference")):
            yield f"{name}: tracked changes or comments"


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def check_readability(package: Package) -> Iterator[str]:
    default = value(package.xml["word/styles.xml"].find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}sz"))
    fills = ["FFFFFF"] + [shade.get(f"{W}fill") for shade in package.xml["word/styles.xml"].iter(f"{W}shd")]
    for style in sorted({style_of(paragraph) or "" for paragraph in package.paragraphs}):
        size = value(package.from_styles(style, f"{W}rPr/{W}sz")) or default
        if int(size) < _SMALLEST:
            yield f"{style} is too small"
        colour = value(package.from_styles(style, f"{W}rPr/{W}color")) or "000000"
        if min(contrast(colour, fill) for fill in fills) < _LOWEST_CONTRAST:
            yield f"{style} is too pale"


CHECKS: dict[str, Callable[[Package], Iterator[str]]] = {
    "package": check_package,
    "external targets": check_external_targets,
    "timestamps": check_timestamps,
    "references": check_references,
    "fields": check_fields,
    "page numbers": check_page_numbers,
    "properties": check_properties,
    "heading order": check_heading_order,
    "empty paragraphs": check_empty_paragraphs,
    "layout spaces": check_layout_spaces,
    "real lists": check_real_lists,
    "tables": check_tables,
    "images": check_images,
    "text": check_text,
    "readability": check_readability,
}


def problems(data: bytes, *, marking: str | None = "OFFICIAL") -> list[str]:
    """Every fault found; `marking` must stand in the header of every page, None means that there is none to find."""
    package = Package(data)
    found = [f"{name}: {problem}" for name, check in CHECKS.items() for problem in check(package)]
    if marking is not None:
        found += [f"marking: {problem}" for problem in check_marking(package, marking)]
    return found


def schema_problems(data: bytes) -> list[str]:
    """What openxml-audit says, less what it says of every document without a theme."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "document.docx"
        path.write_bytes(data)
        errors = OpenXmlValidator().validate(str(path)).errors
    return [
        f"{error.part_uri}: {error.description}" for error in errors if not _AUDIT_IGNORED.search(error.description)
    ]
