"""What the invented taskforce writes and does: its letters with how far each has come, and its actions."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tracker.demo.invented import CHAIR, DEPUTY, MEMBER, SECRETARY
from tracker.letters.rules import AskKind, Placement


class Ask(NamedTuple):
    """A recommendation; `points` are places (from 0) in the workshop's list."""

    title: str
    kind: AskKind
    text: str
    placement: Placement = Placement.LISTED
    board_wording: str = ""
    success: str = ""
    points: tuple[int, ...] = ()


class Letter(NamedTuple):
    """A letter, and how far it has come: `story` is played with the people of invented.py.

    `to`: the codes of its programmes, where they are not the workshop's alone.
    """

    key: str
    workshop: str
    subject: str
    body: str
    asks: tuple[Ask, ...]
    story: str
    written_on: date
    issued_on: date | None = None
    to: str = ""


_THANKS = (
    "Thank you for the time that you and your team gave to our workshop. Those who came told us that they had been "
    "listened to, and several stayed on to go through the details with your colleagues."
)
ISSUED: tuple[Letter, ...] = (
    Letter(
        "wards",
        "wards",
        "Virtual wards: what patients and carers told us",
        _THANKS + "\n\n"
        "We were glad to hear how many people would choose a virtual ward again, and that somebody answers at night. "
        "We also heard of carers who were never asked, and of equipment that some people could not use.\n\n"
        "We ask you to:\n\n{recommendations}\n\n"
        "We will report your answer to the board in May, and tell those who came what came of it.",
        (
            Ask(
                "Ask carers first",
                AskKind.RECOMMENDATION,
                "Agree with every ward that nobody is sent home before their carer was asked whether they can cope.",
                board_wording="Carers are asked before anybody is sent home.",
                success="Every ward’s checklist has the question\nA spot check of 50 discharges shows the answer noted",
                points=(2,),
            ),
            Ask(
                "Equipment that everybody can use",
                AskKind.RECOMMENDATION,
                "Give the monitoring kit with instructions in the languages that patients read, and with a way to "
                "reply that needs no buttons.",
                board_wording="Monitoring equipment works for people who do not read English or cannot press buttons.",
                success="Instructions in the ten languages most used\nA telephone reply is offered to everybody",
                points=(3, 4),
            ),
            Ask(
                "First-week visits",
                AskKind.SUGGESTION,
                "Consider asking local charities to visit in the first week.",
                board_wording="Local charities visit in the first week.",
                points=(5,),
            ),
        ),
        "closed",
        date(2026, 3, 19),
        date(2026, 3, 27),
    ),
    Letter(
        "rehab",
        "rehab",
        "Rehabilitation after hospital: three asks",
        _THANKS + "\n\n"
        "The therapists’ reliability was praised again and again. Two things worried us: how long people wait depends "
        "on where they live, and those without a car are left out.\n\n{recommendations}\n\n"
        "Please tell us also how many people were referred and never came: we would like to understand who they are.",
        (
            Ask(
                "Narrow the differences in waiting",
                AskKind.RECOMMENDATION,
                "Set out how waiting times will become the same across the area, with dates.",
                board_wording="Waiting times become the same across the area.",
                success="No town waits more than two weeks longer than another",
                points=(1,),
            ),
            Ask(
                "Sessions that can be reached",
                AskKind.RECOMMENDATION,
                "Offer sessions that people without a car can reach, and say where they are.",
                board_wording="Sessions can be reached without a car.",
                points=(2, 3),
            ),
            Ask(
                "Who never came",
                AskKind.REQUEST,
                "Please tell us also how many people were referred and never came",
                Placement.IN_TEXT,
                points=(1,),
            ),
        ),
        "drafting",
        date(2026, 6, 25),
        date(2026, 7, 3),
    ),
    Letter(
        "joint",
        "rehab",
        "From the ward to the therapist: handing over",
        _THANKS + "\n\n"
        "This letter goes to both programmes: people fall into the gap between them. Those who leave a virtual ward "
        "told us that nobody knew of them when rehabilitation began.\n\n{recommendations}",
        (
            Ask(
                "One handover",
                AskKind.RECOMMENDATION,
                "Agree on one handover between ward and therapist, so that nobody has to tell their story twice.",
                board_wording="One handover between ward and therapist.",
                success="Both programmes use the same form",
                points=(0,),
            ),
            Ask(
                "A named person to ring",
                AskKind.RECOMMENDATION,
                "Give everybody the name of somebody to ring until rehabilitation has begun.",
                board_wording="Everybody has somebody to ring.",
                success="The name is in every discharge letter",
                points=(1,),
            ),
            Ask(
                "Ask carers together",
                AskKind.SUGGESTION,
                "Consider asking carers once for both programmes.",
                board_wording="Carers are asked once.",
                points=(4,),
            ),
        ),
        "joint",
        date(2026, 7, 27),
        date(2026, 8, 4),
        "VWP CRP",
    ),
    Letter(
        "transport",
        "rehab",
        "Home transport: getting to sessions",
        _THANKS + "\n\n"
        "People without a car asked for transport to their sessions, and did not know whom to ask.\n\n"
        "{recommendations}",
        (
            Ask(
                "Lifts to sessions",
                AskKind.RECOMMENDATION,
                "Offer a lift to rehabilitation sessions to those who cannot come by themselves.",
                board_wording="Lifts to sessions are offered.",
                success="Everybody who is referred is told how to ask for a lift",
                points=(2,),
            ),
            Ask(
                "One number for transport",
                AskKind.RECOMMENDATION,
                "Publish one telephone number for all transport to care.",
                board_wording="One number for transport to care.",
                points=(2,),
            ),
        ),
        "waiting",
        date(2026, 9, 7),
        date(2026, 9, 15),
        "HTP",
    ),
    Letter(
        "wards_again",
        "wards_again",
        "Virtual wards: six months on",
        _THANKS + "\n\n"
        "Much has moved since March. The leaflets are better, and the panel says so. Carers, though, still hear of the "
        "discharge on the day.\n\n{recommendations}",
        (
            Ask(
                "A day’s notice for carers",
                AskKind.RECOMMENDATION,
                "Give carers at least a day’s notice of a discharge, and count how often it happens.",
                board_wording="Carers have a day’s notice of a discharge.",
                success="Nine in ten discharges with a day’s notice",
                points=(1,),
            ),
            Ask(
                "Ask a week later",
                AskKind.RECOMMENDATION,
                "Ask every patient a week after they leave the ward how it went, and publish what they say.",
                board_wording="Patients are asked a week after they leave.",
                points=(2,),
            ),
        ),
        "partial",
        date(2026, 10, 21),
        date(2026, 10, 30),
    ),
)


def _short(key: str, workshop: str, subject: str, text: str, story: str, written_on: date) -> Letter:
    title, kind = subject.split(":")[0], AskKind.RECOMMENDATION
    body = f"{_THANKS}\n\nOne thing is left to ask.\n\n{{recommendations}}"
    return Letter(key, workshop, subject, body, (Ask(title, kind, text, points=(0,)),), story, written_on)


UNSENT = (
    _short(
        "draft",
        "rehab",
        "Exercise groups: listing them",
        "Put the exercise groups that charities run on your referral form.",
        "draft",
        date(2026, 11, 17),
    ),
    _short(
        "with_chair",
        "wards_again",
        "Night calls: who answers",
        "Publish how quickly calls are answered at night.",
        "with_chair",
        date(2026, 11, 12),
    ),
    _short(
        "returned",
        "rehab",
        "Transport: what it costs",
        "Say what it would cost to bring people to sessions.",
        "returned",
        date(2026, 11, 4),
    ),
    _short(
        "approved",
        "wards_again",
        "Patient panel: its place",
        "Give the patient panel a place on the programme’s board.",
        "approved",
        date(2026, 11, 9),
    ),
    _short(
        "changed",
        "rehab",
        "Waiting lists: what people are told",
        "Tell people every month how long they still have to wait.",
        "changed",
        date(2026, 11, 10),
    ),
    _short(
        "withdrawn",
        "wards",
        "A second letter about the kit",
        "Say when the kit will be changed.",
        "withdrawn",
        date(2026, 4, 20),
    ),
)


class ActionSpec(NamedTuple):
    """An action: where it arises (a workshop's or letter's key, or nothing), its owner's e-mail, and how far it is."""

    title: str
    origin: str
    owner: str
    due_on: date | None
    state: str
    raised_on: date
    due_stated: str = ""


ACTIONS = (
    ActionSpec("Send the notes to all who came", "wards", DEPUTY, date(2026, 3, 20), "closed", date(2026, 3, 11)),
    ActionSpec("Ask the panel to test the leaflet", "wards", MEMBER, date(2026, 4, 17), "closed", date(2026, 3, 11)),
    ActionSpec("List the exercise groups", "rehab", MEMBER, date(2026, 9, 30), "in_progress", date(2026, 6, 17)),
    ActionSpec(
        "Find an interpreter for the December workshop", "", DEPUTY, date(2026, 11, 27), "open", date(2026, 11, 2)
    ),
    ActionSpec("Invite two carers’ groups", "", SECRETARY, date(2026, 11, 13), "open", date(2026, 10, 26)),
    ActionSpec(
        "Check how the telephone reply works", "wards_again", MEMBER, date(2026, 11, 20), "review", date(2026, 9, 23)
    ),
    ActionSpec("Book the hall for a second day", "rehab", SECRETARY, date(2026, 6, 30), "cancelled", date(2026, 6, 17)),
    ActionSpec("Thank those who helped in the library", "wards_again", SECRETARY, None, "open", date(2026, 9, 23)),
    ActionSpec(
        "Agree dates for next year’s workshops",
        "",
        CHAIR,
        None,
        "in_progress",
        date(2026, 10, 5),
        "before the February board",
    ),
)
