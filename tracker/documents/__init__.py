"""Word documents: letters and board cover sheets out, letters in, letterheads, and the safe HTML of the same Markdown.

Knows plain data only: no database rows, no request, no clock. The same input gives the same bytes.
"""

from tracker.documents.cover_sheet import write_cover_sheet
from tracker.documents.letter import write_letter
from tracker.documents.letterhead import (
    CleanedReference,
    clean_reference,
    open_reference,
    specimen_cover_sheet,
    specimen_letter,
)
from tracker.documents.listing import ListDocument, ListedTable, write_list
from tracker.documents.markup import plain_text, split_at_recommendations
from tracker.documents.markup_html import to_html, to_inline_html
from tracker.documents.markup_write import escape_markup
from tracker.documents.model import CoverSheet, Letter, LetterRecommendation, Meta, ReportedRecommendation
from tracker.documents.pictures import check_png
from tracker.documents.properties import read_keywords
from tracker.documents.reading import ReadLetter, ReadRecommendation, as_read, read_letter
from tracker.documents.reference import Reference, own_reference
from tracker.documents.tidy import tidy_markdown
from tracker.documents.untrusted import BadFile

__all__ = [
    "BadFile",
    "CleanedReference",
    "CoverSheet",
    "Letter",
    "LetterRecommendation",
    "ListDocument",
    "ListedTable",
    "Meta",
    "ReadLetter",
    "ReadRecommendation",
    "Reference",
    "ReportedRecommendation",
    "as_read",
    "check_png",
    "clean_reference",
    "escape_markup",
    "open_reference",
    "own_reference",
    "plain_text",
    "read_keywords",
    "read_letter",
    "specimen_cover_sheet",
    "specimen_letter",
    "split_at_recommendations",
    "tidy_markdown",
    "to_html",
    "to_inline_html",
    "write_cover_sheet",
    "write_letter",
    "write_list",
]
