"""Forms of reminders."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField
from wtforms.validators import StopValidation

from tracker.reminders.digests import Going
from tracker.reminders.rules import MOST_BEFORE, Plan, read_days
from tracker.web.fields import (
    CheckMany,
    CheckOne,
    DateField,
    LongTextField,
    NumberField,
    RadioOne,
    SelectOne,
    TextField,
)
from tracker.web.forms import TrackerForm

MOST_AFTER = 20
CHANGED = "Something has changed since you opened this page: look at what goes, and send again"


class PlanForm(TrackerForm):
    """How letters are reminded of."""

    days_before = TextField(
        "Working days before the due date",
        hint=f"Each from 1 to {MOST_BEFORE}, with commas between, like 10, 2. Leave it empty for no reminder before it",
        look={"classes": "nhsuk-input--width-10"},
        longest=40,
    )
    on_due_day = CheckOne("Remind on the day itself")
    every_after = NumberField(
        "Then every so many working days after it", least=1, most=60, required="Enter the number of working days"
    )
    most_after = SelectOne(
        "How many reminders go after it",
        [("0", "None"), *((str(n), str(n)) for n in range(1, MOST_AFTER + 1))],
        kind=int,
        required="Choose how many reminders go after the due date",
        hint="The next step after them is a reminder letter, drafted for the chair",
    )
    escalates = CheckOne(
        "Later reminders also go to the senior responsible owner and the chair",
        hint="Say below from which one on",
    )
    escalate_after = SelectOne(
        "How many late reminders go before they do",
        [("0", "None: all late ones go to them"), *((str(n), str(n)) for n in range(1, MOST_AFTER + 1))],
        kind=int,
        required="Choose after how many late reminders",
    )
    is_automatic = RadioOne(
        "Who sends them",
        [("no", "The secretariat sees what is due to go, and presses send"), ("yes", "They go by themselves")],
        required="Say who sends the reminders",
    )

    def validate_days_before(self, field: Any) -> None:
        if read_days(field.data or "") is None:
            raise StopValidation(f"Enter whole numbers from 1 to {MOST_BEFORE} with commas between, like 10, 2")

    def plan(self) -> Plan:
        """The answer, once it is checked."""
        numbers = {name: int(self[name].data or 0) for name in ("every_after", "most_after", "escalate_after")}
        return Plan(
            days_before=read_days(self.days_before.data or "") or (),
            on_due_day=bool(self.on_due_day.data),
            **numbers,
            escalates=bool(self.escalates.data),
            is_automatic=self.is_automatic.data == "yes",
        )


def plan_values(plan: Plan) -> dict[str, Any]:
    """A plan as its form shows it."""
    return {
        "days_before": ", ".join(map(str, plan.days_before)),
        "on_due_day": plan.on_due_day,
        "every_after": plan.every_after,
        "most_after": plan.most_after,
        "escalates": plan.escalates,
        "escalate_after": plan.escalate_after,
        "is_automatic": "yes" if plan.is_automatic else "no",
    }


class PauseForm(TrackerForm):
    until_on = DateField(
        "Last day of the pause", required="Enter the last day of the pause", hint="Reminders go on the day after"
    )
    reason = TextField("Why", required="Say why reminders are paused")


class ConfirmForm(TrackerForm):
    """A button."""


class SendForm(TrackerForm):
    """The words of what goes: what every mail begins and ends with, and what it says of each letter.

    `of_going` gives it a field for each. `shown` says what was on screen, so that nothing is sent which has changed.
    """

    shown = HiddenField()
    chosen = CheckMany("Which reminders go")
    opening = LongTextField("How each mail begins", rows=2, longest=2000, hint="After “Dear …”")
    closing = LongTextField("How each mail ends", required="Enter how each mail ends", rows=8, longest=5000)
    going: Sequence[Going] = ()

    @classmethod
    def of_going(cls, going: Sequence[Going], **kwargs: Any) -> SendForm:
        """The form for these rungs; the words of each are filled in."""
        fields = {
            part_name(item): LongTextField(
                f"About {item.ladder.reference}, to the {item.ladder.programme}, due {item.ladder.due_on:%d/%m/%Y}",
                required=f"Enter what the reminder says of {item.ladder.reference}",
                rows=10,
                default=item.part,
            )
            for item in going
        }
        made: type[SendForm] = type("SendFormOfGoing", (cls,), fields)
        form = made(**kwargs)
        form.going = going
        form.chosen.choices = [(item.key, f"{item.ladder.reference}: {item.rung.label}") for item in going]
        if not form.is_submitted():
            form.chosen.data = [item.key for item in going]
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the words are right, and what would go is what was on the page: somebody may have answered."""
        offered = {item.key for item in self.going}
        self.chosen.data = [key for key in self.chosen.data or () if key in offered]
        passed = super().validate(extra_validators)
        if not self.is_as_shown(self.going):
            self.say("chosen", CHANGED)
            passed = False
        if not self.chosen.data and not self.chosen.errors:
            self.say("chosen", "Choose at least one reminder")
            passed = False
        return passed

    def is_as_shown(self, going: Sequence[Going]) -> bool:
        """Whether these are the rungs that were on the page; where not, the next try is about these."""
        same = bool(self.shown.data == shown_of(going))
        self.shown.data, self.shown.raw_data = shown_of(going), None
        return same

    def part(self, item: Going) -> str:
        """What was typed about a letter."""
        return str(self[part_name(item)].data or "")


def part_name(item: Going) -> str:
    return f"part_{item.ladder.response_id}_{item.ladder.due_on:%Y%m%d}"


def token_of(item: Going) -> str:
    """What a rung was when it stood on the page: which one, what is unanswered, and to whom it goes."""
    said = (item.key, item.rung.name, *(a.reference for a in item.ladder.asked), *sorted(r.email for r in item.to))
    return f"{item.key}~{hashlib.sha256(repr(said).encode()).hexdigest()[:16]}"


def shown_of(going: Sequence[Going]) -> str:
    return " ".join(token_of(item) for item in going)
