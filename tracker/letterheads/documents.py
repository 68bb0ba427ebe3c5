"""Letterheads as Word files: a specimen to look at, and the product's own to begin from."""

from __future__ import annotations

from tracker.documents import (
    own_reference,
    specimen_cover_sheet,
    specimen_letter,
    write_cover_sheet,
    write_letter,
)
from tracker.letterheads import queries
from tracker.letterheads.models import Letterhead
from tracker.letterheads.rules import DocumentKind


def specimen(letterhead: Letterhead) -> bytes:
    """An invented letter or cover sheet on this letterhead."""
    reference = queries.reference(letterhead.file_sha256)
    if letterhead.kind is DocumentKind.LETTER:
        return write_letter(specimen_letter(), reference)
    return write_cover_sheet(specimen_cover_sheet(), reference)


def own(kind: DocumentKind) -> bytes:
    """The product's own reference document, to be edited in Word."""
    return own_reference("letter" if kind is DocumentKind.LETTER else "board")
