"""Forms of the register: a change of several rows, its confirmation, and a sheet that comes back."""

from __future__ import annotations

from typing import Any

from tracker.core import clock
from tracker.core.permissions import Person
from tracker.recommendations.forms import DATE_HINT
from tracker.recommendations.register_changes import STATUSES, RowChange, read_changes
from tracker.recommendations.register_import import Taken, take_sheet
from tracker.recommendations.rules import AssignmentStatus
from tracker.spreadsheets import BadSheet
from tracker.spreadsheets.untrusted import LARGEST_FILE
from tracker.web.carried import CarriedField
from tracker.web.fields import CheckMany, DateField, LongTextField, RadioOne, UploadField
from tracker.web.forms import TrackerForm

MOVE = "move_date"
ALL = "all"


def _label(status: AssignmentStatus) -> str:
    return "Reopen" if status is AssignmentStatus.OPEN else status.label.replace("Closed:", "Close as")


class SeveralForm(TrackerForm):
    """Which rows, what is to become of them, and why."""

    what = RadioOne(
        "What to change",
        [*((s.value, _label(s)) for s in STATUSES), (MOVE, "Move the date of the answer")],
        required="Choose what to change",
    )
    due_on = DateField("New date", hint=f"Only to move the date. {DATE_HINT}")
    reason = LongTextField(
        "Reason", required="Enter the reason", longest=4000, rows=3, hint="The same for all. The programmes read this."
    )
    which = RadioOne("Which recommendations", required="Choose which recommendations")
    rows = CheckMany("Recommendations", kind=int)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        if self.which.data == "ticked" and not self.rows.data and not self.rows.errors:
            self.say("rows", "Tick at least one recommendation")
            fine = False
        if self.what.data == MOVE and self.due_on.data is None and not self.due_on.errors:
            self.say("due_on", "Enter the new date")
            fine = False
        return fine

    def changes(self, versions: dict[int, int]) -> list[RowChange]:
        """What was chosen, of the rows with these versions by id."""
        ticked: set[Any] = set(self.rows.data)
        chosen = list(versions) if self.which.data == ALL else [i for i in versions if i in ticked]
        to: Any = self.due_on.data if self.what.data == MOVE else AssignmentStatus(self.what.data)
        return [RowChange(i, versions[i], to, self.reason.data) for i in chosen]


class ConfirmForm(TrackerForm):
    """The changes that were shown, to be made."""

    changes = CarriedField(read_changes, "The choice of rows cannot be read. Choose the rows again.")


class ImportForm(TrackerForm):
    """A sheet of the register; `taken` is what it would change."""

    file = UploadField(
        "Spreadsheet",
        required="Choose the spreadsheet",
        hint=f"The Excel or CSV file that was exported here, of at most {LARGEST_FILE >> 20} MB",
    )
    by: Person
    taken: Taken | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        try:
            self.taken = take_sheet(self.file.data.read(LARGEST_FILE + 1), self.by, clock.today())
        except BadSheet as error:
            self.say("file", str(error))
            return False
        return True
