"""One draft, several people of a programme: what each changed is taken, both texts are shown, what is typed is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.recommendations.making import assignment, make_letter
from tracker.core import clock
from tracker.core.db import db
from tracker.recommendations.merging import fingerprint, merge
from tracker.recommendations.response_models import ResponseEdit

OF_CAN = "/letters/EPC-L02/responses/CAN"
WRITE = OF_CAN + "/edit"


@pytest.fixture
def letter(app: Any, cast: Any) -> str:
    return make_letter(app, cast.epc, [cast.can])


def keep(visitor: Any, names: dict[str, str] | None = None, status: int = 200) -> Any:
    """What static/autosave.js sends from the page at hand."""
    form, _ = visitor.form("Save draft")
    answer = visitor.client.post(OF_CAN + "/draft-edit", data=visitor._defaults(form) | (names or {}))
    assert answer.status_code == status
    return answer.get_json(silent=True)


def test_merging_takes_what_one_changed_and_leaves_what_both_changed() -> None:
    before = {1: "a", 2: "b", 3: "c", 4: "d"}
    opened = {i: fingerprint(text) for i, text in before.items()}
    merged = merge(opened, before | {1: "mine", 3: "mine", 4: "same"}, before | {2: "theirs", 3: "theirs", 4: "same"})
    assert merged.values == {1: "mine", 2: "theirs", 3: "theirs", 4: "same"}
    assert (merged.theirs, merged.clashing) == ([2], [3])


def test_two_of_a_team_at_once_each_change_an_answer_and_both_are_saved(visit: Any, letter: str) -> None:
    first, second = visit("team@can.test"), visit("sro@can.test")
    first.get(WRITE)
    second.get(WRITE)
    first.send("Save draft", {"Answer to (a)": "From the team", "Introduction (optional)": "Dear chair"})
    page = second.send("Save draft", {"Answer to (b)": "From the owner"})
    assert "together with what others of your team saved meanwhile in the introduction, (a)" in page.text
    for text in ("From the team", "From the owner", "Dear chair"):
        assert text in page.html
    assert "Last changed by CAN Programme team" in page.text
    assert "Last changed by CAN Senior responsible owner" in page.text


def test_whoever_goes_on_to_the_sign_off_is_told_what_others_saved_meanwhile(visit: Any, letter: str) -> None:
    first, second = visit("team@can.test"), visit("sro@can.test")
    first.get(WRITE)
    second.get(WRITE)
    second.send("Save draft", {"Answer to (b)": "From the owner"})
    second.get(WRITE)
    page = first.send("Save and say that it is ready for sign-off", {"Answer to (a)": "From the team"})
    assert "saved meanwhile in (b)" in page.text and "is ready for sign-off" in page.text
    page = second.send("Save and go to sign-off", {"Introduction (optional)": "Dear chair"})
    assert "saved meanwhile in (a)" in page.text


def test_two_of_a_team_at_once_at_one_answer_see_both_texts(visit: Any, letter: str) -> None:
    first, second = visit("team@can.test"), visit("sro@can.test")
    first.get(WRITE)
    second.get(WRITE)
    first.send("Save draft", {"Answer to (a)": "From the team", "Answer to (b)": "Of the team alone"})
    page = second.send("Save draft", {"Answer to (a)": "From the owner"}, status=409)
    assert "From the team" in page.text and "From the owner" in page.html and "Of the team alone" in page.html
    assert "Answer to (b)" not in page.all(".//section[@class='app-clash']")[0]
    page = second.send("Save draft")
    assert "From the owner" in page.html and "From the team" not in page.html and "Of the team alone" in page.html


def test_typed_text_is_kept_for_its_writer_alone_and_continued_with(app: Any, visit: Any, letter: str) -> None:
    ask = assignment(app, "EPC-L02(a)").id
    team, sro = visit("team@can.test"), visit("sro@can.test")
    now = clock.now()
    with clock.frozen(now):
        team.get(WRITE)
        said = keep(team, {f"text_{ask}": "Half a thought", f"complete_{ask}-day": "3"})
    assert "Not saved yet; kept for you at" in said["message"]
    with clock.frozen(now + timedelta(minutes=2)):
        page = sro.get(WRITE)
        assert "Half a thought" not in page.html and "You have text" not in page.text
        assert "CAN Programme team was typing in this draft 2 minutes ago" in page.text
        assert "What is not saved is not signed off" in sro.get(OF_CAN + "/sign-off").text
        sro.get(WRITE)
    sro.send("Save draft", {"Answer to (b)": "Saved meanwhile"})
    team.get(WRITE)
    page = team.follow("Continue with it")
    assert "Half a thought" in page.html and "Saved meanwhile" in page.html
    team.send("Save draft", {"Planned completion of (a) (optional)": date(2027, 3, 3)})
    assert "You have text" not in team.get(WRITE).text
    with app.app_context():
        assert db.session.scalars(select(ResponseEdit)).all() == []


def test_continuing_shows_both_texts_where_somebody_saved_the_same_answer(app: Any, visit: Any, letter: str) -> None:
    ask = assignment(app, "EPC-L02(a)").id
    team, sro = visit("team@can.test"), visit("sro@can.test")
    team.get(WRITE)
    keep(team, {f"text_{ask}": "Mine, not saved"})
    sro.get(WRITE)
    sro.send("Save draft", {"Answer to (a)": "Theirs, saved"})
    page = team.get(WRITE + "?continue=1")
    assert "Mine, not saved" in page.html and "Theirs, saved" in page.text and "Somebody else saved this" in page.text
    team.get(WRITE)
    page = team.send("Drop it")
    assert "Theirs, saved" in page.html and "Mine, not saved" not in page.html


def test_signed_off_response_and_a_page_that_was_saved_keep_nothing_more(visit: Any, letter: str) -> None:
    team, sro = visit("team@can.test"), visit("sro@can.test")
    page = team.get(WRITE)
    team.send("Save draft", {"Answer to (a)": "Done"})
    team.page = page
    assert "saved already" in keep(team)["message"]
    page = team.get(WRITE)
    sro.get(OF_CAN + "/sign-off")
    sro.send("Sign off and send")
    team.page = page
    assert "signed off" in keep(team)["message"]


def test_team_reads_the_letter_and_what_is_unanswered_beside_the_answers(app: Any, visit: Any, letter: str) -> None:
    page = visit("team@can.test").get(WRITE)
    nav = page.all(".//nav[@class='app-answering__nav']")[0]
    assert "2 of 2 unanswered in the saved draft" in nav and "(a) Timetable for replacement Unanswered" in nav
    assert "Download the letter as it was sent to you" in page.text
