"""What changes contacts."""

from __future__ import annotations

from typing import Any

from tracker.accounts.models import Contact
from tracker.core import events
from tracker.core.db import db
from tracker.core.permissions import Person

events.register_verbs({"contact_added": "added the contact", "contact_edited": "changed the contact"})


def add_contact(
    taskforce_id: int | None,
    *,
    name: str,
    salutation: str = "",
    post_nominals: str = "",
    job_title: str = "",
    organisation: str = "",
    email: str = "",
    by: Person | None,
) -> Contact:
    """A new contact, kept by the taskforce (None: by nobody, where an administrator adds it)."""
    contact = Contact(
        taskforce_id=taskforce_id,
        name=name,
        salutation=salutation,
        post_nominals=post_nominals,
        job_title=job_title,
        organisation=organisation,
        email=email,
    )
    db.session.add(contact)
    db.session.flush()
    events.record(by, "contact_added", contact)
    return contact


def edit_contact(contact: Contact, details: dict[str, str], *, by: Person) -> None:
    """Change how a contact is named and reached. What was printed on a letter before stays as it was."""
    for name, value in details.items():
        setattr(contact, name, value)
    changed: dict[str, Any] = events.changes(contact)
    events.record(by, "contact_edited", contact, **changed)
    db.session.flush()
