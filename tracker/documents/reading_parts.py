"""Which paragraph of a Word file is which part of a letter: by the names of our styles, where it has them."""

import re
from collections.abc import Sequence

from lxml import etree

from tracker.documents.markup_write import tidy_spans
from tracker.documents.ooxml import W
from tracker.documents.reading_foreign import take_foreign
from tracker.documents.reading_letter import Parts, lines_of
from tracker.documents.reading_notes import shortened_words
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
_MARKING = re.compile(r"OFFICIAL(?:[\s:\u2013-]+SENSITIVE.{0,40})?|(?:TOP )?SECRET|RESTRICTED|CONFIDENTIAL")
_FIXED = re.compile(r"page\s*\d*\s*(of\s*\d*)?", re.IGNORECASE)


def parts_of(file: WordFile) -> Parts:
    """Read a file's paragraphs and say which is what."""
    reader = ParagraphReader(file)
    paragraphs = reader.read()
    parts = Parts(reader.notes)
    if file.has_macros:
        parts.notes.add("macros")
    _read_slots(file, parts)
    own = _LINE_STYLES.keys() | {"recommendation", "copies to", "response request", "body text"}
    parts.ours = reader.styles.names >= _OUR_STYLES and any(
        paragraph.style in own for paragraph in paragraphs if paragraph.text.strip()
    )
    if parts.ours:
        _take_ours(parts, paragraphs)
    else:
        _read_headers(file, parts)
        take_foreign(parts, paragraphs)
    return parts


def _take_ours(parts: Parts, paragraphs: Sequence[ReadParagraph]) -> None:
    top = max((index for index, one in enumerate(paragraphs) if one.style in ("salutation", "subject")), default=-1)
    for index, paragraph in enumerate(paragraphs):
        if paragraph.text.strip():
            _take(parts, paragraph, above=index < top)


def _take(parts: Parts, paragraph: ReadParagraph, *, above: bool) -> None:
    style = paragraph.style
    if style in _LINE_STYLES:
        getattr(parts, _LINE_STYLES[style]).extend(lines_of(paragraph))
    elif style == "recommendation":
        _take_recommendation(parts, paragraph)
    elif style == "copies to":
        _take_notice(parts, lines_of(paragraph))
    elif style == "response request" or (parts.response.blocks() and not parts.closing):
        parts.response.add(paragraph)
    else:
        if above or parts.closing:
            where = "above the salutation" if above else "below the closing"
            near = shortened_words(paragraph.text)
            parts.notes.say(f"A paragraph {where} is no part of a letter: it was put into the body (“{near}”).")
        parts.body.add(paragraph)


def _take_notice(parts: Parts, lines: list[str]) -> None:
    """Take who gets copies, or what is enclosed: the first line says which, and without one it goes on as before."""
    label = lines[0].rstrip(":").lower()
    if label in ("copies to", "enclosures"):
        parts.notices = parts.copies if label == "copies to" else parts.enclosures
        lines = lines[1:]
    parts.notices.extend(lines)


def _take_recommendation(parts: Parts, paragraph: ReadParagraph) -> None:
    label = paragraph.label.text if paragraph.label else ""
    found = _LETTERED.fullmatch(label.strip())
    if not parts.listed:
        parts.list_heading = parts.before.take_heading()
    if parts.after.blocks():
        parts.notes.say(
            f"Text between the recommendations was put after them (before “{shortened_words(paragraph.text)}”)."
        )
    if not found:
        parts.notes.say(f"A recommendation has no letter: “{shortened_words(paragraph.text)}”.")
    parts.listed.append(((found[1] + found[2]).lower() if found else "", tidy_spans(paragraph.spans)))


def _read_slots(file: WordFile, parts: Parts) -> None:
    found: dict[str, str] = {}
    for part in _header_parts(file):
        for control in file.xml(part).iter(f"{_W}sdt"):
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


def _header_parts(file: WordFile) -> list[str]:
    relations = file.relations(file.main).values()
    return [one.target for one in relations if one.kind in ("header", "footer") and not one.external]


def _read_headers(file: WordFile, parts: Parts) -> None:
    """Take the marking from somebody else's header or footer, and name what else is said there."""
    said: list[str] = []
    for part in _header_parts(file):
        for paragraph in file.xml(part).iter(f"{_W}p"):
            text = " ".join(_text_of(paragraph).split())
            if _MARKING.fullmatch(text):
                parts.slots["classification"] = parts.slots["classification"] or text
            elif text and not _FIXED.fullmatch(text) and text not in said:
                said.append(text)
    for text in said:
        parts.notes.add("header", text)
