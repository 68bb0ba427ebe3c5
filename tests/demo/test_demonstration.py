"""The demonstration loads into an empty database, agrees with its log, and its documents are sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tests.documents.checker import problems, schema_problems
from tests.documents.microsoft import microsoft_problems, validator
from tests.support.visitor import Visitor
from tracker.accounts.models import User
from tracker.core import audit, files
from tracker.core.db import db
from tracker.core.outbox import OutboxMail
from tracker.letters import documents
from tracker.letters.models import Letter
from tracker.letters.rules import LetterState


@pytest.fixture
def demonstration(app: Flask) -> Flask:
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output
    return app


def _documents() -> Iterator[tuple[str, str, bytes]]:
    """(name, marking, file) of every letter that the product wrote or would write now."""
    chosen = select(Letter).options(selectinload(Letter.versions)).order_by(Letter.id)
    for letter in db.session.scalars(chosen).all():
        if letter.state is LetterState.RECORDED:
            continue
        marking = letter.current.words.classification
        if letter.file_sha256:
            yield letter.key, marking, files.read(letter.file_sha256)
        else:
            draft = documents.write(letter.current, documents.slots_of(letter), draft=True)
            yield f"draft {letter.key}", marking, draft


def test_every_letter_is_a_sound_document_and_loading_twice_changes_nothing(
    demonstration: Flask, tmp_path: Path
) -> None:
    with demonstration.app_context():
        written, before = list(_documents()), audit.head()
    assert len(written) > 3
    wrong = [
        f"{name}: {problem}"
        for name, marking, content in written
        for problem in (*problems(content, marking=marking), *schema_problems(content))
    ]
    if program := validator():
        wrong += [p for _name, _marking, content in written for p in microsoft_problems(program, content, tmp_path)]
    assert not wrong
    result = demonstration.test_cli_runner().invoke(args=["demo", "load"])
    assert "loaded already" in result.output
    with demonstration.app_context():
        assert audit.head() == before


def test_nothing_of_the_demonstration_is_to_be_sent(demonstration: Flask) -> None:
    with demonstration.app_context():
        mails = db.session.scalars(select(OutboxMail)).all()
        assert mails and all(mail.sent_at and mail.next_try_at is None for mail in mails)


def test_every_sign_in_of_the_demonstration_opens_its_pages(demonstration: Flask) -> None:
    with demonstration.app_context():
        emails = list(db.session.scalars(select(User.email).order_by(User.email)))
    assert emails
    for email in emails:
        visitor = Visitor(demonstration, email)
        home = visitor.get("/")
        links: list[Any] = [a.get("href") for a in home.tree.iter("a")]
        for link in sorted({str(x) for x in links if x and str(x).startswith("/") and "sign-out" not in str(x)}):
            answer = visitor.client.get(link, follow_redirects=True)
            assert answer.status_code == 200, (email, link, answer.status_code)
