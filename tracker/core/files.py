"""Stored files: by content hash, written once, never changed. The only door to them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core import clock
from tracker.core.audit import register_check
from tracker.core.db import SHORT, Base, Instant, db, insert_into
from tracker.core.errors import BadFile, NotFound

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PNG = "image/png"
JPEG = "image/jpeg"
EML = "message/rfc822"
TEXT = "text/plain"
OPAQUE = "application/octet-stream"
MAX_BYTES = 20 * 1024 * 1024
# What an upload may be, by its first bytes: the name and the type that a browser sends prove nothing.
SIGNATURES = {DOCX: b"PK\x03\x04", PDF: b"%PDF-"}

# The other kinds that are known by their content, where any file is kept (`any_kind_of`).
_OFFICE = {DOCX: b"word/document.xml", XLSX: b"xl/workbook.xml", PPTX: b"ppt/presentation.xml"}
_FIRST_BYTES = {PDF: b"%PDF-", PNG: b"\x89PNG\r\n\x1a\n", JPEG: b"\xff\xd8\xff"}
_HEADER_LINE = re.compile(rb"[!-9;-~]{1,80}:[ \t]")
_OF_MAIL = re.compile(rb"^(?:from|message-id|received|mime-version):", re.IGNORECASE | re.MULTILINE)
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
# What a file is called when it is downloaded: names are ours, never those it came with.
ENDINGS = {DOCX: "docx", XLSX: "xlsx", PPTX: "pptx", PDF: "pdf", PNG: "png", JPEG: "jpg", EML: "eml", TEXT: "txt"}


class StoredFile(Base):
    """Bytes under their SHA-256. Insert-only (triggers)."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size > 0", name="not_empty"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(SHORT)
    stored_at: Mapped[datetime] = mapped_column(Instant)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


def store(content: bytes, media_type: str) -> str:
    """Keep `content` and return its hex SHA-256; the same bytes are kept once.

    Raises BadFile for an empty file or one over 20 MiB.
    """
    if not content:
        raise BadFile("The file is empty.")
    if len(content) > MAX_BYTES:
        raise BadFile("The file is larger than 20 MB.")
    digest = hashlib.sha256(content).hexdigest()
    if db.session.get(StoredFile, digest) is None:
        row = {"sha256": digest, "size": len(content), "media_type": media_type, "stored_at": clock.now()}
        new = insert_into(StoredFile.__table__).values(**row, content=content)
        db.session.execute(new.on_conflict_do_nothing())
    return digest


def read(digest: str) -> bytes:
    """The bytes kept under `digest`. Raises NotFound where there are none."""
    content = db.session.execute(select(StoredFile.content).where(StoredFile.sha256 == digest)).scalar()
    if content is None:
        raise NotFound("The file is not there.")
    return content


def kind_of(content: bytes) -> str:
    """The media type of an uploaded Word or PDF file, by its content. Raises BadFile for anything else."""
    for media_type, signature in SIGNATURES.items():
        if content.startswith(signature) and (media_type != DOCX or b"word/document.xml" in content):
            return media_type
    raise BadFile("The file must be a Word document (.docx) or a PDF.")


def any_kind_of(content: bytes) -> str:
    """The media type of any file by its content; OPAQUE for what is not known, which is only ever handed out whole."""
    for media_type, first in _FIRST_BYTES.items():
        if content.startswith(first):
            return media_type
    if content.startswith(SIGNATURES[DOCX]):
        return next((kind for kind, inside in _OFFICE.items() if inside in content), OPAQUE)
    if _NO_TEXT.search(content) is None and _is_utf8(content):
        head = content[:65_536]
        return EML if _HEADER_LINE.match(head) and _OF_MAIL.search(head) else TEXT
    return OPAQUE


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@register_check
def _changed_files() -> Iterator[str]:
    for digest in db.session.scalars(select(StoredFile.sha256).order_by(StoredFile.sha256)).all():
        if hashlib.sha256(read(digest)).hexdigest() != digest:
            yield f"the stored file {digest[:12]} has been changed"
