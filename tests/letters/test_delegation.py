"""Somebody decides for the chair for a time; the chair's own letter is approved under a waiver."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import LONG_AGO, add, person_of
from tracker.accounts import delegation
from tracker.accounts import operations as accounts
from tracker.accounts.models import Grant, User
from tracker.accounts.sessions import held_grants
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.core.errors import Forbidden
from tracker.core.outbox import OutboxMail
from tracker.core.permissions import Role

CHAIR, VICE, MEMBER, SECRETARY = "chair@epc.test", "vice@epc.test", "member@epc.test", "secretary@epc.test"


def let_decide(visit, who="EPC Member (member)", email=CHAIR, days=3, status=200):
    chair = visit(email)
    chair.get("/taskforces/EPC/decide-for-me")
    values = {"Who decides for you": who, "From": clock.today(), "Until": clock.today() + timedelta(days=days)}
    return chair, chair.send("Let them decide", values, status=status)


def give_role(app, cast, email, role):
    with app.app_context(), writing():
        add(Grant(contact_id=cast.contacts[email], role=role, taskforce_id=cast.epc, from_on=LONG_AGO))


def end_roles(app, cast, email, *roles):
    with app.app_context(), writing():
        user = accounts.queries.get_user_by_email(email)
        wanted = select(Grant.id).where(Grant.contact_id == user.contact_id, Grant.role.in_(roles))
        for grant_id in db.session.scalars(wanted).all():
            accounts.end_grant(user, grant_id, last_day=None, by=None)


def test_chair_finds_the_page_from_their_account(visit):
    chair = visit(CHAIR)
    chair.get("/account")
    chair.follow("Empowering People Taskforce")
    assert "Let somebody decide for you" in chair.page.text
    assert "Let somebody decide" not in visit(MEMBER).get("/account").text


test_chair_finds_the_page_from_their_account = pytest.mark.usefixtures("cast")(
    test_chair_finds_the_page_from_their_account
)


def test_member_decides_for_the_chair_and_the_record_says_so(app, desk, visit):
    chair, page = let_decide(visit)
    assert "EPC Member (member) decides for EPC Chair (chair) (chair)" in page.text
    desk.draft()
    desk.submit()
    member = visit(MEMBER)
    assert "decides for EPC Chair (chair)" in member.get("/account").text
    assert "Approve or return" in member.get("/").text
    assert "You decide for EPC Chair (chair) (chair)." in member.get(desk.at("/decide")).text
    desk.approve(MEMBER)
    said = "Approved by EPC Member (member), for EPC Chair (chair) (chair)"
    assert said in visit("auditor@epc.test").get(desk.at()).text
    with app.app_context():
        mails = db.session.execute(select(OutboxMail.recipient, OutboxMail.subject, OutboxMail.body)).all()
    assert {m.recipient for m in mails if "to decide on" in m.subject} == {CHAIR, VICE, MEMBER}
    told = next(m.body for m in mails if m.recipient == SECRETARY and "approved" in m.subject)
    assert "EPC Member (member), for EPC Chair (chair), has approved" in told


def test_delegation_ends_by_itself_and_by_hand(app, cast, desk, visit):
    chair, _ = let_decide(visit)
    desk.draft()
    desk.submit()
    with app.app_context(), clock.frozen(clock.now() + timedelta(days=4)):
        assert [g.role for g in held_grants(cast.contacts[MEMBER])] == [Role.MEMBER]
    visit(MEMBER).get(desk.at("/decide"))
    chair.get("/taskforces/EPC")
    chair.follow("End what EPC Member (member) decides for you")
    chair.send("End it now")
    assert "no longer decides for you" in chair.page.text
    visit(MEMBER).get(desk.at("/decide"), status=404)


def test_delegation_dies_with_the_chairs_role(app, cast, desk, visit):
    let_decide(visit)
    end_roles(app, cast, CHAIR, Role.CHAIR)
    with app.app_context():
        assert [g.role for g in held_grants(cast.contacts[MEMBER])] == [Role.MEMBER]
        theirs = select(Grant.id).where(Grant.delegated_by_id.is_not(None), Grant.until_on >= clock.today())
        assert db.session.scalars(theirs).all() == []


@pytest.mark.usefixtures("cast")
def test_delegation_is_no_key_while_the_chairs_account_is_disabled_or_its_holder_has_left(app, cast, visit):
    let_decide(visit)
    with app.app_context():
        assert len(held_grants(cast.contacts[MEMBER])) == 2
    end_roles(app, cast, MEMBER, Role.MEMBER)
    with app.app_context():
        assert held_grants(cast.contacts[MEMBER]) == ()


def test_delegation_does_not_outlive_the_chairs_role_by_its_date(app, cast, desk, visit):
    let_decide(visit, days=9)
    desk.draft()
    desk.submit()
    with app.app_context(), writing():
        own = select(Grant).where(Grant.contact_id == cast.contacts[CHAIR], Grant.role == Role.CHAIR)
        grant = db.session.scalars(own).one()
        grant.until_on = clock.today()
        add(grant)
    visit(MEMBER).get(desk.at("/decide"))
    with clock.frozen(clock.now() + timedelta(days=1)):
        visit(MEMBER).get(desk.at("/decide"), status=404)
        with app.app_context():
            assert [g.role for g in held_grants(cast.contacts[MEMBER])] == [Role.MEMBER]


@pytest.mark.usefixtures("cast")
def test_delegate_cannot_delegate_on(app, cast, visit):
    let_decide(visit)
    visit(MEMBER).get("/taskforces/EPC/decide-for-me", status=403)
    with app.app_context(), writing():
        member = person_of(db.session.scalars(select(User).where(User.email == MEMBER)).one())
        day = clock.today()
        with pytest.raises(Forbidden):
            delegation.delegate(cast.epc, cast.contacts[SECRETARY], from_on=day, until_on=day, by=member)


@pytest.mark.usefixtures("cast")
def test_chair_is_told_what_does_not_fit(visit):
    _, page = let_decide(visit, days=-1, status=422)
    assert page.errors == ["Until must be the same as or after From"]
    let_decide(visit)
    _, page = let_decide(visit, status=422)
    assert page.errors == ["They decide for you in that time already"]


def test_nobody_approves_for_whoever_sent_the_letter(app, cast, desk, visit):
    give_role(app, cast, CHAIR, Role.SECRETARIAT)
    let_decide(visit)
    desk.draft()
    desk.submit(CHAIR)
    member = visit(MEMBER)
    page = member.get(desk.at("/decide"))
    assert "You decide for the person who sent this letter" in page.text
    page = member.send("Record decision", {"Your decision": "Approve"}, status=422)
    assert page.errors == [
        "You decide for the person who sent this letter to the chair. Another person has to approve it."
    ]


def alone(app, cast):
    """The chair is of the secretariat too, and nobody else can decide."""
    give_role(app, cast, CHAIR, Role.SECRETARIAT)
    end_roles(app, cast, VICE, Role.VICE_CHAIR)


def waive(desk, visit, reason="Nobody else can decide this week"):
    chair = visit(CHAIR)
    chair.get(desk.at("/decide"))
    chair.send("Record decision", {"Your decision": "Approve under a waiver", "Comment": reason})
    return chair


def test_chairs_own_letter_is_approved_under_a_waiver_that_a_second_person_confirms(app, cast, desk, visit):
    alone(app, cast)
    desk.draft()
    desk.submit(CHAIR)
    chair = waive(desk, visit)
    assert "Approved under waiver by EPC Chair (chair)" in chair.page.text and "With chair" in chair.page.text
    chair.get(desk.at("/confirm"))
    assert "Another person has to confirm" in chair.send("Confirm this text", status=409).text
    secretary = visit(SECRETARY)
    assert "Confirm the approval under a waiver" in secretary.get("/").text
    secretary.get(desk.at())
    secretary.follow("Look at the letter and confirm")
    assert "Nobody else can decide this week" in secretary.page.text
    secretary.send("Confirm this text")
    page = visit("auditor@epc.test").get(desk.at())
    assert "Approved under waiver by EPC Chair (chair) (chair)" in page.text
    assert "Nobody else can decide this week" in page.text and "Confirmed by EPC Secretariat (secretary)" in page.text
    desk.issue()
    page = visit("auditor@epc.test").get(desk.at("/details"))
    assert "under a waiver (Nobody else can decide this week)" in page.text and "Does not agree" not in page.text


def test_secretary_who_changed_the_letter_for_the_chair_is_told_that_another_person_confirms_it(cast, desk, visit):
    let_decide(visit, "EPC Secretariat (deputy)")
    desk.draft()
    desk.submit()
    deputy = visit("deputy@epc.test")
    deputy.get(desk.at("/decide"))
    deputy.send("Record decision", {"Your decision": "Approve with changes"})
    deputy.send("Approve with these changes", {"Recommendation": "Say by when gaps are narrowed."})
    assert "You decided on it yourself, so another person has to confirm it." in deputy.page.text
    assert "Look at the changes and confirm" not in deputy.page.text
    assert "Look at the changes and confirm" in visit(SECRETARY).get(desk.at()).text


def test_chair_who_can_waive_is_told_so_and_not_that_somebody_else_has_to_approve(app, cast, desk, visit):
    give_role(app, cast, CHAIR, Role.SECRETARIAT)
    end_roles(app, cast, VICE, Role.VICE_CHAIR)
    desk.draft()
    desk.submit(CHAIR)
    page = visit(CHAIR).get(desk.at("/decide"))
    assert "nobody else can decide on it now. You can approve it under a waiver" in page.text
    assert "Another person has to approve it" not in page.text


def test_waiver_needs_a_reason_and_is_not_offered_where_somebody_else_can_decide(app, cast, desk, visit):
    give_role(app, cast, CHAIR, Role.SECRETARIAT)
    desk.draft()
    desk.submit(CHAIR)
    page = visit(CHAIR).get(desk.at("/decide"))
    assert "Approve under a waiver" not in page.text
    end_roles(app, cast, VICE, Role.VICE_CHAIR)
    chair = visit(CHAIR)
    chair.get(desk.at("/decide"))
    page = chair.send("Record decision", {"Your decision": "Approve under a waiver"}, status=422)
    assert page.errors == ["Say why you approve your own letter"]


def test_chair_in_office_later_can_confirm_the_waiver(app, cast, desk, visit):
    alone(app, cast)
    desk.draft()
    desk.submit(CHAIR)
    waive(desk, visit)
    give_role(app, cast, MEMBER, Role.VICE_CHAIR)
    member = visit(MEMBER)
    member.get(desk.at())
    member.follow("Look at the letter and confirm")
    member.send("Confirm this text")
    assert "Confirmed by EPC Member (member) (vice chair)" in member.page.text
