"""Forms of saved views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracker.saved_views.models import SavedView
from tracker.web.fields import CheckOne, SelectOne, TextField
from tracker.web.forms import TrackerForm


class ViewForm(TrackerForm):
    """A view's name and who sees it. `update` is offered where the register shows something else now."""

    name = TextField("Name", required="Enter a name", hint="For example: Overdue, by programme")
    taskforce = SelectOne("Who sees it", kind=int)
    is_default = CheckOne("Open the register with this view", hint="For you alone")
    update = CheckOne("Keep the filters, order and columns that the register shows now")

    @classmethod
    def values(cls, record: SavedView) -> dict[str, Any]:
        return {"taskforce": record.taskforce_id}

    def offer(self, alone: str, taskforces: Sequence[tuple[int, str]]) -> None:
        """What “who sees it” can be: `alone`, or the people of a taskforce."""
        self.taskforce.choices = [("", alone), *((str(i), f"The people of {name}") for i, name in taskforces)]
