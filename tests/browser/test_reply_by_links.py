"""A reply goes through both links: one who prepares on a phone, an owner without scripts, nobody with an account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.conftest import Person, Server
from tests.factories import add, make_cast, person_of
from tests.support.postbox import open_postbox
from tests.support.records import _draft, _issue, _workshop
from tracker.accounts import passwords
from tracker.accounts.models import Contact, User
from tracker.core.db import db, writing
from tracker.recommendations.response_models import Submission
from tracker.recommendations.rules import SignOffHow

pytestmark = pytest.mark.browser
PASSWORD = "a long password for all of them"
SECRETARY = "secretary@epc.test"
OWNER, ADDRESS = "Robin Owner", "robin@can.test"


@pytest.fixture
def letter(server: Server) -> str:
    """An issued letter to an owner who has no account; the secretary can sign in."""
    cast = make_cast(server.app)
    with server.app.app_context(), writing():
        people: dict[str, Any] = {}
        for email in (SECRETARY, "chair@epc.test", "sro@can.test"):
            user = db.session.scalars(select(User).where(User.email == email)).one()
            people[email.partition("@")[0]] = person_of(user)
            if email == SECRETARY:
                user.password_hash = passwords.hash_password(PASSWORD)
                add(user)
        owner = add(Contact(name=OWNER, email=ADDRESS, taskforce_id=cast.epc))
        people["sro"] = replace(people["sro"], contact_id=owner.id)
        workshop, point_id, _ = _workshop(cast.epc, cast.can, people["secretary"])
        return _issue(_draft(cast.epc, cast.can, workshop, point_id, people), people)


def test_reply_goes_through_both_links(server: Server, letter: str, somebody: Callable[..., Person]) -> None:
    secretary = somebody()
    secretary.sign_in(SECRETARY, PASSWORD)
    secretary.goto(f"/letters/{letter}")
    secretary.follow("Links for people without an account: Cancer Programme")
    secretary.follow("Make a link to prepare the response")
    secretary.press("Make the link")
    prepare = _shown(secretary)
    secretary.follow("Go to the list of links")
    secretary.follow("Make a link to sign it off")
    secretary.page.get_by_label(f"{OWNER} ({ADDRESS})").check()
    secretary.page.get_by_label("Show it to me once").check()
    secretary.press("Make the link")
    sign_off = _shown(secretary)

    ada = somebody(phone=True)
    ada.goto(prepare)
    ada.fill({"Your name": "Ada Lovelace", "Your role": "Head of delivery"})
    ada.press("Continue")
    ada.fill({"Answer to (a)": "We will ask them in spring."})
    expect(ada.page.get_by_text("kept for you at")).to_be_visible()
    ada.press("Save draft")
    ada.page.get_by_role("link", name="read the letter on a page of its own").tap()
    expect(ada.page.get_by_role("heading", name=f"Letter {letter}")).to_be_visible()
    ada.look()

    sro = somebody(javascript=False)
    sro.goto(sign_off)
    sro.press(f"I am {OWNER}")
    expect(sro.page.get_by_text("We will ask them in spring.")).to_be_visible()
    sro.press("Sign off and send")
    expect(sro.page.get_by_role("heading", name="The response has been sent")).to_be_visible()

    secretary.goto(f"/letters/{letter}/responses/CAN/links")
    expect(secretary.page.get_by_text("Ada Lovelace")).to_be_visible()
    with open_postbox() as box:
        server.deliver(box)
    assert [m["Subject"] for m in box.messages[ADDRESS]] == [f"Your response to {letter} has been received"]
    with server.app.app_context():
        submission = db.session.scalars(select(Submission)).one()
        signer = db.session.get_one(Contact, submission.signed_off_by_id)
        assert (submission.how, signer.name) == (SignOffHow.BY_LINK, OWNER)
    secretary.goto("/account/calendar")
    secretary.press("Make an address")
    assert "/calendar/" in secretary.page.get_by_label("Address to subscribe to").input_value()


def _shown(secretary: Person) -> str:
    """The path of the link on the page that shows it once."""
    address = secretary.page.locator("textarea#address").input_value()
    return address.removeprefix(secretary.server.address)
