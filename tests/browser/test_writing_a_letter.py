"""The writing page: buttons and keys, pasting, passages, points ticked off, and the print beside the text."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Person, Server
from tests.factories import add
from tests.workshops.conftest import hear, plan
from tracker.core.db import writing
from tracker.directory.models import Board, Programme, Taskforce
from tracker.workshops.rules import PointKind

pytestmark = pytest.mark.browser

PASSWORD = "a long password for sam"
COMMANDS = (
    ("users", "create", "sam@example.test", "--name", "Sam Secretary"),
    ("users", "grant", "sam@example.test", "secretariat", "LUN", "--from", "2020-01-01"),
)
POINTS = (
    ("The staff were kind", PointKind.PRAISE),
    ("Vans miss villages", PointKind.CONCERN),
    ("Carers were never asked", PointKind.CONCERN),
)
PASTE = """(box, [type, text]) => {
    const data = new DataTransfer()
    data.setData('text/plain', 'plain'), data.setData(type, text)
    box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
}"""


@pytest.fixture
def open_page(server: Server, somebody: Callable[..., Person]) -> Callable[..., Person]:
    """`open_page()`: a secretary on the page of a new letter from a workshop with three points."""
    run = server.app.test_cli_runner().invoke
    run(args=COMMANDS[0], input=f"{PASSWORD}\n" * 2)
    with server.app.app_context(), writing():
        board = add(Board(name="Board of Testing", organisation="Testing Authority"))
        taskforce = add(Taskforce(code="LUN", name="Listening Taskforce", board_id=board.id))
        programme = add(Programme(code="SCR", name="Screening Programme", organisation="Testing Authority"))
        workshop = plan(taskforce.id, programme.id)
        for text, kind in POINTS:
            hear(workshop, text, kind)
    run(args=COMMANDS[1])

    def open_it(*, javascript: bool = True) -> Person:
        sam = somebody(javascript=javascript)
        sam.sign_in("sam@example.test", PASSWORD)
        sam.goto("/letters/new?workshop=LUN-W01")
        return sam

    return open_it


@pytest.fixture
def secretary(open_page: Callable[..., Person]) -> Person:
    return open_page()


def letter_of(page: Page) -> Locator:
    return page.get_by_label("Letter", exact=True)


def select(box: Locator, words: str) -> None:
    """Select `words` in the box, as a mouse does."""
    box.evaluate(
        """(box, words) => {
            const at = box.value.indexOf(words)
            box.focus(), box.setSelectionRange(at, at + words.length)
        }""",
        words,
    )


def test_secretary_marks_up_with_buttons_and_undoes_it(secretary: Person) -> None:
    page, box = secretary.page, letter_of(secretary.page)
    bar = page.get_by_role("toolbar", name="Formatting of “Letter”")
    box.fill("What we heard\nVans miss villages\nNobody asks")
    for words, button, wanted in (
        ("What we heard", "Heading", "## What we heard\n\nVans miss villages\nNobody asks"),
        ("villages", "Bold", "## What we heard\n\nVans miss **villages**\nNobody asks"),
        ("villages", "Italic", "## What we heard\n\nVans miss ***villages***\nNobody asks"),
        ("villages", "Bold", "## What we heard\n\nVans miss *villages*\nNobody asks"),
        (
            "Vans miss *villages*\nNobody asks",
            "Bulleted list",
            "## What we heard\n\n- Vans miss *villages*\n- Nobody asks",
        ),
        (
            "- Vans miss *villages*\n- Nobody asks",
            "Numbered list",
            "## What we heard\n\n1. Vans miss *villages*\n2. Nobody asks",
        ),
    ):
        select(box, words)
        bar.get_by_role("button", name=button, exact=True).click()
        expect(box).to_have_value(wanted)
        expect(box).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Control+z")
    expect(box).to_have_value("## What we heard\n\nVans miss *villages*\nNobody asks")
    expect(page.locator("#preview").get_by_role("heading", name="What we heard")).to_be_visible()
    secretary.look()


def test_secretary_marks_up_by_keyboard_alone(secretary: Person) -> None:
    page, box = secretary.page, letter_of(secretary.page)
    box.focus()
    page.keyboard.type("Thank you for ")
    page.keyboard.press("Control+b")
    page.keyboard.type("an open")
    page.keyboard.press("Control+b")
    page.keyboard.type(" day")
    page.keyboard.press("Control+Alt+2")
    expect(box).to_have_value("### Thank you for **an open** day")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Shift+8")
    page.keyboard.type("One")
    page.keyboard.press("Enter")
    page.keyboard.type("Two")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("After")
    expect(box).to_have_value("### Thank you for **an open** day\n\n- One\n- Two\n\nAfter")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Control+Shift+7")
    page.keyboard.type("Write to ")
    page.keyboard.press("Control+k")
    page.keyboard.type("us")
    expect(box).to_have_value("1. Write to [us](https://)")
    select(box, "https://")
    page.keyboard.type("https://example.org")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(box).to_have_value("1. Write to [us](https://example.org)\n2. ")
    expect(page.locator("#preview").get_by_role("link", name="us")).to_have_attribute("href", "https://example.org")


def test_toolbar_is_one_stop_with_arrows_and_tab_is_never_trapped(secretary: Person) -> None:
    page, box = secretary.page, letter_of(secretary.page)
    bar = page.get_by_role("toolbar", name="Formatting of “Letter”")
    box.fill("words")
    select(box, "words")
    page.keyboard.press("Shift+Tab")
    expect(bar.get_by_role("button", name="Heading", exact=True)).to_be_focused()
    for key, name in (
        ("ArrowRight", "Sub-heading"),
        ("End", "Numbered list"),
        ("ArrowRight", "Heading"),
        ("ArrowLeft", "Numbered list"),
    ):
        page.keyboard.press(key)
        expect(bar.get_by_role("button", name=name, exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(box).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(bar.get_by_role("button", name="Numbered list")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box).to_have_value("1. words")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Make the selection a recommendation")).to_be_focused()


def test_secretary_pastes_from_word_and_takes_it_back(secretary: Person) -> None:
    page, box = secretary.page, letter_of(secretary.page)
    box.fill("Before\n\nAfter")
    select(box, "After")
    box.evaluate(PASTE, ["text/html", "<h1>Head</h1><ul><li>One</li></ul>"])
    expect(box).to_have_value("Before\n\n## Head\n\n- One")
    page.keyboard.press("Control+z")
    expect(box).to_have_value("Before\n\nAfter")
    select(box, "After")
    box.evaluate(PASTE, ["text/plain", "https://example.org/x"])
    expect(box).to_have_value("Before\n\n[After](https://example.org/x)")
    page.keyboard.down("Control")
    page.keyboard.down("Shift")
    page.keyboard.down("v")
    box.evaluate(PASTE, ["text/html", "<b>not this</b>"])
    assert "not this" not in box.input_value()


def test_secretary_makes_a_passage_a_recommendation_and_keeps_the_place(secretary: Person) -> None:
    page, box = secretary.page, letter_of(secretary.page)
    passage = page.get_by_role("button", name="Make the selection a recommendation")
    box.fill("Thank you.\n\nPlease ask the carers first.\n\nGoodbye.")
    box.evaluate("box => box.setSelectionRange(0, 0)")
    passage.click()
    expect(page.get_by_text("Select the words in the letter first.")).to_be_visible()
    select(box, "Please ask the carers first.")
    secretary.press("Make the selection a recommendation")
    made = page.get_by_role("group", name="Recommendation 1", exact=True)
    expect(made.get_by_label("Recommendation", exact=True)).to_have_value("Please ask the carers first.")
    expect(made.get_by_label("Recommendation", exact=True)).to_be_focused()
    expect(made.get_by_label("In the text of the letter")).to_be_checked()
    expect(box).to_have_value("Thank you.\n\nPlease ask the carers first.\n\nGoodbye.")
    select(box, "Goodbye.")
    page.keyboard.press("Control+Alt+r")
    second = page.get_by_role("group", name="Recommendation 2", exact=True)
    expect(second.get_by_label("Recommendation", exact=True)).to_have_value("Goodbye.")
    box.focus()
    page.keyboard.press("Control+z")


def test_place_of_the_list_is_said_once_and_moved(secretary: Person) -> None:
    page, box = secretary.page, letter_of(secretary.page)
    button = page.get_by_role("button", name="Say where the list stands")
    box.fill("One.\n\nTwo.\n\nThree.")
    select(box, "One")
    button.click()
    expect(box).to_have_value("{recommendations}\n\nOne.\n\nTwo.\n\nThree.")
    box.evaluate("box => box.setSelectionRange(box.value.indexOf('wo.'), box.value.indexOf('wo.'))")
    page.keyboard.press("Control+Alt+l")
    expect(box).to_have_value("One.\n\nTwo.\n\n{recommendations}\n\nThree.")
    page.keyboard.press("Control+z")
    expect(box).to_have_value("{recommendations}\n\nOne.\n\nTwo.\n\nThree.")


def test_points_are_ticked_off_as_they_are_used(secretary: Person) -> None:
    page = secretary.page
    points = page.get_by_role("region", name="Points heard")
    expect(points).to_contain_text("0 of 3 used 2 concerns not used yet")
    expect(points.get_by_role("listitem").first).to_contain_text("Vans miss villages")
    secretary.press(re.compile("Make a recommendation of it ?: Vans"))
    expect(points).to_contain_text("1 of 3 used 1 concern not used yet")
    expect(points.get_by_role("listitem").filter(has_text="Vans")).to_contain_text("Used in recommendation 1")
    made = page.get_by_role("group", name="Recommendation 1", exact=True)
    expect(made.get_by_label("Concern: Vans miss villages")).to_be_checked()
    made.get_by_text("Other points heard (2)").click()
    made.get_by_label("Concern: Carers were never asked").check()
    expect(points).to_contain_text("2 of 3 used")
    expect(points).not_to_contain_text("oncern not used yet")
    secretary.press("Remove recommendation 1")
    expect(page.get_by_role("heading", name="Recommendations").first).to_be_focused()
    expect(points).to_contain_text("0 of 3 used")


def test_recommendations_move_under_the_keyboard_and_the_text_stays(secretary: Person) -> None:
    page, box = secretary.page, letter_of(secretary.page)
    for words in ("First", "Second", "Third"):
        secretary.press(re.compile("^Add a"))
        page.keyboard.type(words)
    box.fill("Kept")
    page.get_by_role("button", name="Move down recommendation 1").click()
    for press in (False, True):
        button = page.get_by_role("button", name="Move down recommendation 2")
        if press:
            break
        expect(button).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move up recommendation 3")).to_be_focused()
    texts = page.get_by_label("Recommendation", exact=True)
    assert [texts.nth(n).input_value() for n in range(3)] == ["Second", "Third", "First"]
    expect(page.locator("#preview li").first).to_contain_text("(a) Second")
    expect(box).to_have_value("Kept")


def test_print_keeps_its_place_while_one_types(secretary: Person) -> None:
    page, box = secretary.page, letter_of(secretary.page)
    box.fill("\n\n".join(f"Paragraph {n}, which is long enough for a line or two of print." for n in range(60)))
    expect(page.locator("#preview")).to_contain_text("Paragraph 59")
    frame = page.get_by_role("region", name="Preview")
    frame.evaluate("frame => { frame.scrollTop = 900 }")
    box.press("Control+End")
    page.keyboard.type(" And one word more")
    expect(page.locator("#preview")).to_contain_text("And one word more")
    assert frame.evaluate("frame => frame.scrollTop") == 900


def test_everything_is_within_reach_on_a_phone(secretary: Person) -> None:
    page = secretary.page
    page.set_viewport_size({"width": 375, "height": 800})
    for words in ("Points", "Preview", "Recommendations", "Letter"):
        page.get_by_role("navigation", name="Parts of this page").get_by_role("link", name=words, exact=True).click()
        target = page.locator(
            {"Points": "#points-title", "Preview": "#preview-title", "Letter": "#body"}.get(words, "#asks-title")
        )
        expect(target).to_be_in_viewport()


def test_without_scripts_the_page_is_a_plain_form(open_page: Callable[..., Person]) -> None:
    secretary = open_page(javascript=False)
    page = secretary.page
    expect(page.get_by_role("toolbar")).to_have_count(0)
    expect(page.get_by_role("button", name="Make the selection a recommendation")).to_be_hidden()
    secretary.press(re.compile("Make a recommendation of it ?: Vans"))
    expect(page.get_by_role("region", name="Points heard")).to_contain_text("1 of 3 used 1 concern not used yet")
    made = page.get_by_role("group", name="Recommendation 1", exact=True)
    made.get_by_label("In the text of the letter").check()
    secretary.fill({"Recommendation": "Ask first.", "Wording for the board": "Carers are asked."})
    secretary.press("Preview")
    assert made.get_by_label("Wording for the board").is_visible()
    expect(made.get_by_label("Recommendation", exact=True)).to_have_value("Ask first.")


def test_buttons_pressed_one_upon_the_other_and_while_the_print_is_asked_for_all_count(secretary: Person) -> None:
    page, box = secretary.page, letter_of(secretary.page)
    box.fill("Asked for again and again")
    for words in ("Vans", "Carers", "The staff"):
        page.get_by_role("button", name=re.compile(f"Make a recommendation of it ?: {words}")).click()
    expect(page.get_by_role("region", name="Points heard")).to_contain_text("3 of 3 used")
    expect(page.get_by_role("group", name=re.compile("^Recommendation [0-9]"))).to_have_count(3)
