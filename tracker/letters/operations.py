"""What is done to the words of letters: drafting, saving, recording. Clearance and issue: clearance.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tracker.actions.models import Origin
from tracker.core import clock, events, files, references
from tracker.core.db import db, touch
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.directory import queries as directory
from tracker.directory.models import Programme, Taskforce
from tracker.letterheads import queries as letterheads
from tracker.letterheads.rules import DocumentKind
from tracker.letters import fields, joint, queries
from tracker.letters.about import About
from tracker.letters.content import Ask, Content, addressee_lines, correction_sentence, salutation_for
from tracker.letters.joint import NOBODY, Printed
from tracker.letters.models import Letter, LetterAddressee, LetterRecommendation, LetterVersion, Recommendation
from tracker.letters.rules import MOST_RECOMMENDATIONS, LetterKind, LetterState, content_hash
from tracker.workshops.rules import FocusArea

LONGEST_PART = 10
events.register_verbs(
    {
        "letter_drafted": "drafted the letter",
        "letter_saved": "saved the letter",
        "letter_restored": "restored an earlier version into the draft",
        "letter_recorded": "recorded the letter, which was issued outside the product",
    }
)


@dataclass(frozen=True)
class Addressed:
    """To whom a letter goes: a contact for a programme."""

    contact_id: int
    programme_id: int


@dataclass(frozen=True)
class Draft:
    """What the writing page gives. New recommendations have the id 0; the letterhead of `content` is blank.

    `joint` are the other programmes of a joint letter; None leaves them as they are.
    """

    kind: LetterKind
    workshop_id: int | None
    to: Addressed
    letter_date: date | None
    response_due_on: date | None
    response_due_stated: str
    content: Content
    joint: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Upload:
    """The file of a letter that was sent before the product came."""

    content: bytes
    media_type: str


def default_content(taskforce: Taskforce, to: Addressed | None, signatory: tuple[str, ...]) -> Content:
    """What a new letter begins with; `taskforce` has its board loaded."""
    content = replace(
        with_letterhead(Content(), taskforce),
        sender_address=tuple(taskforce.sender_address.splitlines()),
        classification=taskforce.classification,
        closing="Yours sincerely",
        signatory=signatory,
    )
    return with_addressee(content, to, None) if to else content


def with_letterhead(content: Content, taskforce: Taskforce) -> Content:
    """The content under the taskforce's name and its board's organisation, on the letterhead that is live today."""
    return replace(
        content,
        organisation=taskforce.board.organisation if taskforce.board else "",
        unit=taskforce.name,
        letterhead=letterheads.live_sha256(taskforce.id, DocumentKind.LETTER),
    )


def with_addressee(content: Content, to: Addressed, shown: Addressed | None) -> Content:
    """Fill in how the addressee prints where nothing was typed, or where what was filled in is of somebody else."""
    return fill_in_addressee(content, printed(to), printed(shown) if shown else NOBODY)


def fill_in_addressee(content: Content, now: Printed, shown: Printed) -> Content:
    """The same, where it is known how both print."""
    return replace(
        content,
        addressee=now.lines if content.addressee in {(), shown.lines} else content.addressee,
        salutation=now.salutation if content.salutation in {"", shown.salutation} else content.salutation,
    )


def printed(to: Addressed) -> Printed:
    """How somebody prints as the addressee. Raises RuleBroken where there is no such contact or programme."""
    contact, programme = directory.get_contact(to.contact_id), db.session.get(Programme, to.programme_id)
    if contact is None or programme is None:
        raise RuleBroken("Choose the addressee and the programme again.")
    lines = addressee_lines(contact.name, contact.post_nominals, contact.job_title, programme.name)
    return Printed(lines, salutation_for(contact.name, contact.salutation))


def draft_letter(taskforce: Taskforce, draft: Draft, shown: Addressed | None, *, by: Person) -> Letter:
    """A new letter in draft. `shown` is whose name stood in the form when it was opened."""
    check_kind(draft.kind, None)
    letter = new_letter(taskforce, draft, state=LetterState.DRAFT)
    content = with_addressee(with_letterhead(draft.content, taskforce), draft.to, shown)
    content = joint.print_jointly(content, printed(draft.to), joint.address(letter, draft.joint or ()))
    add_version(letter, fields.resolve(content, _about(taskforce, draft)), by=by)
    events.record(by, "letter_drafted", letter, version=1)
    db.session.flush()
    return letter


def save_letter(letter: Letter, draft: Draft, *, by: Person) -> bool:
    """Save a draft; whether anything changed. A changed text is a new version; an unchanged save leaves no trace.

    Raises RuleBroken where the letter is no longer a draft.
    """
    if letter.state is not LetterState.DRAFT:
        raise RuleBroken("Only a draft can be edited. Return or reopen the letter first.")
    check_kind(draft.kind, letter.corrects_id)
    for name in ("kind", "workshop_id", "letter_date", "response_due_on", "response_due_stated"):
        # Setting an equal value would count as a write, and an unchanged save is none.
        if getattr(letter, name) != getattr(draft, name):
            setattr(letter, name, getattr(draft, name))
    changed: dict[str, Any] = events.changes(letter)
    row = letter.main_addressee
    shown = Addressed(row.contact_id, row.programme_id)
    if shown != draft.to:
        changed["addressee"] = [[shown.contact_id, shown.programme_id], [draft.to.contact_id, draft.to.programme_id]]
        row.contact_id, row.programme_id = draft.to.contact_id, draft.to.programme_id
    content = with_addressee(with_letterhead(draft.content, letter.taskforce), draft.to, shown)
    moved = joint.address(letter, draft.joint)
    if moved.before != moved.now:
        changed["joint"] = [list(moved.before), list(moved.now)]
    content = joint.print_jointly(content, printed(draft.to), moved)
    version = add_version(letter, fields.resolve(content, _about(letter.taskforce, draft)), by=by)
    if version is None and not changed:
        return False
    touch(letter)
    number = version.number if version else letter.current.number
    events.record(by, "letter_saved", letter, version=number, **changed)
    db.session.flush()
    return True


def _about(taskforce: Taskforce, draft: Draft) -> About:
    return About(taskforce.id, draft.to.programme_id, draft.to.contact_id, draft.workshop_id)


def restore_version(letter: Letter, number: int, *, by: Person) -> LetterVersion:
    """Make an earlier version the draft's next one: the same words, hash and identities of the recommendations.

    Raises RuleBroken where the letter is no draft, has no such version, or says the same already.
    """
    if letter.state is not LetterState.DRAFT:
        raise RuleBroken("Only a draft can be changed. Return or reopen the letter first.")
    earlier = next((v for v in letter.versions if v.number == number), None)
    version = add_version(letter, earlier.words, by=by) if earlier else None
    if version is None:
        raise RuleBroken(f"The draft says what version {number} says already.")
    touch(letter)
    events.record(by, "letter_restored", letter, version=version.number, restored=number)
    db.session.flush()
    return version


def record_letter(taskforce: Taskforce, draft: Draft, upload: Upload, *, by: Person | None) -> Letter:
    """Record a letter that was issued outside the product: its file is kept, and no approval is claimed for it.

    Raises RuleBroken without a date, BadFile for an empty or too large file.
    """
    if draft.letter_date is None:
        raise RuleBroken("Enter the date of the letter", field="letter_date")
    reference = references.allot(taskforce.id, taskforce.code, "L")
    letter = new_letter(
        taskforce,
        draft,
        state=LetterState.RECORDED,
        reference=reference,
        file_sha256=files.store(upload.content, upload.media_type),
    )
    joint.address(letter, draft.joint or ())
    # It was printed elsewhere, on a letterhead that is not kept here.
    content = replace(with_letterhead(draft.content, taskforce), letterhead="")
    add_version(letter, with_addressee(content, draft.to, None), by=by)
    name_recommendations(letter, reference)
    events.record(by, "letter_recorded", letter, sha256=letter.file_sha256, reference=reference)
    db.session.flush()
    return letter


def check_kind(kind: LetterKind, corrects_id: int | None) -> None:
    """Raises RuleBroken for a correction that corrects no letter, and for one that is to be of another kind."""
    if kind is LetterKind.CORRECTION and corrects_id is None:
        raise RuleBroken("A correction begins on the page of the letter that it corrects", field="kind")
    if kind is not LetterKind.CORRECTION and corrects_id is not None:
        raise RuleBroken("This letter corrects another one: it stays a correction", field="kind")


def new_letter(taskforce: Taskforce, draft: Draft, **values: object) -> Letter:
    """The row of a new letter with its addressee, without words."""
    origin = Origin(taskforce_id=taskforce.id)
    db.session.add(origin)
    db.session.flush()
    letter = Letter(
        taskforce_id=taskforce.id,
        taskforce=taskforce,
        origin_id=origin.id,
        workshop_id=draft.workshop_id,
        kind=draft.kind,
        subject=draft.content.subject,
        letter_date=draft.letter_date,
        response_due_on=draft.response_due_on,
        response_due_stated=draft.response_due_stated,
        addressees=[],
        versions=[],
        decisions=[],
        **values,
    )
    db.session.add(letter)
    db.session.add(LetterAddressee(letter=letter, contact_id=draft.to.contact_id, programme_id=draft.to.programme_id))
    db.session.flush()
    return letter


def add_version(letter: Letter, content: Content, *, by: Person | None) -> LetterVersion | None:
    """Keep `content` as the letter's next version, with its recommendations; None where it says what the last one says.

    Raises RuleBroken for too many recommendations, or one that is not of this letter.
    """
    content = replace(content, recommendations=_identified(letter, content.recommendations))
    content = carried(content, letter.corrects_id)
    if any(len(ask.part) > LONGEST_PART for ask in content.recommendations):
        raise RuleBroken("The letters that this one corrects have used up all parts. Write a new letter instead.")
    text = content.to_json()
    digest = content_hash(text)
    number = letter.current.number + 1 if letter.versions else 1
    if letter.versions and letter.current.sha256 == digest:
        return None
    version = LetterVersion(
        letter=letter,
        letter_id=letter.id,
        number=number,
        content=text,
        sha256=digest,
        made_by_id=by.contact_id if by else None,
        made_at=clock.now(),
    )
    db.session.add(version)
    letter.subject = content.subject
    _add_wordings(version, content)
    db.session.flush()
    return version


def carried(content: Content, corrects_id: int | None) -> Content:
    """The content with what a correction takes from the letters that it corrects; any other content as it is."""
    corrected = db.session.get(Letter, corrects_id) if corrects_id else None
    if corrected is None or corrected.reference is None or corrected.letter_date is None:
        return content
    earlier = queries.list_identities(corrected.id)
    sentence = correction_sentence(corrected.reference, corrected.letter_date)
    return content.as_correction(sentence, {row.id: row.part for row in earlier.values() if row.part})


def _identified(letter: Letter, asks: Sequence[Ask]) -> tuple[Ask, ...]:
    """The recommendations, each with an identity: a new one is made for those that have none."""
    if len(asks) > MOST_RECOMMENDATIONS:
        raise RuleBroken(f"A letter holds up to {MOST_RECOMMENDATIONS} recommendations.")
    known = queries.list_identities(letter.id)
    named = [ask.id for ask in asks if ask.id]
    if len(set(named)) < len(named) or not set(named) <= set(known):
        raise RuleBroken("A recommendation of this letter could not be told from another. Open the page again.")
    new = [Recommendation(taskforce_id=letter.taskforce_id, letter_id=letter.id) for ask in asks if not ask.id]
    db.session.add_all(new)
    db.session.flush()
    ids = (row.id for row in new)
    return tuple(ask if ask.id else replace(ask, id=next(ids)) for ask in asks)


def _add_wordings(version: LetterVersion, content: Content) -> None:
    """The recommendations as rows, their fields filled: what registers, answers and papers read."""
    asks = content.recommendations
    wanted = sorted({point_id for ask in asks for point_id in ask.rests_on})
    points = {p.id: p for p in queries.list_points(None, wanted)}
    for place, ask in enumerate(asks):
        wording = LetterRecommendation(
            version=version,
            recommendation_id=ask.id,
            place=place,
            placement=ask.placement,
            kind=ask.kind,
            title=ask.title,
            text=content.filled(ask.text),
            board_wording=ask.board_wording,
            success=ask.success,
            theme=ask.theme or None,
            focus_area=FocusArea(ask.focus_area) if ask.focus_area else None,
            principles="\n".join(ask.principles) or None,
            points=[points[point_id] for point_id in ask.rests_on if point_id in points],
        )
        db.session.add(wording)


def name_recommendations(letter: Letter, reference: str) -> None:
    """Give the recommendations of the current text their references: parts a, b, c by their place over all.

    Those that a correction carries over have theirs already.
    """
    known = queries.list_identities(letter.id)
    words = letter.current.words
    for part, ask in zip(words.parts, words.recommendations, strict=True):
        row = known[ask.id]
        if row.reference is None:
            row.part = part
            row.reference = f"{reference}({row.part})"
    db.session.flush()
