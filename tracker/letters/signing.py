"""The signature image under a letter: whose, when it may be used, and under which text it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import exists, or_, select

from tracker.accounts.models import Grant, Signature
from tracker.accounts.signatures import get_signature
from tracker.core import clock, files
from tracker.core.audit import register_check
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.permissions import CHAIRS, Person
from tracker.letters.documents import Picture
from tracker.letters.models import ClearanceDecision, Letter
from tracker.letters.rules import APPROVALS


def is_signatory(name: str, signatory: Sequence[str]) -> bool:
    """Whether the lines under a letter name this person: nobody's picture stands over somebody else's name."""
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    return bool(name) and any(whole.search(line) for line in signatory)


def can_sign(letter: Letter, person: Person) -> bool:
    """Whether the letter is theirs to sign: they have a picture up, decide in their own right, and it names them."""
    return (
        is_signatory(person.name, letter.current.words.signatory)
        and _decides_in_own_right(person, letter.taskforce_id)
        and get_signature(person.contact_id) is not None
    )


def _decides_in_own_right(person: Person, taskforce_id: int) -> bool:
    """Whether they hold the chair or the vice chair themselves, and not only for somebody for a time."""
    today = clock.today()
    own = exists().where(
        Grant.contact_id == person.contact_id,
        Grant.taskforce_id == taskforce_id,
        Grant.role.in_(sorted(CHAIRS)),
        Grant.delegated_by_id.is_(None),
        Grant.from_on <= today,
        or_(Grant.until_on.is_(None), Grant.until_on >= today),
    )
    return bool(db.session.execute(select(own)).scalar())


def picture_to_sign_with(letter: Letter, by: Person) -> str:
    """The hash of the picture that `by` signs with. Raises RuleBroken (field sign) where it is not theirs to sign."""
    signature = get_signature(by.contact_id) if can_sign(letter, by) else None
    if signature is None:
        raise RuleBroken("You cannot sign this letter with a signature image. Decide without it.", field="sign")
    return signature.file_sha256


def signed_by(letter: Letter) -> ClearanceDecision | None:
    """The approval by which the approved text is signed; `decisions` must be loaded with `by`.

    Only the newest approval of exactly that text counts: whoever approves it again decides again whether to sign.
    """
    if letter.approved_sha256 is None:
        return None
    approvals = [d for d in letter.decisions if d.kind in APPROVALS and d.sha256 == letter.approved_sha256]
    newest = max(approvals, key=lambda d: d.id, default=None)
    return newest if newest is not None and newest.signature_sha256 else None


def picture_of(letter: Letter) -> Picture | None:
    """The signature that prints under the approved text, where its approver signed it."""
    decision = signed_by(letter)
    if decision is None or decision.signature_sha256 is None:
        return None
    name = decision.by.name if decision.by else ""
    return Picture(files.read(decision.signature_sha256), f"Signature of {name}")


@register_check
def _signature_problems() -> Iterator[str]:
    """Decisions that bear a picture which is not the decider's own."""
    own = exists().where(
        Signature.contact_id == ClearanceDecision.by_id, Signature.file_sha256 == ClearanceDecision.signature_sha256
    )
    statement = select(ClearanceDecision).where(ClearanceDecision.signature_sha256.is_not(None))
    for decision in db.session.scalars(statement.where(or_(~own, ~ClearanceDecision.kind.in_(sorted(APPROVALS))))):
        yield f"decision {decision.id} on letter {decision.letter_id} bears a signature that is not its approver's"
