"""Which paragraph of a Word file is which part of a letter, by the names of our styles."""

import re
from dataclasses import dataclass, field

from lxml import etree

from tracker.documents.markup import Span
from tracker.documents.markup_write import tidy_spans
from tracker.documents.ooxml import W
from tracker.documents.reading_blocks import BlockBuilder
from tracker.documents.reading_notes import Notes
from tracker.documents.reading_paragraphs import ParagraphReader, ReadParagraph
from tracker.documents.slots import slot_of
from tracker.documents.untrusted import WordFile

_W = f"{{{W}}}"
_OUR_STYLES = {"sender address", "recipient address", "recommendation"}
_LINE_STYLES = {
    "sender address": "sender",
    "date": "date",
    "recipient address": "addressee",
    "salutation": "salutation",
    "subject": "subject",
    "closing": "closing",
    "signature": "signatory",
    "signature after image": "signatory",
}
_REFERENCE_LABEL = "Our reference: "
_LETTERED = re.compile(r"\(?([a-z])(\1*)[).]?", re.IGNORECASE)


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
    before: BlockBuilder = field(init=False)
    after: BlockBuilder = field(init=False)
    response: BlockBuilder = field(init=False)

    def __post_init__(self) -> None:
        self.before, self.after, self.response = (BlockBuilder(self.notes) for _ in range(3))

    @property
    def body(self) -> BlockBuilder:
        """Where the next paragraph of the body goes: after the lettered list once that has begun."""
        return self.after if self.listed else self.before


def parts_of(file: WordFile) -> Parts:
    """Read a file's paragraphs and say which is what."""
    reader = ParagraphReader(file)
    paragraphs = reader.read()
    parts = Parts(reader.notes)
    _read_slots(file, parts)
    parts.ours = reader.styles.names >= _OUR_STYLES
    for paragraph in paragraphs:
        _take(parts, paragraph)
    return parts


def lines_of(paragraph: ReadParagraph) -> list[str]:
    """Return the lines of a paragraph of plain text, without empty ones."""
    return [line.strip() for line in paragraph.text.split("\n") if line.strip()]


def _take(parts: Parts, paragraph: ReadParagraph) -> None:
    if not paragraph.text.strip():
        return
    style = paragraph.style
    if style in _LINE_STYLES:
        getattr(parts, _LINE_STYLES[style]).extend(lines_of(paragraph))
    elif style == "recommendation" and paragraph.label is not None:
        take_recommendation(parts, paragraph)
    elif style == "copies to":
        _take_notice(parts, lines_of(paragraph))
    elif style == "response request":
        parts.response.add(paragraph)
    else:
        parts.body.add(paragraph)


def take_recommendation(parts: Parts, paragraph: ReadParagraph) -> None:
    """Add a recommendation to the lettered list."""
    label = paragraph.label.text if paragraph.label else ""
    found = _LETTERED.fullmatch(label.strip())
    letter = (found[1] + found[2]).lower() if found else label
    parts.listed.append((letter, tidy_spans(paragraph.spans)))


def _take_notice(parts: Parts, lines: list[str]) -> None:
    label, *names = lines
    (parts.enclosures if label.lower().startswith("encl") else parts.copies).extend(names)


def _read_slots(file: WordFile, parts: Parts) -> None:
    found: dict[str, str] = {}
    for relation in file.relations(file.main).values():
        if relation.kind in ("header", "footer") and not relation.external:
            for control in file.xml(relation.target).iter(f"{_W}sdt"):
                slot, text = slot_of(control), _text_of(control)
                if slot and text:
                    found.setdefault(slot, text)
    parts.draft = "draft" in found
    parts.slots = {
        "classification": found.get("marking", ""),
        "organisation": found.get("organisation", ""),
        "unit": found.get("unit", ""),
        "reference": found.get("reference", "").removeprefix(_REFERENCE_LABEL),
    }


def _text_of(element: etree._Element) -> str:
    return "".join(node.text or "" for node in element.iter(f"{_W}t")).strip()
