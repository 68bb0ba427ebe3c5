"""The writing page: what it refuses, keeps and shows."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.chain.making import make_workshop
from tests.factories import add, person_of
from tests.workshops.conftest import hear
from tracker.accounts.models import Contact, User
from tracker.core.db import db, writing
from tracker.directory.models import Programme
from tracker.letters import queries
from tracker.letters.models import LetterVersion
from tracker.workshops.models import Workshop
from tracker.workshops.rules import PointKind


def test_new_letter_needs_programme_and_addressee(cast, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/new")
    page = secretary.send("Save the draft", status=422)
    assert page.errors == ["Choose the programme", "Choose the addressee"]


@pytest.mark.parametrize(
    ("label", "value", "message"),
    [
        ("Date of letter", ("31", "2", "2026"), "Date of letter must be a real date"),
        ("Response due", ("", "2", "2026"), "Response due must include a day"),
        ("Subject", "x" * 201, "Subject must be 200 characters or fewer"),
        ("Salutation", "Dear\x00 you", "Salutation has characters in it that cannot be shown. Type it again."),
        ("Letter", "x" * 50_001, "Letter must be 50,000 characters or fewer"),
        ("Recommendation", " ", "Enter the recommendation"),
        ("Title", "x" * 201, "Title must be 200 characters or fewer"),
    ],
)
def test_writing_page_says_what_is_wrong_at_its_field(desk, visit, label, value, message):
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    page = secretary.send("Save the draft", {label: value}, status=422)
    assert page.errors == [message]
    assert "There is a problem" in page.text


def test_forged_choices_are_refused(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    for names in (
        {"workshop_id": "999"},
        {"programme_id": str(2**63)},
        {"recommendations-0-rests_on": "999"},
        {"recommendations-0-kind": "order"},
    ):
        secretary.get(desk.at("/edit"))
        secretary.send("Save the draft", names=names, status=422)


def test_recommendation_of_another_letter_cannot_be_taken_over(desk, visit):
    first = desk.draft()
    second = desk.draft()
    secretary = visit("secretary@epc.test")
    assert first != second
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", names={"recommendations-0-ask_id": "1"}, status=409)


def test_two_secretaries_at_once_see_both_texts_and_lose_neither(desk, visit):
    desk.draft()
    mine, theirs = visit("secretary@epc.test"), visit("deputy@epc.test")
    mine.get(desk.at("/edit"))
    theirs.get(desk.at("/edit"))
    theirs.send("Save the draft", {"Subject": "Their subject", "Recommendation": "Theirs."})
    page = mine.send("Save the draft", {"Subject": "My subject", "Recommendation": "Mine."}, status=409)
    assert "Their subject" in page.text and "Theirs." in page.text
    assert "My subject" in page.html and "Mine." in page.html
    mine.send("Save the draft")
    assert "My subject" in mine.page.text


def test_saving_twice_from_the_same_page_makes_one_letter(app, heard, visit):
    secretary = visit("secretary@epc.test")
    page = secretary.get("/letters/new?workshop=EPC-W01")
    secretary.send("Save the draft")
    secretary.page, secretary.address = page, "/letters/new?workshop=EPC-W01"
    secretary.send("Save the draft")
    with app.app_context():
        assert len(db.session.scalars(select(LetterVersion)).all()) == 1


def test_another_addressee_brings_their_own_lines_and_salutation(app, cast, desk, visit):
    with app.app_context(), writing():
        ada = add(Contact(taskforce_id=cast.epc, name="Ada Example", salutation="Ada", job_title="Director")).id
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", names={"addressee": str(ada)})
    (printed,) = secretary.page.all(".//article")
    assert "Ada Example Director Cancer Programme Dear Ada" in printed


def test_typed_salutation_outlives_another_addressee(app, cast, desk, visit):
    with app.app_context(), writing():
        ada = add(Contact(taskforce_id=cast.epc, name="Ada Example")).id
    desk.draft(salutation="Dear colleagues")
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", names={"addressee": str(ada)})
    assert "Dear colleagues" in secretary.page.text


def test_new_addressee_is_added_to_the_contacts(heard, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/new?workshop=EPC-W01")
    secretary.send("Save the draft", names={"addressee": "new", "addressee-new_name": "Grace Example"})
    assert "Grace Example" in secretary.page.text


def test_preview_shows_what_is_typed_and_saves_nothing(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    page = secretary.send("Preview", {"Letter": "Typed & <b>not</b> saved", "Response due": date(2027, 1, 29)})
    (printed,) = page.all(".//article")
    assert "Typed & <b>not</b> saved" in printed and "response by 29 January 2027" in printed
    form, _button = secretary.form("Save the draft")
    answer = secretary.client.post(
        desk.at("/preview"), data={**secretary._defaults(form), "body": "As *typed*"}, headers={"HX-Request": "true"}
    )
    assert "<em>typed</em>" in answer.get_data(as_text=True) and "<html" not in answer.get_data(as_text=True)
    assert "typed" not in visit("secretary@epc.test").get(desk.at()).text


def test_preview_names_no_contact_of_another_taskforce(cast, heard, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/new?workshop=EPC-W01")
    names = {"addressee": str(cast.contacts["member@dig.test"]), "addressee_lines": "", "salutation": ""}
    assert "DIG Member" not in secretary.send("Preview", names=names).all(".//article")[0]


def test_secretary_compares_any_two_versions_word_by_word(desk, visit):
    desk.draft(body="The plan is good.")
    secretary = visit("secretary@epc.test")
    for body in ("The plan is very good.", "The plan was very good."):
        secretary.get(desk.at("/edit"))
        secretary.send("Save the draft", {"Letter": body})
    page = secretary.follow("Compare any two versions")
    assert [w.replace("[added: ", "").replace("]", "").strip() for w in page.all(".//ins")] == ["was very"]
    page = secretary.send("Compare", {"From version": "2", "To version": "3"})
    assert "very" not in " ".join(page.all(".//ins"))
    secretary.get(desk.at("/compare?from=1&to=9"), status=404)


def test_draft_downloads_as_word(desk, visit):
    desk.draft()
    assert visit("chair@epc.test").get_file(desk.at("/draft.docx")).startswith(b"PK")
    visit("chair@epc.test").get(desk.at("/file"), status=404)


def test_words_said_to_stand_in_the_text_are_looked_for_there(desk, visit):
    desk.draft(**{"recommendations-0-placement": "in_text"})
    assert "their words are not found there: (a) Inequalities." in visit("secretary@epc.test").get(desk.at()).text


def test_secretary_of_another_taskforce_cannot_start_from_the_workshop(heard, visit):
    visit("secretary@dig.test").get("/letters/new?workshop=EPC-W01", status=404)
    visit("secretary@dig.test").get("/letters/new?taskforce=EPC", status=404)


@pytest.mark.parametrize("email", ["chair@epc.test", "member@epc.test", "auditor@epc.test", "team@can.test"])
def test_only_the_secretariat_drafts(cast, visit, email):
    visit(email).get("/letters/new", status=403)


def waiting(app, email):
    with app.app_context():
        person = person_of(db.session.scalars(select(User).where(User.email == email)).one())
        return [(w.key, w.title, w.programme, w.what) for w in queries.list_letters_waiting_for(person)]


def test_letters_wait_for_those_who_can_move_them_on(app, desk):
    key, about = desk.draft(), ("Cancer: what we heard", "Cancer Programme")
    assert waiting(app, "secretary@epc.test") == [(key, *about, "Finish the draft and send it to the chair")]
    desk.submit()
    assert waiting(app, "secretary@epc.test") == []
    assert waiting(app, "vice@epc.test") == [(key, *about, "Approve or return")]
    desk.give_back("Shorter")
    assert waiting(app, "deputy@epc.test") == [(key, *about, "Returned: change it and send it to the chair again")]
    desk.submit()
    desk.approve()
    assert waiting(app, "deputy@epc.test") == [(key, *about, "Issue the letter")]
    desk.issue()
    assert waiting(app, "deputy@epc.test") == [] and waiting(app, "secretary@dig.test") == []


def test_list_is_filtered_and_empty_lists_say_what_to_do(app, cast, desk, visit):
    secretary = visit("secretary@epc.test")
    assert "Draft the first letter" in secretary.get("/letters").text
    assert "once a taskforce has issued them" in visit("team@can.test").get("/letters").text
    desk.draft()
    page = secretary.get("/letters")
    assert "1 letter" in page.text and "Cancer: what we heard" in page.text
    assert (
        "No letter fits these filters" in secretary.send("Apply filters", {"State": "Issued", "Programme": "All"}).text
    )
    assert "Cancer: what we heard" in secretary.get(f"/letters?programme={cast.can}&state=draft&sort=-date").text
    with app.app_context(), writing():
        add(Programme(code="NEW", name="New Programme"))
    assert "New Programme" not in secretary.get("/letters").text


def test_subject_is_optional_and_the_letter_is_called_by_its_programme(desk, visit):
    desk.draft(subject="")
    assert "Letter to the Cancer Programme" in visit("secretary@epc.test").get("/letters").text


def test_list_takes_as_many_queries_for_many_letters_as_for_one(desk, visit, selects_of):
    desk.draft()
    auditor = visit("auditor@epc.test")
    one = selects_of(lambda: auditor.get("/letters"))
    for _ in range(3):
        desk.draft()
    assert selects_of(lambda: auditor.get("/letters")) == one
    assert "4 letters" in auditor.page.text


def test_letter_page_takes_as_many_queries_after_many_versions(desk, visit, selects_of):
    desk.draft()
    secretary = visit("secretary@epc.test")
    few = selects_of(lambda: secretary.get(desk.at()))
    for word in ("one", "two", "three"):
        secretary.get(desk.at("/edit"))
        secretary.send("Save the draft", {"Subject": word})
    assert selects_of(lambda: secretary.get(desk.at())) == few


def test_added_recommendation_names_its_point_and_takes_the_focus(heard, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/new?workshop=EPC-W01")
    page = secretary.send("Preview", names={"arrange": f"point-{heard.points[1]}"})
    assert [e.get("id") for e in page.tree.iterfind(".//*[@autofocus]")] == ["recommendations-0-text"]
    assert "Rests on The points heard that it rests on Concern: Concern number 2" in page.text
    page = secretary.send("Preview")
    assert [e.get("id") for e in page.tree.iterfind(".//*[@autofocus]")] == ["preview-title"]


def test_comparison_names_points_by_their_words_and_the_place_only_of_what_moved(heard, desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", names={"recommendations-0-rests_on": str(heard.points[0])})
    page = secretary.follow("What changed in version 2")
    assert "Rests on: Concern number 1" in page.text and "Place:" not in page.text


def test_chair_changes_recommendations_by_their_letters_and_is_told_what_the_mark_is(desk, visit):
    desk.draft()
    desk.submit()
    chair = visit("chair@epc.test")
    page = chair.get(desk.at("/approve-with-changes"))
    assert "Recommendation (a): Inequalities" in page.text and "leave it as it is" in page.text
    page = chair.send("Approve with these changes", {"Recommendation": ""}, status=422)
    assert "Recommendation (a): Enter the recommendation" in page.text


def arranged(secretary, step, **names):
    """Press a button that arranges: it has the same name for all, so by its value."""
    return secretary.send("Preview", names={"arrange": step} | names)


def test_passage_becomes_a_recommendation_that_stands_in_the_text(app, desk, visit):
    key = desk.draft(body="Thank you.\n\nPlease **ask** carers first.")
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    page = arranged(secretary, "passage", passage="\r\n Please **ask** carers first.\r\n")
    (focused,) = page.tree.iterfind(".//*[@autofocus]")
    assert (focused.get("id"), focused.text.strip()) == ("recommendations-1-text", "Please **ask** carers first.")
    assert page.tree.find(".//input[@name='passage']").get("value") == ""
    secretary.send("Save the draft")
    with app.app_context():
        words = queries.get_current_version(int(key)).words
        assert [a.placement for a in words.recommendations] == ["listed", "in_text"]
        assert 1 not in words.missing_from_text()


def test_only_the_text_of_a_recommendation_is_required(app, desk, visit):
    key = desk.draft(body="Thank you.")
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", names={"recommendations-1-text": "Ask carers."})
    with app.app_context():
        ask = queries.get_current_version(int(key)).words.recommendations[1]
        assert (ask.text, ask.kind, ask.placement, ask.title) == ("Ask carers.", "recommendation", "listed", "")


def test_optional_fields_are_folded_away_until_they_hold_something(heard, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/new?workshop=EPC-W01")

    def folded(page):
        (more,) = (d for d in page.tree.iter("details") if "More about" in d.find("summary").text_content())
        return more.get("open") is None

    assert folded(arranged(secretary, "add"))
    assert not folded(secretary.send("Preview", {"Kind": "Suggestion"}))
    assert folded(secretary.send("Preview", {"Kind": "Recommendation"}))
    assert not folded(secretary.send("Preview", {"Wording for the board": "Carers are asked."}))
    page = secretary.send("Save the draft", {"Wording for the board": "\x00"}, status=422)
    assert not folded(page) and page.errors[-1].startswith("Wording for the board has characters")


def test_fields_folded_away_are_open_where_something_is_wrong(desk, visit):
    desk.draft()
    secretary = visit("secretary@epc.test")
    page = secretary.get(desk.at("/edit"))
    assert [d.get("open") for d in page.tree.iterfind(".//details[@class='nhsuk-details app-fold']")] == [None, None]
    page = secretary.send("Save the draft", {"Salutation": "\x00", "Signatory": "\x00"}, status=422)
    assert [d.get("open") for d in page.tree.iterfind(".//details[@class='nhsuk-details app-fold']")] == ["", ""]


def test_points_are_ticked_off_and_the_preview_brings_them_again(heard, visit):
    secretary = visit("secretary@epc.test")
    page = secretary.get("/letters/new?workshop=EPC-W01")
    assert "0 of 2 used 2 concerns not used yet" in page.text
    page = arranged(secretary, f"point-{heard.points[0]}")
    assert "1 of 2 used 1 concern not used yet" in page.text
    assert [t.split("Make")[0].strip() for t in page.all(".//*[@id='points']//li")] == [
        "Concern number 2Concern not used yet",
        "Concern number 1Used in recommendation 1Concern",
    ]
    form, _button = secretary.form("Save the draft")
    data = {**secretary._defaults(form), "recommendations-0-rests_on": [str(i) for i in heard.points]}
    answer = secretary.client.post("/letters/preview?workshop=EPC-W01", data=data, headers={"HX-Request": "true"})
    assert "2 of 2 used" in answer.get_data(as_text=True) and 'hx-swap-oob="true"' in answer.get_data(as_text=True)


def test_button_pressed_with_htmx_gets_the_recommendations_alone(heard, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/new?workshop=EPC-W01")
    data = secretary._defaults(secretary.form("Save the draft")[0]) | {"arrange": "add"}
    asked = {"HX-Request": "true", "HX-Target": "asks"}
    answer = secretary.client.post("/letters/new?workshop=EPC-W01", data=data, headers=asked).get_data(as_text=True)
    assert "<html" not in answer and 'id="asks"' in answer and 'id="points"' not in answer
    secretary.get("/letters/record")
    data = secretary._defaults(secretary.form("Record the letter")[0]) | {"arrange": "add"}
    answer = secretary.client.post("/letters/record", data=data, headers=asked).get_data(as_text=True)
    assert "<html" not in answer and 'id="asks"' in answer


def many(count):
    return {f"recommendations-{n}-text": f"Ask {n}." for n in range(count)}


def test_longest_letter_is_written_with_as_many_queries_as_a_short_one(desk, visit, selects_of):
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    few = selects_of(lambda: arranged(secretary, "up-1", **many(2)))
    secretary.get(desk.at("/edit"))
    assert selects_of(lambda: arranged(secretary, "down-0", **many(250))) == few
    page = secretary.page
    assert "A letter holds up to 250 recommendations." in page.text and "Add another" not in page.text
    assert [e.get("value") for e in page.tree.iterfind(".//*[@autofocus]")] == ["down-1"]
    assert "Recommendation 251" not in arranged(secretary, "add", **many(250)).text


def test_many_boxes_stand_behind_a_button(app, heard, visit):
    with app.app_context(), writing():
        workshop = db.session.get_one(Workshop, heard.workshop)
        for n in range(3, 52):
            hear(workshop, f"Praise {n}", PointKind.PRAISE)
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/new?workshop=EPC-W01")
    rests = {"recommendations-3-rests_on": str(heard.points[1])}
    page = arranged(secretary, "add", **many(20), **rests)
    names = [e.get("name") for e in page.tree.iterfind(".//input[@type='checkbox']")]
    assert [name for name in names if name.endswith("rests_on")] == ["recommendations-3-rests_on"]
    page = arranged(secretary, "points-2")
    (focused,) = page.tree.iterfind(".//summary[@autofocus]")
    assert focused.getparent().get("open") is not None
    names = [e.get("name") for e in page.tree.iterfind(".//input[@type='checkbox']")]
    assert names.count("recommendations-2-rests_on") == 51 and names.count("recommendations-3-rests_on") == 1


def test_secretary_who_chose_a_workshop_without_points_is_not_told_to_choose_one(app, cast, visit):
    with app.app_context(), writing():
        make_workshop(cast.epc, cast.can, "EPC-W01")
    page = visit("secretary@epc.test").get("/letters/new?workshop=EPC-W01")
    assert "No points are recorded of this workshop yet." in page.text and "Choose a workshop" not in page.text
