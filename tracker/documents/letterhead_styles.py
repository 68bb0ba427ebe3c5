"""The styles and lists of an uploaded letterhead, with everything that our documents need."""

import re
from collections.abc import Iterator

from docx.oxml.ns import qn
from lxml import etree

from tracker.documents.letterhead_rules import new_root, rewritten
from tracker.documents.reading_styles import value_of
from tracker.documents.reference_styles import PARAGRAPH_STYLES, numbering_xml, style_id, styles_xml
from tracker.documents.untrusted import BadFile, WordFile

_MOST_STYLES = 1000
_MOST_NAMED = 6
_MOST_ELEMENTS = 60_000
_SMALLEST = 22  # half-points: 11 points
_LANGUAGE = "en-GB"
_TARGETS = ("w:basedOn", "w:next", "w:link")
_DEFAULTS = {
    "paragraph": "Normal",
    "character": "Default Paragraph Font",
    "table": "Normal Table",
    "numbering": "No List",
}
_DEFAULT_IDS = {"Normal Table": "TableNormal"}
# How a list style must count; its second and third levels need only be numbered or not, as the first is.
_FORMATS = {
    "list bullet": ("bullet",),
    "table bullet": ("bullet",),
    "list number": ("decimal",),
    "table number": ("decimal",),
    "recommendation": ("lowerLetter",),
}
_KEPT_IN_SHAPE = re.compile(r"(.*?)( [23])?")


class StyleCleaner:
    """Writes an upload's styles and lists anew. `ids` are the new ids by old id; `warnings` what was changed."""

    def __init__(self, file: WordFile, warnings: list[str]) -> None:
        self._warnings = warnings
        self._bundled = etree.fromstring(styles_xml().encode())
        self._bundled_numbering = etree.fromstring(numbering_xml().encode())
        self._uploaded_numbering = self._part(file, "numbering")
        self._root = new_root("styles")
        self._numbering = new_root("numbering")
        self._lists: dict[tuple[str, str], str] = {}
        self._built_in: set[str] = set()
        self.ids: dict[str, str] = {}
        self._write_styles(self._part(file, "styles"))
        self._write_lists()
        self._point_styles_at_styles()

    @property
    def styles(self) -> bytes:
        """The styles part."""
        return _as_part(self._root)

    @property
    def numbering(self) -> bytes:
        """The numbering part: first the definitions, then an instance of each."""
        root = new_root("numbering")
        for name in ("abstractNum", "num"):
            root.extend(self._numbering.findall(qn(f"w:{name}")))
        return _as_part(root)

    def has(self, identifier: str) -> bool:
        """Whether there is a style with this (new) id."""
        return identifier in self._by_id

    @staticmethod
    def _part(file: WordFile, kind: str) -> etree._Element | None:
        part = file.related(kind)
        root = file.xml(part) if part else None
        if root is not None and sum(1 for _ in root.iter()) > _MOST_ELEMENTS:
            raise BadFile("The letterhead has too many styles or lists. Begin with a new, empty Word document.")
        return root

    def _write_styles(self, uploaded: etree._Element | None) -> None:
        wanted = {
            (style.get(qn("w:type")) or "", value_of(style.find(qn("w:name"))).lower()): style
            for style in self._bundled.iter(qn("w:style"))
        }
        self._write_defaults(uploaded)
        styles = [] if uploaded is None else uploaded.findall(qn("w:style"))
        if len(styles) > _MOST_STYLES:
            raise BadFile(f"The letterhead has more than {_MOST_STYLES} styles. Begin with a new Word document.")
        written: set[tuple[str, str]] = set()
        taken = {style.get(qn("w:styleId")) or "" for style in wanted.values()}
        for source in styles:
            self._write_uploaded(source, wanted, written, taken)
        missing = [key for key in wanted if key not in written]
        for key in missing:
            self._root.append(wanted[key])
            self._built_in.add(wanted[key].get(qn("w:styleId")) or "")
        named = [value_of(wanted[key].find(qn("w:name"))) for key in missing if key[1] not in _quiet_names()]
        if named:
            self._warnings.append("Styles taken from the built-in letterhead: " + some_of(named) + ".")
        self._by_id = {style.get(qn("w:styleId")) or "": style for style in self._root.iter(qn("w:style"))}
        for kind, name in _DEFAULTS.items():
            for style in self._root.iter(qn("w:style")):
                if style.get(qn("w:type")) == kind and style.get(qn("w:default")):
                    del style.attrib[qn("w:default")]
            self._by_id[_DEFAULT_IDS.get(name) or style_id(name)].set(qn("w:default"), "1")

    def _write_uploaded(
        self,
        source: etree._Element,
        wanted: dict[tuple[str, str], etree._Element],
        written: set[tuple[str, str]],
        taken: set[str],
    ) -> None:
        old = source.get(qn("w:styleId")) or ""
        style = rewritten(source, self._root)
        name = None if style is None else style.find(qn("w:name"))
        if style is None or name is None or not value_of(name) or not style.get(qn("w:type")):
            if style is not None:
                self._root.remove(style)
            return
        key = (style.get(qn("w:type")) or "", value_of(name).lower())
        if key in written:
            self._root.remove(style)
            return
        written.add(key)
        if key in wanted:
            identifier = wanted[key].get(qn("w:styleId")) or ""
            name.set(qn("w:val"), value_of(wanted[key].find(qn("w:name"))))
        else:
            identifier = _free_id(value_of(name), taken)
            taken.add(identifier)
        style.set(qn("w:styleId"), identifier)
        self.ids.setdefault(old, identifier)
        _set_automatic_colour(style)
        if key[0] == "paragraph" and source.find(f"{qn('w:pPr')}/{qn('w:framePr')}") is not None:
            self._warnings.append(f"The style “{value_of(name)}” put its text in a frame: it is ordinary text now.")

    def _write_defaults(self, uploaded: etree._Element | None) -> None:
        source = None if uploaded is None else uploaded.find(qn("w:docDefaults"))
        bundled = self._bundled.find(qn("w:docDefaults"))
        defaults = rewritten(bundled if source is None else source, self._root)  # type: ignore[arg-type]
        look = _within(_within(defaults, "w:rPrDefault"), "w:rPr")
        language, size = _within(look, "w:lang"), _within(look, "w:sz")
        if source is not None and value_of(language) not in ("", _LANGUAGE):
            self._warnings.append(f"The language was {value_of(language)}: it is British English now.")
        language.set(qn("w:val"), _LANGUAGE)
        size.set(qn("w:val"), value_of(size) or "20")  # Word's own size, where nothing is said
        _reorder(look)

    def _write_lists(self) -> None:
        """Give each style that counts its list: the upload's where that counts in the right way, else our own."""
        replaced = []
        needed = {style.name.lower() for style in PARAGRAPH_STYLES if style.numbering}
        for style in list(self._root.iter(qn("w:style"))):
            name = value_of(style.find(qn("w:name"))).lower()
            numbering = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            needs = name in needed and style.get(qn("w:type")) == "paragraph"
            definition = self._uploaded_definition(style, name if needs else "")
            if definition is not None:
                self._point_at(style, "uploaded", definition)
            elif needs:
                if style.get(qn("w:styleId")) not in self._built_in:
                    replaced.append(value_of(style.find(qn("w:name"))))
                self._point_at_built_in(style, name)
            elif numbering is not None:
                numbering.getparent().remove(numbering)  # type: ignore[union-attr]
        if replaced:
            self._warnings.append(
                "Lists taken from the built-in letterhead, for the styles: " + some_of(replaced) + "."
            )
        self._link_levels()

    def _uploaded_definition(self, style: etree._Element, needed: str) -> etree._Element | None:
        """Return the upload's list that a style counts with, if it counts in the way that our documents need."""
        number = value_of(style.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}"))
        if style.get(qn("w:styleId")) in self._built_in or self._uploaded_numbering is None or not number:
            return None
        level = value_of(style.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:ilvl')}")) or "0"
        instances = self._uploaded_numbering.findall(qn("w:num"))
        of = next((one.find(qn("w:abstractNumId")) for one in instances if one.get(qn("w:numId")) == number), None)
        definition = next(
            (
                one
                for one in self._uploaded_numbering.findall(qn("w:abstractNum"))
                if of is not None and one.get(qn("w:abstractNumId")) == value_of(of)
            ),
            None,
        )
        if definition is None:
            return None
        shapes = [one for one in definition.findall(qn("w:lvl")) if one.get(qn("w:ilvl")) == level]
        kind = value_of(shapes[0].find(qn("w:numFmt"))) if shapes else ""
        return definition if _counts_rightly(kind, needed) else None

    def _point_at(self, style: etree._Element, origin: str, definition: etree._Element) -> None:
        key = (origin, definition.get(qn("w:abstractNumId")) or "")
        if key not in self._lists:
            self._lists[key] = str(len(self._lists) + 1)
            self._write_definition(definition, self._lists[key])
        number = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
        assert number is not None
        number.set(qn("w:val"), self._lists[key])

    def _point_at_built_in(self, style: etree._Element, name: str) -> None:
        model = next(one for one in PARAGRAPH_STYLES if one.name.lower() == name)
        assert model.numbering is not None
        number, level = model.numbering
        properties = style.find(qn("w:pPr"))
        if properties is None:
            properties = etree.SubElement(style, qn("w:pPr"))
        old = properties.find(qn("w:numPr"))
        if old is not None:
            properties.remove(old)
        entry = etree.SubElement(properties, qn("w:numPr"))
        etree.SubElement(entry, qn("w:ilvl")).set(qn("w:val"), str(level))
        etree.SubElement(entry, qn("w:numId")).set(qn("w:val"), str(number))
        definition = next(
            one
            for one in self._bundled_numbering.iter(qn("w:abstractNum"))
            if one.get(qn("w:abstractNumId")) == str(number)
        )
        self._point_at(style, "built-in", definition)
        _reorder(style)

    def _write_definition(self, source: etree._Element, number: str) -> None:
        definition = rewritten(source, self._numbering)
        assert definition is not None
        definition.set(qn("w:abstractNumId"), number)
        identifier = etree.Element(qn("w:nsid"))
        identifier.set(qn("w:val"), f"{0x1A2B4000 + int(number):08X}")
        definition.insert(0, identifier)
        seen: set[str] = set()
        for level in definition.findall(qn("w:lvl")):
            place = level.get(qn("w:ilvl")) or ""
            if place not in "012345678" or not place or place in seen:
                definition.remove(level)
            seen.add(place)
        if definition.find(qn("w:multiLevelType")) is None:
            kind = etree.Element(qn("w:multiLevelType"))
            kind.set(qn("w:val"), "multilevel")
            definition.insert(1, kind)
        instance = etree.SubElement(self._numbering, qn("w:num"))
        instance.set(qn("w:numId"), number)
        etree.SubElement(instance, qn("w:abstractNumId")).set(qn("w:val"), number)

    def _link_levels(self) -> None:
        """A level names the style that counts with it, or none."""
        counting: dict[tuple[str, str], str] = {}
        for style in self._root.iter(qn("w:style")):
            numbering = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if numbering is not None and style.get(qn("w:type")) == "paragraph":
                place = (value_of(numbering.find(qn("w:numId"))), value_of(numbering.find(qn("w:ilvl"))) or "0")
                counting.setdefault(place, style.get(qn("w:styleId")) or "")
        for definition in self._numbering.iter(qn("w:abstractNum")):
            for level in definition.iter(qn("w:lvl")):
                old = level.find(qn("w:pStyle"))
                if old is not None:
                    level.remove(old)
                of = counting.get((definition.get(qn("w:abstractNumId")) or "", level.get(qn("w:ilvl")) or ""))
                if of:
                    etree.SubElement(level, qn("w:pStyle")).set(qn("w:val"), of)
                    _reorder(level)

    def _point_styles_at_styles(self) -> None:
        """Let styles name one another by their new ids; a name that leads nowhere or in a circle goes."""
        for identifier, style in self._by_id.items():
            for name in _TARGETS:
                target = style.find(qn(name))
                if target is None:
                    continue
                old = value_of(target)
                new = old if identifier in self._built_in else self.ids.get(old, "")
                other = self._by_id.get(new)
                if other is None or (name != "w:link" and other.get(qn("w:type")) != style.get(qn("w:type"))):
                    style.remove(target)
                else:
                    target.set(qn("w:val"), new)
        for style in self._by_id.values():
            seen: set[str] = set()
            for ancestor in self._ancestors(style):
                seen.add(ancestor.get(qn("w:styleId")) or "")
                base = ancestor.find(qn("w:basedOn"))
                if base is not None and value_of(base) in seen:
                    ancestor.remove(base)

    def _ancestors(self, style: etree._Element) -> Iterator[etree._Element]:
        current: etree._Element | None = style
        while current is not None:
            yield current
            current = self._by_id.get(value_of(current.find(qn("w:basedOn"))))

    def too_small(self) -> list[str]:
        """Return the names of the paragraph styles of our documents that are set in less than 11 points."""
        default = value_of(self._root.find(f"{qn('w:docDefaults')}//{qn('w:sz')}"))
        small = []
        for model in PARAGRAPH_STYLES:
            if model.based_on == "header" or model.name in ("header", "footer"):
                continue
            sizes = (
                value_of(one.find(f"{qn('w:rPr')}/{qn('w:sz')}"))
                for one in self._ancestors(self._by_id[style_id(model.name)])
            )
            if int(next((size for size in sizes if size), default or "20")) < _SMALLEST:
                small.append(model.name)
        return small


def _counts_rightly(kind: str, needed: str) -> bool:
    """Whether a list of Word's number format `kind` will do for the style `needed` ("" for any style)."""
    base, further = _KEPT_IN_SHAPE.fullmatch(needed).groups()  # type: ignore[union-attr]
    wanted = _FORMATS.get(base, ())
    alike = bool(further) and (kind == "bullet") == ("bullet" in wanted)
    return bool(kind) and (not wanted or kind in wanted or alike)


def some_of(names: list[str]) -> str:
    """Return names for a sentence: the first few, and how many more."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names) if more <= 1 else ", ".join(names[:_MOST_NAMED]) + f" and {more} more"


def _quiet_names() -> set[str]:
    return {name.lower() for name in _DEFAULTS.values()}


def _free_id(name: str, taken: set[str]) -> str:
    base = "Own" + re.sub(r"[^A-Za-z0-9]", "", name)[:40]
    number = 1
    while (identifier := base if number == 1 else f"{base}x{number}") in taken:
        number += 1
    return identifier


def _set_automatic_colour(style: etree._Element) -> None:
    """Make "automatic" black, which is what it looks like: nothing here has to guess at it later."""
    for colour in style.iter(qn("w:color")):
        if value_of(colour) == "auto":
            colour.set(qn("w:val"), "000000")


def _within(parent: etree._Element | None, name: str) -> etree._Element:
    """Return the child of this name, made first where it is missing."""
    assert parent is not None
    found = parent.find(qn(name))
    if found is None:
        found = etree.Element(qn(name))
        parent.insert(0, found)
    return found


def _reorder(element: etree._Element) -> None:
    """Put an element's children in the schema's order after something was added to it."""
    parent = element.getparent()
    assert parent is not None
    again = rewritten(element, parent)
    assert again is not None
    for key, value in element.attrib.items():
        again.set(key, value)
    element[:] = list(again)
    parent.remove(again)


def _as_part(root: etree._Element) -> bytes:
    etree.cleanup_namespaces(root)
    text: bytes = etree.tostring(root, encoding="UTF-8", standalone=True)
    return text
