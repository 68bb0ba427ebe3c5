"""The joint letter: one programme answers in part and gets more time; the other answers all and is asked about it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from tracker.accounts.models import Contact
from tracker.core.db import db
from tracker.demo import invented as plan
from tracker.demo.load_answers import save
from tracker.demo.story import People, draft_response, list_ask_ids, on, response_seen
from tracker.recommendations import answering, extending, signing_off
from tracker.recommendations.answering import AnswerDetails, Planned
from tracker.recommendations.extension_queries import list_extendable, list_of_response
from tracker.recommendations.rules import AnswerPosition

_WARDS = (
    AnswerDetails(
        AnswerPosition.ACCEPTED,
        "Agreed. Our form and theirs become one; both teams meet every second week until it is in use.",
        "Virtual wards team",
        date(2026, 12, 18),
        "",
        (Planned("Try the common form on two wards", date(2026, 11, 20)),),
    ),
    AnswerDetails(
        AnswerPosition.IN_PRINCIPLE,
        "Agreed in principle: the night service cannot name one person, but it has one number.",
        "Virtual wards team",
        None,
        "early 2027",
        (),
    ),
)
_REHAB = (
    AnswerDetails(
        AnswerPosition.ACCEPTED,
        "Yes. We use the wards’ form as soon as it is there.",
        "Rehabilitation team",
        date(2027, 1, 29),
        "",
        (),
    ),
    AnswerDetails(AnswerPosition.IN_PART, "We do this where we can.", "", None, "", ()),
    AnswerDetails(
        AnswerPosition.NOT_ACCEPTED,
        "Carers of our patients are often others than on the ward: asking once would leave them out.",
        "",
        None,
        "",
        (),
    ),
)
_UNCLEAR = "Where can you, and where not? Please say how many people have a name to ring today."
_CLEAR = (
    "In the two northern towns, where each therapist has a list: about 400 of 1,100 people. The others from spring."
)


def play_joint(people: People, letter_id: int) -> None:
    """What came of the joint letter in both programmes."""
    _answer_in_part(people, letter_id)
    _give_more_time(people, letter_id)
    _answer_whole(people, letter_id)


def _answer_in_part(people: People, letter_id: int) -> None:
    team, sro = people[plan.WARDS_TEAM], people[plan.WARDS_SRO]
    with on(date(2026, 8, 24)):
        response = draft_response(team, letter_id, "VWP")
        save(response, list_ask_ids(response), _WARDS, team)
    with on(date(2026, 8, 26)):
        answering.sign_off(draft_response(sro, letter_id, "VWP"), by=sro)


def _give_more_time(people: People, letter_id: int) -> None:
    team, secretary = people[plan.WARDS_TEAM], people[plan.SECRETARY]
    with on(date(2026, 9, 7)):
        response = draft_response(team, letter_id, "VWP")
        waiting = frozenset(a.id for a in list_extendable(response))
        reason = "We want to ask our carers’ panel first; it meets on 20 October."
        extending.ask_extension(response, extending.Asked(waiting, date(2026, 10, 30), reason), by=team)
    with on(date(2026, 9, 9)):
        request, *_ = list_of_response(response_seen(secretary, letter_id, "VWP"))
        extending.grant_extension(request, date(2026, 10, 30), "A good reason. Please keep to it.", by=secretary)


def _answer_whole(people: People, letter_id: int) -> None:
    """The rehabilitation programme's owner agrees by e-mail; one answer is asked about, and answered."""
    team, secretary = people[plan.REHAB_TEAM], people[plan.SECRETARY]
    with on(date(2026, 8, 31)):
        response = draft_response(team, letter_id, "CRP")
        save(response, list_ask_ids(response), _REHAB, team)
    _agree(people, letter_id, date(2026, 9, 2))
    with on(date(2026, 9, 10)):
        response = response_seen(secretary, letter_id, "CRP")
        second = list_ask_ids(response)[1]
        answering.ask_clarification(response, "One answer is not clear to us.", {second: _UNCLEAR}, by=secretary)
    with on(date(2026, 9, 16)):
        response = draft_response(team, letter_id, "CRP")
        second = list_ask_ids(response)[1]
        details = answering.current_answers(response, [second])[second]
        replies = dict.fromkeys(details.replies, _CLEAR)
        said = AnswerDetails(details.position, _IN_FULL, "Rehabilitation team", None, "spring 2027", (), replies)
        answering.save_answers(response, response.introduction, {second: said}, by=team)
    _agree(people, letter_id, date(2026, 9, 18))


_IN_FULL = "We do this in the two northern towns. The other towns follow when their lists are complete."


def _agree(people: People, letter_id: int, day: date) -> None:
    team = people[plan.REHAB_TEAM]
    _, name, email = plan.FORMER_OWNERS[0]
    with on(day):
        signer = db.session.scalars(select(Contact).where(Contact.email == email)).one()
        said = f"From: {name} <{email}>\nTo: Rehabilitation team <{plan.REHAB_TEAM}>\nSubject: Our response\n"
        content = f"{said}Date: {day:%d %b %Y} 08:30:00 +0100\n\nI have read it and agree to it.\n".encode()
        response = draft_response(team, letter_id, "CRP")
        signing_off.sign_off_by_agreement(response, signer, day, "I agree.eml", content, by=team)
