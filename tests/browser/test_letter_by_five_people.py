"""Five people take a letter from its first word to its correction; the chair at a phone; mail goes to a real server."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.conftest import Person, Server
from tests.factories import add, make_cast, person_of
from tests.support.postbox import Postbox, open_postbox
from tests.support.records import _workshop
from tracker.accounts import passwords
from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import db, writing

pytestmark = pytest.mark.browser

PASSWORD = "a long password for all of them"
PEOPLE = {
    "secretary": "secretary@epc.test",
    "deputy": "deputy@epc.test",
    "chair": "chair@epc.test",
    "member": "member@epc.test",
    "owner": "sro@can.test",
}
FIRST = "Thank you for a frank afternoon. Patients told us that letters come in small print."
BODY = f"{FIRST}\n\n{{recommendations}}\n\nPlease tell us what you think."
REWORDED = BODY.replace("frank afternoon", "frank and generous afternoon")
CHANGED = REWORDED.replace("what you think", "what you will do")
ASK = "Print every letter in a size that people can read."
REMARK = "Say that carers told us too."
WHY = "Please say how generous they were."


def set_up(server: Server) -> None:
    """The cast with passwords, and a workshop that was held."""
    cast = make_cast(server.app)
    with server.app.app_context(), writing():
        kept = passwords.hash_password(PASSWORD)
        people: dict[str, Any] = {}
        for who, email in PEOPLE.items():
            user = db.session.scalars(select(User).where(User.email == email)).one()
            user.password_hash = kept
            add(user)
            people[who] = person_of(user)
        _workshop(cast.epc, cast.can, people["secretary"])


def write(secretary: Person) -> str:
    """The secretary drafts the letter with one recommendation; its path."""
    secretary.goto("/letters/new?workshop=EPC-W01")
    secretary.fill({"Subject": "Letters that people can read", "Letter": BODY})
    secretary.press("Add a recommendation")
    secretary.fill({"Recommendation": ASK, "Title": "Print size", "Closing": "Yours sincerely"})
    secretary.press("Save the draft")
    return secretary.page.url.removeprefix(secretary.server.address)


def ask_member(secretary: Person, member: Person, path: str, box: Postbox) -> None:
    """A member comments on a passage by the link in their mail; the secretary deals with it."""
    secretary.goto(path)
    secretary.follow("Ask members to comment")
    secretary.page.get_by_label(re.compile("member", re.IGNORECASE)).first.check()
    secretary.day("Last day for comments", clock.today() + timedelta(days=3))
    secretary.press("Send to members for comment")
    secretary.server.deliver(box)
    member.goto(member.server.link_in(box.messages[PEOPLE["member"]][-1]))
    member.fill({"The words that you comment on": "Patients told us", "Your comment": REMARK})
    member.press("Save the comment")
    secretary.goto(path)
    expect(secretary.page.get_by_text(REMARK)).to_be_visible()
    secretary.follow("Deal with it: comment 1")
    secretary.fill({"How": "Left as it is"})
    secretary.press("Dealt with")


def send_to_chair(secretary: Person, path: str, note: str) -> None:
    secretary.goto(path)
    secretary.follow("Send to chair")
    secretary.fill({"Note to the chair": note})
    secretary.press("Send to chair")


def clear(secretary: Person, deputy: Person, chair: Person, path: str, box: Postbox) -> None:
    """Returned once, compared, approved with changes by the chair, confirmed by the deputy."""
    send_to_chair(secretary, path, "It goes to the board in December.")
    chair.server.deliver(box)
    chair.goto(chair.server.link_in(box.messages[PEOPLE["chair"]][-1]))
    expect(chair.page.get_by_text("It goes to the board in December.").first).to_be_visible()
    chair.choose("Your decision", "Return with a comment")
    chair.fill({"Comment": WHY})
    chair.press("Record decision")
    secretary.goto(f"{path}/edit")
    secretary.fill({"Letter": REWORDED})
    secretary.press("Save the draft")
    secretary.goto(f"{path}/compare?from=1")
    expect(secretary.page.locator("ins").first).to_contain_text("and generous")
    send_to_chair(secretary, path, "Reworded as you asked.")
    chair.goto(f"{path}/decide")
    expect(chair.page.get_by_role("heading", name="What changed since you last decided")).to_be_visible()
    expect(chair.page.locator("ins").first).to_contain_text("and generous")
    chair.choose("Your decision", "Approve with changes")
    chair.press("Record decision")
    chair.fill({"Letter": CHANGED})
    chair.press("Approve with these changes")
    deputy.goto(path)
    deputy.follow("Look at the changes and confirm")
    expect(deputy.page.locator("ins").first).to_contain_text("will do")
    deputy.press("Confirm this text")


def issue(secretary: Person, path: str, box: Postbox) -> None:
    """Issued and sent by e-mail from here: the file that arrives is the file that is kept."""
    secretary.goto(path)
    secretary.follow("Issue the letter")
    secretary.choose("How it is sent", "By e-mail")
    secretary.press("Issue the letter")
    secretary.fill({"To": PEOPLE["owner"], "Copies": PEOPLE["member"]})
    secretary.press("Send by e-mail")
    secretary.server.deliver(box)
    kept = secretary.page.request.get(f"{secretary.server.address}/letters/EPC-L01/file").body()
    for recipient in (PEOPLE["owner"], PEOPLE["member"]):
        (message,) = [m for m in box.messages[recipient] if list(m.iter_attachments())]
        (attached,) = message.iter_attachments()
        assert hashlib.sha256(attached.get_content()).digest() == hashlib.sha256(kept).digest()
        assert (PEOPLE["owner"] in message["To"], PEOPLE["member"] in message["Cc"]) == (True, True)


def correct(secretary: Person, chair: Person, owner: Person, box: Postbox) -> None:
    """A correction keeps the recommendation's reference; both letters and the programme's page say so."""
    secretary.goto("/letters/EPC-L01")
    secretary.press("Draft a correction")
    secretary.fill({"Letter": CHANGED.replace("small print", "very small print")})
    secretary.press("Save the draft")
    path = secretary.page.url.removeprefix(secretary.server.address)
    send_to_chair(secretary, path, "One word was missing.")
    chair.goto(f"{path}/decide")
    chair.choose("Your decision", "Approve")
    chair.press("Record decision")
    secretary.goto(path)
    secretary.follow("Issue the letter")
    secretary.choose("How it is sent", "By post")
    secretary.press("Issue the letter")
    owner.goto("/letters/EPC-L01")
    expect(owner.page.get_by_text("Corrected by").first).to_be_visible()
    expect(owner.page.get_by_text(REMARK)).to_have_count(0)
    owner.goto("/letters/EPC-L02")
    expect(owner.page.get_by_text("EPC-L01(a)").first).to_be_visible()
    expect(owner.page.get_by_text("very small print").first).to_be_visible()
    assert box.messages[PEOPLE["owner"]]


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_five_people_take_a_letter_from_its_first_word_to_its_correction(
    server: Server, somebody: Callable[..., Person], javascript: bool
) -> None:
    set_up(server)
    people = {who: somebody(javascript=javascript, phone=who == "chair") for who in PEOPLE}
    for who, person in people.items():
        person.sign_in(PEOPLE[who], PASSWORD)
    secretary, deputy, chair, member, owner = people.values()
    with open_postbox() as box:
        path = write(secretary)
        ask_member(secretary, member, path, box)
        clear(secretary, deputy, chair, path, box)
        issue(secretary, path, box)
        correct(secretary, chair, owner, box)
    runner = server.app.test_cli_runner()
    for command in (["audit", "verify"], ["letters", "verify", "EPC-L01"], ["letters", "verify", "EPC-L02"]):
        result = runner.invoke(args=command)
        assert result.exit_code == 0, result.output
