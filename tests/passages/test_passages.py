"""The standard passages of a taskforce, and putting one into a letter."""

from __future__ import annotations

import pytest

from tests.letters.conftest import desk, heard, selects_of

__all__ = ["desk", "heard", "selects_of"]
PAGE = "/taskforces/EPC/passages"


def add(visit, name="Thanks", text="Thank you, {addressee}.", email="secretary@epc.test"):
    somebody = visit(email)
    somebody.get(PAGE)
    somebody.follow("Add a passage")
    somebody.send("Add the passage", {"Name": name, "Text": text})
    return somebody


@pytest.mark.parametrize("email", ["secretary@epc.test", "admin@tracker.test"])
def test_secretary_and_administrator_add_change_and_remove_a_passage(cast, visit, email):
    somebody = visit(email)
    somebody.get("/taskforces/EPC")
    assert "No passages yet" in somebody.follow("Standard passages of its letters").text
    somebody = add(visit, email=email)
    assert "Thank you, {addressee}." in somebody.page.text
    somebody.follow("Change Thanks")
    somebody.send("Save", {"Name": "Many thanks"})
    assert "Many thanks" in somebody.page.text
    somebody.follow("Remove Many thanks")
    assert "No passages yet" in somebody.send("Remove the passage").text


def test_unknown_field_of_a_passage_is_named(cast, visit):
    secretary = visit("secretary@epc.test")
    secretary.get(PAGE + "/new")
    page = secretary.send("Add the passage", {"Name": "A", "Text": "To {programe} and {x}"}, status=422)
    assert "There is no field {programe}. Did you mean {programme}?" in page.errors[0] and "{x}" in page.errors[0]
    assert "To {programe} and {x}" in page.html


def test_name_of_a_passage_is_taken_once(cast, visit):
    secretary = add(visit)
    secretary.follow("Add a passage")
    page = secretary.send("Add the passage", {"Name": "Thanks", "Text": "Again"}, status=422)
    assert page.errors == ["There is already a passage with this name"]


def test_two_secretaries_see_both_texts_of_a_passage(cast, visit):
    mine, theirs = add(visit), visit("deputy@epc.test")
    mine.follow("Change Thanks")
    theirs.get(PAGE)
    theirs.follow("Change Thanks")
    theirs.send("Save", {"Text": "Theirs"})
    page = mine.send("Save", {"Text": "Mine"}, status=409)
    assert "Theirs" in page.text and "Mine" in page.html


@pytest.mark.parametrize(
    ("email", "status"), [("chair@epc.test", 403), ("member@epc.test", 404), ("secretary@dig.test", 404)]
)
def test_others_cannot_change_passages(cast, visit, email, status):
    visit(email).get(PAGE + "/new", status=status)


def test_list_takes_as_many_queries_for_many_passages_as_for_one(cast, visit, selects_of):
    secretary = add(visit)
    one = selects_of(lambda: secretary.get(PAGE))
    for name in "abc":
        add(visit, name=name)
    assert selects_of(lambda: secretary.get(PAGE)) == one
    assert "4 passages" in secretary.page.text


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [("First.", "First.\n\nThank you, {addressee}."), ("{passage}\n\nEnd.", "Thank you, {addressee}.\n\nEnd.")],
)
def test_secretary_puts_a_passage_in_without_scripts_and_nothing_is_saved(desk, visit, typed, becomes):
    add(visit)
    desk.draft()
    secretary = visit("secretary@epc.test")
    page = secretary.get(desk.at("/edit"))
    chosen = page.tree.find(".//select[@name='standard_passage']/option").get("value")
    page = secretary.send(
        "Save the draft", {"Letter": typed}, names={"arrange": "standard", "standard_passage": chosen}
    )
    assert page.tree.find(".//textarea[@id='body']").text.strip() == becomes
    assert "Thank you, EPC" not in visit("secretary@epc.test").get(desk.at()).text


def test_passage_of_another_taskforce_is_not_put_in(desk, visit):
    add(visit)
    desk.draft()
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    page = secretary.send("Save the draft", {"Letter": "Mine"}, names={"arrange": "standard-999"})
    assert page.tree.find(".//textarea[@id='body']").text.strip() == "Mine"
