"""Word in: a letter's Word file read back.

Our own file, also as LibreOffice saves it, comes back exactly, by the names of its styles. Any other letter is read by
its looks and its words: a proposal that a person confirms. What cannot be read back is named in `problems`, never
silently dropped.
"""

from dataclasses import dataclass

from tracker.documents.letter import write_letter
from tracker.documents.markup import Span
from tracker.documents.markup_write import escape_markup, inline_markdown, to_markdown
from tracker.documents.model import Letter
from tracker.documents.reading_letter import Parts
from tracker.documents.reading_parts import parts_of
from tracker.documents.untrusted import TOO_MUCH, BadFile, WordFile, open_word

__all__ = ["BadFile", "ReadLetter", "ReadRecommendation", "as_read", "escape_markup", "read_letter"]

# A letter of 500 pages has under 4,000,000 characters, and hardly one of these signs in a hundred.
_MOST_TEXT, _MOST_SIGNS, _SIGNS = 5_000_000, 20_000, "\\`*_[]<>&!#~"
_KNOWN_WHEN = "We will know it is done when:"


@dataclass(frozen=True)
class ReadRecommendation:
    """A recommendation of the lettered list.

    `printed` is its whole inline Markdown, as `LetterRecommendation.text` has it; `title` (plain text), `text` (inline
    Markdown on one line) and `success` (plain text, one sign a line) are the same taken apart.
    """

    letter: str
    printed: str
    title: str
    text: str
    success: str


@dataclass(frozen=True)
class ReadLetter:
    """What a Word file says, field by field as `Letter` has them; an empty value was not found.

    `body` is Markdown, with a line `{recommendations}` where the lettered list stands; `recommendations_heading` is
    the heading right above the list and no part of `body`. `problems` says in whole sentences what could not be read
    back. `ours` is whether the file was read by our own styles, exactly, and not by its looks.
    """

    classification: str = ""
    organisation: str = ""
    unit: str = ""
    reference: str = ""
    sender_address: tuple[str, ...] = ()
    date_text: str = ""
    addressee: tuple[str, ...] = ()
    salutation: str = ""
    subject: str = ""
    body: str = ""
    recommendations_heading: str = ""
    recommendations: tuple[ReadRecommendation, ...] = ()
    response_request: str = ""
    closing: str = ""
    signatory: tuple[str, ...] = ()
    copies_to: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()
    draft: bool = False
    ours: bool = False
    problems: tuple[str, ...] = ()


def read_letter(content: bytes) -> ReadLetter:
    """Read a letter from a Word file. Raises BadFile, with the reason, for a file that cannot be read at all."""
    file = open_word(content)
    _check_text(file)
    return _read(file)


def _check_text(file: WordFile) -> None:
    """Raises BadFile for a text that would take minutes: each sign that means something in Markdown is escaped."""
    text = str(file.xml(file.main).xpath("string()"))
    if len(text) > _MOST_TEXT or sum(map(text.count, _SIGNS)) > _MOST_SIGNS:
        raise BadFile(TOO_MUCH)


def _read(file: WordFile) -> ReadLetter:
    parts = parts_of(file)
    return ReadLetter(
        **parts.slots,
        sender_address=tuple(parts.sender),
        date_text=" ".join(parts.date),
        addressee=tuple(parts.addressee),
        salutation=" ".join(parts.salutation),
        subject=" ".join(parts.subject),
        body=_body(parts),
        recommendations_heading=parts.list_heading,
        recommendations=tuple(_recommendation(letter, spans) for letter, spans in parts.listed),
        response_request=to_markdown(parts.response.blocks()),
        closing=" ".join(parts.closing),
        signatory=tuple(parts.signatory),
        copies_to=tuple(parts.copies),
        enclosures=tuple(parts.enclosures),
        draft=parts.draft,
        ours=parts.ours,
        problems=parts.notes.sentences(),
    )


def as_read(letter: Letter) -> ReadLetter:
    """Return what `read_letter` makes of this letter's own, untouched file: what an edited one is compared with."""
    return _read(open_word(write_letter(letter)))


def _body(parts: Parts) -> str:
    before, after = (to_markdown(blocks.blocks()) for blocks in (parts.before, parts.after))
    place = "{recommendations}" if parts.listed else ""
    return "\n\n".join(piece for piece in (before, place, after) if piece)


def _recommendation(letter: str, spans: tuple[Span, ...]) -> ReadRecommendation:
    printed = inline_markdown(spans)
    rest = list(spans)
    title = ""
    if rest and rest[0].bold and not rest[0].italic and not rest[0].href and rest[0].text.endswith(":"):
        title = rest.pop(0).text.removesuffix(":").strip()
    success: list[str] = []
    for index, span in enumerate(rest):
        if span.italic and span.text.strip() == _KNOWN_WHEN and (index == 0 or rest[index - 1].text.endswith("\n")):
            known = "".join(one.text for one in rest[index + 1 :]).strip().removesuffix(".")
            success = [item.strip() for item in known.split("; ") if item.strip()]
            rest = rest[:index]
            break
    one_line = tuple(Span(span.text.replace("\n", " "), span.bold, span.italic, span.href) for span in rest)
    return ReadRecommendation(letter, printed, title, inline_markdown(one_line), "\n".join(success))
