"""Word documents out: letters and board cover sheets, and the safe HTML of the same Markdown.

Knows plain data only: no database rows, no request, no clock. The same input gives the same bytes.
"""

from tracker.documents.cover_sheet import write_cover_sheet
from tracker.documents.letter import write_letter
from tracker.documents.markup import plain_text, split_at_recommendations
from tracker.documents.markup_html import to_html, to_inline_html
from tracker.documents.model import CoverSheet, Letter, LetterRecommendation, Meta, ReportedRecommendation

__all__ = [
    "CoverSheet",
    "Letter",
    "LetterRecommendation",
    "Meta",
    "ReportedRecommendation",
    "plain_text",
    "split_at_recommendations",
    "to_html",
    "to_inline_html",
    "write_cover_sheet",
    "write_letter",
]
