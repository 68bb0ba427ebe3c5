"""What to look at before a letter goes to the chair: pure rules over plain facts. Some block sending, others warn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.core.working_days import day_off
from tracker.documents import plain_text, split_at_recommendations
from tracker.letters.content import Content, plain
from tracker.letters.rules import Placement
from tracker.passages.rules import (
    SLOTS,
    KeptIn,
    empty_fields,
    problems_of_ask,
    problems_of_text,
    why_empty,
)

# What a reader of these letters knows without having it spelt out.
_KNOWN = "NHS UK SRO GP MP EU UN BBC IT TV ID FAQ PDF FOI HIV AIDS DNA COVID OK AM PM"
_POST_NOMINALS = "CBE OBE MBE DBE KBE CB KCB DCB DL QC KC FRCP FRCGP RCN"
ACRONYMS = frozenset(f"{_KNOWN} {_POST_NOMINALS}".split())
_ACRONYM = re.compile(r"(?<![\w-])(?:[A-Z]&)?[A-Z]{2,6}[0-9]{0,2}(?=s?(?!\w))")
_ROMAN = re.compile(r"[IVX]+")
_REFERENCE = re.compile(r"-[A-Z]\d{2}")
_POSTCODE = re.compile(r"\s?\d[A-Z]{2}\b")
_SHOUTED = re.compile(r"(?:\b[A-Z]{2,}\b[^\w\n]+){2,}\b[A-Z]{2,}\b")
_TITLE = r"Dr|Doctor|Prof|Professor|Mr|Mrs|Ms|Miss|Mx|Sir|Dame|Lord|Lady|Baroness|Baron"
_PART = r"(?:[A-Z]\.|[A-Z][\w’'-]*)"
_NAMED = re.compile(rf"\b(?P<title>{_TITLE})\.? (?P<name>{_PART}(?:(?: (?:of|de|der|van|von|la|le))* {_PART}){{0,3}})")
_TITLES = frozenset(_TITLE.casefold().split("|"))
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SPACE = re.compile(r"\s+")
_FEWEST_WORDS = 4
_CONTROLS = {KeptIn.PROGRAMME: "programme_id", KeptIn.WORKSHOP: "workshop_id", KeptIn.ADDRESSEE: "addressee-q"}


@dataclass(frozen=True)
class Finding:
    """One thing to put right or to look at, and where: a control of the writing page, or the page of a record."""

    blocks: bool
    message: str
    control: str = ""
    kept_in: KeptIn | None = None


@dataclass(frozen=True)
class Heard:
    """A point heard, as far as the check needs it."""

    id: int
    text: str
    could_identify: bool


@dataclass(frozen=True)
class Facts:
    """A letter and what the record says of it. `owner` is the programme's senior responsible owner of today."""

    content: Content
    today: date
    values: Mapping[str, str]
    contact: str = ""
    owner: str = ""
    contact_is_owner: bool = True
    letter_date: date | None = None
    due_on: date | None = None
    due_stated: str = ""
    response_days: int = 20
    points: Sequence[Heard] = ()
    known_names: Sequence[str] = ()


def check(facts: Facts) -> list[Finding]:
    """Everything found, what blocks first."""
    rules = (_addressee, _text, _braces, _fields, _dates, _identifying, _missing, _acronyms, _people)
    found = [finding for rule in rules for finding in rule(facts)]
    return sorted(found, key=lambda finding: not finding.blocks)


def blocks(content: Content) -> list[Finding]:
    """What blocks sending by the words alone: no operation gets past these."""
    facts = Facts(content, date.min, dict(content.fields), contact=" ".join(content.addressee))
    rules = (_addressee, _text, _braces, _fields)
    return [finding for rule in rules for finding in rule(facts) if finding.blocks]


def braces(content: Content) -> list[Finding]:
    """Braces that are no field, and fields that have nothing to say in this text."""
    facts = Facts(content, date.min, dict(content.fields))
    return [finding for rule in (_braces, _fields) for finding in rule(facts) if finding.blocks]


def called(content: Content, place: int) -> str:
    """A recommendation as the letter calls it: its letter, and its title where it has one."""
    return " ".join(filter(None, (f"({content.parts[place]})", content.recommendations[place].title)))


def _at(place: int) -> str:
    return f"recommendations-{place}-text"


def _addressee(facts: Facts) -> Iterator[Finding]:
    if not facts.contact and not facts.content.addressee:
        yield Finding(True, "The letter has no addressee.", "addressee-q")
    elif facts.owner and not facts.contact_is_owner:
        yield Finding(
            False,
            f"{facts.contact} is not the senior responsible owner of the programme now: {facts.owner} is.",
            "addressee-q",
            KeptIn.ADDRESSEE,
        )


def _text(facts: Facts) -> Iterator[Finding]:
    if not facts.content.has_text:
        yield Finding(True, "The letter has no text yet.", "body")
    for place, ask in enumerate(facts.content.recommendations):
        if not ask.text.strip():
            yield Finding(True, f"Recommendation {called(facts.content, place)} has no text.", _at(place))


def _braces(facts: Facts) -> Iterator[Finding]:
    for why in problems_of_text(facts.content.body):
        yield Finding(True, why, "body")
    for place, ask in enumerate(facts.content.recommendations):
        for why in problems_of_ask(ask.text):
            yield Finding(True, f"Recommendation {called(facts.content, place)}: {why}", _at(place))


def _fields(facts: Facts) -> Iterator[Finding]:
    content, said = facts.content, dict(facts.content.fields)
    for field in empty_fields(content.fields_used, facts.values):
        yield Finding(True, why_empty(field), _CONTROLS.get(field.kept_in, ""), field.kept_in)
    for name in content.fields_used:
        now = facts.values.get(name, "")
        if name in said and now and said[name] != now and name not in SLOTS:
            message = f"{{{name}}} says “{said[name]}” in the draft; the record says “{now}” now. Save the draft again."
            yield Finding(False, message, "body")


def _dates(facts: Facts) -> Iterator[Finding]:
    if not facts.due_on and not facts.due_stated:
        counted = f"It will be counted when the letter is issued: {facts.response_days} working days."
        yield Finding(False, f"No date is set for the response. {counted}", "response_due_on-day")
    for what, day, control in (
        ("The response is due on", facts.due_on, "response_due_on-day"),
        ("The date of the letter is", facts.letter_date, "letter_date-day"),
    ):
        if day is None:
            continue
        if day < facts.today:
            yield Finding(False, f"{what} {plain(day)}, which has passed.", control)
        if off := day_off(day):
            said = f"a {off}" if off in {"Saturday", "Sunday"} else f"{off}, a bank holiday"
            yield Finding(False, f"{what} {plain(day)}, which is {said}.", control)


def _identifying(facts: Facts) -> Iterator[Finding]:
    content = facts.content
    flagged = [point for point in facts.points if point.could_identify]
    if not flagged:
        return
    known = {point.id: point for point in flagged}
    for place, ask in enumerate(content.recommendations):
        for point_id in ask.rests_on:
            if point_id in known:
                message = f"Recommendation {called(content, place)} rests on a point that could identify someone: "
                yield Finding(False, message + _quoted(known[point_id].text), f"recommendations-{place}-rests_on")
    for control, _where, text in texts_of(content):
        words = _folded(text)
        for point in flagged:
            if any(sentence in words for sentence in _sentences(point.text)):
                message = "Words of a point that could identify someone stand in the letter: "
                yield Finding(False, message + _quoted(point.text), control)


def _missing(facts: Facts) -> Iterator[Finding]:
    for place in facts.content.missing_from_text():
        if facts.content.recommendations[place].text.strip():
            name = called(facts.content, place)
            message = f"Recommendation {name} is said to stand in the text, but its words are not found there."
            yield Finding(False, message, _at(place))


def _acronyms(facts: Facts) -> Iterator[Finding]:
    for acronym, control, where in acronyms_not_spelt_out(facts.content):
        yield Finding(False, f"{acronym} is not spelt out where it first stands ({where}).", control)


def _people(facts: Facts) -> Iterator[Finding]:
    known = [*facts.known_names, facts.contact, *facts.content.addressee, *facts.content.signatory]
    for named, control, where in people_named(facts.content):
        if not is_known(named, known):
            message = f"{named} is named ({where}), but is not among the contacts of the taskforce."
            yield Finding(False, message, control)


def texts_of(content: Content) -> Iterator[tuple[str, str, str]]:
    """(control, where, plain text) of each text in the order of print, its fields filled."""
    before, after = split_at_recommendations(content.filled(content.body))
    yield "subject", "subject", content.subject
    yield "body", "text", plain_text(before)
    for place, ask in enumerate(content.recommendations):
        if ask.placement is Placement.LISTED:
            said = "\n".join((ask.title, plain_text(content.filled(ask.text)), ask.success))
            yield _at(place), f"recommendation ({content.parts[place]})", said
    yield "body", "text", plain_text(after)


def acronyms_not_spelt_out(content: Content) -> list[tuple[str, str, str]]:
    """(acronym, control, where) of each that first stands neither as `Words (ABC)` nor as `ABC (words)`."""
    seen: dict[str, tuple[str, str] | None] = {}
    for control, where, text in texts_of(content):
        shouted = [match.span() for match in _SHOUTED.finditer(text)]
        for match in _ACRONYM.finditer(text):
            word, rest = match[0], text[match.end() :]
            if word in seen or word in ACRONYMS or _ROMAN.fullmatch(word):
                continue
            if _REFERENCE.match(rest) or _POSTCODE.match(rest) or any(a <= match.start() < b for a, b in shouted):
                continue
            is_spelt = re.match(r"s? \([^\W\d_]", rest) or re.search(r"[^\W\d_]\W*\($", text[: match.start()])
            seen[word] = None if is_spelt else (control, where)
    return [(word, *place) for word, place in seen.items() if place]


def people_named(content: Content) -> list[tuple[str, str, str]]:
    """(name with title, control, where) of everybody whom the letter names with a title, once each."""
    found: dict[str, tuple[str, str]] = {}
    for control, where, text in texts_of(content):
        for match in _NAMED.finditer(_SPACE.sub(" ", text)):
            found.setdefault(f"{match['title']} {match['name'].removesuffix('’s')}", (control, where))
    return [(name, *place) for name, place in found.items()]


def is_known(named: str, known: Iterable[str]) -> bool:
    """Whether the words of a name are among somebody's, or somebody's among them: “Dr Smith” is “Jane Smith”."""
    words = name_words(named)
    return any(words <= other or (len(other) > 1 and other <= words) for name in known if (other := name_words(name)))


def name_words(name: str) -> frozenset[str]:
    """The words of a name, without titles and initials."""
    words = re.findall(r"[\w’'-]{2,}", name.casefold())
    return frozenset(word for word in words if word not in _TITLES)


def _sentences(text: str) -> list[str]:
    """The sentences of a point that are long enough to be known again, folded."""
    return [folded for sentence in _SENTENCE.split(text) if len((folded := _folded(sentence)).split()) >= _FEWEST_WORDS]


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text).strip().rstrip(".!?").casefold()


def _quoted(text: str) -> str:
    short = text if len(text) <= 120 else text[:119].rstrip() + "…"
    return f"“{_SPACE.sub(' ', short)}”"
