"""Reads an e-mail saved as a file: plain data from bytes that anybody may have made.

What is damaged is cleaned and said so; what is too big, too deep or no e-mail at all is refused with the reason.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime

from tracker.core.clock import london
from tracker.core.errors import BadFile
from tracker.core.files import MAX_BYTES
from tracker.correspondence.markup import text_of_html

MOST_HEADERS = 500
MOST_PARTS = 200
# The lines of 20 MB of attachments; a file of empty lines would take minutes.
MOST_LINES = 300_000
MOST_DEPTH = 20
LONGEST_HEADER = 10_000
LONGEST_TEXT = 50_000
MOST_TEXT_BYTES = 1_000_000
OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SAVE_AS_EML = (
    "This is an Outlook message (.msg), which cannot be read here. In Outlook choose File, Save as and the type "
    "“.eml”, or drag the message out of Outlook on the web; then choose that file."
)
NOT_AN_EMAIL = "This is not an e-mail file. Save the e-mail as .eml and choose that file."
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,240}>")
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_AUTOMATIC = re.compile(r"(?:automatic(?: reply)?|auto(?:matic)?[- ]?reply|out of (?:the )?office)\b", re.IGNORECASE)
# Codecs that turn bytes into text and nothing else: "punycode" takes minutes, "unicode_escape" makes what is not there.
_CHARSETS = re.compile(
    r"(?:ascii|utf-8|utf-16(?:-[bl]e)?|iso8859-\d+|cp\d+|koi8-[rut]|mac-roman|big5(?:hkscs)?|gb2312|gbk|gb18030|hz"
    r"|shift_jis\w*|euc_\w+|iso2022_\w+|tis-620)"
)


@dataclass(frozen=True)
class Attached:
    """A file that came with the e-mail, under the name that it came with, cleaned."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """An e-mail. `sent_at` is as a London clock showed it; `addresses` are the sender's; `problems` are sentences."""

    sender: str
    addresses: tuple[str, ...]
    to: str
    subject: str
    sent_at: datetime | None
    text: str
    message_id: str
    is_automatic: bool
    attachments: tuple[Attached, ...]
    problems: tuple[str, ...]


def read_eml(content: bytes) -> Mail:
    """Read an e-mail. Raises BadFile, with the reason, for what is none or is beyond the bounds above."""
    _check_raw(content)
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(content)
        parts = list(_walk(message))
    except (RecursionError, MessageError, ValueError, LookupError, TypeError, AssertionError) as error:
        raise BadFile("This e-mail is damaged and cannot be read.") from error
    problems: list[str] = []
    attachments = tuple(_attachments(parts, problems))
    sender = _people(message, "From") or _people(message, "Sender")
    sent_at = _sent_at(message)
    if sent_at is None:
        problems.append("It says no date that can be read.")
    if not sender:
        problems.append("It does not say who sent it.")
    subject = _cut(" ".join(_header(message, "Subject").split()), 200)
    return Mail(
        sender=sender,
        addresses=_addresses(message, "From"),
        to="; ".join(filter(None, (_people(message, "To"), _people(message, "Cc")))),
        subject=subject,
        sent_at=sent_at,
        text=_text(parts, problems),
        message_id=_message_id(message),
        is_automatic=_is_automatic(message, subject),
        attachments=attachments,
        problems=tuple(problems),
    )


def _check_raw(content: bytes) -> None:
    if not content.strip():
        raise BadFile("The file is empty.")
    if len(content) > MAX_BYTES:
        raise BadFile("The file is larger than 20 MB.")
    if max(content.count(b"\n"), content.count(b"\r")) > MOST_LINES:
        raise BadFile(f"This e-mail has more than {MOST_LINES:,} lines, which is more than can be read.")
    if content.startswith(OUTLOOK):
        raise BadFile(SAVE_AS_EML)
    head, lines = content.lstrip()[:200_000], 0
    first = head.split(b"\n", 1)[0]
    if not _HEADER.match(first) and not first.startswith(b"From "):
        raise BadFile(NOT_AN_EMAIL)
    for line in head.splitlines():
        if not line.strip():
            break
        lines += bool(_HEADER.match(line))
    else:
        if len(content) > len(head):
            raise BadFile("The head of this e-mail is too long to be read.")
    if lines > MOST_HEADERS:
        raise BadFile(f"This e-mail has more than {MOST_HEADERS} lines in its head, which no mail program writes.")


@dataclass(frozen=True)
class _Part:
    """A part that holds something, and the kinds of the parts that it stands in, outermost first."""

    message: Message
    around: tuple[str, ...]


def _walk(message: Message) -> Iterator[_Part]:
    """Every leaf of the message; an e-mail within it is one leaf. Raises BadFile for too many, or too deep."""
    waiting: list[tuple[Message, tuple[str, ...]]] = [(message, ())]
    seen = 0
    while waiting:
        part, around = waiting.pop()
        seen += 1
        if seen > MOST_PARTS or len(around) > MOST_DEPTH:
            raise BadFile("This e-mail has too many parts within parts to be read.")
        kind = part.get_content_type()
        payload = part.get_payload()
        if part.is_multipart() and isinstance(payload, list) and not kind.startswith("message/"):
            waiting += [(inner, (*around, kind)) for inner in reversed(payload) if isinstance(inner, Message)]
        else:
            yield _Part(part, around)


def _header(message: Message, name: str) -> str:
    """A header in plain words, decoded as far as it can be; control characters gone."""
    found = message.get(name)
    raw = str(found)[:LONGEST_HEADER] if found is not None else ""
    return _clean(_decoded(raw))


def _decoded(raw: str) -> str:
    try:
        pieces = decode_header(raw.replace("\r", "").replace("\n", ""))
    except (MessageError, ValueError, LookupError, AssertionError):
        return raw
    words = []
    for piece, charset in pieces:
        words.append(_decode(piece, charset or "utf-8") if isinstance(piece, bytes) else piece)
    return "".join(words)


def _decode(content: bytes, charset: str) -> str:
    """The text of `content`: in its charset where that is one of writing, else in UTF-8, else byte by byte."""
    try:
        known = codecs.lookup(charset).name
    except (LookupError, ValueError, UnicodeError):
        known = ""
    for name in (known if _CHARSETS.fullmatch(known) else "utf-8", "utf-8"):
        try:
            return content.decode(name)
        except (UnicodeError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def _clean(text: str) -> str:
    """`text` without what no page shows; one kind of line end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSHOWN.sub("", unicodedata.normalize("NFC", lines)).strip()


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _addresses(message: Message, name: str) -> tuple[str, ...]:
    return tuple(address.lower() for _, address in _mailboxes(_header(message, name)) if "@" in address)


def _mailboxes(header: str) -> list[tuple[str, str]]:
    """(name, address) of each in a header; none for one that the library cannot take apart."""
    try:
        return getaddresses([header.replace("\r", " ").replace("\n", " ")])
    except (RecursionError, ValueError, IndexError):
        return []


def _people(message: Message, name: str) -> str:
    """Names with their addresses, as a person reads them; the header's own words where no address can be found."""
    # Decoded after it is taken apart: a name may hold a comma.
    found = message.get(name)
    raw = str(found)[:LONGEST_HEADER] if found is not None else ""
    people = []
    for shown, address in _mailboxes(raw):
        who, where = _clean(_decoded(shown)), _clean(address)
        if who or where:
            people.append(f"{who} <{where}>" if who and where else who or where)
    return _cut(", ".join(people).replace("\n", " ") or " ".join(_header(message, name).split()), 2000)


def _sent_at(message: Message) -> datetime | None:
    """When it was sent, in London; None for what is no date of our time."""
    try:
        stated = parsedate_to_datetime(_header(message, "Date")[:200])
        at = london(stated if stated.tzinfo else stated.replace(tzinfo=UTC))
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
    return at if 1970 <= at.year <= 2200 else None


def _message_id(message: Message) -> str:
    found = _MESSAGE_ID.search(_header(message, "Message-ID")[:1000])
    return found.group() if found else ""


def _is_automatic(message: Message, subject: str) -> bool:
    stated = _header(message, "Auto-Submitted").lower()
    return stated.startswith("auto") or bool(_AUTOMATIC.match(subject))


def _payload(part: Message) -> bytes:
    """The bytes of a part, decoded as far as its encoding holds."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError):
        content = None
    return content if isinstance(content, bytes) else b""


def _disposition(part: Message) -> str:
    stated = str(part.get("Content-Disposition") or "")[:1000]
    return stated.split(";", 1)[0].strip().lower()


def _name(part: Message) -> str:
    """The name that a part came with, its folder gone; empty where there is none."""
    try:
        stated = part.get_filename() or ""
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError):
        return ""
    words = " ".join(_clean(_decoded(str(stated)[:1000])).split())
    return re.split(r"[/\\]", words)[-1].strip(". ")[-150:]


def _is_body(part: _Part) -> bool:
    kind = part.message.get_content_type()
    return (
        kind in {"text/plain", "text/html"} and _disposition(part.message) != "attachment" and not _name(part.message)
    )


def _is_shown_inside(part: _Part, html: bytes) -> bool:
    """A picture that stands in the text (a logo, a signature) is no file that somebody sent."""
    if part.message.get_content_maintype() != "image":
        return False
    name = str(part.message.get("Content-ID") or "").strip(" <>\r\n")
    if name and f"cid:{name}".encode("utf-8", "replace") in html:
        return True
    return _disposition(part.message) != "attachment" and "multipart/related" in part.around


def _text(parts: list[_Part], problems: list[str]) -> str:
    """The plain text of the message; where it has none, its HTML made into plain text."""
    for kind in ("text/plain", "text/html"):
        found = [p.message for p in parts if _is_body(p) and p.message.get_content_type() == kind]
        texts = [_text_of(message, kind) for message in found]
        text = "\n\n".join(filter(None, texts))
        if text:
            if len(text) > LONGEST_TEXT:
                problems.append("Its text is too long to be shown whole: the file that is kept has all of it.")
            return _cut(text, LONGEST_TEXT)
    return ""


def _text_of(message: Message, kind: str) -> str:
    try:
        charset = str(message.get_content_charset() or "utf-8")
    except (ValueError, LookupError, TypeError, AttributeError):
        charset = "utf-8"
    words = _decode(_payload(message)[:MOST_TEXT_BYTES], charset[:40])
    return _clean(text_of_html(words) if kind == "text/html" else words)


def _attachments(parts: list[_Part], problems: list[str]) -> Iterator[Attached]:
    bodies = (p.message for p in parts if _is_body(p) and p.message.get_content_type() == "text/html")
    html = b"".join(_payload(message)[:MOST_TEXT_BYTES] for message in bodies)
    for part in parts:
        if _is_body(part) or _is_shown_inside(part, html):
            continue
        kind, disposition, name = part.message.get_content_type(), _disposition(part.message), _name(part.message)
        nested = kind.startswith("message/")
        if not (nested or name or disposition == "attachment" or part.around):
            continue
        content = _nested(part.message) if nested else _payload(part.message)
        if content:
            yield Attached(name or ("attached e-mail.eml" if nested else "file without a name"), content)
        else:
            problems.append(f"“{name or 'A file without a name'}” came with it, but is empty or damaged.")


def _nested(part: Message) -> bytes:
    """An e-mail within the e-mail, as a file of its own."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(inner, Message):
        return _payload(part)
    try:
        return inner.as_bytes()
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, MessageError):
        return b""
