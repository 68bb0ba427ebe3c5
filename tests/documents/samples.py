"""One letter and one cover sheet, with a bit of everything in them."""

import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tracker.documents import CoverSheet, Letter, LetterRecommendation, Meta, ReportedRecommendation

META = Meta(
    title="Letter to the Cancer Programme",
    author="Empowering People and Communities Taskforce",
    stamp=datetime(2017, 12, 29, 9, 30, tzinfo=UTC),
    subject="EPC-L01",
    keywords="cancer, participation",
)

LETTER_BODY = """\
Thank you for asking Chris Harrison and Jo Cottam to present your team's work at our taskforce on 12 December 2017.

The remit of my taskforce covers the *participation* of patients and communities in decision-making, the quality of
patient experience and partnership working with the **voluntary sector**. The
[cancer strategy](https://www.england.nhs.uk/cancer/strategy/) was, therefore, of great interest to us.

## What we heard

We welcome the work on measuring experience, for example:

- the Faster Diagnosis Standard, which will reduce the period of greatest anxiety;
- a quality of life metric, which
  - counts life with and beyond cancer, and
  - is new.

Three matters remain:

1. outcomes that are poorer for some groups;
2. the cost of wigs & prosthetics (R&D < 5% of it);

   and who pays it;
3. what alliances are asked to do.

### What we ask

Please tell us how the alliances report on diversity, recommendation (b).

{recommendations}

Emma will provide the full notes of the workshop to Jo.
"""

LETTER = Letter(
    meta=META,
    organisation="NHS England",
    unit="Empowering People and Communities Taskforce",
    classification="OFFICIAL",
    reference="EPC-L01",
    sender_address=("Nursing Directorate", "NHS England", "Quarry House", "Quarry Hill", "", "Leeds", "LS2 7UE"),
    date_text="29 December 2017",
    addressee=("Cally Palmer", "SRO", "Cancer Programme"),
    salutation="Dear Cally",
    subject="Cancer Programme: what our workshop heard",
    body=LETTER_BODY,
    recommendations_heading="Recommendations",
    recommendations=(
        LetterRecommendation("a", "**Health inequalities:** how the programme is narrowing the inequalities."),
        LetterRecommendation("c", "**Expectations of alliances:** how involving patients is a criterion of success."),
        LetterRecommendation("d", "**Next steps:** when the [dashboard](https://example.org/d?a=1&b=2) is published."),
    ),
    response_request="We would be grateful for your response to each of these by **2 February 2018**.",
    closing="Best wishes for the continued success of the programme.",
    signatory=("Lord Victor Adebowale", "Taskforce Chair", "Non-Executive Director, NHS England"),
    copies_to=("Chris Harrison", "Jo Cottam"),
    enclosures=("Notes of the workshop of 12 December 2017",),
)

COVER_SHEET = CoverSheet(
    meta=replace(META, title="Progress report from the taskforce", subject="PB.08.02.2018/05"),
    organisation="NHS England",
    classification="OFFICIAL",
    paper_reference="PB.08.02.2018/05",
    title="Progress report from the Empowering People and Communities Taskforce",
    lead_directors=("Jane Cummings, Chief Nursing Officer",),
    purpose="A status update on the taskforce's work so far, and next:\n\n1. to develop *objectives*;\n2. to act.",
    decision_for="Decision",
    involvement=(
        "How have you involved patients and the public in this work?\n\n"
        "- Each meeting follows a workshop with patients, carers and voluntary organisations in the room.\n"
        "- Social-media conversations run alongside."
    ),
    duty_label="Section 13Q duty to involve",
    duty="The duty under section 13Q of the National Health Service Act 2006 has been considered. It **applies**.",
    invited_to=("Note the work of the taskforce to date;", "Agree to publish the dashboard each July."),
    authors=("Head of Voluntary Partnerships", "Director of Experience"),
    recommendations=(
        ReportedRecommendation(
            "EPC-L01(a)",
            "**Health inequalities:** how the national programme and the alliances are narrowing the inequalities.",
            "Cancer",
            "Awaiting answer",
            "2 Feb 2018",
        ),
        ReportedRecommendation(
            "EPC-L01(c)", "**Expectations:** how involvement is a criterion.", "Cancer", "Closed", ""
        ),
    ),
)


def letter(**changes: Any) -> Letter:
    """The sample letter with `changes`."""
    return replace(LETTER, **changes)


def cover_sheet(**changes: Any) -> CoverSheet:
    """The sample cover sheet with `changes`."""
    return replace(COVER_SHEET, **changes)


def png(width: int = 300, height: int = 80) -> bytes:
    """A PNG with a dark line across white."""
    rows = b"".join(
        b"\0" + bytes(0 if abs(row - height // 2) < 3 else 255 for _ in range(width)) for row in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
