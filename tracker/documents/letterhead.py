"""Letterheads: the secretariat's own Word file as the reference document of letters or board papers.

An uploaded file is hostile until cleaned. Nothing of it is kept but what is known: page set-up, styles, lists, theme,
headers and footers are written anew from an allow-list, and everything else is gone.
"""

from dataclasses import dataclass
from typing import Literal

from docx.oxml.ns import qn
from lxml import etree

from tracker.documents.letterhead_headers import HeaderCleaner, has_page_numbers, slots_in
from tracker.documents.letterhead_pictures import Pictures, theme_anew
from tracker.documents.letterhead_rules import new_root, rewritten
from tracker.documents.letterhead_styles import StyleCleaner, some_of
from tracker.documents.ooxml import relationship
from tracker.documents.package import content_types, pack, package_relationships, write_package
from tracker.documents.reading_styles import is_on, number_of
from tracker.documents.reference import Reference, bundled, open_reference
from tracker.documents.specimens import specimen_cover_sheet, specimen_letter
from tracker.documents.untrusted import BadFile, WordFile, open_word

__all__ = [
    "BadFile",
    "CleanedReference",
    "Kind",
    "Reference",
    "clean_reference",
    "open_reference",
    "specimen_cover_sheet",
    "specimen_letter",
]

Kind = Literal["letter", "board"]

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PAGE_KINDS = ("default", "first", "even")
_WHERE = {"default": "the {}", "first": "the first page’s {}", "even": "the even pages’ {}"}
_PAGE_SETUP = ("pgSz", "pgMar", "pgBorders")
_TABLE_WIDTH = 9026  # twentieths of a point: what the tables of a cover sheet need between the margins
_NARROWEST = 4000
_PER_CM = 567
_LARGEST_PAGE = 31_680


@dataclass(frozen=True)
class CleanedReference:
    """A reference document that is safe to keep and to open, and what was changed in it, in whole sentences."""

    content: bytes
    warnings: tuple[str, ...]


def clean_reference(content: bytes, kind: Kind) -> CleanedReference:
    """Clean an uploaded Word file for use as a letterhead of this kind. The same file gives the same bytes.

    Raises BadFile, with the reason in a secretary's words, for a file that cannot be used.
    """
    file = open_word(content)
    if file.has_macros:
        raise BadFile("The file holds macros. Save it in Word as “Word Document (.docx)” and try again.")
    cleaner = _Cleaner(file, kind)
    return CleanedReference(cleaner.package(), tuple(cleaner.warnings))


class _Cleaner:
    """Writes one letterhead anew."""

    def __init__(self, file: WordFile, kind: Kind) -> None:
        self.warnings: list[str] = []
        self._file, self._kind = file, kind
        self._say_what_goes()
        self._sections = list(file.xml(file.main).iter(qn("w:sectPr")))
        self._styles = StyleCleaner(file, self.warnings)
        self._pictures = Pictures(file)
        self._headers = HeaderCleaner(file, self._styles, self._pictures, self.warnings)
        small = self._styles.too_small()
        if small:
            self.warnings.append("Smaller than 11 points, which many people cannot read: " + some_of(small) + ".")

    def package(self) -> bytes:
        """Return the letterhead as a file of its own."""
        different_first, even = self._different_first(), self._has_even_pages()
        stories = {what: self._stories(what, different_first, even) for what in ("header", "footer")}
        if not any("reference" in slots_in(root) for parts in stories.values() for root in parts.values()):
            for root in stories["footer"].values():
                root.insert(0, self._headers.slot_paragraph("Footer", "reference"))
            self.warnings.append("There was no place for the reference: it stands in the footer now.")
        base = bundled(self._kind).parts
        parts = {name: base[name] for name in ("docProps/core.xml",)}
        parts |= {"word/styles.xml": self._styles.styles, "word/numbering.xml": self._styles.numbering}
        parts["word/settings.xml"] = self._settings(base["word/settings.xml"], even)
        theme = self._file.related("theme")
        if theme:
            parts["word/theme.xml"] = theme_anew(self._file.xml(theme))
        parts |= self._written(stories)
        parts |= self._pictures.parts
        names = [name for name in parts if name.startswith("word/") and name.count("/") == 1]
        parts["[Content_Types].xml"] = _DECLARATION + content_types(sorted(names)).encode()
        parts["_rels/.rels"] = _DECLARATION + package_relationships().encode()
        return write_package({name: pack(data) for name, data in parts.items()})

    def _say_what_goes(self) -> None:
        kinds = {relation.kind for relation in self._file.relations(self._file.main).values()}
        settings = self._file.related("settings")
        if settings:
            kinds |= {relation.kind for relation in self._file.relations(settings).values()}
        names = " ".join(self._file.names)
        for sentence, found in (
            ("The link to a template was removed.", "attachedTemplate" in kinds),
            ("The link to a mailing list was removed.", bool(kinds & {"mailMergeSource", "mailMergeHeaderSource"})),
            ("Embedded objects were removed.", "embeddings/" in names or "oleObject" in kinds),
            ("Controls (ActiveX) were removed.", "activeX" in names or "control" in kinds),
            ("Embedded fonts were removed: the fonts must be on the reader’s computer.", ".odttf" in names),
            ("Inserted documents were removed.", "aFChunk" in kinds or "subDocument" in kinds),
            ("Comments were removed.", "comments" in kinds),
        ):
            if found:
                self.warnings.append(sentence)

    def _different_first(self) -> bool:
        return bool(self._sections) and is_on(self._sections[-1].find(qn("w:titlePg")))

    def _has_even_pages(self) -> bool:
        settings = self._file.related("settings")
        return bool(settings) and is_on(self._file.xml(settings).find(qn("w:evenAndOddHeaders")))

    def _uploaded_parts(self, what: str) -> dict[str, str]:
        """Return the part of each kind of page; a section without one takes the section before it."""
        relations = self._file.relations(self._file.main)
        parts: dict[str, str] = {}
        for section in self._sections:
            for entry in section.iter(qn(f"w:{what}Reference")):
                relation = relations.get(entry.get(qn("r:id")) or "")
                if relation is not None and relation.kind == what and not relation.external:
                    parts[entry.get(qn("w:type")) or "default"] = relation.target
        return parts

    def _stories(self, what: str, different_first: bool, even: bool) -> dict[str, etree._Element]:
        """Return the header or footer of each kind of page. The first page always has one of its own."""
        uploaded = self._uploaded_parts(what)
        stories: dict[str, etree._Element] = {}
        for page in _PAGE_KINDS:
            if page == "even" and not even:
                continue
            of = uploaded.get(page if page != "first" or different_first else "default")
            where = _WHERE[page if different_first or page != "first" else "default"].format(what)
            root = self._headers.clean(of, "hdr" if what == "header" else "ftr", where) if of else None
            if root is None:
                root = new_root("hdr" if what == "header" else "ftr")
            self._complete(what, root, where)
            stories[page] = root
        return stories

    def _complete(self, what: str, root: etree._Element, where: str) -> None:
        if what == "footer":
            if not has_page_numbers(root):
                self._warn(f"There was no “Page X of Y” in {where}: it was added.")
                root.append(self._headers.page_numbers())
        else:
            slots = slots_in(root)
            if "draft" not in slots:
                root.insert(0, self._headers.slot_paragraph("DraftNotice", "draft"))
            if "marking" not in slots:
                self._warn(f"There was no place for the protective marking in {where}: it was added at the top.")
                root.insert(0, self._headers.slot_paragraph("ProtectiveMarking", "marking"))
        _drop_empty_paragraphs(root)

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def _settings(self, base: bytes, even: bool) -> bytes:
        flag = b"<w:evenAndOddHeaders/><w:characterSpacingControl" if even else b"<w:characterSpacingControl"
        return base.replace(b"<w:characterSpacingControl", flag)

    def _written(self, stories: dict[str, dict[str, etree._Element]]) -> dict[str, bytes]:
        """Return the document, the headers and footers, and what each of them refers to."""
        section = new_root("sectPr")
        parts: dict[str, bytes] = {}
        targets = [("styles", "styles.xml"), ("numbering", "numbering.xml"), ("settings", "settings.xml")]
        if self._file.related("theme"):
            targets.append(("theme", "theme.xml"))
        for what, roots in stories.items():
            for number, (page, root) in enumerate(roots.items(), 1):
                targets.append((what, f"{what}{number}.xml"))
                entry = etree.SubElement(section, qn(f"w:{what}Reference"))
                entry.set(qn("w:type"), page)
                entry.set(qn("r:id"), f"rId{len(targets)}")
                parts |= _story_parts(f"{what}{number}.xml", root)
        self._page_setup(section)
        etree.SubElement(section, qn("w:titlePg"))
        document = new_root("document")
        etree.SubElement(document, qn("w:body")).append(section)
        parts["word/document.xml"] = etree.tostring(document, encoding="UTF-8", standalone=True)
        parts["word/_rels/document.xml.rels"] = _relationships(targets)
        return parts

    def _page_setup(self, section: etree._Element) -> None:
        """Take the page's size, margins and borders; the built-in ones where they leave no room for text."""
        own = self._sections[-1] if self._sections else None
        width = _text_width(own)
        if width is None or width < _NARROWEST:
            self.warnings.append("The page set-up leaves no room for text: the built-in one (A4) is used.")
            own = _built_in_section(self._kind)
        elif self._kind == "board" and width < _TABLE_WIDTH:
            self.warnings.append(
                f"The margins leave {width / _PER_CM:.1f} cm for text; the tables of a cover sheet are "
                f"{_TABLE_WIDTH / _PER_CM:.1f} cm wide and stand out into the margin."
            )
        columns = None if own is None else own.find(qn("w:cols"))
        if columns is not None and number_of(columns.get(qn("w:num")), 1) > 1:
            self.warnings.append("The text stood in columns: it runs across the page now.")
        for name in _PAGE_SETUP:
            found = None if own is None else own.find(qn(f"w:{name}"))
            if found is not None:
                rewritten(found, section)


def _built_in_section(kind: Kind) -> etree._Element:
    document = bundled(kind)
    section = etree.fromstring(document.document_start + document.document_end).find(f".//{qn('w:sectPr')}")
    assert section is not None
    return section


def _text_width(section: etree._Element | None) -> int | None:
    """Return what a page leaves for text, in twentieths of a point; None for a page that cannot be."""
    size = None if section is None else section.find(qn("w:pgSz"))
    margins = None if section is None else section.find(qn("w:pgMar"))
    if size is None or margins is None:
        return None
    width, height = (number_of(size.get(qn(f"w:{name}")), 0) for name in "wh")
    sides = [number_of(margins.get(qn(f"w:{name}")), -1) for name in ("left", "right", "top", "bottom")]
    if not 0 < width <= _LARGEST_PAGE or not 0 < height <= _LARGEST_PAGE or min(sides[:2]) < 0:
        return None
    if height - abs(sides[2]) - abs(sides[3]) < _NARROWEST:
        return None
    return width - sides[0] - sides[1]


def _drop_empty_paragraphs(root: etree._Element) -> None:
    """Drop what stands at the end and holds nothing, if something else does."""
    while len(root) > 1 and root[-1].tag == qn("w:p") and root[-2].tag == qn("w:p") and _is_empty(root[-1]):
        root.remove(root[-1])


def _is_empty(paragraph: etree._Element) -> bool:
    return all(child.tag == qn("w:pPr") for child in paragraph)


def _story_parts(name: str, root: etree._Element) -> dict[str, bytes]:
    """Return a header or footer with its relations, its pictures named by relation."""
    targets: list[tuple[str, str]] = []
    for blip in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip"):
        target = ("image", blip.get(qn("r:embed")) or "")
        if target not in targets:
            targets.append(target)
        blip.set(qn("r:embed"), f"rId{targets.index(target) + 1}")
    parts = {f"word/{name}": etree.tostring(root, encoding="UTF-8", standalone=True)}
    return parts | ({f"word/_rels/{name}.rels": _relationships(targets)} if targets else {})


def _relationships(targets: list[tuple[str, str]]) -> bytes:
    inner = "".join(relationship(f"rId{number}", kind, target) for number, (kind, target) in enumerate(targets, 1))
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return _DECLARATION + f'<Relationships xmlns="{namespace}">{inner}</Relationships>'.encode()
