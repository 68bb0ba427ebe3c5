"""Paragraphs of a body back to blocks: headings, paragraphs, and lists nested as they were."""

import re
from dataclasses import dataclass, field

from tracker.documents.markup import Block, Heading, ListBlock, Paragraph, Span
from tracker.documents.markup_write import keeps_its_look, tidy_spans
from tracker.documents.reading_notes import Notes
from tracker.documents.reading_paragraphs import ReadParagraph

_LIST_STYLE = re.compile(r"list (bullet|number|continue)(?: ([2-5]))?")
_CONTINUING_STYLES = {"list paragraph", "list continue"}
_MOST_DEPTH = 2
_HEADING_LEVELS = 2
_HIGHEST_NUMBER = 9999


@dataclass
class _List:
    ordered: bool
    start: int
    items: list[list["Block | _List"]] = field(default_factory=list)

    def finished(self) -> ListBlock:
        items = (tuple(_finished(block) for block in item) for item in self.items)
        return ListBlock(self.ordered, self.start, tuple(items))


def _finished(block: "Block | _List") -> Block:
    return block.finished() if isinstance(block, _List) else block


class BlockBuilder:
    """Puts paragraphs together, one after another."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._top: list[Block | _List] = []
        self._open: list[_List] = []

    def blocks(self) -> tuple[Block, ...]:
        """Return what was put together so far."""
        return tuple(_finished(block) for block in self._top)

    def take_heading(self) -> str:
        """Take away a last heading about recommendations and return it; "" where there is none."""
        last = self._top[-1] if self._top else None
        if not isinstance(last, Heading) or "recommend" not in "".join(span.text for span in last.spans).lower():
            return ""
        self._top.pop()
        return "".join(span.text for span in last.spans)

    def add(self, paragraph: ReadParagraph) -> None:
        """Add a paragraph as what its style and numbering say it is."""
        spans = tidy_spans(paragraph.spans)
        if not spans:
            return
        if not paragraph.heading and not keeps_its_look(spans):
            self._notes.add("emphasis", near=paragraph.text)
        named = _LIST_STYLE.fullmatch(paragraph.style)
        if paragraph.heading:
            self.heading(paragraph.heading, spans)
        elif paragraph.label is not None:
            self._item(paragraph, spans)
        elif self._open and (named and named[1] == "continue" or paragraph.style in _CONTINUING_STYLES):
            depth = int(named[2] or 1) - 1 if named else len(self._open) - 1
            self._continue(min(depth, len(self._open) - 1), spans)
        else:
            self.paragraph(spans)

    def heading(self, level: int, spans: tuple[Span, ...]) -> None:
        """Add a heading; lower than Markdown-lite has counts as its lowest."""
        self._open = []
        line = tuple(Span(span.text.replace("\n", " "), span.bold, span.italic, span.href) for span in spans)
        self._top.append(Heading(min(level, _HEADING_LEVELS), line))

    def paragraph(self, spans: tuple[Span, ...]) -> None:
        """Add a paragraph outside any list."""
        self._open = []
        self._top.append(Paragraph(spans))

    def item(self, depth: int, number: int | None, spans: tuple[Span, ...]) -> None:
        """Add an item of a list at `depth` (from 0), numbered or with a bullet."""
        depth = min(depth, len(self._open), _MOST_DEPTH)
        del self._open[depth + 1 :]
        ordered = number is not None and 0 <= number <= _HIGHEST_NUMBER
        current = self._open[depth] if depth < len(self._open) else None
        goes_on = current is not None and (
            current.ordered == ordered and (not ordered or number == current.start + len(current.items))
        )
        if current is None or not goes_on:
            del self._open[depth:]
            current = _List(ordered, number or 0 if ordered else 1)
            (self._open[-1].items[-1] if self._open else self._top).append(current)
            self._open.append(current)
        current.items.append([Paragraph(spans)])

    def _item(self, paragraph: ReadParagraph, spans: tuple[Span, ...]) -> None:
        label = paragraph.label
        assert label is not None
        bullet = label.kind == "bullet"
        if not bullet and label.kind != "decimal" and label.level == 0:
            self._notes.add("lettered list", label.text, near=paragraph.text)
        self.item(label.level, None if bullet else label.number, spans)

    def _continue(self, depth: int, spans: tuple[Span, ...]) -> None:
        del self._open[depth + 1 :]
        self._open[depth].items[-1].append(Paragraph(spans))
