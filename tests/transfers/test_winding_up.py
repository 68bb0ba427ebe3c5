"""A taskforce winds up: everything that is open ends, or finds a new owner who accepts it."""

from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tests.documents.checker import problems, schema_problems
from tests.documents.reading import paragraphs
from tests.support.records import Records, make_records
from tracker.actions.models import Action
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail
from tracker.directory.models import Taskforce
from tracker.recommendations.models import Assignment
from tracker.transfers.models import Transfer

PAGE = "/taskforces/EPC/winding-up"


@pytest.fixture
def records(app: Any, cast: Any) -> Records:
    return make_records(app, cast, "EPC", "CAN")


def _offer(secretary: Any, names: dict[str, str], owner: str = "Ada Lovelace") -> None:
    query = "&".join(f"{k}={v}" for k, v in names.items())
    secretary.get(f"{PAGE}/offer?{query}")
    values = {"Body that takes it over": "NHS England", "Why it goes to them": "The work goes on there"}
    new = {"who": "new", "who-new_name": owner, "who-new_email": "ada@nhs.test"}
    secretary.send("Offer", values, names=new)


def _start(secretary: Any) -> None:
    secretary.get(PAGE + "/start")
    secretary.send("Begin to wind up", {"Reason": "Its period ends"})


def test_secretary_winds_a_taskforce_up_and_closes_it_when_nothing_is_open(app: Any, visit: Any, records: Any) -> None:
    secretary = visit("secretary@epc.test")
    _start(secretary)
    page = secretary.page
    assert "1 recommendation and 1 action have no outcome yet" in page.text
    assert "Close the taskforce" not in page.all(".//button")
    # The recommendation was offered to the lead director, who has an account and answers themselves.
    lead = visit("lead@epc.test")
    lead.get("/")
    lead.follow(f"{records.recommendation}: Say whether you take it over")
    lead.follow("Record the answer")
    lead.send("Record the answer", {"What the new owner says": "They take it over", "How they said so": "Here"})
    assert "Accepted" in lead.page.text
    # The action goes to somebody without an account; the secretary records what they wrote.
    _offer(secretary, {"action": str(records.action_id)})
    secretary.get(PAGE + "?what=actions")
    secretary.follow(f"Offered {records.action} to a new owner")
    secretary.follow("Record the answer")
    said = {"What the new owner says": "They take it over", "How they said so": "By e-mail"}
    secretary.send("Record the answer", said | {"Their e-mail or letter": (b"From: ada@nhs.test\n\nYes.", "yes.eml")})
    assert "yes.eml" in secretary.page.text
    secretary.get(PAGE)
    page = secretary.send("Close the taskforce")
    assert "The taskforce closed on" in page.text
    with app.app_context():
        assignment = db.session.scalars(select(Assignment)).one()
        assert assignment.status == "transferred" and "Another body; accepted on" in assignment.closed_reason
        action = db.session.scalars(select(Action)).one()
        assert action.state == "open" and action.owner_id is not None
        taskforce = db.session.get_one(Taskforce, records.taskforce_id)
        assert taskforce.life == "closed" and taskforce.closed_on is not None
        mails = db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == "ada@nhs.test")).all()
        assert len(mails) == 1 and records.action in mails[0].body


def test_what_was_transferred_is_told_as_closed_to_both_sides(visit: Any, records: Any) -> None:
    lead = visit("lead@epc.test")
    lead.get(f"/transfers/{records.transfer_id}/answer")
    lead.send("Record the answer", {"What the new owner says": "They take it over", "How they said so": "Here"})
    moved = visit("secretary@epc.test").get("/recommendations/moved?kind=closed")
    assert records.recommendation in moved.text
    team = visit("team@can.test").get(f"/recommendations/{records.recommendation}")
    assert "closed the recommendation" in team.text and "accepted on" in team.text


def test_secretary_cannot_close_a_taskforce_while_something_is_open(app: Any, visit: Any, records: Any) -> None:
    secretary = visit("secretary@epc.test")
    _start(secretary)
    form = secretary.form("Offer the chosen to a new owner")
    assert form is not None
    token = secretary.get("/account/password").tree.find(".//input[@name='csrf_token']").get("value")
    answer = secretary.client.post(PAGE + "/close", data={"csrf_token": token, "form_key": "k1"})
    assert answer.status_code == 409 and b"no outcome yet" in answer.data
    with app.app_context():
        assert db.session.get_one(Taskforce, records.taskforce_id).life == "winding_up"


def test_secretary_offers_an_open_thing_once_and_takes_it_back(app: Any, visit: Any, records: Any) -> None:
    secretary = visit("secretary@epc.test")
    _offer(secretary, {"action": str(records.action_id)})
    page = secretary.get(f"{PAGE}/offer?action={records.action_id}")
    assert "ImportantChoose what to offer first" in page.text and "Success" not in page.text
    with app.app_context():
        transfer_id = db.session.execute(select(Transfer.id).where(Transfer.action_id.is_not(None))).scalar_one()
    secretary.get(f"/transfers/{transfer_id}/withdraw")
    secretary.send("Take the offer back", {"Reason": "The wrong person"})
    assert "Withdrawn" in secretary.page.text
    secretary.get(f"/transfers/{transfer_id}/answer")
    said = {"What the new owner says": "They take it over", "How they said so": "By phone"}
    assert "was withdrawn already" in secretary.send("Record the answer", said, status=409).text
    _offer(secretary, {"action": str(records.action_id)}, owner="Grace Hopper")
    assert "Offered to Grace Hopper" in secretary.page.text


def test_secretary_is_told_that_an_action_needs_somebody_and_a_day_to_come_is_refused(visit: Any, records: Any) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get(f"{PAGE}/offer?action={records.action_id}")
    page = secretary.send("Offer", {"Body that takes it over": "NHS"}, status=422)
    assert page.errors == ["Choose the new owner", "Say why it goes to them"]
    secretary.get(f"/transfers/{records.transfer_id}/answer")
    said = {"What the new owner says": "They do not", "How they said so": "By phone", "On": date(2099, 1, 1)}
    assert secretary.send("Record the answer", said, status=422).errors == ["The day must be today or earlier"]


def test_secretary_goes_on_after_all(app: Any, visit: Any, records: Any) -> None:
    secretary = visit("secretary@epc.test")
    _start(secretary)
    secretary.follow("Go on after all")
    secretary.send("Go on after all", {"Reason": "It was extended"})
    assert "The taskforce is active" in secretary.page.text


def test_chair_reads_the_legacy_list_as_a_word_document(visit: Any, records: Any) -> None:
    content = visit("chair@epc.test").get_file("/taskforces/EPC/legacy-list.docx")
    assert problems(content) == [] and schema_problems(content) == []
    assert "Recommendations" in paragraphs(content) and "Actions" in paragraphs(content)
    visit("member@epc.test").get("/taskforces/EPC/legacy-list.docx", status=404)


def test_chair_reads_the_legacy_list_as_a_spreadsheet(app: Any, visit: Any, records: Any) -> None:
    chair = visit("chair@epc.test")
    chair.get("/taskforces/EPC/winding-up")
    sheet = load_workbook(BytesIO(chair.get_file(chair.page.link("as a spreadsheet")))).active
    rows = {row[1]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows[records.recommendation][0] == "Recommendation" and rows[records.action][0] == "Action"
    with app.app_context():
        due_on = db.session.scalars(select(Action.due_on).where(Action.reference == records.action)).one()
    assert rows[records.action][4] == (datetime.combine(due_on, time()) if due_on else None)


@pytest.mark.past_the_log
def test_an_accepted_offer_has_a_day_and_no_offer_is_removed(app: Any, records: Any) -> None:
    accepted = "UPDATE transfer SET outcome = 'accepted', decided_at = offered_at"
    for statement in (accepted, "DELETE FROM transfer", "UPDATE transfer SET action_id = 1, assignment_id = NULL"):
        with app.app_context(), pytest.raises(IntegrityError), writing():
            db.session.execute(text(statement if "action_id" not in statement else statement.replace("NULL", "1")))
