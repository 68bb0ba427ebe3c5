"""What waits for a person, gathered from every feature: a bounded number of queries and rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import aliased

from tracker.accounts.models import Contact, User
from tracker.accounts.queries import is_without_role
from tracker.actions import queries as actions
from tracker.actions.models import Action
from tracker.actions.rules import ActionState
from tracker.core import clock, events
from tracker.core.db import db
from tracker.core.permissions import Person, Role
from tracker.directory.models import Board, BoardMeeting, Programme, Taskforce
from tracker.home.rules import Section, section_of
from tracker.letters import comment_queries as comments
from tracker.letters import queries as letters
from tracker.letters.models import ClearanceDecision, Letter, Recommendation
from tracker.letters.rules import DecisionKind
from tracker.papers import queries as papers
from tracker.papers.models import Paper
from tracker.papers.rules import PaperState
from tracker.recommendations import waiting
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response
from tracker.reminders import queries as reminders
from tracker.replies import queries as replies
from tracker.sending import queries as sending
from tracker.transfers import queries as transfers
from tracker.transfers.winding import reference_of
from tracker.word_letters import queries as uploads
from tracker.word_letters.rules import UploadPurpose
from tracker.workshops.models import Workshop

LIMIT = 50
DECIDE = "Approve or return"  # what letters.queries asks of a chair
CHANGES = 20
_UPLOADED = {
    UploadPurpose.DRAFT: "Look at what was changed in Word, and accept it or not",
    UploadPurpose.NEW: "Check what was read, and begin the letter",
    UploadPurpose.RECORD: "Check what was read, and record the letter",
}


@dataclass(frozen=True)
class Task:
    """A thing to do: what, about which record, by when; `endpoint` and `values` are its address."""

    reference: str
    title: str
    what: str
    due_on: date | None
    due_stated: str
    endpoint: str
    values: dict[str, str]
    decides: bool = False


def list_tasks(person: Person, today: date) -> dict[Section, list[Task]]:
    """What waits for `person`, by section and date; sections with nothing in them are left out."""
    found: list[Task] = [
        *_letters(person),
        *_comments(person, today),
        *_uploads(person),
        *_sendings(person),
        *_answers(person, today),
        *_actions(person, today),
        *_papers(person, today),
        *_transfers(person),
        *_replies(person),
        *_reminders(person, today),
    ]
    found.sort(key=lambda task: (task.due_on or date.max, task.reference))
    sorted_tasks: dict[Section, list[Task]] = {section: [] for section in Section}
    for task in found:
        sorted_tasks[Section.DECISION if task.decides else section_of(task.due_on, today)].append(task)
    return {section: tasks for section, tasks in sorted_tasks.items() if tasks}


def _letters(person: Person) -> Iterator[Task]:
    """Letters to move on. A chair's to decide stand under their subject, with the day since when they wait."""
    rows = letters.list_letters_waiting_for(person, LIMIT)
    since = _sent_to_chair([int(row.key) for row in rows if row.what == DECIDE])
    for row in rows:
        values = {"key": row.key}
        if row.what == DECIDE:
            day = since.get(int(row.key))
            waits = f"Waiting since {day.day} {day:%B %Y}" if day else ""
            yield Task(row.title, "Draft letter", row.what, None, waits, "letters.decide_letter", values, decides=True)
        else:
            yield Task("Draft letter", row.title, row.what, None, "", "letters.show_letter", values)


def _comments(person: Person, today: date) -> Iterator[Task]:
    """Drafts that `person` is asked to comment on, and for the secretariat comments that nobody has dealt with."""
    for asked in comments.list_rounds_waiting_for(person, today, LIMIT):
        what = f"Comment on the letter by {asked.until_on.day} {asked.until_on:%B}"
        yield Task("Draft letter", asked.title, what, asked.until_on, "", "letters.comment_letter", {"key": asked.key})
    for row in comments.list_comments_waiting_for(person, LIMIT):
        what = f"Deal with {row.number} comment{'' if row.number == 1 else 's'}"
        yield Task("Draft letter", row.title, what, None, "", "letters.show_letter", {"key": row.key})


def _uploads(person: Person) -> Iterator[Task]:
    """Word documents that were uploaded and that nobody has decided on."""
    for upload in uploads.list_undecided_for(person, LIMIT):
        values = {"upload_id": str(upload.id)}
        yield Task(
            "Word document", upload.name, _UPLOADED[upload.purpose], None, "", "word_letters.show_upload", values
        )


def _sendings(person: Person) -> Iterator[Task]:
    """Issued letters that have not gone out, and those of which an e-mail failed."""
    for row in sending.list_unsent_for(person, LIMIT):
        title, key = letters.title_of(row.subject, row.programme), {"key": row.reference}
        yield Task(row.reference, title, "Send the letter by e-mail", None, "", "sending.send_letter", key)
    for row in sending.list_failed_for(person, LIMIT):
        title = letters.title_of(row.subject, row.programme)
        key = {"key": row.reference, "sending_id": str(row.sending_id)}
        what = f"{row.failed} e-mail{'s' if row.failed > 1 else ''} did not go: look why"
        yield Task(row.reference, title, what, None, "", "sending.show_sending", key)


def _sent_to_chair(letter_ids: Sequence[int]) -> dict[int, date]:
    """The day in London on which each of these letters was last sent to the chair."""
    newest = (
        select(ClearanceDecision.letter_id, func.max(ClearanceDecision.at))
        .where(ClearanceDecision.letter_id.in_(letter_ids), ClearanceDecision.kind == DecisionKind.SUBMITTED)
        .group_by(ClearanceDecision.letter_id)
    )
    return {letter_id: clock.london(at).date() for letter_id, at in db.session.execute(newest)}


def _answers(person: Person, today: date) -> Iterator[Task]:
    for row in waiting.list_waiting_for(person, today):
        yield Task(row.reference, row.title, row.what, row.due_on, row.due_stated, row.endpoint, row.values)


def _actions(person: Person, today: date) -> Iterator[Task]:
    for row in actions.list_due_actions(person, today, LIMIT):
        reported = row.state is ActionState.PENDING_REVIEW
        what = "Check that it is done, and close it" if reported else "Do it, and report on it"
        key = {"key": row.reference}
        yield Task(row.reference, row.title, what, row.due_on, row.due_stated, "actions.show_action", key)


def _papers(person: Person, today: date) -> Iterator[Task]:
    for row in papers.list_papers_waiting_for(person, LIMIT):
        if what := paper_step(row, today):
            key = {"key": row.reference}
            # The board's day is no day by which the lead director clears: nobody set one.
            waits = row.state is PaperState.WITH_LEAD_DIRECTOR and not row.leads
            due_on, stated = (None, _board_day(row.held_on)) if waits else (row.held_on, "")
            yield Task(row.reference, row.title, what, due_on, stated, "papers.show_paper", key)


def _transfers(person: Person) -> Iterator[Task]:
    """What was offered to `person` to take over, and covering notes that their secretariat has yet to send."""
    for offer in transfers.list_offers_to(person, LIMIT):
        values = {"transfer_id": str(offer.id)}
        what = "Say whether you take it over"
        yield Task(reference_of(offer), offer.to_body, what, None, "", "transfers.show_transfer", values, decides=True)
    for note in transfers.list_unsent_notes(person, LIMIT):
        values, what = {"note_id": str(note.id)}, f"Send the covering note to {note.to_contact.name}"
        yield Task("Covering note", note.programme.name, what, None, "", "transfers.show_note", values)


def _replies(person: Person) -> Iterator[Task]:
    """Replies in Word or by e-mail that nobody has laid beside what was asked."""
    for reply in replies.list_undecided_for(person, LIMIT):
        title, what = f"Reply of {reply.name}", "Say which passage answers what"
        yield Task(reply.reference, title, what, None, "", "replies.show_reply", {"reply_id": str(reply.id)})


def _reminders(person: Person, today: date) -> Iterator[Task]:
    """Reminders that are due to go, one line for each taskforce, and those that the mail server did not take."""
    for due in reminders.list_due_counts(person, today, LIMIT):
        number = f"More than {due.number}" if due.is_more else str(due.number)
        what = f"Look at what is due to go, and send it: {number} reminder{'' if due.number == 1 else 's'}"
        yield Task(due.code, due.name, what, None, "", "reminders.list_ladders", {"code": due.code, "show": "due"})
    for row in reminders.list_failed(person.taskforces({Role.SECRETARIAT}), LIMIT):
        key = {"code": row.code, "digest_id": str(row.digest_id)}
        what = f"The reminder to {row.email} did not go: look why"
        yield Task(row.code, row.subject, what, None, "", "reminders.show_digest", key)


def _board_day(day: date) -> str:
    return f"No date: for the board meeting of {day.day} {day:%B %Y}"


def paper_step(row: Any, today: date) -> str:
    """What to do about a paper; nothing where the board has not met yet on a submitted one."""
    if row.state is PaperState.WITH_LEAD_DIRECTOR:
        return "Clear the paper, or return it" if row.leads else "Get the lead director’s clearance"
    if row.state is PaperState.DRAFT:
        return "Finish the paper and send it to its lead director"
    if row.state is PaperState.CLEARED:
        return "Submit the paper to the board"
    if row.held_on > today:
        return ""
    return "Record the board’s resolutions" if row.undecided else "Mark the paper as considered"


def list_next_papers(person: Person, today: date) -> Sequence[Row[Any]]:
    """Papers that `person` may read for board meetings from today on, the next one first."""
    statement: Any = (
        select(Paper.reference, Paper.title, BoardMeeting.held_on)
        .join(BoardMeeting, BoardMeeting.id == Paper.board_meeting_id)
        .where(papers.visible_papers(person), Paper.state.in_(papers.ISSUED), BoardMeeting.held_on >= today)
        .order_by(BoardMeeting.held_on, Paper.id)
        .limit(10)
    )
    rows: Sequence[Row[Any]] = db.session.execute(statement).all()
    return rows


@dataclass(frozen=True)
class Change:
    """Something that happened to a record of the auditor's taskforces."""

    at: datetime
    who: str
    what: str
    reference: str
    draft_id: int | None


# The tables whose records have a reference to show an event by.
_REFERENCES: tuple[tuple[type[Any], ColumnElement[Any]], ...] = (
    (Workshop, Workshop.__table__.c.reference),
    (Letter, Letter.__table__.c.reference),
    (Action, Action.__table__.c.reference),
    (Paper, Paper.__table__.c.reference),
)


def list_changes(taskforces: Iterable[int]) -> list[Change]:
    """The newest entries of the audit log about these taskforces. One query."""
    event, answered = events.Event, aliased(Letter)
    reference = func.coalesce(
        *(column for _, column in _REFERENCES), Recommendation.reference, answered.reference, ""
    ).label("reference")
    columns = (event.happened_at, event.verb, event.actor_kind, Contact.name, reference)
    statement: Any = select(*columns, Letter.id.label("letter_id"))
    statement = statement.outerjoin(Contact, Contact.id == event.actor_id)
    for model, _ in _REFERENCES:
        statement = statement.outerjoin(
            model, (event.subject_kind == model.__tablename__) & (model.id == event.subject_id)
        )
    about = (event.subject_kind == Assignment.__tablename__) & (Assignment.id == event.subject_id)
    statement = statement.outerjoin(Assignment, about).outerjoin(
        Recommendation, Recommendation.id == Assignment.recommendation_id
    )
    by_response = (event.subject_kind == Response.__tablename__) & (Response.id == event.subject_id)
    statement = statement.outerjoin(Response, by_response).outerjoin(answered, answered.id == Response.letter_id)
    statement = statement.where(event.taskforce_id.in_(sorted(taskforces))).order_by(event.number.desc())
    return [
        Change(row.happened_at, _who(row), events.sentence(row.verb), row.reference, row.letter_id)
        for row in db.session.execute(statement.limit(CHANGES))
    ]


def _who(row: Any) -> str:
    by_link = " (by link)" if row.actor_kind is events.ActorKind.LINK else ""
    return f"{row.name or 'Taskforce Tracker'}{by_link}"


@dataclass(frozen=True)
class Setup:
    """What an administrator looks after: how far the installation is set up, and whom nobody has let in yet."""

    boards: int
    taskforces: int
    programmes: int
    invited: int
    without_grants: int


def get_setup(today: date) -> Setup:
    """The administrator's figures, in one query."""

    def number(model: Any, *conditions: Any) -> Any:
        return select(func.count()).select_from(model).where(*conditions).scalar_subquery()

    row = db.session.execute(
        select(
            number(Board),
            number(Taskforce),
            number(Programme),
            number(User, User.disabled_at.is_(None), User.password_hash.is_(None)),
            number(User, is_without_role(today)),
        )
    ).one()
    return Setup(*row)
