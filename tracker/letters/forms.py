"""Forms of letters. The labels of the writing page are a contract with its users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import FieldList, Form, FormField, HiddenField

from tracker.core.errors import BadFile
from tracker.core.files import kind_of
from tracker.directory.picker import ContactField
from tracker.letters.content import Ask, Content
from tracker.letters.models import Letter
from tracker.letters.operations import Addressed, Draft, Upload
from tracker.letters.rules import MOST_RECOMMENDATIONS, AskKind, LetterKind, Placement
from tracker.letters.typed import TEXTS, Page, ask_of, content_of, id_of
from tracker.passages.models import StandardPassage
from tracker.passages.rules import insert_passage
from tracker.web.fields import (
    CheckMany,
    DateField,
    LongTextField,
    RadioOne,
    SelectOne,
    TextField,
    UploadField,
    choices_of,
)
from tracker.web.forms import Clash, TrackerForm
from tracker.workshops.models import PointHeard
from tracker.workshops.rules import FocusArea, Principle

MARK_HINT = "The line {recommendations} says where the list of recommendations stands. Without it, it follows the text."


class PartForm(Form):
    """A fieldset of a longer form."""

    @property
    def error_list(self) -> list[tuple[str, str]]:
        """(message, id of the control) of each error."""
        return [(str(f.errors[0]), f.id) for f in self if f.errors]


class AskForm(PartForm):
    """One recommendation: a fieldset of the writing page."""

    # What stands in sight. Every other field is optional, and folded away until it holds something.
    IN_SIGHT = frozenset({"ask_id", "text", "title", "placement", "rests_on"})

    ask_id = HiddenField()
    text = LongTextField("Recommendation", rows=3, required="Enter the recommendation")
    title = TextField("Title")
    placement = RadioOne(
        "Where it stands",
        choices_of(Placement),
        kind=Placement,
        default=Placement.LISTED,
        required="Say whether it is listed or in the text",
    )
    kind = SelectOne(
        "Kind",
        choices_of(AskKind),
        kind=AskKind,
        default=AskKind.RECOMMENDATION,
        required="Choose the kind of recommendation",
    )
    board_wording = LongTextField(
        "Wording for the board", rows=2, hint="How a board paper says it, where that is shorter or plainer"
    )
    success = LongTextField("How we will know it is done", rows=2, hint="One sign a line. Optional")
    rests_on = CheckMany("Rests on", kind=int, hint="The points heard that it rests on")
    theme = TextField("Theme", hint="Optional. For example: small print")
    focus_area = SelectOne("Focus area", [("", "None"), *choices_of(FocusArea)])
    principles = CheckMany("Principles", choices_of(Principle), hint="The principles that it serves. Optional")

    @property
    def more(self) -> list[Any]:
        """The optional fields that are folded away."""
        return [f for f in self if f.short_name not in self.IN_SIGHT]

    @property
    def shows_more(self) -> bool:
        """Whether one of the optional fields holds something, or an error."""
        return any(f.errors or (f.data and str(f.data) != str(f.default or "")) for f in self.more)

    @property
    def chosen_points(self) -> list[tuple[str, str]]:
        """(value, words) of the points that it rests on."""
        return [(value, words) for value, words, chosen, _ in self.rests_on.iter_choices() if chosen]

    @property
    def other_points(self) -> list[tuple[str, str]]:
        """(value, words) of the points on offer that it does not rest on."""
        return [(value, words) for value, words, chosen, _ in self.rests_on.iter_choices() if not chosen]

    def ask(self) -> Ask:
        """The recommendation as typed.

        It rests on points that are on offer and no others: pages are filled with it before it is checked.
        """
        return ask_of(self.data | {"rests_on": [value for value, _words in self.chosen_points]})


def ask_values(ask: Ask) -> dict[str, Any]:
    """A recommendation as the values of its fieldset."""
    names = ("title", "kind", "placement", "text", "board_wording", "success", "theme", "focus_area")
    values = {name: getattr(ask, name) for name in names}
    return values | {"ask_id": str(ask.id), "rests_on": list(ask.rests_on), "principles": list(ask.principles)}


class AsksForm(TrackerForm):
    """A form with recommendations: fieldsets that can be added, moved and removed without saving."""

    MOST = MOST_RECOMMENDATIONS
    # So many boxes a page can hold; beyond that each recommendation opens its own.
    MOST_BOXES = 1000

    recommendations = FieldList(FormField(AskForm), label="Recommendations")
    passage = HiddenField()
    points: Sequence[PointHeard] = ()
    # What the button pressed last leads to: the control that takes the focus, of which recommendation (from 0).
    focus: tuple[str, int] = ("", -1)
    opened = -1

    def offer_points(self, points: Sequence[PointHeard]) -> None:
        """What each recommendation may rest on."""
        self.points = points
        choices = [(str(p.id), f"{p.kind.label}: {p.text}") for p in points]
        for entry in self.recommendations:
            entry.form.rests_on.choices = choices

    @property
    def is_full(self) -> bool:
        return len(self.recommendations) >= self.MOST

    @property
    def folds_points(self) -> bool:
        """Whether points not chosen are too many to stand with every recommendation."""
        return len(self.recommendations) * len(self.points) > self.MOST_BOXES

    def arrange(self, step: str) -> bool:
        """Do what a button asks ("add", "passage", "point-7", "up-1", …); False where none was pressed."""
        verb, _, number = step.partition("-")
        n = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else -1
        if verb in {"add", "point", "passage"}:
            self._append(verb, n)
        elif verb in {"up", "down", "remove", "points"} and 0 <= n < len(self.recommendations):
            self._move(verb, n)
        self.passage.data = ""
        return bool(step)

    def _append(self, verb: str, point_id: int) -> None:
        if self.is_full:
            return
        new: dict[str, Any] = {"kind": AskKind.RECOMMENDATION, "placement": Placement.LISTED}
        if verb == "point" and point_id > 0:
            new |= self._of_point(point_id)
        if verb == "passage":
            new |= {"placement": Placement.IN_TEXT, "text": (self.passage.data or "").replace("\r\n", "\n").strip()}
        self.recommendations.append_entry(new)
        self.focus = ("text", len(self.recommendations) - 1)

    def _move(self, verb: str, n: int) -> None:
        asks: list[dict[str, Any]] = [entry.data for entry in self.recommendations]
        to = {"up": n - 1, "down": n + 1}.get(verb, n)
        self.focus = (verb, to)
        if verb == "points":
            self.opened = n
        elif verb == "remove":
            del asks[n]
        elif 0 <= to < len(asks):
            asks.insert(to, asks.pop(n))
        self._lay_out(asks)

    def _of_point(self, point_id: int) -> dict[str, Any]:
        """A recommendation that rests on a point takes over its theme, focus area and principle."""
        point = next((p for p in self.points if p.id == point_id), None)
        if point is None:
            return {"rests_on": [point_id]}
        principles = [point.principle.value] if point.principle else []
        return {
            "rests_on": [point_id],
            "theme": point.theme,
            "focus_area": point.focus_area or "",
            "principles": principles,
        }

    def _lay_out(self, asks: list[dict[str, Any]]) -> None:
        while self.recommendations.entries:
            self.recommendations.pop_entry()
        self.recommendations.last_index = -1
        for values in asks:
            self.recommendations.append_entry(values)

    def asks(self) -> tuple[Ask, ...]:
        return tuple(entry.form.ask() for entry in self.recommendations)

    def shown(self) -> list[Any]:
        return [f for f in super().shown() if f.name not in {"recommendations", "passage"}]

    def called(self, place: int) -> str:
        """What the page calls the recommendation at this place, from 1."""
        return str(place)

    def error_list(self) -> list[dict[str, str]]:
        """The errors of the fields in the order of the page, each recommendation's with its number."""
        found = []
        for field in self:
            if field.name == "recommendations":
                for place, entry in enumerate(field, 1):
                    found += [
                        {"text": f"Recommendation {self.called(place)}: {message}", "href": f"#{control}"}
                        for message, control in entry.form.error_list
                    ]
            elif field.errors and field.name != "version":
                found.append({"text": str(field.errors[0]), "href": f"#{getattr(field, 'error_anchor', field.id)}"})
        return found


class LetterForm(AsksForm):
    """What a drafted and a recorded letter have in common: to whom, about what, by when."""

    passages: Sequence[StandardPassage] = ()
    programme_id = SelectOne("Programme", kind=int, required="Choose the programme")
    workshop_id = SelectOne("Workshop", kind=int)
    addressee = ContactField("Addressee", required="Choose the addressee")
    joint: Any = CheckMany(
        "Also to these programmes",
        kind=int,
        hint="For a joint letter: each answers for itself. Their senior responsible owners are addressed too",
    )
    subject = TextField("Subject", hint="Optional")
    response_due_stated = TextField("Response due, as stated", hint="For example: early February 2018")
    response_due_on = DateField("Response due")

    def others(self) -> tuple[int, ...]:
        """The other programmes of a joint letter."""
        return tuple(int(i) for i in self.joint.data or ())

    def to(self, contact_id: int | None) -> Addressed:
        """To whom it goes, once the contact is settled."""
        return Addressed(contact_id or 0, self.programme_id.data)

    def insert_passage(self, _step: str, _chosen: str) -> bool:
        """Put a standard passage into the text, where a button asks for it; False where none did."""
        return False


class WritingForm(LetterForm):
    """The writing page."""

    kind = SelectOne(
        "Kind of letter",
        [c for c in choices_of(LetterKind) if c[0] != LetterKind.CORRECTION],
        kind=LetterKind,
        required="Choose the kind of letter",
    )
    addressee_lines = LongTextField(
        "Addressee as printed", rows=3, longest=1000, hint="Leave it empty to fill it in from the contact"
    )
    salutation = TextField("Salutation", hint="Leave it empty to fill it in from the contact")
    body = LongTextField("Letter", rows=18, longest=50_000, hint=MARK_HINT)
    closing = TextField("Closing")
    signatory = LongTextField("Signatory", rows=3, longest=1000, hint="Name, position, organisation, one a line")
    copies = LongTextField("Copies to", rows=2, longest=2000, hint="One a line. Optional")
    sender_address = LongTextField("Sender address", rows=4, longest=1000)
    classification = TextField("Security classification")
    letter_date = DateField("Date of letter", hint="If it is planned already: issuing the letter sets it")

    def insert_passage(self, step: str, chosen: str) -> bool:
        """Do what "standard-7" asks, or "standard" with the chosen id; what is not offered changes nothing."""
        if step.partition("-")[0] != "standard":
            return False
        wanted = step.partition("-")[2] or chosen
        passage = next((p for p in self.passages if str(p.id) == wanted), None)
        if passage is not None:
            self.body.data = insert_passage(self.body.data or "", passage.text)
        return True

    @classmethod
    def of(cls, record: Letter, **kwargs: Any) -> Any:
        form = super().of(record, **kwargs)
        if record.corrects_id is not None:
            form.kind.choices = [(LetterKind.CORRECTION.value, LetterKind.CORRECTION.label)]
        return form

    @classmethod
    def values(cls, record: Letter) -> dict[str, Any]:
        return content_values(record.current.words) | {
            "programme_id": record.main_addressee.programme_id,
            "addressee": record.main_addressee.contact_id,
            "joint": sorted(record.programme_ids - {record.main_addressee.programme_id}),
        }

    def show_clash(self, record: Letter) -> None:
        super().show_clash(record)
        saved, typed = record.current.words.recommendations, self.asks()
        for place in range(max(len(saved), len(typed))):
            before, after = (_in_words(asks[place]) if place < len(asks) else "" for asks in (saved, typed))
            if before != after:
                self.clashes.append(Clash(f"Recommendation {place + 1}", before, after))

    def content(self) -> Content:
        """The words as typed, without the letterhead."""
        return content_of({name: self[name].data or "" for name in TEXTS}, self.asks())

    def page(self) -> Page:
        """What is typed, right or not."""
        return Page(
            content=self.content(),
            programme_id=id_of(self.programme_id.data),
            workshop_id=id_of(self.workshop_id.data),
            addressee=self.addressee.data,
            letter_date=self.letter_date.data,
            response_due_on=self.response_due_on.data,
            response_due_stated=self.response_due_stated.data or "",
        )

    def draft(self, contact_id: int | None) -> Draft:
        """All that the page gives, once the addressee is settled."""
        return Draft(
            kind=self.kind.data,
            workshop_id=self.workshop_id.data,
            to=self.to(contact_id),
            letter_date=self.letter_date.data,
            response_due_on=self.response_due_on.data,
            response_due_stated=self.response_due_stated.data or "",
            content=self.content(),
            joint=self.others(),
        )


def content_values(content: Content) -> dict[str, Any]:
    """The words of a letter as the values of the writing page."""
    values: dict[str, Any] = {n: getattr(content, n) for n in ("salutation", "subject", "body", "closing")}
    return values | {
        "classification": content.classification,
        "sender_address": "\n".join(content.sender_address),
        "addressee_lines": "\n".join(content.addressee),
        "signatory": "\n".join(content.signatory),
        "copies": "\n".join(content.copies),
        "recommendations": [ask_values(ask) for ask in content.recommendations],
    }


def _in_words(ask: Ask) -> str:
    principles = ", ".join(Principle(p).label for p in ask.principles)
    area = FocusArea(ask.focus_area).label if ask.focus_area else ""
    named = (ask.title, ask.kind.label, ask.placement.label, ask.text, ask.board_wording, ask.success)
    parts = (*named, ask.theme, area, principles)
    return "\n".join(part for part in parts if part)


class RecordForm(LetterForm):
    """A letter that was sent before the product came: its file, its dates and what it asked for."""

    letter_date = DateField("Date of letter", required="Enter the date of the letter")
    file = UploadField("File", required="Choose the file of the letter", hint="A Word document (.docx) or a PDF")
    upload: Upload

    def keep(self, upload: Upload | None) -> None:
        """Take this file instead of asking for one, where it is here already."""
        if upload:
            self.upload = upload
            del self.file

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        if self.is_looking or self.file is None or not self.file.data:
            return passed
        content = self.file.data.read()
        try:
            self.upload = Upload(content, kind_of(content))
        except BadFile as error:
            self.say("file", error.message)
            return False
        return passed

    def draft(self, contact_id: int | None) -> Draft:
        """All that the page gives, once the addressee is settled."""
        return Draft(
            kind=LetterKind.LETTER,
            workshop_id=self.workshop_id.data,
            to=self.to(contact_id),
            letter_date=self.letter_date.data,
            response_due_on=self.response_due_on.data,
            response_due_stated=self.response_due_stated.data or "",
            content=Content(subject=self.subject.data or "", recommendations=self.asks()),
            joint=self.others(),
        )
