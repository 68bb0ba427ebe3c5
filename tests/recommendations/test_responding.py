"""A programme answers a letter: drafts, sign-off, clarification, acceptance."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.recommendations.making import assignment, make_letter
from tracker.actions.models import Action
from tracker.core.db import db
from tracker.core.outbox import OutboxMail
from tracker.recommendations.models import AssignmentAction
from tracker.recommendations.response_models import Answer, Submission

RESPONSE = "/letters/EPC-L02/response"
OF_CAN = "/letters/EPC-L02/responses/CAN"


@pytest.fixture
def letter(app: Any, cast: Any, once: Any) -> str:
    reference: str = once("a letter", lambda: make_letter(app, cast.epc, [cast.can]))
    return reference


def _draft(visit: Any, **more: Any) -> Any:
    team = visit("team@can.test")
    team.get(RESPONSE)
    values = {
        "Position on (a)": "Accepted in principle",
        "Answer to (a)": "We will publish it in spring.",
        "Planned completion of (a) (optional)": date(2027, 3, 31),
        "Who leads on (a) (optional)": "Head of delivery",
        "Action 1 for (a) (optional)": "Write the timetable",
        "Action 1 for (a): date (optional)": date(2027, 2, 1),
    }
    team.send("Save draft", values | more)
    return team


def test_team_reads_how_many_things_the_chair_asked_for_and_what_this_is_not(visit: Any, letter: str) -> None:
    page = visit("team@can.test").get(RESPONSE)
    assert "The chair asked for 2 things" in page.text
    assert "not a legal notice" in page.text
    assert "2 of 2 unanswered in the saved draft" in page.text
    assert "15 December 2026" in page.text
    assert "Agreed" in page.text


def test_team_saves_a_draft_that_the_whole_team_shares_and_the_taskforce_does_not_see(visit: Any, letter: str) -> None:
    team = _draft(visit)
    assert "Nothing has been sent" in team.page.text
    assert "1 of 2 unanswered in the saved draft" in team.page.text
    page = visit("sro@can.test").get(RESPONSE)
    assert "We will publish it in spring." in page.text
    for email in ("secretary@epc.test", "chair@epc.test", "auditor@epc.test"):
        visit(email).get(OF_CAN, status=404)
        visit(email).get(RESPONSE, status=404)
        assert "publish it in spring" not in visit(email).get("/recommendations/EPC-L02(a)").text


def test_strangers_find_nothing(visit: Any, letter: str) -> None:
    for email in ("team@dia.test", "sro@dia.test", "secretary@dig.test", "admin@tracker.test", "nobody@tracker.test"):
        for part in ("", "/edit", "/sign-off", "/clarify", "/accept"):
            visit(email).get(OF_CAN + part, status=404)
        visit(email).get(RESPONSE, status=404)
    for address in ("/letters/EPC-L99/response", "/letters/EPC-L02/responses/XX", "/letters/EPC-L02/responses/C%00N"):
        visit("team@can.test").get(address, status=404)


def test_team_cannot_sign_off(visit: Any, letter: str) -> None:
    team = _draft(visit)
    team.get(OF_CAN + "/sign-off", status=403)
    assert "ask your senior responsible owner" in team.get(RESPONSE).text


def test_sro_signs_off_a_partial_response(app: Any, visit: Any, letter: str, cast: Any) -> None:
    _draft(visit)
    sro = visit("sro@can.test")
    page = sro.get(OF_CAN + "/sign-off")
    assert "This is a partial response" in page.text and "EPC-L02(b)" in page.text
    page = sro.send("Sign off and send")
    assert "signed off and sent" in page.text
    assert assignment(app, "EPC-L02(a)").position == "accepted_in_principle"
    assert assignment(app, "EPC-L02(b)").position == "awaiting_answer"
    with app.app_context():
        kept = json.loads(db.session.scalars(select(Submission.content)).one())
        assert kept["unanswered"] == ["EPC-L02(b)"]
        assert kept["answers"][0]["complete_by"] == "2027-03-31"
        action = db.session.scalars(select(Action)).one()
        assert (action.title, action.due_on) == ("Write the timetable", date(2027, 2, 1))
        assert action.owner_id == cast.contacts["sro@can.test"]
        assert db.session.scalar(select(AssignmentAction.action_id)) == action.id
        told = db.session.scalars(select(OutboxMail.recipient).order_by(OutboxMail.recipient)).all()
        assert told == ["deputy@epc.test", "secretary@epc.test", "sro@can.test", "team@can.test"]
        assert "http://localhost/letters/EPC-L02/responses/CAN" in db.session.scalars(select(OutboxMail.body)).first()
    page = visit("member@epc.test").get(OF_CAN)
    assert "We will publish it in spring." in page.text and "Still unanswered: EPC-L02(b)" in page.text


def test_sro_cannot_sign_off_nothing_or_a_refusal_without_a_reason(visit: Any, letter: str) -> None:
    sro = visit("sro@can.test")
    assert "Answer at least one" in sro.get(OF_CAN + "/sign-off").text
    sro.get(RESPONSE)
    sro.send("Save and go to sign-off", {"Position on (b)": "Not accepted"})
    assert "EPC-L02(b) is not accepted: say why" in sro.page.text
    sro.get(RESPONSE)
    sro.send("Save and go to sign-off", {"Answer to (b)": "It is the law."})
    sro.send("Sign off and send")
    assert "Not accepted" in sro.page.text


def test_an_answer_without_a_position_counts_as_answered(app: Any, visit: Any, letter: str) -> None:
    sro = visit("sro@can.test")
    sro.get(RESPONSE)
    sro.send("Save and go to sign-off", {"Answer to (b)": "We asked them."})
    sro.send("Sign off and send")
    assert assignment(app, "EPC-L02(b)").position == "answered_no_position_stated"


def test_what_is_signed_is_what_was_on_the_screen(visit: Any, letter: str) -> None:
    _draft(visit)
    sro = visit("sro@can.test")
    sro.get(OF_CAN + "/sign-off")
    _draft(visit, **{"Answer to (a)": "Something else."})
    page = sro.send("Sign off and send", status=409)
    assert "Something else." in page.text or "saved this while" in page.text


def test_secretary_asks_about_an_answer_and_the_programme_replies_beside_it(app: Any, visit: Any, letter: str) -> None:
    _draft(visit)
    sro, secretary = visit("sro@can.test"), visit("secretary@epc.test")
    sro.get(OF_CAN + "/sign-off")
    sro.send("Sign off and send")
    secretary.get(OF_CAN)
    page = secretary.follow("Ask for clarification")
    assert "We will publish it in spring." in page.text
    assert secretary.send("Ask for clarification", status=422).errors == ["Enter what needs to be clearer"]
    asked = "What needs to be clearer in the answer to (a), and why"
    page = secretary.send("Ask for clarification", {asked: "Which spring?"})
    assert "See what is asked about EPC-L02(a)" in page.text and "We will publish it in spring." in page.text
    assert "EPC-L02 to Cancer Programme" in visit("team@can.test").get("/").text
    page = sro.get(RESPONSE)
    assert "Which spring?" in page.text and "In the register of actions already" in page.text
    replied = {"Your reply to the question about (a)": "The next one.", "Answer to (a)": "Spring 2027."}
    page = sro.send("Save and go to sign-off", replied)
    assert "Which spring?" in page.text and "The next one." in page.text
    for address in (OF_CAN, "/recommendations/EPC-L02(a)"):
        assert not {"Spring 2027.", "The next one."} & set(secretary.get(address).text.split("\n"))
        assert "The next one." not in secretary.page.text
    sro.send("Sign off and send")
    page = secretary.get("/recommendations/EPC-L02(a)")
    for words in ("Spring 2027.", "We will publish it in spring.", "Which spring?", "The next one."):
        assert words in page.text
    assert "The next one." in secretary.get(OF_CAN).text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Action)) == 1
        asking = db.session.scalars(select(OutboxMail.body).where(OutboxMail.subject.contains("Clarification"))).first()
        assert "EPC-L02(a): Which spring?" in asking
        kept = json.loads(db.session.scalars(select(Submission.content).order_by(Submission.number.desc())).first())
        assert kept["answers"][0]["clarified"] == [{"question": "Which spring?", "reply": "The next one."}]
    secretary.get(OF_CAN + "/accept")
    assert "Accepted" in secretary.send("Accept the response").text
    secretary.get(OF_CAN + "/clarify")
    secretary.send("Ask for clarification", {asked: "More"}, status=409)


def test_a_signed_off_response_cannot_be_edited(visit: Any, letter: str) -> None:
    team, sro = _draft(visit), visit("sro@can.test")
    team.get(RESPONSE)
    sro.get(OF_CAN + "/sign-off")
    sro.send("Sign off and send")
    team.send("Save draft", {"Answer to (a)": "Too late"}, status=409)
    assert "Write the response" not in team.get(RESPONSE).text


def test_members_and_auditors_cannot_clarify_or_accept(visit: Any, letter: str) -> None:
    _draft(visit)
    sro = visit("sro@can.test")
    sro.get(OF_CAN + "/sign-off")
    sro.send("Sign off and send")
    for email in ("member@epc.test", "auditor@epc.test", "team@can.test"):
        for part in ("/clarify", "/accept"):
            visit(email).get(OF_CAN + part, status=403)
    visit("chair@epc.test").get(OF_CAN + "/accept")


def test_pressing_twice_signs_off_once(app: Any, visit: Any, letter: str) -> None:
    _draft(visit)
    sro = visit("sro@can.test")
    sro.get(OF_CAN + "/sign-off")
    form, _ = sro.form("Sign off and send")
    data = sro._defaults(form)
    for _ in range(2):
        assert sro.client.post(OF_CAN + "/sign-off", data=data).status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Submission)) == 1


def test_team_adds_and_takes_out_actions_without_a_script(app: Any, visit: Any, letter: str) -> None:
    team = _draft(visit)
    page = team.send("Save and add another action for (a)", {"Action 2 for (a) (optional)": "Tell carers"})
    assert "Action 3 for (a) (optional)" in page.text
    page = team.send("Save draft", {"Action 1 for (a) (optional)": ""}, status=422)
    assert page.errors == ["Enter what the action is, or take its date out"]
    team.send("Save draft", {"Action 1 for (a) (optional)": "", "Action 1 for (a): date (optional)": ("", "", "")})
    assert "Tell carers" in team.page.html and "Write the timetable" not in team.page.html


@pytest.mark.parametrize(
    ("names", "error"),
    [
        ({"text": "x" * 20_001}, "must be 20,000 characters or fewer"),
        ({"text": "bad \x00 text"}, "cannot be shown"),
        ({"position": "king"}, "Choose one of the options"),
        ({"position": "answered_no_position_stated"}, "Choose one of the options"),
        ({"complete": ("31", "2", "2027")}, "must be a real date"),
        ({"complete": ("1", "", "2027")}, "must include a month"),
        ({"complete": ("1", "1", "99999999999999999999")}, "4 numbers"),
        ({"lead": "y" * 201}, "200 characters"),
    ],
)
def test_bad_input_is_told_at_its_field(app: Any, visit: Any, letter: str, names: dict[str, Any], error: str) -> None:
    ask = assignment(app, "EPC-L02(a)").id
    typed: dict[str, str] = {}
    for name, value in names.items():
        if isinstance(value, tuple):
            typed |= {f"{name}_{ask}-{p}": v for p, v in zip(("day", "month", "year"), value, strict=True)}
        else:
            typed[f"{name}_{ask}"] = value
    team = visit("team@can.test")
    team.get(RESPONSE)
    page = team.send("Save draft", status=422, names=typed)
    assert len(page.errors) == 1 and error in page.errors[0]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Answer)) == 0


def _sign_off(visit: Any) -> Any:
    sro = visit("sro@can.test")
    sro.get(OF_CAN + "/sign-off")
    sro.send("Sign off and send")
    return sro


def test_enter_in_a_field_saves_the_draft_and_adds_no_action(visit: Any, letter: str) -> None:
    team = visit("team@can.test")
    team.get(RESPONSE)
    form, _ = team.form("Save draft")
    first = next(form.iter("button"))
    assert first.get("name") is None


def test_programme_reads_how_far_its_draft_is_and_who_signs_it_off_where(visit: Any, letter: str) -> None:
    assert "Nothing is answered in the draft yet." in visit("team@can.test").get(OF_CAN).text
    team = _draft(visit)
    page = team.follow("page of the response")
    assert "Draft saved: 1 of 2 answered." in page.text and "signs it off from this page" in page.text
    sro = visit("sro@can.test")
    sro.get(OF_CAN)
    sro.follow("Sign off the response")
    sro.get(OF_CAN + "/edit")
    assert "This is a partial response" in sro.follow("read the saved draft and sign it off").text


def test_team_answers_the_rest_of_a_partial_response_unasked(app: Any, visit: Any, letter: str) -> None:
    team = _draft(visit)
    _sign_off(visit)
    team.get(OF_CAN)
    page = team.send("Answer the rest")
    assert "draft again" in page.text and "Clarification" not in page.text
    seen = visit("secretary@epc.test").get(OF_CAN).text
    assert "We will publish it in spring." in seen and "Answered in part" in seen
    team.send("Save draft", {"Answer to (b)": "We asked them."})
    _sign_off(visit)
    assert assignment(app, "EPC-L02(b)").position == "answered_no_position_stated"
    page = team.get(OF_CAN)
    assert "Answer the rest" not in page.text and "took the response up again" in page.text


def test_only_its_programme_continues_a_response_and_none_that_is_accepted(visit: Any, letter: str) -> None:
    team = _draft(visit)
    _sign_off(visit)
    secretary = visit("secretary@epc.test")
    assert "Answer the rest" not in secretary.get(OF_CAN).text
    secretary.get(OF_CAN + "/accept")
    form, _ = secretary.form("Accept the response")
    assert secretary.client.post(OF_CAN + "/continue", data=secretary._defaults(form)).status_code == 403
    team.get(OF_CAN)
    secretary.send("Accept the response")
    team.send("Answer the rest", status=409)
    assert "Answer the rest" not in team.get(OF_CAN).text


def test_answer_the_letter_stands_only_while_the_response_is_a_draft(visit: Any, letter: str) -> None:
    team = _draft(visit)
    assert "Answer the letter" in team.get("/recommendations/EPC-L02(a)").text
    _sign_off(visit)
    assert "Answer the letter" not in team.get("/recommendations/EPC-L02(a)").text


def test_every_sign_off_of_an_answer_stands_in_the_timeline(visit: Any, letter: str) -> None:
    team = _draft(visit)
    _sign_off(visit)
    team.get(OF_CAN)
    team.send("Answer the rest")
    team.send("Save draft", {"Answer to (a)": "In spring, and again in autumn."})
    _sign_off(visit)
    assert team.get("/recommendations/EPC-L02(a)").text.count("signed off the answer") == 2
    assert "passed the recommendation to the programme" in team.page.text
