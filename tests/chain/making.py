"""One whole chain, made directly: workshop, point, letter, recommendation, answer, action, assessment, paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from tests.factories import Cast, add, person_of
from tracker.accounts.models import User
from tracker.actions.models import Action, Origin
from tracker.core import files
from tracker.core.db import db, writing
from tracker.core.permissions import Person
from tracker.letters.content import Ask, Content
from tracker.letters.models import Letter, LetterAddressee, LetterRecommendation, LetterVersion, Recommendation
from tracker.letters.rules import AskKind, LetterState, Placement, content_hash
from tracker.papers.models import Paper, PaperAssignment, PaperInvitation
from tracker.papers.rules import PaperState, ResolutionOutcome
from tracker.recommendations.models import Assessment, Assignment, AssignmentAction
from tracker.recommendations.response_models import Response, Submission
from tracker.recommendations.rules import Judgement, ResponseState
from tracker.workshops.models import PointHeard, Workshop
from tracker.workshops.rules import PointKind

DAY = date(2026, 3, 2)
NO_ANSWERS = '{"answers":[],"introduction":"","unanswered":[]}'
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """Ids of the records of one chain."""

    workshop: int
    point: int
    letter: int
    recommendations: list[int]
    assignments: list[int]
    response: int
    action: int
    paper: int
    invitation: int


def who(email: str) -> Person:
    """The person with this e-mail address, as operations and queries take them."""
    return person_of(db.session.scalars(select(User).where(User.email == email)).one())


def origin(taskforce_id: int) -> int:
    return add(Origin(taskforce_id=taskforce_id)).id


def make_workshop(taskforce_id: int, programme_id: int, reference: str) -> Workshop:
    return add(
        Workshop(
            taskforce_id=taskforce_id,
            programme_id=programme_id,
            origin_id=origin(taskforce_id),
            reference=reference,
            title=f"Deep dive {reference}",
        )
    )


def make_point(workshop: Workshop, text: str) -> PointHeard:
    return add(PointHeard(workshop_id=workshop.id, place=0, kind=PointKind.CONCERN, text=text))


def make_letter(
    workshop: Workshop,
    programme_id: int,
    contact_id: int,
    reference: str | None,
    points: list[PointHeard],
    asks: int = 1,
) -> tuple[Letter, list[LetterRecommendation]]:
    """A letter: recorded as sent under `reference`, or a draft where there is none."""
    sent = reference is not None
    letter = add(
        Letter(
            taskforce_id=workshop.taskforce_id,
            workshop_id=workshop.id,
            origin_id=origin(workshop.taskforce_id),
            state=LetterState.RECORDED if sent else LetterState.DRAFT,
            reference=reference,
            letter_date=DAY,
            subject=f"Letter {reference}",
            file_sha256=files.store(f"letter {reference}".encode(), files.DOCX) if sent else None,
        )
    )
    add(LetterAddressee(letter_id=letter.id, contact_id=contact_id, programme_id=programme_id))
    identities = [_identity(letter, chr(97 + place)) for place in range(asks)]
    words = {"placement": Placement.LISTED, "kind": AskKind.RECOMMENDATION, "text": "Please do **this**."}
    content = Content(
        subject=letter.subject,
        recommendations=tuple(
            Ask(id=i.id, title=f"Ask {n}", rests_on=tuple(p.id for p in points), **words)
            for n, i in enumerate(identities)
        ),
    ).to_json()
    version = add(
        LetterVersion(letter_id=letter.id, number=1, content=content, sha256=content_hash(content), made_at=NOON)
    )
    wordings = [
        LetterRecommendation(
            version_id=version.id, recommendation_id=i.id, place=n, title=f"Ask {n}", points=points, **words
        )
        for n, i in enumerate(identities)
    ]
    return letter, [add(w) for w in wordings]


def _identity(letter: Letter, part: str) -> Recommendation:
    sent = letter.reference is not None
    return add(
        Recommendation(
            taskforce_id=letter.taskforce_id,
            letter_id=letter.id,
            reference=f"{letter.reference}({part})" if sent else None,
            part=part if sent else "",
        )
    )


def assign(letter: Letter, wording: LetterRecommendation, programme_id: int) -> Assignment:
    return add(
        Assignment(
            recommendation_id=wording.recommendation_id,
            wording_id=wording.id,
            programme_id=programme_id,
            letter_id=letter.id,
            taskforce_id=letter.taskforce_id,
            due_on=date(2026, 5, 1),
        )
    )


def make_action(taskforce_id: int, reference: str, **values: Any) -> Action:
    return add(Action(taskforce_id=taskforce_id, reference=reference, title=f"Do {reference}", raised_on=DAY, **values))


def make_paper(cast: Cast, reference: str, assignments: list[Assignment], state: PaperState) -> tuple[Paper, Any]:
    """A paper that reports on `assignments`; only a draft or a recorded one can be made directly."""
    paper = add(
        Paper(
            taskforce_id=cast.epc,
            origin_id=origin(cast.epc),
            reference=reference,
            board_meeting_id=cast.board_meeting,
            title=f"Paper {reference}",
            state=state,
        )
    )
    for assignment in assignments:
        add(PaperAssignment(paper_id=paper.id, assignment_id=assignment.id))
    invitation = add(PaperInvitation(paper_id=paper.id, place=0, text=f"Note the progress in {reference}"))
    return paper, invitation


def make_response(letter: Letter, programme_id: int, contact_id: int, *, submitted: bool) -> Response:
    response = add(
        Response(
            letter_id=letter.id,
            programme_id=programme_id,
            taskforce_id=letter.taskforce_id,
            origin_id=origin(letter.taskforce_id),
            state=ResponseState.SIGNED_OFF if submitted else ResponseState.DRAFT,
            signed_off_by_id=contact_id if submitted else None,
        )
    )
    if submitted:
        add(Submission(response_id=response.id, number=1, content=NO_ANSWERS, signed_off_by_id=contact_id, at=NOON))
    return response


def make_chain(app: Any, cast: Cast, asks: int = 1) -> Made:
    """EPC hears a point about CAN, asks for `asks` things, gets an answer, judges it, and reports to the board."""
    with app.app_context(), writing():
        sro = cast.contacts["sro@can.test"]
        workshop = make_workshop(cast.epc, cast.can, "EPC-W01")
        point = make_point(workshop, "Letters arrive too late to arrange transport")
        letter, wordings = make_letter(workshop, cast.can, sro, "EPC-L01", [point], asks)
        assignments = [assign(letter, wording, cast.can) for wording in wordings]
        response = make_response(letter, cast.can, sro, submitted=True)
        action = make_action(cast.epc, "EPC-A001", origin_id=response.origin_id)
        add(AssignmentAction(assignment_id=assignments[0].id, action_id=action.id))
        chair = cast.contacts["chair@epc.test"]
        add(
            Assessment(
                assignment_id=assignments[0].id,
                judgement=Judgement.GOOD_PLAN,
                reason="A plan with dates",
                by_id=chair,
                made_on=DAY,
            )
        )
        paper, invitation = make_paper(cast, "EPC-P01", assignments, PaperState.RECORDED)
        invitation.outcome, invitation.resolved_on = ResolutionOutcome.NOTED, DAY
        return Made(
            workshop.id,
            point.id,
            letter.id,
            [w.recommendation_id for w in wordings],
            [a.id for a in assignments],
            response.id,
            action.id,
            paper.id,
            invitation.id,
        )
