"""Points heard: taken down on one screen, edited in place, ordered, flagged, removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.factories import Cast, add
from tests.workshops.conftest import Planned
from tracker.actions.models import Origin
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.letters.models import Letter, LetterRecommendation, LetterVersion, Recommendation
from tracker.letters.rules import AskKind, Placement
from tracker.workshops.models import PointHeard
from tracker.workshops.rules import FocusArea, PointKind, Principle

ADDRESS = "/workshops/EPC-W01/points"
TEXTS = ".//p[@class='app-points__text app-typed']"
Heard = Callable[[], list[Any]]
AddPoints = Callable[..., list[int]]


def htmx(target: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target}


def open_points(visit: Any, email: str = "secretary@epc.test") -> Any:
    browser = visit(email)
    browser.get(ADDRESS)
    return browser


def test_secretary_can_take_points_down_one_after_the_other(workshop: Planned, visit: Any, heard: Heard) -> None:
    browser = visit("secretary@epc.test")
    browser.get("/workshops/EPC-W01")
    browser.follow("Add points heard")
    details = {
        "Point": "Volunteers were not asked",
        "Kind": "Concern",
        "Focus area": "Voluntary sector",
        "Theme": "Volunteering",
        "Principle": "Carers",
        "Source": "A volunteer",
        "Could identify someone": True,
    }
    browser.send("Add the point", details)
    page = browser.send("Add the point", {"Point": "The nurses were kind", "Kind": "Praise"})
    assert page.all(TEXTS) == ["Volunteers were not asked", "The nurses were kind"]
    assert "2 points heard" in page.text
    first, second = heard()
    assert (first.kind, first.focus_area, first.theme) == (
        PointKind.CONCERN,
        FocusArea.VOLUNTARY_SECTOR,
        "Volunteering",
    )
    assert (first.principle, first.source, first.could_identify) == (Principle.CARERS, "A volunteer", True)
    assert (second.kind, second.focus_area, second.could_identify) == (PointKind.PRAISE, None, False)
    form, _ = browser.form("Add the point")
    assert [e.text for e in form.iter("textarea")] in ([None], ["\n"])
    assert form.find(".//textarea").get("autofocus") is not None


def test_with_htmx_the_row_comes_and_the_form_is_empty_and_focused(workshop: Planned, visit: Any, heard: Heard) -> None:
    browser = open_points(visit)
    values = {"Point": "Waiting is long", "Kind": "Concern"}
    page = browser.send("Add the point", values, headers=htmx("capture"))
    assert "<h1" not in page.html
    form = page.tree.find(".//form[@id='capture']")
    textarea = form.find(".//textarea")
    assert (textarea.text or "").strip() == "" and textarea.get("autofocus") is not None
    assert page.tree.find(".//ol[@hx-swap-oob='beforeend:#points']/li").get("id") == f"point-{heard()[0].id}"
    assert "Point 1 added" in page.html
    # The fragment's own form goes on to the next point.
    browser.send("Add the point", {"Point": "Parking costs", "Kind": "Concern"}, headers=htmx("capture"))
    assert [p.text for p in heard()] == ["Waiting is long", "Parking costs"]


def test_with_htmx_a_wrong_point_keeps_what_was_typed(workshop: Planned, visit: Any, heard: Heard) -> None:
    browser = open_points(visit)
    page = browser.send("Add the point", {"Theme": "Waiting"}, status=422, headers=htmx("capture"))
    assert page.errors == ["Enter the point", "Choose the kind of point"]
    assert page.tree.find(".//input[@id='theme']").get("value") == "Waiting"
    assert "<h1" not in page.html
    assert heard() == []


@pytest.mark.parametrize(
    ("values", "names", "message"),
    [
        ({"Point": ""}, {}, "Enter the point"),
        ({"Point": "a\x00b"}, {}, "Point has characters in it that cannot be shown. Type it again."),
        ({"Point": "a" * 100_000}, {}, "Point must be 5,000 characters or fewer"),
        ({"Theme": "a" * 201}, {}, "Theme must be 200 characters or fewer"),
        ({}, {"kind": "gossip"}, "Choose one of the options in the list"),
        ({}, {"focus_area": str(2**63)}, "Choose one of the options in the list"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    workshop: Planned, visit: Any, heard: Heard, values: dict[str, str], names: dict[str, str], message: str
) -> None:
    browser = open_points(visit)
    page = browser.send("Add the point", {"Point": "Words", "Kind": "Praise"} | values, names=names, status=422)
    assert page.errors == [message]
    assert heard() == []


def test_pressing_twice_adds_one_point(workshop: Planned, visit: Any, heard: Heard) -> None:
    browser = open_points(visit)
    first = browser.page
    for headers in (htmx("capture"), {}):
        browser.page, browser.address = first, ADDRESS
        browser.send("Add the point", {"Point": "Once", "Kind": "Praise"}, status=None, headers=headers)
    assert [p.text for p in heard()] == ["Once"]


def test_two_secretaries_can_take_points_down_at_the_same_time(workshop: Planned, visit: Any, heard: Heard) -> None:
    first, second = open_points(visit), open_points(visit, "deputy@epc.test")
    first.send("Add the point", {"Point": "One", "Kind": "Praise"})
    second.send("Add the point", {"Point": "Two", "Kind": "Praise"})
    assert [p.text for p in heard()] == ["One", "Two"]


def test_markup_in_a_point_is_shown_as_text(workshop: Planned, visit: Any, add_points: AddPoints) -> None:
    add_points("<script>alert(1)</script>")
    for address in (ADDRESS, "/workshops/EPC-W01"):
        page = visit("member@epc.test").get(address)
        assert page.all(TEXTS) == ["<script>alert(1)</script>"]
        assert not page.all(".//main//script")


def test_secretary_can_edit_a_point_on_a_page_without_javascript(
    workshop: Planned, visit: Any, add_points: AddPoints, heard: Heard
) -> None:
    add_points("Long waits")
    browser = open_points(visit)
    browser.follow("Edit: Long waits")
    page = browser.send("Save", {"Point": "Very long waits", "Kind": "Suggestion"})
    assert "The point has been saved." in page.text
    assert [(p.text, p.kind) for p in heard()] == [("Very long waits", PointKind.SUGGESTION)]
    assert "edited a point" in browser.get("/workshops/EPC-W01").text


def test_with_htmx_a_point_is_edited_in_its_row(
    workshop: Planned, visit: Any, add_points: AddPoints, heard: Heard
) -> None:
    [point_id] = add_points("Long waits")
    browser = open_points(visit)
    row = htmx(f"point-{point_id}")
    page = browser.get(f"{ADDRESS}/{point_id}/edit", headers=row)
    assert page.tree.find(f".//li[@id='point-{point_id}']//form") is not None and "<h1" not in page.html
    page = browser.send("Save", {"Point": ""}, status=422, headers=row)
    assert page.errors == ["Enter the point"] and "<h1" not in page.html
    page = browser.send("Save", {"Point": "Shorter waits"}, headers=row)
    assert page.all(TEXTS) == ["Shorter waits"]
    assert page.all(".//p[@role='status']") == ["Saved"]
    page = browser.get(f"{ADDRESS}/{point_id}", headers=row)
    assert page.all(TEXTS) == ["Shorter waits"] and page.all(".//p[@role='status']") == []
    assert [p.text for p in heard()] == ["Shorter waits"]


def test_two_secretaries_editing_one_point_see_both_texts(
    workshop: Planned, visit: Any, add_points: AddPoints, heard: Heard
) -> None:
    [point_id] = add_points("Long waits")
    first, second = visit("secretary@epc.test"), visit("deputy@epc.test")
    for browser in (first, second):
        browser.get(f"{ADDRESS}/{point_id}/edit")
    first.send("Save", {"Point": "The first text"})
    page = second.send("Save", {"Point": "The second text"}, status=409)
    assert page.all(".//td[@class='nhsuk-table__cell app-typed']")[:2] == ["The first text", "The second text"]
    assert [p.text for p in heard()] == ["The first text"]
    second.send("Save")
    assert [p.text for p in heard()] == ["The second text"]


def test_secretary_can_order_the_points(workshop: Planned, visit: Any, add_points: AddPoints, heard: Heard) -> None:
    one, _two, three = add_points("one", "two", "three")
    browser = open_points(visit)
    page = browser.send("Move up: three")
    assert page.all(TEXTS) == ["one", "three", "two"]
    page = browser.send("Move down: one", headers=htmx("points"))
    assert page.all(TEXTS) == ["three", "one", "two"]
    assert page.tree.find(".//ol[@id='points']") is not None and "<h1" not in page.html
    for button in ("Move up: three", "Move down: two"):
        browser.get(ADDRESS)
        assert browser.send(button).all(TEXTS) == ["three", "one", "two"]
    assert [p.id for p in heard()][:2] == [three, one]


def test_secretary_can_flag_a_point_and_take_the_flag_off(
    workshop: Planned, visit: Any, add_points: AddPoints, heard: Heard
) -> None:
    [point_id] = add_points("My neighbour said")
    browser = open_points(visit)
    page = browser.send("Flag as identifying: My neighbour said")
    assert "Could identify someone" in page.all(".//strong")
    assert heard()[0].could_identify
    page = browser.send("Remove the flag: My neighbour said", headers=htmx(f"point-{point_id}"))
    assert page.all(".//p[@role='status']") == ["Saved"]
    assert not heard()[0].could_identify


def test_secretary_can_remove_a_point(workshop: Planned, visit: Any, add_points: AddPoints, heard: Heard) -> None:
    add_points("one", "two")
    browser = open_points(visit)
    page = browser.follow("Remove: one")
    assert "one" in page.all(".//blockquote")
    page = browser.send("Remove the point")
    assert "The point has been removed." in page.text
    assert [p.text for p in heard()] == ["two"]


def test_secretary_reads_a_changed_point_again_before_removing_it(
    workshop: Planned, visit: Any, add_points: AddPoints, heard: Heard
) -> None:
    [point_id] = add_points("Long waits")
    first, second = visit("secretary@epc.test"), visit("deputy@epc.test")
    first.get(f"{ADDRESS}/{point_id}/remove")
    second.get(f"{ADDRESS}/{point_id}/edit")
    second.send("Save", {"Point": "Long waits, by Jo"})
    page = first.send("Remove the point", status=409)
    assert page.all(".//blockquote") == ["Long waits, by Jo"]
    assert "Somebody else changed the point" in page.text
    assert len(heard()) == 1
    first.send("Remove the point")
    assert heard() == []


def rest_on(cast: Cast, workshop: Planned, point_id: int) -> None:
    """Within a writing transaction: a draft letter with a recommendation that rests on the point."""
    origin = add(Origin(taskforce_id=cast.epc))
    letter = add(Letter(taskforce_id=cast.epc, workshop_id=workshop.id, origin_id=origin.id))
    recommendation = add(Recommendation(taskforce_id=cast.epc, letter_id=letter.id))
    version = add(LetterVersion(letter_id=letter.id, number=1, content="{}", sha256="0" * 64, made_at=clock.now()))
    wording = LetterRecommendation(
        version_id=version.id,
        recommendation_id=recommendation.id,
        place=0,
        placement=Placement.LISTED,
        kind=AskKind.RECOMMENDATION,
        text="Ask them",
    )
    wording.points = [db.session.get_one(PointHeard, point_id)]
    add(wording)


@pytest.mark.past_the_log
def test_secretary_cannot_remove_a_point_that_a_recommendation_rests_on(
    app: Flask, cast: Cast, workshop: Planned, visit: Any, add_points: AddPoints, heard: Heard
) -> None:
    [point_id] = add_points("Nobody asked us")
    with app.app_context(), writing():
        rest_on(cast, workshop, point_id)
    browser = open_points(visit)
    browser.follow("Remove: Nobody asked us")
    page = browser.send("Remove the point", status=409)
    assert "A letter has a recommendation that rests on this point, so the point has to stay." in page.text
    assert [p.text for p in heard()] == ["Nobody asked us"]


@pytest.mark.parametrize("email", ["chair@epc.test", "member@epc.test", "auditor@epc.test"])
def test_taskforce_can_read_points_but_not_change_them(
    workshop: Planned, visit: Any, add_points: AddPoints, email: str
) -> None:
    [point_id] = add_points("Long waits")
    browser = visit(email)
    page = browser.get(ADDRESS)
    assert page.all(TEXTS) == ["Long waits"]
    assert page.all(".//main//button") == [] and page.all(".//main//form") == []
    for word in ("edit", "remove"):
        browser.get(f"{ADDRESS}/{point_id}/{word}", status=403)


@pytest.mark.parametrize("email", ["team@can.test", "sro@can.test", "secretary@dig.test", "admin@tracker.test"])
def test_points_are_not_there_for_programmes_and_other_taskforces(
    workshop: Planned, visit: Any, add_points: AddPoints, email: str
) -> None:
    [point_id] = add_points("Long waits")
    browser = visit(email)
    for word in ("", "/edit", "/remove"):
        browser.get(f"{ADDRESS}/{point_id}{word}", status=404)


def test_only_the_secretariat_can_send_changes(
    workshop: Planned, visit: Any, add_points: AddPoints, heard: Heard
) -> None:
    [point_id] = add_points("Long waits")
    member = visit("member@epc.test")
    member.get("/account")
    token = member.page.tree.find(".//input[@name='csrf_token']").get("value")
    for word in ("edit", "move-up", "move-down", "flag", "unflag", "remove"):
        answer = member.client.post(f"{ADDRESS}/{point_id}/{word}", data={"csrf_token": token})
        assert answer.status_code == 403
    answer = member.client.post(ADDRESS, data={"csrf_token": token, "text": "x", "kind": "praise"})
    assert answer.status_code == 403
    assert [p.text for p in heard()] == ["Long waits"]


def test_a_point_is_reached_through_its_own_workshop_only(workshop: Planned, visit: Any, add_points: AddPoints) -> None:
    [point_id] = add_points("Long waits")
    browser = visit("secretary@epc.test")
    browser.get(f"/workshops/EPC-W02/points/{point_id}/edit", status=404)
    for unknown in ("0", "999999999", str(2**63)):
        browser.get(f"{ADDRESS}/{unknown}/edit", status=404)


def test_a_page_of_many_points_takes_a_fixed_number_of_queries(
    workshop: Planned, visit: Any, add_points: AddPoints, queries_of: Any
) -> None:
    browser = visit("secretary@epc.test")
    add_points(*(f"point {n}" for n in range(20)))
    few = queries_of(lambda: browser.get(ADDRESS)), queries_of(lambda: browser.get("/workshops/EPC-W01"))
    add_points(*(f"point {n}" for n in range(180)))
    many = queries_of(lambda: browser.get(ADDRESS)), queries_of(lambda: browser.get("/workshops/EPC-W01"))
    assert many == few
