"""What the writers take: plain frozen data, no database rows, no request, no clock."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Meta:
    """The document's own properties. `stamp` is the record's time (aware), never the time of writing."""

    title: str
    author: str
    stamp: datetime
    subject: str = ""
    keywords: str = ""


@dataclass(frozen=True)
class LetterRecommendation:
    """One listed recommendation: its letter ("a") and its text (inline Markdown)."""

    letter: str
    text: str


@dataclass(frozen=True)
class Letter:
    """A letter as it will print.

    `body` is Markdown; a line that is only `{recommendations}` says where the lettered list stands, and
    without one the list follows the body. `corrects` is the sentence (plain text) of a correction, which stands before
    the body. `recommendations` holds the listed ones only, in order: those that
    stand in the prose are already in `body`, so the letters may have gaps. An empty value prints nothing.
    """

    meta: Meta
    organisation: str
    unit: str
    classification: str
    reference: str
    sender_address: tuple[str, ...]
    date_text: str
    addressee: tuple[str, ...]
    salutation: str
    subject: str
    body: str
    recommendations: tuple[LetterRecommendation, ...]
    response_request: str
    closing: str
    signatory: tuple[str, ...]
    recommendations_heading: str = ""
    signature_png: bytes | None = None
    signature_alt: str = ""
    copies_to: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()
    corrects: str = ""
    draft: bool = False


@dataclass(frozen=True)
class ReportedRecommendation:
    """One row of the table "Recommendations reported on"; `text` is inline Markdown."""

    reference: str
    text: str
    programme: str
    status: str
    due: str


@dataclass(frozen=True)
class CoverSheet:
    """The cover sheet of a board paper.

    `purpose`, `involvement` and `duty` are Markdown. An empty `classification` prints no marking. Any other
    empty row of the sheet prints "Not stated", because the sheet is a form that a board reads row by row.
    """

    meta: Meta
    organisation: str
    classification: str
    paper_reference: str
    title: str
    lead_directors: tuple[str, ...]
    purpose: str
    decision_for: str
    involvement: str
    duty_label: str
    duty: str
    invited_to: tuple[str, ...]
    authors: tuple[str, ...]
    recommendations: tuple[ReportedRecommendation, ...] = ()
    draft: bool = False
