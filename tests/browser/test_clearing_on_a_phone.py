"""The chair decides on a phone with one thumb; a member comments on words that they select."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.conftest import PHONE, Person, Server
from tests.factories import add, make_cast, person_of
from tests.support.records import _draft, _letter, _workshop
from tracker.accounts import passwords
from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.core.permissions import Person as Who
from tracker.letters import clearance, commenting

pytestmark = pytest.mark.browser

PASSWORD = "a long password for all of them"
SECRETARY, CHAIR, MEMBER = "secretary@epc.test", "chair@epc.test", "member@epc.test"
# Selects all the words of a paragraph of the letter, as a long press and its handles do.
SELECT = """words => {
  const found = [...document.querySelectorAll('[data-app-quotable] p')].find(p => p.textContent.includes(words))
  document.getSelection().selectAllChildren(found)
}"""


def comment_on(phone: Person, words: str, said: str) -> None:
    """Select a paragraph, tap what comes up, and say something about it."""
    phone.page.evaluate(SELECT, words)
    button = phone.page.get_by_role("button", name="Comment on these words")
    expect(button).to_be_visible()
    button.tap()
    expect(phone.page.get_by_label("The words that you comment on")).to_have_value(words)
    expect(phone.page.get_by_label("Your comment")).to_be_focused()
    phone.page.keyboard.type(said)
    phone.press("Save the comment")


@pytest.fixture
def phones(somebody: Callable[..., Person]) -> Callable[[str], Person]:
    """`phones(email)` is that person's phone, signed in."""

    def open_phone(email: str) -> Person:
        phone = somebody(phone=True)
        phone.sign_in(email, PASSWORD)
        return phone

    return open_phone


@pytest.fixture
def letter(server: Server) -> int:
    """A draft that the chair returned once, changed since and sent again with a comment of the member."""
    cast = make_cast(server.app)
    with server.app.app_context(), writing():
        kept = passwords.hash_password(PASSWORD)
        people: dict[str, Who] = {}
        for email in (SECRETARY, CHAIR, MEMBER, "sro@can.test"):
            user = db.session.scalars(select(User).where(User.email == email)).one()
            user.password_hash = kept
            add(user)
            people[email.partition("@")[0]] = person_of(user)
        workshop, point_id, _ = _workshop(cast.epc, cast.can, people["secretary"])
        letter_id = _draft(cast.epc, cast.can, workshop, point_id, people)
        asked = _letter(people["secretary"], letter_id)
        until, told = clock.today() + timedelta(days=3), commenting.Told("Subject", "Body")
        commenting.open_round(asked, [people["member"].contact_id], until, "Is it plain?", told, by=people["secretary"])
        return letter_id


def submit(server: Server, letter_id: int) -> None:
    with server.app.app_context(), writing():
        secretary = person_of(db.session.scalars(select(User).where(User.email == SECRETARY)).one())
        draft = _letter(secretary, letter_id)
        clearance.submit_letter(draft, draft.current.sha256, clearance.Mail("Subject", "Body"), by=secretary)


def test_member_comments_on_selected_words_and_the_chair_decides_with_one_thumb(
    server: Server, letter: int, phones: Callable[[str], Person]
) -> None:
    member = phones(MEMBER)
    member.goto("/")
    member.follow("Draft letter: Comment on the letter by " + until_words())
    comment_on(member, "Thank you.", "Whom do we thank?")
    expect(member.page.locator("mark#passage-1")).to_have_text("Thank you.")
    member.press("I have no more comments")
    submit(server, letter)
    chair = phones(CHAIR)
    chair.goto("/")
    chair.follow("What we heard: Approve or return")
    expect(chair.page.get_by_text("Whom do we thank?")).to_be_visible()
    comment_on(chair, "Thank you.", "I thought so too")
    expect(chair.page.get_by_text("You have not decided yet")).to_be_visible()
    chair.page.get_by_role("link", name="Go to the decision").tap()
    chair.page.get_by_label("Return with a comment").tap()
    chair.page.get_by_label("Comment", exact=True).fill("See beside the text")
    button = chair.page.get_by_role("button", name="Record decision").bounding_box()
    assert button is not None and button["width"] > PHONE * 0.7 and button["height"] >= 44
    chair.press("Record decision")
    expect(chair.page.get_by_text("Came back once")).to_be_visible()
    secretary = phones(SECRETARY)
    secretary.goto(f"/letters/{letter}/edit")
    expect(secretary.page.get_by_text("Whom do we thank?")).to_be_visible()
    expect(secretary.page.get_by_text("I thought so too")).to_be_visible()


def until_words() -> str:
    day = clock.today() + timedelta(days=3)
    return f"{day.day} {day:%B}"
