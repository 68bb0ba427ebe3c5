"""The form of a draft response: a set of fields for each recommendation, and what each said when it was opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import HiddenField

from tracker.recommendations import answering
from tracker.recommendations.answering import AnswerDetails, Planned
from tracker.recommendations.merging import Merged, fingerprint, merge
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Clarification, Response
from tracker.recommendations.rules import AnswerPosition
from tracker.web.fields import DateField, LongTextField, RadioOne, TextField
from tracker.web.forms import Clash, TrackerForm, words_of

ACTION_ROWS = 8
INTRODUCTION = 0  # stands for the introduction among the ids of assignments
PUBLIC_HINT = "Do not name patients, carers or staff. What you write may be disclosed under FOI."
DATE_HINT = "For example, 27 3 2027"
# Nothing chosen is a choice too: an answer may leave the position open.
POSITIONS = [
    (p.value, p.label) for p in AnswerPosition if p not in {AnswerPosition.AWAITING, AnswerPosition.NOT_STATED}
]
POSITIONS.append((AnswerPosition.AWAITING.value, "No position stated"))


class AnswersForm(TrackerForm):
    """A draft response: fields `position_ID`, `text_ID` and so on for each assignment of `ids`.

    It carries no version: two of a team may save at once, and what each changed is taken. `base_ID` is the fingerprint
    of an answer as the form was opened on it.
    """

    ids: Sequence[int] = ()
    questions: Mapping[int, Sequence[int]] = {}
    introduction = LongTextField("Introduction (optional)", longest=10_000, rows=3)

    @property
    def has_inner_buttons(self) -> bool:
        """Always: "Save and add another action" stands before "Save draft"."""
        return True

    @classmethod
    def of(cls, record: Response, **kwargs: Any) -> Any:
        return cls(data=cls.values(record), **kwargs)

    @classmethod
    def values(cls, record: Response) -> dict[str, Any]:
        now = answering.current_answers(record, cls.ids)
        found: dict[str, Any] = {
            "introduction": record.introduction,
            f"base_{INTRODUCTION}": fingerprint(record.introduction),
        }
        for i, details in now.items():
            found |= _values_of(i, details) | {f"base_{i}": fingerprint(details)}
        return found

    def shown(self) -> list[Any]:
        return [f for f in super().shown() if not f.name.startswith("base_")]

    def bases(self) -> list[Any]:
        """The hidden fields that say what the form was opened on."""
        return [self[f"base_{i}"] for i in (INTRODUCTION, *self.ids)]

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        for i in self.ids:
            for title, due in self.action_rows(i):
                if due.data and not title.data and not title.errors:
                    self.say(title.name, "Enter what the action is, or take its date out")
                    fine = False
        return fine

    def action_rows(self, assignment_id: int) -> list[tuple[Any, Any]]:
        """(title, due) of every row for a planned action of this answer."""
        return [
            (self[f"action_{assignment_id}_{row}"], self[f"due_{assignment_id}_{row}"]) for row in range(ACTION_ROWS)
        ]

    def shown_action_rows(self, assignment_id: int) -> list[tuple[Any, Any]]:
        """The rows in use, and one more to fill in."""
        rows = self.action_rows(assignment_id)
        used = [n for n, (title, due) in enumerate(rows, 1) if title.data or due.data or title.errors or due.errors]
        return rows[: max(used, default=0) + 1]

    def merge(self, response: Response) -> Merged:
        """What was typed together with what others saved since the form was opened."""
        typed: dict[int, Any] = {INTRODUCTION: self.introduction.data} | {i: self._answer(i) for i in self.ids}
        now: dict[int, Any] = {INTRODUCTION: response.introduction} | answering.current_answers(response, self.ids)
        return merge({i: self[f"base_{i}"].data or "" for i in typed}, typed, now)

    def show_clash(self, record: Response) -> None:
        """Keep what was typed, list both texts where both changed an answer, take what only others changed."""
        merged = self.merge(record)
        now = type(self)(formdata=None, data=self.values(record))
        for i in merged.clashing:
            for name in self._names(i):
                saved, typed = words_of(now[name].data, now[name]), words_of(self[name].data, self[name])
                if saved != typed:
                    self.clashes.append(Clash(self[name].label.text, saved, typed))
        for name in (name for i in merged.theirs for name in self._names(i)):
            self._fields[name] = now[name]
        for field in now.bases():
            self._fields[field.name] = field
        self.version.raw_data = None

    def _names(self, i: int) -> list[str]:
        """The names of the fields of one answer."""
        if i == INTRODUCTION:
            return ["introduction"]
        one = [f"{part}_{i}" for part in ("position", "text", "complete", "stated", "lead")]
        rows = [f.name for row in self.action_rows(i) for f in row]
        return [*one, *rows, *(f"reply_{q}" for q in self.questions.get(i, ()))]

    def _answer(self, i: int) -> AnswerDetails:
        return AnswerDetails(
            position=self[f"position_{i}"].data,
            text=self[f"text_{i}"].data,
            lead=self[f"lead_{i}"].data,
            complete_by=self[f"complete_{i}"].data,
            complete_stated=self[f"stated_{i}"].data,
            actions=tuple(Planned(title.data, due.data) for title, due in self.action_rows(i) if title.data),
            replies={q: self[f"reply_{q}"].data for q in self.questions.get(i, ())},
        )


def _values_of(i: int, details: AnswerDetails) -> dict[str, Any]:
    found = {
        f"position_{i}": details.position,
        f"text_{i}": details.text,
        f"lead_{i}": details.lead,
        f"complete_{i}": details.complete_by,
        f"stated_{i}": details.complete_stated,
    }
    for row, action in enumerate(details.actions[:ACTION_ROWS]):
        found[f"action_{i}_{row}"], found[f"due_{i}_{row}"] = action.title, action.due_on
    return found | {f"reply_{question}": reply for question, reply in details.replies.items()}


def answers_form(
    asks: Sequence[Assignment], questions: Mapping[int, Sequence[Clarification]] | None = None
) -> type[AnswersForm]:
    """The form with a set of fields for each of these assignments, and one for each question about them."""
    asked = questions or {}
    fields: dict[str, Any] = {
        "ids": [ask.id for ask in asks],
        "questions": {i: [q.id for q in rows] for i, rows in asked.items()},
        f"base_{INTRODUCTION}": HiddenField(),
    }
    for ask in asks:
        fields |= _answer_fields(ask.id, part_of(ask))
        for number, question in enumerate(asked.get(ask.id, ()), 1):
            which = f" {number}" if len(asked[ask.id]) > 1 else ""
            label = f"Your reply to the question{which} about {part_of(ask)}"
            fields[f"reply_{question.id}"] = LongTextField(label, longest=10_000, rows=4)
    return type("AnswersFormOfALetter", (AnswersForm,), fields)


def part_of(ask: Assignment) -> str:
    """What stands for a recommendation within its letter: “(b)”."""
    reference = ask.recommendation.reference or ""
    return reference[reference.index("(") :] if "(" in reference else reference


def _answer_fields(i: int, part: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        f"base_{i}": HiddenField(),
        f"position_{i}": RadioOne(
            f"Position on {part}", POSITIONS, kind=AnswerPosition, default=AnswerPosition.AWAITING
        ),
        f"text_{i}": LongTextField(f"Answer to {part}", longest=20_000, rows=6, hint=PUBLIC_HINT),
        f"complete_{i}": DateField(f"Planned completion of {part} (optional)", hint=DATE_HINT),
        f"stated_{i}": TextField(
            f"Planned completion of {part} in words (optional)", hint="For example, by the end of quarter 3"
        ),
        f"lead_{i}": TextField(f"Who leads on {part} (optional)", hint="A role is enough"),
    }
    for row in range(ACTION_ROWS):
        what = f"Action {row + 1} for {part}"
        fields[f"action_{i}_{row}"] = TextField(f"{what} (optional)")
        fields[f"due_{i}_{row}"] = DateField(f"{what}: date (optional)", hint=DATE_HINT)
    return fields
