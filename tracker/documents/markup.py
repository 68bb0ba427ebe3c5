"""Markdown-lite: paragraphs, two levels of heading, lists, bold, italic and links. Nothing else is markup.

One parse feeds the Word document, the web preview and the plain text, so the three always agree. What is not
markup stays as the characters that were typed: nothing is dropped because it failed to parse.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.token import Token

from tracker.documents.text import clean

# A strict form, because Word calls a whole file damaged for one malformed target. Longer ones stay text.
_SAFE_LINK = re.compile(r"(?:https?://[a-z0-9.-]+(?::\d{1,5})?(?:[/?#]\S*)?|mailto:[^\s@]+@[^\s@]+)\Z", re.IGNORECASE)
_LONGEST_LINK = 2000

_INLINE_MARKUP = re.compile(r"[*_\[\\\n]")
# Between spaces or at the ends of the text, before a full stop and its like: where emphasis cannot mean anything else.
_EMPHASIS = re.compile(r"(?<![^ ])(\*{1,2})([A-Za-z0-9](?:[^*]*[A-Za-z0-9])?)\1(?![^ .,;:?!])")
_LINE_ENDS = re.compile(r"(?<![ \t])[ \t]*\n\s*")
_HEADING = re.compile(r"(#{2,3})[ \t]+(\S.*)")
_PLACE = re.compile(r"^[ \t]*\{recommendations\}[ \t]*$", re.MULTILINE)
_MARKER = r"(?:[-+*]|\d{1,9}[.)])"
_LIST_LINE = re.compile(rf"(?P<indent> *)(?P<marker>{_MARKER})(?P<gap>[ \t]+|$)(?P<rest>.*)")
_LIST_BEGINS = re.compile(rf"^ *{_MARKER}[ \t]", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{2,}")
_STARTS_WITH_MARKER = re.compile(rf"{_MARKER}(?:[ \t]|$)")
_DEEPEST_INDENT = 12
_MOST_DIGITS = 4  # Word counts to 32,767
_LONGEST_REMEMBERED = 4000  # while one types, one paragraph changes: what the others say is known; a few MB in all
_MOST_BRACKETS = 2000  # the search for a link's end is quadratic in unmatched brackets


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one look. A newline in `text` is a line break; `href` is empty where it is no link."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (`##`) or 2 (`###`)."""

    level: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list, numbered from `start` or bulleted. Each item holds blocks; its first is a paragraph."""

    ordered: bool
    start: int
    items: tuple["tuple[Block, ...]", ...]


Block = Heading | Paragraph | ListBlock


def is_safe_link(url: str) -> bool:
    """Whether a letter may link to this address: http, https or mailto, in a form that Word never calls damaged."""
    return len(url) <= _LONGEST_LINK and bool(_SAFE_LINK.match(url))


def _make_parser(*rules: str) -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "maxNesting": 40})
    parser.enable(list(rules))
    parser.validateLink = is_safe_link  # type: ignore[method-assign]
    return parser


_BLOCKS = _make_parser("list")
_BLOCKS.disable("inline")  # inline text is read below, where most of it needs no parser
_INLINE = _make_parser("emphasis", "newline", "escape", "link")
_INLINE_WITHOUT_LINKS = _make_parser("emphasis", "newline", "escape")


def parse(source: str, outline: int = 0) -> tuple[Block, ...]:
    """Parse Markdown-lite into blocks. `outline` is the level of the heading that `source` follows, 0 for none."""
    blocks: list[Block] = []
    pending: list[str] = []
    for line in clean(source).split("\n"):
        heading = _HEADING.fullmatch(line) if line[:1] == "#" else None
        if not heading:
            pending.append(_tame(line))
            continue
        blocks.extend(_parse_between_headings(pending))
        pending = []
        # A sub-heading without a heading above it would leave a gap in the outline.
        outline = min(len(heading[1]) - 1, outline + 1)
        blocks.append(Heading(outline, parse_inline(heading[2].rstrip())))
    blocks.extend(_parse_between_headings(pending))
    return tuple(blocks)


def parse_inline(source: str) -> tuple[Span, ...]:
    """Parse the inline markup of one paragraph or heading; lists and headings are not markup here.

    A line ending is a space, and after a backslash a line break.
    """
    source = clean(source)
    return _parse_text((_LINE_ENDS.sub("\n", source) if "\n" in source else source).strip())


def split_at_recommendations(body: str) -> tuple[str, str]:
    """Cut a letter's body at the first line that is only `{recommendations}`: (before, after).

    Without such a line the list follows the body, so `after` is empty.
    """
    body = clean(body)
    place = _PLACE.search(body) if "{" in body else None
    return (body[: place.start()], body[place.end() :]) if place else (body, "")


def plain_text(markdown: str) -> str:
    """Return the text without its markup, blocks apart by a blank line, link addresses in brackets."""
    return "\n\n".join("\n".join(_plain_lines(block, "")) for block in parse(markdown))


def _tame(line: str) -> str:
    """Escape what would vanish or overflow as a list marker, so that it stays as typed.

    An empty item, a second marker on the line and a number past Word's reach become text, and indentation is
    bounded, because the parser silently drops what is nested too deeply.
    """
    if line[:1].isalpha():
        return line  # as most lines are: no indentation, no marker
    text = line.lstrip(" \t")
    if not text:
        return ""
    indent = len(line[: len(line) - len(text)].expandtabs(4))
    text = " " * min(indent, _DEEPEST_INDENT) + text
    found = _LIST_LINE.fullmatch(text)
    if not found:
        return text
    marker, gap, rest = found["marker"], found["gap"], found["rest"]
    if not rest or len(marker) - 1 > _MOST_DIGITS:
        return found["indent"] + _escape_marker(marker) + gap + rest
    second = _STARTS_WITH_MARKER.match(rest)
    if second:
        rest = _escape_marker(second[0].rstrip()) + rest[len(second[0].rstrip()) :]
    return found["indent"] + marker + gap + rest


def _escape_marker(marker: str) -> str:
    return marker[:-1] + "\\" + marker[-1]


def _parse_between_headings(lines: list[str]) -> tuple[Block, ...]:
    source = "\n".join(lines)
    if not source.strip():
        return ()
    return tuple(_read_section(source)) if len(source) > _LONGEST_REMEMBERED else _remember_section(source)


def _read_section(source: str) -> Iterator[Block]:
    """Read what stands between two headings. Up to the first list there are only paragraphs, which need no parser."""
    first_list = _LIST_BEGINS.search(source)
    end = first_list.start() if first_list else len(source)
    # A list may interrupt a paragraph: the paragraph before it is read with it.
    if first_list:
        end = source.rfind("\n\n", 0, end) + 1
    for paragraph in _BLANK_LINES.split(source[:end]):
        yield from _read_paragraph(mdTrim(paragraph))
    rest = source[end:]
    if rest.strip():
        yield from _read_lists(rest) if len(rest) > _LONGEST_REMEMBERED else _remember_lists(rest)


def _read_lists(source: str) -> tuple[Block, ...]:
    return tuple(_read_blocks(iter(_BLOCKS.parse(source))))


def _read_paragraph(text: str) -> Iterator[Paragraph]:
    spans = _parse_text(text)
    if any(span.text.strip() for span in spans):
        yield Paragraph(spans)


def _read_blocks(tokens: Iterator[Token]) -> Iterator[Block]:
    """Read blocks up to the end of the item they stand in."""
    for token in tokens:
        if token.type == "inline":
            yield from _read_paragraph(token.content)
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            start = int(token.attrs.get("start", 1))
            yield ListBlock(token.type == "ordered_list_open", start, tuple(_read_items(tokens)))
        elif token.type == "list_item_close":
            return


def _read_items(tokens: Iterator[Token]) -> Iterator[tuple[Block, ...]]:
    for token in tokens:
        if token.type == "list_item_open":
            item = tuple(_read_blocks(tokens))
            if item:
                yield item
        else:
            return


def _parse_text(text: str) -> tuple[Span, ...]:
    if not text.strip():
        return ()
    if not _INLINE_MARKUP.search(text):
        return (Span(text),)
    if spans := _parse_emphasis(text):
        return spans
    return _parse_marked(text) if len(text) > _LONGEST_REMEMBERED else _remember_marked(text)


def _parse_emphasis(text: str) -> tuple[Span, ...]:
    """Read words in bold or italic that nobody could read otherwise; nothing where there is more to it."""
    plain, *marked = _EMPHASIS.split(text)
    # Each match gives its stars, the words between them, and what follows up to the next.
    stars, words, after = marked[::3], marked[1::3], marked[2::3]
    if any(_INLINE_MARKUP.search(piece) for piece in (plain, *words, *after)):
        return ()
    spans = [Span(plain)] if plain else []
    for star, word, rest in zip(stars, words, after, strict=True):
        spans.append(Span(word, bold=star == "**", italic=star == "*"))
        if rest:
            spans.append(Span(rest))
    return tuple(spans)


def _parse_marked(text: str) -> tuple[Span, ...]:
    parser = _INLINE if text.count("[") <= _MOST_BRACKETS else _INLINE_WITHOUT_LINKS
    tokens: list[Token] = []
    parser.inline.parse(text, parser, {}, tokens)
    reader = _SpanReader()
    for token in tokens:
        reader.read(token)
    return tuple(reader.spans)


_remember_marked = lru_cache(maxsize=500)(_parse_marked)
_remember_lists = lru_cache(maxsize=500)(_read_lists)


@lru_cache(maxsize=500)
def _remember_section(source: str) -> tuple[Block, ...]:
    return tuple(_read_section(source))


class _SpanReader:
    """Turns a flat run of inline tokens into spans, joining neighbours of the same look."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self._bold = 0
        self._italic = 0
        self._link: Token | None = None
        self._link_has_text = False

    def read(self, token: Token) -> None:
        match token.type:
            case "strong_open" | "strong_close":
                self._bold += token.nesting
            case "em_open" | "em_close":
                self._italic += token.nesting
            case "link_open":
                self._open_link(token)
            case "link_close":
                self._close_link()
            case "hardbreak":
                self._add("\n")
            case "softbreak":
                self._add(" ")
            case _:
                self._add(token.content)

    def _open_link(self, token: Token) -> None:
        self._link, self._link_has_text = token, False
        if not token.attrs.get("href"):
            self._add("[")  # "[text]()" leads nowhere: it stays as typed

    def _close_link(self) -> None:
        link, self._link = self._link, None
        href = str(link.attrs.get("href", "")) if link else ""
        if not href:
            self._add("]()")
        elif not self._link_has_text:
            self._add(href, href)
        if link and link.attrs.get("title"):
            self._add(f" ({link.attrs['title']})")

    def _add(self, text: str, href: str = "") -> None:
        if not text:
            return
        if self._link:
            href = str(self._link.attrs.get("href", ""))
            self._link_has_text = self._link_has_text or bool(text.strip())
        look = (self._bold > 0, self._italic > 0, href)
        last = self.spans[-1] if self.spans else None
        if last and (last.bold, last.italic, last.href) == look:
            self.spans[-1] = Span(last.text + text, *look)
        else:
            self.spans.append(Span(text, *look))


def _plain_lines(block: Block, indent: str) -> Iterator[str]:
    if not isinstance(block, ListBlock):
        yield indent + "".join(_plain_span(span) for span in block.spans).replace("\n", "\n" + indent)
        return
    for number, item in enumerate(block.items, block.start):
        lines = [line for inner in item for line in _plain_lines(inner, indent + "  ")]
        marker = f"{number}. " if block.ordered else "- "
        yield indent + marker + lines[0].removeprefix(indent + "  ")
        yield from lines[1:]


def _plain_span(span: Span) -> str:
    shown = span.text.strip()
    if not span.href or shown in (span.href, span.href.removeprefix("mailto:")):
        return span.text
    return f"{span.text} ({span.href})"
