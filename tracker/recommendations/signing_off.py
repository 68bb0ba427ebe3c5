"""What stands round the sign-off of a response: ready for it, the file in which an SRO agreed, who is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from tracker.accounts.models import Contact
from tracker.core import clock, events, files
from tracker.core.db import db
from tracker.core.errors import BadFile, RuleBroken
from tracker.core.outbox import queue_mail
from tracker.core.permissions import Person, Role
from tracker.correspondence.eml import OUTLOOK, SAVE_AS_EML
from tracker.correspondence.operations import EntryDetails, note_from_product
from tracker.correspondence.rules import Direction, EntryKind
from tracker.recommendations import answering, queries
from tracker.recommendations.answering import Agreement
from tracker.recommendations.response_models import Response, Submission
from tracker.recommendations.rules import why_not_signed_off

events.register_verbs({"response_ready": "said that the response is ready for sign-off"})
AGREEMENTS = {files.EML, files.PDF, files.DOCX}


def why_not_ready(response: Response) -> list[str]:
    """Why a draft can't be signed off as it is; an empty list where it can."""
    return why_not_signed_off(answering.given_answers(queries.list_asks(response), response.answers))


def say_ready(response: Response, body: str, *, by: Person) -> Sequence[str]:
    """Say that a draft waits for its sign-off; writes to its senior responsible owners, at most once a day for each.

    Returns the addresses that were written to. From now on the secretariat can record a file in which the SRO agreed.
    Raises RuleBroken for a response that is no draft or that can't be signed off.
    """
    answering.check_draft(response)
    if problems := why_not_ready(response):
        raise RuleBroken(" ".join(problems))
    response.ready_at, response.ready_by_id = clock.now(), by.contact_id
    events.record(by, "response_ready", response)
    subject = f"Ready for your sign-off: the response to {response.letter.reference}"
    number = len(response.submissions) + 1
    emails = queries.list_emails(programme_id=response.programme_id, roles=[Role.SRO])
    for email in emails:
        queue_mail(f"response-ready:{response.id}:{number}:{clock.today()}", email, subject, body)
    db.session.flush()
    return emails


def sign_off_by_agreement(
    response: Response, signer: Contact, agreed_on: date, name: str, content: bytes, *, by: Person
) -> Submission:
    """Sign a draft off by the file in which its SRO agreed to it; the file is kept, and noted in the correspondence.

    Raises RuleBroken as `answering.sign_off` and for a day before the letter or to come, BadFile for a file that is no
    e-mail, PDF or Word document.
    """
    _check_day(response, agreed_on)
    kind = _kind_of(content)
    agreed = Agreement(signer.id, agreed_on, name[:200], files.store(content, kind))
    submission = answering.sign_off(response, by=by, agreed=agreed)
    details = EntryDetails(
        kind=EntryKind.EMAIL if kind == files.EML else EntryKind.LETTER,
        direction=Direction.IN,
        happened_on=agreed_on,
        from_whom=f"{signer.name}, {response.programme.name}",
        subject=f"Agreement to the response to {response.letter.reference}",
        text=f"The response as it stood on {clock.today():%d/%m/%Y} is signed off by this.",
    )
    cause = f"agreement:{submission.id}"
    note_from_product(response.letter, details, [(agreed.name, agreed.sha256)], cause=cause, by=by)
    return submission


def _check_day(response: Response, day: date) -> None:
    if day > clock.today():
        raise RuleBroken("The day they agreed cannot be in the future", field="agreed_on")
    if response.letter.letter_date is not None and day < response.letter.letter_date:
        raise RuleBroken("The day they agreed cannot be before the letter", field="agreed_on")


def _kind_of(content: bytes) -> str:
    kind = files.any_kind_of(content)
    if content.startswith(OUTLOOK):
        raise BadFile(SAVE_AS_EML, field="agreement")
    if kind not in AGREEMENTS:
        raise BadFile("The file must be an e-mail (.eml), a PDF or a Word document (.docx)", field="agreement")
    return kind


def tell_secretariat(response: Response, submission: Submission, body: str) -> None:
    """Write to the taskforce's secretariat that a response has been signed off, once for each time."""
    subject = f"{response.programme.name} has answered {response.letter.reference}"
    for email in queries.list_emails(taskforce_id=response.taskforce_id, roles=[Role.SECRETARIAT]):
        queue_mail(f"response-signed-off:{response.id}:{submission.number}", email, subject, body)


def acknowledge(response: Response, submission: Submission, body: str, *, also: Iterable[str] = ()) -> None:
    """Write to the programme's people that their response has come in, and note that in the letter's correspondence.

    `also` are addresses of those who have no account (who signed by a link). Where nobody can be written to, nothing is
    acknowledged.
    """
    emails = sorted({*queries.list_emails(programme_id=response.programme_id), *filter(None, also)})
    if not emails:
        return
    subject = f"Your response to {response.letter.reference} has been received"
    for email in emails:
        queue_mail(f"response-acknowledged:{response.id}:{submission.number}", email, subject, body)
    response.acknowledged_at = clock.now()
    local = clock.london(response.acknowledged_at)
    details = EntryDetails(
        kind=EntryKind.ACKNOWLEDGEMENT,
        direction=Direction.OUT,
        happened_on=local.date(),
        happened_at=local.time().replace(second=0, microsecond=0),
        from_whom=response.taskforce.name,
        to_whom=f"{response.programme.name}: {', '.join(emails)}",
        subject=subject,
        text=body.strip(),
    )
    note_from_product(response.letter, details, cause=f"acknowledgement:{submission.id}", by=None)


def tell_programme(response: Response, body: str) -> None:
    """Write to the programme's people that clarification is asked for, once for each submission."""
    subject = f"Clarification of your response to {response.letter.reference}"
    for email in queries.list_emails(programme_id=response.programme_id):
        queue_mail(f"clarification-asked:{response.id}:{len(response.submissions)}", email, subject, body)
