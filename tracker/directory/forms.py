"""Forms of the directory."""

from __future__ import annotations

from typing import Any

from wtforms.validators import StopValidation

from tracker.core import clock
from tracker.directory import rules
from tracker.directory.models import Membership
from tracker.directory.picker import ContactField
from tracker.directory.rules import Position
from tracker.web.fields import DateField, EmailField, LongTextField, NumberField, SelectOne, TextField, choices_of
from tracker.web.forms import TrackerForm


class DetailsForm(TrackerForm):
    """A form whose fields, but for those in `APART`, are attributes of its record."""

    APART: tuple[str, ...] = ("code",)

    def details(self) -> dict[str, Any]:
        return {f.name: f.data for f in self.shown() if f.name not in self.APART}


class CodeField(TextField):
    """A code that can stand before the dash of a reference."""

    def __init__(self, **kwargs: Any) -> None:
        look = {"classes": "nhsuk-input--width-10", "autocomplete": "off"}
        hint = "2 to 8 capitals and digits, like EPC. It begins every reference and never changes."
        super().__init__("Code", required="Enter the code", hint=hint, look=look, validators=(self._check,), **kwargs)

    def _check(self, _form: Any, field: Any) -> None:
        if not rules.is_code(field.data):
            raise StopValidation("Code must be 2 to 8 capitals and digits, and begin with a capital")


class TaskforceForm(DetailsForm):
    name = TextField("Name", required="Enter the name")
    remit = LongTextField("Remit", hint="What the taskforce is for, in a few sentences")
    board_id = SelectOne("Board that it reports to", kind=int)
    period_stated = TextField("Period", hint="As stated, like ‘2017 to 2019’")
    terms_of_reference = LongTextField("Terms of reference", rows=8)
    terms_agreed_on = DateField("Terms agreed on")
    terms_review_stated = TextField("Terms to be reviewed", hint="As stated, like ‘early 2019’")
    secretariat_stated = TextField("Secretariat", hint="Who provides it, in words")
    sender_address = LongTextField("Sender address", hint="As it stands at the top of letters", rows=4, longest=2000)
    classification = TextField(
        "Security classification", hint="What a letter is marked, unless it says otherwise", default="OFFICIAL"
    )
    response_working_days = NumberField(
        "Working days to answer a letter", least=1, most=250, required="Enter the number of working days", default=20
    )


class NewTaskforceForm(TaskforceForm):
    code = CodeField()


class ProgrammeForm(DetailsForm):
    APART = ("code", "main_contact_id")
    name = TextField("Name", required="Enter the name")
    organisation = TextField("Organisation")
    main_contact_id = ContactField(
        "Main contact", hint="Who is written to about reminders, rather than the director. Leave it empty for its team"
    )


class NewProgrammeForm(ProgrammeForm):
    code = CodeField()


class BoardForm(DetailsForm):
    name = TextField("Name", required="Enter the name")
    organisation = TextField("Organisation", required="Enter the organisation")


class BoardMeetingForm(TrackerForm):
    held_on = DateField("Date of the meeting", required="Enter the date of the meeting")


class MemberForm(DetailsForm):
    APART = ("who",)
    who = ContactField("Who holds the seat", hint="Leave it empty for a vacant seat")
    position = SelectOne("Position", choices_of(Position), kind=Position, required="Choose the position")
    represents = TextField("Whom they represent", hint="A vacant seat must say it")
    from_on = DateField("From")
    until_on = DateField("Until")

    @classmethod
    def values(cls, record: Membership) -> dict[str, Any]:
        return {"who": record.contact_id}


class EndMemberForm(TrackerForm):
    last_day = DateField("Last day", required="Enter the last day", default=clock.today)


class DelegationForm(TrackerForm):
    contact_id = SelectOne("Who decides for you", kind=int, required="Choose who decides for you")
    from_on = DateField("From", required="Enter the first day", default=clock.today)
    until_on = DateField("Until", required="Enter the last day", hint="It ends by itself after this day")


class AppointForm(TrackerForm):
    who = ContactField("Senior responsible owner", required="Choose the senior responsible owner")
    from_on = DateField("From", required="Enter the first day", default=clock.today)


class ContactForm(DetailsForm):
    name = TextField("Name", required="Enter the name", hint="As it stands on a letter, like ‘Dr Ada Lovelace’")
    salutation = TextField("Salutation", hint="How a letter begins, like ‘Dear Ada’")
    post_nominals = TextField("Post-nominals", hint="Letters after the name, like CBE")
    job_title = TextField("Job title")
    organisation = TextField("Organisation")
    email = EmailField("E-mail address")
