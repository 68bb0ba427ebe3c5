"""Plays the invented taskforce: its people plan, draft, clear, issue, answer, assess and close, day by day."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from tracker.accounts.models import Contact
from tracker.core.db import db
from tracker.demo import invented as plan
from tracker.demo import invented_letters as written
from tracker.demo.load_actions import play_action
from tracker.demo.load_answers import play_answers
from tracker.demo.load_changes import play_changes
from tracker.demo.load_first_cycle import keep
from tracker.demo.load_joint import play_joint
from tracker.demo.load_papers import play_papers
from tracker.demo.story import People, loaded_letter, loaded_workshop, on, the_programme, the_taskforce
from tracker.directory.models import Board, BoardMeeting, Membership, Programme, SroAppointment, Taskforce
from tracker.directory.queries import current_sro
from tracker.directory.rules import Position
from tracker.letters import clearance
from tracker.letters import operations as letters
from tracker.letters.content import Ask, Content
from tracker.letters.models import Letter
from tracker.letters.rules import LetterKind, SentHow
from tracker.sending import operations as sending
from tracker.sending.rules import SendingHow
from tracker.workshops import operations as workshops
from tracker.workshops.models import PointHeard


def load_directory() -> None:
    """The board with its meetings, the taskforce, and its programmes."""
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
    for letter in written.ISSUED:
        _letter(letter, people, keys)
    play_joint(people, keys["letter:joint"])
    play_changes(people, keys["letter:transport"], keys["letter:rehab"])
    for letter in written.UNSENT:
        _letter(letter, people, keys)
    for action in written.ACTIONS:
        play_action(action, people, keys)
    play_papers(people)


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
    owners = {"VWP": people[plan.WARDS_SRO].contact_id}
    for code, name, email in plan.FORMER_OWNERS:
        details = {"name": name, "job_title": "Senior responsible owner", "organisation": plan.ORGANISATION}
        owners[code] = keep(Contact(taskforce_id=taskforce.id, email=email, **details)).id
    for code, contact_id in owners.items():
        appointed = {"contact_id": contact_id, "from_on": plan.GRANTED_ON}
        keep(SroAppointment(programme_id=the_programme(code).id, **appointed))


def _workshop(spec: plan.Workshop, people: People, keys: dict[str, int]) -> None:
    secretary = people[plan.SECRETARY]
    with on((spec.held_on or date(2026, 11, 16)) - timedelta(days=30)):
        details = workshops.WorkshopDetails(spec.title, the_programme(spec.programme).id, spec.held_on, spec.place)
        workshop = workshops.plan_workshop(the_taskforce(), details, by=secretary)
        keys[spec.key] = workshop.id
    if not spec.is_held or spec.held_on is None:
        return
    with on(spec.held_on, 16):
        workshop = loaded_workshop(secretary, keys[spec.key])
        workshops.hold_workshop(workshop, by=secretary)
        for capacity, who in spec.came:
            workshops.add_participant(
                workshop, contact_id=None, name=who, organisation="", capacity=capacity, by=secretary
            )
        for p in spec.points:
            area = (p.focus_area, p.theme, p.principle, p.source, p.could_identify)
            workshops.add_point(workshop, workshops.PointDetails(p.text, p.kind, *area), by=secretary)


def _letter(spec: written.Letter, people: People, keys: dict[str, int]) -> None:
    """Draft a letter and take it as far as its story says."""
    secretary = people[plan.SECRETARY]
    workshop = next(w for w in plan.WORKSHOPS if w.key == spec.workshop)
    with on(spec.written_on):
        keys[f"letter:{spec.key}"] = _draft(spec, workshop, people, keys).id
    if spec.story == "draft":
        return
    letter_id, day = keys[f"letter:{spec.key}"], spec.written_on + timedelta(days=1)
    with on(day):
        letter = loaded_letter(secretary, letter_id)
        clearance.submit_letter(letter, letter.current.sha256, _mail(letter), by=secretary)
    if spec.story == "with_chair":
        return
    _decide(spec, people, letter_id, day + timedelta(days=1))
    if spec.issued_on is None:
        return
    with on(spec.issued_on):
        to = "the programme’s office"
        issue = clearance.Issue(letter_date=spec.issued_on, how=SentHow.EMAIL, to=to)
        letter = loaded_letter(secretary, letter_id)
        clearance.issue_letter(letter, issue, by=secretary)
        sending.record_sending(letter, sending.Elsewhere(SendingHow.MESSAGE, spec.issued_on, to), by=secretary)
    play_answers(spec, workshop.programme, people, letter_id)


def _draft(spec: written.Letter, workshop: plan.Workshop, people: People, keys: dict[str, int]) -> Letter:
    heard = select(PointHeard.id).where(PointHeard.workshop_id == keys[spec.workshop]).order_by(PointHeard.place)
    points = list(db.session.scalars(heard))
    asks = tuple(
        Ask(0, a.placement, a.kind, a.title, a.text, a.board_wording, a.success, tuple(points[p] for p in a.points))
        for a in spec.asks
    )
    programmes = [the_programme(code).id for code in (spec.to or workshop.programme).split()]
    owner = current_sro(programmes[0], spec.written_on)
    if owner is None:
        raise LookupError(spec.key)
    to = letters.Addressed(owner.id, programmes[0])
    taskforce = the_taskforce()
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
    joint = tuple(programmes[1:])
    draft = letters.Draft(LetterKind.LETTER, keys[spec.workshop], to, None, None, "", content, joint)
    return letters.draft_letter(taskforce, draft, to, by=people[plan.SECRETARY])


def _mail(letter: Letter) -> clearance.Mail:
    return clearance.Mail(letter.current.words.subject, "Demonstration")


def _decide(spec: written.Letter, people: People, letter_id: int, day: date) -> None:
    chair, secretary = people[plan.CHAIR], people[plan.SECRETARY]
    with on(day):
        letter = loaded_letter(chair, letter_id)
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
