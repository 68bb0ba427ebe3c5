"""A letter being taken apart: its parts, gathered paragraph by paragraph."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tracker.documents.markup import Span
from tracker.documents.reading_blocks import BlockBuilder
from tracker.documents.reading_notes import Notes
from tracker.documents.reading_paragraphs import ReadParagraph

_NOTICE_LABEL = re.compile(
    r"(cc|c\.c\.|bcc|copy|copies|copied|enc|encl|encs|enclosures?|attachments?)\b[^:]{0,30}?(?::|\Z)\s*", re.IGNORECASE
)


@dataclass
class Parts:
    """A letter taken apart: lines of plain text, and the blocks of what is Markdown."""

    notes: Notes
    ours: bool = False
    draft: bool = False
    slots: dict[str, str] = field(default_factory=dict)
    sender: list[str] = field(default_factory=list)
    date: list[str] = field(default_factory=list)
    addressee: list[str] = field(default_factory=list)
    salutation: list[str] = field(default_factory=list)
    subject: list[str] = field(default_factory=list)
    list_heading: str = ""
    listed: list[tuple[str, tuple[Span, ...]]] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)
    signatory: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    enclosures: list[str] = field(default_factory=list)
    notices: list[str] = field(init=False)
    before: BlockBuilder = field(init=False)
    after: BlockBuilder = field(init=False)
    response: BlockBuilder = field(init=False)

    def __post_init__(self) -> None:
        self.notices = self.copies
        self.before, self.after, self.response = (BlockBuilder(self.notes) for _ in range(3))

    @property
    def body(self) -> BlockBuilder:
        """Where the next paragraph of the body goes: after the lettered list once that has begun."""
        return self.after if self.listed else self.before


def lines_of(paragraph: ReadParagraph) -> list[str]:
    """Return the lines of a paragraph of plain text, without empty ones."""
    return [line.strip() for line in paragraph.text.split("\n") if line.strip()]


def take_notice(parts: Parts, lines: Sequence[str]) -> None:
    """Take lines about copies or enclosures: each goes where the last label ("Copies to:") says."""
    for line in lines:
        label = _NOTICE_LABEL.match(line)
        if label:
            parts.notices = parts.enclosures if label[1].lower().startswith(("enc", "att")) else parts.copies
            line = line[label.end() :].strip()
        if line:
            parts.notices.append(line)
