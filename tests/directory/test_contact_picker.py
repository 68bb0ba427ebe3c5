"""The field that finds a contact by name, or adds a new one without leaving the form."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from tests.factories import add, person_of
from tracker.accounts.models import Contact, User
from tracker.core.db import db, writing
from tracker.directory import picker
from tracker.directory.picker import ContactField, ContactId, NewContact
from tracker.web.forms import TrackerForm


class ProbeForm(TrackerForm):
    owner = ContactField("Owner", required="Choose the owner")
    helper = ContactField("Helper")


def probe(cast: Any, *, kept: int | None = None, **typed: str) -> ProbeForm:
    form = ProbeForm(MultiDict(typed), data={"owner": kept}, meta={"csrf": False})
    form.owner.taskforce_id = form.helper.taskforce_id = cast.epc
    return form


@pytest.fixture
def request_context(app: Any, cast: Any) -> Any:
    with app.test_request_context(method="POST"):
        yield


def add_contacts(app: Any, *names: str, taskforce_id: int) -> list[int]:
    with app.app_context(), writing():
        return [add(Contact(name=n, job_title="Director", taskforce_id=taskforce_id)).id for n in names]


def test_secretary_finds_contacts_while_typing(app: Any, cast: Any, visit: Any) -> None:
    add_contacts(app, "Ada Lovelace", "Mary Ada Smith", "100%_sure", taskforce_id=cast.epc)
    browser = visit("secretary@epc.test")
    page = browser.get(f"/contacts/find?taskforce={cast.epc}&field=owner&owner-q=ADA")
    assert page.all(".//label")[:2] == ["Ada Lovelace", "Mary Ada Smith"]
    assert "Add “ADA” as a new contact" in page.text
    assert "100%_sure" in browser.get(f"/contacts/find?taskforce={cast.epc}&field=owner&owner-q=0%25_s").text
    assert "Ada" not in browser.get(f"/contacts/find?taskforce={cast.epc}&field=owner&owner-q=%25").text


def test_search_offers_ten_and_keeps_the_chosen_one(app: Any, cast: Any, visit: Any) -> None:
    chosen, *_ = add_contacts(app, "Zoe Chosen", *(f"Ada {n:02}" for n in range(12)), taskforce_id=cast.epc)
    page = visit("chair@epc.test").get(f"/contacts/find?taskforce={cast.epc}&field=owner&owner-q=ada&owner={chosen}")
    radios = page.tree.findall(".//input[@type='radio']")
    assert [r.get("value") for r in radios if r.get("checked") is not None] == [str(chosen)]
    assert len(radios) == 1 + 10 + 2, "the chosen one, ten found, nobody, and a new one"


def test_search_never_shows_another_taskforces_contacts(app: Any, cast: Any, visit: Any) -> None:
    add_contacts(app, "Ada Lovelace", taskforce_id=cast.dig)
    browser = visit("secretary@epc.test")
    page = browser.get(f"/contacts/find?taskforce={cast.epc}&field=owner&owner-q=ada")
    assert "Lovelace" not in page.text
    browser.get(f"/contacts/find?taskforce={cast.dig}&field=owner&owner-q=ada", status=404)
    browser.get("/contacts/find?field=owner&owner-q=ada", status=404)
    visit("team@can.test").get(f"/contacts/find?taskforce={cast.epc}&field=owner&owner-q=ada", status=404)


def test_search_offers_senior_responsible_owners_of_programmes(cast: Any, visit: Any) -> None:
    page = visit("secretary@epc.test").get(f"/contacts/find?taskforce={cast.epc}&field=owner&owner-q=dia senior")
    assert "DIA Senior responsible owner" in page.text


@pytest.mark.parametrize(
    "query",
    ["field=owner%22%3E", "field=", "", "field=" + "a" * 61, "field=owner&owner-q=%00%0B", "field=o&o=9e9&o-q=x"],
)
def test_bad_search_is_refused_or_empty(cast: Any, visit: Any, query: str) -> None:
    answer = visit("secretary@epc.test").client.get(f"/contacts/find?taskforce={cast.epc}&{query}")
    assert answer.status_code in {200, 400}
    assert b"\x00" not in answer.data


def test_taskforce_beyond_every_column_is_not_found(cast: Any, visit: Any) -> None:
    for taskforce in ("9" * 30, "-1", "x"):
        visit("secretary@epc.test").get(f"/contacts/find?taskforce={taskforce}&field=owner", status=404)


@pytest.mark.usefixtures("request_context")
def test_chosen_contact_becomes_its_id(cast: Any) -> None:
    contact = cast.contacts["member@epc.test"]
    form = probe(cast, owner=str(contact), **{"owner-q": ""})
    assert form.validate(), form.errors
    assert form.owner.data == contact
    assert form.helper.data is None


@pytest.mark.usefixtures("request_context")
@pytest.mark.parametrize("chosen", ["999999", "x", "-1", "1e3", "9" * 40])
def test_contact_that_was_not_offered_is_refused_at_the_field(cast: Any, chosen: str) -> None:
    form = probe(cast, owner=chosen, **{"owner-q": ""})
    assert not form.validate()
    assert form.owner.errors[0] == "Choose one of the contacts in the list"


@pytest.mark.usefixtures("request_context")
def test_another_taskforces_contact_is_refused_unless_the_record_has_it_already(cast: Any) -> None:
    foreign = cast.contacts["member@dig.test"]
    assert not probe(cast, owner=str(foreign)).validate()
    assert probe(cast, kept=foreign, owner=str(foreign)).validate()


@pytest.mark.usefixtures("request_context")
def test_nothing_chosen_says_what_to_do(cast: Any) -> None:
    form = probe(cast, owner="", **{"owner-q": ""})
    assert not form.validate()
    assert form.owner.errors == ["Choose the owner"]
    form = probe(cast, **{"owner-q": "Ada", "helper-q": "Bob"})
    assert not form.validate()
    assert form.owner.errors == ["Choose who “Ada” is, or add a new contact"]
    assert form.error_list()[0]["href"] == "#owner-q"


@pytest.mark.usefixtures("request_context")
@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"owner-new_name": " "}, "Enter the name of the new contact"),
        (
            {"owner-new_name": "Ada", "owner-new_email": "ada at home"},
            "Enter an e-mail address in the correct format, like name@example.com",
        ),
        (
            {"owner-new_name": "A" * 201},
            "Use 200 plain characters or fewer for each detail of the new contact",
        ),
    ],
)
def test_new_contact_needs_a_name_and_a_sound_address(cast: Any, details: dict[str, str], message: str) -> None:
    form = probe(cast, owner="new", **details)
    assert not form.validate()
    assert form.owner.errors == [message]
    assert form.error_list()[0]["href"].removeprefix("#") in form.owner()


@pytest.mark.usefixtures("request_context")
def test_find_shows_the_form_again_and_keeps_what_was_typed(cast: Any) -> None:
    typed = {"owner-q": "member", "helper-q": "", "helper": "new", "helper-new_name": "Grace Hopper"}
    form = probe(cast, find="owner", **typed)
    assert form.is_looking
    assert not form.validate()
    assert not form.errors
    assert "EPC Member (member)" in form.owner()
    assert "Grace Hopper" in form.helper()


def test_new_contact_is_kept_by_the_taskforce(app: Any, cast: Any) -> None:
    with app.test_request_context(method="POST"):
        form = probe(cast, owner="new", **{"owner-new_name": "Ada  Lovelace", "owner-new_email": "Ada@Example.COM"})
        assert form.validate(), form.errors
        assert form.owner.data == NewContact("Ada Lovelace", email="Ada@Example.COM")
        user = db.session.query(User).filter_by(email="secretary@epc.test").one()
        by = person_of(user)
        with writing():
            contact_id = picker.settle(form.owner, by=by)
            assert picker.settle(form.helper, by=by) is None
        contact = db.session.get_one(Contact, contact_id)
        assert (contact.name, contact.email, contact.taskforce_id) == ("Ada Lovelace", "ada@example.com", cast.epc)


@pytest.mark.usefixtures("request_context")
def test_chosen_contact_says_its_name_where_two_texts_are_compared(cast: Any) -> None:
    contact = cast.contacts["member@epc.test"]
    assert ContactId(contact).label == picker.contact_name(contact) == "EPC Member (member)"
    assert picker.contact_name(None) == ""


@pytest.mark.usefixtures("request_context")
def test_hostile_names_are_escaped(cast: Any) -> None:
    form = probe(cast, find="owner", **{"owner-q": "<script>alert(1)</script>"})
    assert "<script>" not in form.owner()


def test_each_search_offers_what_was_searched_for_as_the_new_name(app: Any, cast: Any, visit: Any) -> None:
    address = f"/contacts/find?taskforce={cast.epc}&field=owner&owner-q=director&owner-new_name=lead&owner=new"
    page = visit("secretary@epc.test").get(address)
    assert "Add “director” as a new contact" in page.text
    assert page.tree.find(".//input[@name='owner-new_name']").get("value") == "director"
    typed = {"owner-q": "director", "owner-new_name": "Dee Rector", "owner": "new"}
    with app.test_request_context(method="POST"):
        kept = probe(cast, **typed)
    assert kept.owner.new_name == "Dee Rector"
