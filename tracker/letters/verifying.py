"""Whether what a letter holds agrees, in a sentence each: its content, its decisions and its stored file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.core import clock, files
from tracker.core.audit import register_check
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.core.events import Event, EventDetail
from tracker.core.files import StoredFile
from tracker.letters import documents, signing
from tracker.letters.content import plain
from tracker.letters.deciding import in_order, standing_approval
from tracker.letters.models import ClearanceDecision, Letter, LetterRecommendation, LetterVersion
from tracker.letters.rules import APPROVALS, DecisionKind, LetterState

SENT_VERBS = ("letter_issued", "letter_recorded")


@dataclass(frozen=True)
class Finding:
    """A sentence, and whether what it says is as it should be."""

    agrees: bool
    text: str


def verify_letter(letter: Letter) -> list[Finding]:
    """Check a letter, with its versions and decisions and who took them. What it writes again it does not keep."""
    if not letter.versions:
        return [Finding(False, "The letter has no text: its versions are gone.")]
    return [*_content(letter), *_decisions(letter), *_file(letter)]


def _content(letter: Letter) -> Iterator[Finding]:
    wrong = [v.number for v in letter.versions if not v.is_intact]
    for number in sorted(wrong):
        yield Finding(False, f"Version {number} is not the text that its hash was taken of.")
    count = len(letter.versions)
    if not wrong:
        said = f"All {count} versions have" if count > 1 else "The text has"
        yield Finding(True, f"{said} the hash that was kept with the text.")
    texts = {v.id: v.sha256 for v in letter.versions}
    for decision in in_order(letter.decisions):
        if texts.get(decision.version_id) != decision.sha256:
            yield Finding(False, f"The step “{decision.kind.label}” names another text than its version has.")


def _decisions(letter: Letter) -> Iterator[Finding]:
    if letter.state is LetterState.RECORDED:
        yield Finding(True, "The letter was issued outside the product: no approval is claimed for it.")
        return
    if letter.approved_sha256 is None:
        yield Finding(True, f"The letter is {letter.state.label.lower()}: no approval stands.")
        return
    if letter.current.sha256 != letter.approved_sha256:
        yield Finding(False, "The newest text is not the one that was approved.")
    approved, confirmed = _two_people(letter)
    if approved is None or confirmed is None:
        yield Finding(False, "Two people have not confirmed the approved text.")
        return
    waiver = f" under a waiver ({approved.reason})" if approved.kind is DecisionKind.APPROVED_UNDER_WAIVER else ""
    text = (
        f"{_by(approved)} approved the text{waiver} and {_by(confirmed)} confirmed the same text: two people, one hash."
    )
    yield Finding(True, text)


def _by(decision: ClearanceDecision) -> str:
    name = decision.by.name if decision.by else "Nobody"
    on_behalf = f", for {decision.decided_for.name}," if decision.decided_for else ""
    return f"{name}{on_behalf} on {plain(clock.london(decision.at).date())}"


def _two_people(letter: Letter) -> tuple[ClearanceDecision | None, ClearanceDecision | None]:
    """The approval that stands, and the step by which another person stood by the same text."""
    approval = standing_approval(letter.decisions)
    if approval is None or approval.sha256 != letter.approved_sha256 or approval.kind not in APPROVALS:
        return None, None
    people = {approval.by_id, approval.for_id}
    kinds = {DecisionKind.SUBMITTED, DecisionKind.CONFIRMED}
    if approval.kind is not DecisionKind.APPROVED:
        kinds = {DecisionKind.CONFIRMED}
    same = (d for d in in_order(letter.decisions) if d.sha256 == approval.sha256 and d.kind in kinds)
    return approval, next((d for d in same if d.by_id not in people), None)


def _file(letter: Letter) -> Iterator[Finding]:
    if letter.file_sha256 is None:
        yield Finding(True, "No file is kept: the letter is not issued.")
        return
    try:
        content = files.read(letter.file_sha256)
    except NotFound:
        yield Finding(False, "The file of the letter is not there.")
        return
    if hashlib.sha256(content).hexdigest() != letter.file_sha256:
        yield Finding(False, "The stored file has been changed: its hash is another one.")
        return
    yield Finding(True, "The stored file has the hash that was kept with the letter.")
    logged = _logged_hash(letter)
    if logged is not None:
        agrees = logged == letter.file_sha256
        yield Finding(agrees, f"The audit log names {'the same' if agrees else 'another'} file.")
    # From words that are not those that were hashed nothing is written: that they are not is said above.
    if letter.state is LetterState.ISSUED and letter.current.is_intact:
        yield _written_again(letter, content, proven=logged == letter.file_sha256)


def _logged_hash(letter: Letter) -> str | None:
    """The hash of the file as the log has it; None where its details are erased."""
    statement = (
        select(EventDetail.body)
        .join(Event, Event.number == EventDetail.number)
        .where(Event.subject_kind == "letter", Event.subject_id == letter.id, Event.verb.in_(SENT_VERBS))
    )
    body = db.session.execute(statement.order_by(Event.number).limit(1)).scalar()
    return json.loads(body).get("sha256") if body else None


def _written_again(letter: Letter, content: bytes, *, proven: bool) -> Finding:
    """Whether the approved text with its slots still writes this file.

    A newer release may write the same words into other bytes: a file that the log vouches for is not called changed.
    """
    picture = signing.picture_of(letter)
    again = documents.write(letter.current, documents.slots_of(letter), draft=False, signature=picture)
    if again == content:
        return Finding(
            True, "Written again from the approved text, its slots and its signature, the file is the same to the byte."
        )
    if proven:
        said = (
            "Written again, the letter gives other bytes: a newer release writes differently, or a slot was changed "
            "since, which `flask audit verify` tells. The stored file is the one that was issued."
        )
        return Finding(True, said)
    return Finding(False, "The stored file is not what the approved text and its slots write.")


@register_check
def _letter_problems() -> Iterator[str]:
    """Hashes, approvals, files and wordings of letters that do not agree."""
    files = set(db.session.scalars(select(StoredFile.sha256)))
    statement = (
        select(Letter)
        .options(
            selectinload(Letter.versions)
            .selectinload(LetterVersion.wordings)
            .selectinload(LetterRecommendation.points),
            selectinload(Letter.decisions),
        )
        .order_by(Letter.id)
        .execution_options(yield_per=100)
    )
    for letter in db.session.scalars(statement):
        for version in letter.versions:
            yield from _version_problems(letter, version)
        if not letter.versions:
            yield f"letter {letter.key} has no text"
        elif letter.current.is_intact and letter.subject != letter.current.words.subject:
            yield f"letter {letter.key} is listed under another subject than it has"
        if letter.approved_sha256 is not None and not _is_approved(letter):
            yield f"letter {letter.key} is approved without two people's confirmation of its latest text"
        if letter.file_sha256 is not None and letter.file_sha256 not in files:
            yield f"the file of letter {letter.key} is missing"


def _version_problems(letter: Letter, version: LetterVersion) -> Iterator[str]:
    name = f"letter {letter.key}, version {version.number}"
    if not version.is_intact:
        yield f"{name}: the hash is not that of its words"
        return
    rows = [
        (
            w.recommendation_id,
            w.placement,
            w.kind,
            w.title,
            w.text,
            w.board_wording,
            w.success,
            w.theme or "",
            w.focus_area or "",
            w.principles or "",
            {p.id for p in w.points},
        )
        for w in sorted(version.wordings, key=lambda w: w.place)
    ]
    words = version.words
    asks = [
        (
            a.id,
            a.placement,
            a.kind,
            a.title,
            words.filled(a.text),
            a.board_wording,
            a.success,
            a.theme,
            a.focus_area,
            "\n".join(a.principles),
            set(a.rests_on),
        )
        for a in words.recommendations
    ]
    if rows != asks:
        yield f"{name}: its recommendations are not those of its words"


def _is_approved(letter: Letter) -> bool:
    same = [d for d in letter.decisions if d.sha256 == letter.approved_sha256]
    chairs = [{d.by_id, d.for_id} for d in same if d.kind in APPROVALS]
    others = {d.by_id for d in same if d.kind in {DecisionKind.SUBMITTED, DecisionKind.CONFIRMED}}
    newest = letter.current.sha256 if letter.versions else None
    return newest == letter.approved_sha256 and any(b not in a for a in chairs for b in others)
