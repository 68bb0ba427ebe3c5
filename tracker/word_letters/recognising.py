"""What a Word letter fills a new letter with: pure decisions about names, dates and sentences."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from tracker.documents import ReadLetter, plain_text
from tracker.letters.content import Ask, Content
from tracker.word_letters.taking import new_ask

_NUMBERED = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")
_WRITTEN = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?([A-Za-z]{3,9})\.?,?\s+([0-9]{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BY = re.compile(r"\bby\s+(.{3,120}?)\s*\.?\s*$", re.DOTALL)
_NAME_LINES, _NAME_WORDS = 3, 8


def day_of(text: str) -> date | None:
    """The first date in a text, written (29 December 2017, 29th of December, 2017) or in numbers; None for none."""
    try:
        if found := _WRITTEN.search(text):
            month = found[2].lower()[:3]
            return date(int(found[3]), _MONTHS.index(month) + 1, int(found[1])) if month in _MONTHS else None
        if found := _NUMBERED.search(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None
    return None


def names_in(lines: tuple[str, ...]) -> list[str]:
    """Every run of two words or more in the first lines of an address, in lower case: one of them may be a name."""
    found: list[str] = []
    for line in lines[:_NAME_LINES]:
        words = line.replace(",", " ").casefold().split()[:_NAME_WORDS]
        found += [" ".join(words[a:b]) for a in range(len(words)) for b in range(a + 2, len(words) + 1)]
    return found


def due_of(request: str) -> tuple[date | None, str]:
    """(the day, the date as stated) by which a letter asks for a response."""
    found = _BY.search(plain_text(request))
    if not found:
        return None, ""
    day = day_of(found[1])
    return (day, "") if day else (None, " ".join(found[1].split()))


def content_of(read: ReadLetter, blank: Content) -> Content:
    """The words of a letter as they were read; what was not found is as in a `blank` letter."""
    body = read.body
    if read.response_request and due_of(read.response_request) == (None, ""):
        body = f"{body}\n\n{read.response_request}".strip()
    return replace(
        blank,
        sender_address=read.sender_address or blank.sender_address,
        classification=read.classification or blank.classification,
        addressee=read.addressee or blank.addressee,
        salutation=read.salutation or blank.salutation,
        subject=read.subject,
        body=body,
        recommendations=tuple(_ask(new_ask(one)) for one in read.recommendations),
        closing=read.closing or blank.closing,
        signatory=read.signatory or blank.signatory,
        copies=read.copies_to,
    )


def _ask(ask: Ask) -> Ask:
    """The recommendation; a lead-in too long for a title stands in its text."""
    return ask if len(ask.title) <= 200 else replace(ask, title="", text=f"**{ask.title}:** {ask.text}")
