"""A joint letter to two programmes, from its first answers to what is closed and opened again; the chair at a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from email.message import EmailMessage

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import select

from tests.browser.conftest import Person, Server
from tests.factories import give, make_cast, make_user, person_of
from tests.support.postbox import Postbox, open_postbox
from tests.support.records import _issue, _taskforce, _workshop
from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.core.permissions import Role
from tracker.core.working_days import add_working_days
from tracker.directory.models import Programme
from tracker.letters import operations as letters
from tracker.letters.content import Ask
from tracker.letters.rules import AskKind, LetterKind, Placement
from tracker.workshops.queries import get_workshop_for

pytestmark = pytest.mark.browser

PEOPLE = {
    "secretary": "secretary@epc.test",
    "chair": "chair@epc.test",
    "team": "team@can.test",
    "colleague": "colleague@can.test",
    "owner": "sro@can.test",
    "other": "team@dia.test",
}
LETTER = "EPC-L01"
OF_CAN, OF_DIA = f"/letters/{LETTER}/responses/CAN", f"/letters/{LETTER}/responses/DIA"
FIRST = f"/recommendations/{LETTER}(a)"
SPRING = "We will print them larger in spring."
CAN_SAYS = "Carers will be asked at every clinic."
AGREED = b"From: sro@dia.test\r\nTo: team@dia.test\r\nSubject: Agreed\r\n\r\nI agree.\r\n"
AGAIN = "The new letters are small again."


@pytest.fixture
def letter(server: Server) -> str:
    """A joint letter of today with two recommendations, to CAN and DIA."""
    cast = make_cast(server.app)
    with server.app.app_context(), writing():
        colleague = make_user("CAN colleague", PEOPLE["colleague"], taskforce_id=cast.epc)
        give(colleague, Role.PROGRAMME_TEAM, programme=db.session.get_one(Programme, cast.can))
        users = {user.email: user for user in db.session.scalars(select(User))}
        people = {who: person_of(users[email]) for who, email in PEOPLE.items()}
        workshop, point, _ = _workshop(cast.epc, cast.can, people["secretary"])
        held = get_workshop_for(people["secretary"], workshop)
        assert held is not None
        blank = Ask(0, Placement.LISTED, AskKind.RECOMMENDATION, "", "", rests_on=(point,))
        asks = (
            replace(blank, title="Print size", text="Print every letter larger.", success="In 14 point\nTested"),
            replace(blank, title="Carers", text="Ask carers first."),
        )
        to = letters.Addressed(people["owner"].contact_id, cast.can)
        content = letters.default_content(_taskforce(cast.epc), to, (people["chair"].name,))
        content = replace(content, subject="What we heard", body="Thank you.", recommendations=asks)
        draft = letters.Draft(LetterKind.LETTER, held.id, to, None, None, "", content, joint=(cast.dia,))
        made = letters.draft_letter(_taskforce(cast.epc), draft, to, by=people["secretary"])
        return _issue(made.id, people, clock.today())


def newest(person: Person, box: Postbox, who: str, subject: str) -> EmailMessage:
    """The newest mail to somebody, after what waits was sent; it has these words in its subject."""
    person.server.deliver(box)
    message = box.messages[PEOPLE[who]][-1]
    assert subject in message["Subject"]
    return message


def sees(person: Person, words: str | re.Pattern[str], within: Locator | None = None) -> None:
    expect((within or person.page.locator("main")).get_by_text(words).first).to_be_visible()


def answer_in_part(team: Person, colleague: Person, owner: Person, box: Postbox) -> None:
    """Two of a team write at once; their owner, told by e-mail, signs off what there is."""
    team.goto(f"{OF_CAN}/edit")
    colleague.goto(f"{OF_CAN}/edit")
    team.choose("Position on (a)", "Accepted")
    team.fill({"Answer to (a)": SPRING})
    team.press("Save draft")
    colleague.fill({"Introduction (optional)": "Dear chair,"})
    colleague.press("Save and say that it is ready for sign-off")
    sees(colleague, "together with what others of your team saved meanwhile in (a)")
    owner.goto(owner.server.link_in(newest(owner, box, "owner", "Ready for your sign-off")))
    owner.follow("Sign off the response")
    sees(owner, "This is a partial response")
    sees(owner, "Dear chair,")
    sees(owner, SPRING)
    owner.press("Sign off and send")
    sees(owner, "Signed off in part")


def agree_by_email(other: Person) -> None:
    """The other programme's owner agreed by e-mail: their team records it."""
    other.goto(f"{OF_DIA}/edit")
    other.choose("Position on (a)", "Not accepted")
    other.fill({"Answer to (a)": "Our letters are large already.", "Answer to (b)": "We always do."})
    other.press("Save draft")
    other.follow("record that they agreed")
    other.choose("Who agreed", "DIA Senior responsible owner")
    other.day("The day they agreed", clock.today())
    chosen = {"name": "Agreed.eml", "mimeType": "message/rfc822", "buffer": AGREED}
    other.page.get_by_label("The e-mail or letter in which they agreed").set_input_files([chosen])
    other.press("Sign off by this agreement")
    sees(other, "signed off by the agreement of DIA Senior responsible owner")


def clarify(chair: Person, team: Person, box: Postbox) -> None:
    """The chair asks about one answer; the team replies beside it."""
    chair.goto(OF_CAN)
    chair.follow("Ask for clarification")
    chair.fill({"What needs to be clearer in the answer to (a), and why": "Which spring?"})
    chair.press("Ask for clarification")
    sees(chair, f"See what is asked about {LETTER}(a)")
    team.goto(team.server.link_in(newest(team, box, "team", "Clarification")))
    team.follow("Write the response")
    sees(team, "Which spring?")
    team.fill({"Your reply to the question about (a)": "The next one."})
    team.press("Save draft")


def extend(team: Person, secretary: Person, box: Postbox) -> None:
    """More time for what is unanswered: the secretariat gives some, but less."""
    team.goto(f"/recommendations/{LETTER}(b)")
    team.follow("Ask for more time")
    due = add_working_days(clock.today(), 60).due
    team.day("New date", due)
    team.fill({"Reason": "The clinics meet in the new year."})
    team.press("Ask for more time")
    secretary.goto(secretary.server.link_in(newest(secretary, box, "secretary", "asks for more time")))
    sees(secretary, "The clinics meet in the new year.")
    secretary.follow("Decide on it")
    secretary.choose("Your decision", "Give time until another date")
    secretary.day("Another date", add_working_days(clock.today(), 50).due)
    secretary.fill({"Reason": "The board meets before that."})
    secretary.press("Save the decision")
    sees(secretary, "Granted until another date")
    assert "The board meets before that." in newest(team, box, "team", "More time to answer").get_content()


def answer_the_rest(team: Person, owner: Person, box: Postbox) -> None:
    team.goto(f"{OF_CAN}/edit")
    team.fill({"Answer to (b)": CAN_SAYS})
    team.press("Save and say that it is ready for sign-off")
    owner.goto(owner.server.link_in(newest(owner, box, "owner", "Ready for your sign-off")))
    owner.follow("Sign off the response")
    sees(owner, "The next one.")
    owner.press("Sign off and send")
    newest(team, box, "team", "has been received")


def judge(team: Person, chair: Person) -> None:
    """Evidence, both answers assessed one after the other, one item met by the evidence, the other waived."""
    team.goto(f"{FIRST}/CAN/evidence/new")
    team.fill({"What it is": "A letter as printed", "Link": "https://example.org/letter"})
    team.day("Date of the evidence", clock.today())
    team.press("Add evidence")
    chair.goto(f"{OF_CAN}/judge")
    for reference, answer in ((f"{LETTER}(a)", SPRING), (f"{LETTER}(b)", CAN_SAYS)):
        expect(chair.page.locator("#judged")).to_contain_text(reference)
        sees(chair, answer)
        chair.choose("Your assessment", "Answers the point")
        chair.fill({"Reason": "It says when."})
        chair.press("Save the assessment")
    sees(chair, "Nothing else waits here.")
    chair.goto(f"{FIRST}/CAN/criteria")
    chair.choose("Item 1", "Met")
    evidence = f"A letter as printed, {date_in_words(clock.today())}"
    chair.page.get_by_label("Evidence for item 1, where it is met").select_option(label=evidence)
    chair.choose("Item 2", "Waived")
    chair.fill({"Why item 2 is waived, where it is": "The letter shows it."})
    chair.press("Save")
    sees(chair, "The letter shows it.")


def date_in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def close_and_reopen(secretary: Person, chair: Person, team: Person) -> None:
    secretary.goto(f"{FIRST}/CAN/close")
    secretary.choose("Close as", "Closed: implemented")
    secretary.fill({"Reason": "The letters are larger."})
    secretary.press("Close the recommendation")
    sees(secretary, f"{LETTER}(a) is closed: implemented.")
    chair.goto(FIRST)
    sees(chair, "The letters are larger.")
    chair.follow("Reopen the recommendation (Cancer Programme)")
    chair.fill({"Reason": AGAIN})
    chair.press("Reopen the recommendation")
    sees(chair, f"{LETTER}(a) is open again.")
    team.goto(FIRST)
    sees(team, AGAIN)
    expect(team.page.get_by_text("Diabetes Programme")).to_have_count(0)


def look_back(chair: Person, secretary: Person) -> None:
    """Both programmes side by side; the register finds what was extended, and no more."""
    chair.goto(f"/letters/{LETTER}/answers")
    (first, second) = chair.page.locator("tbody tr").all()
    for row, words in ((first, SPRING), (first, "Our letters are large already."), (second, CAN_SAYS)):
        sees(chair, words, row)
    secretary.goto("/recommendations")
    extended = secretary.page.get_by_label("Date moved", exact=True).first
    secretary.unfold(extended)
    extended.select_option("Date moved")
    secretary.press("Apply filters")
    expect(secretary.page.locator("#results tbody tr")).to_have_count(1)
    sees(secretary, f"{LETTER} to Cancer Programme")


def test_joint_letter_is_answered_judged_closed_and_opened_again(
    server: Server, letter: str, somebody: Callable[..., Person]
) -> None:
    assert letter == LETTER
    people = {who: somebody(phone=who == "chair") for who in PEOPLE}
    for who, person in people.items():
        person.come_signed_in(PEOPLE[who])
    secretary, chair, team, colleague, owner, other = people.values()
    with open_postbox() as box:
        answer_in_part(team, colleague, owner, box)
        agree_by_email(other)
        clarify(chair, team, box)
        extend(team, secretary, box)
        answer_the_rest(team, owner, box)
    judge(team, chair)
    close_and_reopen(secretary, chair, team)
    look_back(chair, secretary)
    result = server.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 0, result.output
