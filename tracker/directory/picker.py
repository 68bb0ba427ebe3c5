"""The field that finds a contact by name while one types, or adds a new one without leaving the form.

It works without JavaScript too: "Find" shows the form again with what was found (`TrackerForm.is_looking`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from wtforms import Field
from wtforms.validators import StopValidation

from tracker.accounts.models import Contact
from tracker.core.permissions import Person
from tracker.directory import contacts, queries
from tracker.web.fields import FORBIDDEN, EmailField
from tracker.web.piece import render_piece

NEW = "new"
DETAILS = ("name", "job_title", "organisation", "email")
LONGEST = 200


@dataclass(frozen=True)
class NewContact:
    """Somebody who is not known yet, as typed in the form."""

    name: str
    job_title: str = ""
    organisation: str = ""
    email: str = ""

    @property
    def label(self) -> str:
        return self.name


class ContactId(int):
    """The id of a chosen contact, which can say the name (where two versions of a form are compared)."""

    @property
    def label(self) -> str:
        return contact_name(self)


@dataclass(frozen=True)
class Choice:
    """A contact as one of the radio buttons."""

    value: str
    name: str
    role_line: str
    checked: bool


def contact_name(contact_id: int | None) -> str:
    """The name of a contact, or nothing where there is none."""
    found = queries.get_contact(contact_id) if contact_id is not None else None
    return found.name if found else ""


class PickerWidget:
    def __call__(self, field: Any, **_more: Any) -> Markup:
        return render_piece("directory/_picker.html", field=field)


class ContactField(Field):  # type: ignore[misc]
    """Somebody: an id that exists, a NewContact, or None. Set `taskforce_id` before validating or showing it."""

    widget = PickerWidget()

    def __init__(self, label: str, *, required: str = "", hint: str = "", **kwargs: Any) -> None:
        super().__init__(label, description=hint, **kwargs)
        self.required = required
        self.taskforce_id: int | None = None
        self.query, self.chosen, self.is_looking = "", "", False
        self.object_data: int | None = None
        self.details = dict.fromkeys(DETAILS, "")
        self.wrong = ""

    @property
    def error_anchor(self) -> str:
        """The control that the error summary leads to."""
        return f"{self.id}-{self.wrong or 'q'}"

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None, **kwargs: Any) -> None:
        self.process_errors: list[str] = []
        data = data.id if isinstance(data, Contact) else data  # a record's own attribute may be the contact itself
        self.data: ContactId | NewContact | None = ContactId(data) if isinstance(data, int) else None
        self.object_data = self.data
        self.chosen = str(data) if isinstance(data, int) else ""
        if formdata is not None and (self.name in formdata or f"{self.name}-q" in formdata):
            self.read(formdata)
            self.is_looking = formdata.get("find") == self.name

    def read(self, typed: Mapping[str, str]) -> None:
        """Take what a form or a search sent."""
        self.query = _clean(typed.get(f"{self.name}-q", ""))
        self.chosen = _chosen(self.name, typed)
        self.details = _details(self.name, typed)
        self.data = _named(self.chosen, self.details)

    def pre_validate(self, _form: Any) -> None:
        self.wrong = ""
        if isinstance(self.data, NewContact):
            self._check_new(self.data)
        elif self.data is not None:
            self._check_offered(self.data)
        elif self.chosen:
            raise StopValidation("Choose one of the contacts in the list")
        elif self.query:
            raise StopValidation(f"Choose who “{self.query}” is, or add a new contact")
        elif self.required:
            raise StopValidation(self.required)

    def _check_new(self, new: NewContact) -> None:
        for part in DETAILS:
            text = self.details[part]
            if FORBIDDEN.search(text) or len(text) > LONGEST:
                self.wrong = f"new_{part}"
                raise StopValidation(f"Use {LONGEST} plain characters or fewer for each detail of the new contact")
        if not new.name:
            self.wrong = "new_name"
            raise StopValidation("Enter the name of the new contact")
        if new.email and (not EmailField.ADDRESS.fullmatch(new.email) or ".." in new.email):
            self.wrong = "new_email"
            raise StopValidation("Enter an e-mail address in the correct format, like name@example.com")

    def _check_offered(self, contact_id: int) -> None:
        kept = self.object_data is not None and contact_id == self.object_data
        if not kept and queries.get_offered_contact(self.taskforce_id, contact_id) is None:
            self.data, self.chosen = None, ""
            raise StopValidation("Choose one of the contacts in the list")

    @property
    def is_new(self) -> bool:
        return self.chosen == NEW

    @property
    def new_name(self) -> str:
        """The name that a new contact is offered with: after a search what was searched for, else what was typed."""
        typed = self.details["name"]
        return (self.query or typed) if self.is_looking else (typed or self.query)

    def choices(self) -> list[Choice]:
        """The contact chosen so far, then those whose names match what was typed."""
        contact_id = _named(self.chosen, self.details)
        known = queries.get_contact(contact_id) if isinstance(contact_id, int) else None
        if known is not None and known.id != self.object_data:
            known = queries.get_offered_contact(self.taskforce_id, known.id)
        found = queries.find_contacts(self.taskforce_id, self.query) if self.query else []
        everyone = ([known] if known else []) + [c for c in found if known is None or c.id != known.id]
        return [_choice(c, chosen=known is not None and c.id == known.id) for c in everyone]


def read_contact(name: str, typed: Mapping[str, str]) -> ContactId | NewContact | None:
    """Whom a form that was sent names in its ContactField `name`; nobody knows yet whether it may."""
    chosen = _chosen(name, typed)
    return _named(chosen, _details(name, typed) if chosen == NEW else {})


def _chosen(name: str, typed: Mapping[str, str]) -> str:
    return typed.get(name, "")[:20]


def _details(name: str, typed: Mapping[str, str]) -> dict[str, str]:
    return {part: " ".join(typed.get(f"{name}-new_{part}", "").split()) for part in DETAILS}


def _named(chosen: str, details: Mapping[str, str]) -> ContactId | NewContact | None:
    if chosen == NEW:
        return NewContact(**details)
    return ContactId(chosen) if re.fullmatch(r"[0-9]{1,9}", chosen) else None


def _choice(contact: Contact, *, chosen: bool) -> Choice:
    return Choice(str(contact.id), contact.name, contact.role_line, chosen)


def _clean(text: str) -> str:
    """What a search looks for: one line of text, bounded."""
    return FORBIDDEN.sub("", " ".join(text.split()))[: LONGEST + 1]


def settle(field: Any, by: Person) -> int | None:
    """The id of the contact that a validated field names; a new one is added, within the writing transaction."""
    if isinstance(field.data, NewContact):
        new = field.data
        added = contacts.add_contact(
            field.taskforce_id,
            name=new.name,
            job_title=new.job_title,
            organisation=new.organisation,
            email=new.email.lower(),
            by=by,
        )
        return added.id
    return None if field.data is None else int(field.data)
