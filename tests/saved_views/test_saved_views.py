"""Saved views: private or shared, one to open with, renamed and deleted by those who may."""

from __future__ import annotations

from typing import Any

import pytest

from tracker.saved_views.rules import clean_query

pytestmark = pytest.mark.usefixtures("cast")
REGISTER = "/recommendations"


def save(browser: Any, query: str, name: str, **more: Any) -> Any:
    browser.get(f"{REGISTER}?{query}")
    browser.follow("Save as a view")
    return browser.send("Save", {"Name": name, **more}, status=None)


def test_secretary_saves_filters_and_columns_under_a_name_and_opens_the_register_with_them(visit: Any) -> None:
    secretary = visit("secretary@epc.test")
    page = save(
        secretary,
        "due=overdue&columns=due_on&columns=lead&sort=-due",
        "Late ones",
        **{"Open the register with this view": True},
    )
    assert "Late ones" in page.text and "Remove filter Overdue" in page.text
    page = secretary.get(REGISTER)
    assert "Remove filter Overdue" in page.text and "columns=due_on%2Clead" in secretary.address
    assert "Remove filter Overdue" not in secretary.follow("Remove filter Overdue").text
    assert "Remove filter Overdue" not in secretary.get(f"{REGISTER}?status=all&view=0").text
    secretary.follow("Clear all filters")
    assert "due=overdue" not in secretary.address
    page = secretary.get("/saved-views")
    page = secretary.send("Open without it: Late ones")
    assert "opens without a view" in page.tree.text_content()
    assert "Remove filter Overdue" not in secretary.get(REGISTER).text


def test_a_view_is_private_until_it_is_shared_and_then_its_owner_or_the_secretariat_changes_it(visit: Any) -> None:
    chair, secretary, member = visit("chair@epc.test"), visit("secretary@epc.test"), visit("member@epc.test")
    save(chair, "status=all", "Mine")
    save(chair, "due=overdue", "Ours", **{"Who sees it": "The people of Empowering People Taskforce"})
    assert "Mine" not in member.get(REGISTER).text and "Ours" in member.get(REGISTER).text
    assert "Ours" not in visit("secretary@dig.test").get(REGISTER).text
    member.get("/saved-views/2/edit", status=403)
    member.get("/saved-views/1/edit", status=404)
    secretary.get("/saved-views/2/edit")
    secretary.send("Save", {"Name": "Overdue, all"})
    assert "Overdue, all" in member.get(REGISTER).text
    member.get("/saved-views")
    member.send("Open with it: Overdue, all")
    assert "Remove filter Overdue" in member.get(REGISTER).text
    chair.get("/saved-views")
    assert "deleted" in chair.send("Delete Overdue, all").tree.text_content()
    assert "Remove filter Overdue" not in member.get(REGISTER).text


def test_owner_has_a_view_keep_what_the_register_shows_now(visit: Any) -> None:
    secretary = visit("secretary@epc.test")
    save(secretary, "due=overdue", "Late ones")
    page = save(secretary, "due=overdue", "Late ones")
    assert page.errors == ["There is already a view with this name. Choose another."]
    secretary.get(f"{REGISTER}?status=all&view=1")
    secretary.follow("Change the view “Late ones”")
    secretary.send("Save", {"Keep the filters, order and columns that the register shows now": True})
    assert "status=all" in secretary.address and "due=" not in secretary.address


def test_a_view_keeps_no_page_and_no_header_of_an_answer() -> None:
    assert clean_query("after=zzz&view=3&status=all&q=a%0D%0ASet-Cookie:x&due=") == "status=all&q=a%0D%0ASet-Cookie%3Ax"
