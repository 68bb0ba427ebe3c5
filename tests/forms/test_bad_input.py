"""Bad input at every form: a message at the field, what was typed kept, nothing changed, never a 500.

Tags, emoji and right-to-left words are text like any other: they are saved, and shown as what they are.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.factories import Cast
from tests.forms.discover import LONG, Control, controls_of, encoded
from tests.forms.pages import PAGES
from tests.forms.steps import FIRST, STEPS, WITHOUT_FIELDS, FormPage
from tests.support.records import Records, make_both
from tests.support.stores import Store
from tests.support.visitor import Page, Visitor
from tracker.core import audit
from tracker.core.db import db
from tracker.core.outbox import OutboxMail

TEXT = "<script>alert(1)</script> 😀 مرحبا ‏שלום \"'&amp;{{ 7 }}"
RAW = "<script>alert"
BAD_KEY = "k" * 65
SURROGATE = "a\ud800b"


@dataclass
class Stage:
    """The application with one of every record, for those who open a group's forms."""

    app: Flask
    own: Records
    other: Records
    browsers: dict[str | None, Visitor]
    named: dict[str, Any]

    def at(self, who: str | None) -> Visitor:
        if who not in self.browsers:
            self.browsers[who] = Visitor(self.app, who)
        return self.browsers[who]

    def fill(self, template: Any) -> Any:
        return template.format(**self.named) if isinstance(template, str) else template

    def head(self) -> str:
        with self.app.app_context():
            return audit.head()

    def strangers(self, control: Control) -> tuple[str, ...]:
        """Ids of another taskforce's records: the contact for a contact, otherwise whatever the page did not offer."""
        if control.kind == "contact":
            return (str(self.other.contact_id),)
        others = (self.other.contact_id, self.other.point_id, self.other.programme_id)
        return tuple(str(i) for i in others if str(i) not in control.values)


@pytest.fixture
def stage(app: Flask, cast: Cast, once: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)  # as in service: a fault answers 500
    own, other = once("records", lambda: make_both(app, cast))
    named = vars(own) | {"taskforce_id": cast.epc, "board_meeting_id": cast.board_meeting, "unanswered": "EPC-L02"}
    return Stage(app, own, other, {}, named)


def take_steps(stage: Stage, group: str) -> None:
    for step in STEPS.get(group, []):
        visitor = stage.at(step.who)
        visitor.get(stage.fill(step.address))
        visitor.send(step.button, step.values, names=step.names)
    if group == "accounts":
        with stage.app.app_context():
            mail = db.session.execute(select(OutboxMail.body).order_by(OutboxMail.id.desc()).limit(1)).scalar_one()
        link = next(word for word in mail.split() if "/set-password/" in word)
        stage.named["reset_link"] = link.removeprefix("http://localhost")
    if group == "guest links":
        _keep_guest_links(stage)


def _keep_guest_links(stage: Stage) -> None:
    """The addresses of the two prepare links that were sent, and who the browser is at the first."""
    with stage.app.app_context():
        bodies = db.session.scalars(select(OutboxMail.body).where(OutboxMail.cause.like("guest_link:%"))).all()
    links = [word.removeprefix("http://localhost") for body in bodies for word in body.split() if "/links/" in word]
    stage.named |= {"guest_link": links[0], "fresh_link": links[1]}
    guest = stage.at(None)
    guest.get(links[0])
    guest.send("Continue", names={"name": "Ada", "role": "Lead"})


class Opened:
    """A form on its page, ready to be posted again and again."""

    def __init__(self, stage: Stage, page: FormPage) -> None:
        self.stage, self.page, self.visitor = stage, page, stage.at(page.who)
        self.visitor.get(stage.fill(page.address))
        self.form, _ = self.visitor.form(page.button)
        self.controls = controls_of(self.form)
        self.action = self.form.get("action") or self.visitor.address
        self.has_file = self.form.get("enctype") == "multipart/form-data"
        self.is_sqlite = stage.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
        given = {name: stage.fill(value) for name, value in page.valid.items()}
        self.valid = self.visitor._defaults(self.form) | given
        for control in self.controls:
            if self.valid.get(control.name) == FIRST:
                self.valid[control.name] = next(v for v in control.values if v)

    def post(self, changes: dict[str, Any], follow: bool = False) -> Page:
        """Post the form with `changes` to its valid values."""
        data = {k: v for k, v in (self.valid | changes).items() if v is not None}
        if self.has_file:
            data = {"file": (io.BytesIO(self.page.file), "a letter.pdf")} | data
            answer = self.visitor.client.post(self.action, data=data, follow_redirects=follow)
        else:
            kind = "application/x-www-form-urlencoded"
            answer = self.visitor.client.post(
                self.action, data=encoded(data), content_type=kind, follow_redirects=follow
            )
        return Page(answer)

    def refusals(self, bad: list[tuple[Control, dict[str, str]]]) -> list[str]:
        """What is wrong with the answer to these values at these controls, each of which has to be refused."""
        changes = {name: value for _, posted in bad for name, value in posted.items()}
        page = self.post(changes)
        if page.status != 422:
            return [f"{self.page.endpoint} {short(changes)}: answered {page.status}"]
        found = [(posted, w) for control, posted in bad for w in complaints(page, control, posted)]
        return [f"{self.page.endpoint} {short(posted)}: {w}" for posted, w in found]


def complaints(page: Page, control: Control, posted: dict[str, str]) -> Iterator[str]:
    """What is missing on a refused form: the message in its two places, what was typed, and safe markup."""
    if RAW in page.html.lower():
        yield "a raw script"
    ids = {e.get("id"): e for e in page.tree.iter() if e.get("id")}
    links = [a.get("href").removeprefix("#") for a in page.tree.iterfind(".//*[@class='nhsuk-error-summary']//a")]
    mine = [ids[link] for link in links if link in ids and control.owns(ids[link].get("name") or "")]
    if not mine:
        yield f"no link to it in the summary, which has {links} {page.errors}"
    elif not any(described_by_error(element, ids) for element in mine):
        yield "no message at the field"
    for name, value in posted.items():
        yield from kept(page, control, name, value)


def described_by_error(element: Any, ids: dict[str, Any]) -> bool:
    """Whether a control, or a fieldset around it, is described by an error message."""
    for e in (element, *element.iterancestors("fieldset")):
        for target in (e.get("aria-describedby") or "").split():
            if ids[target].get("class") == "nhsuk-error-message" and ids[target].text_content().strip():
                return True
    return False


def kept(page: Page, control: Control, name: str, value: str) -> Iterator[str]:
    """What was typed still stands in its box; NUL is no character of HTML, and a list cannot show what it has not."""
    if control.kind in {"one", "many", "hidden"} or control.is_secret or name == control.name != control.kind == "":
        return
    element = page.tree.find(f".//*[@name='{name}']")
    if element is None or element.get("type") in {"radio", "hidden"}:
        if control.kind != "contact":
            yield f"the control {name} is gone"
        return
    shown = "".join(element.itertext()).removeprefix("\n") if element.tag == "textarea" else element.get("value") or ""
    if shown.replace("\r\n", "\n").strip() != value.replace("\x00", "").strip() and not has_control(value):
        yield f"{name} shows {shown[:40]!r}"


def has_control(value: str) -> bool:
    return any(c < " " for c in value)


def short(posted: dict[str, Any]) -> str:
    return str({k: v if len(str(v)) < 60 else f"{v[:9]}…×{len(v)}" for k, v in posted.items()})


def is_drivers(value: str) -> bool:
    """What would come to the two databases' drivers as something different, if a form let it through."""
    return "\x00" in value or "\ud800" in value or len(value) > 15


def refused(opened: Opened) -> list[str]:
    """Every bad value at every control; on SQLite each control's first one by itself, so that nothing hides behind it.

    A refusal is the form's alone and the same on both databases. On PostgreSQL only what a driver answers differently
    is posted, the values of several controls together.
    """
    texts = [c.name for c in opened.controls if c.kind in {"text", "lines"}]
    bad: list[list[tuple[Control, dict[str, str]]]] = []
    for control in opened.controls:
        longest = opened.is_sqlite or control.name in texts[:1]
        values = control.bad_values(opened.stage.strangers(control), longest=longest)
        bad.append([(control, v) for v in values if opened.is_sqlite or any(map(is_drivers, v.values()))])
    alone = [values[:1] for values in bad if values] if opened.is_sqlite else []
    rest = [values[1:] for values in bad] if opened.is_sqlite else bad
    together = [[v for v in row if v is not None] for row in zip_longest(*rest)]
    return [w for posted in alone + together for w in opened.refusals(posted)]


def missed(opened: Opened) -> list[str]:
    """Nothing where something is required, one at a time."""
    wrong = [f"no control {name!r}" for name in set(opened.page.required) - {c.name for c in opened.controls}]
    for control in opened.controls:
        if control.name in opened.page.required:
            names = control.parts if control.kind == "date" else (control.name,)
            parts = [n for n in opened.valid if control.kind == "contact" and control.owns(n)]
            wrong += opened.refusals([(control, dict.fromkeys((*names, *parts), ""))])
    return [f"{opened.page.endpoint}: {w}" for w in wrong]


def redrawn(opened: Opened) -> list[str]:
    """A form that is shown again shows tags, emoji and right-to-left words as they were typed."""
    typed = {c.name: TEXT for c in opened.controls if c.kind in {"text", "lines"}}
    page, name = opened.post(typed | {"form_key": BAD_KEY}), opened.page.endpoint
    if page.status != 422:
        return [f"{name}: {page.status} for a form's key that no form has"]
    wrong = [f"{name}: a raw script"] if RAW in page.html.lower() else []
    for control in opened.controls:
        if control.name in typed:
            wrong += [f"{name}: {w}" for w in kept(page, control, control.name, TEXT)]
    return wrong


def hidden_values(opened: Opened) -> list[str]:
    """What no person sees may hold anything: never a 500."""
    names = [c.name for c in opened.controls if c.kind in {"hidden", "box"} and c.name != "form_key"]
    wrong = []
    values = ("9" * 19, "-1", "abc", "\x00", TEXT, LONG, "", *([] if opened.has_file else [SURROGATE]))
    for value in values if opened.is_sqlite else filter(is_drivers, values):
        posted: dict[str, Any] = dict.fromkeys(names, value)
        if opened.has_file:
            posted["file"] = (io.BytesIO(value.encode()), "../a<script>.docx")
        status = opened.post(posted | {"form_key": BAD_KEY}).status
        if status != 422:
            wrong.append(f"{opened.page.endpoint} {short(posted)}: {status}")
    return wrong


def accepted(opened: Opened) -> list[str]:
    """Tags, emoji and right-to-left words are saved, and shown escaped where the form leads."""
    page, before = opened.page, opened.stage.head()
    plain = [c for c in opened.controls if c.kind in {"text", "lines"} and c.type in {"", "text"}]
    typed = {c.name: f"{TEXT} {page.endpoint}" for c in plain if c.name not in page.formats}
    answer = opened.post(typed, follow=False)
    if answer.status not in page.ends:
        return [f"{page.endpoint} with text: {answer.status} {answer.errors or answer.html[:0]}"]
    if answer.status != 303:
        return []
    location = answer.answer.headers["Location"]
    wrong = [] if opened.stage.head() != before or page.who is None else [f"{page.endpoint}: nothing was saved"]
    shown = Page(opened.visitor.client.get(location, follow_redirects=True))
    if shown.status != 200 or RAW in shown.html.lower():
        wrong.append(f"{page.endpoint}: {shown.status} or a raw script at {location}")
    return wrong


@pytest.mark.parametrize("group", PAGES)
def test_bad_input_is_refused_at_its_field_and_changes_nothing(stage: Stage, group: str) -> None:
    take_steps(stage, group)
    wrong: list[str] = []
    before = stage.head()
    for opened in [Opened(stage, page) for page in PAGES[group]]:
        # What is missing, and what is shown again, never comes as far as the database.
        checks: list[Callable[[Opened], list[str]]] = [missed, redrawn] if opened.is_sqlite else []
        for check in (refused, hidden_values, *checks):
            wrong += check(opened)
        if stage.head() != before:
            wrong.append(f"{opened.page.endpoint}: something was changed")
            before = stage.head()
    for page in PAGES[group]:
        if page.ends:
            wrong += accepted(Opened(stage, page))
    assert not wrong, "\n".join(wrong)


def test_secretary_who_edits_an_action_keeps_its_owner(stage: Stage) -> None:
    page = next(p for p in PAGES["actions"] if p.endpoint == "actions.edit_action")
    assert Opened(stage, page).post({"title": "Other words"}).status == 303
    assert "Other words" in stage.at("team@can.test").get(f"/actions/{stage.own.action}").text


WRONG_MARKS = (["\x00", 1], [2**63, 1], ["a", 2**63], [None, None], [[[]], {}], ["a", True], [1e308, 1])
LISTS = (
    ("/", "secretary@epc.test"),
    ("/workshops", "secretary@epc.test"),
    ("/workshops/new", "secretary@epc.test"),
    ("/workshops/{workshop}/points", "secretary@epc.test"),
    ("/letters", "secretary@epc.test"),
    ("/letters", "team@can.test"),
    ("/letters/new", "secretary@epc.test"),
    ("/letters/record", "secretary@epc.test"),
    ("/letters/decisions", "auditor@epc.test"),
    ("/letters/{draft_letter}/compare", "secretary@epc.test"),
    ("/letters/{letter}/correspondence", "secretary@epc.test"),
    ("/letters/{letter}/correspondence", "team@can.test"),
    ("/letters/{letter}/correspondence/new", "secretary@epc.test"),
    ("/letters/from-word", "secretary@epc.test"),
    ("/taskforces/EPC/letterheads", "secretary@epc.test"),
    ("/taskforces/{code}/letterheads/new", "secretary@epc.test"),
    ("/taskforces/{code}/letterheads/own.docx", "secretary@epc.test"),
    ("/recommendations", "secretary@epc.test"),
    ("/recommendations", "team@can.test"),
    ("/recommendations/change", "secretary@epc.test"),
    ("/recommendations/export", "secretary@epc.test"),
    ("/recommendations/moved", "secretary@epc.test"),
    ("/saved-views/new", "secretary@epc.test"),
    ("/actions", "secretary@epc.test"),
    ("/actions/new", "secretary@epc.test"),
    ("/papers", "secretary@epc.test"),
    ("/papers/new", "secretary@epc.test"),
    ("/papers/{draft_paper}/recommendations", "secretary@epc.test"),
    ("/directory", "secretary@epc.test"),
    ("/taskforces/{code}/contacts", "secretary@epc.test"),
    ("/contacts/find", "secretary@epc.test"),
    ("/users", "admin@tracker.test"),
    ("/sign-in", None),
    *((f"/{kind}/a\x00b", "secretary@epc.test") for kind in ("workshops", "letters", "actions", "taskforces")),
)
# Every name that an address is read for.
ARGUMENTS = (
    *("q", "owner", "taskforce", "programme", "workshop", "point", "state", "status", "position", "judgement", "due"),
    *("letter", "meeting", "overdue", "origin", "from", "to", "field", "required", "next", "poll", "kind", "sort"),
    *("after", "before", "direction", "read", "word", "purpose"),
    *("late", "extended", "theme", "focus", "principle", "lead", "delivery", "columns", "view", "all", "format"),
    *("since", "query", "register"),
)
PAGED = {
    "/taskforces/EPC/letterheads",
    "/workshops",
    "/letters",
    "/letters/decisions",
    "/recommendations",
    "/recommendations/moved",
    "/actions",
    "/papers",
    "/users",
}


def addresses(base: str, *, is_sqlite: bool) -> Iterator[str]:
    """`base` with each bad value under every name at once, and marks of a page that no page made."""
    values = ("9" * 19, "-1", "abc", "\x00", "\x0b", SURROGATE, "\u202e", TEXT, "x" * 5000, "", "31/2/2027", "%", "(a)")
    for value in values if is_sqlite else filter(is_drivers, values):
        yield f"{base}?{encoded(dict.fromkeys(ARGUMENTS, value)).decode()}"
    for number, mark in enumerate(WRONG_MARKS if base in PAGED else ()):
        token = base64.urlsafe_b64encode(json.dumps(mark).encode()).decode().rstrip("=")
        yield f"{base}?{encoded({('before', 'after')[number % 2]: token}).decode()}"


def test_bad_values_in_an_address_never_break_a_page(stage: Stage, store: Store) -> None:
    wrong = []
    for template, who in LISTS:
        for address in addresses(stage.fill(template), is_sqlite=store.is_sqlite):
            answer = stage.at(who).client.get(address)
            if answer.status_code not in {200, 303, 404} or RAW.encode() in answer.get_data().lower():
                wrong.append(f"{address[:200]}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


# Surrogates too: a program can post what no keyboard can.
ANY_TEXT = st.text(st.characters(), max_size=60) | st.sampled_from([LONG, str(2**63), SURROGATE, "\x00", TEXT])


def test_random_text_in_random_fields_is_never_a_fault_of_ours(stage: Stage) -> None:
    groups = ("actions", "directory", "letterheads", "letters", "papers", "recommendations", "workshops")
    forms = [Opened(stage, page) for group in groups for page in PAGES[group]]

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def post_anything(data: st.DataObject) -> None:
        opened = data.draw(st.sampled_from(forms))
        names = sorted(set(opened.valid) - {"csrf_token"})
        changes = data.draw(st.dictionaries(st.sampled_from(names), ANY_TEXT, min_size=1, max_size=4))
        if opened.has_file:
            changes = {name: text.encode("utf-8", "replace").decode() for name, text in changes.items()}
        assert opened.post(changes).status in {200, 303, 403, 404, 409, 422}

    post_anything()


def test_every_form_is_tried(app: Flask) -> None:
    posted = {r.endpoint for r in app.url_map.iter_rules() if "POST" in (r.methods or ())}
    tried = {page.endpoint for pages in PAGES.values() for page in pages}
    assert not sorted(posted - tried - WITHOUT_FIELDS), "forms that nobody tries with bad input"
    assert not sorted((tried | WITHOUT_FIELDS) - posted), "forms that are gone"
    assert not tried & WITHOUT_FIELDS
