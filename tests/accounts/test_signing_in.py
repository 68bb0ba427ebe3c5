"""Signing in and out: sessions that end when they should, throttles, and no way off the site."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import add
from tracker.accounts import passwords
from tracker.accounts.models import Grant, User, UserSession
from tracker.accounts.sessions import held_grants
from tracker.accounts.sign_in import PER_ACCOUNT
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.core.permissions import Role

PASSWORD = "lantern harbour violin"
SECRETARY = "secretary@epc.test"


def set_password(app: Any, email: str = SECRETARY) -> None:
    with app.app_context(), writing():
        user = db.session.scalars(select(User).where(User.email == email)).one()
        user.password_hash = passwords.hash_password(PASSWORD)
        add(user)


@pytest.fixture
def browser(app: Any, cast: Any, visit: Any) -> Any:
    set_password(app)
    return visit()


def sign_in(browser: Any, email: str = SECRETARY, password: str = PASSWORD, status: int = 200) -> Any:
    browser.get("/sign-in")
    return browser.send("Sign in", {"E-mail address": email, "Password": password}, status=status)


def cookie(browser: Any) -> str:
    return str(browser.client.get_cookie("session").value)


def test_secretary_can_sign_in_and_out(browser: Any) -> None:
    sign_in(browser, email="  Secretary@EPC.test ")
    assert browser.get("/account").text.count(SECRETARY) == 1
    browser.send("Sign out")
    assert browser.get("/account").text.startswith("Sign in")


@pytest.mark.parametrize(
    ("email", "password"),
    [(SECRETARY, "lantern harbour violins"), ("stranger@epc.test", PASSWORD), ("deputy@epc.test", PASSWORD)],
    ids=["wrong password", "no account", "account without a password"],
)
def test_refusals_do_not_say_what_was_wrong(browser: Any, email: str, password: str) -> None:
    page = sign_in(browser, email, password, status=422)
    assert page.errors == ["The e-mail address or the password is not right"]
    assert password not in page.html


def test_cookie_of_before_signing_out_is_worth_nothing(browser: Any, app: Any) -> None:
    sign_in(browser)
    stolen = cookie(browser)
    browser.get("/account")
    browser.send("Sign out")
    thief = app.test_client()
    thief.set_cookie("session", stolen)
    assert thief.get("/account").status_code == 303


def test_signing_in_renews_the_session_and_ends_the_one_before(browser: Any, app: Any) -> None:
    sign_in(browser)
    before = cookie(browser)
    token = browser.client.get("/sign-in?next=/account")
    assert token.headers["Location"] == "/account"
    page = browser.get("/account")
    csrf = page.tree.find(".//input[@name='csrf_token']").get("value")
    answer = browser.client.post(
        "/sign-in", data={"csrf_token": csrf, "email": SECRETARY, "password": PASSWORD}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert cookie(browser) != before
    old = app.test_client()
    old.set_cookie("session", before)
    assert old.get("/account").status_code == 303
    assert browser.client.get("/account").status_code == 200


def test_disabled_account_is_out_at_once_and_cannot_sign_in(browser: Any, app: Any) -> None:
    sign_in(browser)
    with app.app_context(), writing():
        user = db.session.scalars(select(User).where(User.email == SECRETARY)).one()
        user.disabled_at = clock.now()
        add(user)
    assert browser.client.get("/account").status_code == 303
    sign_in(browser, status=422)


def test_idle_session_ends_after_half_an_hour(browser: Any) -> None:
    start = clock.now()
    with clock.frozen(start):
        sign_in(browser)
    with clock.frozen(start + timedelta(minutes=29)):
        assert browser.client.get("/account").status_code == 200
    with clock.frozen(start + timedelta(minutes=58)):
        assert browser.client.get("/account").status_code == 200, "each use keeps it alive"
    with clock.frozen(start + timedelta(minutes=89)):
        assert browser.client.get("/account").status_code == 303


def test_polling_does_not_keep_a_session_alive(browser: Any) -> None:
    start = clock.now()
    with clock.frozen(start):
        sign_in(browser)
    with clock.frozen(start + timedelta(minutes=20)):
        assert browser.client.get("/account?poll=1").status_code == 200
    with clock.frozen(start + timedelta(minutes=31)):
        assert browser.client.get("/account").status_code == 303


def test_session_ends_after_a_working_day_however_busy(browser: Any) -> None:
    start = clock.now()
    with clock.frozen(start):
        sign_in(browser)
    for minutes in range(20, 600, 20):
        with clock.frozen(start + timedelta(minutes=minutes)):
            assert browser.client.get("/account").status_code == 200, minutes
    with clock.frozen(start + timedelta(minutes=601)):
        assert browser.client.get("/account").status_code == 303


def test_only_the_hash_of_a_session_is_kept(browser: Any, app: Any) -> None:
    sign_in(browser)
    with browser.client.session_transaction() as session:
        token = session["_user_id"]
    with app.app_context():
        kept = db.session.scalars(select(UserSession.token_hash)).all()
    assert len(token) > 40
    assert token not in kept


def test_eleventh_guess_in_a_row_has_to_wait(browser: Any) -> None:
    with clock.frozen(clock.now()):
        for _ in range(PER_ACCOUNT.burst):
            sign_in(browser, password="a guess that is wrong", status=422)
        page = sign_in(browser, status=429)
    assert "Wait 1 minute and try again" in page.text
    with clock.frozen(clock.now() + timedelta(seconds=PER_ACCOUNT.seconds + 1)):
        sign_in(browser)


GUESSER = """
import sys
from tracker import create_app
from tracker.core import throttle
from tracker.core.errors import TooManyTries
from tracker.accounts.sign_in import PER_ACCOUNT
app = create_app({"SQLALCHEMY_DATABASE_URI": sys.argv[1], "SECRET_KEY": "only for tests"})
with app.app_context():
    print("ready", flush=True)
    sys.stdin.readline()
    passed = 0
    for _ in range(8):
        try:
            throttle.take("sign-in:x@y.test", PER_ACCOUNT)
            passed += 1
        except TooManyTries:
            pass
    print(passed, flush=True)
"""


def test_processes_share_one_throttle(app: Any, store: Any) -> None:
    command = [sys.executable, "-c", GUESSER, store.url]
    guessers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for guesser in guessers:
        assert guesser.stdout is not None and guesser.stdout.readline() == "ready\n"
    for guesser in guessers:
        assert guesser.stdin is not None
        guesser.stdin.write("\n")
        guesser.stdin.flush()
    passed = [int(guesser.communicate(timeout=60)[0]) for guesser in guessers]
    assert sum(passed) == PER_ACCOUNT.burst, passed


ELSEWHERE = [
    "https://evil.test/",
    "http://evil.test",
    "//evil.test",
    "///evil.test",
    "////evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "/%09/evil.test",
    "/%2f/evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.test",
    "/account\r\nLocation: https://evil.test",
    "/@evil.test",
    "/.evil.test",
    "?next=//evil.test",
    "/account//evil.test",
    "https:evil.test",
    "\u2044\u2044evil.test",
    "/" + "a" * 3000,
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_never_leads_off_the_site(browser: Any, target: str) -> None:
    page = browser.client.get("/sign-in", query_string={"next": target})
    csrf = page.get_data(as_text=True).split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    answer = browser.client.post(
        "/sign-in", query_string={"next": target}, data={"csrf_token": csrf, "email": SECRETARY, "password": PASSWORD}
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(browser: Any) -> None:
    browser.get("/account?a=1")
    browser.send("Sign in", {"E-mail address": SECRETARY, "Password": PASSWORD})
    assert browser.address == "/account?a=1"


def test_htmx_piece_without_a_session_leaves_for_the_sign_in_page(browser: Any, cast: Any) -> None:
    answer = browser.client.get(f"/contacts/find?taskforce={cast.epc}&field=o", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in")


@pytest.mark.parametrize("text", ["\x00", "a@b\x0b", "x" * 5000, "\ud800".encode("utf-8", "surrogatepass"), "a@b..c"])
def test_bad_sign_ins_are_refused_at_the_field(browser: Any, text: Any) -> None:
    page = browser.client.get("/sign-in").get_data(as_text=True)
    csrf = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    answer = browser.client.post("/sign-in", data={"csrf_token": csrf, "email": text, "password": text})
    assert answer.status_code == 422


def test_grants_count_only_between_their_dates(app: Any, cast: Any, visit: Any) -> None:
    contact = cast.contacts["nobody@tracker.test"]
    with app.app_context(), writing():
        dates = {"from_on": date(2027, 3, 10), "until_on": date(2027, 3, 12)}
        add(Grant(contact_id=contact, role=Role.MEMBER, taskforce_id=cast.epc, **dates))
    held = {}
    for day in (9, 10, 12, 13):
        noon = clock.now().replace(year=2027, month=3, day=day, hour=12)
        with clock.frozen(noon), app.app_context():
            held[day] = [g.role for g in held_grants(contact)]
    assert held == {9: [], 10: [Role.MEMBER], 12: [Role.MEMBER], 13: []}
