"""Clearance and issue: each verb checks the rule, changes the state and records (product.md, States and Rules)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.core import clock, events, files, outbox, references
from tracker.core.db import db, touch
from tracker.core.errors import ContentMoved, Forbidden, RuleBroken
from tracker.core.permissions import Person, Role
from tracker.letters import checking, clearing_queries, commenting, documents, fields, queries, signing
from tracker.letters.about import About
from tracker.letters.content import plain
from tracker.letters.deciding import (
    Capacity,
    capacities,
    capacity_to_approve,
    last_submitted,
    standing_approval,
)
from tracker.letters.models import ClearanceDecision, Letter
from tracker.letters.operations import add_version, name_recommendations
from tracker.letters.rules import (
    DecisionKind,
    LetterState,
    SentHow,
    can_move,
    due_date,
    why_not_confirmed_by,
    why_not_stated,
)

events.register_verbs(
    {
        "letter_submitted": "sent the letter to the chair",
        "letter_approved": "approved the letter",
        "letter_approved_with_changes": "approved the letter with changes",
        "letter_approved_under_waiver": "approved their own letter under a waiver",
        "letter_confirmed": "confirmed what the chair approved: the letter is approved",
        "letter_returned": "returned the letter",
        "letter_taken_back": "took the letter back from the chair",
        "letter_reopened": "reopened the letter: its approval is void",
        "letter_withdrawn": "withdrew the letter",
        "letter_issued": "issued the letter",
        "letter_corrected": "corrected the letter by another one",
    }
)


SECRETARIAT = Capacity(Role.SECRETARIAT)


@dataclass(frozen=True)
class Mail:
    """What to tell people of a step of clearance."""

    subject: str
    body: str


@dataclass(frozen=True)
class Issue:
    """How a letter is sent. With neither a due date nor a date as stated the response is counted in working days."""

    letter_date: date
    how: SentHow
    to: str
    due_on: date | None = None
    due_stated: str = ""
    no_response: bool = False


def submit_letter(letter: Letter, sha256: str, mail: Mail, note: str = "", *, by: Person) -> None:
    """Send a draft to the chair: the submitter confirms the text with this hash. `note` is for the chair.

    Raises RuleBroken for what the check list blocks (checking.py).
    """
    _check(letter, LetterState.WITH_CHAIR, sha256)
    if found := checking.blocks(letter.current.words):
        raise RuleBroken(" ".join(finding.message for finding in found))
    decision = _decide(letter, DecisionKind.SUBMITTED, SECRETARIAT, by, note)
    commenting.close_open_round(letter, by=by)
    _move(letter, LetterState.WITH_CHAIR)
    events.record(by, "letter_submitted", letter, version=letter.current.number, sha256=sha256)
    _tell_chairs(letter, f"letter_submitted:{decision.id}", mail, by)


def approve_letter(
    letter: Letter, sha256: str, mail: Mail, *, comment: str = "", by: Person, sign: bool = False
) -> None:
    """Approve the text with this hash, which another person has sent; `comment` is for the secretariat.

    `sign`: with the approver's signature image.
    """
    _check(letter, LetterState.APPROVED, sha256)
    _check_not_decided(letter)
    capacity = _approver(letter, by)
    picture = signing.picture_to_sign_with(letter, by) if sign else None
    decision = _decide(letter, DecisionKind.APPROVED, capacity, by, comment, signature_sha256=picture)
    _move(letter, LetterState.APPROVED, approved_sha256=sha256)
    _record(by, "letter_approved", letter, decision)
    _tell_secretariat(letter, decision, mail, by)


def approve_with_changes(
    letter: Letter,
    sha256: str,
    body: str,
    texts: dict[int, str],
    mail: Mail,
    *,
    comment: str = "",
    by: Person,
    sign: bool = False,
) -> None:
    """Approve with exact replacements of the words: a new text with a new hash, which the secretariat confirms.

    `texts` are the recommendations' words by their ids; `sha256` is the hash of the text that was changed.
    """
    _check(letter, LetterState.APPROVED, sha256)
    _check_not_decided(letter)
    capacity = _approver(letter, by)
    words = fields.complete(letter.current.words.with_words(body, texts), About.of(letter))
    version = add_version(letter, words, by=by)
    if version is None:
        raise RuleBroken("You have changed nothing. Go back and choose “Approve” instead.", field="body")
    picture = signing.picture_to_sign_with(letter, by) if sign else None
    kind = DecisionKind.APPROVED_WITH_CHANGES
    decision = _decide(letter, kind, capacity, by, comment, signature_sha256=picture)
    touch(letter)
    _record(by, "letter_approved_with_changes", letter, decision)
    _tell_secretariat(letter, decision, mail, by)


def approve_under_waiver(
    letter: Letter, sha256: str, reason: str, mail: Mail, *, by: Person, sign: bool = False
) -> None:
    """Approve a letter that one sent oneself, where nobody else can decide: a second person confirms the same text.

    Raises RuleBroken where somebody else can decide, or without a reason.
    """
    _check(letter, LetterState.APPROVED, sha256)
    _check_not_decided(letter)
    why_not = why_no_waiver(letter, by)
    if why_not:
        raise RuleBroken(why_not, field="decision")
    _check_reason(reason)
    own = next(c for c in capacities(by, letter.taskforce_id) if c.for_id is None)
    picture = signing.picture_to_sign_with(letter, by) if sign else None
    decision = _decide(letter, DecisionKind.APPROVED_UNDER_WAIVER, own, by, reason, signature_sha256=picture)
    touch(letter)
    _record(by, "letter_approved_under_waiver", letter, decision)
    _tell_secretariat(letter, decision, mail, by)


def why_no_waiver(letter: Letter, by: Person) -> str | None:
    """Why `by` cannot approve the letter under a waiver; None where they sent it and nobody else can decide."""
    sent = last_submitted(letter.decisions)
    if sent is None or sent.by_id != by.contact_id:
        return "You did not send this letter to the chair, so you need no waiver: approve it."
    if all(c.for_id is not None for c in capacities(by, letter.taskforce_id)):
        return "You sent this letter, and the chair's role is not your own. Another person has to approve it."
    others = [
        d for d in clearing_queries.list_deciders(letter.taskforce_id) if by.contact_id not in {d.contact_id, d.for_id}
    ]
    if others:
        return f"{others[0].name} can decide on this letter, so no waiver is needed."
    return None


def confirm_changes(letter: Letter, sha256: str, *, by: Person) -> None:
    """Confirm what the chair changed, or approved under a waiver: another person than the chair, and the same hash.

    The secretariat confirms; a waiver may also be confirmed by another chair.
    """
    _check(letter, LetterState.APPROVED, sha256)
    approval = standing_approval(letter.decisions)
    if approval is None or not letter.awaits_confirmation:
        raise RuleBroken("There are no changes by the chair to confirm.")
    why_not = why_not_confirmed_by(by.contact_id, frozenset(filter(None, (approval.by_id, approval.for_id))))
    if why_not:
        raise RuleBroken(why_not)
    decision = _decide(letter, DecisionKind.CONFIRMED, confirmer(letter, by), by)
    _move(letter, LetterState.APPROVED, approved_sha256=sha256)
    _record(by, "letter_confirmed", letter, decision)


def confirmer(letter: Letter, by: Person) -> Capacity:
    """As whom `by` confirms. Raises Forbidden for those who may not confirm this."""
    if letter.taskforce_id in by.taskforces({Role.SECRETARIAT}):
        return SECRETARIAT
    own = [c for c in capacities(by, letter.taskforce_id) if c.for_id is None]
    last = letter.last_decision
    if own and last is not None and last.kind is DecisionKind.APPROVED_UNDER_WAIVER:
        return own[0]
    raise Forbidden("The secretariat confirms what the chair changed.")


def return_letter(letter: Letter, sha256: str, reason: str, mail: Mail, *, by: Person) -> None:
    """Send the letter back to the secretariat, with what has to change."""
    _check(letter, LetterState.DRAFT, sha256, from_state=LetterState.WITH_CHAIR)
    _check_reason(reason)
    decision = _decide(letter, DecisionKind.RETURNED, _chair(letter, by), by, reason)
    _move(letter, LetterState.DRAFT)
    _record(by, "letter_returned", letter, decision)
    _tell_secretariat(letter, decision, mail, by)


def take_back_letter(letter: Letter, reason: str, mail: Mail, *, by: Person) -> None:
    """Take a letter back from the chair to draft: the secretariat has found something. The chairs are told why."""
    _check(letter, LetterState.DRAFT, letter.current.sha256, from_state=LetterState.WITH_CHAIR)
    _check_reason(reason)
    decision = _decide(letter, DecisionKind.RETURNED, SECRETARIAT, by, reason)
    _move(letter, LetterState.DRAFT)
    _record(by, "letter_taken_back", letter, decision)
    _tell_chairs(letter, f"letter_taken_back:{decision.id}", mail, by)


def reopen_letter(letter: Letter, reason: str, *, by: Person) -> None:
    """Take an approved letter back to draft; the approval is void."""
    _check(letter, LetterState.DRAFT, letter.current.sha256, from_state=LetterState.APPROVED)
    _check_reason(reason)
    void = standing_approval(letter.decisions)
    _decide(letter, DecisionKind.REOPENED, SECRETARIAT, by, reason)
    _move(letter, LetterState.DRAFT)
    said = f"{reason} {_void_words(void)}" if void else reason
    events.record(by, "letter_reopened", letter, version=letter.current.number, reason=said)


def withdraw_letter(letter: Letter, reason: str, *, by: Person) -> None:
    """Give a letter up before it is issued. It stays on record and is never changed again."""
    _check(letter, LetterState.WITHDRAWN, letter.current.sha256)
    _check_reason(reason)
    _decide(letter, DecisionKind.WITHDRAWN, SECRETARIAT, by, reason)
    commenting.close_open_round(letter, by=by)
    _move(letter, LetterState.WITHDRAWN)
    events.record(by, "letter_withdrawn", letter, version=letter.current.number, reason=reason)


def issue_letter(letter: Letter, issue: Issue, *, by: Person) -> None:
    """Fill the slots of an approved letter, write its file, and keep it: from now on nothing of it changes.

    Raises RuleBroken where the response would be due before the date of the letter.
    """
    _check(letter, LetterState.ISSUED, letter.current.sha256)
    due_on, stated = issue.due_on, issue.due_stated
    if issue.no_response and (due_on or stated):
        raise RuleBroken("Say by when you expect a response, or that none is asked for, not both", field="no_response")
    if why_not := why_not_stated(stated, letter.response_due_stated):
        raise RuleBroken(why_not, field="response_due_stated")
    if not issue.no_response:
        due_on, _working = due_date(issue.letter_date, letter.taskforce.response_working_days, due_on, stated)
    if not (due_on or stated) and "response due" in letter.current.words.fields_used:
        raise RuleBroken("The text says by when a response is due, at {response due}: say when", field="no_response")
    if due_on and due_on < issue.letter_date:
        raise RuleBroken("The response cannot be due before the date of the letter", field="response_due_on")
    # The file is written inside the transaction, because it bears the reference that is allotted here (about 5 ms).
    reference = references.allot(letter.taskforce_id, letter.taskforce.code, "L")
    slots = documents.Slots(reference, issue.letter_date, due_on, stated)
    document = documents.write(letter.current, slots, draft=False, signature=signing.picture_of(letter))
    sha256 = files.store(document, files.DOCX)
    name_recommendations(letter, reference)
    _move(
        letter,
        LetterState.ISSUED,
        approved_sha256=letter.approved_sha256,
        reference=reference,
        letter_date=issue.letter_date,
        response_due_on=due_on,
        response_due_stated=stated,
        file_sha256=sha256,
        sent_how=issue.how,
        sent_to=issue.to,
        sent_by_id=by.contact_id,
    )
    how: dict[str, Any] = {
        "sha256": sha256,
        "how": issue.how,
        "to": issue.to,
        "reference": reference,
        "date": issue.letter_date,
    }
    events.record(by, "letter_issued", letter, **how)
    if letter.corrects_id is not None:
        corrected = events.Subject("letter", letter.corrects_id, letter.taskforce_id)
        events.record(by, "letter_corrected", corrected, reason=f"By {reference}.")


def tell_programmes(letter: Letter, mail: Mail, *, by: Person) -> None:
    """Tell the people of the programmes that an issued letter is here; sending it is the secretariat's."""
    for contact_id, email in queries.list_emails_for(letter.programme_ids):
        if contact_id != by.contact_id:
            outbox.queue_mail(f"letter-issued:{letter.id}", email, mail.subject, mail.body)


def _check(letter: Letter, to: LetterState, sha256: str, *, from_state: LetterState | None = None) -> None:
    """Raises RuleBroken where clearance does not allow the step, ContentMoved where the text is another than read."""
    if not can_move(letter.state, to) or (from_state is not None and letter.state is not from_state):
        raise RuleBroken(f"The letter is {letter.state.label.lower()} now: look at it again.")
    if letter.current.sha256 != sha256:
        raise ContentMoved


def _check_reason(reason: str) -> None:
    if not reason:
        raise RuleBroken("Say why", field="reason")


def _check_not_decided(letter: Letter) -> None:
    if letter.awaits_confirmation:
        raise RuleBroken("This text is approved already. A second person has to confirm it.")


def _approver(letter: Letter, by: Person) -> Capacity:
    """As whom `by` approves. Raises RuleBroken where two people would not have confirmed it, Forbidden for others."""
    _chair(letter, by)
    sent = last_submitted(letter.decisions)
    capacity, why_not = capacity_to_approve(by, letter.taskforce_id, sent.by_id if sent else None)
    if capacity is None:
        raise RuleBroken(why_not, field="decision")
    return capacity


def _chair(letter: Letter, by: Person) -> Capacity:
    found = capacities(by, letter.taskforce_id)
    if not found:
        raise Forbidden("Only the chair or the vice chair decides on letters.")
    return found[0]


def _decide(
    letter: Letter,
    kind: DecisionKind,
    as_whom: Capacity,
    by: Person,
    reason: str = "",
    *,
    signature_sha256: str | None = None,
) -> ClearanceDecision:
    """Write the decision down. Flushed before the state moves: the database looks for it then."""
    version = letter.current
    decision = ClearanceDecision(
        letter=letter,
        version=version,
        sha256=version.sha256,
        kind=kind,
        by_id=by.contact_id,
        as_role=as_whom.role,
        for_id=as_whom.for_id,
        reason=reason,
        signature_sha256=signature_sha256,
        at=clock.now(),
    )
    db.session.add(decision)
    db.session.flush()
    return decision


def _record(by: Person, verb: str, letter: Letter, decision: ClearanceDecision) -> None:
    details = {"version": letter.current.number, "sha256": decision.sha256, "reason": decision.reason}
    told: dict[str, Any] = {name: value for name, value in details.items() if value}
    events.record(by, verb, letter, on_behalf_of_id=decision.for_id, **told)


def _void_words(approval: ClearanceDecision) -> str:
    who = approval.by.name if approval.by else "the chair"
    return f"(The approval of {plain(clock.london(approval.at).date())} by {who} is void.)"


def _move(letter: Letter, state: LetterState, *, approved_sha256: str | None = None, **values: object) -> None:
    """Change the state and what hangs on it in one statement: the constraints see both or neither."""
    letter.state, letter.approved_sha256 = state, approved_sha256
    for name, value in values.items():
        setattr(letter, name, value)
    db.session.flush()


def _tell_chairs(letter: Letter, cause: str, mail: Mail, by: Person) -> None:
    for contact_id, email in queries.list_emails_of(letter.taskforce_id):
        if contact_id != by.contact_id:
            outbox.queue_mail(cause, email, mail.subject, mail.body)


def _tell_secretariat(letter: Letter, decision: ClearanceDecision, mail: Mail, by: Person) -> None:
    roles = frozenset({Role.SECRETARIAT})
    for contact_id, email in queries.list_emails_of(letter.taskforce_id, roles):
        if contact_id != by.contact_id:
            outbox.queue_mail(f"letter_decided:{decision.id}", email, mail.subject, mail.body)
