"""Blocks back to Markdown-lite: `parse(to_markdown(blocks))` gives the same blocks.

Only what would otherwise be read as markup is escaped, so that ordinary text comes back as it was typed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, product
from typing import Any

from tracker.documents.markup import Block, Heading, ListBlock, Span, parse_inline

_SPECIAL = re.compile(r"([\\*_\[\]])")
_LINE_MARKUP = re.compile(r"(#{2,3}[ \t]+\S|\{recommendations\}[ \t]*$)")
_LINE_MARKER = re.compile(r"([-+*]|\d{1,9}[.)])(?=[ \t]|$)")
_LINE_BREAKS = re.compile(r"(?<![ \t])[ \t]*\n\s*")
_CHARACTERS = re.compile(r"(?<![ \t])[ \t]*\n\s*|[^\n]")
_BREAK = "\\\n"


def escape_markup(text: str) -> str:
    """Return Markdown-lite that reads as exactly this plain text, a line break staying a line break."""
    paragraphs = (inline_markdown((Span(paragraph),)) for paragraph in re.split(r"\n[ \t]*\n", text))
    return "\n\n".join(_guarded(paragraph) for paragraph in paragraphs if paragraph)


def to_markdown(blocks: Sequence[Block]) -> str:
    """Return the Markdown-lite of blocks."""
    return "\n\n".join(_written(blocks))


def inline_markdown(spans: Sequence[Span]) -> str:
    """Return the Markdown-lite of one paragraph's spans, its line breaks as a backslash and a newline."""
    spans = tidy_spans(spans)
    if not spans:
        return ""
    if all((one.bold, one.italic, one.href) == (False, False, "") for one in spans):
        return _first_that_reads_back(spans, (_literal(spans, escape) for escape in (False, True)))
    return _first_that_reads_back(spans, _attempts(spans))


def keeps_its_look(spans: Sequence[Span]) -> bool:
    """Whether Markdown-lite can say these spans exactly (it cannot set bold within a word at a full stop, say)."""
    spans = tidy_spans(spans)
    return not spans or parse_inline(inline_markdown(spans)) == spans


def tidy_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join neighbours of one look, leave out the look of mere space, and trim the paragraph and its lines."""
    spans = tuple(spans)
    if not any(span.bold or span.italic or span.href for span in spans):
        text = "".join(span.text for span in spans).strip()
        text = _LINE_BREAKS.sub("\n", text) if "\n" in text else text
        return (Span(text),) if text else ()
    text = "".join(span.text for span in spans)
    looks = zip(*(_without_edges(spans, name) for name in ("bold", "italic", "href")), strict=True)
    by_place = list(looks)
    kept = ((by_place[place], text[place]) for place in _trimmed(text))
    return tuple(
        Span("".join(character for _, character in group), *look)
        for look, group in groupby(kept, key=lambda one: one[0])
    )


def _without_edges(spans: Sequence[Span], name: str) -> list[Any]:
    """Return one look of each character, with no look on the space at the edges of a stretch, where none can stand."""
    values: list[Any] = []
    for value, group in groupby(spans, key=lambda span: getattr(span, name)):
        text = "".join(span.text for span in group)
        inner = len(text.strip())
        lead = len(text) - len(text.lstrip()) if inner else len(text)
        off = "" if name == "href" else False
        values += [off] * lead + [value] * inner + [off] * (len(text) - lead - inner)
    return values


def _trimmed(text: str) -> list[int]:
    """Return which characters stay: none of the space around the paragraph, its line breaks, or doubled breaks."""
    kept: list[int] = []
    for match in _CHARACTERS.finditer(text.rstrip()):
        if "\n" in match[0]:
            if kept:
                kept.append(match.start() + match[0].index("\n"))
        elif kept or not match[0].isspace():
            kept.append(match.start())
    return kept


def _first_that_reads_back(spans: tuple[Span, ...], attempts: Iterable[str]) -> str:
    written = ""
    for written in attempts:
        if parse_inline(written) == spans:
            return written
    return written


def _attempts(spans: tuple[Span, ...]) -> Iterator[str]:
    """Yield ways to write the same spans: which emphasis stands outside, and with which marks."""
    for escape, outer, italic, bold in product((False, True), ("bold", "italic"), "*_", ("**", "__")):
        marks = {"bold": bold, "italic": italic}
        inner = "italic" if outer == "bold" else "bold"
        yield "".join(
            _linked(_emphasised(tuple(group), (outer, inner), marks, escape), href)
            for href, group in groupby(spans, key=lambda span: span.href)
        )
    # Emphasis that cannot be said where it stands: the words at least are kept whole.
    yield "".join(_linked(_literal(tuple(group), True), href) for href, group in groupby(spans, key=lambda s: s.href))
    yield _literal(spans, True)


def _emphasised(spans: Sequence[Span], order: tuple[str, ...], marks: dict[str, str], escape: bool) -> str:
    if not order:
        return _literal(spans, escape)
    kind, *rest = order
    written = []
    for on, group in groupby(spans, key=lambda span: bool(getattr(span, kind))):
        inner = _emphasised(tuple(group), tuple(rest), marks, escape)
        written.append(f"{marks[kind]}{inner}{marks[kind]}" if on else inner)
    return "".join(written)


def _linked(text: str, href: str) -> str:
    if not href:
        return text
    return f"[{text}](<{href}>)" if re.search(r"[()]", href) else f"[{text}]({href})"


def _literal(spans: Sequence[Span], escape: bool) -> str:
    text = "".join(span.text for span in spans)
    if escape:
        text = _SPECIAL.sub(r"\\\1", text)
    return text.replace("\n", _BREAK)


def _written(blocks: Sequence[Block]) -> Iterator[str]:
    previous: ListBlock | None = None
    first_marks = True
    for block in blocks:
        match block:
            case Heading(level, spans):
                yield "#" * (level + 1) + " " + inline_markdown(spans).replace(_BREAK, " ")
            case ListBlock():
                # Two lists of a kind in a row would be one, if they had one kind of marker.
                first_marks = not (previous is not None and previous.ordered == block.ordered and first_marks)
                yield "\n".join(_items(block, "." if first_marks else ")", "-" if first_marks else "*"))
            case _:
                yield _guarded(inline_markdown(block.spans))
        previous = block if isinstance(block, ListBlock) else None


def _items(block: ListBlock, end: str, bullet: str) -> Iterator[str]:
    for number, item in enumerate(block.items, block.start):
        marker = f"{number}{end} " if block.ordered else f"{bullet} "
        first, *others = _written(item)
        text = first
        for before, after, other in zip(item, item[1:], others, strict=False):
            # A list that starts later than 1 cannot follow a line of text at once.
            tight = isinstance(after, ListBlock) and not (after.ordered and after.start != 1)
            tight = tight and not isinstance(before, ListBlock)
            text += ("\n" if tight else "\n\n") + other
        indent = " " * len(marker)
        yield marker + "\n".join(indent + line if line else "" for line in text.split("\n"))[len(indent) :]


def _guarded(text: str) -> str:
    """Escape what would begin a heading, a list or the place of the recommendations, on any line of a paragraph."""
    return "\n".join(_guarded_line(line) for line in text.split("\n"))


def _guarded_line(line: str) -> str:
    if _LINE_MARKUP.match(line):
        return "\\" + line
    marker = _LINE_MARKER.match(line)
    return f"{marker[1][:-1]}\\{line[marker.end() - 1 :]}" if marker else line
