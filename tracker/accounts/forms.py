"""Forms of accounts."""

from __future__ import annotations

from typing import Any

from wtforms.validators import ValidationError

from tracker.accounts import passwords
from tracker.accounts.models import User
from tracker.accounts.pictures import clean_png
from tracker.core import clock
from tracker.core.errors import BadFile, RuleBroken
from tracker.core.permissions import PROGRAMME_ROLES, Role
from tracker.web.fields import CheckOne, DateField, EmailField, RadioOne, SecretField, SelectOne, TextField, UploadField
from tracker.web.forms import TrackerForm

CHOOSE_HINT = "At least 15 characters. Three or more words that do not belong together are strong and easy to remember."


class SignInForm(TrackerForm):
    email = EmailField("E-mail address", required="Enter your e-mail address", autocomplete="username")
    password = SecretField("Password", required="Enter your password", autocomplete="current-password", longest=1000)


class AskForResetForm(TrackerForm):
    email = EmailField("E-mail address", required="Enter your e-mail address", autocomplete="username")


class NewPasswordField(SecretField):
    """A password to be chosen: long enough, and not one that everybody tries first."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        message = "Enter a new password"
        super().__init__(label, required=message, autocomplete="new-password", hint=CHOOSE_HINT, longest=1000, **kwargs)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        problem = None if validation_stopped else passwords.problem_with(self.data, *form.known_words)
        if problem:
            raise ValidationError(problem)


class SetPasswordForm(TrackerForm):
    """A new password, by a link. `known_words` are words that anybody would try for this person."""

    password = NewPasswordField("New password")
    known_words: tuple[str, ...] = ()


class ChangePasswordForm(SetPasswordForm):
    current = SecretField(
        "Current password", required="Enter your current password", autocomplete="current-password", longest=1000
    )
    password = NewPasswordField("New password")


class UserForm(TrackerForm):
    name = TextField("Name", required="Enter the name")
    email = EmailField(
        "E-mail address", required="Enter the e-mail address", hint="They sign in with this, and mail goes to it"
    )
    job_title = TextField("Job title")
    organisation = TextField("Organisation")
    is_admin = CheckOne(
        "Administrator", hint="Keeps users, taskforces, boards and programmes. Does not read the business by itself."
    )

    @classmethod
    def values(cls, record: User) -> dict[str, Any]:
        contact = record.contact
        return {"name": contact.name, "job_title": contact.job_title, "organisation": contact.organisation}

    def details(self) -> dict[str, Any]:
        return {
            "name": self.name.data,
            "email": self.email.data,
            "job_title": self.job_title.data,
            "organisation": self.organisation.data,
            "is_admin": self.is_admin.data,
        }


class GrantForm(TrackerForm):
    role = SelectOne(
        "Role",
        [("", "Choose a role"), *((r.value, r.label) for r in Role)],
        kind=Role,
        required="Choose the role",
    )
    taskforce = SelectOne("Taskforce", kind=int, hint="For every role but the two of a programme")
    programme = SelectOne("Programme", kind=int, hint="For a programme team or a senior responsible owner")
    from_on = DateField("From", required="Enter the first day", default=clock.today)
    until_on = DateField("Until", hint="The last day, if there is one: access ends with it")

    def dates(self) -> dict[str, Any]:
        return {"from_on": self.from_on.data, "until_on": self.until_on.data}

    def scope_id(self) -> int:
        """The taskforce or programme that the role is for. Raises RuleBroken at the field that is missing."""
        field = self.programme if self.role.data in PROGRAMME_ROLES else self.taskforce
        other = self.taskforce if field is self.programme else self.programme
        if field.data is None:
            raise RuleBroken(f"Choose the {field.label.text.lower()} for this role", field=field.name)
        if other.data is not None:
            raise RuleBroken(f"This role is not for a {other.label.text.lower()}: leave it empty", field=other.name)
        return int(field.data)


class EndGrantForm(TrackerForm):
    when = RadioOne(
        "When does it end?",
        [("now", "Now"), ("day", "At the end of a day")],
        required="Choose when it ends",
    )
    last_day = DateField("Last day", hint="Only where it ends at the end of a day")

    def chosen_day(self) -> Any:
        """The last day, or None for now. Raises RuleBroken where a day was chosen and none was typed."""
        if self.when.data == "now":
            return None
        if self.last_day.data is None:
            raise RuleBroken("Enter the last day", field="last_day")
        return self.last_day.data


class ConfirmForm(TrackerForm):
    """A button without fields."""


class SignatureForm(TrackerForm):
    """A picture of one's own signature; `png` is what is kept of it."""

    file = UploadField(
        "Picture of your signature",
        required="Choose the picture",
        hint="A PNG file of 500 KB or smaller, cut to the signature. A white or see-through ground prints best.",
    )
    png = b""

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        if not self.file.data:
            return passed
        try:
            self.png = clean_png(self.file.data.read())
        except BadFile as error:
            self.say("file", error.message)
            return False
        return passed
