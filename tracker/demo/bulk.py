"""Data of any size for measuring: plain rows by bulk insert, in a database of their own.

The rows are made up and say so. They are written past the operations, so the audit log holds timelines for the pages
but does not vouch for the rows: `flask audit verify` is not for this database.
"""

from __future__ import annotations

import hashlib
import json
import random
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import insert, update

from tracker.accounts.models import Contact, Grant, User
from tracker.actions.models import Action, Origin
from tracker.actions.rules import ActionState
from tracker.core import clock
from tracker.core.db import Base, db
from tracker.core.events import ActorKind, Event, EventDetail, EventHead, event_digest, rows_digest, sha256
from tracker.core.files import StoredFile
from tracker.core.permissions import Role
from tracker.core.references import ReferenceCounter, part_letter
from tracker.directory.models import Board, BoardMeeting, Programme, SroAppointment, Taskforce
from tracker.letters.content import Ask, Content
from tracker.letters.models import (
    Letter,
    LetterAddressee,
    LetterRecommendation,
    LetterVersion,
    Recommendation,
    rests_on,
)
from tracker.letters.rules import AskKind, LetterState, Placement, SentHow, content_hash
from tracker.recommendations.models import Assignment, AssignmentAction, SuccessCriterion
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus
from tracker.workshops.models import PointHeard, Workshop
from tracker.workshops.rules import FocusArea, PointKind, Principle, WorkshopState

PER_LETTER = 5
PER_WORKSHOP = 4  # letters
START = date(2024, 1, 8)
_THEMES = "access carers pathway waiting digital outreach letters wards travel interpreters peer support data"
WORDS = _THEMES.split()
EMAIL = "secretariat@bench.example"
_BODY = "Thank you for your time. This was made up for measuring, and stands in for two pages of letter.\n\n" * 6
Rows = dict[str, Any]


class Writer:
    """Collects rows per table; inserts them a few thousand at a time, in the order in which tables were named."""

    def __init__(self, size: int = 5000) -> None:
        self.size, self.waiting = size, dict[Any, list[Rows]]()

    def add(self, table: Any, **values: Any) -> None:
        self.waiting.setdefault(table, []).append(values)

    def flush(self) -> None:
        for table, rows in self.waiting.items():
            if rows:
                db.session.execute(insert(table), rows)
        self.waiting = {table: [] for table in self.waiting}

    def flush_when_full(self) -> None:
        if any(len(rows) >= self.size for rows in self.waiting.values()):
            self.flush()


def load_bulk(recommendations: int, seed: int = 1) -> str:
    """Fill an empty database with about `recommendations` recommendations; returns the e-mail of a secretary.

    Call within a writing transaction. Two taskforces, twelve programmes, letters of five recommendations each.
    """
    chance = random.Random(seed)  # noqa: S311
    people = _directory()
    writer, log = Writer(), _Log()
    letters = -(-recommendations // PER_LETTER)
    file = b"bulk letter"
    digest, stored = hashlib.sha256(file).hexdigest(), {"size": len(file), "media_type": "text/plain", "content": file}
    db.session.execute(insert(StoredFile).values(sha256=digest, **stored, stored_at=clock.now()))
    for number in range(1, letters + 1):
        if number % PER_WORKSHOP == 1:
            _workshop(writer, number // PER_WORKSHOP + 1, people)
        _letter(writer, log, chance, number, people, digest)
        writer.flush_when_full()
    writer.flush()
    for letter, last in (("L", letters), ("W", letters // PER_WORKSHOP + 1), ("A", letters)):
        for taskforce_id in people["taskforces"]:
            db.session.execute(insert(ReferenceCounter).values(taskforce_id=taskforce_id, letter=letter, last=last))
    db.session.execute(update(EventHead).values(number=log.number, digest=log.previous))
    _step_sequences()
    return EMAIL


def _step_sequences() -> None:
    """PostgreSQL's sequences know nothing of ids that were given by hand."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        if "id" in table.c and table.name != "event_head":
            db.session.connection().exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), coalesce(max(id), 1)) FROM {table.name}"  # noqa: S608
            )


def _directory() -> dict[str, list[int]]:
    board = Board(name="Bench board", organisation="Bench organisation")
    db.session.add(board)
    db.session.flush()
    db.session.add(BoardMeeting(board_id=board.id, held_on=date(2027, 2, 8)))
    taskforces = [Taskforce(code=f"BT{i}", name=f"Bench Taskforce {i}", board_id=board.id) for i in (1, 2)]
    programmes = [Programme(code=f"BP{i:02d}", name=f"Bench Programme {i}") for i in range(1, 13)]
    people = [Contact(name=f"Bench Director {i}", email=f"director{i}@bench.example") for i in range(1, 13)]
    secretary = Contact(name="Bench Secretariat", email=EMAIL)
    db.session.add_all([*taskforces, *programmes, *people, secretary])
    db.session.flush()
    db.session.add(User(contact_id=secretary.id, email=EMAIL))
    for taskforce in taskforces:
        grant = Grant(contact_id=secretary.id, role=Role.SECRETARIAT, taskforce_id=taskforce.id, from_on=START)
        db.session.add(grant)
    for programme, person in zip(programmes, people, strict=True):
        db.session.add(SroAppointment(programme_id=programme.id, contact_id=person.id, from_on=START))
        user = User(contact_id=person.id, email=person.email)
        grant = Grant(contact_id=person.id, role=Role.SRO, programme_id=programme.id, from_on=START)
        db.session.add_all([user, grant])
    db.session.flush()
    db.session.info.pop("touched", None)
    return {
        "taskforces": [t.id for t in taskforces],
        "programmes": [p.id for p in programmes],
        "people": [p.id for p in people],
        "secretary": [secretary.id],
    }


def _workshop(writer: Writer, number: int, people: dict[str, list[int]]) -> None:
    taskforce = number % 2
    origin_id = 1_000_000 + number
    writer.add(Origin, id=origin_id, taskforce_id=people["taskforces"][taskforce])
    writer.add(
        Workshop,
        id=number,
        version=1,
        taskforce_id=people["taskforces"][taskforce],
        programme_id=people["programmes"][number % 12],
        origin_id=origin_id,
        reference=f"BT{taskforce + 1}-W{number:02d}",
        title=f"Bench workshop {number}",
        state=WorkshopState.HELD,
        held_on=START + timedelta(days=number % 700),
        place="",
        write_up="",
    )
    for place in range(6):
        writer.add(
            PointHeard,
            id=number * 6 + place,
            version=1,
            workshop_id=number,
            place=place,
            kind=list(PointKind)[place % 4],
            text=f"Bench point {place} of workshop {number} about {WORDS[place]}",
            theme=WORDS[place],
            focus_area=list(FocusArea)[place % 3],
            source="",
            could_identify=False,
        )


def _letter(
    writer: Writer, log: _Log, chance: random.Random, number: int, people: dict[str, list[int]], file: str
) -> None:
    workshop = (number - 1) // PER_WORKSHOP + 1
    taskforce, programme = workshop % 2, workshop % 12
    reference = f"BT{taskforce + 1}-L{number:02d}"
    issued = START + timedelta(days=workshop % 700 + 7)
    asks = [_ask(number, place, chance) for place in range(PER_LETTER)]
    subject = f"Bench letter {number}"
    content = Content(subject=subject, body=_BODY, salutation="Dear Director", recommendations=tuple(asks)).to_json()
    scope = {"taskforce_id": people["taskforces"][taskforce]}
    writer.add(Origin, id=2_000_000 + number, **scope)
    writer.add(
        Letter,
        id=number,
        version=1,
        **scope,
        workshop_id=workshop,
        origin_id=2_000_000 + number,
        state=LetterState.RECORDED,
        reference=reference,
        subject=subject,
        letter_date=issued,
        response_due_on=issued + timedelta(days=28),
        response_due_stated="",
        file_sha256=file,
        sent_how=SentHow.EMAIL,
        sent_to="",
    )
    to = {
        "letter_id": number,
        "contact_id": people["people"][programme],
        "programme_id": people["programmes"][programme],
    }
    writer.add(LetterAddressee, **to, kind="to", place=0)
    at = datetime(issued.year, issued.month, issued.day, 10, tzinfo=UTC)
    version = {"id": number, "letter_id": number, "number": 1, "sha256": content_hash(content)}
    writer.add(LetterVersion, **version, content=content, made_by_id=people["secretary"][0], made_at=at)
    log.add(writer, "letter", number, scope["taskforce_id"], people["secretary"][0], at, "letter_recorded")
    for place, ask in enumerate(asks):
        _recommendation(writer, log, chance, number, place, ask, reference, issued, scope, people, programme)


def _ask(number: int, place: int, chance: random.Random) -> Ask:
    """A recommendation whose id is that of its identity, wording and assignment alike."""
    words = " ".join(chance.sample(WORDS, 4)).capitalize()
    point_id = ((number - 1) // PER_WORKSHOP + 1) * 6 + place
    return Ask(
        id=(number - 1) * PER_LETTER + place + 1,
        placement=Placement.LISTED,
        kind=AskKind.RECOMMENDATION,
        title=f"{words} {number}-{place}",
        text=f"Show how {words.lower()} will improve, with dates.",
        success=f"A report on {words.lower()}",
        rests_on=(point_id,),
    )


def _recommendation(
    writer: Writer,
    log: _Log,
    chance: random.Random,
    letter: int,
    place: int,
    ask: Ask,
    reference: str,
    issued: date,
    scope: Rows,
    people: dict[str, list[int]],
    programme: int,
) -> None:
    row_id, part = ask.id, part_letter(place)
    writer.add(Recommendation, id=row_id, **scope, letter_id=letter, reference=f"{reference}({part})", part=part)
    wording = {"id": row_id, "version_id": letter, "recommendation_id": row_id, "place": place}
    kinds = {"placement": ask.placement, "kind": ask.kind, "board_wording": ""}
    marks = {"theme": WORDS[row_id % len(WORDS)], "focus_area": list(FocusArea)[row_id % 3]}
    marks["principles"] = list(Principle)[row_id % 6].value
    said = {"title": ask.title, "text": ask.text, "success": ask.success} | marks
    writer.add(LetterRecommendation, **wording, **kinds, **said)
    writer.add(rests_on, letter_recommendation_id=row_id, point_id=ask.rests_on[0])
    closed = chance.random() < 0.6
    due = issued + timedelta(days=28 + chance.randrange(0, 300))
    writer.add(
        Assignment,
        id=row_id,
        version=1,
        recommendation_id=row_id,
        wording_id=row_id,
        programme_id=people["programmes"][programme],
        letter_id=letter,
        **scope,
        due_on=due,
        due_stated="",
        original_due_on=due,
        lead=f"Bench lead {row_id % 40}",
        times_extended=1 if row_id % 20 == 0 else None,
        position=AnswerPosition.ACCEPTED if closed or chance.random() < 0.5 else AnswerPosition.AWAITING,
        status=AssignmentStatus.NO_LONGER_APPLIES if closed else AssignmentStatus.OPEN,
        closed_on=due if closed else None,
        closed_reason="Bench data" if closed else "",
        closed_by_id=people["secretary"][0] if closed else None,
    )
    writer.add(
        SuccessCriterion, id=row_id, assignment_id=row_id, place=0, text=ask.success, evidence="", waived_reason=""
    )
    at = datetime(issued.year, issued.month, issued.day, 11, tzinfo=UTC)
    for verb in ("assignment_made", "letter_recorded", "assignment_made"):
        log.add(writer, "assignment", row_id, scope["taskforce_id"], people["secretary"][0], at, verb)
    if place == 0:
        _action(writer, letter, scope, people, people["people"][programme], due)


def _action(writer: Writer, letter: int, scope: Rows, people: dict[str, list[int]], owner: int, due: date) -> None:
    """An open action for the first recommendation of a letter."""
    taskforce = people["taskforces"].index(scope["taskforce_id"]) + 1
    writer.add(
        Action,
        id=letter,
        version=1,
        **scope,
        reference=f"BT{taskforce}-A{letter:03d}",
        origin_id=2_000_000 + letter,
        title=f"Bench action {letter}",
        description="",
        owner_id=owner,
        due_on=due,
        due_stated="",
        state=ActionState.OPEN,
        raised_on=due,
    )
    writer.add(AssignmentAction, id=letter, assignment_id=(letter - 1) * PER_LETTER + 1, action_id=letter)


class _Log:
    """Writes a chain of events that the timelines show."""

    def __init__(self) -> None:
        self.number, self.previous = 0, "0" * 64

    def add(
        self, writer: Writer, kind: str, row_id: int, taskforce_id: int, actor_id: int, at: datetime, verb: str
    ) -> None:
        self.number += 1
        row = SimpleNamespace(
            number=self.number,
            happened_at=at,
            actor_kind=ActorKind.USER,
            actor_id=actor_id,
            on_behalf_of_id=None,
            verb=verb,
            subject_kind=kind,
            subject_id=row_id,
            taskforce_id=taskforce_id,
            request="bulk",
            details_digest=sha256("{}"),
            rows_digest=rows_digest([]),
            previous=self.previous,
        )
        row.digest = event_digest(row)
        writer.add(Event, **vars(row))
        writer.add(EventDetail, number=self.number, salt="", body=json.dumps({}))
        self.previous = row.digest
