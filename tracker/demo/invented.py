"""An invented taskforce with two invented programmes: nothing here is about any real body or person.

People have the titles of their roles for names. Dates lie in 2026 and early 2027: late, due and done.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tracker.core.permissions import Role
from tracker.workshops.rules import Capacity, FocusArea, PointKind, Principle

GRANTED_ON = date(2026, 1, 5)
CODE, NAME = "CCH", "Care Closer to Home Taskforce"
REMIT = "Looks at how programmes that move care out of hospital listen to patients, carers and the voluntary sector."
TERMS = "Meets every quarter after a workshop on one programme. Reports to the board twice a year."
ORGANISATION, BOARD = "Example Health and Care Authority", "Board of the Example Health and Care Authority"
SENDER_ADDRESS = "1 Example Square\nExampleton\nEX1 1AA"
BOARD_MEETINGS = (date(2026, 5, 14), date(2026, 11, 12), date(2027, 2, 11), date(2027, 5, 13))
PROGRAMMES = (
    ("VWP", "Virtual Wards Programme"),
    ("CRP", "Community Rehabilitation Programme"),
    ("HTP", "Home Transport Programme"),
)
# Who owned programmes before: without an account. The rehabilitation programme has a new owner from that day on.
FORMER_OWNERS = (
    ("CRP", "Former rehabilitation SRO", "former.sro@demo.example"),
    ("HTP", "Home transport SRO", "home.transport@demo.example"),
)
NEW_OWNER_ON = date(2026, 11, 2)


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
WARDS_TEAM, WARDS_SRO, REHAB_TEAM, REHAB_SRO = (s.email for s in SIGN_INS[6:10])
LEAD, ADMINISTRATOR = (s.email for s in SIGN_INS[11:])


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
