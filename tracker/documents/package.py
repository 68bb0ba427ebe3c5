"""The .docx package: the same parts give the same bytes.

The zip is written here and not by `zipfile`, so that parts that no document changes are compressed only once.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from xml.sax.saxutils import escape

from tracker.documents.model import Meta
from tracker.documents.ooxml import relationship
from tracker.documents.text import shortened

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_LONGEST_PROPERTY = 255  # Word's own limit
_FIRST = ("[Content_Types].xml", "_rels/.rels", "word/document.xml")

_STORED, _DEFLATED = 0, 8
_VERSION = 20
_DATE = 0x21  # 1 January 1980, the zip format's first day
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_CENTRAL_HEADER = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")


@dataclass(frozen=True)
class Packed:
    """A part as it stands in the zip: its bytes by `method`, and the checksum and size of what they unpack to."""

    data: bytes
    method: int
    checksum: int
    size: int


def pack(data: bytes, *, compress: bool = True) -> Packed:
    """Prepare a part for `write_package`."""
    if not compress:
        return Packed(data, _STORED, zlib.crc32(data), len(data))
    compressor = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = compressor.compress(data) + compressor.flush()
    return Packed(deflated, _DEFLATED, zlib.crc32(data), len(data))


def write_package(parts: dict[str, Packed]) -> bytes:
    """Zip `parts` in a fixed order with a fixed time stamp."""
    entries: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for name in (*_FIRST, *sorted(parts.keys() - set(_FIRST))):
        part, encoded = parts[name], name.encode("ascii")
        about = (part.method, 0, _DATE, part.checksum, len(part.data), part.size, len(encoded), 0)
        entry = _LOCAL_HEADER.pack(b"PK\3\4", _VERSION, 0, *about) + encoded + part.data
        directory.append(_CENTRAL_HEADER.pack(b"PK\1\2", _VERSION, _VERSION, 0, *about, 0, 0, 0, 0, offset) + encoded)
        entries.append(entry)
        offset += len(entry)
    listing = b"".join(directory)
    end = _END.pack(b"PK\5\6", 0, 0, len(parts), len(parts), len(listing), offset, 0)
    return b"".join(entries) + listing + end


def package_relationships() -> str:
    """Return what a package refers to: the document and its properties."""
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">{relationship("rId1", "officeDocument", "word/document.xml")}'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/></Relationships>'
    )


def content_types(parts: Iterable[str]) -> str:
    """Return the kinds of a package's parts: those in `word/`, and the properties."""
    overrides = "".join(f'<Override PartName="/{part}" ContentType="{_content_type(part)}"/>' for part in parts)
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        f'<Default Extension="jpeg" ContentType="image/jpeg"/>{overrides}'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _content_type(part: str) -> str:
    kind = part.removeprefix("word/").removesuffix(".xml").rstrip("0123456789")
    if kind == "theme":
        return "application/vnd.openxmlformats-officedocument.theme+xml"
    return f"{_WORD_TYPE}.{'document.main' if kind == 'document' else kind}+xml"


def core_properties(meta: Meta, *, draft: bool) -> bytes:
    """Return the part with title, author, language and time. Raises ValueError for a stamp without a time zone."""
    if meta.stamp.tzinfo is None:
        raise ValueError("A document's stamp needs a time zone")
    stamp = meta.stamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    title, author, subject, keywords = (
        escape(shortened(value, _LONGEST_PROPERTY)) for value in (meta.title, meta.author, meta.subject, meta.keywords)
    )
    status = "<cp:contentStatus>Draft</cp:contentStatus>" if draft else ""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{title}</dc:title><dc:subject>{subject}</dc:subject><dc:creator>{author}</dc:creator>"
        f"<cp:keywords>{keywords}</cp:keywords><dc:language>en-GB</dc:language>"
        f"<cp:lastModifiedBy>{author}</cp:lastModifiedBy><cp:revision>1</cp:revision>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified>{status}</cp:coreProperties>'
    ).encode()
