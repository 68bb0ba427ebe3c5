"""What somebody tries who means harm or has an old page open: forged fields, stale screens, words not theirs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.factories import add
from tracker.actions.models import Origin
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.letters.models import ClearanceDecision, Letter
from tracker.letters.rules import LetterState
from tracker.letters.signing import is_signatory
from tracker.workshops.models import PointHeard, Workshop
from tracker.workshops.rules import PointKind, WorkshopState

MEMBER, CHAIR, SECRETARY, VICE = "member@epc.test", "chair@epc.test", "secretary@epc.test", "vice@epc.test"
SECRET = "Somebody on ward nine said this."


@pytest.fixture
def foreign_point(app, cast):
    """A point heard by the other taskforce, flagged as one that could identify somebody."""
    with app.app_context(), writing():
        origin = add(Origin(taskforce_id=cast.dig))
        workshop = add(
            Workshop(
                taskforce_id=cast.dig,
                programme_id=cast.dia,
                origin_id=origin.id,
                reference="DIG-W01",
                title="Theirs",
                state=WorkshopState.HELD,
                held_on=date(2026, 11, 2),
            )
        )
        point = PointHeard(workshop_id=workshop.id, place=1, kind=PointKind.CONCERN, text=SECRET, could_identify=True)
        return add(point).id


@pytest.mark.parametrize("button", ["check", "preview"])
@pytest.mark.parametrize("page", ["/letters/new?taskforce=EPC", "edit"])
def test_secretary_cannot_read_another_taskforces_point_by_naming_it(desk, visit, foreign_point, page, button):
    desk.draft()
    secretary = visit(SECRETARY)
    secretary.get(desk.at("/edit") if page == "edit" else page)
    names = {
        "recommendations-0-text": "Say how gaps are narrowed.",
        "recommendations-0-placement": "listed",
        "recommendations-0-kind": "recommendation",
        "recommendations-0-rests_on": [str(foreign_point)],
        button: "1",
    }
    shown = secretary.send("Save the draft", {"Letter": "A letter."}, names=names)
    assert SECRET not in shown.html


@pytest.mark.parametrize("number", ["9223372036854775808", "9" * 5000, "²", "-1", "1e3"])
@pytest.mark.parametrize("button", ["check", "preview", "Save", "arrange"])
def test_no_number_in_a_form_breaks_the_writing_page(desk, visit, number, button):
    desk.draft()
    secretary = visit(SECRETARY)
    for page in ("/letters/new?workshop=EPC-W01", desk.at("/edit"), "/letters/record?taskforce=EPC"):
        secretary.get(page)
        form = next(b for b in ("Save the draft", "Record the letter") if b in secretary.page.all(".//button"))
        names = {
            "recommendations-0-text": "Say how.",
            "recommendations-0-rests_on": [number],
            "recommendations-0-ask_id": number,
            "programme_id": number,
            "workshop_id": number,
            "addressee": number,
            "version": number,
            "standard_passage": number,
            "letter_date-year": number,
        } | ({button: "1"} if button != "arrange" else {"arrange": f"point-{number}"})
        secretary.send(form, names=names, status=None)
        assert secretary.page.status < 500
    for address in (
        f"/letters/new?workshop={number}",
        f"/letters/new?word={number}",
        f"/letters/{number[:100]}",
        f"/letters/new?workshop=EPC-W01&point={number[:50]}",
        f"/letters/record?word={number}",
        f"/letters?taskforce={number}&page={number[:40]}",
        desk.at(f"/compare?from={number}"),
        f"/letters/from-word?taskforce={number}",
    ):
        assert secretary.client.get(address).status_code < 500, address


@pytest.fixture
def asked(desk, visit, once):
    desk.draft()
    once("asked", lambda: ask(desk, visit))
    return desk


def ask(desk, visit):
    secretary = visit(SECRETARY)
    secretary.get(desk.at("/members"))
    day = clock.today() + timedelta(days=2)
    values = {"Members to ask": ["EPC Member (member)"], "Last day for comments": day}
    secretary.send("Send to members for comment", values)
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", {"Subject": "A later subject"})


def test_member_who_was_asked_never_learns_the_subject_of_a_later_version(asked, visit):
    member = visit(MEMBER)
    assert "A later subject" not in member.get("/").text
    page = member.get(asked.at("/comment"))
    assert "Cancer: what we heard" in page.text and "A later subject" not in page.html
    secretary = visit(SECRETARY)
    secretary.get(asked.at())
    asked.submit()
    page = member.get(asked.at("/comment"))
    assert "The time for comments is over" in page.text and "A later subject" not in page.html


def test_a_chairs_old_page_does_not_approve_for_another_addressee(app, cast, desk, visit):
    """The printed words are the same, so is the hash; but the letter would go to another programme."""
    desk.draft()
    desk.submit()
    chair = visit(CHAIR)
    chair.get(desk.at("/decide"))
    desk_vice = visit(VICE)
    desk_vice.get(desk.at("/decide"))
    desk_vice.send("Record decision", {"Your decision": "Return with a comment", "Comment": "Not yet."})
    secretary = visit(SECRETARY)
    secretary.get(desk.at("/edit"))
    kept = secretary.form("Save the draft")[0]
    printed = {name: "".join(kept.find(f".//*[@name='{name}']").itertext()).strip() for name in ["addressee_lines"]}
    salutation = kept.find(".//*[@name='salutation']").get("value")
    # Typed by hand once, what is filled in stays when the addressee changes.
    secretary.send(
        "Save the draft",
        names={"addressee_lines": printed["addressee_lines"] + "\nPS", "salutation": salutation + " x"},
    )
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", names={"programme_id": str(cast.dia)})
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", names={"addressee_lines": printed["addressee_lines"], "salutation": salutation})
    desk.submit()
    chair.send("Record decision", {"Your decision": "Approve"}, status=409)
    with app.app_context():
        letter = db.session.scalars(select(Letter)).one()
        assert letter.state is LetterState.WITH_CHAIR
        assert len(set(db.session.scalars(select(ClearanceDecision.sha256)))) == 1


def test_nobodys_picture_stands_over_a_longer_name():
    assert is_signatory("Ann Lee", ("Dr Ann Lee CBE", "Chair"))
    assert not is_signatory("Ann Lee", ("Ann Leeson", "Chair"))
    assert not is_signatory("Ann Lee", ("Joann Lee",))


def test_secretary_cannot_add_a_sentence_at_issue(app, desk, visit):
    desk.draft()
    desk.submit()
    desk.approve()
    secretary = visit(SECRETARY)
    secretary.get(desk.at("/issue"))
    stated = "early March. We also withdraw every recommendation above"
    values = {"How it is sent": "By e-mail", "To whom": "x", "Response due, as stated": stated}
    page = secretary.send("Issue the letter", values, status=422)
    assert page.errors
