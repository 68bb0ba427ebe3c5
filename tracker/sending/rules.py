"""Words and rules of sending: how a letter goes out, which addresses can be written to, what the covering text says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from typing import Protocol

from tracker.core.labels import Labelled
from tracker.letters.rules import SentHow

MOST_ADDRESSES = 50
LONGEST_ADDRESS = 200
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>", re.DOTALL)
_FIELD = re.compile(r"\{([a-z][a-z ]{0,40})\}")


class Mail(Protocol):
    """What became of a mail, as far as these rules look at it."""

    @property
    def recipient(self) -> str: ...

    @property
    def sent_at(self) -> datetime | None: ...

    @property
    def has_failed(self) -> bool: ...


class FileKind(Labelled):
    """A file of an issued letter beside the Word file that was issued."""

    PDF = "pdf"
    SIGNED_PDF = "signed_pdf"

    @property
    def label(self) -> str:
        return {"pdf": "PDF", "signed_pdf": "Signed PDF"}[self.value]


class SendingHow(Labelled):
    """How an issued letter went out: from here, as a message for one's own mail program, or on paper."""

    EMAIL = "email"
    MESSAGE = "message"
    POST = "post"
    BY_HAND = "by_hand"

    @property
    def label(self) -> str:
        words = {"email": "By e-mail from here", "message": "By e-mail from your own mail program"}
        return words.get(self.value) or SentHow(self.value).label


ON_PAPER = frozenset({SendingHow.POST, SendingHow.BY_HAND})
# What the product does not do itself, so that a person says that it happened.
ELSEWHERE = ON_PAPER | {SendingHow.MESSAGE}


WAITING = "Waiting to be sent"


def how_far(mails: Sequence[Mail], *, whole: bool = True) -> str:
    """What to say of a sending by e-mail that has not gone to everybody; nothing once it has.

    Those who do not know the `whole` are told that it waits, until it went to anybody.
    """
    failed = [m.recipient for m in mails if m.has_failed]
    waiting = [m.recipient for m in mails if m.sent_at is None and not m.has_failed]
    unsent = len(failed) + len(waiting)
    if not whole:
        return WAITING if mails and unsent == len(mails) else ""
    said = [f"Failed: it was not sent to {_some(failed)}"] if failed else []
    if waiting:
        said.append(WAITING if len(waiting) == len(mails) else f"{WAITING} to {_some(waiting)}")
    return ". ".join(said)


def _some(addresses: Sequence[str]) -> str:
    return addresses[0] if len(addresses) == 1 else f"{len(addresses)} addresses"


class BadAddress(ValueError):
    """What cannot be written to; its text says what is wrong, for the person who typed it."""


def read_addresses(text: str) -> tuple[Address, ...]:
    """The addresses in a text: `ann@example.org` or `Ann Lee <ann@example.org>`, each on a line or after a comma or
    semicolon; an address that stands there twice is read once. Raises BadAddress, which names it.
    """
    found: dict[str, Address] = {}
    for part in _parts(text):
        address = _address(part)
        found.setdefault(address.addr_spec.lower(), address)
    if len(found) > MOST_ADDRESSES:
        raise BadAddress(f"There are {len(found)} addresses. Send to {MOST_ADDRESSES} or fewer at a time.")
    return tuple(found.values())


def _parts(text: str) -> Iterator[str]:
    """The pieces between commas, semicolons and line ends, but for those within quotation marks."""
    piece, quoted = "", False
    for character in [*text, "\n"]:
        quoted = quoted != (character == '"')
        if character == "\n" or (character in ",;" and not quoted):
            if piece.strip():
                yield piece.strip()
            piece, quoted = "", False
        else:
            piece += character


def _address(part: str) -> Address:
    named = _NAMED.fullmatch(part)
    name, spec = (named["name"].strip(), named["address"].strip()) if named else ("", part)
    if name[:1] == name[-1:] == '"' and len(name) > 1:
        name = name[1:-1].replace('\\"', '"').strip()
    problem = BadAddress(
        f"“{part[:100]}” is not an e-mail address, like name@example.com or Ann Lee <name@example.com>"
    )
    try:
        address = Address(name, addr_spec=spec)
    except (MessageError, ValueError, IndexError) as error:
        raise problem from error
    if not address.username or not _is_host(address.domain) or not address.addr_spec.isascii():
        raise problem
    if len(address.addr_spec) > LONGEST_ADDRESS or any(c.isspace() or not c.isprintable() for c in address.addr_spec):
        raise problem
    return address


def _is_host(domain: str) -> bool:
    label = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    return re.fullmatch(rf"{label}(?:\.{label})*", domain) is not None


def in_one_line(addresses: tuple[Address, ...]) -> str:
    """Addresses as the head of a mail names them."""
    return ", ".join(str(address) for address in addresses)


def fill_fields(text: str, values: Mapping[str, str]) -> str:
    """The covering text with what the record says in its fields; a field that is not known stays as it is."""
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), text)


def unfilled_fields(text: str) -> list[str]:
    """The fields that still stand in a text, such as {programme}."""
    return [found[0] for found in _FIELD.finditer(text)]
