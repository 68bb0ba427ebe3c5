"""A letter and a cover sheet to look at a letterhead with: invented, and said to be so on every page."""

from datetime import UTC, datetime

from tracker.documents.model import CoverSheet, Letter, LetterRecommendation, Meta, ReportedRecommendation

_STAMP = datetime(2000, 1, 1, tzinfo=UTC)
_REFERENCE = "SPECIMEN"

_BODY = """\
This is a **specimen**. It was written by nobody and goes to nobody; it shows how a letter looks on this letterhead.

## A main heading

A paragraph of ordinary text runs over several lines, so that the space between the lines can be judged, and the width \
of the page. Words can be **bold**, in *italics*, or a [link](https://www.example.org).

- A list with bullets
  - has a second level,
  - and more than one item;
- and goes on.

### A sub-heading

1. Numbered items
2. follow one another.

{recommendations}

A last paragraph follows the recommendations.
"""


def specimen_letter() -> Letter:
    """Return an invented letter with a bit of everything that a letter may hold."""
    return Letter(
        meta=Meta(title="Specimen letter", author="Taskforce secretariat", stamp=_STAMP, subject=_REFERENCE),
        organisation="Specimen organisation",
        unit="Specimen taskforce",
        classification="SPECIMEN",
        reference=_REFERENCE,
        sender_address=("Specimen House", "1 Example Street", "Exampletown", "EX1 1AA"),
        date_text="1 January 2000",
        addressee=("Dr Ann Example", "Senior Responsible Owner", "Specimen Programme"),
        salutation="Dear Dr Example",
        subject="Specimen: how a letter looks on this letterhead",
        body=_BODY,
        recommendations_heading="Recommendations",
        recommendations=(
            LetterRecommendation("a", "**A short title:** the first recommendation of this specimen."),
            LetterRecommendation(
                "b",
                "The second, which has no title.\\\n*We will know it is done when:* it stands under the first; "
                "it is lettered (b).",
            ),
        ),
        response_request="We would be grateful for no response, because this is a **specimen**.",
        closing="Yours sincerely",
        signatory=("A. N. Example", "Chair, Specimen Taskforce"),
        copies_to=("Somebody Else, Specimen Programme",),
        enclosures=("A specimen enclosure",),
        draft=True,
    )


def specimen_cover_sheet() -> CoverSheet:
    """Return an invented cover sheet with a bit of everything that one may hold."""
    return CoverSheet(
        meta=Meta(title="Specimen board paper", author="Taskforce secretariat", stamp=_STAMP, subject=_REFERENCE),
        organisation="Specimen organisation",
        classification="SPECIMEN",
        paper_reference=_REFERENCE,
        title="Specimen: how a board paper looks on this letterhead",
        lead_directors=("Dr Ann Example, Director of Specimens",),
        purpose="This is a **specimen**, written by nobody. A numbered list in a table:\n\n1. the first item;\n"
        "2. the second.",
        decision_for="Information",
        involvement="A list with bullets in a table:\n\n- the first item;\n- the second.",
        duty_label="Specimen duty",
        duty="No duty applies to a *specimen*.",
        invited_to=("Look at the letterhead;", "Agree that it may be used."),
        authors=("A. N. Example",),
        recommendations=(
            ReportedRecommendation(
                "SPECIMEN(a)", "**A short title:** an invented recommendation.", "Specimen", "Closed", "1 Jan 2000"
            ),
            ReportedRecommendation("SPECIMEN(b)", "Another, without a date.", "Specimen", "Open", ""),
        ),
        draft=True,
    )
