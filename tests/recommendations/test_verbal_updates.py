"""What a programme said by phone: entered for it, no answer until it confirms it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.recommendations.making import assignment, make_letter

OF_CAN = "/letters/EPC-L02/responses/CAN"
PAGE = "/recommendations/EPC-L02(a)"
NOT_YET = "Verbal update, not an answer until confirmed"


@pytest.fixture
def letter(app: Any, cast: Any) -> str:
    return make_letter(app, cast.epc, [cast.can])


def entered(visit: Any) -> Any:
    secretary = visit("secretary@epc.test")
    secretary.get(PAGE)
    secretary.follow("Enter a verbal update")
    values = {
        "Who said it": "Ada Lovelace",
        "When": date(2026, 11, 10),
        "How": "By phone",
        "Their position, as they said it": "Accepted in part",
        "What they said": "We can do half of it.",
    }
    bad = secretary.send("Enter the verbal update", values | {"When": date(2099, 1, 1)}, status=422)
    assert bad.errors == ["The day it was said cannot be in the future"]
    secretary.send("Enter the verbal update", values)
    return secretary


def test_secretary_enters_what_was_said_and_it_is_no_answer(app: Any, visit: Any, letter: str) -> None:
    secretary = entered(visit)
    assert NOT_YET in secretary.page.text and "Ada Lovelace, by phone, on 10 November 2026" in secretary.page.text
    asked = assignment(app, "EPC-L02(a)")
    assert (asked.position, asked.answered_on) == ("awaiting_answer", None)
    page = secretary.get("/letters/EPC-L02/correspondence")
    assert "Verbal update" in page.text and "This answers nothing" in page.text
    team = visit("team@can.test")
    for address in (PAGE, OF_CAN + "/edit", "/letters/EPC-L02/answers"):
        assert NOT_YET in team.get(address).text
    assert "Say whether a verbal update is right" in team.get("/").text
    for email in ("team@dia.test", "secretary@dig.test"):
        visit(email).get(PAGE + "/CAN/verbal-updates/1", status=404)


def test_team_confirms_it_and_its_words_go_into_the_draft_to_be_signed_off(app: Any, visit: Any, letter: str) -> None:
    entered(visit)
    team = visit("team@can.test")
    team.get(OF_CAN + "/edit")
    team.send("Save draft", {"Answer to (a)": "Written before."})
    team.follow("Say whether this is what you said about (a)")
    page = team.send("Save", {"Is this what you said?": "Yes: put it into our draft answer"})
    words = "Written before.\n\nWe can do half of it.\n\n(Said by Ada Lovelace, by phone, on 10 November 2026.)"
    assert words in page.html and NOT_YET not in page.text
    assert assignment(app, "EPC-L02(a)").position == "awaiting_answer"
    assert "Verbal update, confirmed" in visit("member@epc.test").get(PAGE).text
    sro = visit("sro@can.test")
    sro.get(OF_CAN + "/sign-off")
    sro.send("Sign off and send")
    assert assignment(app, "EPC-L02(a)").position == "accepted_in_part"


def test_team_says_that_it_is_not_right_and_why(visit: Any, letter: str) -> None:
    entered(visit)
    team = visit("team@can.test")
    team.get(PAGE)
    team.follow("Say whether this is what you said")
    no = {"Is this what you said?": "No, this is not right"}
    assert team.send("Save", no, status=422).errors == ["Enter what is not right"]
    page = team.send("Save", no | {"What is not right": "We said all of it."})
    assert "the programme says that it is not right" in page.text and "We said all of it." in page.text
    assert "Nothing is answered in the draft yet" in team.get(OF_CAN).text
    team.get(PAGE + "/CAN/verbal-updates/1")
    team.send("Save", no | {"What is not right": "Again"}, status=409)


def test_update_confirmed_after_a_partial_sign_off_takes_the_response_up_again(visit: Any, letter: str) -> None:
    sro = visit("sro@can.test")
    sro.get(OF_CAN + "/edit")
    sro.send("Save and go to sign-off", {"Answer to (b)": "They were asked."})
    sro.send("Sign off and send")
    entered(visit)
    sro.get(PAGE + "/CAN/verbal-updates/1")
    page = sro.send("Save", {"Is this what you said?": "Yes: put it into our draft answer"})
    assert "We can do half of it." in page.html
