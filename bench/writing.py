"""A letter of five pages: saved as a draft, previewed and written as a Word document; and a report on an action."""

from __future__ import annotations

import io
import itertools
import random
import re
import secrets
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from bench.pages import Target
from tests.factories import person_of
from tests.support.visitor import Visitor
from tracker.accounts.models import Contact, User
from tracker.actions.models import Action
from tracker.actions.rules import ActionState
from tracker.core.db import db, writing
from tracker.demo.bulk import EMAIL
from tracker.directory.models import Taskforce
from tracker.documents import write_letter
from tracker.letters import documents, operations
from tracker.letters.content import Ask, Content
from tracker.letters.models import Letter, LetterAddressee
from tracker.letters.queries import get_current_version
from tracker.letters.rules import AskKind, LetterKind, Placement

WORDS = """
waiting letters carers people services leaflets transport interpreters neighbours appointments answers months clinics
reception experience understood reached explained promised changed reading hearing travelling asking another early plain
written local trusted difficult together already nobody everybody because before without about through against between
under and or but that which when where of to in for with from at by on
"""
SECTIONS = ("waiting", "letters", "transport", "interpreters", "carers")
ASKS = 8
# Where the words of a line begin, after the mark of a heading or an item.
LINE = re.compile(r"^(#+ |- |1\. |)(?=\S)", re.MULTILINE)
LOADED = (
    selectinload(Letter.addressees).options(joinedload(LetterAddressee.contact), joinedload(LetterAddressee.programme)),
    joinedload(Letter.taskforce).joinedload(Taskforce.board),
)
RAISING = "/actions/new?taskforce=1"


def sentence(chance: random.Random) -> str:
    """A sentence of 24 words."""
    return " ".join(chance.sample(WORDS.split(), 24)).capitalize() + "."


def body_of_five_pages(chance: random.Random) -> str:
    """Five sections of about 400 words, each a page as it prints, with headings, lists, links and marked words."""
    parts = []
    for name in SECTIONS:
        paragraphs = [" ".join([f"**{name}**", *(sentence(chance) for _ in range(4))]) for _ in range(3)]
        linked = f"[the page about {name}](https://example.org/{name}) {sentence(chance)}"
        lists = [f"- {linked}\n- *{name}* {sentence(chance)}", f"1. {sentence(chance)}\n2. {sentence(chance)}"]
        parts.append("\n\n".join([f"## What people said of {name}", *paragraphs, *lists]))
    return "\n\n".join(parts)


def draft_letter(app: Flask) -> int:
    """A draft of five pages with eight recommendations, in a taskforce of the bench; returns its id."""
    with app.app_context(), writing():
        first = select(Letter).order_by(Letter.id).limit(1)
        sent = db.session.scalars(first.options(*LOADED)).one()
        to = operations.Addressed(sent.addressees[0].contact_id, sent.addressees[0].programme_id)
        chance = random.Random(5)
        kind = (0, Placement.LISTED, AskKind.RECOMMENDATION)
        asks = tuple(Ask(*kind, "Waiting", sentence(chance), "", "A count", ()) for _ in range(ASKS))
        content = Content(subject="Five pages", body=body_of_five_pages(chance), recommendations=asks)
        secretary = person_of(db.session.scalars(select(User).where(User.email == EMAIL)).one())
        blank = operations.default_content(sent.taskforce, to, ("A Chair",))
        content = replace(blank, subject=content.subject, body=content.body, recommendations=content.recommendations)
        draft = operations.Draft(LetterKind.LETTER, sent.workshop_id, to, None, None, "", content)
        return operations.draft_letter(sent.taskforce, draft, to, by=secretary).id


def targets(visitor: Visitor, letter_id: int) -> tuple[Target, ...]:
    """The preview of the draft, and two writes: each sends the form as its page gave it, with a change of its own."""
    address, action = f"/letters/{letter_id}", _an_action(visitor.app)
    return (
        Target("preview of a letter of 5 pages", f"{address}/preview", method="POST", fresh=_types(visitor, address)),
        Target("save a draft of 5 pages", f"{address}/edit", method="POST", status=303, fresh=_saves(visitor, address)),
        Target("raise an action, its owner told", RAISING, method="POST", status=303, fresh=_raises(visitor)),
        Target("report on an action", f"{action}/report", method="POST", status=303, fresh=_reports(visitor, action)),
    )


def _form(visitor: Visitor, path: str, button: str = "Save the draft") -> dict[str, Any]:
    """What a browser would send from the page at `path`."""
    visitor.get(path)
    return visitor._defaults(visitor.form(button)[0])


def _an_action(app: Flask) -> str:
    with app.app_context():
        open_ones = select(Action.reference).where(Action.state == ActionState.OPEN).order_by(Action.id).limit(1)
        return f"/actions/{db.session.execute(open_ones).scalar_one()}"


def _types(visitor: Visitor, address: str) -> Callable[[], dict[str, Any]]:
    """Somebody types in the middle of the letter: a word of its third page is longer each time."""
    number, form = itertools.count(1), _form(visitor, f"{address}/edit")
    before, place, after = form["body"].partition(f"**{SECTIONS[2]}**")

    def fresh() -> dict[str, Any]:
        return form | {"body": f"{before}{place} typed{next(number)}{after}"}

    return fresh


def _saves(visitor: Visitor, address: str) -> Callable[[], dict[str, Any]]:
    number = itertools.count(1)
    form = _form(visitor, f"{address}/edit")
    letter_id = int(address.rpartition("/")[2])

    def fresh() -> dict[str, Any]:
        with visitor.app.app_context():
            version = db.session.execute(select(Letter.version).where(Letter.id == letter_id)).scalar_one()
        body = f"Draft {next(number)}.\n\n{form['body']}"
        return form | {"body": body, "version": str(version), "form_key": secrets.token_urlsafe(24)}

    return fresh


def _raises(visitor: Visitor) -> Callable[[], dict[str, Any]]:
    number, form = itertools.count(1), _form(visitor, RAISING, "Raise the action")
    with visitor.app.app_context():
        director = select(Contact.id).where(Contact.email == "director1@bench.example")
        owner = str(db.session.execute(director).scalar_one())

    def fresh() -> dict[str, Any]:
        return form | {"title": f"Action {next(number)}", "owner": owner, "form_key": secrets.token_urlsafe(24)}

    return fresh


def _reports(visitor: Visitor, address: str) -> Callable[[], dict[str, Any]]:
    number = itertools.count(1)
    form, reference = _form(visitor, f"{address}/report", "Save"), address.rpartition("/")[2]

    def fresh() -> dict[str, Any]:
        with visitor.app.app_context():
            version = db.session.execute(select(Action.version).where(Action.reference == reference)).scalar_one()
        text = f"Report {next(number)}."
        return form | {"text": text, "version": str(version), "form_key": secrets.token_urlsafe(24)}

    return fresh


def docx_and_deflating(
    app: Flask, letter_id: int
) -> tuple[Callable[[Content], bytes], Callable[[], Content], Callable[[], None]]:
    """Two acts to compare: writing a Word document, and deflating its parts alone; between them, what to write next.

    Nothing that is written was read before: each paragraph, item and recommendation begins with a number of its own.
    """
    with app.app_context():
        words = get_current_version(letter_id).words
    slots = documents.Slots("BT1-L01", date(2027, 1, 4), date(2027, 2, 1))
    stamp = datetime(2027, 1, 4, 9, tzinfo=UTC)
    number = itertools.count(1)

    def fresh() -> Content:
        body = LINE.sub(lambda mark: f"{mark[1]}W{next(number)} ", words.body)
        asks = tuple(replace(ask, text=f"W{next(number)} {ask.text}") for ask in words.recommendations)
        return replace(words, body=body, recommendations=asks)

    def write(content: Content) -> bytes:
        return write_letter(documents.as_document(content, slots, stamp=stamp, draft=False))

    with zipfile.ZipFile(io.BytesIO(write(words))) as written:
        parts = {name: written.read(name) for name in written.namelist()}

    def deflate() -> None:
        with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as file:
            for name, part in parts.items():
                file.writestr(name, part)

    return write, fresh, deflate
