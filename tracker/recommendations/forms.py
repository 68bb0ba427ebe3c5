"""Forms of recommendations and responses. The form of a draft response is in answer_forms.py."""

from __future__ import annotations

from tracker.directory.picker import ContactField
from tracker.recommendations.operations import ServingAction
from tracker.web.fields import DateField, LongTextField, TextField
from tracker.web.forms import TrackerForm

DATE_HINT = "For example, 27 3 2027"


class ConfirmForm(TrackerForm):
    """A button."""


class ReasonForm(TrackerForm):
    reason = LongTextField("Reason", required="Enter a reason", longest=4000)


class ServingActionForm(TrackerForm):
    title = TextField("What is to be done", required="Enter what is to be done")
    description = LongTextField("Details (optional)", longest=4000)
    owner = ContactField("Owner", required="Choose who does it")
    due_on = DateField("Due date (optional)", hint=DATE_HINT)
    due_stated = TextField("Due date as stated (optional)", hint="For example, early February 2027")

    def details(self, owner_id: int | None) -> ServingAction:
        return ServingAction(self.title.data, self.description.data, owner_id, self.due_on.data, self.due_stated.data)
