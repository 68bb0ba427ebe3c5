"""Forms of workshops."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracker.directory.models import Programme
from tracker.directory.picker import ContactField
from tracker.web.fields import (
    CheckOne,
    DateField,
    LongTextField,
    RadioOne,
    SelectOne,
    TextField,
    choices_of,
)
from tracker.web.forms import FilterForm, TrackerForm
from tracker.workshops.operations import PointDetails, WorkshopDetails
from tracker.workshops.rules import Capacity, FocusArea, PointKind, Principle, WorkshopState


class WorkshopForm(TrackerForm):
    """What a workshop is; the programmes are offered by `offer`."""

    programme_id = SelectOne("Programme", kind=int, required="Choose the programme that it looks at")
    title = TextField("Title", required="Enter a title")
    held_on = DateField("Date", hint="Optional while it is planned. For example, 12 12 2027")
    place = TextField("Place", hint="Optional")

    def offer(self, programmes: Iterable[Programme]) -> None:
        """Offer these programmes."""
        self.programme_id.choices = [("", "Choose a programme"), *((str(p.id), p.name) for p in programmes)]

    def details(self) -> WorkshopDetails:
        """What was typed, once it is valid."""
        return WorkshopDetails(
            title=self.title.data,
            programme_id=self.programme_id.data,
            held_on=self.held_on.data,
            place=self.place.data,
        )


class PlanForm(WorkshopForm):
    """Asks for the taskforce too, where the person is the secretariat of more than one."""

    taskforce_id = SelectOne("Taskforce", kind=int, required="Choose a taskforce")


class WriteUpForm(TrackerForm):
    write_up = LongTextField(
        "Write-up",
        rows=20,
        longest=50_000,
        hint="Use ## for a heading, * for a bullet and **words** for bold. Not shown to the programme; may be disclosed"
        " under FOI.",
    )


class ParticipantForm(TrackerForm):
    """Somebody who took part: a contact, or just a name."""

    contact = ContactField("Contact", hint="Somebody with a name on record. Otherwise enter a name below")
    name = TextField("Name", hint="In the form agreed to, for example a first name or “a patient from Leeds”")
    organisation = TextField("Organisation", hint="Optional")
    capacity = SelectOne(
        "Capacity", choices_of(Capacity, blank="Choose a capacity"), kind=Capacity, required="Choose a capacity"
    )


class PointForm(TrackerForm):
    """A point heard."""

    text = LongTextField("Point", required="Enter the point", rows=2, longest=5_000)
    kind = RadioOne("Kind", choices_of(PointKind), kind=PointKind, required="Choose the kind of point")
    focus_area = SelectOne("Focus area", choices_of(FocusArea, blank="Not stated"), kind=FocusArea)
    theme = TextField("Theme")
    principle = SelectOne("Principle", choices_of(Principle, blank="Not stated"), kind=Principle)
    source = TextField("Source", hint="Who said it, in the form agreed to")
    could_identify = CheckOne("Could identify someone")

    def with_ids(self, prefix: str) -> PointForm:
        """Keep the ids of two forms on one page apart; the names stay."""
        for field in self:
            field.id = field.label.field_id = prefix + field.id
        return self

    def details(self) -> PointDetails:
        """What was typed, once it is valid."""
        return PointDetails(
            text=self.text.data,
            kind=self.kind.data,
            focus_area=self.focus_area.data,
            theme=self.theme.data,
            principle=self.principle.data,
            source=self.source.data,
            could_identify=self.could_identify.data,
        )


class ConfirmForm(TrackerForm):
    """A button: nothing to fill in."""


class WorkshopFilters(FilterForm):
    """What the list is filtered by; all of it stands in the address."""

    taskforce = SelectOne("Taskforce", kind=int)
    programme = SelectOne("Programme", kind=int)
    state = SelectOne("State", choices_of(WorkshopState, blank="All"), kind=WorkshopState)

    def chosen(self, name: str) -> Any:
        """What a filter was set to; None for nothing, and for what was never offered. Validate first."""
        return None if self[name].errors else self[name].data
