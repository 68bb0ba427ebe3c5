"""A draft that was edited in Word, as the content of a letter again: what nobody touched there stays as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tracker.documents import ReadLetter, ReadRecommendation, plain_text
from tracker.letters.content import Ask, Content
from tracker.letters.rules import AskKind, Placement
from tracker.word_letters.matching import match
from tracker.word_letters.words import body_back, passage_back, text_back

# What the writing page takes, in characters (letters/forms.py).
LONGEST_LINE, LONGEST_LINES, LONGEST_TEXT, LONGEST_BODY = 200, 1000, 20_000, 50_000
LONGEST_NAMED = 1000  # of a text that a message names; it shows less


@dataclass(frozen=True)
class Taken:
    """The content as it was edited, and what could not be taken over, in whole sentences."""

    content: Content
    problems: tuple[str, ...]


# What the parts of a recommendation that stand in Word are called in a message.
ASK_PARTS = {"title": "title", "text": "its words", "success": "how we will know it is done"}
# (attribute here, in Word, name on the page, longest)
_LINES = (
    ("sender_address", "sender_address", "Sender address", LONGEST_LINES),
    ("addressee", "addressee", "Addressee", LONGEST_LINES),
    ("signatory", "signatory", "Signatory", LONGEST_LINES),
    ("copies", "copies_to", "Copies to", LONGEST_LINES),
)
_TEXTS = (
    ("classification", "Security classification", LONGEST_LINE),
    ("salutation", "Salutation", LONGEST_LINE),
    ("subject", "Subject", LONGEST_LINE),
    ("closing", "Closing", LONGEST_LINE),
)
# What is not written in the letter but filled in: (attribute in Word, what happened to it).
_SLOTS = (
    ("organisation", "The organisation was changed to “{}”. It is the board’s, so it stays as it is"),
    ("unit", "The taskforce was changed to “{}”. It is called as in its record, so it stays as it is"),
    ("reference", "The reference was changed to “{}”. It is given at issue, so it stays as it is"),
    ("date_text", "The date was changed to “{}”. It is set on the writing page, so it stays as it is"),
    ("response_request", "The sentence that asks for a response was changed to “{}”. Set the response due instead"),
    ("recommendations_heading", "The heading above the list was changed to “{}”. It stays as it is"),
)


def take(base: Content, sent: ReadLetter, read: ReadLetter) -> Taken:
    """What `base` became in Word. `sent` is what its untouched file reads as, `read` what came back."""
    fields = dict(base.fields)
    problems = [*read.problems, *_slots(sent, read)]
    changed: dict[str, tuple[str, ...] | str] = {}
    for name, there, said, longest in _LINES:
        was, now = getattr(sent, there), getattr(read, there)
        back = text_back("\n".join(getattr(base, name)), "\n".join(was), "\n".join(now), fields)
        if was != now and not (why_not := _why_not(said, back, longest, read.ours)):
            changed[name] = tuple(back.splitlines())
        elif was != now:
            problems.append(why_not)
    for name, said, longest in _TEXTS:
        was, now = getattr(sent, name), getattr(read, name)
        back = text_back(getattr(base, name), was, now, fields)
        if was != now and not (why_not := _why_not(said, back, longest, read.ours)):
            changed[name] = back
        elif was != now:
            problems.append(why_not)
    body = body_back(base.body, sent.body, read.body, fields)
    if len(body) > LONGEST_BODY:
        problems.append(_too_long("Letter", len(body), LONGEST_BODY))
        body = base.body
    asks = _in_order(base, _listed(base, sent, read, fields, problems), body, problems)
    return Taken(replace(base, **changed, body=body, recommendations=asks), tuple(problems))  # type: ignore[arg-type]


def _why_not(said: str, text: str, longest: int, ours: bool) -> str:
    """Why a part is left as it was, or ""."""
    if len(text) > longest:
        return _too_long(said, len(text), longest)
    if not text and not ours:
        return f"{said}: not found in the document, so it stays as it is."
    return ""


def _too_long(said: str, length: int, longest: int) -> str:
    return f"{said}: {length:,} characters in the document and {longest:,} at most here, so it stays as it is."


def _slots(sent: ReadLetter, read: ReadLetter) -> Iterator[str]:
    if not read.ours:
        yield "The document has lost the styles of our letters, so its parts were told by their looks. Check each part."
    for name, said in _SLOTS:
        was, now = getattr(sent, name), getattr(read, name)
        if was != now and (now or read.ours):
            yield said.format(_short_words(now) or "nothing") + "."
    if read.enclosures != sent.enclosures:
        yield f"Enclosures were left out: “{_short_words('; '.join(read.enclosures))}”."


def part_of(ask: Ask, name: str) -> str:
    """What a part of a recommendation is called in a message."""
    return f"Recommendation “{_short_words(ask.title or ask.text)}”, {ASK_PARTS[name]}"


def _short_words(text: str) -> str:
    """The beginning of a text as it prints, in one line: for a message that names it."""
    line = " ".join(plain_text(text[:LONGEST_NAMED]).split())
    return line if len(line) <= 160 else line[:159] + "…"


def _listed(
    base: Content, sent: ReadLetter, read: ReadLetter, fields: Mapping[str, str], problems: list[str]
) -> list[Ask]:
    """The recommendations of the list in their order in Word, each with the identity that it had here."""
    asks = [ask for ask in base.recommendations if ask.placement is Placement.LISTED]
    found = []
    for one, was in zip(read.recommendations, match(sent.recommendations, read.recommendations), strict=True):
        if was is None or was >= len(asks):
            found.append(_fitting(new_ask(one), problems))
        else:
            back = _back(asks[was], sent.recommendations[was], one, fields)
            found.append(_fitting(back, problems, asks[was]))
    return found


def new_ask(one: ReadRecommendation) -> Ask:
    """A recommendation of a Word letter that is none of the draft's."""
    return Ask(0, Placement.LISTED, AskKind.RECOMMENDATION, one.title, one.text, "", one.success)


def _back(ask: Ask, sent: ReadRecommendation, one: ReadRecommendation, fields: Mapping[str, str]) -> Ask:
    if one.printed == sent.printed:
        return ask
    if sent.title != ask.title.rstrip(":.") or sent.success.count("\n") != max(0, len(ask.success_items) - 1):
        # It was not taken apart as it was put together, so it comes back whole.
        return replace(ask, title="", text=" ".join(one.printed.replace("\\\n", " ").split()), success="")
    return replace(
        ask,
        title=ask.title if one.title == sent.title else one.title,
        text=text_back(ask.text, sent.text, one.text, fields),
        success=ask.success if one.success == sent.success else one.success,
    )


def _fitting(ask: Ask, problems: list[str], old: Ask | None = None) -> Ask:
    """The recommendation; what is too long for the writing page stays as it was (a new one: as much as fits)."""
    limits = (("title", LONGEST_LINE), ("text", LONGEST_TEXT), ("success", LONGEST_TEXT))
    for name, longest in limits:
        text = getattr(ask, name)
        if len(text) > longest:
            problems.append(_too_long(part_of(ask, name), len(text), longest))
            ask = replace(ask, **{name: getattr(old, name) if old else text[:longest]})
    return ask


def _in_order(base: Content, listed: list[Ask], body: str, problems: list[str]) -> tuple[Ask, ...]:
    """All recommendations: those in the text keep their places among the listed ones, and follow the text's words."""
    waiting, found = list(listed), []
    for ask in base.recommendations:
        if ask.placement is Placement.LISTED:
            found += [waiting.pop(0)] if waiting else []
            continue
        passage = ask.text if body == base.body else passage_back(base.body, body, ask.text)
        if passage is None and passage_back(base.body, base.body, ask.text) is not None:
            what = _short_words(ask.title or ask.text)
            problems.append(f"The words of the recommendation “{what}” are no longer in the text.")
        found.append(replace(ask, text=passage) if passage else ask)
    return (*found, *waiting)
