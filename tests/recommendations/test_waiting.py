"""What waits for whom, for the home page."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from tests.factories import person_of
from tests.recommendations.making import make_letter
from tracker.accounts.models import User
from tracker.core.db import db
from tracker.recommendations.queries import list_waiting_for

TODAY = date(2026, 12, 27)


def _waiting(app: Any, email: str) -> list[tuple[str, str, int]]:
    with app.app_context():
        person = person_of(db.session.scalars(select(User).where(User.email == email)).one())
        return [(w.reference, w.what, w.days_late) for w in list_waiting_for(person, TODAY)]


def test_each_is_told_what_is_theirs_to_do_the_longest_overdue_first(app: Any, visit: Any, cast: Any) -> None:
    make_letter(app, cast.epc, [cast.can])
    make_letter(app, cast.epc, [cast.can], number=3, due_on=date(2026, 12, 1))
    answer = [("EPC-L03", "Answer the letter", 26), ("EPC-L02", "Answer the letter", 12)]
    assert _waiting(app, "team@can.test") == _waiting(app, "sro@can.test") == answer
    assert [row[0] for row in _waiting(app, "secretary@epc.test")][:1] == ["EPC-L03(a)"]
    assert ("EPC-L02(b)", "Chase the answer of Cancer Programme", 12) in _waiting(app, "secretary@epc.test")
    for email in ("chair@epc.test", "member@epc.test", "secretary@dig.test", "team@dia.test", "admin@tracker.test"):
        assert _waiting(app, email) == []
    sro = visit("sro@can.test")
    sro.get("/letters/EPC-L02/response")
    sro.send("Save draft", {"Answer to (a)": "Yes"})
    assert ("EPC-L02", "Finish and sign off the response", 12) in _waiting(app, "sro@can.test")
    assert _waiting(app, "team@can.test") == answer
    sro.get("/letters/EPC-L02/responses/CAN/sign-off")
    sro.send("Sign off and send")
    assert _waiting(app, "team@can.test") == answer[:1]
    assert _waiting(app, "chair@epc.test") == [("EPC-L02(a)", "Assess the answer of Cancer Programme", 0)]
    look = ("EPC-L02", "Accept the response, or ask for clarification", 0)
    assert look in _waiting(app, "secretary@epc.test")


def test_programme_is_told_what_clarification_is_asked_for(app: Any, visit: Any, cast: Any) -> None:
    make_letter(app, cast.epc, [cast.can])
    sro, secretary = visit("sro@can.test"), visit("secretary@epc.test")
    sro.get("/letters/EPC-L02/response")
    sro.send("Save and go to sign-off", {"Answer to (a)": "Yes"})
    sro.send("Sign off and send")
    secretary.get("/letters/EPC-L02/responses/CAN/clarify")
    secretary.send(
        "Ask for clarification", {"What needs to be clearer in the response as a whole": "Which villages?\nAnd when?"}
    )
    told = ("EPC-L02", "Clarification asked for: Which villages? And when?", 12)
    assert _waiting(app, "team@can.test") == _waiting(app, "sro@can.test") == [told]
