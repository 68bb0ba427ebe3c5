"""Word files put together by hand, so that each can be odd or hostile in one way."""

import io
import zipfile
from collections.abc import Mapping

from tracker.documents import write_letter

from .samples import letter

W_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
NAMESPACES = (
    f'xmlns:w="{W_NS}" xmlns:r="{R_NS}" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)
SECTION = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1304" w:left="1440"/>'
# (relation, part, content type) of what a main document may refer to.
_KINDS = {
    "styles": f"{_WORD}.styles+xml",
    "numbering": f"{_WORD}.numbering+xml",
    "settings": f"{_WORD}.settings+xml",
    "header": f"{_WORD}.header+xml",
    "footer": f"{_WORD}.footer+xml",
    "footnotes": f"{_WORD}.footnotes+xml",
    "comments": f"{_WORD}.comments+xml",
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
}


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """A zip of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    """The parts of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(content: bytes, changes: Mapping[str, bytes | str | None]) -> bytes:
    """A Word file with parts put in, in the place of others, or (None) taken out."""
    parts: dict[str, bytes | str | None] = {**unzipped(content), **changes}
    return zipped({name: part for name, part in parts.items() if part is not None})


def replaced(content: bytes, part: str, old: str, new: str) -> bytes:
    """A Word file with a text in one part replaced."""
    text = unzipped(content)[part].decode()
    assert old in text, f"{old!r} does not stand in {part}"
    return changed(content, {part: text.replace(old, new)})


def relations(entries: list[tuple[str, str, str]] | list[tuple[str, str]]) -> str:
    """The relations of a part: (kind, target) or (kind, target, "External"), with the ids rId1, rId2, …"""
    inner = ""
    for number, entry in enumerate(entries, 1):
        kind, target, *mode = entry
        kind = kind if "/" in kind else f"{_OFFICE}/{kind}"
        outside = ' TargetMode="External"' if mode else ""
        inner += f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"{outside}/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def word(
    body: str,
    *,
    section: str = SECTION,
    main_type: str = f"{_WORD}.document.main+xml",
    more_relations: list[tuple[str, ...]] | None = None,
    more_parts: Mapping[str, bytes | str] | None = None,
    **stories: str,
) -> bytes:
    """A Word file around the XML of a body. `stories` are the XML inside further parts: styles, numbering, header, …

    The relations of the stories come first, in the order given; rId1 is the first.
    """
    parts: dict[str, bytes | str] = {}
    overrides = f'<Override PartName="/word/document.xml" ContentType="{main_type}"/>'
    listed: list[tuple[str, ...]] = []
    roots = {"header": "hdr", "footer": "ftr"}
    for kind, inner in stories.items():
        listed.append((kind, f"{kind}.xml"))
        root = roots.get(kind, kind)
        whole = inner if inner.startswith("<?") or kind == "theme" else f"<w:{root} {NAMESPACES}>{inner}</w:{root}>"
        parts[f"word/{kind}.xml"] = whole
        overrides += f'<Override PartName="/word/{kind}.xml" ContentType="{_KINDS[kind]}"/>'
        if kind in roots:
            section = f'<w:{kind}Reference w:type="default" r:id="rId{len(listed)}"/>' + section
    parts["word/document.xml"] = (
        f"<w:document {NAMESPACES}><w:body>{body}<w:sectPr>{section}</w:sectPr></w:body></w:document>"
    )
    parts["word/_rels/document.xml.rels"] = relations([*listed, *(more_relations or [])])  # type: ignore[arg-type]
    parts["_rels/.rels"] = relations([("officeDocument", "word/document.xml")])
    parts["[Content_Types].xml"] = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        f"{overrides}</Types>"
    )
    return zipped({**parts, **(more_parts or {})})


def p(text: str, properties: str = "", look: str = "") -> str:
    """A paragraph of plain text; newlines are line breaks."""
    runs = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in text.split("\n"))
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{look}</w:rPr>{runs}</w:r></w:p>"


def field(*pieces: str, result: str = "1") -> str:
    """A field whose instruction stands in pieces."""
    asked = "".join(f'<w:r><w:instrText xml:space="preserve">{piece}</w:instrText></w:r>' for piece in pieces)
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{asked}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r><w:t>{result}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def picture(relation: str, alternative_text: str = "Logo") -> str:
    """A run with a picture in line with the text."""
    return (
        '<w:r><w:drawing><wp:inline><wp:extent cx="900000" cy="300000"/>'
        f'<wp:docPr id="1" name="Picture" descr="{alternative_text}"/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
        f'<pic:cNvPr id="1" name="Picture"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/>'
        '<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
        '<a:ext cx="900000" cy="300000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def text_box(inner: str) -> str:
    """A run with a text box, as Word writes one: the modern way and the old."""
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline>'
        '<wp:extent cx="2000000" cy="500000"/>'
        '<wp:docPr id="2" name="Text Box" descr="Address"/><a:graphic><a:graphicData '
        'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/>'
        '<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2000000" cy="500000"/></a:xfrm><a:prstGeom prst="rect">'
        f"<a:avLst/></a:prstGeom></wps:spPr><wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx><wps:bodyPr/>"
        "</wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape>"
        f"<v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


OWN = write_letter(letter())
