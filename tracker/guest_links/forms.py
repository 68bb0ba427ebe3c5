"""Forms of links: for whoever makes one, and for whoever uses it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from wtforms.validators import StopValidation

from tracker.accounts.models import Contact
from tracker.core import clock
from tracker.guest_links.rules import LASTS_DAYS, MOST_DAYS, why_no_last_day
from tracker.web.fields import DateField, EmailField, LongTextField, RadioOne, TextField
from tracker.web.forms import TrackerForm

EMAIL, COPY = "email", "copy"
SEND = "Send it by e-mail"
SHOW = "Show it to me once, and I pass it on"
NOTE_HINT = "Optional. It stands in the e-mail, above the link."


class _LinkForm(TrackerForm):
    last_day = DateField(
        "Last day of the link",
        required="Enter the last day of the link",
        hint=f"At most {MOST_DAYS} days from today",
        default=lambda: clock.today() + timedelta(days=LASTS_DAYS),
    )
    note = LongTextField("Words of your own", longest=2000, rows=3, hint=NOTE_HINT)

    def until(self) -> date:
        """The last day, once it is valid."""
        day: date = self.last_day.data  # type: ignore[assignment]
        return day

    def validate_last_day(self, field: DateField) -> None:
        """WTForms calls this for the field of that name."""
        if field.data is not None and (wrong := why_no_last_day(field.data, clock.today())):
            raise StopValidation(wrong)


class PrepareLinkForm(_LinkForm):
    """A link that may be handed on."""

    email = EmailField(
        "E-mail address to send it to", hint="Optional. Leave it empty to be shown the link once, to pass on yourself."
    )


class NamedLinkForm(_LinkForm):
    """A link for one named person, on what their e-mail address is."""

    person = RadioOne("Who it is for", kind=int, required="Choose who it is for")
    how = RadioOne("How it reaches them", [(EMAIL, SEND), (COPY, SHOW)], required="Choose how it reaches them")
    emails: dict[int, str] = {}

    def offer(self, people: Sequence[Contact], *, may_copy: bool) -> None:
        """Say whom it can be for, the likeliest first; only by e-mail where it must not pass through other hands."""
        self.emails = {c.id: c.email for c in people}
        self.person.choices = [(str(c.id), _said(c)) for c in people]
        if people and self.person.data in {None, ""}:
            self.person.data = str(people[0].id)
        if not may_copy:
            self.how.choices = [(EMAIL, SEND)]
            self.how.data = self.how.data or EMAIL

    def validate(self, extra_validators: object = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.how.data == EMAIL and isinstance(self.person.data, int) and not self.emails.get(self.person.data):
            self.say("how", "There is no e-mail address of this person on record")
            fine = False
        return fine


def _said(contact: Contact) -> str:
    role = f", {contact.role_line}" if contact.role_line else ""
    return f"{contact.name}{role} ({contact.email or 'no e-mail address'})"


class WhoForm(TrackerForm):
    """Who somebody at a prepare link is."""

    name = TextField("Your name", required="Enter your name", look={"autocomplete": "name"})
    role = TextField(
        "Your role",
        required="Enter your role",
        hint="Your job, and where you work if that is elsewhere",
        look={"autocomplete": "organization-title"},
    )


class ConfirmForm(TrackerForm):
    """A button."""
