"""An invented taskforce with two invented programmes: nothing here is about any real body or person.

People have the titles of their roles for names. Dates lie in 2026 and early 2027: late, due and done.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tracker.core.permissions import Role
from tracker.letters.rules import AskKind, Placement
from tracker.workshops.rules import Capacity, FocusArea, PointKind, Principle

GRANTED_ON = date(2026, 1, 5)
CODE, NAME = "CCH", "Care Closer to Home Taskforce"
REMIT = "Looks at how programmes that move care out of hospital listen to patients, carers and the voluntary sector."
TERMS = "Meets every quarter after a workshop on one programme. Reports to the board twice a year."
ORGANISATION, BOARD = "Example Health and Care Authority", "Board of the Example Health and Care Authority"
SENDER_ADDRESS = "1 Example Square\nExampleton\nEX1 1AA"
BOARD_MEETINGS = (date(2026, 5, 14), date(2026, 11, 12), date(2027, 2, 11), date(2027, 5, 13))
PROGRAMMES = (("VWP", "Virtual Wards Programme"), ("CRP", "Community Rehabilitation Programme"))


class SignIn(NamedTuple):
    """A demonstration account: its e-mail, the name (a role's title), the job title, and what it is granted."""

    email: str
    name: str
    job_title: str
    roles: tuple[tuple[Role, str], ...]
    is_admin: bool = False

    @property
    def shown(self) -> str:
        """What `make run` prints beside the e-mail."""
        held = ", ".join(f"{role.label.lower()} ({code})" for role, code in self.roles)
        return held or ("administrator" if self.is_admin else self.job_title)


def _both(role: Role) -> tuple[tuple[Role, str], ...]:
    return ((role, "EPC"), (role, "CCH"))


SIGN_INS = (
    SignIn("secretariat@demo.example", "Secretariat officer", "Secretariat", _both(Role.SECRETARIAT)),
    SignIn("deputy@demo.example", "Deputy secretariat officer", "Secretariat", _both(Role.SECRETARIAT)),
    SignIn("chair@demo.example", "Taskforce chair", "Chair", ((Role.CHAIR, "CCH"),)),
    SignIn("vice.chair@demo.example", "Taskforce vice chair", "Vice chair", ((Role.VICE_CHAIR, "CCH"),)),
    SignIn("member@demo.example", "Taskforce member", "Member", _both(Role.MEMBER)),
    SignIn("auditor@demo.example", "Internal auditor", "Auditor", _both(Role.AUDITOR)),
    SignIn("virtual.wards@demo.example", "Virtual wards team", "Programme manager", ((Role.PROGRAMME_TEAM, "VWP"),)),
    SignIn("virtual.wards.sro@demo.example", "Virtual wards SRO", "Senior responsible owner", ((Role.SRO, "VWP"),)),
    SignIn("rehabilitation@demo.example", "Rehabilitation team", "Programme manager", ((Role.PROGRAMME_TEAM, "CRP"),)),
    SignIn("rehabilitation.sro@demo.example", "Rehabilitation SRO", "Senior responsible owner", ((Role.SRO, "CRP"),)),
    SignIn("cancer@demo.example", "Cancer programme reader", "Programme manager", ((Role.PROGRAMME_TEAM, "CAN"),)),
    SignIn("lead.director@demo.example", "Lead director", "Director of Experience", ()),
    SignIn("administrator@demo.example", "Administrator", "Administrator", (), is_admin=True),
)
SECRETARY, DEPUTY, CHAIR, VICE, MEMBER = (s.email for s in SIGN_INS[:5])
WARDS_TEAM, WARDS_SRO, REHAB_TEAM, REHAB_SRO, LEAD = (SIGN_INS[i].email for i in (6, 7, 8, 9, 11))


class Point(NamedTuple):
    kind: PointKind
    text: str
    theme: str
    focus_area: FocusArea
    principle: Principle | None = None
    source: str = ""
    could_identify: bool = False


class Workshop(NamedTuple):
    """A workshop: its key here, programme, title, date (None: not set), place, capacities of those who came, points."""

    key: str
    programme: str
    title: str
    held_on: date | None
    is_held: bool
    place: str
    came: tuple[tuple[Capacity, str], ...] = ()
    points: tuple[Point, ...] = ()


_CAME = (
    (Capacity.PATIENT, "Patient with lived experience"),
    (Capacity.PATIENT, "Patient panel member"),
    (Capacity.CARER, "Unpaid carer"),
    (Capacity.VOLUNTARY_SECTOR, "Chief officer of a local charity"),
    (Capacity.CLINICIAN, "Community nurse"),
    (Capacity.PROGRAMME, "Programme manager"),
)
P, PEOPLE, PATIENTS, SECTOR = PointKind, FocusArea.PEOPLE, FocusArea.PATIENTS, FocusArea.VOLUNTARY_SECTOR
WORKSHOPS = (
    Workshop(
        "wards",
        "VWP",
        "Being looked after at home on a virtual ward",
        date(2026, 3, 10),
        True,
        "Exampleton town hall",
        _CAME,
        (
            Point(
                P.PRAISE, "People prefer their own bed, and their families see more of them.", "Experience", PATIENTS
            ),
            Point(P.PRAISE, "Ward teams answer the telephone at night.", "Access", PATIENTS),
            Point(
                P.CONCERN,
                "Nobody asks carers whether they can cope before the patient is sent home.",
                "Carers",
                PEOPLE,
                Principle.CARERS,
                "A carer, in their own words",
            ),
            Point(
                P.CONCERN,
                "The monitoring kit comes with instructions in English only.",
                "Inequalities",
                PATIENTS,
                Principle.EQUALITY,
            ),
            Point(
                P.CONCERN,
                "One patient with a tremor could not press the buttons and was thought not to have replied.",
                "Inequalities",
                PATIENTS,
                Principle.PERSON_CENTRED,
                "Lived experience",
                True,
            ),
            Point(
                P.SUGGESTION,
                "Local charities could visit in the first week.",
                "Partnership",
                SECTOR,
                Principle.VOLUNTARY_AND_HOUSING,
            ),
            Point(P.COMMITMENT, "The patient panel will test the next leaflet.", "Information", PEOPLE),
        ),
    ),
    Workshop(
        "rehab",
        "CRP",
        "Getting going again: rehabilitation after a stay in hospital",
        date(2026, 6, 16),
        True,
        "Online",
        _CAME[:5],
        (
            Point(P.PRAISE, "Therapists keep their promises about when they will come.", "Experience", PATIENTS),
            Point(P.CONCERN, "Waiting times differ by months between neighbouring towns.", "Access", PATIENTS),
            Point(
                P.CONCERN,
                "People without a car cannot reach the gym sessions.",
                "Access",
                PEOPLE,
                Principle.EQUALITY,
            ),
            Point(P.SUGGESTION, "Walking groups already meet near by; tell people of them.", "Partnership", SECTOR),
            Point(P.COMMITMENT, "Two charities will list their exercise groups.", "Partnership", SECTOR),
        ),
    ),
    Workshop(
        "wards_again",
        "VWP",
        "Virtual wards, six months on",
        date(2026, 9, 22),
        True,
        "Exampleton library",
        _CAME[1:],
        (
            Point(P.PRAISE, "Leaflets now come in four languages.", "Inequalities", PATIENTS, Principle.EQUALITY),
            Point(P.CONCERN, "Carers still hear of the discharge on the day.", "Carers", PEOPLE, Principle.CARERS),
            Point(P.SUGGESTION, "Ask patients how it went a week after they leave the ward.", "Measurement", PATIENTS),
        ),
    ),
    Workshop("rehab_travel", "CRP", "Travelling to rehabilitation", date(2026, 12, 15), False, "Exampleton town hall"),
    Workshop("wards_night", "VWP", "Nights on a virtual ward", None, False, ""),
)


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
    """A letter, and how far it has come: see load.py, which plays `story` with the people above."""

    key: str
    workshop: str
    subject: str
    body: str
    asks: tuple[Ask, ...]
    story: str
    written_on: date
    issued_on: date | None = None


_THANKS = (
    "Thank you for the time that you and your team gave to our workshop. Those who came told us that they had been "
    "listened to, and several stayed on to go through the details with your colleagues."
)
LETTERS: tuple[Letter, ...] = (
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


LETTERS += (
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
