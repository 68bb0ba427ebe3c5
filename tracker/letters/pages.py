"""What the pages of letters are filled with, gathered so that a page is passed only what its reader may know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from werkzeug.datastructures import MultiDict

from tracker.core import clock
from tracker.core.errors import NotFound
from tracker.core.permissions import DRAFT_READERS, TASKFORCE_ROLES, Person, Role
from tracker.core.working_days import Working
from tracker.directory import queries as directory
from tracker.directory.models import Taskforce
from tracker.letterheads import queries as letterheads
from tracker.letters import clearing_queries, correcting, deciding, documents, operations, queries, signing
from tracker.letters.beginnings import Beginning, get_beginning
from tracker.letters.checking import called
from tracker.letters.clearance import Issue
from tracker.letters.clearance_forms import IssueForm
from tracker.letters.comparing import Part, compare, what_changed
from tracker.letters.content import Content
from tracker.letters.forms import LetterForm, WritingForm, content_values
from tracker.letters.models import ClearanceDecision, CommentRound, Letter, LetterVersion
from tracker.letters.operations import Addressed
from tracker.letters.rules import APPROVALS, SENT, DecisionKind, LetterState, due_date
from tracker.passages import queries as passages
from tracker.passages.rules import PassageUse
from tracker.workshops import queries as workshops
from tracker.workshops.models import Workshop


def title(letter: Letter) -> str:
    """What the letter is called: its subject, or to whom it goes."""
    return queries.title_of(letter.subject, letter.main_addressee.programme.name)


def round_title(row: CommentRound) -> str:
    """What the letter was called in the version that members were asked about: they read no other."""
    return queries.title_of(row.letter_version.words.subject, row.letter.main_addressee.programme.name)


def addressed(letter: Letter) -> Addressed:
    """To whom it goes, as it is saved."""
    return Addressed(letter.main_addressee.contact_id, letter.main_addressee.programme_id)


@dataclass(frozen=True)
class Start:
    """What a new letter begins from: a taskforce, perhaps a workshop and the points chosen there, or another text."""

    taskforce: Taskforce
    workshop: Workshop | None
    point_ids: tuple[str, ...]
    beginning: Beginning | None = None

    @property
    def taskforce_id(self) -> int:
        return self.taskforce.id

    @cached_property
    def to(self) -> Addressed | None:
        """The programme of the workshop and its senior responsible owner of today."""
        if self.workshop is None:
            return None
        owner = directory.current_sro(self.workshop.programme_id, clock.today())
        return Addressed(owner.id, self.workshop.programme_id) if owner else None

    def addressing(self) -> dict[str, Any]:
        """Programme, workshop and addressee as values of a form."""
        if self.workshop is None:
            return {}
        contact_id = self.to.contact_id if self.to else None
        return {
            "programme_id": self.workshop.programme_id,
            "workshop_id": self.workshop.id,
            "addressee": contact_id,
        }

    def values(self) -> dict[str, Any]:
        """All that a new letter is filled with."""
        chair = queries.get_chair(self.taskforce.id)
        name = " ".join(filter(None, (chair.name, chair.post_nominals))) if chair else ""
        lines = (name, f"Chair, {self.taskforce.name}", chair.role_line) if chair else ()
        content = operations.default_content(self.taskforce, self.to, tuple(filter(None, lines)))
        return content_values(content) | {"kind": "letter"} | self.addressing() | self.begun()

    def begun(self) -> dict[str, Any]:
        """What the text that it begins from fills in."""
        return self.beginning.values if self.beginning else {}

    def take(self, letter: Letter, by: Person) -> None:
        """Tell what it began from that the letter is made."""
        if self.beginning:
            self.beginning.take(letter, by)


def get_start(person: Person, arguments: MultiDict[str, str]) -> Start | None:
    """Where the address says that a new letter begins; None where the person has several taskforces and names none.

    Raises NotFound for a taskforce or workshop in which the person is not of the secretariat.
    """
    ids = person.taskforces({Role.SECRETARIAT})
    points = tuple(p for p in arguments.getlist("point") if p)
    if beginning := get_beginning(person, arguments):
        return Start(get_taskforce(beginning.taskforce_code), None, points, beginning)
    if reference := arguments.get("workshop"):
        workshop = workshops.get_workshop_for(person, reference)
        if workshop is None or workshop.taskforce_id not in ids:
            raise NotFound("There is no such workshop that you can write a letter from.")
        return Start(get_taskforce(workshop.taskforce.code), workshop, points)
    known = directory.list_taskforces_for(person, {Role.SECRETARIAT})
    if code := arguments.get("taskforce"):
        known = [t for t in known if t.code == code]
        if not known:
            raise NotFound("There is no such taskforce that you can write a letter for.")
    return Start(get_taskforce(known[0].code), None, points) if len(known) == 1 else None


def get_taskforce(code: str) -> Taskforce:
    """The taskforce with this code, with its board. Raises NotFound where there is none."""
    taskforce = directory.get_taskforce(code)
    if taskforce is None:
        raise NotFound("There is no such taskforce.")
    return taskforce


def offer(form: LetterForm, taskforce_id: int, workshop: Workshop | None, words: Content | None = None) -> None:
    """Say what the form may name: programmes, the taskforce's workshops and contacts, and the points of the workshop.

    Points that `words` rest on stay on offer when the workshop is changed.
    """
    form.addressee.taskforce_id = taskforce_id
    if isinstance(form, WritingForm):
        form.passages = passages.list_offered(taskforce_id, PassageUse.LETTER)
    named = {str(i) for i in (form.programme_id.data, *(form.joint.data or ()))}
    known = directory.list_programmes()
    programmes = [(str(p.id), p.name) for p in known if p.merged_into_id is None or str(p.id) in named]
    form.programme_id.choices = [("", "Choose a programme"), *programmes]
    form.joint.choices = programmes
    offered = queries.list_workshop_choices(taskforce_id)
    if workshop is not None and str(workshop.id) not in dict(offered):
        offered.append((str(workshop.id), f"{workshop.reference}: {workshop.title}"))
    form.workshop_id.choices = [("", "No workshop"), *offered]
    chosen = str(form.workshop_id.data or "")
    kept = [i for ask in words.recommendations for i in ask.rests_on] if words else []
    form.offer_points(queries.list_points(int(chosen) if chosen in dict(offered) else None, kept))


def whole_page(letter: Letter, person: Person) -> dict[str, Any]:
    """The page of a letter for `person`, who drafts, decides or audits."""
    words = letter.current.words
    slots = documents.slots_of(letter)
    return {
        "letter": letter,
        "title": title(letter),
        "document": documents.document_of(letter.current, slots, draft=not letter.is_issued),
        "wordings": queries.list_wordings(letter.id),
        "missing": [called(words, place) for place in words.missing_from_text()],
        "returned_with": _returned_with(letter),
        "came_back": deciding.returns(letter.decisions),
        "voided": deciding.voided(letter.decisions),
        "approval": deciding.standing_approval(letter.decisions),
        "void_approval": void_approval(letter),
        "addressee_left": clearing_queries.addressee_left(letter),
        "working": _working_of(letter),
        "signed_by": signing.signed_by(letter),
        "parts": words.parts,
        "corrections": correcting.get_corrections(person, letter),
        "what_changed": _changes_by_version(letter),
    }


def _changes_by_version(letter: Letter) -> dict[int, str]:
    """What each of the newest versions changed, in a few words; nothing of the first."""
    in_order = sorted(letter.versions, key=lambda v: v.number)[-queries.SAYING_WHAT_CHANGED - 1 :]
    read = [(v.number, v.words) for v in in_order]
    return {number: what_changed(old, new) for (_, old), (number, new) in pairwise(read)}


def void_approval(letter: Letter) -> tuple[ClearanceDecision, ClearanceDecision] | None:
    """The last approval and the reopening that made it void, until the letter is approved again."""
    if letter.state not in (LetterState.DRAFT, LetterState.WITH_CHAIR):
        return None
    pairs = [(d, after) for d in letter.decisions if (after := deciding.voided(letter.decisions).get(d.id))]
    reopened = [(d, after) for d, after in pairs if after.kind is DecisionKind.REOPENED and d.kind in APPROVALS]
    return max(reopened, key=lambda pair: pair[0].id, default=None)


def _returned_with(letter: Letter) -> ClearanceDecision | None:
    """The decision by which a draft came back to the secretariat; None where it was not returned."""
    last = letter.last_decision if letter.state is LetterState.DRAFT else None
    return last if last is not None and last.kind in {DecisionKind.RETURNED, DecisionKind.CAME_BACK} else None


def _working_of(letter: Letter) -> Working | None:
    """How the due date of an issued letter was counted, where it was."""
    if letter.state is not LetterState.ISSUED or letter.letter_date is None or letter.response_due_stated:
        return None
    due, working = due_date(letter.letter_date, letter.taskforce.response_working_days, None, "")
    return working if due == letter.response_due_on else None


@dataclass(frozen=True)
class SentAsk:
    """A recommendation as those to whom it was sent know it."""

    reference: str
    kind: str
    placement: str
    title: str
    text: str
    success_items: tuple[str, ...]


def sent_page(letter: Letter, person: Person) -> dict[str, Any]:
    """The page of a letter for `person`, to whom it was sent, or a member: nothing of its history."""
    version = queries.get_current_version(letter.id)
    identities, words = queries.list_identities(letter.id), version.words
    asks = [
        SentAsk(
            identities[ask.id].reference or "",
            ask.kind.label,
            ask.placement.label,
            ask.title,
            words.filled(ask.text),
            tuple(ask.success_items),
        )
        for ask in words.recommendations
    ]
    recorded = letter.state is LetterState.RECORDED
    document = None if recorded else documents.document_of(version, documents.slots_of(letter), draft=False)
    corrections = correcting.get_corrections(person, letter)
    return {
        "letter": letter,
        "title": title(letter),
        "document": document,
        "asks": asks,
        "corrections": corrections,
    }


def changed_parts(old: LetterVersion, new: LetterVersion) -> list[Part]:
    """The parts in which two versions differ."""
    return changed_words(old.words, new.words)


def changed_words(before: Content, after: Content) -> list[Part]:
    """The parts in which two texts differ, the points heard and the letterheads by their words."""
    ids = sorted({i for words in (before, after) for ask in words.recommendations for i in ask.rests_on})
    points = {p.id: p.text for p in queries.list_points(None, ids)}
    heads = {before.letterhead, after.letterhead}
    names = letterheads.names_of(heads) if len(heads) > 1 else {}
    return [part for part in compare(before, after, points, names) if part.has_changed]


def two_versions(letter: Letter, arguments: Mapping[str, str]) -> tuple[LetterVersion, LetterVersion]:
    """The versions that the address names (from, to), or the last two. Raises NotFound for a number there is not."""
    numbers = {str(v.number): v for v in letter.versions}
    newest = letter.current.number
    old = numbers.get(arguments.get("from") or str(max(1, newest - 1)))
    new = numbers.get(arguments.get("to") or str(newest))
    if old is None or new is None:
        raise NotFound("The letter has no version with that number.")
    return old, new


def issue_values(letter: Letter) -> dict[str, Any]:
    """What the issue page is filled with: today, to whom, and the response as it was planned."""
    contact = letter.main_addressee.contact
    return {
        "letter_date": letter.letter_date or clock.today(),
        "to": contact.email or contact.name,
        "response_due_on": letter.response_due_on,
        "response_due_stated": letter.response_due_stated,
        "no_response": _asks_nothing_new(letter) and not (letter.response_due_on or letter.response_due_stated),
        "version": letter.version,
    }


def _asks_nothing_new(letter: Letter) -> bool:
    """Whether it is a correction whose recommendations are all carried over: they keep the dates that they have."""
    known = queries.list_identities(letter.corrects_id) if letter.corrects_id else {}
    return bool(letter.corrects_id) and all(ask.id in known for ask in letter.current.words.recommendations)


def issue_of(form: IssueForm) -> Issue:
    """The issue page's answer."""
    return Issue(
        letter_date=form.letter_date.data or clock.today(),
        how=form.how.data,
        to=form.to.data or "",
        due_on=form.response_due_on.data,
        due_stated=form.response_due_stated.data or "",
        no_response=bool(form.no_response.data),
    )


@dataclass(frozen=True)
class Filter:
    """How the list is narrowed, and what it can be narrowed by."""

    taskforces: list[tuple[str, str]]
    programmes: list[tuple[str, str]]
    states: list[tuple[str, str]]
    chosen: dict[str, str]

    @classmethod
    def of(cls, person: Person, arguments: Mapping[str, str]) -> Filter:
        """The filters that `person` has, and those of `arguments` that are among them."""
        inside = bool(person.taskforces(DRAFT_READERS))
        taskforces = [(str(t.id), t.name) for t in directory.list_taskforces_for(person, TASKFORCE_ROLES)]
        programmes = [(str(p.id), p.name) for p in queries.list_addressed_programmes(person)]
        states = [(s.value, s.label) for s in LetterState if inside or s in SENT]
        options = {"taskforce": taskforces, "programme": programmes, "state": states}
        chosen = {name: arguments[name] for name in options if arguments.get(name) in dict(options[name])}
        return cls(taskforces, programmes, states, chosen)

    def values(self) -> dict[str, Any]:
        """Arguments for `queries.list_letters`."""
        found: dict[str, Any] = {f"{n}_id": int(v) for n, v in self.chosen.items() if n != "state"}
        return found | ({"state": LetterState(self.chosen["state"])} if "state" in self.chosen else {})

    def tags(self) -> list[tuple[str, str]]:
        """(argument, words) of each chosen filter."""
        options = {"taskforce": self.taskforces, "programme": self.programmes, "state": self.states}
        return [(name, dict(options[name])[value]) for name, value in self.chosen.items()]
