"""Which paragraph of somebody else's Word letter is which part of a letter: by its looks, its place and its words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracker.documents.markup import Span
from tracker.documents.markup_write import tidy_spans
from tracker.documents.reading_letter import Parts, lines_of, take_notice
from tracker.documents.reading_notes import shortened_words
from tracker.documents.reading_paragraphs import ReadParagraph
from tracker.documents.reading_styles import Label

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    rf"(?:date\s*:?\s*)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTHS})[a-z]*\.?,?\s+\d{{4}}|(?:{_MONTHS})[a-z]*\.?\s+\d{{1,2}},?\s+\d{{4}}|"
    rf"\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\[date[^\]]*\])",
    re.IGNORECASE,
)
_SALUTATION = re.compile(r"(?:dear|annwyl|to whom it may concern|good (?:morning|afternoon))\b.{0,90}", re.IGNORECASE)
_CLOSING = re.compile(
    r"(?:yours(?: (?:sincerely|faithfully|truly|ever|aye))?|(?:yours )?sincerely|(?:kind )?regards|"
    r"(?:with )?(?:my |our )?(?:very )?(?:best|kind|kindest|warm|warmest|every good) (?:wishes|regards|wish)|"
    r"yn gywir|yr eiddoch yn gywir)\b[^.]{0,40}\.?",
    re.IGNORECASE,
)
_MARKING = re.compile(
    r"(?:OFFICIAL(?:[\s:\u2013-]+SENSITIVE.{0,40})?|(?:TOP )?SECRET|RESTRICTED|CONFIDENTIAL|UNCLASSIFIED|IN CONFIDENCE)"
)
_REFERENCE = re.compile(r"(?:our )?ref(?:erence)?\s*(?:no)?\.?\s*:\s*(\S.*)", re.IGNORECASE)
_SUBJECT = re.compile(r"(?:re|subject)\s*[:.\u2013-]\s*(\S.*)", re.IGNORECASE | re.DOTALL)
_NOTICE = re.compile(
    r"(?:cc|c\.c\.|bcc|copy|copies|copied|enc|encl|encs|enclosures?|attachments?)\b.{0,40}?(?::|$|\s)", re.IGNORECASE
)
_RESPONSE = re.compile(r"\b(?:respon[sd]e?|reply|hear from you)\b.{0,120}\bby\b.{0,60}\d", re.IGNORECASE | re.DOTALL)
_ASKS = re.compile(r"\brecommend|\bwe ask\b|\bask (?:you|that|the)\b|\bfurther consideration\b", re.IGNORECASE)
_TYPED = re.compile(
    r"\s{0,40}(?:\(?(?P<label>[a-z]|[ivx]{2,4}|\d{1,2})[.)]|(?P<bullet>[\u2022\u00b7\u25aa\u25cf\u2013\u2014*-]))"
    r"[ \t\u00a0]+(?=\S)"
)
_ENDS_SENTENCE = (".", ",", ";", ":")
_LONGEST_HEADING = 90
_LONGEST_ADDRESS_LINE = 70
_MOST_SIGNATORY_LINES = 8
_BROKEN = re.compile(r"(?<![ \t])[ \t]*\n[ \t]*\n\s*")


@dataclass
class _Group:
    """List items in a row: the places of the first and last, and whether they are lettered or asked for."""

    first: int
    last: int
    lettered: bool
    asked: bool


def take_foreign(parts: Parts, paragraphs: Sequence[ReadParagraph]) -> None:
    """Say which paragraph is which, and what was not found."""
    laid = _laid_out(paragraphs)
    salutations = [index for index, one in enumerate(laid) if _is_salutation(one)]
    start = salutations[0] if salutations else _end_of_address(laid)
    closings = [index for index, one in enumerate(laid) if index >= start and _is_closing(one)]
    end = closings[-1] if closings else len(laid)
    _take_front(parts, laid[:start])
    if salutations:
        parts.salutation = lines_of(laid[start])
        start += 1
    else:
        parts.notes.say("No “Dear …” was found: check where the address ends and the letter begins.")
    if len(salutations) > 1:
        second = shortened_words(laid[salutations[1]].text)
        parts.notes.say(f"There is a second salutation, “{second}”: all from there is in the body.")
    body = [one for one in laid[start:end] if one.text.strip()]
    _take_body(parts, _take_subject(parts, body))
    if closings:
        parts.closing = lines_of(laid[end])
        _take_tail(parts, laid[end + 1 :])
    elif laid:
        parts.notes.say("No closing such as “Yours sincerely” was found: check the end of the letter.")
    if not parts.listed:
        parts.notes.say("No list of recommendations was found.")


def _laid_out(paragraphs: Sequence[ReadParagraph]) -> list[ReadParagraph]:
    """Cut paragraphs that were laid out with line breaks: at blank lines, and around a salutation or a closing."""
    laid: list[ReadParagraph] = []
    for paragraph in paragraphs:
        if "\n" not in paragraph.text:
            laid.append(paragraph)
            continue
        for piece in _cut(paragraph, _BROKEN):
            lines = [line.strip() for line in piece.text.split("\n")]
            apart = any(_SALUTATION.fullmatch(line) or _CLOSING.fullmatch(line) for line in lines)
            apart = apart or sum(bool(_TYPED.match(line)) for line in lines) > 1
            laid += _cut(piece, re.compile(r"\n")) if apart else [piece]
            laid.append(ReadParagraph(()))
        laid.pop()
    return laid


def _cut(paragraph: ReadParagraph, where: re.Pattern[str]) -> list[ReadParagraph]:
    text, start = paragraph.text, 0
    pieces: list[ReadParagraph] = []
    for match in [*where.finditer(text), None]:
        stop = len(text) if match is None else match.start()
        spans = _part_of(paragraph.spans, start, stop)
        pieces.append(replace(paragraph, spans=spans, label=paragraph.label if not pieces else None))
        start = stop if match is None else match.end()
    return pieces


def _part_of(spans: Sequence[Span], start: int, stop: int) -> tuple[Span, ...]:
    kept, position = [], 0
    for span in spans:
        text = span.text[max(0, start - position) : max(0, stop - position)]
        if text:
            kept.append(replace(span, text=text))
        position += len(span.text)
    return tuple(kept)


def _is_salutation(paragraph: ReadParagraph) -> bool:
    return paragraph.style == "salutation" or bool(_SALUTATION.fullmatch(paragraph.text.strip()))


def _is_closing(paragraph: ReadParagraph) -> bool:
    if paragraph.label is not None or not paragraph.text.strip():
        return False
    return paragraph.style == "closing" or bool(_CLOSING.fullmatch(paragraph.text.strip()))


def _end_of_address(laid: Sequence[ReadParagraph]) -> int:
    """Where a letter without a salutation begins: after its date and the short lines around it."""
    last = 0
    for index, paragraph in enumerate(laid):
        lines = lines_of(paragraph)
        if paragraph.label is not None or any(
            len(line) > _LONGEST_ADDRESS_LINE or line.endswith(".") for line in lines
        ):
            break
        if any(_DATE.fullmatch(line) for line in lines):
            last = index + 1
        elif last and not lines and index > last:
            return index
    return last


def _take_front(parts: Parts, front: Sequence[ReadParagraph]) -> None:
    """Take the address blocks, the date, the marking and the reference above the salutation."""
    before: list[list[str]] = [[]]
    after: list[list[str]] = [[]]
    right: list[str] = []
    blocks, previous = before, None
    for paragraph in front:
        if not paragraph.text.strip() or (previous is not None and previous.inside != paragraph.inside):
            blocks.append([])
        previous = paragraph
        for line in lines_of(paragraph):
            found = _REFERENCE.fullmatch(line)
            if _DATE.fullmatch(line) and not parts.date:
                parts.date = [re.sub(r"^date\s*:?\s*", "", line, flags=re.IGNORECASE)]
                blocks = after
            elif _MARKING.fullmatch(line):
                parts.slots["classification"] = parts.slots.get("classification") or line
            elif found and not parts.slots.get("reference"):
                parts.slots["reference"] = found[1]
            elif _SUBJECT.fullmatch(line) and not parts.subject:
                parts.subject = [_SUBJECT.sub(r"\1", line)]
            else:
                (right if paragraph.right else blocks[-1]).append(line)
    _share_out(parts, [one for one in before if one], [one for one in after if one], right)


def _share_out(parts: Parts, before: list[list[str]], after: list[list[str]], right: list[str]) -> None:
    """What stands to the right is the sender's; else what stands above the date, or first of several."""
    if right:
        parts.sender, left = right, before + after
    elif after:
        parts.sender, left = [line for block in before for line in block], after
    else:
        parts.sender, left = [line for block in before[:-1] for line in block], before[-1:]
    parts.addressee = [line for block in left for line in block]


def _take_subject(parts: Parts, body: list[ReadParagraph]) -> list[ReadParagraph]:
    """Take a first line that is all bold, or begins with "Re:", as what the letter is about; return the rest."""
    if not body or parts.subject:
        return body
    first = body[0]
    named = _SUBJECT.fullmatch(first.text.strip())
    if first.label is None and (named or first.style == "subject" or first.heading or _is_bold_line(first)):
        parts.subject = [" ".join((named[1] if named else first.text).split())]
        return body[1:]
    return body


def _is_bold_line(paragraph: ReadParagraph) -> bool:
    text = paragraph.text.strip()
    bold = paragraph.bold_style or all(span.bold for span in paragraph.spans if span.text.strip())
    return bold and 0 < len(text) < _LONGEST_HEADING and not text.endswith(_ENDS_SENTENCE) and "\n" not in text


def _take_body(parts: Parts, body: list[ReadParagraph]) -> None:
    body = [_as_heading_or_item(parts, paragraph) for paragraph in body]
    highest = min((one.heading for one in body if one.heading), default=1)
    body = [replace(one, heading=one.heading - highest + 1) if one.heading else one for one in body]
    asked = _asked_for(body)
    for index, paragraph in enumerate(body):
        if asked is not None and asked.first <= index <= asked.last and _belongs(parts, paragraph):
            _take_recommendation(parts, paragraph, asked)
        elif not parts.response.blocks() and _asks_for_response(paragraph):
            parts.response.add(paragraph)
        else:
            parts.body.add(paragraph)


def _as_heading_or_item(parts: Parts, paragraph: ReadParagraph) -> ReadParagraph:
    if paragraph.label is None and (paragraph.heading or _is_bold_line(paragraph)) and paragraph.inside != "table":
        plain = tuple(replace(span, bold=False) for span in paragraph.spans)
        return replace(paragraph, heading=paragraph.heading or 1, spans=plain)
    typed = _TYPED.match(paragraph.text)
    if paragraph.label is not None or not typed or (typed["label"] and typed["label"].isdigit() and paragraph.heading):
        return replace(paragraph, heading=0) if paragraph.label is not None else paragraph
    rest = _part_of(paragraph.spans, typed.end(), len(paragraph.text))
    parts.notes.add("typed label", typed[0].strip(), near=paragraph.text[typed.end() :])
    return replace(paragraph, spans=rest, label=_typed_label(typed))


def _typed_label(typed: re.Match[str]) -> Label:
    said = typed["label"]
    if not said:
        return Label("bullet", 0, 1, typed["bullet"])
    if said.isdigit():
        return Label("decimal", 0, int(said), typed[0].strip())
    if len(said) > 1:
        return Label("lowerRoman", 1, 1, typed[0].strip())
    return Label("lowerLetter", 0, ord(said) - ord("a") + 1, typed[0].strip())


def _asked_for(body: Sequence[ReadParagraph]) -> _Group | None:
    """Return the list that holds the recommendations: one that is asked for, lettered rather than numbered."""
    groups = _groups(body)
    ranked = sorted(groups, key=lambda group: (not group.asked, not group.lettered))
    return next((group for group in ranked if group.asked or group.lettered), None)


def _groups(body: Sequence[ReadParagraph]) -> list[_Group]:
    groups: list[_Group] = []
    heading, open_group = "", False
    for index, paragraph in enumerate(body):
        label = paragraph.label
        if paragraph.heading:
            heading, open_group = paragraph.text, False
        elif label is None or (label.kind == "bullet" and label.level == 0):
            open_group = open_group and paragraph.style in ("list paragraph", "list continue")
        elif open_group:
            groups[-1].last = index
        elif label.level == 0:
            previous = body[index - 1].text if index else ""
            asked = bool(_ASKS.search(heading) or (previous.rstrip().endswith(":") and _ASKS.search(previous)))
            groups.append(_Group(index, index, label.kind.endswith("Letter"), asked))
            open_group = True
    return groups


def _belongs(parts: Parts, paragraph: ReadParagraph) -> bool:
    return paragraph.label is not None or bool(parts.listed)


def _take_recommendation(parts: Parts, paragraph: ReadParagraph, group: _Group) -> None:
    label = paragraph.label
    if label is None or (parts.listed and label.level > 0):
        letter, spans = parts.listed.pop()
        own = f"{label.text} " if label is not None and label.kind != "bullet" else "\u2013 " if label else ""
        parts.listed.append((letter, (*spans, Span(f"\n{own}"), *tidy_spans(paragraph.spans))))
        parts.notes.add("sub-point", near=paragraph.text)
        return
    if not parts.listed:
        parts.list_heading = parts.before.take_heading()
    letter = label.text.strip("().[] ").lower()
    if not group.lettered:
        if not parts.listed:
            parts.notes.say("The recommendations were numbered: they are lettered (a), (b), (c) now.")
        letter = _letter(len(parts.listed) + 1)
    parts.listed.append((letter, tidy_spans(paragraph.spans)))


def _letter(place: int) -> str:
    return chr(ord("a") + (place - 1) % 26) * ((place - 1) // 26 + 1)


def _asks_for_response(paragraph: ReadParagraph) -> bool:
    return (
        paragraph.label is None
        and not paragraph.heading
        and len(paragraph.text) < 300
        and bool(_RESPONSE.search(paragraph.text))
    )


def _take_tail(parts: Parts, tail: Sequence[ReadParagraph]) -> None:
    """Take the signatory, and who gets copies; the rest goes to the end of the body and is named."""
    in_notice = False
    for paragraph in tail:
        lines = lines_of(paragraph)
        if not lines:
            in_notice = in_notice and not (parts.copies or parts.enclosures)
            continue
        if _NOTICE.match(lines[0]):
            in_notice = True
        if in_notice:
            take_notice(parts, lines)
        elif (
            len(parts.signatory) + len(lines) <= _MOST_SIGNATORY_LINES
            and max(map(len, lines)) < 2 * _LONGEST_ADDRESS_LINE
        ):
            parts.signatory += lines
        else:
            parts.notes.add("after the signature", near=paragraph.text)
            parts.body.add(paragraph)
