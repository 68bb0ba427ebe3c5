"""The preview while one types: it reads the posted page by itself, and says what the form would say."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from tracker.letters.forms import WritingForm
from tracker.letters.typed import read_page

POSTED = [
    ("body", " Dear all\r\n"),
    ("subject", "Waiting"),
    ("programme_id", "3"),
    ("workshop_id", "4"),
    ("addressee", "12"),
    ("response_due_stated", " early\r\n"),
    ("response_due_on-day", "31"),
    ("response_due_on-month", "2"),
    ("response_due_on-year", "2027"),
    ("signatory", "A Chair\r\nChair"),
    ("letter_date-day", "4"),
    ("letter_date-month", "January"),
    ("letter_date-year", "2027"),
    ("recommendations-3-text", "Third\r\nline "),
    ("recommendations-3-placement", "in_text"),
    ("recommendations-3-rests_on", "12"),
    ("recommendations-3-rests_on", "7"),
    ("recommendations-3-principles", "nobody's"),
    ("recommendations-1-text", " First "),
    ("recommendations-1-ask_id", "41"),
    ("recommendations-1-kind", "no such kind"),
    ("recommendations-1-success", "One\r\nTwo"),
]
ODD = [
    ("programme_id", "9" * 5000),
    ("workshop_id", "²"),
    ("addressee", "new"),
    ("addressee-new_name", " A  Person "),
    ("letter_date-day", "4"),
    ("recommendations-0-rests_on", "²"),
    ("recommendations-0-rests_on", "9" * 5000),
    ("recommendations-0-ask_id", "²"),
    ("recommendations-x-text", "nobody's"),
]


WRONG = [
    ("programme_id", "no id"),
    ("addressee", "9" * 30),
    ("addressee-q", "Somebody"),
    ("letter_date-day", "4"),
    ("letter_date-month", "13"),
    ("letter_date-year", "2027"),
    ("response_due_on-year", ""),
]


@pytest.mark.parametrize("posted", [POSTED, ODD, WRONG, []], ids=["ordinary", "odd", "wrong", "empty"])
def test_preview_reads_what_the_writing_page_reads(app: Flask, posted: list[tuple[str, str]]) -> None:
    with app.test_request_context(method="POST"):
        form = WritingForm(formdata=MultiDict(posted), meta={"csrf": False})
        for entry in form.recommendations:
            entry.form.rests_on.choices = [("7", "A point"), ("12", "Another")]  # those on offer
        assert read_page(MultiDict(posted)) == form.page()


def test_preview_takes_four_queries_however_long_the_letter_is(desk: Any, visit: Any, selects_of: Any) -> None:
    desk.draft(body="To {programme}, from {chair}")
    secretary = visit("secretary@epc.test")
    secretary.get(desk.at("/edit"))
    typed = secretary._defaults(secretary.form("Save the draft")[0])

    def preview() -> str:
        answer = secretary.client.post(desk.at("/preview"), data=typed)
        assert answer.status_code == 200
        return str(answer.get_data(as_text=True))

    # Who is signed in, the letter, what it is about, and the points heard.
    assert selects_of(preview) == 4
    assert "To Cancer Programme, from EPC Chair (chair)" in preview()
    typed["body"] = "\n\n".join(f"Paragraph {n} of {{programme}}" for n in range(50))
    assert selects_of(preview) == 4
