"""A draft with members for comment, and the chair's own comments: who sees what, until when, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import LONG_AGO, add
from tracker.accounts.models import Grant
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.core.outbox import OutboxMail
from tracker.core.permissions import Role
from tracker.letters.models import LetterComment

MEMBER, CHAIR, SECRETARY = "member@epc.test", "chair@epc.test", "secretary@epc.test"


@pytest.fixture
def asked(desk, visit, once):
    """The draft, put before the member and the chair for two days."""
    desk.draft()
    once("asked", lambda: ask(desk, visit))
    return desk


def ask(desk, visit):
    secretary = visit(SECRETARY)
    secretary.get(desk.at())
    secretary.follow("Ask members to comment")
    day = clock.today() + timedelta(days=2)
    people = ["EPC Member (member)", "EPC Chair (chair)"]
    values = {"Members to ask": people, "Last day for comments": day, "Note to them": "Is it plain?"}
    secretary.send("Send to members for comment", values)


def comment(visit, desk, words="Thank you for the workshop.", said="Thank whom?", email=MEMBER, **more):
    person = visit(email)
    person.get(desk.at("/comment"))
    return person.send("Save the comment", {"The words that you comment on": words, "Your comment": said}, **more)


def test_members_who_are_asked_are_told_with_a_link(app, asked):
    with app.app_context():
        mails = db.session.execute(select(OutboxMail.recipient, OutboxMail.body)).all()
    assert sorted(m.recipient for m in mails) == [CHAIR, MEMBER]
    assert f"http://localhost{asked.at('/comment')}" in mails[0].body and "Is it plain?" in mails[0].body


def test_member_finds_the_draft_under_due_for_me_and_reads_exactly_that_version(asked, visit):
    secretary = visit(SECRETARY)
    secretary.get(asked.at("/edit"))
    secretary.send("Save the draft", {"Letter": "Another text altogether."})
    member = visit(MEMBER)
    page = member.get("/")
    assert "Comment on the letter by" in page.text
    page = member.get(asked.at("/comment"))
    assert "Thank you for the workshop." in page.text and "Another text" not in page.text
    assert "Is it plain?" in page.text


def test_member_sees_no_other_page_of_the_draft(asked, visit):
    member = visit(MEMBER)
    for page in ("/edit", "/compare", "/draft.docx", "/decide", "/details"):
        member.get(asked.at(page), status=404)
    visit("vice@epc.test").get(asked.at("/comment"), status=404)
    visit("member@dig.test").get(asked.at("/comment"), status=404)


def test_member_comments_on_a_passage_which_is_marked_and_the_others_read_it(asked, visit):
    page = comment(visit, asked)
    assert "Comment 1: EPC Member (member) (member)" in page.text and "Thank whom?" in page.text
    assert page.all(".//mark[@id='passage-1']") == ["Thank you for the workshop."]
    page = visit(CHAIR).get(asked.at("/comment"))
    assert "Thank whom?" in page.text


def test_comment_on_words_that_are_not_in_the_letter_is_refused_at_the_field(asked, visit):
    page = comment(visit, asked, words="Never written", status=422)
    assert page.errors == ["These words do not stand in the letter. Paste them exactly as they stand there"]
    page = comment(visit, asked, words="", said="", status=422)
    assert page.errors == ["Say what you think"]


def test_member_says_that_there_is_nothing_more(asked, visit):
    member = visit(MEMBER)
    member.get(asked.at("/comment"))
    member.send("I have no comments")
    assert "You said that you have no more comments" in member.page.text
    assert "Comment on the letter" not in member.get("/").text
    assert "EPC Member (member): no more comments" in visit(SECRETARY).get(asked.at()).text


def test_member_is_told_kindly_when_the_time_is_over_and_keeps_what_they_typed(asked, visit):
    member = visit(MEMBER)
    member.get(asked.at("/comment"))
    with clock.frozen(clock.now() + timedelta(days=3)):
        late = visit(MEMBER)
        page = late.get(asked.at("/comment"))
        assert "The time for comments is over" in page.text and "Thank you for the workshop." not in page.text
        assert "Comment on the letter" not in late.get("/").text


def test_member_who_sends_a_comment_too_late_changes_nothing(app, asked, visit):
    member = visit(MEMBER)
    member.get(asked.at("/comment"))
    secretary = visit(SECRETARY)
    secretary.get(asked.at())
    secretary.send("End the comments")
    page = member.send("Save the comment", {"Your comment": "Too late"}, status=422)
    assert "What you wrote was not saved" in page.text and "Too late" in page.text
    with app.app_context():
        assert db.session.scalars(select(LetterComment.id)).all() == []


def test_member_who_left_the_taskforce_no_longer_sees_the_draft(app, cast, asked, visit):
    with app.app_context(), writing():
        grant = db.session.scalars(select(Grant).where(Grant.contact_id == cast.contacts[MEMBER])).one()
        grant.until_on = clock.today() - timedelta(days=1)
        add(grant)
    visit(MEMBER).get(asked.at("/comment"), status=404)


def test_sending_the_letter_to_the_chair_ends_the_comments(asked, visit):
    asked.submit()
    assert "The time for comments is over" in visit(MEMBER).get(asked.at("/comment")).text


def test_secretary_extends_the_time_and_those_who_are_not_done_are_told(app, asked, visit):
    member = visit(MEMBER)
    member.get(asked.at("/comment"))
    member.send("I have no comments")
    secretary = visit(SECRETARY)
    secretary.get(asked.at("/members/extend"))
    yesterday = clock.today() - timedelta(days=1)
    page = secretary.send("Change the day", {"Last day for comments": yesterday}, status=422)
    assert page.errors == ["The last day for comments must be today or later"]
    secretary.send("Change the day", {"Last day for comments": clock.today() + timedelta(days=9)})
    with app.app_context():
        told = list(db.session.scalars(select(OutboxMail.recipient).order_by(OutboxMail.id)))[2:]
    assert told == [CHAIR]


def test_draft_is_with_members_once_at_a_time(asked, visit):
    secretary = visit(SECRETARY)
    secretary.get(asked.at("/members"))
    values = {"Members to ask": ["EPC Member (member)"], "Last day for comments": clock.today()}
    page = secretary.send("Send to members for comment", values, status=409)
    assert "with members already" in page.text


def test_secretary_has_to_choose_somebody(desk, visit):
    desk.draft()
    secretary = visit(SECRETARY)
    secretary.get(desk.at("/members"))
    page = secretary.send("Send to members for comment", {"Last day for comments": clock.today()}, status=422)
    assert page.errors == ["Choose at least one member"]


def test_secretary_deals_with_a_comment_or_takes_it_up_again(asked, visit):
    comment(visit, asked)
    secretary = visit(SECRETARY)
    assert "Deal with 1 comment" in secretary.get("/").text
    secretary.get(asked.at())
    assert secretary.page.all(".//mark[@id='passage-1']") == ["Thank you for the workshop."]
    secretary.follow("Deal with it: comment 1")
    secretary.send("Dealt with", {"How": "Reworded"})
    assert "Dealt with by EPC Secretariat (secretary)" in secretary.page.text and "Reworded" in secretary.page.text
    assert secretary.page.all(".//mark") == []
    asked.submit()
    page = visit(CHAIR).get(asked.at("/decide"))
    assert "Thank whom?" not in page.text and "1 comment is dealt with." in page.text
    secretary.get(asked.at())
    secretary.send("Take it up again: comment 1")
    assert "The comment is open again." in secretary.page.text


def test_comments_are_never_a_part_of_the_letter_or_its_document(asked, visit):
    comment(visit, asked, said="Quite unlike the letter")
    file = visit(SECRETARY).get_file(asked.at("/draft.docx"))
    assert b"Quite unlike" not in file
    (printed,) = visit(SECRETARY).get(asked.at()).all(".//article")
    assert "Quite unlike" not in printed


def test_chair_comments_without_deciding_and_the_comment_stands_beside_the_writing_page(desk, visit):
    desk.draft()
    desk.submit()
    chair = visit(CHAIR)
    chair.get(desk.at("/decide"))
    said = {
        "The words that you comment on": "We look forward to hearing from you & your team.",
        "Your comment": "Warmer",
    }
    chair.send("Save the comment", said)
    assert "You have not decided yet" in chair.page.text and "With chair" in chair.get(desk.at()).text
    chair.get(desk.at("/decide"))
    chair.send("Record decision", {"Your decision": "Return with a comment", "Comment": "See beside the text"})
    secretary = visit(SECRETARY)
    page = secretary.get(desk.at("/edit"))
    assert "Comments to deal with" in page.text and "Warmer" in page.text
    secretary.send("Save the draft", {"Letter": "We cannot wait to hear from you."})
    assert "The passage has changed since." in secretary.get(desk.at()).text


def test_member_who_is_not_asked_gets_no_draft_by_having_been_asked_about_another(desk, asked, visit):
    first = asked.key
    desk.draft()
    assert desk.key != first
    visit(MEMBER).get(desk.at("/comment"), status=404)


def test_vice_chair_who_decides_for_the_chair_is_asked_in_their_own_role_only(app, cast, asked, visit):
    with app.app_context(), writing():
        ids = cast.contacts
        give = {"contact_id": ids["deputy@epc.test"], "taskforce_id": cast.epc, "from_on": LONG_AGO}
        add(Grant(role=Role.CHAIR, delegated_by_id=ids[CHAIR], **give))
    secretary = visit(SECRETARY)
    page = secretary.get(asked.at("/members"))
    assert "EPC Secretariat (deputy)" not in page.text


def test_secretary_is_told_of_open_comments_before_the_draft_goes_to_the_chair(asked, visit):
    comment(visit, asked)
    page = visit(SECRETARY).get(asked.at("/send"))
    assert "Members can comment until" in page.text and "1 comment is not dealt with." in page.text
    assert page.link("Read it") == asked.at("#comments-title")


def test_member_who_opens_the_draft_itself_is_led_to_where_they_comment_and_nobody_else_is(asked, visit):
    member = visit(MEMBER)
    member.get(asked.at())
    assert member.address == asked.at("/comment") and "Is it plain?" in member.page.text
    with clock.frozen(clock.now() + timedelta(days=3)):
        assert "The time for comments is over" in visit(MEMBER).get(asked.at()).text
    for email in ("member@dig.test", "sro@can.test", "team@can.test"):
        visit(email).get(asked.at(), status=404)


def test_member_who_left_is_led_nowhere(app, cast, asked, visit):
    with app.app_context(), writing():
        grant = db.session.scalars(select(Grant).where(Grant.contact_id == cast.contacts[MEMBER])).one()
        grant.until_on = clock.today() - timedelta(days=1)
        add(grant)
    visit(MEMBER).get(asked.at(), status=404)


def test_secretary_asks_more_members_who_read_the_same_version_until_the_same_day(app, asked, visit):
    secretary = visit(SECRETARY)
    secretary.get(asked.at("/edit"))
    secretary.send("Save the draft", {"Letter": "Another text altogether."})
    secretary.follow("Ask more members")
    assert "EPC Chair (chair)" not in secretary.page.text
    assert secretary.send("Ask them too", status=422).errors == ["Choose at least one member"]
    secretary.send("Ask them too", {"Members to ask as well": ["EPC Vice chair (vice)"]})
    assert "EPC Vice chair (vice): not done yet" in secretary.page.text
    page = visit("vice@epc.test").get(asked.at("/comment"))
    assert "Is it plain?" in page.text
    with app.app_context():
        told = db.session.execute(select(OutboxMail.recipient, OutboxMail.body).order_by(OutboxMail.id)).all()
    assert [m.recipient for m in told[2:]] == ["vice@epc.test"]
    assert "Is it plain?" in told[2].body and asked.at("/comment") in told[2].body


def test_nobody_is_asked_once_the_time_for_comments_is_over(asked, visit):
    with clock.frozen(clock.now() + timedelta(days=3)):
        secretary = visit(SECRETARY)
        assert "Ask more members" not in secretary.get(asked.at()).text
        assert "The letter is not with members." in secretary.get(asked.at("/members/add")).text


def test_secretary_whose_page_is_older_than_the_end_of_the_comments_adds_nobody(asked, visit):
    secretary, deputy = visit(SECRETARY), visit("deputy@epc.test")
    secretary.get(asked.at("/members/add"))
    deputy.get(asked.at())
    deputy.send("End the comments")
    secretary.send("Ask them too", {"Members to ask as well": ["EPC Vice chair (vice)"]}, status=404)


def test_secretariat_is_told_once_all_who_were_asked_are_done(app, asked, visit):
    def told():
        with app.app_context():
            chosen = select(OutboxMail).where(OutboxMail.cause.startswith("comments_finished"))
            return list(db.session.scalars(chosen.order_by(OutboxMail.id)))

    for email in (MEMBER, CHAIR):
        assert told() == []
        person = visit(email)
        person.get(asked.at("/comment"))
        person.send("I have no comments")
    mails = told()
    assert [m.recipient for m in mails] == ["deputy@epc.test", SECRETARY]
    assert mails[0].subject == "All members are done: Cancer: what we heard" and asked.at() in mails[0].body
