"""Each secret of a letter's life is on no page that somebody who may not know it can reach, by link or by address."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from tests.support.word import edited
from tracker.core import clock
from tracker.documents import own_reference

SECRETS = {
    "draft": "zqdraftwords",
    "note": "zqnotetochair",
    "chair": "zqchaircomment",
    "member": "zqmembercomment",
    "round": "zqroundnote",
    "returned": "zqreturnreason",
    "approved": "zqapprovalremark",
    "internal": "zqinternalnote",
    "struck": "zqstruckentry",
    "covering": "zqcoveringtext",
    "passage": "zqpassage",
    "head": "zqletterhead",
    "word": "zqwordfile",
}
SECRETARY, CHAIR, MEMBER = "secretary@epc.test", "chair@epc.test", "member@epc.test"
# Who is not of those who draft, decide or audit.
OUTSIDE = (
    "team@can.test",
    "sro@can.test",
    "team@dia.test",
    "secretary@dig.test",
    "chair@dig.test",
    "member@dig.test",
    "auditor@dig.test",
    "nobody@tracker.test",
    "admin@tracker.test",
    MEMBER,
)
# A letterhead and a standard passage are the administrator's too; correspondence is the whole taskforce's.
# With what words the letter came to the programme, it knows itself.
PROGRAMME = {"covering"}
MAY_KNOW = {
    "admin@tracker.test": {"passage", "head"},
    "team@can.test": PROGRAMME,
    "sro@can.test": PROGRAMME,
    MEMBER: {"covering", "internal", "struck"},
}
START = ("/letters/1/comment", "/taskforces/EPC/letterheads", "/letters/from-word/1", "/letters/from-word/1/file")
ADDRESS = re.compile(r'(?:href|action|src|hx-get|hx-post|formaction)="(/[^"#]*)')


def add_entry(secretary: Any, key: str, text: str, internal: bool = False) -> str:
    secretary.get(f"/letters/{key}/correspondence/new")
    today = clock.today()
    names = {"kind": "call", "direction": "in", "from_whom": "Cancer Programme", "text": text}
    names |= {"happened_on-day": today.day, "happened_on-month": today.month, "happened_on-year": today.year}
    names |= {"is_internal": "y"} if internal else {}
    secretary.send("Add the entry", names=names)
    return max(re.findall(rf"/letters/{key}/correspondence/(\d+)", secretary.page.html), key=int)


@pytest.fixture
def lived(desk: Any, visit: Any) -> Any:
    """A letter with a whole life: every secret is somewhere in it."""
    secretary, chair, member = visit(SECRETARY), visit(CHAIR), visit(MEMBER)
    secretary.get("/taskforces/EPC/passages/new")
    names = {"name": "zqpassage", "text": "zqpassage", "use": "letter"}
    secretary.send("Add the passage", names=names)
    secretary.get("/taskforces/EPC/letterheads/new")
    values = {"What it is for": "Letter", "Name": SECRETS["head"], "File": (own_reference("letter"), "a.docx")}
    secretary.send("Upload the letterhead", values)
    desk.draft(body="zqdraftwords\n\n{recommendations}")
    content = secretary.get_file(desk.at("/draft.docx"))
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", {"Letter": "zqdraftwords and more\n\n{recommendations}"})
    secretary.get(desk.at("/from-word"))
    edited_there = edited(content, ("zqdraftwords", "zqwordfile"))
    secretary.send("Upload and compare", {"File": (edited_there, "zqwordfile.docx")})
    secretary.get(desk.at("/members"))
    day = clock.today() + timedelta(days=2)
    values = {"Members to ask": ["EPC Member (member)"], "Last day for comments": day, "Note to them": "zqroundnote"}
    secretary.send("Send to members for comment", values)
    member.get(desk.at("/comment"))
    member.send("Save the comment", {"Your comment": "zqmembercomment"})
    desk.submit(note="zqnotetochair")
    chair.get(desk.at("/decide"))
    chair.send("Save the comment", {"Your comment": "zqchaircomment"})
    desk.give_back("zqreturnreason")
    secretary.get(desk.at("/edit"))
    secretary.send("Save the draft", {"Letter": "The words.\n\n{recommendations}"})
    desk.submit()
    chair.get(desk.at("/decide"))
    chair.send("Record decision", {"Your decision": "Approve", "Comment": "zqapprovalremark"})
    desk.issue(**{"Date of letter": clock.today()})
    secretary.get(desk.at("/send-out"))
    secretary.send("Make a message to open in Outlook", {"Covering text": "zqcoveringtext"})
    add_entry(secretary, desk.key, "zqinternalnote", internal=True)
    entry = add_entry(secretary, desk.key, "zqstruckentry")
    secretary.get(desk.at(f"/correspondence/{entry}/strike"))
    secretary.send("Strike the entry", {"Reason": "zqstruckentry"})
    return desk


def walk(visitor: Any, start: set[str]) -> dict[str, bytes]:
    """Every page and file that can be read from these addresses on: address → what it says."""
    seen: dict[str, bytes] = {}
    waiting = sorted(start)
    while waiting and len(seen) < 600:
        address = waiting.pop()
        if address in seen or "/static/" in address or "sign-out" in address:
            continue
        answer = visitor.client.get(address)
        seen[address] = answer.get_data() if answer.status_code == 200 else b""
        if answer.mimetype == "text/html":
            html = answer.get_data(as_text=True).replace("&amp;", "&")
            waiting += [a for a in ADDRESS.findall(html) if "sort=" not in a and a not in seen]
        elif answer.location:
            waiting.append(answer.location)
    return seen


def said(content: bytes) -> bytes:
    """What a file says: a Word file's parts, unpacked."""
    if content[:2] != b"PK":
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return b"".join(file.read(name) for name in file.namelist())


@pytest.mark.parametrize("store", ["sqlite"], indirect=True, scope="session")
def test_nobody_outside_learns_a_secret_of_a_letter(lived: Any, visit: Any) -> None:
    inside: dict[str, bytes] = {}
    for email in (SECRETARY, CHAIR, "auditor@epc.test"):
        for address, content in walk(visit(email), {"/", lived.at(), *START, *inside}).items():
            inside[address] = inside.get(address) or content
    everything = b"".join(map(said, inside.values()))
    unseen = {name for name, words in SECRETS.items() if words.encode() not in everything}
    leaks = []
    for email in OUTSIDE:
        for address, content in walk(visit(email), set(inside)).items():
            text = said(content)
            leaks += [
                (email, name, address)
                for name, words in SECRETS.items()
                if words.encode() in text and name not in MAY_KNOW.get(email, set())
            ]
    assert unseen == set(), "what nobody sees proves nothing"
    assert leaks == []
