"""Markdown-lite as HTML for the web preview, from the same parse as the Word document."""

from collections.abc import Iterable
from html import escape

from tracker.documents.markup import Block, Heading, ListBlock, Paragraph, Span, parse, parse_inline
from tracker.documents.text import is_right_to_left


def to_html(markdown: str, heading_level: int = 3) -> str:
    """Return safe HTML: every typed character is escaped, and links go to http, https and mailto only.

    `heading_level` (1 to 5) is the level of a `##` heading on the page; `###` stands one below.
    """
    if not 1 <= heading_level <= 5:
        raise ValueError("heading_level must be from 1 to 5")
    return "\n".join(_block(block, heading_level) for block in parse(markdown))


def to_inline_html(markdown: str) -> str:
    """Return one paragraph of safe HTML, as a listed recommendation prints: lists and headings are not markup."""
    return _element("p", parse_inline(markdown))


def _block(block: Block, heading_level: int) -> str:
    match block:
        case Heading(level, spans):
            return _element(f"h{heading_level + level - 1}", spans)
        case Paragraph(spans):
            return _element("p", spans)
        case ListBlock(ordered, start, items):
            inner = "".join(f"<li>{_item(item, heading_level)}</li>" for item in items)
            if not ordered:
                return f"<ul>{inner}</ul>"
            return f'<ol start="{start}">{inner}</ol>' if start != 1 else f"<ol>{inner}</ol>"


def _item(blocks: tuple[Block, ...], heading_level: int) -> str:
    first, *rest = blocks
    several = any(isinstance(block, Paragraph) for block in rest)
    # A right-to-left paragraph keeps its element, which holds the direction.
    if isinstance(first, Paragraph) and not several and not _is_rtl(first.spans):
        return _inline(first.spans) + "".join(_block(block, heading_level) for block in rest)
    return "".join(_block(block, heading_level) for block in blocks)


def _element(tag: str, spans: tuple[Span, ...]) -> str:
    direction = ' dir="rtl"' if _is_rtl(spans) else ""
    return f"<{tag}{direction}>{_inline(spans)}</{tag}>"


def _is_rtl(spans: Iterable[Span]) -> bool:
    return is_right_to_left("".join(span.text for span in spans))


def _inline(spans: Iterable[Span]) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    text = escape(span.text).replace("\n", "<br>")
    if span.italic:
        text = f"<em>{text}</em>"
    if span.bold:
        text = f"<strong>{text}</strong>"
    return f'<a href="{escape(span.href)}">{text}</a>' if span.href else text
