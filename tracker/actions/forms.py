"""Forms of actions."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField

from tracker.actions.models import Action
from tracker.actions.operations import ActionDetails
from tracker.actions.rules import REPORTS, ActionState
from tracker.directory.picker import ContactField
from tracker.web.fields import DateField, LongTextField, RadioOne, SelectOne, TextField, choices_of
from tracker.web.forms import FilterForm, TrackerForm


class ActionForm(TrackerForm):
    title = TextField("Action", required="Enter what is to be done")
    description = LongTextField("Details", hint="Optional")
    owner = ContactField("Owner", hint="Who does it. Optional: it can be given to somebody later")
    due_on = DateField("Due date", hint="Optional. For example, 27 3 2027")
    due_stated = TextField("Due as stated", hint="Optional. The date in the words used, for example early February")

    @classmethod
    def values(cls, record: Action) -> dict[str, Any]:
        return {"owner": record.owner_id}

    def details(self, owner_id: int | None) -> ActionDetails:
        """What was typed, once it is valid; `owner_id` is what the owner field was settled to."""
        return ActionDetails(
            title=self.title.data,
            description=self.description.data,
            owner_id=owner_id,
            due_on=self.due_on.data,
            due_stated=self.due_stated.data,
        )


class TaskforceForm(FilterForm):
    """Asks for which taskforce an action is, before it is raised: whom it can be given to hangs on that."""

    taskforce = RadioOne("Taskforce", kind=int, required="Choose a taskforce")
    next = HiddenField()


KEEP = "keep"
REPORT_WORDS = {
    ActionState.IN_PROGRESS: "In progress",
    ActionState.PENDING_REVIEW: "Done: ready for somebody else to review and close",
}


class ReportForm(TrackerForm):
    """What its owner says about an action."""

    text = LongTextField("Update", hint="What has been done, or what has changed")
    to = RadioOne("State of the action", default=KEEP)

    def offer(self, state: ActionState) -> None:
        """Offer what can follow `state`; keeping it is always possible."""
        following = [(s.value, REPORT_WORDS[s]) for s in ActionState if s in REPORTS.get(state, ())]
        self.to.choices = [(KEEP, f"No change: {state.label.lower()}"), *following]

    def state(self) -> ActionState | None:
        """The state that was chosen, once valid; None for keeping the one there is."""
        return None if self.to.data in {KEEP, None} else ActionState(self.to.data)


class DecisionForm(TrackerForm):
    """Words for closing, sending back, cancelling or reopening."""

    text = LongTextField("Reason")


class ActionFilters(FilterForm):
    """What the register is filtered by; all of it stands in the address."""

    taskforce = SelectOne("Taskforce", kind=int)
    state = SelectOne("State", [("", "Unfinished"), ("all", "All"), *choices_of(ActionState)])
    owner = SelectOne("Owner", [("", "Anyone"), ("mine", "Me")])
    overdue = SelectOne("Due", [("", "Any date"), ("yes", "Overdue")])

    def chosen(self, name: str) -> Any:
        """What a filter was set to; None for nothing, and for what was never offered. Validate first."""
        return None if self[name].errors else self[name].data
