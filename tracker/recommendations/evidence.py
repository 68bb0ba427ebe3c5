"""What is put forward to prove delivery: a file or a link with the date of the evidence. It can be withdrawn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from sqlalchemy import select

from tracker.core import clock, events, files
from tracker.core.db import db, touch
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.correspondence.operations import Upload
from tracker.recommendations.evidence_queries import has_standing
from tracker.recommendations.models import Assignment, DeliveryReport, Evidence, SuccessCriterion
from tracker.recommendations.operations import check_open
from tracker.recommendations.rules import Delivery

events.register_verbs(
    {
        "evidence_added": "added evidence",
        "evidence_withdrawn": "withdrew evidence",
    }
)
LONGEST_LINK = 2000
_BLANK = re.compile(r"\s")


@dataclass(frozen=True)
class EvidenceDetails:
    """Evidence as its form gives it: a file or a link, and the day that it is from."""

    title: str
    dated_on: date
    note: str = ""
    link: str = ""
    upload: Upload | None = None


def why_link_refused(link: str) -> str | None:
    """Why an address cannot be evidence, or None: only http and https, with a host and without a sign-in in it."""
    wrong = "Enter a web address in full, like https://www.england.nhs.uk/page"
    try:
        parts = urlsplit(link)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return wrong
    if parts.scheme not in {"http", "https"} or not host or _BLANK.search(link) or "\\" in link:
        return wrong
    if parts.username is not None or parts.password is not None:
        return "The web address must not hold a user name or a password"
    return None


def add_evidence(assignment: Assignment, details: EvidenceDetails, *, by: Person) -> Evidence:
    """Put evidence forward, for the programme; the file is stored by its hash.

    Raises RuleBroken for a closed recommendation, a date to come, neither or both of file and link, and a link that is
    no web address; BadFile for a file that is empty or too large.
    """
    check_open(assignment)
    _check(details)
    upload = details.upload
    evidence = Evidence(
        assignment_id=assignment.id,
        title=details.title,
        note=details.note,
        dated_on=details.dated_on,
        file_sha256=files.store(upload.content, files.any_kind_of(upload.content)) if upload else None,
        file_name=upload.name if upload else "",
        link=details.link,
        by_id=by.contact_id,
        at=clock.now(),
        withdrawn_reason="",
    )
    db.session.add(evidence)
    touch(assignment)
    entered = " (entered for the programme)" if assignment.programme_id not in by.programmes() else ""
    events.record(by, "evidence_added", assignment, reason=details.title + entered, sha256=evidence.file_sha256)
    db.session.flush()
    return evidence


def _check(details: EvidenceDetails) -> None:
    if details.dated_on > clock.today():
        raise RuleBroken("The date of the evidence cannot be in the future", field="dated_on")
    if details.upload and details.link:
        raise RuleBroken("Choose a file or enter a link, not both", field="link")
    if not details.upload and not details.link:
        raise RuleBroken("Choose a file, or enter a link", field="file")
    if details.link and (wrong := why_link_refused(details.link)):
        raise RuleBroken(wrong, field="link")


def withdraw_evidence(evidence: Evidence, reason: str, *, by: Person) -> list[str]:
    """Say that evidence no longer counts, and why; it stays visible. Returns the items that are no longer met.

    Those items are set back, and with the last evidence a delivery that was evidenced too (product.md, States).
    Raises RuleBroken for what is withdrawn already, and for a closed recommendation: what it rests on stays.
    """
    assignment = evidence.assignment
    if not evidence.stands:
        raise RuleBroken("This evidence was withdrawn already.")
    if assignment.closed_on is not None:
        raise RuleBroken("The recommendation is closed. The taskforce reopens it before evidence is withdrawn.")
    evidence.withdrawn_at, evidence.withdrawn_reason = clock.now(), reason
    evidence.withdrawn_by_id = by.contact_id
    db.session.flush()
    unmet = _set_back_criteria(evidence)
    delivery = _set_back_delivery(evidence, reason, by)
    touch(assignment)
    said = [f"“{evidence.title}”: {reason}", *(f"No longer met: “{text}”" for text in unmet)]
    events.record(by, "evidence_withdrawn", assignment, reason=" ".join(said), delivery=delivery, unmet=unmet)
    db.session.flush()
    return unmet


def _set_back_criteria(evidence: Evidence) -> list[str]:
    resting = select(SuccessCriterion).where(
        SuccessCriterion.evidence_id == evidence.id, SuccessCriterion.assignment_id == evidence.assignment_id
    )
    found = []
    for criterion in db.session.scalars(resting.order_by(SuccessCriterion.place)):
        criterion.met_on, criterion.evidence, criterion.evidence_id = None, "", None
        criterion.decided_by_id = None
        found.append(criterion.text)
    return found


def _set_back_delivery(evidence: Evidence, reason: str, by: Person) -> list[str]:
    """Without evidence nothing is evidenced: the report says so, on its day."""
    assignment = evidence.assignment
    if assignment.delivery is not Delivery.EVIDENCED or has_standing(assignment.id):
        return []
    note = f"The evidence “{evidence.title}” was withdrawn: {reason}"
    report = DeliveryReport(
        assignment_id=assignment.id,
        delivery=Delivery.DELIVERED,
        note=note,
        by_id=by.contact_id,
        made_on=clock.today(),
    )
    db.session.add(report)
    assignment.delivery = Delivery.DELIVERED
    return [Delivery.EVIDENCED.value, Delivery.DELIVERED.value]


def file_of(evidence: Evidence) -> tuple[str, str, bytes]:
    """(our name, media type, content) of the file of `evidence`. Raises NotFound where it is a link."""
    content = files.read(evidence.file_sha256 or "")
    media_type = files.any_kind_of(content)
    ending = files.ENDINGS.get(media_type, "bin")
    recommendation, code = evidence.assignment.recommendation.reference or "", evidence.assignment.programme.code
    stem = recommendation.replace("(", "-").replace(")", "")
    return f"{stem}-{code}-evidence-{evidence.id}.{ending}", media_type, content
