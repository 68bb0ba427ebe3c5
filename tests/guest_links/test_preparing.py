"""Somebody without an account prepares a response, and the SRO signs it off, each by a link."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select

from tests.factories import Cast, add
from tests.guest_links.conftest import LINKS, mailed_link, refusals
from tests.recommendations.making import assignment
from tests.support.visitor import Visitor
from tracker.accounts.models import Contact
from tracker.actions.models import Action
from tracker.core.db import db, writing
from tracker.core.events import ActorKind, Event
from tracker.core.form_keys import FormKey
from tracker.core.outbox import OutboxMail
from tracker.correspondence.models import CorrespondenceEntry
from tracker.directory.models import SroAppointment
from tracker.guest_links.models import GuestLink, LinkGuest
from tracker.guest_links.tokens import hash_token
from tracker.recommendations.response_models import Submission
from tracker.recommendations.rules import SignOffHow

Visit = Callable[..., Visitor]
Guest = Callable[..., Visitor]
OF_CAN = "/letters/EPC-L02/responses/CAN"
ANSWER = {
    "Position on (a)": "Accepted",
    "Answer to (a)": "We will publish it.",
    "Action 1 for (a) (optional)": "Write it",
}


def test_whole_reply_goes_through_both_links(
    app: Flask, cast: Cast, visit: Visit, guest: Guest, prepare: str, sign_off: str
) -> None:
    ada = guest(prepare, "Ada Lovelace")
    assert "The chair asked for 2 things" in ada.page.text and "You are Ada Lovelace." in ada.page.text
    assert ada.page.tree.find(".//header//nav") is None
    ada.send("Save draft", ANSWER)
    assert "Nothing has been sent" in ada.page.text and "1 of 2 unanswered in the saved draft" in ada.page.text
    page = visit("team@can.test").get(OF_CAN)
    assert "Ada Lovelace (by link) saved the draft response" in page.text
    sro = guest(sign_off)
    assert "This link is for CAN Senior responsible owner" in sro.page.text
    page = sro.send("I am CAN Senior responsible owner")
    assert "We will publish it." in page.text and "This is a partial response" in page.text
    page = sro.send("Sign off and send")
    assert "signed off and sent" in page.text and "What was sent" in page.text
    assert assignment(app, "EPC-L02(a)").position == "accepted"
    with app.app_context():
        kept = db.session.scalars(select(Submission)).one()
        assert (kept.signed_off_by_id, kept.how) == (cast.contacts["sro@can.test"], SignOffHow.BY_LINK)
        assert db.session.scalars(select(Action.owner_id)).one() == cast.contacts["sro@can.test"]
        told = set(db.session.scalars(select(OutboxMail.recipient)))
        assert {"secretary@epc.test", "deputy@epc.test"} <= told
        acted = select(Event.verb).where(Event.actor_kind == ActorKind.LINK).distinct()
        assert set(db.session.scalars(acted)) >= {"guest_added", "guest_named", "answers_saved", "response_signed_off"}
    page = guest(prepare, "Ada Lovelace").page
    assert "The response has been sent" in page.text and "We will publish it." in page.text
    assert "We will publish it." in visit("secretary@epc.test").get(OF_CAN).text
    assert refusals(app) == []


def test_owner_without_an_account_is_told_by_email_that_their_response_came_in(
    app: Flask, cast: Cast, visit: Visit, guest: Guest, prepare: str
) -> None:
    with app.app_context(), writing():
        owner = add(Contact(name="A new owner", email="owner@can.test", taskforce_id=cast.epc))
        appointed = db.session.scalars(select(SroAppointment).where(SroAppointment.programme_id == cast.can)).one()
        appointed.contact_id = owner.id
        add(appointed)
    secretary = visit("secretary@epc.test")
    secretary.get(LINKS + "/sign-off")
    secretary.send("Make the link", {"How it reaches them": "Send it by e-mail"})
    guest(prepare, "Ada Lovelace").send("Save draft", ANSWER)
    sro = guest(mailed_link(app, "owner@can.test"))
    sro.send("I am A new owner")
    sro.send("Sign off and send")
    with app.app_context():
        newest = select(OutboxMail.subject, OutboxMail.body).where(OutboxMail.recipient == "owner@can.test")
        subject, body = db.session.execute(newest.order_by(OutboxMail.id.desc()).limit(1)).one()
        assert subject == "Your response to EPC-L02 has been received"
        assert "The link by which it was signed off shows it until that link ends." in body


def test_same_name_and_role_at_a_link_is_the_same_contact(app: Flask, guest: Guest, prepare: str, cast: Cast) -> None:
    guest(prepare, "Ada Lovelace")
    guest(prepare, " ada  LOVELACE ")
    guest(prepare, "Charles Babbage")
    with app.app_context():
        names = select(Contact.name, Contact.job_title, Contact.taskforce_id).join(LinkGuest)
        found = db.session.execute(names.order_by(LinkGuest.id)).all()
        assert [tuple(row) for row in found] == [
            ("Ada Lovelace", "Head of delivery", cast.epc),
            ("Charles Babbage", "Head of delivery", cast.epc),
        ]


def test_another_person_takes_over_at_the_same_browser(guest: Guest, prepare: str) -> None:
    ada = guest(prepare, "Ada Lovelace")
    ada.send("Not Ada Lovelace?")
    assert "say who you are" not in ada.page.text and ada.page.tree.find(".//input[@name='role']") is not None
    ada.send("Continue", {"Your name": "", "Your role": ""}, status=422)
    assert ada.page.errors == ["Enter your name", "Enter your role"]


def test_guest_reads_the_letter_and_nothing_else(guest: Guest, prepare: str) -> None:
    ada = guest(prepare, "Ada Lovelace")
    page = ada.get(prepare + "/letter")
    assert "Publish a timetable" in page.text
    assert ada.get_file(prepare + "/letter/file").startswith(b"%PDF-")
    leads_to = {a.get("href") for a in page.tree.iter("a")}
    ours = {h for h in leads_to if not h.startswith(("#", prepare))}
    assert ours == {"/accessibility", "/privacy", "/cookies"}
    for address in ("/", "/letters/EPC-L02", OF_CAN):
        assert "/sign-in" in ada.client.get(address).headers["Location"]


def test_signed_in_person_acts_as_the_guest_that_they_say_they_are(app: Flask, visit: Visit, prepare: str) -> None:
    nobody = visit("nobody@tracker.test")
    nobody.get(prepare)
    nobody.send("Continue", {"Your name": "Ada", "Your role": "Lead"})
    page = nobody.send("Save draft", ANSWER)
    assert "You are Ada." in page.text and "Sign out" not in page.html
    with app.app_context():
        saved = db.session.scalars(select(Event).where(Event.verb == "answers_saved")).one()
        assert saved.actor_kind is ActorKind.LINK
    nobody.get("/account")


def test_what_was_typed_is_given_back_where_the_browser_forgot_who_it_is(guest: Guest, prepare: str) -> None:
    ada = guest(prepare, "Ada Lovelace")
    with ada.client.session_transaction() as session:
        session.pop("guests")
    page = ada.send("Save draft", ANSWER, status=401)
    assert "We will publish it." in page.text


def test_sro_signs_what_was_on_the_screen(app: Flask, guest: Guest, prepare: str, sign_off: str) -> None:
    ada = guest(prepare, "Ada Lovelace")
    ada.send("Save draft", ANSWER)
    sro = guest(sign_off)
    sro.send("I am CAN Senior responsible owner")
    ada.send("Save draft", {"Answer to (a)": "Something else."})
    page = sro.send("Sign off and send", status=409)
    assert "was changed while you read it" in page.text and "Something else." in page.text
    sro.send("Sign off and send")
    with app.app_context():
        assert (
            json.loads(db.session.scalars(select(Submission.content)).one())["answers"][0]["text"] == "Something else."
        )


def test_sro_cannot_sign_off_nothing(guest: Guest, sign_off: str) -> None:
    sro = guest(sign_off)
    page = sro.send("I am CAN Senior responsible owner")
    assert "It cannot be signed off yet" in page.text and "Sign off and send" not in page.all(".//button")


def test_link_goes_by_email_and_into_the_correspondence_without_its_address(
    app: Flask, visit: Visit, guest: Guest, letter: str
) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get(LINKS + "/sign-off")
    page = secretary.send("Make the link", {"How it reaches them": "Send it by e-mail", "Words of your own": "Please."})
    assert "on its way to sro@can.test" in page.text and "CAN Senior responsible owner" in page.text
    path = mailed_link(app, "sro@can.test")
    assert "I am CAN Senior" in " ".join(guest(path).page.all(".//button"))
    with app.app_context():
        entry = db.session.scalars(select(CorrespondenceEntry)).one()
        assert entry.to_whom == "sro@can.test" and "/links/" not in entry.text + entry.subject
        body = db.session.scalars(select(OutboxMail.body)).one()
        assert body.startswith("Please.\n\nEPC Secretariat (secretary) asks you to sign off")


def test_only_the_hash_of_a_token_is_kept(app: Flask, guest: Guest, prepare: str) -> None:
    ada = guest(prepare, "Ada Lovelace")
    ada.send("Save draft", ANSWER)
    token = prepare.removeprefix("/links/")
    with app.app_context():
        assert db.session.scalars(select(GuestLink.token_hash)).one() == hash_token(token)
        assert db.session.scalar(select(func.count()).where(FormKey.location.contains(token))) == 0


def test_double_submit_of_a_guest_makes_one_contact(app: Flask, guest: Guest, prepare: str) -> None:
    ada = guest(prepare)
    form, _ = ada.form("Continue")
    data = ada._defaults(form) | {"name": "Ada", "role": "Lead"}
    answers = [ada.client.post(prepare, data=data) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    assert all(a.headers["Location"].startswith(prepare) for a in answers)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LinkGuest)) == 1


def test_teams_sign_off_link_reaches_the_sro_by_email_only(visit: Visit, letter: str) -> None:
    team = visit("team@can.test")
    page = team.get(LINKS + "/sign-off")
    assert "Show it to me once" not in page.text
    names = {"how": "copy"}
    page = team.send("Make the link", names=names, status=422)
    page = team.send("Make the link", {"How it reaches them": "Send it by e-mail"})
    assert "on its way to sro@can.test" in page.text
    page = team.get(LINKS)
    assert "1 link" in page.text and "Nobody yet" in page.text


def test_secretary_sees_who_used_a_link_and_when(visit: Visit, guest: Guest, prepare: str) -> None:
    guest(prepare, "Ada Lovelace").send("Save draft", ANSWER)
    page = visit("secretary@epc.test").get(LINKS)
    assert "Ada Lovelace" in page.text and "Head of delivery" in page.text and "Last entry:" in page.text
    assert prepare.removeprefix("/links/") not in page.html
    assert "End" not in visit("auditor@epc.test").get(LINKS).all(".//td//a")


def test_link_lasts_at_most_ninety_days(visit: Visit, letter: str, prepare: str) -> None:
    secretary = visit("secretary@epc.test")
    secretary.get(LINKS + "/prepare")
    page = secretary.send("Make the link", names={"last_day-year": "2099"}, status=422)
    assert page.errors == ["A link lasts at most 90 days"]
    page = secretary.send("Make the link", names={"last_day-year": "2020"}, status=422)
    assert page.errors == ["The last day must be today or later"]
