"""Markdown as it comes back from a Word file: one spelling of the same blocks."""

from tracker.documents.markup import parse
from tracker.documents.markup_write import to_markdown


def tidy_markdown(source: str) -> str:
    """Return the blocks of `source` as they are spelt when they are read back from Word."""
    return to_markdown(parse(source))
