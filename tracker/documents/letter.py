"""Writes a letter."""

import re

from tracker.documents import ooxml
from tracker.documents.body import IN_RESPONSE_REQUEST, DocumentBuilder
from tracker.documents.markup import split_at_recommendations
from tracker.documents.model import Letter, LetterRecommendation
from tracker.documents.reference import Reference, bundled

_SIGNATURE_HEIGHT = 16 * ooxml.EMU_PER_CM // 10
_SIGNATURE_WIDEST = 8 * ooxml.EMU_PER_CM
_LETTER = re.compile(r"([a-z])\1{0,24}")


def write_letter(letter: Letter, reference: Reference | None = None) -> bytes:
    """Return the letter as a Word document on `reference`, or else on the bundled one; the same gives the same bytes.

    Raises ValueError for a picture that is not a PNG, a stamp without a time zone, and a recommendation's letter
    that Word cannot count to (it goes a … z, aa, bb … zz).
    """
    builder = DocumentBuilder(reference or bundled("letter"))
    before, after = split_at_recommendations(letter.body)
    content = [
        builder.lines("Sender Address", letter.sender_address),
        builder.lines("Date", [letter.date_text]),
        builder.lines("Recipient Address", letter.addressee),
        builder.lines("Salutation", [letter.salutation]),
        builder.lines("Subject", [letter.subject]),
        builder.text("Body Text", letter.corrects),
        builder.markdown(before),
        _recommendations(builder, letter),
        builder.markdown(after),
        builder.markdown(letter.response_request, IN_RESPONSE_REQUEST),
        builder.lines("Closing", [letter.closing]),
        _signature(builder, letter),
        _notice(builder, "Copies to:", letter.copies_to),
        _notice(builder, "Enclosures:", letter.enclosures),
    ]
    slots = {
        "organisation": letter.organisation,
        "unit": letter.unit,
        "marking": letter.classification,
        "reference": f"Our reference: {letter.reference}" if letter.reference else "",
        "title": letter.subject,
        "date": letter.date_text,
    }
    return builder.finish("".join(content), slots, letter.meta, draft=letter.draft)


def _recommendations(builder: DocumentBuilder, letter: Letter) -> str:
    """Return the lettered list, starting anew wherever a letter stands in the prose instead."""
    if not letter.recommendations:
        return ""
    xml = [builder.heading(letter.recommendations_heading)]
    numbering = (0, 0)
    previous = None
    for recommendation in letter.recommendations:
        place = _place_of(recommendation)
        if previous is None or place != previous + 1:
            numbering = builder.start_list("Recommendation", place)
        xml.append(builder.inline("Recommendation", recommendation.text, numbering=numbering))
        previous = place
    return "".join(xml)


def _place_of(recommendation: LetterRecommendation) -> int:
    """Return the number that Word prints as the letter: a is 1, z is 26, aa is 27, bb is 28."""
    letter = recommendation.letter
    if not _LETTER.fullmatch(letter):
        raise ValueError(f"Word cannot count to the letter {letter!r}")
    return ord(letter[0]) - ord("a") + 1 + 26 * (len(letter) - 1)


def _signature(builder: DocumentBuilder, letter: Letter) -> str:
    if letter.signature_png is None:
        return builder.lines("Signature", letter.signatory)
    described = letter.signature_alt.strip() or " ".join(
        ["Signature", *(f"of {name}" for name in letter.signatory[:1])]
    )
    picture = builder.picture(
        "Signature Image", letter.signature_png, described, height=_SIGNATURE_HEIGHT, widest=_SIGNATURE_WIDEST
    )
    return picture + builder.lines("Signature After Image", letter.signatory)


def _notice(builder: DocumentBuilder, label: str, lines: tuple[str, ...]) -> str:
    return builder.lines("Copies To", [label, *lines]) if any(line.strip() for line in lines) else ""
