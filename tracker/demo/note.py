"""The file that stands where the real letter's own would: a note that says where the letter is printed."""

from __future__ import annotations

from datetime import UTC, datetime

from tracker.demo import first_cycle as facts
from tracker.documents import Letter, Meta, write_letter


def note_in_place_of_letter() -> bytes:
    """A Word file that claims to be nothing but a note."""
    meta = Meta(title="Note in place of a letter", author="Taskforce Tracker", stamp=datetime(2018, 2, 8, tzinfo=UTC))
    date_text = f"{facts.LETTER_DATE.day} {facts.LETTER_DATE:%B %Y}"
    body = (
        f"The letter of {date_text} to {facts.SRO[0]} is printed as appendix 2 of board paper {facts.PAPER_REFERENCE}. "
        "This demonstration does not hold it: this note stands in its place. What the letter asked for is recorded "
        "beside it, in other words than the letter’s own."
    )
    return write_letter(
        Letter(
            meta=meta,
            organisation="",
            unit="Taskforce Tracker: demonstration",
            classification=facts.LETTER_CLASSIFICATION,
            reference="EPC-L01",
            sender_address=(),
            date_text=date_text,
            addressee=(),
            salutation="",
            subject="Note in place of a letter",
            body=body,
            recommendations=(),
            response_request="",
            closing="",
            signatory=(),
        )
    )
