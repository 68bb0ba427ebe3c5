"""The chair's page, void approvals, the record's details, the register of decisions, and `flask letters verify`."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.support.tampering import tamper
from tracker.core.db import db
from tracker.core.outbox import OutboxMail
from tracker.letters.commands import commands

CHAIR, VICE, SECRETARY, AUDITOR = "chair@epc.test", "vice@epc.test", "secretary@epc.test", "auditor@epc.test"


def save(visit, desk, text):
    secretary = visit(SECRETARY)
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", {"Letter": text})


def test_chair_sees_what_changed_since_their_own_last_decision_with_marks_in_words(desk, visit):
    desk.draft()
    desk.submit()
    desk.give_back("More about carers")
    save(visit, desk, "Thank you for the workshop on carers.")
    desk.submit()
    vice = visit(VICE)
    vice.get(desk.at("/decide"))
    assert "since EPC Chair (chair) last decided" in vice.page.text
    vice.send("Record decision", {"Your decision": "Return with a comment", "Comment": "Shorter"})
    save(visit, desk, "Thank you for the workshop on young carers.")
    desk.submit()
    page = visit(CHAIR).get(desk.at("/decide"))
    assert "What changed since you last decided" in page.text and "More about carers" in page.text
    assert any("[added: " in words and "young carers." in words for words in page.all(".//ins"))
    assert any("[removed: " in words for words in page.all(".//del"))
    assert "Came back 2 times" in page.text and "Shorter" in page.text


def test_chairs_comment_counts_as_the_last_look_only_once_the_letter_was_sent_again(desk, visit):
    desk.draft()
    desk.submit()
    desk.give_back("More")
    save(visit, desk, "Something new.")
    desk.submit()
    chair = visit(CHAIR)
    chair.get(desk.at("/decide"))
    chair.send("Save the comment", {"Your comment": "Good, but long"})
    assert any("Something new." in words for words in chair.page.all(".//ins"))
    vice = visit(VICE)
    vice.get(desk.at("/decide"))
    vice.send("Record decision", {"Your decision": "Return with a comment", "Comment": "Shorter"})
    save(visit, desk, "Something newer.")
    desk.submit()
    page = chair.get(desk.at("/decide"))
    assert "What changed since you last commented" in page.text


def test_chair_approves_with_a_comment_that_the_secretariat_gets(app, desk, visit):
    desk.draft()
    desk.submit()
    chair = visit(CHAIR)
    chair.get(desk.at("/decide"))
    chair.send("Record decision", {"Your decision": "Approve", "Comment": "Well said"})
    assert "Well said" in chair.page.text
    with app.app_context():
        bodies = db.session.scalars(select(OutboxMail.body).where(OutboxMail.recipient == SECRETARY)).all()
    assert any("Comment: Well said" in body for body in bodies)


def test_chairs_comment_goes_along_to_the_page_of_changes(desk, visit):
    desk.draft()
    desk.submit()
    chair = visit(CHAIR)
    chair.get(desk.at("/decide"))
    chair.send("Record decision", {"Your decision": "Approve with changes", "Comment": "Only one word"})
    chair.send("Approve with these changes", {"Recommendation": "Say by when gaps are narrowed."})
    assert "Only one word" in visit(SECRETARY).get(desk.at()).text


def test_reopening_says_which_approval_is_void_on_the_page_and_in_the_timeline(desk, visit):
    desk.draft()
    desk.submit()
    desk.approve()
    secretary = visit(SECRETARY)
    secretary.get(desk.at("/reopen"))
    page = secretary.send("Reopen the letter", {"Reason": "A name was wrong."})
    assert "by EPC Chair (chair) is void since the letter was reopened on" in page.text
    assert "Void since it was reopened on" in page.text
    assert "A name was wrong. (The approval of" in page.text
    desk.submit()
    desk.approve()
    assert "is void since the letter was reopened" not in visit(AUDITOR).get(desk.at()).text


def test_details_are_for_those_who_read_drafts_and_agree(issued, visit):
    page = visit(AUDITOR).get(issued.at("/details"))
    assert "SHA-256 of the file" in page.text and "two people, one hash" in page.text
    assert "the file is the same to the byte" in page.text and "Does not agree" not in page.text
    visit("member@epc.test").get(issued.at("/details"), status=403)
    visit("sro@can.test").get(issued.at("/details"), status=403)


def test_auditor_reads_every_decision_by_kind(issued, visit, selects_of):
    auditor = visit(AUDITOR)
    auditor.get("/letters")
    auditor.follow("Every decision on letters")
    assert "2 decisions" in auditor.page.text and "Submitted" in auditor.page.text
    page = auditor.send("Apply filters", {"Decision": "Approved"})
    assert "1 decision" in page.text and "EPC Chair (chair) (chair)" in page.text
    assert "No decision fits these filters." in auditor.get("/letters/decisions?kind=returned").text
    assert "No decisions" in visit("auditor@dig.test").get("/letters/decisions").text
    assert selects_of(lambda: auditor.get("/letters/decisions")) <= 5


def verify(app, ref):
    return app.test_cli_runner().invoke(commands, ["verify", str(ref)])


def test_verify_says_a_sentence_of_each_check(app, issued):
    result = verify(app, issued.key)
    assert result.exit_code == 0, result.output
    assert "EPC Chair (chair) on" in result.output and "two people, one hash" in result.output
    assert "The audit log names the same file." in result.output and "the same to the byte" in result.output


def test_verify_of_a_draft_claims_no_approval(app, desk):
    desk.draft()
    result = verify(app, desk.key)
    assert result.exit_code == 0 and "no approval stands" in result.output and "No file is kept" in result.output
    assert verify(app, "EPC-L77").exit_code == 1


@pytest.mark.past_the_log
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE letter_version SET content = replace(content, 'Thank', 'Blame')", "not the text that its hash"),
        (
            "UPDATE clearance_decision SET by_id = (SELECT by_id FROM clearance_decision WHERE kind = 'submitted')"
            " WHERE kind = 'approved'",
            "Two people have not confirmed",
        ),
        ("UPDATE clearance_decision SET sha256 = 'x' WHERE kind = 'submitted'", "Two people have not confirmed"),
        ("UPDATE stored_file SET content = CAST('x' AS {bytes})", "its hash is another one"),
        ("DELETE FROM stored_file", "is not there"),
        ("UPDATE letter SET response_due_on = '2031-01-01'", "The stored file is the one that was issued"),
    ],
)
def test_verify_finds_what_was_changed_behind_the_products_back(app, store, issued, statement, said):
    tamper(store, statement.format(bytes="BLOB" if store.url.startswith("sqlite") else "bytea"))
    result = verify(app, issued.key)
    assert said in result.output
    assert result.exit_code == (0 if "was issued" in said else 1)
