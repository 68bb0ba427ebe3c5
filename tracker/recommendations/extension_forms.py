"""Forms of extensions: asking for more time, and deciding on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tracker.core.labels import Labelled
from tracker.core.working_days import day_off
from tracker.recommendations.extending import Asked
from tracker.recommendations.extension_rules import day_off_warning
from tracker.web.fields import CheckMany, CheckOne, DateField, LongTextField, RadioOne, TextField, choices_of
from tracker.web.forms import TrackerForm

DATE_HINT = "For example, 27 3 2027"


class ExtensionDecision(Labelled):
    """What is decided on a request for more time."""

    GRANT = "grant"
    CHANGE = "change"
    REFUSE = "refuse"

    @property
    def label(self) -> str:
        return {
            "grant": "Give the time that is asked for",
            "change": "Give time until another date",
            "refuse": "Refuse it",
        }[self.value]


class _WithDate(TrackerForm):
    """A new date, which is asked about again where it is no working day."""

    until_on: Any
    keep_day_off = CheckOne("Keep this date, although it is not a working day")

    @property
    def has_inner_buttons(self) -> bool:
        """Always: "Show the working of this date" stands before the form's own button."""
        return True

    @property
    def is_day_off(self) -> bool:
        """Whether the date is no working day: the box to keep it is shown then only."""
        return self.until_on.data is not None and day_off(self.until_on.data) is not None

    def _warn(self) -> bool:
        """Say that the date is no working day, unless it was kept; whether there was nothing to say."""
        if self.until_on.errors or not self.is_day_off or self.keep_day_off.data:
            return True
        self.say("until_on", f"{day_off_warning(self.until_on.data)}: choose another, or keep it")
        return False


class AskExtensionForm(_WithDate):
    which = CheckMany("More time for", kind=int)
    until_on = DateField("New date", required="Enter the new date", hint=DATE_HINT)
    reason = LongTextField("Reason", required="Enter the reason", longest=4000, hint="The taskforce reads this.")
    said_by = TextField(
        "Who asked for it, and how", required="Enter who asked for it", hint="For example, Ann Lee by phone"
    )

    @classmethod
    def for_asks(cls, choices: Sequence[tuple[int, str]], chosen: Sequence[int], *, is_own: bool) -> AskExtensionForm:
        """The form with these (id, words) to choose from; for the programme itself without the question who asked."""
        form = cls(data={"which": chosen})
        form.which.choices = [(str(i), words) for i, words in choices]
        if is_own:
            del form.said_by
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        if not self.which.data and not self.which.errors:
            self.say("which", "Choose at least one recommendation")
            fine = False
        return self._warn() and fine

    def asked(self) -> Asked:
        """What was asked for, once it is valid."""
        said_by = self.said_by.data if "said_by" in self else ""
        which: Any = self.which.data
        until_on: Any = self.until_on.data
        return Asked(frozenset(which), until_on, self.reason.data, said_by)


class DecideExtensionForm(_WithDate):
    decision = RadioOne(
        "Your decision", choices_of(ExtensionDecision), kind=ExtensionDecision, required="Choose what you decide"
    )
    until_on = DateField("Another date", hint=f"Only where it is another date than asked for. {DATE_HINT}")
    reason = LongTextField(
        "Reason", longest=4000, rows=3, hint="The programme reads this. Needed where you refuse, or change the date."
    )

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        if self.decision.data is ExtensionDecision.CHANGE:
            if not self.until_on.data and not self.until_on.errors:
                self.say("until_on", "Enter the other date")
                fine = False
            fine = self._warn() and fine
        return fine

    def until(self, asked: date) -> date:
        """The date that is granted: the one `asked` for, or another."""
        other: date | None = self.until_on.data if self.decision.data is ExtensionDecision.CHANGE else None
        return other or asked
