"""The secretariat writes a cover sheet, and who else may read it."""

from __future__ import annotations

from typing import Any

from tests.chain.making import assign, make_letter, make_paper, make_workshop
from tests.papers.making import COVER, add_invitation, fill, start
from tracker.core.db import writing
from tracker.papers.rules import PaperState


def test_secretary_writes_a_cover_sheet(app: Any, cast: Any, visit: Any) -> None:
    secretary = visit("secretary@epc.test")
    start(secretary)
    assert secretary.address == "/papers/EPC-P01/edit"
    fill(secretary, cast)
    shown = secretary.page.text
    for words in (
        COVER["Purpose"],
        COVER["Authors"],
        COVER["Paper reference"],
        "Decision",
        "Note the progress",
        "It applies.",
    ):
        assert words in shown
    assert "EPC Chair (chair)" in shown
    page = secretary.get("/papers/EPC-P01/preview")
    assert "Test organisation – Board paper" in page.text
    assert "section 13Q of the National Health Service Act 2006" in page.text


def test_secretary_adds_moves_and_removes_invitations_without_javascript(app: Any, cast: Any, visit: Any) -> None:
    secretary = visit("secretary@epc.test")
    start(secretary)
    for text in ("First", "Second", "Third"):
        add_invitation(secretary, text)
    secretary.send("Move up invitation 3")
    secretary.send("Remove invitation 1")
    secretary.send("Save")
    assert secretary.page.all(".//p[@class='app-points__text']") == ["Third", "Second"]
    secretary.get("/papers/EPC-P01/edit")
    secretary.send("Move down invitation 1")
    secretary.send("Save")
    assert secretary.page.all(".//p[@class='app-points__text']") == ["Second", "Third"]


def test_what_is_missing_stands_in_the_task_list_and_holds_the_paper(app: Any, cast: Any, visit: Any) -> None:
    secretary = visit("secretary@epc.test")
    start(secretary)
    page = secretary.get("/papers/EPC-P01")
    assert "Name a lead director" in page.text
    assert "Send to lead director" not in page.all(".//button")


def test_a_duty_that_does_not_apply_needs_its_reason(app: Any, cast: Any, visit: Any) -> None:
    secretary = visit("secretary@epc.test")
    start(secretary)
    page = secretary.send("Save", {"Section 13Q duty": "Does not apply"}, status=422)
    assert page.errors == ["Enter why the duty does not apply"]
    secretary.send("Save", {"Why it does not apply, or the arrangements": "No service changes."})
    assert "does not apply" in secretary.page.text


def test_a_second_secretary_who_saved_first_is_not_overwritten(app: Any, cast: Any, visit: Any) -> None:
    first, second = visit("secretary@epc.test"), visit("deputy@epc.test")
    start(first)
    second.get("/papers/EPC-P01/edit")
    first.send("Save", {"Purpose": "What the first wrote"})
    page = second.send("Save", {"Purpose": "What the second wrote"}, status=409)
    assert "What the first wrote" in page.text
    assert "What the second wrote" in page.html


def test_secretary_chooses_the_recommendations_that_it_reports_on(app: Any, cast: Any, visit: Any) -> None:
    with app.app_context(), writing():
        sro = cast.contacts["sro@can.test"]
        workshop = make_workshop(cast.epc, cast.can, "EPC-W01")
        letter, wordings = make_letter(workshop, cast.can, sro, "EPC-L01", [], asks=2)
        old, _new = (assign(letter, w, cast.can) for w in wordings)
        other, asks = make_letter(workshop, cast.can, sro, "EPC-L02", [])
        assign(other, asks[0], cast.can)
        make_paper(cast, "EPC-P90", [old], PaperState.RECORDED)
        foreign = make_workshop(cast.dig, cast.dia, "DIG-W01")
        theirs, asked = make_letter(foreign, cast.dia, cast.contacts["sro@dia.test"], "DIG-L01", [])
        stranger = assign(theirs, asked[0], cast.dia).id
    secretary = visit("secretary@epc.test")
    start(secretary)
    page = secretary.get("/papers/EPC-P01/recommendations")
    assert page.all(".//label[@class='nhsuk-label nhsuk-checkboxes__label']") == [
        "EPC-L01(b), Cancer Programme",
        "EPC-L02(a), Cancer Programme",
        "EPC-L01(a), Cancer Programme",
    ]
    secretary.send("Save", {"EPC-L01(b), Cancer Programme": True, "EPC-L01(a), Cancer Programme": True})
    assert "EPC-L01(a)" in secretary.page.text
    secretary.get("/papers/EPC-P01/recommendations")
    secretary.send("Apply filters", {"Letter": "epc-l01"})
    assert "EPC-L02(a)" not in secretary.page.text
    secretary.send("Save", {"EPC-L01(b), Cancer Programme": False})
    rows = secretary.page.all(".//table//tbody//a")
    assert rows == ["EPC-L01(a)"]
    secretary.get("/papers/EPC-P01/recommendations")
    secretary.send("Save", names={"shown": str(stranger), "chosen": [str(stranger)]}, status=422)


def test_member_reads_a_paper_once_it_has_gone_to_the_board(app: Any, cast: Any, visit: Any) -> None:
    with app.app_context(), writing():
        make_paper(cast, "EPC-P01", [], PaperState.DRAFT)
        make_paper(cast, "EPC-P02", [], PaperState.RECORDED)
    member = visit("member@epc.test")
    member.get("/papers/EPC-P01", status=404)
    member.get("/papers/EPC-P02")
    member.get("/papers/EPC-P02/edit", status=403)
    page = member.get("/papers")
    assert ("EPC-P02" in page.text, "EPC-P01" in page.text) == (True, False)


def test_auditor_reads_drafts_and_writes_nothing(app: Any, cast: Any, visit: Any) -> None:
    with app.app_context(), writing():
        make_paper(cast, "EPC-P01", [], PaperState.DRAFT)
    auditor = visit("auditor@epc.test")
    auditor.get("/papers/EPC-P01")
    for page in ("edit", "recommendations", "clear", "return", "reopen", "invitations/1"):
        auditor.get(f"/papers/EPC-P01/{page}", status=403)
    auditor.get("/papers/new", status=403)


def test_people_of_another_taskforce_and_programmes_find_no_paper(app: Any, cast: Any, visit: Any) -> None:
    with app.app_context(), writing():
        make_paper(cast, "EPC-P01", [], PaperState.RECORDED)
    for email in ("secretary@dig.test", "team@can.test", "sro@can.test", "nobody@tracker.test"):
        for page in ("", "/edit", "/preview", "/cover-sheet.docx"):
            assert visit(email).client.get(f"/papers/EPC-P01{page}").status_code == 404, (email, page)


def test_papers_are_filtered_and_an_empty_list_says_what_to_do(app: Any, cast: Any, visit: Any) -> None:
    secretary = visit("secretary@epc.test")
    assert "Start a paper for the next board meeting" in secretary.get("/papers").text
    with app.app_context(), writing():
        make_paper(cast, "EPC-P01", [], PaperState.DRAFT)
        make_paper(cast, "EPC-P02", [], PaperState.RECORDED)
    secretary.get("/papers")
    page = secretary.send("Apply filters", {"State": "Recorded"})
    assert ("EPC-P02" in page.text, "EPC-P01" in page.text) == (True, False)
    page = secretary.send("Apply filters", {"State": "Cleared"})
    assert "No board paper fits these filters" in page.text
