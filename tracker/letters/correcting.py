"""Corrections: a new letter that carries the recommendations of an issued or recorded one over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.letters import fields, joint, queries
from tracker.letters.about import About
from tracker.letters.content import Content, plain
from tracker.letters.models import Letter, LetterRecommendation
from tracker.letters.operations import Addressed, Draft, add_version, default_content, new_letter, with_letterhead
from tracker.letters.rules import UNSENT, LetterKind, LetterState, Placement

events.register_verbs({"correction_drafted": "drafted the letter, which corrects an earlier one"})


@dataclass(frozen=True)
class Linked:
    """A letter at the other end of a correction, and the recommendations that were not carried over."""

    key: str
    reference: str
    letter_date: date | None
    left_out: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """EPC-L03 of 4 August 2026."""
        return f"{self.reference} of {plain(self.letter_date)}" if self.letter_date else self.reference


@dataclass(frozen=True)
class Corrections:
    """What a letter corrects and what corrects it, as far as somebody may know; `draft` is the key of an open one."""

    corrects: Linked | None = None
    corrected_by: Linked | None = None
    draft: str | None = None


def draft_correction(letter: Letter, *, by: Person) -> Letter:
    """A draft that corrects a sent letter, with its words and its recommendations under their identities.

    Of a recorded letter only the recommendations are held: they are listed in the draft, for they have no text to stand
    in. A due date that has passed is not repeated. `letter` has its taskforce with the board, versions and addressees.
    Raises RuleBroken for a letter that was not sent, that was corrected already, or whose correction is being drafted.
    """
    _check(letter)
    to = Addressed(letter.main_addressee.contact_id, letter.main_addressee.programme_id)
    passed = letter.response_due_on is not None and letter.response_due_on < clock.today()
    draft = Draft(
        kind=LetterKind.CORRECTION,
        workshop_id=letter.workshop_id,
        to=to,
        letter_date=None,
        response_due_on=None if passed else letter.response_due_on,
        response_due_stated="" if passed else letter.response_due_stated,
        content=_words(letter, to),
    )
    correction = new_letter(letter.taskforce, draft, state=LetterState.DRAFT, corrects_id=letter.id)
    joint.address(correction, sorted(letter.programme_ids))
    about = About(letter.taskforce_id, to.programme_id, to.contact_id, letter.workshop_id)
    add_version(correction, fields.resolve(draft.content, about), by=by)
    events.record(by, "correction_drafted", correction, version=1, corrects=letter.reference)
    db.session.flush()
    return correction


def _check(letter: Letter) -> None:
    if not letter.is_issued:
        raise RuleBroken("Only a letter that was sent can be corrected. Edit the draft instead.")
    for state, reference, row_id in _list_corrections(letter.id):
        if state in UNSENT:
            raise RuleBroken(f"A correction of {letter.reference} is being drafted already: draft {row_id}.")
        raise RuleBroken(f"{reference} has corrected {letter.reference} already. Correct {reference} instead.")


def _list_corrections(letter_id: int) -> Sequence[tuple[LetterState, str | None, int]]:
    """(state, reference, id) of the corrections of a letter, without those that were withdrawn."""
    statement = select(Letter.state, Letter.reference, Letter.id).where(
        Letter.corrects_id == letter_id, Letter.state != LetterState.WITHDRAWN
    )
    return [(r.state, r.reference, r.id) for r in db.session.execute(statement.order_by(Letter.id))]


def _words(letter: Letter, to: Addressed) -> Content:
    words = letter.current.words
    chair = queries.get_chair(letter.taskforce_id)
    blank = default_content(letter.taskforce, to, (chair.name,) if chair else ())
    if letter.state is LetterState.RECORDED:
        asks = tuple(replace(ask, placement=Placement.LISTED) for ask in words.recommendations)
        return replace(blank, subject=words.subject, recommendations=asks)
    return with_letterhead(replace(words, letterhead=blank.letterhead), letter.taskforce)


def get_corrections(person: Person, letter: Letter) -> Corrections:
    """How `letter` stands to others by correction, for `person`: letters that they cannot see are not named.

    Three queries at the most, two of them only where there is a correction.
    """
    near = (Letter.id == letter.corrects_id) | (Letter.corrects_id == letter.id)
    statement = select(Letter).where(near, queries.visible_letters(person), Letter.state != LetterState.WITHDRAWN)
    found = db.session.scalars(statement.order_by(Letter.id)).all()
    older = next((row for row in found if row.id == letter.corrects_id), None)
    newer = [row for row in found if row.corrects_id == letter.id]
    sent = next((row for row in newer if row.is_issued), None)
    draft = next((row.key for row in newer if not row.is_issued), None)
    return Corrections(
        corrects=_linked(older, of=older, by=letter) if older else None,
        corrected_by=_linked(sent, of=letter, by=sent) if sent else None,
        draft=draft,
    )


def _linked(shown: Letter, *, of: Letter, by: Letter) -> Linked:
    carried = {w.recommendation_id for w in _wordings(by.id)}
    left_out = tuple(w.recommendation.reference or "" for w in _wordings(of.id) if w.recommendation_id not in carried)
    return Linked(shown.key, shown.reference or "", shown.letter_date, left_out)


def _wordings(letter_id: int) -> Sequence[LetterRecommendation]:
    """The recommendations of a letter's newest version with their identities, in its order."""
    newest = queries.newest_version_id(letter_id)
    statement = select(LetterRecommendation).where(LetterRecommendation.version_id == newest)
    statement = statement.options(joinedload(LetterRecommendation.recommendation))
    return db.session.scalars(statement.order_by(LetterRecommendation.place)).all()
