"""A letter from the workshop to the programme, as the people who take it there see it."""

from __future__ import annotations

from datetime import date

from tests.documents.reading import html_paragraphs, labelled_lines, part_text, words
from tests.letters.conftest import BODY


def test_secretary_drafts_from_a_workshop_with_programme_addressee_and_salutation_filled_in(heard, visit):
    page = visit("secretary@epc.test").get("/letters/new?workshop=EPC-W01")
    assert "Dear CAN Senior responsible owner" in page.html
    assert "Concern number 1" in page.text and "Concern number 2" in page.text
    chosen = [o for o in page.tree.iter("option") if o.get("selected") is not None]
    assert {"Cancer Programme", "EPC-W01: Deep dive"} <= {"".join(o.itertext()) for o in chosen}
    assert "Empowering People secretariat" in page.html


def test_letter_goes_from_draft_to_issued(desk, visit):
    desk.draft()
    assert "Draft" in visit("secretary@epc.test").get(desk.at()).text
    desk.submit()
    desk.approve()
    assert "Approved by EPC Chair (chair) (chair)" in visit("auditor@epc.test").get(desk.at()).text
    assert desk.issue() == "EPC-L01"
    page = visit("secretary@epc.test").get("/letters/EPC-L01")
    assert "Issued" in page.text and "EPC-L01(a)" in page.text
    assert "18 December 2026" in page.text and "20 working days; day 1" in page.text


def test_every_typed_word_is_in_the_document(issued, visit):
    file = visit("secretary@epc.test").get_file("/letters/EPC-L01/file")
    written = " ".join(words(file))
    for typed in (*BODY.replace("{recommendations}", "").split("\n\n"), "Cancer: what we heard", "With best wishes"):
        assert typed in written
    assert "20 November 2026" in written and "18 December 2026" in written
    assert ("(a)", "Inequalities: Say how gaps are narrowed.") in labelled_lines(file)


def test_point_becomes_a_recommendation_that_rests_on_it(heard, desk, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/new?workshop=EPC-W01")
    # The button stands beside the form and names it (form=): pressed here by what it sends.
    assert "Make a recommendation of it: Concern number 2" in secretary.page.text
    secretary.send("Preview", names={"arrange": f"point-{heard.points[1]}"})
    secretary.send("Save the draft", {"Recommendation": "Do better."})
    assert "EPC-W01: Concern number 2" in secretary.page.text


def test_recommendations_are_added_moved_and_removed_without_saving(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    secretary.send("Add another recommendation")
    secretary.send("Move up recommendation 2", names={"recommendations-1-text": "The second one"})
    texts = [a.text for a in secretary.page.tree.iter("textarea") if a.get("name", "").endswith("-text")]
    assert [t.strip() for t in texts] == ["The second one", "Say how gaps are narrowed."]
    secretary.send("Remove recommendation 2")
    assert "Recommendation 2" not in secretary.page.text
    assert "Say how gaps are narrowed." in visit("secretary@epc.test").get(desk.at()).text


def test_unchanged_save_makes_no_version(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft")
    assert "Nothing has changed" in secretary.page.text
    assert "Version 2" not in secretary.page.text
    assert secretary.page.text.count("saved the letter") == 0


def test_signs_of_success_stand_on_a_line_of_their_own_in_the_document_and_on_the_page(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    values = {"Title": "", "Recommendation": "1. Name a lead\nwithin a week.", "How we will know it is done": "A name"}
    secretary.send("Save the draft", values)
    said = "1. Name a lead within a week.\nWe will know it is done when: A name."
    assert ("(a)", said) in labelled_lines(secretary.get_file(desk.at("/draft.docx")))
    assert said in html_paragraphs(secretary.get(desk.at()).html)


def test_chair_sees_where_issuing_fills_something_in_on_the_page_and_in_the_document(desk, visit):
    desk.draft()
    desk.submit()
    chair = visit("chair@epc.test")
    request = "We would be grateful for your response by [response due]."
    for page in (desk.at(), desk.at("/decide")):
        (printed,) = chair.get(page).all(".//article")
        assert "[Date of issue]" in printed and request in printed
        assert printed.endswith("Our reference: [reference]")
    draft = chair.get_file(desk.at("/draft.docx"))
    assert request in " ".join(words(draft))
    assert part_text(draft, "footer2") == ["Our reference: [reference]\tPage 1 of 1"]


def test_draft_shows_the_response_due_as_it_is_planned(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", {"Response due": date(2027, 2, 1)})
    (printed,) = secretary.page.all(".//article")
    assert "your response by 1 February 2027." in printed and "[response due]" not in printed


def test_issued_letter_ends_with_its_reference_on_the_page_as_in_the_document(issued, visit):
    (printed,) = visit("sro@can.test").get("/letters/EPC-L01").all(".//article")
    assert printed.endswith("Our reference: EPC-L01") and "[" not in printed
    file = visit("sro@can.test").get_file("/letters/EPC-L01/file")
    assert part_text(file, "footer1") == ["Our reference: EPC-L01\tPage 1 of 1"]
