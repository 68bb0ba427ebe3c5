"""What a taskforce leaves behind, and covering notes, as Word documents."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from tracker.core import clock
from tracker.directory.models import Taskforce
from tracker.documents import Letter as Document
from tracker.documents import ListDocument, ListedTable, Meta, write_letter, write_list
from tracker.letterheads import queries as letterheads
from tracker.letterheads.rules import DocumentKind
from tracker.recommendations.register import short_title
from tracker.recommendations.rules import AssignmentStatus
from tracker.spreadsheets import Cell, Column, Table, write_xlsx
from tracker.transfers import queries
from tracker.transfers.models import CoveringNote

RECOMMENDATION_HEADINGS = ("Reference", "Recommendation", "Programme", "Outcome", "Reason, or who goes on with it")
ACTION_HEADINGS = ("Reference", "Action", "Owner", "Due", "Outcome")


def plain(day: date | None) -> str:
    """A date in words; empty for none."""
    return f"{day.day} {day:%B %Y}" if day else ""


def recommendation_rows(rows: Any) -> list[tuple[str, ...]]:
    """Each recommendation in words: reference, what was asked, programme, outcome, why or with whom it goes on."""
    return [
        (
            row.reference,
            short_title(row.title, row.text),
            row.programme,
            _outcome(row),
            row.closed_reason or "Still open",
        )
        for row in rows
    ]


def _outcome(row: Any) -> str:
    if row.status is AssignmentStatus.OPEN:
        return f"Open. {row.position.label}. Delivery: {row.delivery.label.lower()}"
    return f"{row.status.label}, {plain(row.closed_on)}"


def action_rows(rows: Any) -> list[tuple[str, ...]]:
    """Each action in words: reference, title, owner, due date, state or with whom it goes on."""
    return [
        (
            row.reference,
            row.title,
            row.owner or "",
            row.due_stated or plain(row.due_on),
            f"Goes on with {row.to_owner}, {row.to_body}" if row.to_owner else row.state.label,
        )
        for row in rows
    ]


def legacy_list(taskforce: Taskforce) -> bytes:
    """The legacy list of a taskforce: every recommendation and action, its outcome, and with whom it goes on."""
    recommendations, actions = queries.list_legacy(taskforce.id)
    now = clock.now()
    closed = plain(taskforce.closed_on)
    state = (
        f"The taskforce closed on {closed}."
        if closed
        else f"As at {plain(clock.today())}; the taskforce is not closed."
    )
    board = taskforce.board.organisation if taskforce.board else ""
    document = ListDocument(
        meta=Meta(title=f"{taskforce.name}: legacy list", author=taskforce.name, stamp=now, subject=taskforce.code),
        organisation=board,
        classification=taskforce.classification,
        reference=f"{taskforce.code} legacy list",
        title=f"{taskforce.name}: what it asked and what became of it",
        introduction=f"{state}\n\n{len(recommendations):,} recommendations and {len(actions):,} actions.",
        tables=(
            ListedTable(
                "Recommendations",
                "One row for each recommendation and programme, with its outcome.",
                RECOMMENDATION_HEADINGS,
                (1400, 2226, 1750, 1800, 1850),
                tuple(recommendation_rows(recommendations)),
            ),
            ListedTable(
                "Actions",
                "One row for each action, with its owner and outcome.",
                ACTION_HEADINGS,
                (1400, 2826, 1600, 1600, 1600),
                tuple(action_rows(actions)),
            ),
        ),
    )
    live = letterheads.get_live(taskforce.id, DocumentKind.COVER_SHEET)
    return write_list(document, letterheads.reference(live.file_sha256) if live else None)


LEGACY_COLUMNS = (
    Column("kind", "Kind", width=16),
    Column("reference", "Reference", width=14),
    Column("what", "What was asked, or is to be done", width=60),
    Column("who", "Programme, or owner", width=30),
    Column("due", "Action due", width=18),
    Column("outcome", "Outcome", width=36),
    Column("reason", "Reason, or who goes on with it", width=60),
)


def legacy_sheet(taskforce: Taskforce) -> bytes:
    """The legacy list as one sheet of a spreadsheet, to be filtered by its kinds."""
    recommendations, actions = queries.list_legacy(taskforce.id)
    keys = [column.key for column in LEGACY_COLUMNS]
    rows: list[tuple[Cell, ...]] = [
        ("Recommendation", *row[:3], None, *row[3:]) for row in recommendation_rows(recommendations)
    ]
    for action, words in zip(actions, action_rows(actions), strict=True):
        rows.append(("Action", *words[:3], action.due_stated or action.due_on, words[4], None))
    file = BytesIO()
    table = Table("Legacy list", LEGACY_COLUMNS, [dict(zip(keys, row, strict=True)) for row in rows])
    write_xlsx(file, table)
    return file.getvalue()


def covering_note(note: CoveringNote) -> bytes:
    """The note as a Word document on the taskforce's letterhead; not a letter of the chain: it asks for nothing new."""
    taskforce, to = note.taskforce, note.to_contact
    lines = [" ".join(filter(None, (to.name, to.post_nominals))), to.job_title, to.organisation]
    document = Document(
        meta=Meta(
            title=f"{note.programme.name}: covering note", author=taskforce.name, stamp=note.sent_at or note.made_at
        ),
        organisation="",
        unit=taskforce.name,
        classification=taskforce.classification,
        reference="",
        sender_address=tuple(line.strip() for line in taskforce.sender_address.splitlines() if line.strip()),
        date_text=plain(clock.london(note.sent_at).date()) if note.sent_at else "",
        addressee=tuple(filter(None, lines)),
        salutation="",
        subject=f"{note.programme.name}: what is open with the {taskforce.name}",
        body=note.text,
        recommendations=(),
        response_request="",
        closing="",
        signatory=(),
        draft=note.sent_at is None,
    )
    live = letterheads.get_live(taskforce.id, DocumentKind.LETTER)
    return write_letter(document, letterheads.reference(live.file_sha256) if live else None)
