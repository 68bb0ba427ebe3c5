"""A paper through the web, to the point where a test begins."""

from __future__ import annotations

from typing import Any

COVER = {
    "Paper reference": "PB.08.02.2027/05",
    "Purpose": "A status update on the work so far.",
    "For": ["Decision", "Information"],
    "Patient and public involvement": "Each meeting follows a workshop with patients.",
    "Section 13Q duty": "Applies",
    "Why it does not apply, or the arrangements": "See paragraphs 5 and 17.",
    "Authors": "Head of Voluntary Partnerships",
}


def start(visitor: Any, title: str = "Progress report") -> None:
    """Start a paper; the visitor stands on its edit page then."""
    visitor.get("/papers")
    visitor.follow("New board paper")
    visitor.send(
        "Save and continue",
        {"Taskforce": "Empowering People Taskforce", "Board meeting": "8 February 2027, Test board", "Title": title},
    )


def add_invitation(visitor: Any, text: str) -> None:
    visitor.send("Add an invitation")
    number = len(visitor.page.all(".//textarea[@rows='2']"))
    visitor.page.tree.find(f".//textarea[@name='invitations-{number - 1}']").text = text


def fill(visitor: Any, cast: Any, lead: str = "chair@epc.test") -> None:
    """Fill the cover sheet on the page at hand with `lead` as its lead director, and save it."""
    add_invitation(visitor, "Note the progress")
    visitor.send("Save", COVER, names={"lead_1": str(cast.contacts[lead])})


def send(visitor: Any, cast: Any, lead: str = "chair@epc.test") -> None:
    """A complete paper EPC-P01, sent to its lead director."""
    start(visitor)
    fill(visitor, cast, lead)
    visitor.send("Send to lead director")
