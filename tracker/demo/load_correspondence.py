"""What went to and fro about the demonstration's letters, and a correction.

About the real letter only what its board paper reports, entered by the system; the rest is invented, like its people.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple

from sqlalchemy import select

from tracker.core import clock
from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.correspondence import operations
from tracker.correspondence.eml import read_eml
from tracker.correspondence.operations import EntryDetails, Upload
from tracker.correspondence.reading import ORIGINAL
from tracker.correspondence.rules import Direction, EntryKind
from tracker.demo import first_cycle as facts
from tracker.demo import invented as plan
from tracker.demo import invented_letters as written
from tracker.demo.story import get_letter_id, loaded_letter, on
from tracker.documents import Letter as Document
from tracker.documents import Meta, write_letter
from tracker.letters import clearance, correcting
from tracker.letters import operations as letters
from tracker.letters.models import Letter
from tracker.letters.rules import LetterKind, SentHow
from tracker.sending import operations as sending
from tracker.sending.rules import SendingHow

People = dict[str, Person]
REPORT = (
    f"From paragraph 18 of board paper {facts.PAPER_REFERENCE}, which gives no days. The Cancer Programme is to answer "
    f"by {facts.DUE_STATED}, and the board is to be told how things stand at its meeting. Meanwhile a national lead "
    "for patient and public engagement is being recruited, some Cancer Alliances work on health inequalities, and the "
    "alliances’ data and analysis service supplies data that show where more has to be done."
)


class Entry(NamedTuple):
    """An entry about the letter with this subject, entered on its day at its hour."""

    letter: str
    day: date
    at: time
    kind: EntryKind
    direction: Direction
    from_whom: str
    to_whom: str
    subject: str
    text: str


OFFICE = "Secretariat officer"
WARDS, REHAB = (letter.subject for letter in written.ISSUED[:2])
E, D = EntryKind, Direction
ENTRIES = (
    Entry(
        WARDS,
        date(2026, 3, 30),
        time(9, 2),
        E.ACKNOWLEDGEMENT,
        D.IN,
        "Virtual wards SRO",
        OFFICE,
        "Automatic reply",
        "I am away until 7 April. Your letter will be read when I am back.",
    ),
    Entry(
        WARDS,
        date(2026, 4, 2),
        time(14, 15),
        E.CALL,
        D.IN,
        "Virtual wards team",
        OFFICE,
        "Which wards are meant",
        "They asked whether the first recommendation is about every ward. It is; we said that the letter means all.",
    ),
    Entry(
        REHAB,
        date(2026, 7, 15),
        time(11, 0),
        E.HOLDING_REPLY,
        D.IN,
        "Rehabilitation SRO",
        "Taskforce chair",
        "Your letter",
        "Thank you for your letter. We are looking at the waiting lists of every town and will answer in full.",
    ),
    Entry(
        REHAB,
        date(2026, 9, 3),
        time(10, 30),
        E.CALL,
        D.OUT,
        OFFICE,
        "Rehabilitation team",
        "When the answer can be expected",
        "We asked when the answer will come. A draft is written; their director has yet to read it.",
    ),
    Entry(
        REHAB,
        date(2026, 9, 10),
        time(16, 0),
        E.NOTE,
        D.INSIDE,
        OFFICE,
        "",
        "To be raised with the chair",
        "The team has lost two of its five people since June. Suggest that the chair rings before we remind again.",
    ),
)


def load_report() -> None:
    """The taskforce's report on the real letter, as its board paper has it."""
    letter = db.session.scalars(select(Letter).where(Letter.reference == f"{facts.TASKFORCE_CODE}-L01")).one()
    subject = "What the taskforce reported to the board"
    said = EntryDetails(E.NOTE, D.INSIDE, facts.BOARD_MEETING, None, facts.TASKFORCE_NAME, "", subject, REPORT)
    operations.add_entry(letter, said, by=None)


def load_invented(people: People) -> None:
    """Calls, e-mails, notes and holding replies about the invented letters, and the correction of one."""
    secretary = people[plan.SECRETARY]
    for entry in ENTRIES:
        with on(entry.day, 17):
            operations.add_entry(_letter(secretary, entry.letter), _said(entry), by=secretary)
    _email(secretary)
    _correction(people)


def _said(entry: Entry) -> EntryDetails:
    whom = (entry.from_whom, entry.to_whom, entry.subject, entry.text)
    return EntryDetails(entry.kind, entry.direction, entry.day, entry.at, *whom)


def _letter(person: Person, subject: str, kind: LetterKind = LetterKind.LETTER) -> Letter:
    return loaded_letter(person, get_letter_id(subject, kind))


def _email(secretary: Person) -> None:
    """An e-mail with a file, kept as it was saved and as it was read."""
    sent = datetime(2026, 4, 9, 15, 40, tzinfo=clock.LONDON)
    message = EmailMessage()
    message["From"] = f"Virtual wards team <{plan.WARDS_TEAM}>"
    message["To"] = f"Secretariat officer <{plan.SECRETARY}>"
    message["Subject"] = "The checklist as it will be"
    message["Date"] = format_datetime(sent)
    message["Message-ID"] = "<checklist.1@demo.example>"
    message.set_content("Here is the checklist with the question to carers, as it goes to the wards next week.")
    message.add_attachment(
        _checklist(sent),
        maintype="application",
        subtype="vnd.openxmlformats-officedocument.wordprocessingml.document",
        filename="Checklist for discharge.docx",
    )
    content = message.as_bytes()
    mail = read_eml(content)
    said = EntryDetails(
        E.EMAIL, D.IN, sent.date(), sent.time(), mail.sender, mail.to, mail.subject, mail.text, is_internal=False
    )
    uploads = [*(Upload(a.name, a.content) for a in mail.attachments), Upload(ORIGINAL, content)]
    with on(sent.date(), 17):
        letter = _letter(secretary, WARDS)
        operations.add_entry(letter, said, uploads, by=secretary, message_id=mail.message_id)


def _checklist(stamp: datetime) -> bytes:
    body = "Before anybody is sent home:\n\n1. Was the carer asked whether they can cope?\n2. What did they say?"
    return write_letter(
        Document(
            meta=Meta(title="Checklist for discharge", author="Virtual wards team", stamp=stamp),
            organisation=plan.ORGANISATION,
            unit="Virtual Wards Programme",
            subject="Checklist for discharge",
            body=body,
            recommendations=(),
            classification="",
            reference="",
            sender_address=(),
            date_text="",
            addressee=(),
            salutation="",
            response_request="",
            closing="",
            signatory=(),
        )
    )


def _correction(people: People) -> None:
    """The letter on rehabilitation named the wrong towns: it is corrected, and its three asks are carried over."""
    secretary, chair = people[plan.SECRETARY], people[plan.CHAIR]
    with on(date(2026, 11, 10)):
        correcting.draft_correction(_letter(secretary, REHAB), by=secretary)
    with on(date(2026, 11, 10), 11):
        letter = _letter(secretary, REHAB, LetterKind.CORRECTION)
        letters.save_letter(letter, _corrected(letter), by=secretary)
    with on(date(2026, 11, 11)):
        letter = _letter(secretary, REHAB, LetterKind.CORRECTION)
        clearance.submit_letter(letter, letter.current.sha256, clearance.Mail(REHAB, "Demonstration"), by=secretary)
    with on(date(2026, 11, 12)):
        letter = _letter(chair, REHAB, LetterKind.CORRECTION)
        clearance.approve_letter(letter, letter.current.sha256, clearance.Mail(REHAB, "Demonstration"), by=chair)
    with on(date(2026, 11, 13)):
        letter = _letter(secretary, REHAB, LetterKind.CORRECTION)
        to = "the programme’s office"
        issue = clearance.Issue(date(2026, 11, 13), SentHow.EMAIL, to, no_response=True)
        clearance.issue_letter(letter, issue, by=secretary)
        sent = sending.Elsewhere(SendingHow.MESSAGE, date(2026, 11, 13), to)
        sending.record_sending(letter, sent, by=secretary)


def _corrected(letter: Letter) -> letters.Draft:
    words = letter.current.words
    first, *others = words.recommendations
    first = replace(first, text="Set out how waiting times will become the same in the south of the area, with dates.")
    wrong = "We wrote that waiting differs all over the area. The figures are of its south only: we are sorry.\n\n"
    content = replace(words, body=wrong + words.body, recommendations=(first, *others))
    to = letters.Addressed(letter.main_addressee.contact_id, letter.main_addressee.programme_id)
    return letters.Draft(LetterKind.CORRECTION, letter.workshop_id, to, None, None, "", content)
