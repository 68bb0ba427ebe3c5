"""What the pages of sending are filled with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email.headerregistry import Address
from typing import Any

from tracker.accounts.models import Contact
from tracker.core.outbox import Delivery, list_deliveries
from tracker.core.permissions import Person, may
from tracker.letters import fields
from tracker.letters import pages as letters
from tracker.letters import queries as letter_queries
from tracker.letters.about import About
from tracker.letters.content import plain
from tracker.letters.models import Letter
from tracker.letters.rules import AddresseeKind, SentHow
from tracker.sending import pdf, queries
from tracker.sending.forms import MakePdfForm
from tracker.sending.rules import BadAddress, fill_fields, read_addresses

COVERING_TEXT = """{salutation},

Please find attached our letter {reference}, {subject}.

{response}Kind regards

{sender}
{taskforce}"""
RESPONSE = "We would be grateful for your response by {due}. You can reply to this e-mail.\n\n"


def send_values(letter: Letter, person: Person) -> dict[str, Any]:
    """What the sending form begins with: whom the letter is to, its copies, and a covering text from the record."""
    words = letter_queries.get_current_version(letter.id).words
    named = [line.partition(",")[0].strip() for line in words.copies]
    copies = [a.contact for a in letter.addressees if a.kind is AddresseeKind.COPY]
    copies += queries.list_contacts_named(letter.taskforce_id, [name for name in named if name])
    kept = queries.get_covering_text(letter.taskforce_id)
    values = _field_values(letter, words.salutation, person)
    return {
        "to": _to(letter),
        "copies": _lines(copies),
        "subject": f"{letter.reference}: {letters.title(letter)}"[:200],
        "text": fill_fields(COVERING_TEXT if kept is None else kept, values),
    }


def _to(letter: Letter) -> str:
    """Where the letter was said to be sent by e-mail, if those are addresses; else its addressees'."""
    try:
        said = read_addresses(letter.sent_to) if letter.sent_how is SentHow.EMAIL else ()
    except BadAddress:
        said = ()
    contacts = [a.contact for a in letter.addressees if a.kind is AddresseeKind.TO]
    known = {c.email.lower() for c in contacts}
    if {a.addr_spec.lower() for a in said} - known:
        return "\n".join(map(str, said))
    return _lines(contacts)


def _lines(contacts: Iterable[Contact]) -> str:
    """The contacts that can be written to, one a line, each once."""
    lines: dict[str, str] = {}
    for contact in contacts:
        try:
            found = read_addresses(contact.email)
        except BadAddress:
            continue
        if len(found) == 1:
            spec = found[0].addr_spec
            lines.setdefault(spec.lower(), str(Address(contact.name, addr_spec=spec)))
    return "\n".join(lines.values())


def _field_values(letter: Letter, salutation: str, person: Person) -> dict[str, str]:
    """What a passage of the taskforce may name (passages/rules.py), and what our own text names besides."""
    due = letter.response_due_stated or (plain(letter.response_due_on) if letter.response_due_on else "")
    return fields.read(About.of(letter)) | {
        "salutation": salutation or f"Dear {letter.main_addressee.contact.name}",
        "reference": letter.reference or "",
        "subject": letters.title(letter),
        "date of letter": plain(letter.letter_date) if letter.letter_date else "",
        "response due": due,
        "response": fill_fields(RESPONSE, {"due": due}) if due else "",
        "sender": person.name,
    }


@dataclass(frozen=True)
class Told:
    """A line of the panel: a sending, and what became of its mails."""

    sending: queries.SendingRow
    deliveries: list[Delivery]

    @property
    def waiting(self) -> int:
        return sum(d.sent_at is None and not d.has_failed for d in self.deliveries)

    @property
    def failed(self) -> int:
        return sum(d.has_failed for d in self.deliveries)

    @property
    def given_up(self) -> int:
        return sum(d.is_given_up for d in self.deliveries)

    @property
    def sent(self) -> int:
        return sum(d.sent_at is not None for d in self.deliveries)


def told(sendings: list[queries.SendingRow]) -> list[Told]:
    """Sendings with the deliveries of their mails."""
    found = list_deliveries([s.cause for s in sendings]) if sendings else {}
    return [Told(s, found.get(s.cause, [])) for s in sendings]


def files_of(letter: Letter, person: Person) -> dict[str, Any]:
    """The files of a letter; how far its PDF is, for those who know how it is sent."""
    knows = may(person, "sending.view", letter)
    progress, why_not = pdf.progress(letter) if knows else ("", "")
    form = MakePdfForm(formdata=None)
    return {
        "letter": letter,
        "files": queries.list_files(letter),
        "progress": progress,
        "why_not": why_not,
        "make_form": form,
    }


def panel(letter: Letter, person: Person) -> dict[str, Any]:
    """The panel of a sent letter: its files for whoever reads it, how it went out for those who may know."""
    knows = may(person, "sending.view", letter)
    sendings = queries.list_newest_sendings(letter.id) if knows else []
    shown = told(sendings[: queries.MOST_SHOWN])
    more = len(sendings) > queries.MOST_SHOWN
    return files_of(letter, person) | {"knows": knows, "sendings": shown, "more": more}
