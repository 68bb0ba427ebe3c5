"""A letter's rows as the plain data that `tracker.documents` writes and the preview shows: one source for both."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from tracker.documents import Letter as Document
from tracker.documents import LetterRecommendation as Listed
from tracker.documents import Meta, write_letter
from tracker.letterheads import queries as letterheads
from tracker.letters.content import Content, plain, response_request
from tracker.letters.models import Letter, LetterVersion
from tracker.letters.rules import Placement
from tracker.passages.rules import fill

# What a draft shows where issuing fills something in, so that nothing is sent that nobody read.
DATE_SLOT = "[Date of issue]"
REFERENCE_SLOT = "[reference]"
DUE_SLOT = "[response due]"
_NAME = re.compile(r"draft ([0-9]{1,9}),? version ([0-9]{1,9})")


@dataclass(frozen=True)
class Slots:
    """What issuing fills in: no part of what is approved."""

    reference: str = ""
    letter_date: date | None = None
    due_on: date | None = None
    due_stated: str = ""


@dataclass(frozen=True)
class Picture:
    """The signature that prints over the signatory's name: a PNG, and what it shows in words."""

    png: bytes
    alt: str


def slot_values(slots: Slots) -> dict[str, str]:
    """What the fields that issuing fills in say: in brackets while they have nothing to say."""
    due = slots.due_stated or (plain(slots.due_on) if slots.due_on else DUE_SLOT)
    day = plain(slots.letter_date) if slots.letter_date else "[date of letter]"
    return {"response due": due, "date of letter": day, "reference": slots.reference or REFERENCE_SLOT}


def slots_of(letter: Letter) -> Slots:
    """The slots as they are now: planned until the letter is issued."""
    return Slots(letter.reference or "", letter.letter_date, letter.response_due_on, letter.response_due_stated)


def as_document(
    content: Content, slots: Slots, *, stamp: datetime, draft: bool, signature: Picture | None = None
) -> Document:
    """The letter as it prints. `stamp` is the time of the text, not of writing the file."""
    listed = tuple(
        Listed(part, replace(ask, text=content.filled(ask.text)).printed())
        for part, ask in zip(content.parts, content.recommendations, strict=True)
        if ask.placement is Placement.LISTED
    )
    title = content.subject or "Letter to " + ", ".join(content.addressee[:1])
    return Document(
        meta=Meta(title=title, author=content.unit, stamp=stamp, subject=slots.reference),
        organisation=content.organisation,
        unit=content.unit,
        classification=content.classification,
        reference=slots.reference or (REFERENCE_SLOT if draft else ""),
        sender_address=content.sender_address,
        date_text=plain(slots.letter_date) if slots.letter_date else DATE_SLOT,
        addressee=content.addressee,
        salutation=content.salutation,
        subject=content.subject,
        corrects=content.corrects,
        body=fill(content.body, dict(content.fields) | slot_values(slots)),
        recommendations=listed,
        response_request=response_request(
            slots.due_on, slots.due_stated or (DUE_SLOT if draft and not slots.due_on else "")
        ),
        closing=content.closing,
        signatory=content.signatory,
        recommendations_heading="Recommendations" if listed else "",
        signature_png=signature.png if signature else None,
        signature_alt=signature.alt if signature else "",
        copies_to=content.copies,
        draft=draft,
    )


def document_of(version: LetterVersion, slots: Slots, *, draft: bool, signature: Picture | None = None) -> Document:
    """One version of a letter with these slots."""
    return as_document(version.words, slots, stamp=version.made_at, draft=draft, signature=signature)


def write(version: LetterVersion, slots: Slots, *, draft: bool, signature: Picture | None = None) -> bytes:
    """A Word document on the version's own letterhead; the same version, slots and signature give the same bytes.

    A draft says in its keywords which version it is, so that it is known again when it comes back from Word.
    """
    document = document_of(version, slots, draft=draft, signature=signature)
    if draft:
        document = replace(document, meta=replace(document.meta, keywords=name_of(version)))
    return write_letter(document, letterheads.reference(version.words.letterhead))


def name_of(version: LetterVersion) -> str:
    """What a downloaded draft says of itself: "draft 12 version 3", without a comma, which LibreOffice drops."""
    return f"draft {version.letter_id} version {version.number}"


def version_named(words: str) -> tuple[int, int] | None:
    """(letter's id, number of the version) of what `name_of` wrote; None for anything else."""
    found = _NAME.fullmatch(words.strip())
    return (int(found[1]), int(found[2])) if found else None
