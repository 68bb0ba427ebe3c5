"""Points taken down in the room, at a keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person, Server
from tests.factories import add
from tests.workshops.conftest import plan
from tracker.core.db import writing
from tracker.directory.models import Board, Programme, Taskforce

pytestmark = pytest.mark.browser

PASSWORD = "a long password for sam"
COMMANDS = (
    ("users", "create", "sam@example.test", "--name", "Sam Secretary"),
    ("users", "grant", "sam@example.test", "secretariat", "LUN", "--from", "2020-01-01"),
)


@pytest.fixture
def secretary(server: Server, somebody: Callable[..., Person]) -> Person:
    """A secretary before the points of a workshop that was held."""
    sam = somebody()
    run = server.app.test_cli_runner().invoke
    run(args=COMMANDS[0], input=f"{PASSWORD}\n" * 2)
    with server.app.app_context(), writing():
        board = add(Board(name="Board of Testing", organisation="Testing Authority"))
        taskforce = add(Taskforce(code="LUN", name="Listening Taskforce", board_id=board.id))
        programme = add(Programme(code="SCR", name="Screening Programme", organisation="Testing Authority"))
        plan(taskforce.id, programme.id)
    run(args=COMMANDS[1])
    sam.sign_in("sam@example.test", PASSWORD)
    sam.goto("/workshops/LUN-W01/points")
    return sam


def test_secretary_takes_down_kinds_by_the_same_keys_for_every_point(secretary: Person) -> None:
    page = secretary.page
    point = page.get_by_label("Point", exact=True)
    chosen = page.locator("#capture input[type=radio]:checked")
    for number in (1, 2, 3):
        expect(point).to_be_focused()
        page.keyboard.type(f"Point {number}")
        for key in ("Tab", "Space", "ArrowRight", "ArrowRight"):
            page.keyboard.press(key)
        expect(chosen).to_have_value("suggestion")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=re.compile(f"^{number} points? heard"))).to_be_visible()
        expect(chosen).to_have_count(0)


def test_secretary_adds_a_point_with_ctrl_and_enter(secretary: Person) -> None:
    page = secretary.page
    page.get_by_label("Concern", exact=True).check()
    page.get_by_label("Point", exact=True).fill("Vans miss villages")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="1 point heard")).to_be_visible()
    expect(page.locator("#points")).to_contain_text("Vans miss villages")
