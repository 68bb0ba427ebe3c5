"""Links that open nothing are refused alike, throttled and logged; nothing leaks, and nothing else is reached."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from tests.factories import Cast
from tests.guest_links.conftest import LINKS, refusals, shown_link
from tests.recommendations.making import make_letter
from tests.support.visitor import Visitor
from tracker.accounts.models import User
from tracker.accounts.operations import disable_user, end_grant
from tracker.accounts.queries import list_grants
from tracker.core import clock, events
from tracker.core.db import db, side_write, writing
from tracker.directory.models import Programme
from tracker.directory.operations import appoint_sro
from tracker.guest_links import ending, refusing
from tracker.guest_links.models import GuestLink, LinkGuest, RefusedLink
from tracker.web import access

Visit = Callable[..., Visitor]
Guest = Callable[..., Visitor]
GUESSED = "/links/" + "A" * 43


def _end(visit: Visit) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get(LINKS)
    end = next(a.get("href") for a in secretary.page.tree.iter("a") if a.get("href").endswith("/end"))
    secretary.get(end)
    secretary.send("End the link")


def _later(days: int) -> datetime:
    return clock.now() + timedelta(days=days)


def test_every_refused_link_gets_the_same_answer(app: Flask, visit: Visit, prepare: str, sign_off: str) -> None:
    browser = Visitor(app)
    answers = {"guessed": browser.client.get(GUESSED)}
    flipped = prepare[:-1] + ("a" if prepare[-1] != "a" else "b")
    answers["tampered"] = browser.client.get(flipped)
    answers["cut"] = browser.client.get(prepare[:-1])
    answers["odd"] = browser.client.get("/links/%00%EF%BF%BD'\"<script>")
    answers["other purpose"] = browser.client.get(prepare + "/sign-off")
    answers["its letter's action"] = browser.client.get(sign_off + "/report")
    with clock.frozen(_later(31)):
        answers["expired"] = browser.client.get(prepare)
    _end(visit)
    answers["ended"] = browser.client.get(sign_off)
    answers["ended, its letter"] = browser.client.get(sign_off + "/letter/file")
    answers["guessed, signed in"] = visit("admin@tracker.test").client.get(GUESSED + "/answers")
    first = answers["guessed"]
    for name, answer in answers.items():
        assert answer.status_code == 404, name
        assert answer.get_data() == first.get_data(), name
        assert dict(answer.headers) | {"Set-Cookie": ""} == dict(first.headers) | {"Set-Cookie": ""}, name
    assert refusals(app) == [
        *("unknown", "unknown", "unknown", "unknown", "other", "other", "expired", "revoked", "revoked", "unknown")
    ]
    page = visit("secretary@epc.test").get(LINKS)
    assert "Ended" in page.text and "2 times" in page.text


def test_posting_to_a_refused_link_changes_nothing(app: Flask, guest: Guest, visit: Visit, prepare: str) -> None:
    ada = guest(prepare, "Ada Lovelace")
    form, _ = ada.form("Save draft")
    data = ada._defaults(form)
    with app.app_context():
        ids = [link.id for link in db.session.scalars(select(GuestLink))]
    _end(visit)
    before = _last_event(app)
    answer = ada.client.post(prepare + "/answers", data=data)
    assert answer.status_code == 404 and answer.get_data() == ada.client.get(GUESSED).get_data()
    assert refusals(app) == ["revoked", "unknown"] and _last_event(app) == before
    with app.app_context():
        assert db.session.scalars(select(RefusedLink.link_id)).first() == ids[0]


def _last_event(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(events.EventHead.number)).one()


def test_link_ended_while_the_form_is_sent_saves_nothing(
    app: Flask, guest: Guest, prepare: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the reading of the form and its write: it is looked at again, inside the write."""
    ada = guest(prepare, "Ada Lovelace")
    begin = access.begin_write

    def end_first(form: Any = None) -> Any:
        with side_write() as connection:
            connection.execute(update(GuestLink.__table__).values(revoked_at=clock.now()))
        return begin(form)

    monkeypatch.setattr(access, "begin_write", end_first)
    page = ada.send("Save draft", {"Answer to (a)": "Too late"}, status=404)
    assert "This link opens nothing" in page.text
    assert refusals(app) == ["revoked"]


def test_who_somebody_is_at_one_link_counts_at_no_other(app: Flask, guest: Guest, visit: Visit, prepare: str) -> None:
    ada = guest(prepare, "Ada Lovelace")
    secretary = visit("secretary@epc.test")
    secretary.get(LINKS + "/prepare")
    secretary.send("Make the link")
    other = shown_link(secretary)
    assert ada.client.get(other + "/answers").headers["Location"] == other
    with app.app_context():
        stranger = db.session.scalars(select(User.contact_id).where(User.email == "sro@can.test")).one()
        link_id = db.session.scalars(select(GuestLink.id).order_by(GuestLink.id.desc())).first()
    with ada.client.session_transaction() as session:
        session["guests"] = {str(link_id): stranger}
    assert ada.client.get(other + "/answers").headers["Location"] == other


def test_links_of_another_taskforce_are_nobodys_to_see_or_end(
    app: Flask, cast: Cast, visit: Visit, prepare: str
) -> None:
    make_letter(app, cast.dig, [cast.dia])
    theirs = "/letters/DIG-L02/responses/DIA/links"
    with app.app_context():
        link_id = db.session.scalars(select(GuestLink.id)).one()
    for email in ("secretary@epc.test", "team@can.test", "member@dig.test", "admin@tracker.test"):
        for part in ("", "/prepare", "/sign-off", f"/{link_id}/end"):
            visit(email).get(theirs + part, status=404)
    visit("secretary@dig.test").get(f"{theirs}/{link_id}/end", status=404)
    visit("member@epc.test").get(LINKS, status=404)
    visit("auditor@epc.test").get(LINKS + "/prepare", status=403)


def test_form_from_elsewhere_is_refused(app: Flask, guest: Guest, prepare: str) -> None:
    ada = guest(prepare)
    answer = ada.client.post(prepare, data={"name": "Eve", "role": "Evil"})
    assert answer.status_code == 400
    with app.app_context():
        assert db.session.scalars(select(LinkGuest.id)).all() == []


def test_nobody_signs_off_without_saying_who_they_are(app: Flask, guest: Guest, sign_off: str) -> None:
    browser = guest(sign_off)
    data = browser._defaults(browser.form("I am CAN Senior responsible owner")[0])
    answer = browser.client.post(sign_off + "/sign-off", data=data)
    assert answer.status_code == 401 and refusals(app) == []


def test_token_leaks_to_nobody(app: Flask, guest: Guest, prepare: str, caplog: pytest.LogCaptureFixture) -> None:
    ada = guest(prepare, "Ada Lovelace")
    answer = ada.client.get(prepare + "/answers")
    assert answer.headers["Referrer-Policy"] == "same-origin" and answer.headers["Cache-Control"] == "no-store"
    assert "hx-" not in answer.get_data(as_text=True).split("<main", 1)[1]
    ada.client.get(GUESSED)
    assert GUESSED.removeprefix("/links/") not in ada.client.get(GUESSED).get_data(as_text=True)
    assert prepare.removeprefix("/links/") not in caplog.text


def test_guessers_are_throttled_by_address_and_logged_once(app: Flask, guest: Guest, prepare: str) -> None:
    ada = guest(prepare, "Ada Lovelace")
    browser = Visitor(app)
    with clock.frozen(datetime(2026, 11, 24, 12, tzinfo=UTC)):
        got = [browser.client.get(f"{GUESSED}{n}").status_code for n in range(30)]
        assert got == [404] * 20 + [429] * 10
        assert browser.client.get(prepare).status_code == 429, "a right guess is no way out"
        elsewhere = browser.client.get(prepare, environ_base={"REMOTE_ADDR": "203.0.113.9"})
        assert elsewhere.status_code == 200
        assert ada.client.get(prepare + "/answers").status_code == 200, "who is known at the link works on"
    assert refusals(app) == ["unknown"] * 20 + ["throttled"]
    with app.app_context():
        kept = set(db.session.scalars(select(RefusedLink.address)))
    assert len(kept) == 1 and "127.0.0.1" not in kept.pop()


def test_guessers_from_everywhere_are_throttled_together(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusing, "OVERALL", refusing.throttle.Limit(burst=6, seconds=60))
    noon, got = datetime(2026, 11, 24, 12, tzinfo=UTC), []

    def guess(number: int) -> None:
        with clock.frozen(noon):
            client = app.test_client()
            there = {"REMOTE_ADDR": f"203.0.113.{number}"}
            got.extend(client.get(f"{GUESSED}{n}", environ_base=there).status_code for n in range(3))

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [404] * 6 + [429] * 6


def _programme() -> Programme:
    """The Cancer Programme with its appointments."""
    statement = select(Programme).where(Programme.code == "CAN").options(selectinload(Programme.appointments))
    return db.session.scalars(statement).one()


def test_sign_off_link_dies_with_the_role(app: Flask, cast: Cast, visit: Visit, guest: Guest, sign_off: str) -> None:
    sro = guest(sign_off)
    sro.send("I am CAN Senior responsible owner")
    with app.app_context(), writing():
        programme = db.session.scalars(
            select(Programme).where(Programme.code == "CAN").options(selectinload(Programme.appointments))
        ).one()
        assert isinstance(programme, Programme)
        appoint_sro(programme, cast.contacts["team@can.test"], clock.today(), by=None)
        user = db.session.scalars(select(User).where(User.email == "sro@can.test")).one()
        db.session.refresh(user, ["contact"])
        # The appointment has moved on, the grant has not: whoever may sign off here may sign off there.
        assert db.session.scalars(select(GuestLink.revoked_at)).one() is None
        end_grant(user, list_grants(user.contact_id)[0].id, last_day=None, by=None)
    assert sro.get(sign_off, status=404)
    page = visit("secretary@epc.test").get(LINKS)
    assert "Ended" in page.text
    page = visit("team@can.test").get("/letters/EPC-L02/responses/CAN")
    assert "ended a link: whoever it was for has gone" in page.text


def test_sign_off_link_dies_with_the_account_and_on_the_day_that_a_role_ends(
    app: Flask, cast: Cast, sign_off: str
) -> None:
    browser = Visitor(app)
    with app.app_context(), writing():
        user = db.session.scalars(select(User).where(User.email == "sro@can.test")).one()
        programme = db.session.scalars(
            select(Programme).where(Programme.code == "CAN").options(selectinload(Programme.appointments))
        ).one()
        assert isinstance(programme, Programme)
        appoint_sro(programme, cast.contacts["team@can.test"], clock.today(), by=None)
        end_grant(user, list_grants(user.contact_id)[0].id, last_day=clock.today() + timedelta(days=3), by=None)
    assert browser.client.get(sign_off).status_code == 200
    with clock.frozen(_later(4)):
        assert browser.client.get(sign_off).status_code == 404
        with app.app_context(), writing():
            assert ending.end_lapsed(by=None) == 1
            assert ending.end_lapsed(by=None) == 0


def test_disabled_account_ends_its_links(app: Flask, sign_off: str) -> None:
    with app.app_context(), writing():
        disable_user(db.session.scalars(select(User).where(User.email == "sro@can.test")).one(), by=None)
    assert Visitor(app).client.get(sign_off).status_code == 404
    assert refusals(app) == ["revoked"]


@pytest.fixture
def action(app: Flask, cast: Cast, visit: Visit) -> str:
    """The path of a link to EPC-A001, whose owner has no account."""
    secretary = visit("secretary@epc.test")
    secretary.get("/actions/new")
    names = {"title": "Ask the carers", "owner": "new", "owner-new_name": "Grace Hopper"}
    secretary.send("Raise the action", names=names)
    secretary.follow("Links for its owner without an account")
    secretary.follow("Make a link for its owner")
    page = secretary.send("Make the link", {"How it reaches them": "Send it by e-mail"}, status=422)
    assert page.errors == ["There is no e-mail address of this person on record"]
    secretary.send("Make the link", {"How it reaches them": "Show it to me once, and I pass it on"})
    return shown_link(secretary)


def test_owner_without_an_account_reports_on_the_action(app: Flask, visit: Visit, action: str) -> None:
    grace = Visitor(app)
    grace.get(action)
    page = grace.send("I am Grace Hopper")
    assert "Ask the carers" in page.text
    page = grace.send("Save", {"State of the action": "Done: ready for somebody else to review and close"}, status=422)
    assert page.errors == ["Enter what was done"]
    page = grace.send("Save", {"Update": "They were asked."})
    assert "Your update has been saved" in page.text and "They were asked." in page.text
    chair = visit("chair@epc.test")
    page = chair.get("/actions/EPC-A001")
    assert "Grace Hopper (by link) reported the action done" in page.text
    chair.follow("Close")
    chair.send("Close the action")
    assert "This action is closed" in grace.get(action).text
    for part in ("/letter", "/letter/file", "/answers", "/sign-off"):
        assert grace.client.get(action + part).status_code == 404


def test_action_link_dies_when_somebody_else_owns_it(app: Flask, cast: Cast, visit: Visit, action: str) -> None:
    grace, secretary = Visitor(app), visit("secretary@epc.test")
    grace.get(action)
    grace.send("I am Grace Hopper")
    secretary.get("/actions/EPC-A001/edit")
    secretary.send("Save", names={"owner": str(cast.contacts["member@epc.test"])})
    grace.get(action, status=404)
    assert "ended a link: whoever it was for has gone" in secretary.get("/actions/EPC-A001").text
    secretary.get("/actions/EPC-A001/links/new")
    page = secretary.send("Make the link", {"How it reaches them": "Send it by e-mail"}, status=409)
    assert "has an account" in page.text


def test_auditor_and_administrator_read_the_log_of_refused_links(app: Flask, visit: Visit, prepare: str) -> None:
    Visitor(app).client.get(GUESSED)
    for email in ("auditor@epc.test", "admin@tracker.test"):
        page = visit(email).get("/refused-links")
        assert "1 refusal" in page.text and "No such link" in page.text and "127.0.0.1" not in page.text
    visit("secretary@epc.test").get("/refused-links", status=403)
