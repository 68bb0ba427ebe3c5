"""What waits for whom, on the home page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from tests.chain.making import assign, make_action, make_letter, make_paper, make_response, make_workshop
from tests.factories import add
from tracker.actions.rules import ActionState
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.core.permissions import Role
from tracker.letters.models import ClearanceDecision, Letter, LetterVersion
from tracker.letters.rules import DecisionKind, LetterState
from tracker.papers.models import PaperLead
from tracker.papers.rules import PaperState
from tracker.recommendations.rules import AnswerPosition

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOON.date()


@pytest.fixture
def business(app: Any, cast: Any) -> Any:
    """A draft letter, a letter sent with one late ask, one answered, and actions by the member and the team."""
    member, team, sro = (cast.contacts[f"{w}.test"] for w in ("member@epc", "team@can", "sro@can"))
    with app.app_context(), writing():
        workshop = make_workshop(cast.epc, cast.can, "EPC-W01")
        make_letter(workshop, cast.can, sro, None, [])
        letter, wordings = make_letter(workshop, cast.can, sro, "EPC-L01", [], asks=2)
        for wording in wordings:
            assign(letter, wording, cast.can)
        answered = assign(*_second(workshop, cast), cast.can)
        answered.position = AnswerPosition.ACCEPTED
        make_response(letter, cast.can, sro, submitted=False)
        for number, (owner, days) in enumerate(((member, -3), (member, 7), (team, 8), (sro, None)), start=1):
            due = TODAY + timedelta(days=days) if days is not None else None
            make_action(cast.epc, f"EPC-A00{number}", owner_id=owner, due_on=due)
        make_action(cast.epc, "EPC-A005", owner_id=member, reported_by_id=member, state=ActionState.PENDING_REVIEW)
        paper, _ = make_paper(cast, "EPC-P01", [], PaperState.DRAFT)
        add(PaperLead(paper_id=paper.id, contact_id=sro))
        make_paper(cast, "EPC-P02", [], PaperState.RECORDED)
    with clock.frozen(NOON):
        yield


def _second(workshop: Any, cast: Any) -> Any:
    letter, wordings = make_letter(workshop, cast.can, cast.contacts["sro@can.test"], "EPC-L02", [])
    return letter, wordings[0]


def rows(page: Any) -> dict[str, list[str]]:
    """What to do in each section, by its heading."""
    return {
        section.find("h2").text: [
            f"{_words(row[0]).split(':')[0]} {_words(row[1])}" for row in section.iterfind(".//tbody/tr")
        ]
        for section in page.tree.iterfind(".//main//section")
    }


def _words(cell: Any) -> str:
    return " ".join("".join(cell.find("span[2]" if len(cell) > 1 else "span").itertext()).split())


@pytest.mark.usefixtures("business")
def test_secretary_sees_letters_late_answers_actions_to_close_and_papers(visit: Any) -> None:
    page = visit("secretary@epc.test").get("/")
    found = rows(page)
    assert found["Overdue"] == ["EPC-L01(a) Chase the answer of Cancer Programme"] + [
        "EPC-L01(b) Chase the answer of Cancer Programme"
    ]
    assert found["Later"] == ["EPC-P01 Finish the paper and send it to its lead director"]
    assert found["Waiting for you without a date"] == [
        "Draft letter Finish the draft and send it to the chair",
        "EPC Look at what is due to go, and send it: 1 reminder",
        "EPC-A005 Check that it is done, and close it",
    ]
    assert "206 days overdue" in page.text


@pytest.mark.usefixtures("business")
def test_chair_sees_answers_to_assess(visit: Any) -> None:
    found = rows(visit("chair@epc.test").get("/"))
    assert "EPC-L02(a) Assess the answer of Cancer Programme" in found["Waiting for you without a date"]
    assert "Overdue" not in found


@pytest.mark.usefixtures("business")
def test_chairs_letters_to_decide_come_first_by_their_subject(app: Any, cast: Any, visit: Any) -> None:
    by = cast.contacts["secretary@epc.test"]
    with app.app_context(), writing():
        letter = db.session.scalars(select(Letter).where(Letter.reference.is_(None))).one()
        letter.state, subject = LetterState.WITH_CHAIR, letter.subject
        version = db.session.scalars(select(LetterVersion).where(LetterVersion.letter_id == letter.id)).one()
        add(letter)
        sent = {"kind": DecisionKind.SUBMITTED, "by_id": by, "as_role": Role.SECRETARIAT, "at": NOON}
        add(ClearanceDecision(letter_id=letter.id, version_id=version.id, sha256=version.sha256, **sent))
    page = visit("chair@epc.test").get("/")
    section, *_ = rows(page).items()
    assert section == ("Waiting for your decision", [f"{subject} Approve or return"])
    assert "Waiting since 23 November 2026" in page.text
    assert "Draft letter" in visit("auditor@epc.test").get("/").text


@pytest.mark.usefixtures("business")
def test_member_sees_their_own_actions_and_the_next_papers(visit: Any) -> None:
    page = visit("member@epc.test").get("/")
    assert rows(page) == {
        "Overdue": ["EPC-A001 Do it, and report on it"],
        "Next seven days": ["EPC-A002 Do it, and report on it"],
    }
    assert "3 days overdue" in page.text and "Due in 7 days" in page.text
    assert page.all(".//a[@href='/papers/EPC-P02']") == ["EPC-P02"]
    assert "EPC-P01" not in page.text


@pytest.mark.usefixtures("business")
def test_programme_team_sees_letters_to_answer_and_its_actions(visit: Any) -> None:
    found = rows(visit("team@can.test").get("/"))
    assert found["Later"] == ["EPC-A003 Do it, and report on it"]
    assert [r for section in found.values() for r in section if "Answer the letter" in r] == [
        "EPC-L01 Answer the letter"
    ]
    assert not any("EPC-P01" in r for section in found.values() for r in section)


@pytest.mark.usefixtures("business")
def test_lead_director_sees_the_paper_only_once_it_is_with_them(app: Any, visit: Any) -> None:
    sro = visit("sro@can.test")
    assert "EPC-P01" not in sro.get("/").text
    with app.app_context(), writing():
        from tracker.papers.queries import get_paper

        paper = get_paper("EPC-P01")
        paper.state = PaperState.WITH_LEAD_DIRECTOR
        add(paper)
    assert "EPC-P01 Clear the paper, or return it" in rows(sro.get("/"))["Later"]
    page = visit("secretary@epc.test").get("/")
    assert "EPC-P01 Get the lead director’s clearance" in rows(page)["Waiting for you without a date"]
    assert "No date: for the board meeting of 8 February 2027" in page.text


@pytest.mark.usefixtures("business")
def test_auditor_sees_what_changed_lately_in_their_taskforces_only(visit: Any) -> None:
    page = visit("auditor@epc.test").get("/")
    changes = page.all(".//ol/li/p[@class='app-timeline__title']")
    assert len(changes) == 20
    assert "Taskforce Tracker loaded this for a test: EPC-P02" in changes
    assert "EPC-" not in visit("auditor@dig.test").get("/").text


@pytest.mark.usefixtures("business")
def test_strangers_see_none_of_it(visit: Any) -> None:
    for email in ("secretary@dig.test", "team@dia.test", "admin@tracker.test", "nobody@tracker.test"):
        assert "EPC-" not in visit(email).get("/").text, email


def test_where_nothing_waits_the_page_says_what_to_do_next(cast: Any, visit: Any) -> None:
    assert visit("secretary@epc.test").get("/").link("Plan a workshop") == "/workshops/new"
    assert "Ask your secretariat or administrator" in visit("nobody@tracker.test").get("/").text
    assert "When something is, it stands here" in visit("team@can.test").get("/").text


def test_administrator_of_a_new_installation_is_led_through_its_setup(app: Any, visit: Any) -> None:
    from tests.factories import make_user

    with app.app_context(), writing():
        make_user("Administrator", "admin@tracker.test", is_admin=True)
    page = visit("admin@tracker.test").get("/")
    assert [page.link(w) for w in ("Add the board", "Add the taskforce", "Add the programmes", "Invite users")] == [
        "/boards/new",
        "/taskforces/new",
        "/programmes/new",
        "/users/new",
    ]


def test_administrator_sees_users_without_a_role(cast: Any, visit: Any) -> None:
    page = visit("admin@tracker.test").get("/")
    assert "1 Users without a role" in page.all(".//li[@class='app-counts__item']")
    assert page.link("Users without a role") == "/users?state=no_role"


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("admin@tracker.test", []),
        ("nobody@tracker.test", ["Actions"]),
        ("team@can.test", ["Letters", "Recommendations", "Actions"]),
    ],
)
def test_the_menu_offers_registers_only_to_people_who_may_find_something_there(
    cast: Any, visit: Any, who: str, offered: list[str]
) -> None:
    menu = visit(who).get("/").all(".//ul[@class='nhsuk-header__navigation-list']/li/a")
    assert [words for words in menu if words in {"Letters", "Recommendations", "Actions"}] == offered


def test_the_number_of_queries_does_not_grow_with_what_waits(app: Any, cast: Any, visit: Any) -> None:
    def count() -> int:
        statements: list[str] = []

        def note(*arguments: Any) -> None:
            statements.append(arguments[2])

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        visitor.get("/")
        event.remove(engine, "before_cursor_execute", note)
        return len([s for s in statements if s.startswith("SELECT")])

    visitor = visit("secretary@epc.test")
    before = count()
    with app.app_context(), writing():
        for number in range(20):
            make_paper(cast, f"EPC-P{number + 10}", [], PaperState.DRAFT)
            make_action(cast.epc, f"EPC-A{number + 100}", owner_id=cast.contacts["secretary@epc.test"])
    assert count() == before


@pytest.mark.parametrize(
    ("address", "title", "words"),
    [
        ("/accessibility", "Accessibility statement", "we do not claim that it conforms"),
        ("/privacy", "Privacy", "Freedom of Information Act 2000"),
        ("/cookies", "Cookies", "after 30 minutes without use"),
    ],
)
def test_everybody_reads_the_pages_about_the_product(
    cast: Any, visit: Any, address: str, title: str, words: str
) -> None:
    page = visit().get(address)
    assert page.all(".//h1") == [title]
    assert words in page.text


def test_several_messages_at_once_are_one_landmark(visit: Any, cast: Any) -> None:
    chair = visit("chair@epc.test")
    with chair.client.session_transaction() as session:
        session["_flashes"] = [("message", "One thing."), ("message", "Another.")]
    assert chair.get("/").all(".//*[@id='notice']/*[@role='region']") == ["SuccessOne thing.Another."]
