"""The real first cycle of the Empowering People and Communities Taskforce, December 2017 to February 2018.

Every fact is from its board paper PB.08.02.2018/05; the sentences are ours. What the paper does not say stays empty: no
approval, answer, assessment or resolution is credited to anybody, and the letter and the paper are loaded as recorded.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tracker.directory.rules import Position
from tracker.letters.rules import AskKind
from tracker.workshops.rules import FocusArea, PointKind, Principle

TASKFORCE_CODE = "EPC"
TASKFORCE_NAME = "Empowering People and Communities Taskforce"
REMIT = (
    "Strengthens how patients, communities and the voluntary sector shape national programmes, in three areas: people "
    "(taking part in decisions), patients (learning from experience) and the voluntary sector (working in partnership)."
)
TERMS = (
    "Set up for one year from the first meeting in December 2017. Reports to the board of NHS England through its "
    "chair. Each meeting follows a workshop on one national priority. Minutes and actions of the last meeting are a "
    "standing item. The secretariat notes decisions and actions with owners and target dates, agrees the notes with "
    "the chair and sends them to members. Business may be done by correspondence if the chair agrees."
)
TERMS_AGREED = date(2017, 12, 12)
TERMS_REVIEW = "June 2018 (section 5 of the paper) and July 2018 (section 9)"
PERIOD = "One year from the first meeting in December 2017; the last day is not stated"
SECRETARIAT = "Patient and Public Participation and Insight division"
SENDER_ADDRESS = "Nursing Directorate\nNHS England\nQuarry House\nQuarry Hill\nLeeds\nLS2 7UE"
ORGANISATION = "NHS England"
BOARD = "Board of NHS England"
BOARD_MEETING = date(2018, 2, 8)


class Member(NamedTuple):
    """A seat: who holds it (empty: vacant), their job, the position, and whom they represent."""

    name: str
    job_title: str
    organisation: str
    position: Position
    represents: str = ""


MEMBERS = (
    Member("Lord Victor Adebowale", "Non-Executive Director", ORGANISATION, Position.CHAIR),
    Member("Michelle Mitchell", "Non-Executive Director", ORGANISATION, Position.VICE_CHAIR),
    Member("Jane Cummings", "Chief Nursing Officer", ORGANISATION, Position.MEMBER, "National director"),
    Member(
        "Neil Churchill",
        "Director, Experience, Participation and Equalities",
        ORGANISATION,
        Position.MEMBER,
        "Programme lead",
    ),
    Member("Michael Macdonnell", "", ORGANISATION, Position.MEMBER, "STP lead"),
    Member(
        "Jeremy Taylor",
        "",
        "",
        Position.MEMBER,
        "VCSE Health and Wellbeing Alliance and national patient organisations",
    ),
    Member("Jabeer Butt", "", "", Position.MEMBER, "VCSE Health and Wellbeing Alliance, equalities"),
    Member("Chris Askew", "", "", Position.MEMBER, "Charity leadership"),
    Member("Alex Fox", "", "", Position.MEMBER, "VCSE Oversight Group"),
    Member("Martin Farran", "", "", Position.MEMBER, "Local Government Association and local government (York)"),
    Member("", "", "", Position.MEMBER, "Patient representation"),
)
AUTHOR = ("Emma Easton", "Head of Voluntary Partnerships", ORGANISATION)
SRO = ("Cally Palmer", "Senior responsible owner, Cancer Programme", ORGANISATION)
PRESENTERS = ("Chris Harrison", "Jo Cottam")
PROGRAMME = ("CAN", "Cancer Programme")

WORKSHOP_TITLE = "The Cancer Strategy"
WORKSHOP_DATE = date(2017, 12, 12)


class Point(NamedTuple):
    """A point heard, by a short name that the recommendations below refer to."""

    name: str
    kind: PointKind
    text: str
    theme: str = ""
    focus_area: FocusArea | None = None
    principle: Principle | None = None
    source: str = ""
    could_identify: bool = False


PRAISE, CONCERN, COMMITMENT = PointKind.PRAISE, PointKind.CONCERN, PointKind.COMMITMENT
PEOPLE, PATIENTS, SECTOR = FocusArea.PEOPLE, FocusArea.PATIENTS, FocusArea.VOLUNTARY_SECTOR
POINTS = (
    Point("ambition", PRAISE, "The strategy is ambitious for the experience of patients.", "Ambition", PATIENTS),
    Point(
        "written_together",
        PRAISE,
        "Patients, carers, the public and charities took part in writing the strategy.",
        "Involvement",
        PEOPLE,
        Principle.CREATED_IN_PARTNERSHIP,
    ),
    Point(
        "faster_diagnosis",
        PRAISE,
        "The coming Faster Diagnosis Standard should shorten the most anxious wait.",
        "Diagnosis",
        PATIENTS,
    ),
    Point("quality_of_life", PRAISE, "A Quality of Life metric is being developed.", "Measurement", PATIENTS),
    Point("experience", PRAISE, "Patients’ experience is improving in most trusts.", "Experience", PATIENTS),
    Point(
        "measuring",
        PRAISE,
        "Experience is measured better for Black and minority ethnic patients and for children and young people.",
        "Measurement",
        PATIENTS,
        Principle.EQUALITY,
    ),
    Point("priorities", PRAISE, "Patients and communities have shaped priorities.", "Involvement", PEOPLE),
    Point(
        "good_practice", PRAISE, "Good practice in involvement is passed on to Cancer Alliances.", "Involvement", PEOPLE
    ),
    Point(
        "charities",
        PRAISE,
        "The programme works well with cancer charities.",
        "Partnership",
        SECTOR,
        Principle.VOLUNTARY_AND_HOUSING,
    ),
    Point(
        "poorer_outcomes",
        CONCERN,
        "Experience and outcomes are poorer for Black and minority ethnic patients and for children and young people.",
        "Health inequalities",
        PATIENTS,
        Principle.EQUALITY,
    ),
    Point(
        "wigs",
        CONCERN,
        "The cost and suitability of wigs and prosthetics are worse for some Black and minority ethnic patients.",
        "Health inequalities",
        PATIENTS,
        Principle.EQUALITY,
    ),
    Point("poverty", CONCERN, "Poverty still delays diagnosis.", "Health inequalities", PATIENTS, Principle.EQUALITY),
    Point(
        "missing_voices",
        CONCERN,
        "Some voices are missing from the room: minority ethnic patients, children and young people, and people with "
        "learning disabilities.",
        "Involvement",
        PEOPLE,
        Principle.EQUALITY,
    ),
    Point(
        "wider_sector",
        CONCERN,
        "There are fewer partnerships beyond the cancer charities.",
        "Partnership",
        SECTOR,
        Principle.VOLUNTARY_AND_HOUSING,
    ),
    Point("representatives", CONCERN, "Patient representatives have an uneven experience.", "Involvement", PEOPLE),
    Point(
        "fears",
        CONCERN,
        "A young person’s fears of cancer were laughed at when they first raised them.",
        "Lived experience",
        PATIENTS,
        source="Lived experience, told at the workshop",
        could_identify=True,
    ),
    Point(
        "own_areas",
        COMMITMENT,
        "Those who came will act in their own areas and go on advising the programme.",
        "Follow-up",
        PEOPLE,
    ),
)

LETTER_DATE = date(2017, 12, 29)
LETTER_CLASSIFICATION = "OFFICIAL"
SALUTATION = "Dear Cally"
# In paragraph 18 of the board paper, not in the letter.
DUE_STATED = "early February 2018"


class Ask(NamedTuple):
    """An ask of the letter. All three stand in its prose; the board paper letters the first two."""

    title: str
    kind: AskKind
    text: str
    board_wording: str
    points: tuple[str, ...]


ASKS = (
    Ask(
        "Respond to the health inequalities that the strategy names",
        AskKind.RECOMMENDATION,
        "Say how the national programme and the Cancer Alliances are narrowing the inequalities that the strategy "
        "names: in experience and outcomes for Black and minority ethnic patients and for children and young people, "
        "and in early diagnosis for poorer patients.",
        "How the programme and the Alliances are narrowing the health inequalities named in the strategy.",
        ("poorer_outcomes", "poverty", "measuring", "fears"),
    ),
    Ask(
        "Be clearer about what is expected of Cancer Alliances",
        AskKind.RECOMMENDATION,
        "Tell Cancer Alliances plainly that involving patients is a measure of success, and ask them how diverse that "
        "involvement is and what it does for equality.",
        "Clearer expectations of Cancer Alliances on who is involved, and with what effect on inequalities.",
        ("missing_voices", "representatives", "wider_sector", "good_practice"),
    ),
    Ask(
        "Say what can be done about wigs, prosthetics and similar inequalities",
        AskKind.REQUEST,
        "Say what the national programme can do so that the provision of wigs and prosthetics, and similar matters, no "
        "longer treats patients unequally.",
        "",
        ("wigs",),
    ),
)

ACTIONS = (
    "Arrange a virtual meeting with Jo Cottam, so that those who came can stay in touch with Cancer Alliances",
    "Give Jo Cottam the full notes of the workshop",
    "Ask Jo Cottam for feedback and suggestions on the workshop",
)
FEEDBACK = "Give feedback to those who came to the workshop or took part on social media"

PAPER_REFERENCE = "PB.08.02.2018/05"
PAPER_TITLE = "Progress report from the Empowering People and Communities Taskforce"
PAPER_PURPOSE = (
    "Reports what the taskforce has done so far, and what it will do next to arrive at improvement objectives."
)
INVITATIONS = (
    "Note what the taskforce has done so far.",
    "Agree to publish the Public Participation Dashboard and review it every July, beside the annual report.",
    "Endorse the recommended work plan with its improvement objectives.",
    "Agree that relevant board papers carry a cover sheet showing how the public participation duty (section 13Q) was "
    "considered.",
)
