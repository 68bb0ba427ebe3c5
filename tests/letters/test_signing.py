"""A letter is signed with the approver's own picture, under exactly the text that they approved, and nothing else."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import LONG_AGO, add, person_of
from tests.support.png import make_png
from tests.support.tampering import tamper
from tracker.accounts.models import Grant, User
from tracker.core import audit
from tracker.core.db import db, writing
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Role
from tracker.letters import clearance, queries
from tracker.letters.models import ClearanceDecision

PICTURE = make_png()
SIGN = "Sign it with my signature image"
CHAIR, VICE = "EPC Chair (chair)", "EPC Vice chair (vice)"


def put_up(visit: Any, email: str = "chair@epc.test") -> None:
    browser = visit(email)
    browser.get("/account/signature")
    browser.send("Put it up", {"Picture of your signature": (PICTURE, "me.png")})


def decide(desk: Any, visit: Any, email: str = "chair@epc.test", **values: Any) -> Any:
    browser = visit(email)
    browser.get(desk.at("/decide"))
    browser.send("Record decision", {"Your decision": "Approve"} | values)
    return browser


def pictures_in(docx: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(docx)) as file:
        return [file.read(name) for name in file.namelist() if "/media/" in name]


def issued_file(desk: Any, visit: Any) -> bytes:
    desk.issue()
    content: bytes = visit("sro@can.test").get_file(desk.at("/file"))
    return content


@pytest.fixture
def with_chair(desk: Any, visit: Any, once: Any) -> Any:
    once("signature of the chair", lambda: put_up(visit))
    desk.draft()
    desk.submit()
    return desk


def test_chair_signs_what_they_approve_and_it_prints_at_issue(with_chair, visit):
    chair = visit("chair@epc.test")
    page = chair.get(with_chair.at("/decide"))
    assert page.tree.find(".//article//img").get("alt") == "Your signature"
    decide(with_chair, visit, **{SIGN: True})
    secretary = visit("secretary@epc.test")
    image = secretary.get(with_chair.at()).tree.find(".//article//img")
    assert image.get("alt") == f"Signature of {CHAIR}"
    assert secretary.get_file(image.get("src")) == PICTURE
    content = issued_file(with_chair, visit)
    assert pictures_in(content) == [PICTURE]
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert f'descr="Signature of {CHAIR}"' in file.read("word/document.xml").decode()


def test_a_letter_is_not_signed_where_the_box_is_not_ticked(with_chair, visit):
    decide(with_chair, visit)
    assert visit("secretary@epc.test").get(with_chair.at()).tree.find(".//article//img") is None
    assert pictures_in(issued_file(with_chair, visit)) == []


def test_a_signed_draft_that_is_downloaded_bears_no_signature(with_chair, visit):
    decide(with_chair, visit, **{SIGN: True})
    assert pictures_in(visit("secretary@epc.test").get_file(with_chair.at("/draft.docx"))) == []


def test_programme_and_members_get_no_picture_by_itself(with_chair, visit):
    decide(with_chair, visit, **{SIGN: True})
    with_chair.issue()
    for email in ("sro@can.test", "member@epc.test"):
        visit(email).get(with_chair.at("/signature.png"), status=404)
    assert visit("auditor@epc.test").get_file(with_chair.at("/signature.png")) == PICTURE


def test_a_letter_that_is_changed_after_it_was_signed_is_not_signed(with_chair, visit):
    decide(with_chair, visit, **{SIGN: True})
    secretary = visit("secretary@epc.test")
    secretary.get(with_chair.at("/reopen"))
    secretary.send("Reopen the letter", {"Reason": "A word is wrong."})
    assert secretary.page.tree.find(".//article//img") is None
    secretary.get(with_chair.at("/edit"))
    secretary.send("Save the draft", {"Subject": "Another subject"})
    with_chair.submit()
    decide(with_chair, visit)
    assert pictures_in(issued_file(with_chair, visit)) == []


def test_the_same_text_approved_again_without_signing_is_not_signed(with_chair, visit):
    decide(with_chair, visit, **{SIGN: True})
    secretary = visit("secretary@epc.test")
    secretary.get(with_chair.at("/reopen"))
    secretary.send("Reopen the letter", {"Reason": "Wait a day."})
    with_chair.submit()
    decide(with_chair, visit)
    assert pictures_in(issued_file(with_chair, visit)) == []


def test_chair_signs_what_they_approve_with_changes(with_chair, visit):
    chair = visit("chair@epc.test")
    chair.get(with_chair.at("/decide"))
    chair.send("Record decision", {"Your decision": "Approve with changes", SIGN: True})
    box = chair.page.tree.find(".//input[@name='sign']")
    assert box.get("checked") is not None
    chair.send("Approve with these changes", {"Recommendation": "Say by when."})
    deputy = visit("deputy@epc.test")
    deputy.get(with_chair.at("/confirm"))
    deputy.send("Confirm this text")
    assert pictures_in(issued_file(with_chair, visit)) == [PICTURE]


def test_a_picture_taken_down_stays_under_what_was_signed(with_chair, visit):
    decide(with_chair, visit, **{SIGN: True})
    chair = visit("chair@epc.test")
    chair.get("/account/signature/take-down")
    chair.send("Take it down")
    assert pictures_in(issued_file(with_chair, visit)) == [PICTURE]


def test_chair_without_a_picture_is_not_asked(desk, visit):
    desk.draft()
    desk.submit()
    assert SIGN not in visit("chair@epc.test").get(desk.at("/decide")).text
    assert SIGN not in visit("chair@epc.test").get(desk.at("/approve-with-changes")).text


def test_vice_chair_cannot_put_their_picture_over_the_chairs_name(with_chair, visit):
    put_up(visit, "vice@epc.test")
    assert SIGN not in visit("vice@epc.test").get(with_chair.at("/decide")).text


def test_vice_chair_signs_a_letter_that_bears_their_name(desk, visit):
    put_up(visit, "vice@epc.test")
    desk.draft(signatory=f"{VICE}\nVice chair")
    desk.submit()
    decide(desk, visit, "vice@epc.test", **{SIGN: True})
    assert pictures_in(issued_file(desk, visit)) == [PICTURE]


def test_who_decides_for_the_chair_signs_nothing(app, cast, desk, visit):
    put_up(visit, "member@epc.test")
    with app.app_context(), writing():
        contacts = cast.contacts
        lent = {"role": Role.CHAIR, "taskforce_id": cast.epc, "from_on": LONG_AGO, "until_on": date(2100, 1, 1)}
        add(Grant(contact_id=contacts["member@epc.test"], delegated_by_id=contacts["chair@epc.test"], **lent))
    desk.draft(signatory="EPC Member (member)\nMember")
    desk.submit()
    assert SIGN not in visit("member@epc.test").get(desk.at("/decide")).text
    with app.app_context(), writing():
        member = person_of(db.session.scalars(select(User).where(User.email == "member@epc.test")).one())
        letter = queries.get_letter_for(member, desk.key)
        mail = clearance.Mail("Subject", "Body")
        with pytest.raises(RuleBroken, match="cannot sign"):
            clearance.approve_letter(letter, letter.current.sha256, mail, by=member, sign=True)


@pytest.mark.past_the_log
def test_a_signature_slipped_under_a_decision_is_found(app, store, with_chair, visit):
    put_up(visit, "vice@epc.test")
    decide(with_chair, visit, **{SIGN: True})
    with app.app_context():
        decision = db.session.scalars(
            select(ClearanceDecision).where(ClearanceDecision.signature_sha256.is_not(None))
        ).one()
        decision_id = decision.id
        vice = db.session.execute(select(User.contact_id).where(User.email == "deputy@epc.test")).scalar_one()
    tamper(store, f"UPDATE clearance_decision SET by_id = {vice} WHERE id = {decision_id}")
    with app.app_context():
        assert any("bears a signature that is not its approver's" in problem for problem in audit.verify())
