"""Letterheads and Word letters in a browser: files chosen, differences read at both widths, a version accepted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person, Server
from tests.factories import add
from tests.support.word import edited
from tracker.accounts.models import Contact
from tracker.core.db import writing
from tracker.directory.models import Board, Programme, Taskforce
from tracker.documents import own_reference, specimen_letter, write_letter

pytestmark = pytest.mark.browser

PASSWORD = "a long password for sam"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def sam(server: Server, somebody: Callable[..., Person]) -> Person:
    """A secretary of a taskforce that has no letters yet."""
    run = server.app.test_cli_runner().invoke
    run(args=("users", "create", "sam@example.test", "--name", "Sam Secretary"), input=f"{PASSWORD}\n" * 2)
    with server.app.app_context(), writing():
        board = add(Board(name="Board of Testing", organisation="Testing Authority"))
        taskforce = add(Taskforce(code="LUN", name="Listening Taskforce", board_id=board.id))
        add(Contact(taskforce_id=taskforce.id, name="Ann Example"))
        add(Programme(code="SCR", name="Specimen Programme", organisation="Testing Authority"))
    run(args=("users", "grant", "sam@example.test", "secretariat", "LUN", "--from", "2020-01-01"))
    person = somebody()
    person.sign_in("sam@example.test", PASSWORD)
    return person


def choose(person: Person, name: str, content: bytes) -> None:
    person.page.get_by_label("File", exact=True).set_input_files({"name": name, "mimeType": DOCX, "buffer": content})


def download(person: Person, link: str) -> bytes:
    with person.page.expect_download() as found:
        person.page.get_by_role("link", name=link).click()
    return found.value.path().read_bytes()


def test_secretary_uploads_a_letterhead_looks_at_it_and_makes_it_live(sam: Person) -> None:
    sam.goto("/taskforces/LUN/letterheads")
    sam.page.get_by_role("link", name="Upload a letterhead for a letter").click()
    expect(sam.page.get_by_role("heading", level=1)).to_contain_text("Upload a letterhead")
    sam.look()
    sam.fill({"Name": "Green"})
    choose(sam, "head.docx", edited(own_reference("letter"), ("425563", "00703C"), part="word/styles.xml"))
    sam.press("Upload the letterhead")
    assert download(sam, "Download the specimen letter").startswith(b"PK")
    sam.follow("Make it live")
    sam.press("Make it live")
    sam.follow("Letterheads")
    expect(sam.page.get_by_text("Live since").first).to_be_visible()


def test_secretary_begins_from_word_edits_in_word_and_accepts_the_differences(sam: Person) -> None:
    sam.goto("/letters/from-word")
    choose(sam, "old.docx", write_letter(specimen_letter()))
    sam.page.get_by_label("Begin a draft from it").check()
    sam.press("Upload and read")
    expect(sam.page.get_by_text("Known here as Ann Example")).to_be_visible()
    sam.follow("Continue to the writing page")
    sam.press("Save the draft")
    content = download(sam, "Download the draft as a Word document")
    sam.follow("upload it again")
    choose(sam, "draft.docx", edited(content, ("ordinary text", "quite ordinary text")))
    sam.press("Upload and compare")
    expect(sam.page.locator("ins")).to_have_count(1)
    sam.press("Accept as a new version")
    expect(sam.page.get_by_text("Saved as version 2.")).to_be_visible()
