"""What moved since a day or the last board: each kind with what, when and a link; programmes see theirs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import person_of
from tests.recommendations.making import make_letter
from tests.recommendations.test_register import counting
from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.recommendations import operations, queries
from tracker.recommendations.models import Assignment
from tracker.recommendations.moving import move_date
from tracker.recommendations.rules import AssignmentStatus, Judgement

MOVED = "/recommendations/moved"
# The board of the cast meets on 8 February 2027.
BEFORE, AFTER, NOW = (datetime(2027, *day, 12, tzinfo=UTC) for day in ((1, 4), (2, 15), (2, 22)))


@contextmanager
def at(app: Any, instant: datetime) -> Iterator[tuple[Any, list[Assignment]]]:
    """The secretary, and the letter's assignments, to be changed at this time."""
    with clock.frozen(instant), app.app_context(), writing():
        user = db.session.scalars(select(User).where(User.email == "chair@epc.test")).one()
        person = person_of(user)
        yield person, list(queries.list_assignments(person, range(1, 50)))


@pytest.fixture
def year(app: Any, cast: Any) -> None:
    """EPC-L02 to CAN in January, due on 12 February: (a) assessed and closed and reopened, (b) moved; EPC-L03 after."""
    with clock.frozen(BEFORE):
        make_letter(app, cast.epc, [cast.can], due_on=date(2027, 2, 12))
    with at(app, AFTER) as (chair, (first, second)):
        operations.assess(first, Judgement.DOES_NOT, "Secret reason", by=chair)
        operations.close_assignment(first, AssignmentStatus.NOT_IMPLEMENTED, "Overtaken.", by=chair)
        move_date(second, date(2027, 3, 1), "More time.", by=chair)
    with at(app, NOW) as (chair, (first, _)):
        operations.reopen_assignment(first, "Not after all.", by=chair)
    with clock.frozen(NOW):
        make_letter(app, cast.epc, [cast.can], number=3, due_on=date(2027, 4, 1))


def test_secretary_reads_what_moved_since_the_last_board(visit: Any, year: None) -> None:
    with clock.frozen(NOW):
        secretary = visit("secretary@epc.test")
        page = secretary.get(MOVED)
        assert "What moved since 8 February 2027" in page.text
        counts = ["New (2)", "Answered (0)", "Date moved (1)", "Became overdue (1)", "Closed (1)", "Reopened (1)"]
        assert page.all(".//nav[@aria-label='What happened']//a") == counts
        assert "EPC-L03(a)" in page.text and "EPC-L02" not in page.text
        page = secretary.follow("Date moved (1)")
        assert "12 February 2027 to 1 March 2027. More time." in page.text
        page = secretary.follow("Became overdue (1)")
        assert "EPC-L02(a)" in page.text and "Was due 12 February 2027" in page.text
        page = secretary.follow("Closed (1)")
        assert "Closed: not implemented. Overtaken." in page.text and "15 Feb 2027" in page.text
        assert "Not after all." in secretary.follow("Reopened (1)").text
        assert "New (4)" in secretary.get(f"{MOVED}?since=2027-01-01").text
        page = secretary.get(f"{MOVED}?since=2099-01-01&kind=nonsense&taskforce=DIG&programme=DIA&after=zzz")
        assert "8 February 2027" in page.text and "New (0)" in page.text


def test_programme_people_see_theirs_without_the_chairs_assessments(visit: Any, year: None) -> None:
    with clock.frozen(NOW):
        team = visit("team@can.test")
        for kind in ("new", "answered", "later", "overdue", "closed", "reopened"):
            page = team.get(f"{MOVED}?since=2027-01-01&kind={kind}")
            assert "New (4)" in page.text and "Secret reason" not in page.text
        assert "New (0)" in visit("team@dia.test").get(f"{MOVED}?since=2027-01-01").text


def test_the_number_of_queries_is_fixed(visit: Any, year: None) -> None:
    with clock.frozen(NOW):
        secretary = visit("secretary@epc.test")
        for query in ("since=2027-01-01", "since=2027-01-01&kind=overdue"):
            with counting() as statements:
                secretary.get(f"{MOVED}?{query}")
            # Session; options, the last board; the rows, the count, lines and owners, the counts.
            assert len(statements) == 1 + 2 + 5, query
