"""What is done to replies: uploaded, laid beside what was asked, taken into the draft response, or set aside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from tracker.accounts.models import Contact
from tracker.core import clock, events, files
from tracker.core.db import db, touch
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.correspondence.operations import EntryDetails, Upload, add_entry
from tracker.correspondence.rules import Direction, EntryKind
from tracker.recommendations import answering, signing_off
from tracker.recommendations.answering import AnswerDetails
from tracker.recommendations.queries import list_asks
from tracker.recommendations.response_models import Response, Submission
from tracker.recommendations.rules import AnswerPosition, ResponseState
from tracker.replies.models import Reply, ReplyPassage
from tracker.replies.reading import ReadReply, in_plain_words
from tracker.replies.rules import Assembled, Passage, ReplyOutcome, assemble

events.register_verbs(
    {
        "reply_uploaded": "uploaded a reply",
        "reply_passage_added": "said what a passage answers",
        "reply_passage_removed": "took a passage back",
        "reply_taken": "took the reply into the draft response",
        "reply_set_aside": "set the reply aside",
    }
)
MOST_PASSAGES = 1000
LONGEST_ANSWER = 20_000


@dataclass(frozen=True)
class Arrived:
    """A reply as it came: its file, when and from whom."""

    name: str
    content: bytes
    read: ReadReply
    received_on: date
    from_whom: str


@dataclass(frozen=True)
class Chosen:
    """A passage, what it answers, with what position, and where it begins among the blocks."""

    assignment_id: int
    quote: str
    place: int
    position: AnswerPosition


def upload_reply(response: Response, arrived: Arrived, *, by: Person) -> Reply:
    """Keep a reply, to be laid beside what was asked. One that the secretariat got is in the correspondence too.

    What programme people upload is a help to write their own draft: nobody else sees it.
    Raises RuleBroken for a day to come.
    """
    if arrived.received_on > clock.today():
        raise RuleBroken("The date cannot be in the future", field="received_on")
    is_ours = response.programme_id not in by.programmes()
    reply = Reply(
        response_id=response.id,
        taskforce_id=response.taskforce_id,
        entry_id=_entry(response, arrived, by) if is_ours else None,
        name=arrived.name,
        file_sha256=files.store(arrived.content, files.any_kind_of(arrived.content)),
        received_on=arrived.received_on,
        from_whom=arrived.from_whom,
        blocks=arrived.read.to_json(),
        problems="\n".join(arrived.read.problems),
        by_id=by.contact_id,
        at=clock.now(),
    )
    db.session.add(reply)
    db.session.flush()
    events.record(by, "reply_uploaded", reply, sha256=reply.file_sha256)
    return reply


def _entry(response: Response, arrived: Arrived, by: Person) -> int:
    details = EntryDetails(
        EntryKind.REPLY,
        Direction.IN,
        arrived.received_on,
        from_whom=arrived.from_whom,
        to_whom=response.taskforce.name,
        subject=f"Reply of {response.programme.name}"[:200],
        text=in_plain_words(list(arrived.read.blocks))[:50_000],
    )
    return add_entry(response.letter, details, [Upload(arrived.name, arrived.content)], by=by).id


def _check_open(reply: Reply) -> None:
    if reply.outcome is not None:
        raise RuleBroken(f"The reply was {reply.outcome.label.lower()}. It stays as it is.")


def add_passage(reply: Reply, chosen: Chosen, *, by: Person) -> ReplyPassage:
    """Say that a passage answers a recommendation. Raises RuleBroken once the reply was taken or set aside."""
    _check_open(reply)
    if len(reply.passages) >= MOST_PASSAGES:
        raise RuleBroken(f"A reply holds up to {MOST_PASSAGES:,} passages.")
    passage = ReplyPassage(
        reply_id=reply.id,
        assignment_id=chosen.assignment_id,
        quote=chosen.quote,
        place=chosen.place,
        position=chosen.position,
        by_id=by.contact_id,
        at=clock.now(),
    )
    db.session.add(passage)
    touch(reply)
    events.record(by, "reply_passage_added", reply, assignment=chosen.assignment_id)
    db.session.flush()
    return passage


def remove_passage(reply: Reply, passage_id: int, *, by: Person) -> None:
    """Take back what a passage was said to answer. Raises RuleBroken for one that is gone."""
    _check_open(reply)
    passage = next((p for p in reply.passages if p.id == passage_id), None)
    if passage is None:
        raise RuleBroken("The passage was taken back already.")
    db.session.delete(passage)
    touch(reply)
    events.record(by, "reply_passage_removed", reply, assignment=passage.assignment_id)
    db.session.flush()


def passages_of(reply: Reply) -> list[Passage]:
    """The passages as the rules see them, in the order in which they stand."""
    return [Passage(p.assignment_id, p.quote, p.position) for p in reply.passages]


def take_reply(reply: Reply, response: Response, *, by: Person) -> bool:
    """Put the passages into the draft response, each beside what it answers; what is there already stays above.

    Nothing is an answer until the response is signed off. Whether it can be by an agreement now: the draft holds
    nothing but a reply that the secretariat got, so no words that the programme is still at are given away.
    Raises RuleBroken where no passage is chosen, where an answer would be longer than one can be, and where the
    response is no draft.
    """
    _check_open(reply)
    answers = assemble(passages_of(reply))
    if not answers:
        raise RuleBroken("Say first what at least one passage answers.")
    if response.state is not ResponseState.DRAFT:
        raise RuleBroken("The response has been signed off. What came later belongs in the correspondence.")
    was_blank = _is_blank(response)
    drafted = answering.current_answers(response, answers)
    merged = {i: _with_words(drafted[i], answers[i]) for i in answers}
    answering.save_answers(response, response.introduction, merged, by=by)
    reply.outcome, reply.decided_at, reply.decided_by_id = ReplyOutcome.TAKEN, clock.now(), by.contact_id
    events.record(by, "reply_taken", reply)
    db.session.flush()
    return was_blank and reply.entry_id is not None and not signing_off.why_not_ready(response)


def _is_blank(response: Response) -> bool:
    drafted = answering.current_answers(response, [ask.id for ask in list_asks(response)])
    return not response.introduction and all(details.is_blank for details in drafted.values())


def may_show_agreement(reply: Reply, response: Response) -> bool:
    """Whether the reply itself may be what its senior responsible owner agreed in: its draft waits for sign-off."""
    return reply.outcome is ReplyOutcome.TAKEN and reply.entry_id is not None and response.is_ready


def sign_off_by_reply(reply: Reply, response: Response, signer: Contact, agreed_on: date, *, by: Person) -> Submission:
    """Sign the draft off by the reply that it was made from: the reply says that the owner agreed.

    Raises RuleBroken where the draft does not wait for that or was changed since, and as `sign_off_by_agreement`.
    """
    if not may_show_agreement(reply, response):
        raise RuleBroken("The response does not wait to be signed off by this reply.")
    if any(a.edited_at and reply.decided_at and a.edited_at > reply.decided_at for a in response.answers):
        raise RuleBroken(
            "The draft was changed after the reply was put into it. Record the file in which they agreed to the change."
        )
    content = files.read(reply.file_sha256)
    return signing_off.sign_off_by_agreement(response, signer, agreed_on, reply.name, content, by=by)


def _with_words(drafted: AnswerDetails, answer: Assembled) -> AnswerDetails:
    """The draft of an answer with the reply's words below its own, and the reply's position where it states one."""
    stated = answer.position is not AnswerPosition.AWAITING
    text = f"{drafted.text}\n\n{answer.text}" if drafted.text else answer.text
    if len(text) > LONGEST_ANSWER:
        raise RuleBroken(f"An answer holds up to {LONGEST_ANSWER:,} characters. Choose shorter passages.")
    return replace(drafted, text=text, position=answer.position if stated else drafted.position)


def set_aside(reply: Reply, *, by: Person) -> None:
    """Leave a reply as it is: its original stays, and nothing of it becomes an answer."""
    _check_open(reply)
    reply.outcome, reply.decided_at, reply.decided_by_id = ReplyOutcome.SET_ASIDE, clock.now(), by.contact_id
    events.record(by, "reply_set_aside", reply)
    db.session.flush()
