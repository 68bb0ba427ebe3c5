"""Two people press the same button at the same moment: one of them is heard, nobody gets a failure of the product."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.support.word import edited
from tracker.core import audit
from tracker.core.db import db
from tracker.letters.models import ClearanceDecision, Letter, LetterVersion
from tracker.letters.rules import DecisionKind

SECRETARY, DEPUTY, CHAIR, VICE = "secretary@epc.test", "deputy@epc.test", "chair@epc.test", "vice@epc.test"


def at_once(*presses: Any) -> list[int]:
    """Do them all at the same moment; the status of each answer."""
    start, found = threading.Barrier(len(presses)), [0] * len(presses)

    def press(place: int) -> None:
        start.wait()
        presses[place]()
        found[place] = presses[place].browser.page.status

    threads = [threading.Thread(target=press, args=(n,)) for n in range(len(presses))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


class Press:
    """A button that somebody has before them."""

    def __init__(self, browser: Any, address: str, button: str, values: Any = None) -> None:
        self.browser, self.button, self.values = browser, button, values
        browser.get(address)

    def __call__(self) -> None:
        self.browser.send(self.button, self.values, status=None)


def count(app: Any, column: Any, *conditions: Any) -> int:
    with app.app_context():
        return int(db.session.execute(select(func.count(column)).where(*conditions)).scalar_one())


@pytest.fixture(autouse=True)
def nothing_is_lost(app: Any) -> Any:
    yield
    with app.app_context():
        assert audit.verify() == []


def test_two_who_issue(app: Any, desk: Any, visit: Any) -> None:
    desk.draft()
    desk.submit()
    desk.approve()
    values = {"Date of letter": date(2026, 11, 20), "How it is sent": "By post", "To whom": "the SRO"}
    presses = [Press(visit(e), desk.at("/issue"), "Issue the letter", values) for e in (SECRETARY, DEPUTY)]
    assert at_once(*presses) == [200, 409]
    assert count(app, Letter.id, Letter.reference.is_not(None)) == 1


def test_two_who_decide(app: Any, desk: Any, visit: Any) -> None:
    desk.draft()
    desk.submit()
    presses = [
        Press(visit(CHAIR), desk.at("/decide"), "Record decision", {"Your decision": "Approve"}),
        Press(
            visit(VICE),
            desk.at("/decide"),
            "Record decision",
            {"Your decision": "Return with a comment", "Comment": "No."},
        ),
    ]
    assert at_once(*presses) == [200, 409]
    assert count(app, ClearanceDecision.id, ClearanceDecision.kind != DecisionKind.SUBMITTED) == 1


def test_two_who_confirm(app: Any, desk: Any, visit: Any) -> None:
    desk.draft()
    desk.submit()
    chair = visit(CHAIR)
    chair.get(desk.at("/approve-with-changes"))
    button = next(b for b in chair.page.all(".//main//button") if b.startswith("Approve"))
    chair.send(button, {"Letter": "Other words.\n\n{recommendations}"})
    presses = []
    for email in (SECRETARY, DEPUTY):
        browser = visit(email)
        browser.get(desk.at("/confirm"))
        button = next(b for b in browser.page.all(".//main//button") if b.startswith("Confirm"))
        presses.append(Press(browser, desk.at("/confirm"), button))
    assert at_once(*presses) == [200, 409]
    assert count(app, ClearanceDecision.id, ClearanceDecision.kind == DecisionKind.CONFIRMED) == 1


def test_two_who_draft_a_correction(app: Any, issued: Any, visit: Any) -> None:
    visitor = visit(SECRETARY)
    visitor.get(issued.at())
    button = next(b for b in visitor.page.all(".//main//button") if "orrection" in b)
    presses = [Press(visit(e), issued.at(), button) for e in (SECRETARY, DEPUTY)]
    assert at_once(*presses) == [200, 409]
    assert count(app, Letter.id, Letter.corrects_id.is_not(None)) == 1


def test_two_who_accept_what_came_back_from_word(app: Any, desk: Any, visit: Any) -> None:
    desk.draft()
    secretary = visit(SECRETARY)
    content = edited(secretary.get_file(desk.at("/draft.docx")), ("Thank you", "Many thanks"))
    secretary.get(desk.at("/from-word"))
    secretary.send("Upload and compare", {"File": (content, "a.docx")})
    address = secretary.address
    button = next(b for b in secretary.page.all(".//main//button") if b.startswith(("Accept", "Save")))
    presses = [Press(visit(e), address, button) for e in (SECRETARY, DEPUTY)]
    assert at_once(*presses) == [200, 409]
    assert count(app, LetterVersion.id) == 2


def test_somebody_who_saves_while_another_sends_it_to_the_chair(app: Any, desk: Any, visit: Any) -> None:
    desk.draft()
    presses = [
        Press(visit(SECRETARY), desk.at("/edit"), "Save the draft", {"Subject": "Another subject"}),
        Press(visit(DEPUTY), desk.at("/send"), "Send to chair"),
    ]
    assert at_once(*presses) == [200, 409]
