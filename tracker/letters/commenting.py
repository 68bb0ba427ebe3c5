"""Comments on passages of a draft, never a part of it: by members before the chair, and the chair's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.core import clock, events, outbox
from tracker.core.db import db, touch
from tracker.core.errors import Forbidden, RuleBroken
from tracker.core.permissions import COMMENTERS, Person, Role
from tracker.letters import comment_queries, queries
from tracker.letters.comment_queries import Commenter
from tracker.letters.deciding import capacities
from tracker.letters.models import CommentAsked, CommentRound, Letter, LetterComment, LetterVersion
from tracker.letters.rules import LetterState

events.register_verbs(
    {
        "letter_with_members": "asked members to comment on the letter",
        "comment_round_widened": "asked more members to comment on the letter",
        "comment_round_extended": "changed by when members comment",
        "comment_round_closed": "ended the comments by members",
        "comment_made": "commented on the letter",
        "comments_finished": "had no more comments",
        "comment_dealt_with": "dealt with a comment",
        "comment_taken_up_again": "took a comment up again",
    }
)


@dataclass(frozen=True)
class Remark:
    """What somebody has to say: about which part, on which words of it (none: all of it), and what."""

    part: str
    quote: str
    text: str


@dataclass(frozen=True)
class Told:
    """The e-mail that members get."""

    subject: str
    body: str


def open_round(letter: Letter, contact_ids: Sequence[int], until_on: date, note: str, mail: Told, *, by: Person) -> int:
    """Put the current text of a draft before members until that day, who are told by e-mail; the id of the round.

    Raises RuleBroken where the letter is no draft or is with members already, or for a day or persons that do not fit.
    """
    if letter.state is not LetterState.DRAFT or not letter.current.words.has_text:
        raise RuleBroken("Only a draft with a text in it can be put before members.")
    earlier = comment_queries.get_open_round(letter.id)
    if earlier is not None and earlier.until_on >= clock.today():
        raise RuleBroken("The letter is with members already. End that first.")
    known = comment_queries.list_commenters(letter.taskforce_id)
    asked = [c for c in known if c.contact_id in set(contact_ids)]
    if not asked:
        raise RuleBroken("Choose at least one member", field="members")
    _check_day(until_on)
    close_open_round(letter, by=by)
    row = CommentRound(
        letter=letter,
        letter_version=letter.current,
        note=note,
        until_on=until_on,
        opened_by_id=by.contact_id,
        opened_at=clock.now(),
    )
    db.session.add(row)
    db.session.add_all(CommentAsked(round=row, contact_id=c.contact_id) for c in asked)
    db.session.flush()
    said = _names(asked) + (f": {note}" if note else "")
    events.record(by, "letter_with_members", letter, round=row.id, until=until_on, reason=said)
    _tell(f"comment_round:{row.id}", asked, mail)
    return row.id


def ask_more(row: CommentRound, contact_ids: Sequence[int], mail: Told, *, by: Person) -> None:
    """Ask more members to comment in a round that is open: on the same version, until the same day.

    The round has its letter and whom it asks loaded. Raises RuleBroken where it is over, or for nobody new.
    """
    if not row.is_open(clock.today()):
        raise RuleBroken("The time for comments is over. Change the last day first, or ask the members again.")
    wanted = set(contact_ids) - row.asked_contact_ids
    asked = [c for c in comment_queries.list_commenters(row.taskforce_id) if c.contact_id in wanted]
    if not asked:
        raise RuleBroken("Choose at least one member", field="members")
    db.session.add_all(CommentAsked(round=row, contact_id=c.contact_id) for c in asked)
    touch(row)
    events.record(by, "comment_round_widened", row.letter, round=row.id, reason=_names(asked))
    db.session.flush()
    _tell(f"comment_round:{row.id}", asked, mail)


def _names(people: Sequence[Commenter]) -> str:
    return ", ".join(c.name for c in people)


def _tell(cause: str, people: Sequence[Commenter], mail: Told) -> None:
    for commenter in people:
        outbox.queue_mail(cause, commenter.email, mail.subject, mail.body)


def _check_day(until_on: date) -> None:
    if until_on < clock.today():
        raise RuleBroken("The last day for comments must be today or later", field="until_on")


def extend_round(row: CommentRound, until_on: date, mail: Told, *, by: Person) -> None:
    """Change the last day of a round that nobody has ended; those who are not done are told.

    The round has its letter and whom it asks loaded.
    """
    if row.closed_at is not None or row.letter.state is not LetterState.DRAFT:
        raise RuleBroken("The letter is no longer with members. Ask them again.")
    _check_day(until_on)
    if until_on == row.until_on:
        raise RuleBroken("That is the day it ends already", field="until_on")
    days = [row.until_on, until_on]
    row.until_on = until_on
    db.session.flush()
    events.record(by, "comment_round_extended", row.letter, round=row.id, until=days)
    _tell(f"comment_round:{row.id}:{row.version}", _not_done(row), mail)


def _not_done(row: CommentRound) -> list[Commenter]:
    """Those who were asked, can still comment, and have not said that they are done."""
    waiting = {a.contact_id for a in row.asked if a.finished_at is None}
    return [c for c in comment_queries.list_commenters(row.taskforce_id) if c.contact_id in waiting]


def close_open_round(letter: Letter, *, by: Person) -> bool:
    """End the round that is open, if there is one: by hand, or because the letter goes on to the chair."""
    row = comment_queries.get_open_round(letter.id)
    if row is None:
        return False
    row.closed_at = clock.now()
    db.session.flush()
    events.record(by, "comment_round_closed", letter, round=row.id)
    return True


def comment_in_round(row: CommentRound, remark: Remark, *, by: Person) -> LetterComment:
    """A member's comment on the version that they were asked about. Raises RuleBroken once the round is over."""
    _check_open(row, "text")
    held = {g.role for g in by.grants if g.taskforce_id == row.taskforce_id and g.delegated_by_id is None}
    role = next((r for r in (Role.CHAIR, Role.VICE_CHAIR, Role.MEMBER) if r in held & COMMENTERS), None)
    if role is None:
        raise Forbidden("Only members who were asked can comment.")
    return _comment(row.letter, row.letter_version, remark, role, by, row)


def comment_as_chair(letter: Letter, remark: Remark, *, by: Person) -> LetterComment:
    """A chair's comment on the text that waits for a decision, without deciding."""
    if letter.state is not LetterState.WITH_CHAIR:
        raise RuleBroken("The letter is not with the chair now, so there is nothing to comment on.")
    found = capacities(by, letter.taskforce_id)
    if not found:
        raise Forbidden("Only the chair or the vice chair comments here.")
    return _comment(letter, letter.current, remark, found[0].role, by, None)


def _comment(
    letter: Letter, version: LetterVersion, remark: Remark, role: Role, by: Person, row: CommentRound | None
) -> LetterComment:
    if not remark.text:
        raise RuleBroken("Say what you think", field="text")
    comment = LetterComment(
        letter_id=letter.id,
        version_id=version.id,
        round_id=row.id if row else None,
        part=remark.part,
        quote=remark.quote,
        text=remark.text,
        by_id=by.contact_id,
        as_role=role,
        at=clock.now(),
    )
    db.session.add(comment)
    db.session.flush()
    events.record(by, "comment_made", letter, comment=comment.id, version=version.number)
    return comment


def _check_open(row: CommentRound, field: str | None = None) -> None:
    if not row.is_open(clock.today()):
        raise RuleBroken("The time for comments is over. Nothing was saved", field=field)


def finish(row: CommentRound, mail: Told, *, by: Person) -> None:
    """A member has no (more) comments; once nobody has any, the secretariat is told.

    Saying so twice changes nothing. The round has its letter and whom it asks loaded.
    """
    _check_open(row)
    asked = next(a for a in row.asked if a.contact_id == by.contact_id)
    if asked.finished_at is not None:
        return
    asked.finished_at = clock.now()
    db.session.flush()
    events.record(by, "comments_finished", row.letter, round=row.id)
    if _not_done(row):
        return
    for contact_id, email in queries.list_emails_of(row.taskforce_id, frozenset({Role.SECRETARIAT})):
        if contact_id != by.contact_id:
            outbox.queue_mail(f"comments_finished:{row.id}:{len(row.asked)}", email, mail.subject, mail.body)


def deal_with(comment: LetterComment, how: str, *, by: Person) -> None:
    """Mark a comment (with its letter) as dealt with; how is optional."""
    if comment.dealt_at is not None:
        raise RuleBroken("This comment is dealt with already.")
    comment.dealt_at, comment.dealt_by_id, comment.dealt_how = clock.now(), by.contact_id, how
    db.session.flush()
    events.record(by, "comment_dealt_with", comment.letter, comment=comment.id)


def take_up_again(comment: LetterComment, *, by: Person) -> None:
    """Take back that a comment (with its letter) is dealt with."""
    if comment.dealt_at is None:
        raise RuleBroken("This comment is not dealt with yet.")
    comment.dealt_at, comment.dealt_by_id, comment.dealt_how = None, None, ""
    db.session.flush()
    events.record(by, "comment_taken_up_again", comment.letter, comment=comment.id)
