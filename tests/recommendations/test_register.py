"""The register: who sees what, filters, sorts, pages, and the number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.recommendations.making import Ask, change, make_letter, make_many, make_programme
from tracker.core import clock
from tracker.letters.rules import LetterKind
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus, Judgement

REGISTER = "/recommendations"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(datetime(2026, 12, 27, 12, tzinfo=UTC)):
        yield


@contextmanager
def counting() -> Iterator[list[str]]:
    """The SELECTs that run within the block."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


def _references(page: Any) -> list[str]:
    return page.all(".//tbody/tr/th/span/a")


@pytest.fixture
def letters(app: Any, cast: Any, once: Any) -> None:
    """EPC-L02 to CAN, twelve days late; EPC-L03 to CAN and DIA, due soon; DIG-L01 to DIA, stated only."""
    once("three letters", lambda: make_three(app, cast))


def make_three(app: Any, cast: Any) -> None:
    make_letter(app, cast.epc, [cast.can])
    make_letter(
        app, cast.epc, [cast.can, cast.dia], [Ask("Joint words about carers")], number=3, due_on=date(2027, 1, 4)
    )
    make_letter(app, cast.dig, [cast.dia], [Ask("x", "Digital")], number=1, due_on=None, due_stated="early February")


def test_secretary_sees_a_row_for_each_programme_by_due_date_with_lateness_in_words(visit: Any, letters: None) -> None:
    page = visit("secretary@epc.test").get(REGISTER)
    assert _references(page) == ["EPC-L02(a)", "EPC-L02(b)", "EPC-L03(a)", "EPC-L03(a)"]
    assert "4 recommendations" in page.text
    assert "12 days late" in page.text
    assert "Timetable for replacement EPC-L02 to Cancer Programme" in page.text
    assert "EPC-L03 to Diabetes Programme" in page.text
    assert "DIG-L01" not in page.text


def test_programme_people_see_their_own_only(visit: Any, letters: None) -> None:
    assert _references(visit("team@can.test").get(REGISTER)) == ["EPC-L02(a)", "EPC-L02(b)", "EPC-L03(a)"]
    page = visit("sro@dia.test").get(REGISTER)
    assert _references(page) == ["EPC-L03(a)", "DIG-L01(a)"]
    assert "early February" in page.text and "Assessment" not in page.text
    for email in ("admin@tracker.test", "nobody@tracker.test"):
        assert _references(visit(email).get(REGISTER)) == []
        assert _references(visit(email).get(f"{REGISTER}?q=EPC-L02&status=all")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("due=overdue", ["EPC-L02(a)", "EPC-L02(b)"]),
        ("due=due_soon", ["EPC-L03(a)", "EPC-L03(a)"]),
        ("due=awaiting", ["EPC-L02(a)", "EPC-L02(b)", "EPC-L03(a)", "EPC-L03(a)"]),
        ("programme=DIA", ["EPC-L03(a)"]),
        ("letter=EPC-L03", ["EPC-L03(a)", "EPC-L03(a)"]),
        ("q=epc-l02", ["EPC-L02(a)", "EPC-L02(b)"]),
        ("q=EPC-L02(B)", ["EPC-L02(b)"]),
        ("q=DIG-L01", []),
        ("q=TIMETABLE", ["EPC-L02(a)"]),
        ("q=carers", ["EPC-L02(b)", "EPC-L03(a)", "EPC-L03(a)"]),
        ("q=100%25", []),
        ("sort=-made", ["EPC-L03(a)", "EPC-L03(a)", "EPC-L02(b)", "EPC-L02(a)"]),
        ("sort=reference", ["EPC-L02(a)", "EPC-L02(b)", "EPC-L03(a)", "EPC-L03(a)"]),
        ("sort=-reference&programme=CAN", ["EPC-L03(a)", "EPC-L02(b)", "EPC-L02(a)"]),
        ("sort=-programme&due=due_soon", ["EPC-L03(a)", "EPC-L03(a)"]),
    ],
)
def test_secretary_filters_and_sorts_by_the_address(visit: Any, letters: None, query: str, found: list[str]) -> None:
    assert _references(visit("secretary@epc.test").get(f"{REGISTER}?{query}")) == found


@pytest.mark.parametrize(
    "query",
    [
        "taskforce=DIG&programme=NONE&status=x&position=y&judgement=z&due=none",
        "letter=%00&q=%00%0b&sort=%00&after=zzz&before=%F0",
        "letter=' OR 1=1&q=&sort=-",
        "after=WzEsMl0&programme=' OR 1=1",
    ],
)
def test_a_filter_that_makes_no_sense_counts_as_none(visit: Any, letters: None, query: str) -> None:
    assert len(_references(visit("secretary@epc.test").get(f"{REGISTER}?{query}"))) == 4


def test_secretary_filters_by_what_has_become_of_them(app: Any, visit: Any, letters: None) -> None:
    change(app, "EPC-L02(a)", position=AnswerPosition.ACCEPTED, judgement=Judgement.IN_PART)
    change(
        app, "EPC-L02(b)", status=AssignmentStatus.SUPERSEDED, closed_on=date(2026, 12, 1), closed_reason="Later letter"
    )
    secretary = visit("secretary@epc.test")
    assert _references(secretary.get(f"{REGISTER}?position=accepted")) == ["EPC-L02(a)"]
    assert _references(secretary.get(f"{REGISTER}?judgement=answers_in_part")) == ["EPC-L02(a)"]
    assert _references(secretary.get(f"{REGISTER}?due=overdue")) == []
    assert "EPC-L02(b)" not in _references(secretary.get(REGISTER))
    assert _references(secretary.get(f"{REGISTER}?status=closed_superseded")) == ["EPC-L02(b)"]
    assert len(_references(secretary.get(f"{REGISTER}?status=all"))) == 4
    assert len(_references(visit("team@can.test").get(f"{REGISTER}?judgement=answers_in_part"))) == 2


def test_secretary_takes_one_filter_out_and_then_all(visit: Any, letters: None) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get(REGISTER)
    page = secretary.send("Apply filters", {"Reference or words": "carers", "Programme": "Diabetes Programme"})
    assert _references(page) == ["EPC-L03(a)"]
    assert len(_references(secretary.follow("Remove filter Diabetes Programme"))) == 3
    assert len(_references(secretary.follow("Clear all filters"))) == 4
    assert "Remove a filter to see more" in secretary.get(f"{REGISTER}?q=nothing-like-it").text


def test_an_empty_register_says_what_to_do_next(visit: Any, cast: Any) -> None:
    assert "Go to the letters" in visit("secretary@epc.test").get(REGISTER).text
    assert "when a taskforce sends your programme a letter" in visit("team@can.test").get(REGISTER).text


def test_a_person_with_both_kinds_of_role_sees_each_row_once(app: Any, visit: Any, cast: Any, letters: None) -> None:
    from sqlalchemy import select

    from tests.factories import give
    from tracker.accounts.models import User
    from tracker.core.db import db, writing
    from tracker.core.permissions import Role
    from tracker.directory.models import Programme, Taskforce

    with app.app_context(), writing():
        user = db.session.scalars(select(User).where(User.email == "secretary@epc.test")).one()
        give(user, Role.SRO, programme=db.session.get_one(Programme, cast.dia))
        give(user, Role.AUDITOR, taskforce=db.session.get_one(Taskforce, cast.dig))
    page = visit("secretary@epc.test").get(REGISTER)
    assert len(_references(page)) == 5


def test_pages_of_fifty_lead_on_and_back_without_a_gap(app: Any, visit: Any, cast: Any) -> None:
    make_letter(app, cast.epc, [cast.can], [Ask(f"Ask number {n}") for n in range(26)])
    others = [make_programme(app, f"P{n}", f"Programme {n}", cast.contacts["sro@can.test"]) for n in range(3)]
    make_letter(app, cast.epc, others, [Ask(f"Joint number {n}") for n in range(26)], number=3, due_on=None)
    secretary = visit("secretary@epc.test")
    first = _references(secretary.get(REGISTER))
    second = _references(secretary.follow("Next page"))
    third = _references(secretary.follow("Next page"))
    assert [len(first), len(second), len(third)] == [50, 50, 4]
    assert _references(secretary.follow("Previous page")) == second
    assert _references(secretary.follow("Previous page")) == first


def test_the_number_of_queries_does_not_grow(app: Any, visit: Any, cast: Any) -> None:
    make_letter(app, cast.epc, [cast.can], [Ask(f"Ask number {n}") for n in range(20)])
    counts = {}
    for rows in (20, 2000):
        if rows == 2000:
            make_many(app, "EPC-L02(a)", 1980)
        for email in ("secretary@epc.test", "team@can.test"):
            visitor = visit(email)
            visitor.get(REGISTER)
            for address in (REGISTER, f"{REGISTER}/EPC-L02(a)"):
                with counting() as statements:
                    visitor.get(address)
                counts.setdefault((email, address), set()).add(len(statements))
    assert all(len(numbers) == 1 for numbers in counts.values()), counts
    # Session and grants, saved views, what to filter by; the rows, the count, their words.
    assert counts[("secretary@epc.test", REGISTER)] == {6}


def test_issuing_gives_each_programme_addressed_its_assignments_and_copies_none(
    app: Any, visit: Any, cast: Any
) -> None:
    make_letter(app, cast.epc, [cast.can], copies=[cast.dia])
    assert _references(visit("team@dia.test").get(REGISTER)) == []
    page = visit("team@can.test").get(f"{REGISTER}/EPC-L02(a)")
    assert "Published: not yet" in page.text and "Agreed: not yet" in page.text


def test_a_correction_gives_new_words_and_moves_no_date(app: Any, visit: Any, cast: Any) -> None:
    from sqlalchemy import select

    from tracker.core.db import db
    from tracker.letters.models import Recommendation

    make_letter(app, cast.epc, [cast.can])
    with app.app_context():
        known = db.session.scalars(select(Recommendation.id).where(Recommendation.reference == "EPC-L02(a)")).one()
    words = [Ask("Publish it at once.", "Corrected", "Published\nPrinted", recommendation_id=known)]
    for number, kind in ((3, LetterKind.CORRECTION), (4, LetterKind.REMINDER)):
        make_letter(app, cast.epc, [cast.can], words, number=number, due_on=date(2027, 6, 1), kind=kind)
    page = visit("team@can.test").get(f"{REGISTER}/EPC-L02(a)")
    assert "Publish it at once." in page.text and "15 December 2026" in page.text and "June" not in page.text
    assert "Printed: not yet" in page.text and page.text.count("Published: not yet") == 1
    visit("team@can.test").get("/letters/EPC-L03/response", status=404)
