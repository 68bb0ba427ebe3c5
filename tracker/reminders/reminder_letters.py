"""The reminder letter: drafted from what is unanswered, then an ordinary letter for the chair to clear.

It asks for nothing new: it names the references of the letter that it reminds of, and makes no assignments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.directory.models import Taskforce
from tracker.letters import fields, queries
from tracker.letters.about import About
from tracker.letters.content import plain
from tracker.letters.models import Letter, LetterAddressee
from tracker.letters.operations import Addressed, Draft, add_version, default_content, new_letter
from tracker.letters.rules import UNSENT, AddresseeKind, LetterKind, LetterState
from tracker.passages.queries import get_first
from tracker.passages.rules import PassageUse
from tracker.recommendations.response_models import Response
from tracker.reminders.digests import add_reminder
from tracker.reminders.ladder import Ladder
from tracker.reminders.models import Reminder
from tracker.reminders.rules import RungOutcome
from tracker.sending.rules import fill_fields

events.register_verbs({"reminder_letter_drafted": "drafted the letter, a reminder of an earlier one"})
BODY = (
    "I wrote to you on {date of letter} ({reference}) about {subject}. Your response {how it stands}. We do not have "
    "your answer to:\n\n{unanswered}\n\n{we reminded}The taskforce has to report to its board on every "
    "recommendation that it makes. I would be grateful if you would answer these points, or tell me what stands in the "
    "way and when we can expect your answer."
)
REMINDED = "We reminded you before: {earlier reminders}. "
_LIST = "{unanswered}"
# What would be markup within a line; more would be hard to read for whoever edits the draft.
_MARKUP = re.compile(r"([\\`*_{}\[\]<])")


def draft_reminder_letter(taskforce: Taskforce, ladders: Sequence[Ladder], *, by: Person | None) -> Letter:
    """A draft reminder of what is late in these ladders of one response, or of all that is unanswered.

    `taskforce` has its board. Each ladder that it is about ends with it. Raises RuleBroken where nothing is unanswered,
    and where a reminder of this letter to this programme is being drafted already.
    """
    today = clock.today()
    open_ladders = [found for found in ladders if found.asked and found.is_active]
    about = [found for found in open_ladders if found.due_on <= today] or open_ladders
    if not about:
        raise RuleBroken("Nothing is unanswered there, so there is nothing to remind of.")
    if moving := get_moving(about[0].response_id):
        raise RuleBroken(f"A reminder letter is being drafted already: draft {moving}.")
    letter = _draft(taskforce, about, today, by)
    for ladder in about:
        rung = ladder.letter_rung()
        for earlier in ladder.passes_over(rung):
            if earlier.day <= today:
                add_reminder(ladder, earlier, RungOutcome.PASSED_OVER, by=by)
        add_reminder(ladder, rung, RungOutcome.DRAFTED, by=by, letter_id=letter.id)
    events.record(by, "reminder_letter_drafted", letter, version=1, reminds=about[0].reference)
    db.session.flush()
    return letter


def get_moving(response_id: int) -> int | None:
    """The id of a reminder letter about this response that is not sent yet, nor withdrawn."""
    statement = select(Letter.id).join(Reminder, Reminder.drafted_letter_id == Letter.id)
    statement = statement.where(Reminder.response_id == response_id, Letter.state.in_(sorted(UNSENT)))
    return db.session.execute(statement.order_by(Letter.id.desc()).limit(1)).scalar()


def _draft(taskforce: Taskforce, about: Sequence[Ladder], today: date, by: Person | None) -> Letter:
    first = about[0]
    to = _addressee(first)
    chair = queries.get_chair(taskforce.id)
    name = " ".join(filter(None, (chair.name, chair.post_nominals))) if chair else ""
    lines = (name, f"Chair, {taskforce.name}", chair.role_line) if chair else ()
    content = replace(
        default_content(taskforce, to, tuple(filter(None, lines))),
        subject=f"Reminder: {first.subject or first.reference}"[:200],
        body=_body(taskforce, about, to, today),
    )
    draft = Draft(LetterKind.REMINDER, None, to, None, None, "", content)
    letter = new_letter(taskforce, draft, state=LetterState.DRAFT)
    add_version(letter, fields.resolve(content, About(taskforce.id, to.programme_id, to.contact_id)), by=by)
    return letter


def _addressee(ladder: Ladder) -> Addressed:
    """To whom the letter went for this programme; after a merger, to whom it went first."""
    row = LetterAddressee
    statement = select(row.contact_id, row.programme_id).where(row.letter_id == ladder.letter_id)
    rows = db.session.execute(statement.where(row.kind == AddresseeKind.TO).order_by(row.place, row.id)).all()
    own = next((r for r in rows if r.programme_id == ladder.programme_id), rows[0])
    return Addressed(own.contact_id, ladder.programme_id)


def _body(taskforce: Taskforce, about: Sequence[Ladder], to: Addressed, today: date) -> str:
    """The taskforce's passage or our words, as Markdown: the fields of a reminder filled, those of letters left."""
    passage = get_first(taskforce.id, PassageUse.REMINDER_LETTER)
    first = min(about, key=lambda found: found.due_on)
    late, sent = first.days_late(today), _days_sent(about)
    earlier = _list_earlier(first.response_id)
    values = {
        "reference": first.reference,
        "date of letter": plain(first.letter_date) if first.letter_date else "",
        "subject": first.subject or f"the {first.programme}",
        "response due": first.due_words,
        "days late": str(late),
        "how it stands": how_it_stood(first, today),
        "earlier reminders": _listed([*sent, *earlier]) or "none",
        "answer at": "",
    }
    own = fill_fields(BODY, {"we reminded": REMINDED if sent or earlier else ""})
    text = own if passage is None else passage
    values = {name: _plainly(said) for name, said in values.items()}
    before, mark, after = text.partition(_LIST)
    asked = "\n".join(_line(found, ask.reference, ask.words, today) for found in about for ask in found.asked)
    filled = [fill_fields(part, values) for part in (before, after)]
    return "\n\n".join(filter(None, (filled[0].strip(), asked, filled[1].strip()))) if mark else filled[0]


def _plainly(words: str) -> str:
    """Words as Markdown that prints them."""
    return _MARKUP.sub(r"\\\1", " ".join(words.split()))


def how_it_stood(ladder: Ladder, today: date) -> str:
    """How a due date stands in a letter: how late is said as at a day, for the letter is read later."""
    day, late = plain(ladder.due_on), ladder.days_late(today)
    stated = f" (stated as “{ladder.due_stated}”)" if ladder.due_stated else ""
    if not late:
        return f"is due on {day}{stated}"
    return f"was due on {day}{stated}: on {plain(today)} it was {late} day{'' if late == 1 else 's'} late"


def _line(ladder: Ladder, reference: str, words: str, today: date) -> str:
    late = ladder.days_late(today)
    when = f"due on {plain(ladder.due_on)}" + (f", {late} day{'' if late == 1 else 's'} late" if late else "")
    return f"- {_plainly(reference)}: {_plainly(words)} ({when})"


def _days_sent(about: Sequence[Ladder]) -> list[str]:
    days = {clock.london(w.at).date() for found in about for w in found.went if w.outcome is RungOutcome.SENT}
    return [plain(day) for day in sorted(days)]


def _list_earlier(response_id: int) -> list[str]:
    """The reminder letters that went before: EPC-L05 of 4 August 2026."""
    statement = select(Letter.reference, Letter.letter_date).join(Reminder, Reminder.drafted_letter_id == Letter.id)
    statement = statement.where(Reminder.response_id == response_id, Letter.reference.is_not(None)).distinct()
    rows = db.session.execute(statement.order_by(Letter.reference)).all()
    return [f"{row.reference} of {plain(row.letter_date)}" for row in rows]


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


@dataclass(frozen=True)
class Linked:
    """A letter at the other end of a reminder, as somebody may know it."""

    key: str
    words: str
    state: str


@dataclass(frozen=True)
class Reminds:
    """What a letter reminds of, and the letters that remind of it."""

    of: tuple[Linked, ...]
    by: tuple[Linked, ...]


def get_reminds(person: Person, letter: Letter) -> Reminds:
    """How a letter stands to others by reminders, for `person`: what they cannot see is not named. One query."""
    is_reminder = letter.kind is LetterKind.REMINDER
    columns: tuple[Any, ...] = (Letter.id, Letter.reference, Letter.letter_date, Letter.state)
    statement: Any = select(*columns).select_from(Reminder).join(Response, Response.id == Reminder.response_id)
    if is_reminder:
        statement = statement.join(Letter, Letter.id == Response.letter_id)
        statement = statement.where(Reminder.drafted_letter_id == letter.id)
    else:
        statement = statement.join(Letter, Letter.id == Reminder.drafted_letter_id)
        statement = statement.where(Response.letter_id == letter.id)
    seen = (queries.visible_letters(person), Letter.state != LetterState.WITHDRAWN)
    rows = db.session.execute(statement.where(*seen).distinct().order_by(Letter.id)).all()
    linked = tuple(_linked(row) for row in rows)
    return Reminds(linked, ()) if is_reminder else Reminds((), linked)


def _linked(row: Any) -> Linked:
    words = f"{row.reference} of {plain(row.letter_date)}" if row.reference and row.letter_date else f"draft {row.id}"
    return Linked(row.reference or str(row.id), words, row.state.label)
