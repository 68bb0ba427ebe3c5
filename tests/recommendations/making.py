"""Issued letters for these tests, made directly: what the letters feature makes, without its pages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from tests.factories import add
from tracker.accounts.models import Contact
from tracker.actions.models import Origin
from tracker.core import clock, files
from tracker.core.db import db, writing
from tracker.core.references import part_letter
from tracker.directory.models import Programme, SroAppointment, Taskforce
from tracker.letters.models import Letter, LetterAddressee, LetterRecommendation, LetterVersion, Recommendation
from tracker.letters.rules import AddresseeKind, AskKind, LetterKind, LetterState, Placement
from tracker.recommendations.models import Assignment
from tracker.recommendations.operations import make_assignments


@dataclass(frozen=True)
class Ask:
    """A recommendation to be put into a letter."""

    text: str
    title: str = ""
    success: str = ""
    recommendation_id: int | None = None
    kind: AskKind = AskKind.RECOMMENDATION
    # Theme, focus area, principles: the columns of the same names.
    marks: dict[str, Any] = field(default_factory=dict)


ASKS = (
    Ask("Publish a timetable for **replacing** the old system.", "Timetable for replacement", "Published\nAgreed"),
    Ask("Say how carers were heard."),
)


def make_letter(
    app: Flask,
    taskforce_id: int,
    programme_ids: Sequence[int],
    asks: Sequence[Ask] = ASKS,
    *,
    number: int = 2,
    due_on: date | None = date(2026, 12, 15),
    due_stated: str = "",
    kind: LetterKind = LetterKind.LETTER,
    copies: Sequence[int] = (),
) -> str:
    """A recorded letter with its assignments; returns its reference."""
    with app.app_context(), writing():
        taskforce = db.session.get_one(Taskforce, taskforce_id)
        letter = _letter(taskforce, number, due_on, due_stated, kind)
        for place, programme_id in enumerate((*programme_ids, *copies)):
            role = AddresseeKind.COPY if programme_id in copies else AddresseeKind.TO
            contact_id = db.session.scalars(select(Contact.id).order_by(Contact.id)).first()
            add(
                LetterAddressee(
                    letter_id=letter.id, contact_id=contact_id, programme_id=programme_id, kind=role, place=place
                )
            )
        _words(letter, asks)
        make_assignments(None, letter, {})
        return str(letter.reference)


def _letter(taskforce: Taskforce, number: int, due_on: date | None, due_stated: str, kind: LetterKind) -> Letter:
    return add(
        Letter(
            taskforce_id=taskforce.id,
            origin_id=add(Origin(taskforce_id=taskforce.id)).id,
            kind=kind,
            state=LetterState.RECORDED,
            reference=f"{taskforce.code}-L{number:02d}",
            letter_date=date(2026, 11, 2),
            response_due_on=due_on,
            response_due_stated=due_stated,
            file_sha256=files.store(b"%PDF-" + str(number).encode(), files.PDF),
            sent_to="",
        )
    )


def _words(letter: Letter, asks: Sequence[Ask]) -> None:
    digest = hashlib.sha256(f"{letter.id}".encode()).hexdigest()
    version = add(LetterVersion(letter_id=letter.id, number=1, content="{}", sha256=digest, made_at=clock.now()))
    for place, ask in enumerate(asks):
        part = part_letter(place)
        known = (
            ask.recommendation_id
            or add(
                Recommendation(
                    taskforce_id=letter.taskforce_id,
                    letter_id=letter.id,
                    reference=f"{letter.reference}({part})",
                    part=part,
                )
            ).id
        )
        add(
            LetterRecommendation(
                version_id=version.id,
                recommendation_id=known,
                place=place,
                placement=Placement.LISTED,
                kind=ask.kind,
                title=ask.title,
                text=ask.text,
                board_wording="What the board reads of it",
                success=ask.success,
                **ask.marks,
            )
        )


def make_programme(app: Flask, code: str, name: str, sro_contact: int) -> int:
    """Another programme, with an SRO; nobody has an account for it."""
    with app.app_context(), writing():
        programme = add(Programme(code=code, name=name, organisation="Test organisation"))
        add(SroAppointment(programme_id=programme.id, contact_id=sro_contact))
        return int(programme.id)


def make_many(app: Flask, reference: str, number: int) -> None:
    """`number` more recommendations in the letter of this one, as copies of its rows: quick, past the audit log."""
    with app.app_context(), writing():
        row = db.session.scalars(
            select(Assignment).join(Assignment.recommendation).where(Recommendation.reference == reference)
        ).one()
        copies = {
            Recommendation: row.recommendation_id,
            LetterRecommendation: row.wording_id,
            Assignment: row.id,
        }
        ids = range(10_000, 10_000 + number)
        for model, row_id in copies.items():
            old = db.session.execute(select(model.__table__).where(model.id == row_id)).mappings().one()
            changed = [{"id": i} | ({} if model is Recommendation else {"recommendation_id": i}) for i in ids]
            if model is Assignment:
                changed = [c | {"wording_id": c["id"]} for c in changed]
            if model is Recommendation:
                changed = [c | {"reference": f"{row.taskforce_id}X-L{c['id']}"} for c in changed]
            db.session.execute(insert(model.__table__), [dict(old) | c for c in changed])


def assignment(app: Flask, reference: str) -> Any:
    """The plain values of the first assignment of this recommendation."""
    with app.app_context():
        statement = select(Assignment.__table__).join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        found = statement.where(Recommendation.reference == reference).order_by(Assignment.id)
        return db.session.execute(found).first()


def change(app: Flask, reference: str, **values: Any) -> None:
    """Set columns of the assignments of this recommendation."""
    with app.app_context(), writing():
        statement = select(Assignment).join(Assignment.recommendation).where(Recommendation.reference == reference)
        for row in db.session.scalars(statement):
            for name, value in values.items():
                setattr(row, name, value)
            add(row)


def add_link(visitor: Any, of: str, title: str, dated_on: date, link: str = "https://example.org/page") -> Any:
    """Evidence that `visitor` adds to the recommendation at `of`; returns the page that it leads to."""
    visitor.get(of + "/evidence/new")
    return visitor.send("Add evidence", {"What it is": title, "Date of the evidence": dated_on, "Link": link})
