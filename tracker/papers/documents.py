"""Papers as the plain data that `tracker.documents` takes, and the Word files made of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tracker.core import clock, files
from tracker.documents import CoverSheet, Meta, ReportedRecommendation, write_cover_sheet
from tracker.letterheads import queries as letterheads
from tracker.letterheads.rules import DocumentKind
from tracker.papers import queries
from tracker.papers.models import Paper
from tracker.papers.rules import DUTY_LABEL, PaperState, decision_words, duty_statement
from tracker.recommendations.rules import AssignmentStatus

DRAFTS = frozenset({PaperState.DRAFT, PaperState.WITH_LEAD_DIRECTOR})


def cover_sheet(paper: Paper, stamp: datetime, *, draft: bool) -> CoverSheet:
    """The cover sheet of `paper` with its recommendations as they stand now; `stamp` is the record's own time."""
    board = paper.board_meeting.board
    meta = Meta(
        title=paper.title,
        author=paper.taskforce.name,
        stamp=stamp,
        subject=paper.board_reference or paper.reference,
    )
    return CoverSheet(
        meta=meta,
        organisation=board.organisation,
        classification=paper.classification,
        paper_reference=paper.board_reference or paper.reference,
        title=paper.title,
        lead_directors=tuple(_director(lead.contact) for lead in paper.leads),
        purpose=paper.purpose,
        decision_for=decision_words(paper.for_decision, paper.for_discussion, paper.for_information),
        involvement=paper.involvement,
        duty_label=DUTY_LABEL,
        duty=duty_statement(paper.duty, paper.duty_text),
        invited_to=tuple(invitation.text for invitation in paper.invitations),
        authors=tuple(line.strip() for line in paper.authors.splitlines() if line.strip()),
        recommendations=reported(queries.list_reported(paper.id)),
        draft=draft,
    )


def reported(rows: Iterable[Any]) -> tuple[ReportedRecommendation, ...]:
    """The table of recommendations: the wording for the board where there is one, else the letter's own."""
    return tuple(
        ReportedRecommendation(
            reference=row.reference,
            text=row.board_wording or row.title or row.text,
            programme=row.programme,
            status=standing(row),
            due=row.due_stated or _day(row.due_on),
        )
        for row in rows
    )


def standing(row: Any) -> str:
    """How a recommendation stands in one phrase: the programme's position while it is open, then how it was closed."""
    label: str = (row.position if row.status is AssignmentStatus.OPEN else row.status).label
    return label


def current_document(paper: Paper) -> bytes:
    """The Word file of `paper`: byte for byte what was cleared, or the sheet as it stands, marked as a draft."""
    if paper.file_sha256 is not None:
        return files.read(paper.file_sha256)
    return _written(paper, cover_sheet(paper, queries.last_changed(paper), draft=paper.state in DRAFTS))


def cleared_document(paper: Paper) -> bytes:
    """The Word file to be cleared now: its recommendations are frozen as they stand at this time."""
    return _written(paper, cover_sheet(paper, clock.now(), draft=False))


def _written(paper: Paper, sheet: CoverSheet) -> bytes:
    """The sheet on the letterhead that is live today; what is cleared is kept as it was written."""
    sha256 = letterheads.live_sha256(paper.taskforce_id, DocumentKind.COVER_SHEET)
    return write_cover_sheet(sheet, letterheads.reference(sha256))


def _director(contact: Any) -> str:
    name = " ".join(part for part in (contact.name, contact.post_nominals) if part)
    return ", ".join(part for part in (name, contact.job_title) if part)


def _day(day: Any) -> str:
    return f"{day.day} {day:%b %Y}" if day else ""
