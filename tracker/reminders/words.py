"""What reminders say: our own words where a taskforce keeps no passage, and the fields of one that it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.core import clock
from tracker.letters.content import plain
from tracker.reminders.ladder import Ladder
from tracker.reminders.people import Recipient
from tracker.reminders.rules import Rung
from tracker.sending.rules import fill_fields

LONGEST_SUBJECT = 200
PART = """Our letter {reference} of {date of letter}, {subject}

Your response {how it stands}. Still to be answered:

{unanswered}

Answer it here: {answer at}"""
OPENING = "This is a reminder from the {taskforce}."
CLOSING = (
    "If you have answered in the meantime, or have no account to answer with, reply to this e-mail. If you need more "
    "time, ask for it on the same page or in your reply, and say why.\n\nKind regards\n\n{sender}\n{taskforce}"
)


@dataclass(frozen=True)
class Frame:
    """What stands round the letters in every mail of one sending."""

    opening: str
    closing: str


@dataclass(frozen=True)
class Writer:
    """In whose name reminders go, where answers to them come to, and where the product is on the web."""

    taskforce: str
    sender: str
    reply_to: str
    base_url: str


def answer_address(base_url: str, reference: str) -> str:
    """The page on which a programme answers a letter."""
    return f"{base_url}/letters/{reference}/response"


def how_it_stands(ladder: Ladder, today: date) -> str:
    """'is due on 15 December 2026', with how late it is where it is late; the date as stated is said too."""
    day, late = plain(ladder.due_on), ladder.days_late(today)
    stated = f" (stated as “{ladder.due_stated}”)" if ladder.due_stated else ""
    if late:
        return f"was due on {day}{stated} and is {late} day{'' if late == 1 else 's'} late"
    return f"is due today, {day}{stated}" if ladder.due_on == today else f"is due on {day}{stated}"


def part_values(ladder: Ladder, writer: Writer, today: date) -> dict[str, str]:
    """What the fields say of one letter."""
    sent = [w for w in ladder.went if w.outcome == "sent"]
    return {
        "reference": ladder.reference,
        "subject": ladder.subject or f"to the {ladder.programme}",
        "programme": ladder.programme,
        "taskforce": writer.taskforce,
        "date of letter": plain(ladder.letter_date) if ladder.letter_date else "an unknown date",
        "response due": ladder.due_words,
        "how it stands": how_it_stands(ladder, today),
        "days late": str(ladder.days_late(today)),
        "unanswered": "\n".join(f"- {ask.reference}: {ask.words}" for ask in ladder.asked),
        "earlier reminders": ", ".join(plain(clock.london(w.at).date()) for w in sent) or "none",
        "answer at": answer_address(writer.base_url, ladder.reference),
    }


def part_of(ladder: Ladder, rung: Rung, to: Sequence[Recipient], passage: str | None, values: dict[str, str]) -> str:
    """What a mail says of one letter: the taskforce's passage or our words; to whom it also goes where it escalates."""
    text = fill_fields(PART if passage is None else passage, values)
    if rung.escalates and len(to) > 1:
        names = ", ".join(r.name for r in to)
        text += f"\n\nBecause earlier reminders brought no answer, this one goes to {names}."
    return text


def frame_of(writer: Writer) -> Frame:
    """The opening and the closing that the secretariat may change before it sends."""
    values = {"taskforce": writer.taskforce, "sender": writer.sender}
    return Frame(fill_fields(OPENING, values), fill_fields(CLOSING, values))


def whole_text(greeting: str, frame: Frame, parts: Sequence[str]) -> str:
    """A mail as it is sent."""
    return "\n\n".join([f"{greeting},", frame.opening, *parts, frame.closing]).strip() + "\n"


def subject_of(ladders: Sequence[Ladder], today: date) -> str:
    """The subject of a digest: its letter and date, or how many letters wait."""
    references = list(dict.fromkeys(found.reference for found in ladders))
    late = any(found.days_late(today) for found in ladders)
    if len(references) == 1:
        first = min(ladders, key=lambda found: found.due_on)
        words = "was due" if late else "is due"
        text = f"{'Overdue' if late else 'Reminder'}: your response to {references[0]} {words} on {plain(first.due_on)}"
    else:
        text = f"{'Overdue' if late else 'Reminder'}: {len(references)} letters wait for an answer"
    return text[:LONGEST_SUBJECT]
