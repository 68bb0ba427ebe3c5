"""Drafts save themselves: typing, leaving, coming back; two people in one draft; the network gone and back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person, Server
from tests.browser.test_whole_chain import find
from tests.factories import add
from tracker.accounts.models import Contact
from tracker.core.db import writing
from tracker.directory.models import Board, Programme, Taskforce
from tracker.passages.models import StandardPassage

pytestmark = pytest.mark.browser

PASSWORD = "a long password for {}"
KEPT = re.compile(r"Not saved as a version yet; kept at \d{1,2}:\d\d[ap]m")
OFFLINE = re.compile("^You are offline")


@pytest.fixture
def desk(server: Server, somebody: Callable[..., Person]) -> Callable[..., Person]:
    """`desk("sam")` is Sam, a secretary of the taskforce, signed in at a browser of their own."""
    run = server.app.test_cli_runner().invoke
    with server.app.app_context(), writing():
        board = add(Board(name="Board of Testing", organisation="Testing Authority"))
        taskforce = add(Taskforce(code="LUN", name="Listening Taskforce", board_id=board.id))
        add(Programme(code="SCR", name="Screening Programme", organisation="Testing Authority"))
        add(Contact(taskforce_id=taskforce.id, name="Robin Responsible"))
        add(StandardPassage(taskforce_id=taskforce.id, name="Thanks", text="Thank you, {programme}."))

    def sit_down(who: str, *, javascript: bool = True) -> Person:
        email = f"{who}@example.test"
        name = f"{who.capitalize()} Secretary"
        run(args=["users", "create", email, "--name", name], input=f"{PASSWORD.format(who)}\n" * 2)
        run(args=["users", "grant", email, "secretariat", "LUN", "--from", "2020-01-01"])
        person = somebody(javascript=javascript)
        person.sign_in(email, PASSWORD.format(who))
        return person

    return sit_down


def draft(sam: Person) -> str:
    """Sam drafts a letter; the address of its writing page."""
    sam.goto("/letters/new")
    sam.page.get_by_label("Programme", exact=True).select_option(label="Screening Programme")
    find(sam, "Addressee", "Robin Responsible")
    sam.fill({"Subject": "What we heard", "Letter": "The first text."})
    sam.press("Save the draft")
    return sam.page.url.removeprefix(sam.server.address) + "/edit"


def test_what_is_typed_outlives_a_reload_and_is_continued_with(desk: Callable[..., Person]) -> None:
    sam = desk("sam")
    address = draft(sam)
    sam.goto(address)
    sam.fill({"Letter": "Typed and never saved."})
    expect(sam.page.get_by_text(KEPT)).to_be_visible()
    sam.goto(address)
    expect(sam.page.get_by_label("Letter", exact=True)).to_have_value("The first text.")
    expect(sam.page.get_by_role("heading", name="You have text that you did not save")).to_be_visible()
    sam.follow("Continue with it")
    expect(sam.page.get_by_label("Letter", exact=True)).to_have_value("Typed and never saved.")
    sam.press("Save the draft")
    expect(sam.page.get_by_text("Typed and never saved.").first).to_be_visible()
    sam.goto(address)
    expect(sam.page.get_by_text("You have text that you did not save")).to_have_count(0)


def test_leaving_the_page_at_once_keeps_what_was_typed(desk: Callable[..., Person]) -> None:
    sam = desk("sam")
    address = draft(sam)
    sam.goto(address)
    sam.fill({"Letter": "Left in a hurry."})
    sam.goto("/letters")
    # The browser sends it on while the next page loads: it may arrive a moment after that.
    offer = sam.page.get_by_role("link", name="Continue with it")
    for _try in range(20):
        sam.goto(address)
        if offer.count():
            break
    sam.follow("Continue with it")
    expect(sam.page.get_by_label("Letter", exact=True)).to_have_value("Left in a hurry.")


def test_two_people_in_one_draft_are_told_of_one_another(desk: Callable[..., Person]) -> None:
    sam, alex = desk("sam"), desk("alex")
    address = draft(sam)
    sam.goto(address)
    alex.goto(address)
    alex.fill({"Letter": "Alex types."})
    expect(alex.page.get_by_text(KEPT)).to_be_visible()
    sam.fill({"Letter": "Sam types."})
    expect(sam.page.get_by_text("Alex Secretary was typing in this draft just now")).to_be_visible()
    alex.press("Save the draft")
    sam.goto(address)
    sam.follow("Continue with it")
    expect(sam.page.get_by_role("heading", name=re.compile("^Somebody else saved this"))).to_be_visible()
    expect(sam.page.get_by_role("cell", name="Alex types.")).to_be_visible()
    expect(sam.page.get_by_role("cell", name="Sam types.")).to_be_visible()


def test_network_that_goes_and_comes_back_loses_nothing(desk: Callable[..., Person]) -> None:
    sam = desk("sam")
    address = draft(sam)
    sam.goto(address)
    sam.page.context.set_offline(True)
    sam.fill({"Letter": "Typed on a train, in a tunnel."})
    expect(sam.page.get_by_text(OFFLINE)).to_be_visible()
    expect(sam.page.get_by_text(KEPT)).to_have_count(0)
    sam.page.context.set_offline(False)
    expect(sam.page.get_by_text(KEPT)).to_be_visible()
    # A request that fails is an error on the console: here it is what was wanted.
    sam.opened.problems[:] = [p for p in sam.opened.problems if "ERR_INTERNET_DISCONNECTED" not in p]
    sam.goto(address)
    sam.follow("Continue with it")
    expect(sam.page.get_by_label("Letter", exact=True)).to_have_value("Typed on a train, in a tunnel.")


def test_passage_goes_where_one_wrote_and_its_field_says_what_it_prints(desk: Callable[..., Person]) -> None:
    sam = desk("sam")
    address = draft(sam)
    sam.goto(address)
    text = sam.page.get_by_label("Letter", exact=True)
    text.click()
    sam.page.keyboard.press("Control+Home")
    sam.page.get_by_role("button", name="Put the passage into the letter").click()
    expect(text).to_have_value("Thank you, {programme}.The first text.")
    expect(sam.page.locator("#preview")).to_contain_text("Thank you, Screening Programme.")
    expect(sam.page.locator("#fields")).to_contain_text("{programme} in the text")
    with sam.page.expect_navigation():
        sam.page.get_by_role("button", name="Check the letter", exact=True).click()
    expect(sam.page.get_by_role("heading", name="Check list")).to_be_focused()
    sam.look()


def test_secretary_without_scripts_puts_a_passage_in_and_checks_the_letter(desk: Callable[..., Person]) -> None:
    sam = desk("sam", javascript=False)
    sam.goto(draft(sam))
    sam.press("Put the passage into the letter")
    expect(sam.page.get_by_label("Letter", exact=True)).to_have_value("The first text.\n\nThank you, {programme}.")
    sam.press("Check the letter")
    expect(sam.page.get_by_role("heading", name="Check list")).to_be_visible()
