"""What people and programs put into fields: the right thing is read, the wrong thing is named at its field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from tracker import create_app
from tracker.actions.rules import ActionState
from tracker.web import fields
from tracker.web.forms import TrackerForm

APP: Flask = create_app({"SECRET_KEY": "x", "SQLALCHEMY_DATABASE_URI": "sqlite://", "WTF_CSRF_ENABLED": False})


class TrialForm(TrackerForm):
    title = fields.TextField("Title", required="Enter a title", longest=20)
    text = fields.LongTextField("Text", longest=100)
    email = fields.EmailField("E-mail")
    days = fields.NumberField("Days", least=1, most=250)
    held = fields.DateField("Held on")
    owner = fields.SelectOne("Owner", [("", "Nobody"), ("7", "Ann")], kind=int)
    state = fields.RadioOne("State", fields.choices_of(ActionState), kind=ActionState, required="Choose a state")
    themes = fields.CheckMany("Themes", [("1", "Access"), ("2", "Carers")], kind=int)
    sure = fields.CheckOne("I am sure")


GOOD = {"title": "A title", "state": "open"}


def taken(**changes: Any) -> Any:
    """The form after it was sent with `changes` (a name with _ for - in dates)."""
    data = MultiDict(GOOD | {name.replace("held_", "held-"): value for name, value in changes.items()})
    with APP.test_request_context("/", method="POST"):
        form = TrialForm(formdata=data)
        form.validate()
        return form


def errors(**changes: Any) -> dict[str, str]:
    return {name: messages[0] for name, messages in taken(**changes).errors.items()}


def test_a_good_form_gives_plain_values() -> None:
    form = taken(
        text="  one\r\ntwo\r",
        email="Ann@Example.TEST",
        days=" 20 ",
        held_day="8",
        held_month="2",
        held_year="2018",
        owner="7",
        themes="2",
        sure="y",
    )
    assert form.errors == {}
    assert (form.title.data, form.text.data, form.email.data, form.days.data) == (
        "A title",
        "one\ntwo",
        "ann@example.test",
        20,
    )
    assert (form.held.data, form.owner.data, form.state.data) == (date(2018, 2, 8), 7, ActionState.OPEN)
    assert (form.themes.data, form.sure.data) == ([2], True)


def test_nothing_typed_is_nothing() -> None:
    form = taken()
    assert form.errors == {}
    assert (form.days.data, form.held.data, form.owner.data, form.themes.data) == (None, None, None, [])
    assert errors(title="   ") == {"title": "Enter a title"}
    assert errors(state="") == {"state": "Choose a state"}


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1b", "\x7f", "\u202e", "\u2066", "\ufffe", "\ud800"])
def test_characters_that_cannot_be_shown_are_refused(character: str) -> None:
    for name in ("title", "text", "email"):
        assert errors(**{name: f"a{character}b"})[name].endswith("cannot be shown. Type it again.")


def test_a_line_of_text_is_one_line() -> None:
    assert errors(title="Subject\r\nBcc: x") == {"title": "Title must be on one line"}
    assert errors(text="one\ntwo\tthree") == {}


def test_the_longest_text_is_taken_and_one_more_is_not() -> None:
    assert errors(title="x" * 20) == {}
    assert errors(title="x" * 21) == {"title": "Title must be 20 characters or fewer"}
    assert errors(text="x" * 100_000) == {"text": "Text must be 100 characters or fewer"}
    assert errors(text="\r\n".join("x" * 50)) == {}, "a line end counts once, however the browser sends it"


@pytest.mark.parametrize("number", ["0", "251", "-1", "1.5", "1e3", "٣", "9" * 30, str(2**63), "one", "0x10"])
def test_a_number_out_of_range_is_named(number: str) -> None:
    assert errors(days=number) == {"days": "Days must be a whole number from 1 to 250"}


@pytest.mark.parametrize("value", ["8", "x", "07", str(2**63), "-7", "7 ", "7\x00", "٧"])
def test_an_id_that_was_not_offered_never_passes(value: str) -> None:
    assert errors(owner=value) == {"owner": "Choose one of the options in the list"}
    assert errors(state=value) == {"state": "Choose one of the options in the list"}
    assert errors(themes=value) == {"themes": "Choose only from the options in the list"}


@pytest.mark.parametrize("address", ["ann", "@example.test", "ann@", "a b@example.test", "ann@exa..mple", "ann@-x"])
def test_an_address_that_is_none_is_named(address: str) -> None:
    assert errors(email=address)["email"].startswith("Enter an e-mail address")


@pytest.mark.parametrize("month", ["2", "02", "February", "feb", "FEB"])
def test_a_month_may_be_a_name(month: str) -> None:
    assert taken(held_day="8", held_month=month, held_year="2018").held.data == date(2018, 2, 8)


@pytest.mark.parametrize(
    ("day", "month", "year", "wrong", "message"),
    [
        ("", "2", "2018", {"day"}, "Held on must include a day"),
        ("8", "", "", {"month", "year"}, "Held on must include a month and year"),
        ("8", "13", "2018", {"month"}, "Held on must be a real date: check the month"),
        ("8", "Febtober", "2018", {"month"}, "Held on must be a real date: check the month"),
        ("32", "1", "2018", {"day"}, "Held on must be a real date: check the day"),
        ("0", "1", "2018", {"day"}, "Held on must be a real date: check the day"),
        ("30", "2", "2018", {"day", "month", "year"}, "Held on must be a real date"),
        ("29", "2", "2019", {"day", "month", "year"}, "Held on must be a real date"),
        ("8", "2", "18", {"year"}, "Held on must have a year of 4 numbers, like 2027"),
        ("8", "2", "9999", {"year"}, "Held on must have a year of 4 numbers, like 2027"),
        ("٨", "2", "2018", {"day"}, "Held on must be a real date: check the day"),
        ("8\x00", "2", "2018", {"day"}, "Held on must be a real date: check the day"),
        ("9" * 100_000, "2", "2018", {"day"}, "Held on must be a real date: check the day"),
    ],
)
def test_the_wrong_part_of_a_date_is_named(day: str, month: str, year: str, wrong: set[str], message: str) -> None:
    form = taken(held_day=day, held_month=month, held_year=year)
    assert form.errors == {"held": [message]}
    assert form.held.wrong_parts == wrong
    assert form.error_list() == [{"text": message, "href": f"#held-{next(p for p in form.held.PARTS if p in wrong)}"}]


def test_a_date_has_a_default() -> None:
    class DefaultForm(TrackerForm):
        held = fields.DateField("Held on", default=lambda: date(2018, 2, 8))

    with APP.test_request_context("/"):
        assert DefaultForm().held.parts == {"day": "8", "month": "2", "year": "2018"}


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["title", "text", "email", "days", "held_day", "owner", "state"]), st.text()))
def test_no_input_breaks_a_form(changes: dict[str, str]) -> None:
    form = taken(**changes)
    with APP.test_request_context("/"):
        assert "".join(str(field()) for field in form.shown())


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "1\x00", "٣"])
def test_a_version_that_is_none_is_no_version(version: str) -> None:
    assert taken(version=version).version.data is None


@pytest.mark.parametrize("key", ["x" * 65, "ü", "a\x00b", "a\nb"])
def test_a_damaged_form_key_is_refused(key: str) -> None:
    assert "form_key" in errors(form_key=key)
