"""A correction is a new letter that carries the recommendations over; both letters say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select

from tests.letters.conftest import Desk, make_anew
from tests.letters.test_recording import record
from tracker.core import audit
from tracker.core.db import db
from tracker.letters.content import Content
from tracker.letters.models import Letter, Recommendation
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response

SENTENCE = "This letter corrects our letter EPC-L01 of 20 November 2026."


def correct(visit, key="EPC-L01"):
    """The secretary begins a correction and is on its writing page."""
    secretary = visit("secretary@epc.test")
    secretary.get(f"/letters/{key}")
    secretary.send("Draft a correction")
    return secretary


def reword(secretary, text, more=None):
    """Change the first recommendation's words, and add another one with the text `more`."""
    if more:
        secretary.send("Add another recommendation", names={"recommendations-0-text": text})
        count = secretary.page.html.count("app-ask__buttons")
        return {"recommendations-0-text": text, f"recommendations-{count - 1}-text": more}
    return {"recommendations-0-text": text}


def issue_correction(visit, text="Say plainly how gaps are narrowed.", more=None, key="EPC-L01") -> str:
    secretary = correct(visit, key)
    names = reword(secretary, text, more)
    secretary.send("Save the draft", names=names)
    desk = Desk(visit, make_anew)
    desk.key = secretary.address.rpartition("/")[2]
    desk.submit()
    desk.approve()
    return desk.issue(**{"Date of letter": date(2026, 11, 27)})


def test_secretary_drafts_a_correction_with_the_words_of_the_letter(issued, visit):
    secretary = correct(visit)
    assert secretary.address.endswith("/edit")
    html = secretary.page.html
    assert "Thank you for the workshop." in html and "Say how gaps are narrowed." in html
    (printed,) = secretary.page.all(".//article")
    assert SENTENCE in printed and "(a)" in printed
    assert printed.index(SENTENCE) < printed.index("Thank you for the workshop.")
    assert secretary.page.all(".//select[@id='kind']/option") == ["Correction"]


def test_correction_moves_the_recommendation_to_its_words_and_no_date(app, issued, visit):
    assert issue_correction(visit, more="Publish the plan.") == "EPC-L02"
    with app.app_context():
        rows = db.session.execute(
            select(Recommendation.reference, Assignment.due_on, Assignment.letter_id)
            .join(Assignment, Assignment.recommendation_id == Recommendation.id)
            .order_by(Recommendation.id)
        ).all()
        assert [r.reference for r in rows] == ["EPC-L01(a)", "EPC-L02(b)"]
        assert rows[0].due_on == date(2026, 12, 18) and rows[0].letter_id != rows[1].letter_id
        assert len(db.session.scalars(select(Response)).all()) == 2
        assert audit.verify() == []
    page = visit("team@can.test").get("/recommendations/EPC-L01(a)")
    assert "Say plainly how gaps are narrowed." in page.text and "18 December 2026" in page.text
    register = visit("chair@epc.test").get("/recommendations")
    assert "EPC-L01(a)" in register.text and "EPC-L02(b)" in register.text


@pytest.mark.parametrize("email", ["secretary@epc.test", "chair@epc.test", "member@epc.test", "team@can.test"])
def test_both_letters_say_so_to_everybody_who_reads_them(issued, visit, email):
    issue_correction(visit)
    reader = visit(email)
    assert "Corrected by EPC-L02 of 27 November 2026" in reader.get("/letters/EPC-L01").text
    page = reader.get("/letters/EPC-L02")
    assert "Corrects EPC-L01 of 20 November 2026" in page.text and SENTENCE in page.text
    assert "EPC-L01(a)" in page.text and "Not carried over" not in page.text
    chain = " ".join(page.all(".//section[@class='app-chain']"))
    assert "EPC-L01" in chain and "EPC-L02" in chain


def test_printed_correction_says_so_before_its_body(issued, visit):
    issue_correction(visit)
    content = visit("sro@can.test").get_file("/letters/EPC-L02/file")
    texts = [p.text for p in Document(BytesIO(content)).paragraphs]
    assert texts.index(next(t for t in texts if t.startswith(SENTENCE))) < texts.index("Thank you for the workshop.")


def test_recommendation_left_out_stays_open_under_the_old_letter(app, issued, visit):
    secretary = correct(visit)
    secretary.send("Add another recommendation", names={"recommendations-0-text": "Say how gaps are narrowed."})
    secretary.send("Remove recommendation 1")
    secretary.send("Save the draft", {"Recommendation": "Publish the plan."})
    desk = Desk(visit, make_anew)
    desk.key = secretary.address.rpartition("/")[2]
    desk.submit()
    desk.approve()
    desk.issue(**{"Date of letter": date(2026, 11, 27)})
    for email in ("secretary@epc.test", "team@can.test"):
        reader = visit(email)
        for key in ("EPC-L01", "EPC-L02"):
            text = reader.get(f"/letters/{key}").text
            assert "Not carried over: EPC-L01(a) . It stays open under EPC-L01" in text.replace("(a).", "(a) .")
        assert "EPC-L02(b)" in reader.page.text
        assert "Awaiting" in reader.get("/recommendations/EPC-L01(a)").text


def test_programme_knows_nothing_of_a_correction_that_is_being_drafted(issued, visit):
    draft = correct(visit).address.split("/")[2]
    assert f"draft {draft}" in visit("chair@epc.test").get("/letters/EPC-L01").text
    for email in ("team@can.test", "member@epc.test"):
        assert "orrection" not in visit(email).get("/letters/EPC-L01").text


def test_one_correction_is_drafted_at_a_time(issued, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/EPC-L01")
    draft = correct(visit).address.split("/")[2]
    page = secretary.send("Draft a correction", status=409)
    assert f"A correction of EPC-L01 is being drafted already: draft {draft}." in page.text
    assert "Draft a correction" not in secretary.get("/letters/EPC-L01").text


def test_corrected_letter_is_corrected_again_from_its_correction(app, issued, visit):
    late = visit("secretary@epc.test")
    late.get("/letters/EPC-L01")
    issue_correction(visit, more="Publish the plan.")
    page = late.send("Draft a correction", status=409)
    assert "EPC-L02 has corrected EPC-L01 already. Correct EPC-L02 instead." in page.text
    assert issue_correction(visit, "Third words.", more="And a third.", key="EPC-L02") == "EPC-L03"
    with app.app_context():
        parts = db.session.execute(select(Recommendation.reference).order_by(Recommendation.id)).scalars().all()
        assert parts == ["EPC-L01(a)", "EPC-L02(b)", "EPC-L03(c)"]
        assert audit.verify() == []
    assert "Third words." in visit("team@can.test").get("/recommendations/EPC-L01(a)").text
    text = visit("team@can.test").get("/letters/EPC-L02").text
    assert "Corrected by EPC-L03" in text and "Corrects EPC-L01" in text


def test_withdrawn_correction_makes_room_for_another(issued, visit):
    secretary = correct(visit)
    key = secretary.address.split("/")[2]
    secretary.get(f"/letters/{key}/withdraw")
    secretary.send("Withdraw the letter", {"Reason": "Not wrong after all."})
    assert correct(visit).address.endswith("/edit")


def test_recorded_letter_is_corrected_with_its_recommendations(heard, visit):
    record(visit)
    secretary = correct(visit)
    (printed,) = secretary.page.all(".//article")
    assert "(a) Tell us your thoughts." in printed
    assert "corrects our letter EPC-L01 of 29 December 2017" in printed
    assert issue_correction_at(visit, secretary) == "EPC-L02"
    assert "Corrected by EPC-L02" in visit("team@can.test").get("/letters/EPC-L01").text


def issue_correction_at(visit, secretary) -> str:
    secretary.send("Save the draft")
    desk = Desk(visit, make_anew)
    desk.key = secretary.address.rpartition("/")[2]
    desk.submit()
    desk.approve()
    return desk.issue(**{"Date of letter": date(2026, 11, 27)})


def test_programme_answers_what_was_carried_over_where_it_was_asked(issued, visit):
    issue_correction(visit)
    team = visit("team@can.test")
    team.get("/letters/EPC-L02")
    page = team.follow("Answer this letter")
    assert (
        team.address.startswith("/letters/EPC-L01/responses/CAN") and "Say plainly how gaps are narrowed." in page.text
    )


def test_correction_that_asks_for_more_points_to_where_the_rest_is_answered(issued, visit):
    issue_correction(visit, more="Publish the plan.")
    team = visit("team@can.test")
    page = team.get("/letters/EPC-L02/response")
    assert team.address.startswith("/letters/EPC-L02/responses/CAN") and "Publish the plan." in page.text
    assert "the response to EPC-L01" in page.text
    assert "Say plainly" in team.follow("the response to EPC-L01").text


def test_answer_given_before_stands_after_the_correction(issued, visit):
    team = visit("team@can.test")
    team.get("/letters/EPC-L01/responses/CAN/edit")
    position = next(f for f in team.page.all(".//legend") if "osition" in f)
    team.send("Save draft", {position: "Accepted"})
    issue_correction(visit)
    page = visit("sro@can.test").get("/letters/EPC-L01/responses/CAN")
    assert "1 of 1 answered" in page.text


def test_chair_who_changes_a_correction_sees_its_letters(issued, visit):
    secretary = correct(visit)
    secretary.send("Save the draft", names=reword(secretary, "Other words.", "New ask."))
    desk = Desk(visit, make_anew)
    desk.key = secretary.address.rpartition("/")[2]
    desk.submit()
    chair = visit("chair@epc.test")
    chair.get(desk.at("/approve-with-changes"))
    assert [x for x in chair.page.all(".//legend") if x.startswith("Recommendation (")][
        0
    ] == "Recommendation (a): Inequalities"
    chair.send("Approve with these changes", names={"recommendations-1-text": "Newer ask."})
    secretary.get(desk.at("/confirm"))
    secretary.send("Confirm this text")
    desk.issue(**{"Date of letter": date(2026, 11, 27)})
    assert "EPC-L02(b)" in visit("team@can.test").get("/letters/EPC-L02").text


def test_a_correction_begins_at_a_letter_that_was_sent_only(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    page = secretary.get(desk.at("/edit"))
    assert "Correction" not in page.all(".//select[@id='kind']/option")
    secretary.send("Save the draft", names={"kind": "correction"}, status=422)
    assert secretary.page.errors == ["Choose one of the options in the list"]
    assert "Draft a correction" not in secretary.get(desk.at()).text
    token = secretary.page.tree.find(".//input[@name='csrf_token']").get("value")
    assert secretary.client.post(desk.at("/correct"), data={"csrf_token": token}).status_code == 409


@pytest.mark.parametrize("email", ["chair@epc.test", "member@epc.test", "auditor@epc.test", "team@can.test"])
def test_only_the_secretariat_drafts_corrections(issued, visit, email):
    reader = visit(email)
    assert "Draft a correction" not in reader.get("/letters/EPC-L01").text
    token = reader.get("/account").tree.find(".//input[@name='csrf_token']").get("value")
    assert reader.client.post("/letters/EPC-L01/correct", data={"csrf_token": token}).status_code == 403


def test_letters_written_before_corrections_keep_their_hash():
    assert "corrects" not in Content(body="Words").to_json()
    content = replace(Content(body="Words"), corrects="This letter corrects another.")
    assert Content.from_json(content.to_json()) == content


def test_timeline_of_the_corrected_letter_says_so(app, issued, visit):
    issue_correction(visit)
    assert "corrected the letter by another one" in visit("auditor@epc.test").get("/letters/EPC-L01").text
    with app.app_context():
        old = db.session.scalars(select(Letter).where(Letter.reference == "EPC-L01")).one()
        assert old.letter_date == date(2026, 11, 20)
