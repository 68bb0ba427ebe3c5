"""A fresh installation is taken through the chain by its people, with JavaScript and without."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from playwright.sync_api import expect

from tests.browser.conftest import Person, Server

pytestmark = pytest.mark.browser

PASSWORD = "a long password for {}"
PEOPLE = {
    "admin": "Ada Administrator",
    "secretary": "Sam Secretary",
    "chair": "Charlie Chair",
    "team": "Terry Team",
    "sro": "Robin Responsible",
}
GRANTS = (
    ("secretary", "secretariat", "LUN"),
    ("chair", "chair", "LUN"),
    ("team", "programme_team", "SCR"),
    ("sro", "sro", "SCR"),
)
POINTS = ("Letters come in small print", "Screening vans miss villages", "Carers were never asked R&D < 5")
LETTER = "Thank you for an open afternoon, “warts and all”.\n\n{recommendations}\n\nPlease write to us."
ASK = "Publish where the vans go, two months ahead."
SUCCESS = "A timetable on the web site"
BOARD_WORDING = "Timetables of vans are published."
ANSWER = "We will publish the timetable every quarter, village by village."
ACTION = "Put the timetable on line"
PURPOSE = "Tells the board what the workshop on screening led to."
INVOLVEMENT = "Forty people from eleven villages came to the workshop."
INVITATION = "Note what came of the workshop."


def email(who: str) -> str:
    return f"{who}@example.test"


def make_people(server: Server) -> None:
    """The accounts, as an administrator makes them at the command line."""
    runner = server.app.test_cli_runner()
    for who, name in PEOPLE.items():
        admin = ["--admin"] if who == "admin" else []
        typed = f"{PASSWORD.format(who)}\n" * 2
        result = runner.invoke(args=["users", "create", email(who), "--name", name, *admin], input=typed)
        assert result.exit_code == 0, result.output


def grant(server: Server) -> None:
    runner = server.app.test_cli_runner()
    for who, role, code in GRANTS:
        result = runner.invoke(args=["users", "grant", email(who), role, code, "--from", "2020-01-01"])
        assert result.exit_code == 0, result.output


def date(person: Person, legend: str, day: str, month: str, year: str) -> None:
    group = person.page.get_by_role("group", name=legend, exact=True)
    for label, value in (("Day", day), ("Month", month), ("Year", year)):
        group.get_by_label(label, exact=True).fill(value)


def choose(person: Person, legend: str, *words: str) -> None:
    group = person.page.get_by_role("group", name=legend, exact=True)
    for word in words:
        group.get_by_label(word, exact=True).check()


def find(person: Person, label: str, words: str) -> None:
    """Choose a contact by name: as one types, or by the button where there are no scripts."""
    group = person.page.get_by_role("group", name=label, exact=True)
    group.get_by_label(re.compile("^Find by name")).fill(words)
    if person.javascript:
        expect(group.get_by_label(words, exact=True)).to_be_visible()
    else:
        with person.page.expect_navigation():
            group.get_by_role("button", name=re.compile("^Find")).click()
    person.page.get_by_role("group", name=label, exact=True).get_by_label(words, exact=True).check()


def set_up(admin: Person) -> None:
    admin.goto("/boards/new")
    admin.fill({"Name": "Board of Testing", "Organisation": "Testing Authority"})
    admin.press("Make the board")
    admin.follow("Add a meeting")
    date(admin, "Date of the meeting", "12", "November", "2026")
    admin.press("Add the meeting")
    admin.goto("/taskforces/new")
    admin.fill({"Code": "LUN", "Name": "Listening Taskforce", "Sender address": "1 Test Street\nTestville"})
    admin.page.get_by_label("Board that it reports to").select_option(label="Board of Testing")
    admin.press("Make the taskforce")
    admin.goto("/programmes/new")
    admin.fill({"Code": "SCR", "Name": "Screening Programme", "Organisation": "Testing Authority"})
    admin.press("Make the programme")


def hold_workshop(secretary: Person) -> None:
    secretary.follow("Workshops")
    secretary.follow("Plan a workshop")
    secretary.fill({"Title": "Screening in the villages", "Place": "Village hall"})
    secretary.page.get_by_label("Programme", exact=True).select_option(label="Screening Programme")
    date(secretary, "Date", "2", "11", "2026")
    secretary.press("Plan the workshop")
    secretary.follow("Add or remove participants")
    secretary.fill({"Name": "A villager"})
    secretary.page.get_by_label("Capacity", exact=True).select_option(label="Patient")
    secretary.press("Add the participant")
    secretary.goto("/workshops/LUN-W01")
    secretary.press("Mark as held")
    secretary.follow("Add points heard")
    for number, (kind, point) in enumerate(zip(("Praise", "Concern", "Concern"), POINTS, strict=True), 1):
        secretary.fill({"Point": point})
        choose(secretary, "Kind", kind)
        if secretary.javascript:
            secretary.page.get_by_role("button", name="Add the point").click()
        else:
            secretary.press("Add the point")
        counted = "1 point heard" if number == 1 else f"{number} points heard"
        expect(secretary.page.get_by_role("heading", name=counted)).to_be_visible()
        expect(secretary.page.get_by_label("Point", exact=True)).to_have_value("")
    secretary.look()


def draft_letter(secretary: Person) -> str:
    secretary.goto("/workshops/LUN-W01")
    secretary.follow("Draft a letter")
    find(secretary, "Addressee", PEOPLE["sro"])
    secretary.fill({"Subject": "What the villages told us", "Letter": LETTER})
    secretary.press(re.compile("Make a recommendation of it.*vans miss villages"))
    secretary.fill({"Title": "Say where the vans go", "Recommendation": ASK, "Wording for the board": BOARD_WORDING})
    secretary.fill({"How we will know it is done": SUCCESS, "Closing": "Yours sincerely"})
    secretary.fill({"Salutation": "Dear Robin"})
    secretary.press("Save the draft")
    expect(secretary.page.get_by_text("Publish where the vans go").first).to_be_visible()
    path = secretary.page.url.removeprefix(secretary.server.address)
    secretary.follow("Send to chair")
    secretary.press("Send to chair")
    return path


def clear_letter(secretary: Person, chair: Person, path: str) -> None:
    """The chair returns it once, then approves with changes; the secretariat confirms."""
    chair.goto(f"{path}/decide")
    choose(chair, "Your decision", "Return with a comment")
    chair.fill({"Comment": "Please thank the drivers too."})
    chair.press("Record decision")
    secretary.goto(path)
    expect(secretary.page.get_by_text("Please thank the drivers too.").first).to_be_visible()
    secretary.follow("Edit the letter")
    secretary.fill({"Letter": LETTER.replace("Thank you", "Thank you, and the drivers,")})
    secretary.press("Save the draft")
    secretary.follow("Send to chair")
    secretary.press("Send to chair")
    chair.goto(f"{path}/decide")
    choose(chair, "Your decision", "Approve with changes")
    chair.press("Record decision")
    chair.fill({"Letter": LETTER.replace("Thank you", "Warm thanks to you, and the drivers,")})
    chair.press("Approve with these changes")
    secretary.goto(path)
    secretary.follow("Look at the changes and confirm")
    secretary.press("Confirm this text")


def issue_letter(secretary: Person, path: str) -> bytes:
    secretary.goto(path)
    secretary.follow("Issue the letter")
    date(secretary, "Date of letter", "9", "11", "2026")
    choose(secretary, "How it is sent", "By e-mail")
    secretary.fill({"To whom": "Robin Responsible’s office"})
    date(secretary, "Response due", "7", "12", "2026")
    secretary.press("Issue the letter")
    expect(secretary.page.get_by_role("heading", name="Send the letter")).to_be_visible()
    expect(secretary.page.get_by_label("To", exact=True)).to_have_value(f"{PEOPLE['sro']} <{email('sro')}>")
    secretary.press("Send by e-mail")
    expect(secretary.page.get_by_text("It goes within a minute or so.")).to_be_visible()
    secretary.goto("/letters/LUN-L01")
    return download(secretary, "/letters/LUN-L01/file")


def download(person: Person, path: str) -> bytes:
    answer = person.page.request.get(person.server.address + path)
    assert answer.status == 200
    return answer.body()


def words_in(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    return " ".join(" ".join([p.text for p in document.paragraphs] + cells).split())


def has_all(content: bytes, texts: Iterable[str]) -> None:
    found = words_in(content)
    for text in texts:
        for line in text.replace("{recommendations}", "").split("\n"):
            assert " ".join(line.split()) in found, f"{line!r} is not in the document"


def respond(team: Person, sro: Person) -> None:
    team.goto("/letters/LUN-L01/response")
    choose(team, "Position on (a)", "Accepted")
    team.fill({"Answer to (a)": ANSWER, "Action 1 for (a) (optional)": ACTION})
    date(team, "Planned completion of (a) (optional)", "31", "3", "2027")
    team.press("Save draft")
    sro.goto("/letters/LUN-L01/response")
    sro.press("Save and go to sign-off")
    expect(sro.page.get_by_text(ANSWER).first).to_be_visible()
    sro.press("Sign off and send")


def judge_and_close(secretary: Person, chair: Person, sro: Person) -> None:
    chair.goto("/recommendations/LUN-L01(a)")
    chair.follow("Assess the answer")
    choose(chair, "Your assessment", "Answers the point")
    chair.fill({"Reason": "This is what the villages asked for."})
    chair.press("Save the assessment")
    sro.goto("/actions/LUN-A001")
    sro.follow("Report on this action")
    sro.fill({"Update": "It is on line."})
    choose(sro, "State of the action", "Done: ready for somebody else to review and close")
    sro.press("Save")
    secretary.goto("/actions/LUN-A001")
    secretary.follow("Close")
    secretary.fill({"Comment": "Seen."})
    secretary.press("Close the action")
    secretary.goto("/recommendations/LUN-L01(a)")
    secretary.follow("Add evidence")
    secretary.fill({"What it is": "The web page", "Link": "https://example.org/timetable"})
    date(secretary, "Date of the evidence", "2", "3", "2020")
    secretary.press("Add evidence")
    secretary.follow("Say what has been shown")
    choose(secretary, "Item 1", "Met")
    page = secretary.page.get_by_label("Evidence for item 1, where it is met")
    page.select_option(label="The web page, 2 March 2020")
    secretary.press("Save")
    secretary.follow("Close the recommendation")
    choose(secretary, "Close as", "Closed: implemented")
    secretary.fill({"Reason": "The timetable is there."})
    secretary.press("Close the recommendation")
    expect(secretary.page.get_by_text("Closed: implemented").first).to_be_visible()


def clear_paper(secretary: Person, chair: Person) -> bytes:
    secretary.goto("/papers/new")
    secretary.fill({"Title": "Screening: what came of it"})
    secretary.page.get_by_label("Board meeting", exact=True).select_option(index=1)
    secretary.press("Save and continue")
    secretary.goto("/papers/LUN-P01/edit")
    secretary.fill({"Paper reference": "BT/27/02", "Purpose": PURPOSE, "Patient and public involvement": INVOLVEMENT})
    find(secretary, "Lead directors", PEOPLE["chair"])
    choose(secretary, "For", "Decision")
    choose(secretary, "Section 13Q duty", "Applies")
    secretary.fill({"Authors": "Sam Secretary", "Security classification": "OFFICIAL"})
    with secretary.page.expect_navigation():
        secretary.page.get_by_role("button", name="Add an invitation").click()
    secretary.fill({"Invitation 1": INVITATION})
    secretary.press("Save")
    secretary.goto("/papers/LUN-P01/recommendations")
    secretary.page.get_by_label(re.compile(r"^LUN-L01\(a\)")).check()
    secretary.press("Save")
    secretary.goto("/papers/LUN-P01")
    secretary.press("Send to lead director")
    chair.goto("/papers/LUN-P01/clear")
    chair.press("Clear the paper")
    secretary.goto("/papers/LUN-P01")
    secretary.press("Mark as submitted to the board")
    sheet = download(secretary, "/papers/LUN-P01/cover-sheet.docx")
    secretary.follow("Record the resolution on invitation 1")
    choose(secretary, "Outcome", "Noted")
    date(secretary, "Date of the resolution", "12", "11", "2026")
    secretary.fill({"Minute reference": "27/02/05"})
    secretary.press("Save the resolution")
    return sheet


def walk(person: Person, steps: Iterable[tuple[str, str]]) -> None:
    """From record to record by the links of the chain panel alone: (kind of step, the link's words)."""
    for kind, words in steps:
        panel = person.page.locator(".app-chain")
        step = panel.locator(".app-chain__step", has=person.page.get_by_text(kind, exact=True))
        href = step.locator("a", has_text=words).first.get_attribute("href")
        assert href
        person.goto(href)


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_people_take_a_fresh_installation_through_the_chain(
    server: Server, somebody: Callable[..., Person], javascript: bool, tmp_path: Path
) -> None:
    make_people(server)
    people: dict[str, Any] = {who: somebody(javascript=javascript) for who in PEOPLE}
    people["admin"].sign_in(email("admin"), PASSWORD.format("admin"))
    set_up(people["admin"])
    grant(server)
    for who in ("secretary", "chair", "team", "sro"):
        people[who].sign_in(email(who), PASSWORD.format(who))
    secretary, chair, team, sro = (people[w] for w in ("secretary", "chair", "team", "sro"))
    hold_workshop(secretary)
    path = draft_letter(secretary)
    clear_letter(secretary, chair, path)
    letter = issue_letter(secretary, path)
    said = LETTER.replace("Thank you", "Warm thanks to you, and the drivers,")
    has_all(letter, (said, ASK, SUCCESS, "Dear Robin", "Say where the vans go", "Yours sincerely", "Testville"))
    respond(team, sro)
    judge_and_close(secretary, chair, sro)
    sheet = clear_paper(secretary, chair)
    has_all(sheet, (PURPOSE, INVOLVEMENT, INVITATION, BOARD_WORDING, "Screening: what came of it", "BT/27/02"))
    assert hashlib.sha256(download(secretary, "/letters/LUN-L01/file")).digest() == hashlib.sha256(letter).digest()
    secretary.goto("/workshops/LUN-W01")
    walk(
        secretary,
        (
            ("Points heard", "Concern"),
            ("Recommendations", "LUN-L01(a)"),
            ("Points heard", "Concern"),
            ("Letter", "LUN-L01"),
            ("Recommendations", "LUN-L01(a)"),
            ("Board papers", "LUN-P01"),
            ("Answers", "LUN-L01"),
            ("The board’s resolutions", "LUN-P01"),
            ("Recommendations", "LUN-L01(a)"),
            ("Letter", "LUN-L01"),
            ("Workshop", "LUN-W01"),
        ),
    )
    result = server.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 0, result.output
