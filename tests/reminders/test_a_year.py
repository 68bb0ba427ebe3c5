"""A simulated year: everybody gets exactly the mails that the ladder and the settings say, each once.

What is expected is computed in year.py, from product.md and without a call to our rules.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import Cast, add, give, make_user
from tests.reminders import year
from tests.reminders.making import answer, ask_time, at, body_of, person, send_letter, set_plan
from tests.support.stores import SqliteStore
from tracker.accounts.models import Contact
from tracker.actions.models import Action
from tracker.core import clock, outbox
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail, deliver
from tracker.core.permissions import Role
from tracker.correspondence.models import CorrespondenceEntry
from tracker.directory.models import Programme, SroAppointment
from tracker.letters.models import Letter, Recommendation
from tracker.recommendations import queries as recommendations
from tracker.recommendations.models import Assignment
from tracker.recommendations.operations import close_assignment
from tracker.recommendations.response_models import Response
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus
from tracker.reminders.models import Reminder
from tracker.reminders.operations import pause_reminders
from tracker.reminders.rules import Plan
from tracker.reminders.running import run_reminders
from tracker.transfers.changing import merge_programme

SECRETARY = "secretary@epc.test"
CHAIR = "chair@epc.test"
PART = re.compile(
    r"Our letter (EPC-L\d+) of .*?\n\nYour response (?:is due on|was due on|is due today,) (\d+ \w+ \d{4}).*?"
    r"\n\n(.*?)\n\n",
    re.DOTALL,
)


class World:
    """The programmes and letters of the story in the product, and what happens to them there."""

    def __init__(self, app: Any, cast: Cast) -> None:
        self.app, self.cast = app, cast
        self.people: dict[int, list[str]] = {}
        self.directors: dict[int, str] = {}
        self.programmes: list[int] = []
        self.owners: list[int] = []
        with app.app_context(), writing():
            shared = add(Contact(name="Ann Lee", email="ann@nhs.test"))
            for n in range(12):
                self._add_programme(n, shared)

    def _add_programme(self, n: int, shared: Contact) -> None:
        """A team of two; a main contact whom two programmes share; nobody but the addressee; a team of one."""
        programme = add(Programme(code=f"P{n}", name=f"Programme number {n}"))
        director = make_user(f"Director {n}", f"director{n}@nhs.test")
        give(director, Role.SRO, programme=programme)
        add(SroAppointment(programme_id=programme.id, contact_id=director.contact_id, from_on=date(2020, 1, 1)))
        teams = {0: ("a", "b"), 1: ("a",), 2: (), 3: ("a",)}[n % 4]
        team = [f"{word}{n}@nhs.test" for word in teams]
        for email in team:
            give(make_user(f"Team {email}", email), Role.PROGRAMME_TEAM, programme=programme)
        if n % 4 == 1:
            programme.main_contact_id = shared.id
            add(programme)
            team = ["ann@nhs.test"]
        self.programmes.append(programme.id)
        self.owners.append(director.contact_id)
        self.people[n] = team or [director.email]
        self.directors[n] = director.email

    def send(self, letter: year.Letter) -> None:
        n = letter.programme
        sent = send_letter(
            self.app,
            self.cast.epc,
            self.programmes[n],
            self.owners[n],
            letter.due[0],
            asks=[f"Ask {part}" for part in "abc"[: len(letter.due)]],
            letter_date=letter.sent_on,
            subject=f"Subject {letter.reference}",
        )
        assert sent == letter.reference
        own = letter.settings
        if own != year.Settings():
            plan = Plan(own.before, True, own.every, own.most, 2, own.escalates, own.automatic)
            set_plan(self.app, plan, by=SECRETARY, taskforce_id=self.cast.epc, letter=sent)

    def happen(self, letter: year.Letter, happening: year.Happening, programme: int) -> None:
        code, sro = f"P{programme}", self.directors[programme]
        if happening.kind == "answer":
            answer(self.app, letter.reference, code, sro=sro, parts=happening.number)
        elif happening.kind == "extend":
            ask_time(self.app, letter.reference, code, happening.number, happening.until or date.max)
        elif happening.kind == "pause":
            with self.app.app_context(), writing():
                by = person(SECRETARY)
                response = recommendations.get_response_for(by, letter.reference, code)
                assert response is not None
                pause_reminders(response, "They asked", happening.until or date.max, by=by)
        else:
            with self.app.app_context(), writing():
                by = person(SECRETARY)
                last = f"{letter.reference}({'abc'[len(letter.due) - 1]})"
                asked = recommendations.get_assignment_for(by, last, code)
                assert asked is not None
                close_assignment(asked, AssignmentStatus.NO_LONGER_APPLIES, "Over", by=by)


def merge_programmes(old_id: int, new_id: int, day: date) -> None:
    """One programme is merged into another: what is open follows."""
    old, new = db.session.get_one(Programme, old_id), db.session.get_one(Programme, new_id)
    merge_programme(old, new, day, "Reorganised", by=person(SECRETARY))


def read_mails(messages: dict[str, list[Any]]) -> Counter[year.Mail]:
    """The digests that arrived, read as their readers read them."""
    found: Counter[year.Mail] = Counter()
    for email, received in messages.items():
        for message in received:
            written = clock.london(parsedate_to_datetime(message["Date"])).date()
            items = []
            for reference, due, listed in PART.findall(body_of(message)):
                asked = frozenset(line.removeprefix("- ").partition(":")[0] for line in listed.splitlines())
                items.append((reference, datetime.strptime(due, "%d %B %Y").replace(tzinfo=UTC).date(), asked))
            assert items
            found[year.Mail(email, written, frozenset(items))] += 1
    return found


@pytest.mark.parametrize("seed", [7])
def test_a_year_of_letters_reminds_as_product_md_says(app, store, cast, postbox, seed):
    number, days = (40, 365) if isinstance(store, SqliteStore) else (12, 150)
    world = World(app, cast)
    letters, happenings = year.story(number, seed)
    if number < 40:  # the same programmes, all within the shorter time
        letters, happenings = letters[:number], [h for h in happenings if h.letter < number]
    runs = year.run_days(days)
    programme_of = {letter.reference: letter.programme for letter in letters}
    told = set_plan(app, Plan(escalates=True, is_automatic=True), by=SECRETARY, taskforce_id=cast.epc)
    assert told is None
    down = outbox.SmtpSettings("127.0.0.1", 9, "tracker@example.test")
    for day, times in sorted(runs.items()):
        with at(day, 7), app.app_context():
            for _ in range(times):
                list(run_reminders("http://localhost"))
                db.session.remove()
        with clock.frozen(datetime(day.year, day.month, day.day, 7, 10, tzinfo=UTC)), app.app_context():
            deliver(down if year.OUTAGE[0] <= day <= year.OUTAGE[1] else postbox.settings)
            db.session.remove()
        with at(day, 10):
            for letter in (x for x in letters if x.sent_on == day):
                world.send(letter)
            for h in (h for h in happenings if h.day == day):
                world.happen(letters[h.letter], h, programme_of[letters[h.letter].reference])
        if day == year.MERGED_ON:
            with at(day, 11), app.app_context(), writing():
                merge_programmes(world.programmes[11], world.programmes[10], day)
            programme_of = {ref: 10 if n == 11 else n for ref, n in programme_of.items()}
    expected = year.expect(letters, happenings, runs, world.people, world.directors, CHAIR)
    assert read_mails(postbox.messages) == Counter(expected.mails)
    assert max(Counter(expected.mails).values()) == 1 and len(expected.mails) > number * 2
    with app.app_context():
        _check_records([x for x in letters if x.sent_on <= max(runs)], expected)


def _check_records(letters: list[year.Letter], expected: year.Expected) -> None:
    """Every step, date and state is what the story says, and nothing waits or was made besides."""
    rows = db.session.execute(
        select(Letter.reference, Reminder.due_on, Reminder.rung, Reminder.outcome)
        .join(Response, Response.id == Reminder.response_id)
        .join(Letter, Letter.id == Response.letter_id)
    ).all()
    assert {(r.reference, r.due_on, r.rung): r.outcome.value for r in rows} == expected.rungs
    assert len(rows) == len(expected.rungs)
    states = db.session.execute(
        select(Recommendation.reference, Assignment.due_on, Assignment.original_due_on)
        .add_columns(Assignment.position, Assignment.status)
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
    ).all()
    actual = {(r[0], r[1], r[3] is AnswerPosition.ACCEPTED, r[4] is AssignmentStatus.OPEN) for r in states}
    assert actual == {
        (f"{x.reference}({part})", due, answered, answered or is_open)
        for x in letters
        for part, due, answered, is_open in zip("abc", x.due, x.answered, x.open, strict=False)
    }
    waiting = select(OutboxMail.recipient).where(OutboxMail.next_try_at.is_not(None))
    assert db.session.scalars(waiting.where(OutboxMail.cause.startswith("reminder"))).all() == []
    said = db.session.scalars(select(CorrespondenceEntry.message_id)).all()
    assert sum(m.startswith("tracker:reminder-withdrawn:") for m in said) >= len(expected.withdrawn)
    assert db.session.scalars(select(Action)).all() == []


def test_the_story_holds_what_it_is_to_hold():
    letters, happenings = year.story(40)
    assert len(letters) == 40 and {letter.programme for letter in letters} == set(range(12))
    assert {h.kind for h in happenings} == {"answer", "extend", "pause", "close"}
    runs = year.run_days(365)
    assert set(runs.values()) == {0, 1, 2}
    assert all(runs[date(2026, 3, 13) + n * timedelta(days=1)] == 0 for n in range(4))
