"""Administrators make, disable and grant users; invitations and resets work once."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import add, person_of
from tracker.accounts import operations, passwords
from tracker.accounts.models import AccountLink, Contact, Grant, User
from tracker.core import audit, clock
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail

ADMIN, NOBODY = "admin@tracker.test", "nobody@tracker.test"
PASSWORD = "lantern harbour violin"


def user_id(app: Any, email: str) -> int:
    with app.app_context():
        return int(db.session.execute(select(User.id).where(User.email == email)).scalar_one())


def mails(app: Any) -> list[OutboxMail]:
    with app.app_context():
        return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def link_in(mail: OutboxMail) -> str:
    found = re.search(r"http://localhost(/set-password/\S+)", mail.body)
    assert found, mail.body
    return found.group(1)


def make_user(browser: Any, status: int = 200, **values: Any) -> Any:
    browser.get("/users/new")
    given = {"Name": "Ada O'Lovelace", "E-mail address": "Ada@Example.com"} | values
    return browser.send("Make the user and send the invitation", given, status=status)


def set_password(app: Any, email: str) -> None:
    with app.app_context(), writing():
        user = db.session.scalars(select(User).where(User.email == email)).one()
        user.password_hash = passwords.hash_password(PASSWORD)
        add(user)


def sign_in(browser: Any, email: str, password: str = PASSWORD, status: int = 200) -> Any:
    browser.get("/sign-in")
    return browser.send("Sign in", {"E-mail address": email, "Password": password}, status=status)


def test_invited_user_chooses_a_password_and_signs_in(app: Any, cast: Any, visit: Any) -> None:
    page = make_user(visit(ADMIN))
    assert "Invited" in page.text
    [mail] = mails(app)
    assert mail.recipient == "ada@example.com"
    assert mail.body.startswith("Dear Ada O'Lovelace,"), "plain text is not escaped"
    browser = visit()
    browser.get(link_in(mail))
    browser.get(link_in(mail))
    page = browser.send("Set the password", {"New password": "too short"}, status=422)
    assert page.errors == ["Password must be 15 characters or more"]
    browser.send("Set the password", {"New password": PASSWORD})
    sign_in(browser, "ada@example.com")
    assert "Ada O'Lovelace" in browser.get("/account").text
    with app.app_context():
        assert audit.verify() == []


def test_link_works_once(app: Any, cast: Any, visit: Any) -> None:
    make_user(visit(ADMIN))
    link = link_in(mails(app)[0])
    first, second = visit(), visit()
    first.get(link)
    second.get(link)
    first.send("Set the password", {"New password": PASSWORD})
    page = second.send("Set the password", {"New password": "another violin harbour"}, status=404)
    assert "This link cannot be used" in page.text
    sign_in(second, "ada@example.com")


@pytest.mark.parametrize(("kind", "hours"), [("invitation", 72), ("reset", 1)])
def test_link_expires(app: Any, cast: Any, visit: Any, kind: str, hours: int) -> None:
    start = clock.now()
    with clock.frozen(start):
        if kind == "invitation":
            make_user(visit(ADMIN))
        else:
            ask_for_reset(visit(), NOBODY)
    link = link_in(mails(app)[0])
    with clock.frozen(start + timedelta(hours=hours, seconds=-1)):
        visit().get(link)
    with clock.frozen(start + timedelta(hours=hours)):
        visit().get(link, status=404)


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "é", "a" * 2000])
def test_made_up_links_are_not_found(app: Any, cast: Any, visit: Any, token: str) -> None:
    assert "This link cannot be used" in visit().get(f"/set-password/{token}", status=404).text


def test_only_the_hash_of_a_link_is_kept(app: Any, cast: Any, visit: Any) -> None:
    make_user(visit(ADMIN))
    token = link_in(mails(app)[0]).rpartition("/")[2]
    with app.app_context():
        assert db.session.scalars(select(AccountLink.token_hash)).one() != token


def test_new_invitation_ends_the_earlier_one(app: Any, cast: Any, visit: Any) -> None:
    browser = visit(ADMIN)
    make_user(browser)
    browser.send("Send the invitation again")
    first, second = mails(app)
    visit().get(link_in(first), status=404)
    visit().get(link_in(second))


def ask_for_reset(browser: Any, email: str, status: int = 200) -> Any:
    browser.get("/forgotten-password")
    return browser.send("Send the link", {"E-mail address": email}, status=status)


def test_reset_sets_a_password_and_ends_every_session(app: Any, cast: Any, visit: Any) -> None:
    set_password(app, NOBODY)
    elsewhere = visit(NOBODY)
    browser = visit()
    ask_for_reset(browser, NOBODY)
    assert elsewhere.client.get("/account").status_code == 200, "asking changes nothing"
    browser.get(link_in(mails(app)[0]))
    browser.send("Set the password", {"New password": "violin lantern harbour"})
    assert elsewhere.client.get("/account").status_code == 303
    sign_in(browser, NOBODY, status=422)
    sign_in(browser, NOBODY, "violin lantern harbour")


def test_asking_for_a_reset_says_the_same_whoever_asks(app: Any, cast: Any, visit: Any) -> None:
    with app.app_context(), writing():
        operations.disable_user(db.session.scalars(select(User).filter_by(email="member@epc.test")).one(), by=None)
    known, unknown, disabled = visit(), visit(), visit()
    answers = [
        ask_for_reset(known, NOBODY).html,
        ask_for_reset(unknown, "stranger@example.com").html,
        ask_for_reset(disabled, "member@epc.test").html,
    ]
    assert len(set(answers)) == 1
    assert [m.recipient for m in mails(app)] == [NOBODY]


@pytest.mark.parametrize("email", [NOBODY, "stranger@example.com"])
def test_asking_for_resets_is_throttled(cast: Any, visit: Any, email: str) -> None:
    browser = visit()
    with clock.frozen(clock.now()):
        for _ in range(3):
            ask_for_reset(browser, email)
        ask_for_reset(browser, email, status=429)


def change_password(browser: Any, new: str, current: str = PASSWORD, status: int = 200) -> Any:
    browser.get("/account/password")
    return browser.send("Change the password", {"Current password": current, "New password": new}, status=status)


def test_changing_the_password_ends_the_other_sessions(app: Any, cast: Any, visit: Any) -> None:
    set_password(app, NOBODY)
    here, elsewhere = visit(NOBODY), visit(NOBODY)
    page = change_password(here, "violin lantern harbour", current="wrong lantern harbour", status=422)
    assert page.errors == ["The current password is not right"]
    assert "Your password is changed" in change_password(here, "violin lantern harbour").text
    assert here.client.get("/account").status_code == 200
    assert elsewhere.client.get("/account").status_code == 303
    sign_in(elsewhere, NOBODY, "violin lantern harbour")


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("fourteen chars", "Password must be 15 characters or more"),
        ("password1234567", "Password is too easy to guess. Try three or more words that do not belong together"),
        ("nobody@tracker.test", "Password is too easy to guess. Try three or more words that do not belong together"),
        ("", "Enter a new password"),
    ],
)
def test_weak_passwords_are_refused(app: Any, cast: Any, visit: Any, new: str, message: str) -> None:
    set_password(app, NOBODY)
    assert change_password(visit(NOBODY), new, status=422).errors == [message]


def test_account_of_a_known_contact_owns_what_the_contact_owns(app: Any, cast: Any, visit: Any) -> None:
    with app.app_context(), writing():
        contact_id = add(Contact(name="Dr Ada Lovelace", email="ada@example.com", taskforce_id=cast.epc)).id
    page = make_user(visit(ADMIN))
    assert "Dr Ada Lovelace" in page.text
    with app.app_context():
        user = db.session.scalars(select(User).where(User.email == "ada@example.com")).one()
        assert user.contact_id == contact_id


def test_address_with_an_account_is_refused_at_the_field(cast: Any, visit: Any) -> None:
    page = make_user(visit(ADMIN), status=422, **{"E-mail address": "NOBODY@tracker.test"})
    assert page.errors == ["There is already an account with this e-mail address"]


def test_administrator_can_change_an_account(app: Any, cast: Any, visit: Any) -> None:
    browser = visit(ADMIN)
    browser.get(f"/users/{user_id(app, NOBODY)}/edit")
    page = browser.send("Save", {"Name": "Somebody", "Job title": "Clerk", "Administrator": True})
    assert "AdministratorYes" in page.text
    assert "Administrator changed the account" in page.text


def test_disabling_ends_sessions_and_links(app: Any, cast: Any, visit: Any) -> None:
    theirs = visit(NOBODY)
    ask_for_reset(visit(), NOBODY)
    browser = visit(ADMIN)
    browser.get(f"/users/{user_id(app, NOBODY)}")
    page = browser.follow("Disable the account")
    assert "every browser signed in to the account is signed out at once" in page.text
    assert theirs.client.get("/account").status_code == 200, "asked only"
    page = browser.send("Disable the account")
    assert "these roles give no access" in page.text
    assert theirs.client.get("/account").status_code == 303
    visit().get(link_in(mails(app)[0]), status=404)
    page = browser.send("Enable the account")
    assert "enabled the account again" in page.text
    assert theirs.client.get("/account").status_code == 303, "the old session stays over"


def test_last_administrator_cannot_be_disabled_or_demoted(app: Any, cast: Any, visit: Any) -> None:
    browser = visit(ADMIN)
    own = user_id(app, ADMIN)
    browser.get(f"/users/{own}/disable")
    assert "This is the last administrator" in browser.send("Disable the account", status=409).text
    browser.get(f"/users/{own}/edit")
    assert "This is the last administrator" in browser.send("Save", {"Administrator": False}, status=409).text


def give(browser: Any, app: Any, status: int = 200, **values: Any) -> Any:
    browser.get(f"/users/{user_id(app, NOBODY)}/grants/new")
    return browser.send("Give the role", values, status=status)


def test_grant_gives_access_from_its_first_to_its_last_day(app: Any, cast: Any, visit: Any) -> None:
    noon = clock.now().replace(year=2027, month=3, day=8, hour=12)
    with clock.frozen(noon):
        values = {"Role": "Member", "Taskforce": "Empowering People Taskforce (EPC)"}
        dates = {"From": date(2027, 3, 10), "Until": date(2027, 3, 12)}
        page = give(visit(ADMIN), app, **values, **dates)
        assert "To come" in page.text
        assert "gave a role" in page.text
    seen = {}
    for day in (9, 10, 12, 13):
        with clock.frozen(noon.replace(day=day)):
            seen[day] = visit(NOBODY).client.get("/taskforces/EPC").status_code
    assert seen == {9: 404, 10: 200, 12: 200, 13: 404}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"Role": "Member"}, "Choose the taskforce for this role"),
        ({"Role": "Programme team"}, "Choose the programme for this role"),
        (
            {"Role": "Chair", "Taskforce": "Empowering People Taskforce (EPC)", "Programme": "Cancer Programme (CAN)"},
            "This role is not for a programme: leave it empty",
        ),
        (
            {"Role": "Chair", "Taskforce": "Empowering People Taskforce (EPC)", "Until": date(2020, 1, 1)},
            "Until must be the same as or after From",
        ),
        ({"Taskforce": "Empowering People Taskforce (EPC)"}, "Choose the role"),
    ],
)
def test_grants_that_make_no_sense_are_refused(
    app: Any, cast: Any, visit: Any, values: dict[str, Any], message: str
) -> None:
    assert give(visit(ADMIN), app, status=422, **values).errors == [message]


def test_same_role_is_not_given_twice_at_a_time(app: Any, cast: Any, visit: Any) -> None:
    values = {"Role": "Programme team", "Programme": "Cancer Programme (CAN)"}
    browser = visit(ADMIN)
    give(browser, app, **values)
    assert give(browser, app, status=422, **values).errors == ["They have this role in that time already"]


def grant_id(app: Any, email: str) -> int:
    with app.app_context():
        statement = select(Grant.id).join(User, User.contact_id == Grant.contact_id).where(User.email == email)
        return int(db.session.execute(statement).scalar_one())


def test_role_ended_now_gives_no_access_any_more(app: Any, cast: Any, visit: Any) -> None:
    reader, browser = visit("member@epc.test"), visit(ADMIN)
    assert reader.client.get("/taskforces/EPC").status_code == 200
    browser.get(f"/users/{user_id(app, 'member@epc.test')}")
    browser.follow("End Member, Empowering People Taskforce (EPC)")
    page = browser.send("End the role", {"When does it end?": "Now"})
    assert "Ended" in page.text
    assert reader.client.get("/taskforces/EPC").status_code == 404


def test_role_given_and_ended_on_one_day_leaves_only_the_log(app: Any, cast: Any, visit: Any) -> None:
    browser = visit(ADMIN)
    give(browser, app, Role="Programme team", Programme="Cancer Programme (CAN)")
    browser.get(f"/users/{user_id(app, NOBODY)}/grants/{grant_id(app, NOBODY)}/end")
    page = browser.send("End the role", {"When does it end?": "Now"})
    assert "No roles yet." in page.text
    assert "Programme team, Cancer Programme (CAN)" in page.text
    with app.app_context():
        assert audit.verify() == []


def test_role_can_end_after_a_day_but_not_be_made_longer(app: Any, cast: Any, visit: Any) -> None:
    browser = visit(ADMIN)
    address = f"/users/{user_id(app, 'member@epc.test')}/grants/{grant_id(app, 'member@epc.test')}/end"
    browser.get(address)
    by_day = {"When does it end?": "At the end of a day"}
    assert browser.send("End the role", by_day, status=422).errors == ["Enter the last day"]
    day = clock.today() + timedelta(days=3)
    browser.send("End the role", by_day | {"Last day": day})
    browser.get(address)
    page = browser.send("End the role", by_day | {"Last day": day + timedelta(days=1)}, status=422)
    assert page.errors == ["Last day must not be after the day on which it ends already"]


def test_grant_of_somebody_else_is_not_found(app: Any, cast: Any, visit: Any) -> None:
    other = grant_id(app, "member@epc.test")
    visit(ADMIN).get(f"/users/{user_id(app, NOBODY)}/grants/{other}/end", status=404)


def test_users_are_filtered_by_name_address_and_state(app: Any, cast: Any, visit: Any) -> None:
    browser = visit(ADMIN)
    set_password(app, NOBODY)
    assert "1 user" in browser.get("/users?q=NOBODY@").text
    assert "6 users" in browser.get("/users?q=dig+&sort=-email").text
    assert browser.get("/users?state=active").all(".//tbody/tr/td/span/a") == ["Nobody"]
    assert "No users match" in browser.get("/users?state=disabled").text
    assert browser.get("/users?state=no_role").all(".//tbody/tr/td/span/a") == ["Nobody"]
    assert browser.get("/users?state=nonsense&after=nonsense&sort=nonsense").status == 200


@pytest.mark.parametrize("who", ["secretary@epc.test", "sro@can.test", NOBODY])
def test_only_administrators_keep_users(app: Any, cast: Any, visit: Any, who: str) -> None:
    browser = visit(who)
    browser.get("/users", status=403)
    browser.get("/users/new", status=403)
    for address in ("", "/edit", "/grants/new"):
        browser.get(f"/users/{user_id(app, ADMIN)}{address}", status=404)


def test_account_page_shows_ones_own_roles(cast: Any, visit: Any) -> None:
    page = visit("chair@epc.test").get("/account")
    assert page.all(".//tbody/tr/td/span")[1] == "Chair"
    assert "Empowering People Taskforce (EPC)" in page.text


def test_two_administrators_cannot_be_lost_one_after_the_other(app: Any, cast: Any) -> None:
    with app.app_context(), writing():
        second = operations.create_user("second@tracker.test", "Second", is_admin=True, by=None)
        first = db.session.scalars(select(User).where(User.email == ADMIN)).one()
        operations.disable_user(first, by=person_of(second))
        with pytest.raises(operations.RuleBroken):
            operations.disable_user(second, by=person_of(second))
