"""The pictures and text boxes of an uploaded letterhead: PNG and JPEG only, their drawings written anew."""

import re
from collections.abc import Callable, Mapping

from docx.oxml.ns import qn
from lxml import etree

from tracker.documents.ooxml import PIC, WP, A, R
from tracker.documents.pictures import check_jpeg, check_png
from tracker.documents.untrusted import BadFile, Relation, WordFile

_SHAPES = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_GROUPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"
_NAMESPACES = (WP, A, PIC, _SHAPES, _GROUPS)
_MAP = {"wp": WP, "a": A, "pic": PIC, "wps": _SHAPES, "wpg": _GROUPS, "r": R}
_DROPPED = {
    f"{{{A}}}{name}"
    for name in (
        "extLst",
        "hlinkClick",
        "hlinkHover",
        "hlinkMouseOver",
        "audioFile",
        "videoFile",
        "quickTimeFile",
        "snd",
    )
} | {f"{{{_SHAPES}}}linkedTxbx"}
_DATA = f"{{{A}}}graphicData"
_VALUE = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f]{0,500}\Z", re.DOTALL)
_LARGEST_TOGETHER = 3 * 1024 * 1024
_BOX = f"{{{_SHAPES}}}txbx"

Say = Callable[[str], None]
Box = Callable[[etree._Element, etree._Element], None]


class Pictures:
    """Gathers the pictures that headers and footers show, each once. `parts` are their bytes by name."""

    def __init__(self, file: WordFile) -> None:
        self._file = file
        self._names: dict[str, str] = {}
        self._next = 1
        self.parts: dict[str, bytes] = {}

    def drawing(
        self, source: etree._Element, relations: Mapping[str, Relation], say: Say, box: Box
    ) -> etree._Element | None:
        """Return a drawing written anew; None, said to the secretariat, for one that cannot stay.

        A picture is named by its part (`r:embed="media/…"`) until the header's own relations are written.
        """
        data = list(source.iter(_DATA))
        if not data or any((one.get("uri") or "") not in (PIC, _SHAPES, _GROUPS) for one in data):
            say("A chart, diagram or other drawing was removed from {where}.")
            return None
        names: dict[etree._Element, str] = {}
        for blip in source.iter(f"{{{A}}}blip"):
            relation = relations.get(blip.get(f"{{{R}}}embed") or "")
            name = "" if relation is None or relation.external else self._kept(relation.target, say)
            if not name:
                say("A picture that is not in the file, or is not a PNG or JPEG, was removed from {where}.")
                return None
            names[blip] = name
        drawing = etree.Element(qn("w:drawing"), nsmap={**_MAP, "w": qn("w:p")[1:-2]})
        for child in source:
            self._copy(child, drawing, names, box)
        self._describe(drawing, say)
        return drawing

    def _kept(self, part: str, say: Say) -> str:
        """Return the name under which a picture is kept, or "" for one that cannot be."""
        if part not in self._names:
            content = self._file.read(part)
            self._names[part] = ""
            kind = _kind_of(content)
            if kind:
                self._names[part] = f"media/letterhead{len(self.parts) + 1}.{kind}"
                self.parts[f"word/{self._names[part]}"] = content
                if sum(map(len, self.parts.values())) > _LARGEST_TOGETHER:
                    raise BadFile(
                        f"The pictures of the letterhead are larger than {_LARGEST_TOGETHER >> 20} MB together, "
                        "and every letter would carry them. Compress the pictures in Word and try again."
                    )
        return self._names[part]

    def _copy(
        self, source: etree._Element, parent: etree._Element, names: Mapping[etree._Element, str], box: Box
    ) -> None:
        name = etree.QName(source)
        if name.namespace not in _NAMESPACES or source.tag in _DROPPED:
            return
        element = etree.SubElement(parent, source.tag)
        for key, value in source.attrib.items():
            if not str(key).startswith("{") and _VALUE.match(str(value)):
                element.set(key, value)
        if source in names:
            element.set(f"{{{R}}}embed", names[source])
        if source.tag == _BOX:
            element.attrib.clear()
            content = source.find(qn("w:txbxContent"))
            target = etree.SubElement(element, qn("w:txbxContent"))
            if content is not None:
                box(content, target)
            return
        if not len(source) and source.text and _VALUE.match(source.text):
            element.text = source.text
        for child in source:
            self._copy(child, element, names, box)

    def _describe(self, drawing: etree._Element, say: Say) -> None:
        for shown in drawing.iter(f"{{{WP}}}docPr"):
            shown.set("id", str(self._next))
            self._next += 1
            described = (shown.get("descr") or "").strip()
            if not described or re.search(r"\.(png|jpe?g|gif|bmp|emf|wmf|tiff?)$", described, re.IGNORECASE):
                shown.set("descr", "Letterhead")
                say("A picture in {where} has no description for people who cannot see it: it is called “Letterhead”.")


def _kind_of(content: bytes) -> str:
    for kind, check in (("png", check_png), ("jpeg", check_jpeg)):
        try:
            check(content, "The picture")
        except ValueError:
            continue
        return kind
    return ""


def theme_anew(source: etree._Element) -> bytes:
    """Return a theme (its colours and fonts) written anew; what it refers to elsewhere is gone."""
    holder = etree.Element("holder", nsmap={"a": A})
    _copy_theme(source, holder)
    if not len(holder) or holder[0].tag != f"{{{A}}}theme":
        raise BadFile("The file's theme is damaged. Open it in Word, save it again and try again.")
    root = holder[0]
    text: bytes = etree.tostring(root, encoding="UTF-8", standalone=True)
    return text


def _copy_theme(source: etree._Element, parent: etree._Element) -> None:
    name = etree.QName(source)
    if name.namespace != A or source.tag in _DROPPED or name.localname in ("blipFill", "objectDefaults"):
        return
    element = etree.SubElement(parent, source.tag)
    for key, value in source.attrib.items():
        if not str(key).startswith("{") and _VALUE.match(str(value)):
            element.set(key, value)
    for child in source:
        _copy_theme(child, element)
