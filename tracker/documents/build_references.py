"""Builds the bundled reference documents: `python -m tracker.documents.build_references`.

Written by hand rather than from python-docx's template, whose 877 KB of styles every writer would have to carry.
The secretariat edits copies of them in Word.
"""

from pathlib import Path

from tracker.documents.ooxml import R, W, relationship
from tracker.documents.package import content_types, pack, package_relationships, write_package
from tracker.documents.reference_styles import numbering_xml, style_id, styles_xml

FOLDER = Path(__file__).parent / "references"
NAMES = ("letter", "board")

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PARTS = ("styles", "numbering", "settings", "header1", "header2", "footer1", "footer2")
_SAMPLE = (
    ("Title", "Reference document: edit the styles, header and footer; this text is ignored"),
    ("heading 1", "Heading"),
    ("heading 2", "Sub-heading"),
    ("Body Text", "Body text"),
    ("List Bullet", "Bulleted list"),
    ("List Number", "Numbered list"),
    ("Recommendation", "Recommendation"),
)


def build(name: str) -> bytes:
    """Return the reference document `name`, stored without compression so that every zlib gives the same bytes."""
    marking = _slot_paragraph("Protective Marking", "marking", "Marking", 1)
    draft = _slot_paragraph("Draft Notice", "draft", "Draft notice", 2)
    letterhead = _slot_paragraph("Letterhead", "organisation", "Organisation", 3) + _slot_paragraph(
        "Letterhead Unit", "unit", "Unit", 4
    )
    parts = {
        "[Content_Types].xml": content_types(f"word/{part}.xml" for part in ("document", *_PARTS)),
        "_rels/.rels": package_relationships(),
        "word/document.xml": _document(),
        "word/_rels/document.xml.rels": _document_relationships(),
        "word/styles.xml": styles_xml(),
        "word/numbering.xml": numbering_xml(),
        "word/settings.xml": _settings(),
        "word/header1.xml": f'<w:hdr xmlns:w="{W}">{marking}{draft}</w:hdr>',
        "word/header2.xml": f'<w:hdr xmlns:w="{W}">{marking}{draft}{letterhead}</w:hdr>',
        "word/footer1.xml": _footer(),
        "word/footer2.xml": _footer(),
        "docProps/core.xml": _properties(name),
    }
    return write_package({part: pack((_DECLARATION + xml).encode(), compress=False) for part, xml in parts.items()})


def _text(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def _paragraph(style: str, content: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style_id(style)}"/></w:pPr>{content}</w:p>'


def _slot(tag: str, title: str, identifier: int) -> str:
    """Return a plain-text content control, as Word's Developer tab makes them."""
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{title}"/><w:tag w:val="{tag}"/><w:id w:val="{identifier}"/>'
        "<w:text/></w:sdtPr>"
        f"<w:sdtContent>{_text(title)}</w:sdtContent></w:sdt>"
    )


def _slot_paragraph(style: str, tag: str, title: str, identifier: int) -> str:
    return _paragraph(style, _slot(tag, title, identifier))


def _field(instruction: str) -> str:
    """Return a field in the five-run form, with a cached result: the form that every reader agrees on."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _footer() -> str:
    page = _text("Page ") + _field("PAGE") + _text(" of ") + _field("NUMPAGES")
    content = _slot("reference", "Reference", 5) + "<w:r><w:tab/></w:r>" + page
    return f'<w:ftr xmlns:w="{W}">{_paragraph("footer", content)}</w:ftr>'


def _document() -> str:
    sample = "".join(_paragraph(style, _text(text)) for style, text in _SAMPLE)
    kinds = (("header", "default", 4), ("header", "first", 5), ("footer", "default", 6), ("footer", "first", 7))
    references = "".join(f'<w:{what}Reference w:type="{kind}" r:id="rId{number}"/>' for what, kind, number in kinds)
    return (
        f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{sample}<w:sectPr>{references}'
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1304" w:left="1440" '
        'w:header="624" w:footer="567" w:gutter="0"/><w:titlePg/></w:sectPr></w:body></w:document>'
    )


def _settings() -> str:
    return (
        f'<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="en-GB"/>'
        '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    )


def _document_relationships() -> str:
    inner = "".join(
        relationship(f"rId{number}", part.rstrip("12"), f"{part}.xml") for number, part in enumerate(_PARTS, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _properties(name: str) -> str:
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Reference document: '
        f"{name}</dc:title><dc:creator>Taskforce secretariat</dc:creator>"
        "<dc:language>en-GB</dc:language></cp:coreProperties>"
    )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for reference in NAMES:
        (FOLDER / f"{reference}.docx").write_bytes(build(reference))
