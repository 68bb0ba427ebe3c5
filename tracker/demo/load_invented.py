"""Plays the invented taskforce: its people plan, draft, clear, issue, answer, assess and close, day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Contact
from tracker.actions import operations as actions
from tracker.actions.models import Action
from tracker.actions.rules import ActionState
from tracker.core import clock
from tracker.core.db import db
from tracker.core.permissions import Person
from tracker.correspondence.operations import Upload
from tracker.demo import invented as plan
from tracker.demo.load_first_cycle import keep
from tracker.demo.load_more_time import ask_more_time
from tracker.directory.models import Board, BoardMeeting, Membership, Programme, SroAppointment, Taskforce
from tracker.directory.rules import Position
from tracker.letters import clearance
from tracker.letters import operations as letters
from tracker.letters import queries as letter_queries
from tracker.letters.content import Ask, Content
from tracker.letters.models import Letter, Recommendation
from tracker.letters.rules import LetterKind, SentHow
from tracker.papers import operations as papers
from tracker.papers import queries as paper_queries
from tracker.papers.models import Paper
from tracker.papers.rules import Duty, ResolutionOutcome
from tracker.recommendations import answering
from tracker.recommendations import operations as recommendations
from tracker.recommendations import queries as recommendation_queries
from tracker.recommendations.evidence import EvidenceDetails, add_evidence
from tracker.recommendations.models import Assignment, Response
from tracker.recommendations.rules import AnswerPosition, AssignmentStatus, CriterionOutcome, Delivery, Judgement
from tracker.sending import operations as sending
from tracker.sending.rules import SendingHow
from tracker.workshops import operations as workshops
from tracker.workshops.models import PointHeard, Workshop
from tracker.workshops.queries import get_workshop_for

People = dict[str, Person]


@contextmanager
def on(day: date, hour: int = 10) -> Iterator[None]:
    """A step of the story on `day`: the clock stands there, and the next step loads everything afresh."""
    with clock.frozen(datetime.combine(day, time(hour), UTC)):
        yield
        db.session.flush()
    db.session.expire_all()


def load_directory() -> None:
    """The board with its meetings, the taskforce, and its two programmes."""
    board = keep(Board(name=plan.BOARD, organisation=plan.ORGANISATION))
    for day in plan.BOARD_MEETINGS:
        keep(BoardMeeting(board_id=board.id, held_on=day))
    keep(
        Taskforce(
            code=plan.CODE,
            name=plan.NAME,
            remit=plan.REMIT,
            terms_of_reference=plan.TERMS,
            terms_agreed_on=plan.GRANTED_ON,
            board_id=board.id,
            sender_address=plan.SENDER_ADDRESS,
        )
    )
    for code, name in plan.PROGRAMMES:
        keep(Programme(code=code, name=name, organisation=plan.ORGANISATION))


def load_business(people: People) -> None:
    """Everything that the invented taskforce has done, up to November 2026."""
    taskforce = db.session.scalars(select(Taskforce).where(Taskforce.code == plan.CODE)).one()
    _seats(taskforce, people)
    keys: dict[str, int] = {}
    for spec in plan.WORKSHOPS:
        _workshop(spec, people, keys)
    for letter in plan.LETTERS:
        _letter(letter, people, keys)
    for action in plan.ACTIONS:
        _action(action, people, keys)
    _papers(people)


def _taskforce() -> Taskforce:
    statement = select(Taskforce).where(Taskforce.code == plan.CODE).options(joinedload(Taskforce.board))
    return db.session.scalars(statement).one()


def _seats(taskforce: Taskforce, people: People) -> None:
    """The members; their contacts, and those of the programmes' people, are the taskforce's."""
    for email, person in people.items():
        if email.startswith(("cancer", "administrator")):
            continue
        contact = db.session.get_one(Contact, person.contact_id)
        contact.taskforce_id = taskforce.id
        keep(contact)
    positions = (
        (plan.CHAIR, Position.CHAIR),
        (plan.VICE, Position.VICE_CHAIR),
        (plan.MEMBER, Position.MEMBER),
        (plan.LEAD, Position.MEMBER),
        (plan.SECRETARY, Position.SECRETARIAT),
    )
    for place, (email, position) in enumerate(positions):
        seat = {"contact_id": people[email].contact_id, "position": position, "place": place}
        keep(Membership(taskforce_id=taskforce.id, from_on=plan.GRANTED_ON, **seat))
    vacant = {"position": Position.MEMBER, "represents": "Carers’ organisations", "place": 9}
    keep(Membership(taskforce_id=taskforce.id, **vacant))
    for code, email in (("VWP", plan.WARDS_SRO), ("CRP", plan.REHAB_SRO)):
        programme = _programme(code)
        contact_id = people[email].contact_id
        keep(SroAppointment(programme_id=programme.id, contact_id=contact_id, from_on=plan.GRANTED_ON))


def _programme(code: str) -> Programme:
    return db.session.scalars(select(Programme).where(Programme.code == code)).one()


def _workshop(spec: plan.Workshop, people: People, keys: dict[str, int]) -> None:
    secretary = people[plan.SECRETARY]
    with on((spec.held_on or date(2026, 11, 16)) - timedelta(days=30)):
        details = workshops.WorkshopDetails(spec.title, _programme(spec.programme).id, spec.held_on, spec.place)
        workshop = workshops.plan_workshop(_taskforce(), details, by=secretary)
        keys[spec.key] = workshop.id
    if not spec.is_held or spec.held_on is None:
        return
    with on(spec.held_on, 16):
        workshop = _loaded_workshop(secretary, keys[spec.key])
        workshops.hold_workshop(workshop, by=secretary)
        for capacity, who in spec.came:
            workshops.add_participant(
                workshop, contact_id=None, name=who, organisation="", capacity=capacity, by=secretary
            )
        for p in spec.points:
            area = (p.focus_area, p.theme, p.principle, p.source, p.could_identify)
            workshops.add_point(workshop, workshops.PointDetails(p.text, p.kind, *area), by=secretary)


def _loaded_workshop(person: Person, workshop_id: int) -> Workshop:
    reference = db.session.execute(select(Workshop.reference).where(Workshop.id == workshop_id)).scalar_one()
    workshop = get_workshop_for(person, reference)
    if workshop is None:
        raise LookupError(reference)
    return workshop


def _loaded_letter(person: Person, letter_id: int) -> Letter:
    reference = db.session.execute(select(Letter.reference).where(Letter.id == letter_id)).scalar()
    letter = letter_queries.get_letter_for(person, reference or str(letter_id))
    if letter is None:
        raise LookupError(str(letter_id))
    return letter


def _letter(spec: plan.Letter, people: People, keys: dict[str, int]) -> None:
    """Draft a letter and take it as far as its story says."""
    secretary = people[plan.SECRETARY]
    workshop = next(w for w in plan.WORKSHOPS if w.key == spec.workshop)
    with on(spec.written_on):
        keys[f"letter:{spec.key}"] = _draft(spec, workshop, people, keys).id
    if spec.story == "draft":
        return
    letter_id, day = keys[f"letter:{spec.key}"], spec.written_on + timedelta(days=1)
    with on(day):
        letter = _loaded_letter(secretary, letter_id)
        clearance.submit_letter(letter, letter.current.sha256, _mail(letter), by=secretary)
    if spec.story == "with_chair":
        return
    _decide(spec, people, letter_id, day + timedelta(days=1))
    if spec.issued_on is None:
        return
    with on(spec.issued_on):
        to = "the programme’s office"
        issue = clearance.Issue(letter_date=spec.issued_on, how=SentHow.EMAIL, to=to)
        letter = _loaded_letter(secretary, letter_id)
        clearance.issue_letter(letter, issue, by=secretary)
        sending.record_sending(letter, sending.Elsewhere(SendingHow.MESSAGE, spec.issued_on, to), by=secretary)
    _what_came_of_it(spec, workshop.programme, people, letter_id)


def _draft(spec: plan.Letter, workshop: plan.Workshop, people: People, keys: dict[str, int]) -> Letter:
    heard = select(PointHeard.id).where(PointHeard.workshop_id == keys[spec.workshop]).order_by(PointHeard.place)
    points = list(db.session.scalars(heard))
    asks = tuple(
        Ask(0, a.placement, a.kind, a.title, a.text, a.board_wording, a.success, tuple(points[p] for p in a.points))
        for a in spec.asks
    )
    sro = people[plan.WARDS_SRO if workshop.programme == "VWP" else plan.REHAB_SRO]
    to = letters.Addressed(sro.contact_id, _programme(workshop.programme).id)
    taskforce = _taskforce()
    blank = letters.default_content(taskforce, to, (people[plan.CHAIR].name, taskforce.name))
    content = Content(
        sender_address=blank.sender_address,
        classification=blank.classification,
        addressee=blank.addressee,
        salutation=blank.salutation,
        subject=spec.subject,
        body=spec.body,
        recommendations=asks,
        closing=blank.closing,
        signatory=blank.signatory,
    )
    draft = letters.Draft(LetterKind.LETTER, keys[spec.workshop], to, None, None, "", content)
    return letters.draft_letter(taskforce, draft, to, by=people[plan.SECRETARY])


def _mail(letter: Letter) -> clearance.Mail:
    return clearance.Mail(letter.current.words.subject, "Demonstration")


def _decide(spec: plan.Letter, people: People, letter_id: int, day: date) -> None:
    chair, secretary = people[plan.CHAIR], people[plan.SECRETARY]
    with on(day):
        letter = _loaded_letter(chair, letter_id)
        sha256, mail = letter.current.sha256, _mail(letter)
        if spec.story == "returned":
            reason = "Please say which towns this is about, and leave the second thanks out."
            clearance.return_letter(letter, sha256, reason, mail, by=chair)
        elif spec.story == "withdrawn":
            reason = "The programme has answered this already; a second letter would only confuse."
            clearance.withdraw_letter(letter, reason, by=secretary)
        elif spec.story == "changed":
            body = letter.current.words.body.replace(
                "One thing is left to ask.", "We have one more thing to ask of you."
            )
            texts = {ask.id: ask.text for ask in letter.current.words.recommendations}
            clearance.approve_with_changes(letter, sha256, body, texts, mail, by=chair)
        else:
            clearance.approve_letter(letter, sha256, mail, by=chair)


def _what_came_of_it(spec: plan.Letter, code: str, people: People, letter_id: int) -> None:
    team, sro = people[_TEAMS[code][0]], people[_TEAMS[code][1]]
    if spec.issued_on is None:
        return
    if spec.story == "drafting":
        with on(spec.issued_on + timedelta(days=20)):
            response = _response(team, letter_id, code)
            _save(response, _asks(team, response), (_SOONER,), team)
        with on(date(2026, 11, 17)):
            ask_more_time(_response(team, letter_id, code), team)
        return
    answers = _ANSWERS if spec.story == "closed" else (_NOTICE,)
    with on(spec.issued_on + timedelta(days=12)):
        response = _response(team, letter_id, code)
        _save(response, _asks(team, response), answers, team)
    with on(spec.issued_on + timedelta(days=15)):
        answering.sign_off(_response(sro, letter_id, code), by=sro)
    if spec.story == "closed":
        _close(people, letter_id, code, spec.issued_on)


_TEAMS = {"VWP": (plan.WARDS_TEAM, plan.WARDS_SRO), "CRP": (plan.REHAB_TEAM, plan.REHAB_SRO)}
_ANSWERS = (
    answering.AnswerDetails(
        position=AnswerPosition.ACCEPTED,
        text="We agree. The question goes on to every checklist, and ward managers will look at it each week.",
        lead="Virtual wards team",
        complete_by=date(2026, 9, 30),
        complete_stated="",
        actions=(answering.Planned("Put the question on the checklist", date(2026, 8, 31)),),
    ),
    answering.AnswerDetails(
        position=AnswerPosition.IN_PRINCIPLE,
        text="We agree in principle. Four languages are ready; the rest depend on next year’s budget.",
        lead="Virtual wards team",
        complete_by=None,
        complete_stated="spring 2027",
        actions=(answering.Planned("Offer a telephone reply", date(2026, 12, 18)),),
    ),
    answering.AnswerDetails(
        position=AnswerPosition.IN_PART,
        text="Charities telephone in the first week instead of visiting: patients told us that they prefer it.",
        lead="",
        complete_by=None,
        complete_stated="",
        actions=(),
    ),
)
_NOTICE = answering.AnswerDetails(
    position=AnswerPosition.ACCEPTED,
    text="Yes. Wards will telephone the carer the day before, and count it from January.",
    lead="Virtual wards team",
    complete_by=date(2027, 1, 29),
    complete_stated="",
    actions=(answering.Planned("Count discharges with a day’s notice", date(2027, 1, 29)),),
)
_SOONER = answering.AnswerDetails(
    position=AnswerPosition.IN_PART,
    text="We can bring waiting times closer together in the north; the south has too few therapists this year.",
    lead="Rehabilitation team",
    complete_by=None,
    complete_stated="",
    actions=(),
)


def _response(person: Person, letter_id: int, code: str) -> Response:
    key = db.session.execute(select(Letter.reference).where(Letter.id == letter_id)).scalar_one() or ""
    response = recommendation_queries.get_draft_for(person, key, code)
    if response is None:
        raise LookupError(f"{key} {code}")
    return response


def _asks(person: Person, response: Response) -> list[int]:
    found = select(Assignment.id).where(Assignment.letter_id == response.letter_id).order_by(Assignment.id)
    return list(db.session.scalars(found))


def _save(response: Response, asks: Sequence[int], answers: Sequence[answering.AnswerDetails], team: Person) -> None:
    introduction = "Thank you for the letter, and for the workshop before it."
    answering.save_answers(response, introduction, dict(zip(asks, answers, strict=False)), by=team)


def _assignments(person: Person, letter_id: int, code: str) -> list[Assignment]:
    references = select(Recommendation.reference).where(Recommendation.letter_id == letter_id)
    found = db.session.scalars(references.order_by(Recommendation.reference)).all()
    each = [recommendation_queries.get_assignment_for(person, reference or "", code) for reference in found]
    return [assignment for assignment in each if assignment is not None]


def _close(people: People, letter_id: int, code: str, issued_on: date) -> None:
    """The first recommendation is implemented, the second a good plan, the third answered by another way."""
    chair, secretary, team, sro = (people[e] for e in (plan.CHAIR, plan.SECRETARY, *_TEAMS[code]))
    judged = (
        (Judgement.ANSWERS, "This is what we asked for."),
        (Judgement.GOOD_PLAN, "Four languages are a good start; we look at it again when the rest are there."),
        (Judgement.ANSWERS, "A call in the first week serves the same end."),
    )
    with on(issued_on + timedelta(days=25)):
        answering.accept_response(_response_seen(chair, letter_id, code), by=chair)
        for assignment, (judgement, reason) in zip(_assignments(chair, letter_id, code), judged, strict=True):
            recommendations.assess(assignment, judgement, reason, by=chair)
    served = select(Action).where(Action.title == "Put the question on the checklist").limit(1)
    with on(date(2026, 9, 14)):
        first, second, _ = _assignments(team, letter_id, code)
        note = "Every ward has the new checklist since 1 September."
        put_forward = EvidenceDetails(
            "Checklists of all wards",
            date(2026, 9, 1),
            upload=Upload("checklists.txt", b"Ward 1: question 7 is on the checklist.\nWard 2: question 7 is on it.\n"),
        )
        shown = add_evidence(first, put_forward, by=team)
        recommendations.report_delivery(first, Delivery.EVIDENCED, note, by=team)
        recommendations.report_delivery(second, Delivery.IN_PROGRESS, "Four of ten languages are ready.", by=team)
        actions.report_action(
            db.session.scalars(served).one(), ActionState.PENDING_REVIEW, "Done on all wards.", by=sro
        )
    with on(date(2026, 9, 16)):
        actions.decide_action(db.session.scalars(served).one(), ActionState.CLOSED, "Seen on two wards.", by=secretary)
        first, _, third = _assignments(secretary, letter_id, code)
        met = recommendations.CriterionDecision(CriterionOutcome.MET, shown.id)
        recommendations.decide_criteria(first, {c.id: met for c in first.criteria}, by=secretary)
    with on(date(2026, 9, 18)):
        first, _, third = _assignments(secretary, letter_id, code)
        recommendations.close_assignment(first, AssignmentStatus.IMPLEMENTED, "Every sign is there.", by=secretary)
        reason = "Calls in the first week do what visits were to do."
        recommendations.close_assignment(third, AssignmentStatus.ALTERNATIVE, reason, by=chair)


def _response_seen(person: Person, letter_id: int, code: str) -> Response:
    key = db.session.execute(select(Letter.reference).where(Letter.id == letter_id)).scalar_one() or ""
    response = recommendation_queries.get_response_for(person, key, code)
    if response is None:
        raise LookupError(f"{key} {code}")
    return response


def _action(spec: plan.ActionSpec, people: People, keys: dict[str, int]) -> None:
    secretary, owner = people[plan.SECRETARY], people[spec.owner]
    with on(spec.raised_on):
        origin = select(Workshop.origin_id).where(Workshop.id == keys[spec.origin]) if spec.origin else None
        action = actions.raise_action(
            _taskforce(),
            title=spec.title,
            owner_id=owner.contact_id,
            due_on=spec.due_on,
            due_stated=spec.due_stated,
            origin_id=db.session.execute(origin).scalar_one() if origin is not None else None,
            by=secretary,
        )
        action_id = action.id
    if spec.state == "open":
        return
    with on(spec.raised_on + timedelta(days=4)):
        action = db.session.get_one(Action, action_id)
        if spec.state == "cancelled":
            actions.decide_action(action, ActionState.CANCELLED, "One day is enough after all.", by=secretary)
        elif spec.state == "in_progress":
            actions.report_action(action, ActionState.IN_PROGRESS, "Begun.", by=owner)
        else:
            actions.report_action(action, ActionState.PENDING_REVIEW, "Done; please look.", by=owner)
    if spec.state == "closed":
        with on(spec.raised_on + timedelta(days=6)):
            action = db.session.get_one(Action, action_id)
            closer = secretary if owner != secretary else people[plan.CHAIR]
            actions.decide_action(action, ActionState.CLOSED, "Seen, thank you.", by=closer)


_PAPERS = (
    ("Progress report of the taskforce, spring 2026", 0, "considered", date(2026, 4, 21)),
    ("Progress report of the taskforce, autumn 2026", 1, "submitted", date(2026, 10, 26)),
    ("What carers told us in 2026", 2, "with_lead", date(2026, 11, 18)),
    ("Plan of workshops for 2027", 2, "draft", date(2026, 11, 19)),
)
_INVITATIONS = ("Note what the taskforce has heard and asked for.", "Agree the next two workshops.")


def _papers(people: People) -> None:
    for number, (title, meeting, story, day) in enumerate(_PAPERS, 1):
        _paper(people, f"EH/26/{number:02d}", title, plan.BOARD_MEETINGS[meeting], story, day)


def _paper(people: People, board_reference: str, title: str, held_on: date, story: str, day: date) -> None:
    secretary, lead = people[plan.SECRETARY], people[plan.LEAD]
    with on(day):
        taskforce = _taskforce()
        meeting = select(BoardMeeting.id).where(
            BoardMeeting.held_on == held_on, BoardMeeting.board_id == taskforce.board_id
        )
        meeting_id = db.session.execute(meeting).scalar_one()
        reference = papers.start_paper(taskforce, meeting_id, title, by=secretary).reference
    if story == "draft":
        return
    details = papers.PaperDetails(
        board_meeting_id=meeting_id,
        board_reference=board_reference,
        title=title,
        lead_ids=(lead.contact_id,),
        purpose="Reports what patients, carers and the voluntary sector said, what was asked for, and what came of it.",
        for_decision=True,
        for_discussion=False,
        for_information=True,
        involvement="Each letter follows a workshop with patients, carers and charities in the room.",
        duty=Duty.APPLIES,
        duty_text="The workshops are part of how the duty is met.",
        invitations=tuple((None, text) for text in _INVITATIONS),
        authors=f"{secretary.name}",
        classification="OFFICIAL",
    )
    with on(day + timedelta(days=1)):
        paper = _loaded_paper(secretary, reference)
        papers.edit_paper(paper, details, by=secretary)
    with on(day + timedelta(days=1), 11):
        paper = _loaded_paper(secretary, reference)
        issued = (Assignment.taskforce_id == paper.taskforce_id, Letter.letter_date <= day)
        seen = select(Assignment.id).join(Letter, Letter.id == Assignment.letter_id).where(*issued)
        papers.set_reported(paper, (), list(db.session.scalars(seen.order_by(Assignment.id))), by=secretary)
    with on(day + timedelta(days=2)):
        papers.send_to_lead(_loaded_paper(secretary, reference), by=secretary)
    if story == "with_lead":
        return
    with on(day + timedelta(days=3)):
        papers.clear_paper(_loaded_paper(lead, reference), by=lead)
    with on(day + timedelta(days=4)):
        papers.submit_paper(_loaded_paper(secretary, reference), by=secretary)
    if story == "considered":
        _resolve(people, reference, held_on)


def _resolve(people: People, reference: str, held_on: date) -> None:
    secretary = people[plan.SECRETARY]
    outcomes = (ResolutionOutcome.NOTED, ResolutionOutcome.AGREED)
    with on(held_on + timedelta(days=5)):
        paper = _loaded_paper(secretary, reference)
        for place, (invitation, outcome) in enumerate(zip(paper.invitations, outcomes, strict=True), 1):
            minute = f"26/{place}"
            papers.record_resolution(paper, invitation, outcome, held_on, minute, "", by=secretary)
    with on(held_on + timedelta(days=5), 11):
        papers.consider_paper(_loaded_paper(secretary, reference), by=secretary)


def _loaded_paper(person: Person, reference: str) -> Paper:
    paper = paper_queries.get_paper_for(person, reference)
    if paper is None:
        raise LookupError(reference)
    return paper
