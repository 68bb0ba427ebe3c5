"""One of every record for each of the cast's two taskforces, made by the product's own operations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from email.headerregistry import Address
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tests.factories import Cast, add, make_user, person_of
from tests.support.word import edited
from tracker.accounts import delegation
from tracker.accounts.models import Grant, User
from tracker.actions.models import Action
from tracker.actions.operations import raise_action
from tracker.core import clock
from tracker.core.db import db, writing
from tracker.core.permissions import Person
from tracker.correspondence import operations as correspondence
from tracker.correspondence.models import CorrespondenceFile
from tracker.correspondence.rules import Direction, EntryKind
from tracker.directory.models import Board, Membership, Programme, Taskforce
from tracker.documents import clean_reference, own_reference, read_letter
from tracker.guest_links.models import GuestLink
from tracker.guest_links.rules import GuestPurpose
from tracker.guest_links.tokens import end_of_day, hash_token, make_token
from tracker.letterheads import operations as letterheads
from tracker.letterheads.rules import DocumentKind
from tracker.letters import clearance, comment_queries, commenting
from tracker.letters import operations as letters
from tracker.letters import queries as letter_queries
from tracker.letters.content import Ask
from tracker.letters.documents import slots_of, write
from tracker.letters.models import Letter, LetterAddressee, Recommendation
from tracker.letters.rules import AskKind, LetterKind, Placement, SentHow
from tracker.papers import operations as papers
from tracker.papers import queries as paper_queries
from tracker.papers.rules import Duty
from tracker.passages.operations import add_passage
from tracker.passages.rules import PassageUse
from tracker.recommendations import answering, evidence, extending, verbal
from tracker.recommendations import queries as recommendation_queries
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response
from tracker.recommendations.rules import AnswerPosition, VerbalHow
from tracker.reminders.models import ReminderDigest
from tracker.replies import operations as replies
from tracker.replies.reading import read_reply
from tracker.saved_views.operations import save_view
from tracker.sending import operations as sending
from tracker.sending.models import LetterFile
from tracker.transfers import changing, winding
from tracker.transfers import queries as transfer_queries
from tracker.transfers.models import CoveringNote, ProgrammeChange
from tracker.transfers.rules import ProgrammeChangeKind
from tracker.word_letters import operations as word_letters
from tracker.workshops import operations as workshops
from tracker.workshops.queries import get_workshop_for
from tracker.workshops.rules import Capacity, PointKind

DAY = date(2026, 11, 2)


@dataclass(frozen=True)
class Records:
    """How the records of one taskforce are named in addresses."""

    code: str
    programme: str
    workshop: str
    point_id: int
    participant_id: int
    draft_letter: str
    letter: str
    recommendation: str
    entry_id: int
    file_id: int
    action: str
    draft_paper: str
    paper: str
    draft_invitation_id: int
    invitation_id: int
    contact_id: int
    membership_id: int
    user_id: int
    grant_id: int
    board_id: int
    programme_id: int
    taskforce_id: int
    sending_id: int
    entry_file_id: int
    letterhead_id: int
    word_upload_id: int
    passage_id: int
    response_link_id: int
    action_link_id: int
    action_id: int = 0
    reply_id: int = 0
    transfer_id: int = 0
    note_id: int = 0
    update_id: int = 0
    digest_id: int = 0
    view_id: int = 0
    comment_id: int = 0
    delegation_id: int = 0
    number: int = 1
    evidence_id: int = 0
    extension_id: int = 0


def make_both(app: Flask, cast: Cast, *, corresponds: bool = True) -> tuple[Records, Records]:
    """The records of EPC with CAN, and those of the other taskforce, DIG with DIA."""
    own = make_records(app, cast, "EPC", "CAN", corresponds=corresponds)
    return own, make_records(app, cast, "DIG", "DIA", corresponds=corresponds)


def make_records(app: Flask, cast: Cast, code: str, programme: str, *, corresponds: bool = True) -> Records:
    """A workshop, a draft and an issued letter with its signed-off response, an action, a draft and a submitted paper.

    The letter was sent once more, and the programme called about it, with a file, where it `corresponds`.

    The action is owned by the programme's team; lead@<code>.test, an account without grants, leads the papers.
    """
    with app.app_context(), writing():
        people = {
            word: _person(f"{word}@{code.lower()}.test") for word in ("secretary", "chair", "deputy", "member")
        } | {word: _person(f"{word}@{programme.lower()}.test") for word in ("team", "sro")}
        taskforce_id = cast.epc if code == "EPC" else cast.dig
        programme_id = cast.can if programme == "CAN" else cast.dia
        lead = make_user("Lead director", f"lead@{code.lower()}.test", taskforce_id=taskforce_id)
        people["lead"] = person_of(lead)
        workshop, point_id, participant_id = _workshop(taskforce_id, programme_id, people["secretary"])
        draft = _draft(taskforce_id, programme_id, workshop, point_id, people)
        issued = _issue(_draft(taskforce_id, programme_id, workshop, point_id, people), people)
        extension_id = _extension(issued, programme, people["team"]) if corresponds else 0
        _answer(issued, programme, people)
        sending_id, file_id = _send(issued, people["secretary"]) if corresponds else (0, 0)
        secretary, owner_id = people["secretary"], people["team"].contact_id
        action = raise_action(
            _taskforce(taskforce_id), title="Do it", owner_id=owner_id, due_on=DAY, origin_id=None, by=secretary
        ).reference
        entry_id, entry_file_id = _entry(issued, secretary) if corresponds else (0, 0)
        draft_paper = _paper(taskforce_id, cast.board_meeting, people, submit=False)
        paper = _paper(taskforce_id, cast.board_meeting, people, submit=True)
        member = db.session.scalars(select(User).where(User.email == f"member@{code.lower()}.test")).one()
        return Records(
            code=code,
            programme=programme,
            workshop=workshop,
            point_id=point_id,
            participant_id=participant_id,
            draft_letter=str(draft),
            letter=issued,
            recommendation=f"{issued}(a)",
            entry_id=entry_id,
            file_id=file_id,
            action=action,
            action_id=_first(Action.id, Action.reference == action),
            draft_paper=draft_paper[0],
            paper=paper[0],
            draft_invitation_id=draft_paper[1],
            invitation_id=paper[1],
            contact_id=people["member"].contact_id,
            membership_id=_first(Membership.id, Membership.taskforce_id == taskforce_id),
            user_id=member.id,
            grant_id=_first(Grant.id, Grant.contact_id == member.contact_id),
            board_id=_first(Board.id, Board.id == cast.board),
            programme_id=programme_id,
            taskforce_id=taskforce_id,
            sending_id=sending_id,
            entry_file_id=entry_file_id,
            letterhead_id=_letterhead(taskforce_id, secretary),
            word_upload_id=_word_upload(draft, secretary),
            passage_id=add_passage(
                _taskforce(taskforce_id), "Opening", PassageUse.LETTER, "Dear {addressee}", by=people["secretary"]
            ).id,
            reply_id=_reply(issued, programme, secretary) if corresponds else 0,
            response_link_id=_guest_link(taskforce_id, GuestPurpose.PREPARE, secretary, response_id=_response(issued)),
            action_link_id=_guest_link(
                taskforce_id,
                GuestPurpose.ACTION,
                secretary,
                action_id=_first(Action.id, Action.reference == action),
                contact_id=owner_id,
            ),
            transfer_id=_transfer(taskforce_id, issued, people),
            note_id=_covering_note(taskforce_id, programme_id, people),
            evidence_id=_evidence(issued, programme, people["team"]),
            extension_id=extension_id,
            digest_id=_digest(taskforce_id),
            view_id=save_view("recommendations", "Late", "due=overdue", taskforce_id, by=secretary).id,
        )


def _reply(letter: str, programme: str, secretary: Person) -> int:
    """A reply that the secretary got by e-mail, after the response was signed off."""
    _fresh()
    response = recommendation_queries.get_response_for(secretary, letter, programme)
    assert response is not None
    content = b"From: team@can.test\nSubject: Our reply\n\nWe agree.\n\nWe will ask carers first."
    arrived = replies.Arrived("reply.eml", content, read_reply(content), DAY, "The team")
    return replies.upload_reply(response, arrived, by=secretary).id


def _transfer(taskforce_id: int, letter: str, people: dict[str, Person]) -> int:
    """The letter's recommendation, offered to the lead director."""
    taskforce = _taskforce(taskforce_id)
    asked = _first(Assignment.id, Assignment.letter_id == _first(Letter.id, Letter.reference == letter))
    details = winding.Offer("Another body", people["lead"].name, people["lead"].contact_id, "We end")
    chosen = transfer_queries.list_to_offer(taskforce_id, [asked], [])
    return winding.offer(taskforce, *chosen, details, by=people["secretary"])[0].id


def _covering_note(taskforce_id: int, programme_id: int, people: dict[str, Person]) -> int:
    """A note to the programme's owner, as if they were new."""
    by = people["secretary"]
    change = ProgrammeChange(
        programme_id=programme_id,
        kind=ProgrammeChangeKind.NEW_SRO,
        changed_on=DAY,
        before="A former owner",
        after=people["sro"].name,
        by_id=by.contact_id,
        at=clock.now(),
    )
    add(change)
    changing.draft_notes(db.session.get_one(Programme, programme_id), change, people["sro"].contact_id, by=by)
    return _first(CoveringNote.id, CoveringNote.taskforce_id == taskforce_id)


def _verbal_update(recommendation: str, programme: str, secretary: Person) -> int:
    _fresh()
    assignment = recommendation_queries.get_assignment_for(secretary, recommendation, programme)
    assert assignment is not None
    said = verbal.Said("The SRO", DAY, VerbalHow.CALL, AnswerPosition.ACCEPTED, "We will.")
    return verbal.enter(assignment, said, by=secretary).id


def _guest_link(taskforce_id: int, purpose: GuestPurpose, secretary: Person, **to: int) -> int:
    """A link that nobody has the address of."""
    link = GuestLink(
        taskforce_id=taskforce_id,
        purpose=purpose,
        token_hash=hash_token(make_token()),
        made_by_id=secretary.contact_id,
        made_at=clock.now(),
        expires_at=end_of_day(clock.today()),
        **to,
    )
    return int(add(link).id)


def _response(letter: str) -> int:
    return _first(Response.id, Response.letter_id == _first(Letter.id, Letter.reference == letter))


def _digest(taskforce_id: int) -> int:
    """A reminder that went to somebody, of nothing in particular."""
    day = clock.today()
    row = ReminderDigest(
        taskforce_id=taskforce_id,
        email="director@can.test",
        day=day,
        subject="Reminder",
        text="Dear all",
        at=clock.now(),
    )
    return int(add(row).id)


def _send(letter: str, secretary: Person) -> tuple[int, int]:
    """A message with the issued letter, and its signed PDF."""
    _fresh()
    sent = letter_queries.get_letter_for(secretary, letter)
    assert sent is not None
    parcel = sending.Parcel(
        (Address("", addr_spec="sro@can.test"),),
        (),
        "A letter",
        "Dear all",
        ((f"{letter}.docx", sent.file_sha256 or ""),),
    )
    made = sending.make_message(sent, parcel, by=secretary)
    sending.add_signed_pdf(sent, b"%PDF-1.7 signed " + letter.encode(), by=secretary)
    return made.id, _first(LetterFile.id, LetterFile.letter_id == sent.id)


def add_clearing(app: Flask, cast: Cast, records: Records) -> Records:
    """The draft with the member for comment, who has made one; the deputy decides for the chair; the SRO phoned."""
    code = records.code.lower()
    with app.app_context(), writing():
        secretary, member = _person(f"secretary@{code}.test"), _person(f"member@{code}.test")
        letter, day, told = (
            _letter(secretary, int(records.draft_letter)),
            clock.today(),
            commenting.Told("Subject", "Body"),
        )
        commenting.open_round(letter, [member.contact_id], day, "", told, by=secretary)
        _fresh()
        row = comment_queries.get_round_for(member, records.draft_letter)
        assert row is not None
        comment = commenting.comment_in_round(row, commenting.Remark("letter", "", "Good."), by=member)
        deputy, chair = cast.contacts[f"deputy@{code}.test"], _person(f"chair@{code}.test")
        grant = delegation.delegate(records.taskforce_id, deputy, from_on=day, until_on=day, by=chair)
        update_id = _verbal_update(records.recommendation, records.programme, secretary)
        return replace(records, comment_id=comment.id, delegation_id=grant.id, update_id=update_id)


def _first(column: Any, condition: Any) -> int:
    return int(db.session.execute(select(column).where(condition).limit(1)).scalar_one())


def _person(email: str) -> Person:
    return person_of(db.session.scalars(select(User).where(User.email == email)).one())


def _fresh() -> None:
    db.session.flush()
    db.session.expire_all()


def _taskforce(taskforce_id: int) -> Taskforce:
    _fresh()
    statement = select(Taskforce).where(Taskforce.id == taskforce_id)
    return db.session.scalars(statement.options(joinedload(Taskforce.board))).one()


def _workshop(taskforce_id: int, programme_id: int, secretary: Person) -> tuple[str, int, int]:
    details = workshops.WorkshopDetails("A deep dive", programme_id, date(2026, 10, 1), "Leeds")
    reference = workshops.plan_workshop(_taskforce(taskforce_id), details, by=secretary).reference
    _fresh()
    workshop = get_workshop_for(secretary, reference)
    assert workshop is not None
    workshops.hold_workshop(workshop, by=secretary)
    came = workshops.add_participant(
        workshop, contact_id=None, name="A carer", organisation="", capacity=Capacity.CARER, by=secretary
    )
    said = workshops.PointDetails("Nobody asked", PointKind.CONCERN, None, "Carers", None, "", False)
    return reference, workshops.add_point(workshop, said, by=secretary).id, came.id


def _draft(taskforce_id: int, programme_id: int, workshop: str, point_id: int, people: dict[str, Person]) -> int:
    taskforce = _taskforce(taskforce_id)
    to = letters.Addressed(people["sro"].contact_id, programme_id)
    held = get_workshop_for(people["secretary"], workshop)
    assert held is not None
    ask = Ask(0, Placement.LISTED, AskKind.RECOMMENDATION, "Ask first", "Ask carers first.", "", "A count", (point_id,))
    blank = letters.default_content(taskforce, to, (people["chair"].name,))
    content = replace(blank, subject="What we heard", body="Thank you.", recommendations=(ask,))
    draft = letters.Draft(LetterKind.LETTER, held.id, to, None, None, "", content)
    return letters.draft_letter(taskforce, draft, to, by=people["secretary"]).id


def _letterhead(taskforce_id: int, secretary: Person) -> int:
    original = own_reference("letter")
    cleaned = clean_reference(original, "letter").content
    upload = letterheads.Upload(DocumentKind.LETTER, "Letterhead", original, cleaned, ())
    return letterheads.upload_letterhead(_taskforce(taskforce_id), upload, by=secretary).id


def _word_upload(draft: int, secretary: Person) -> int:
    letter = _letter(secretary, draft)
    content = edited(write(letter.current, slots_of(letter), draft=True), ("Thank you.", "Thank you all."))
    file = word_letters.WordFile("draft.docx", content, read_letter(content))
    return word_letters.upload_draft(letter, letter.current, file, by=secretary).id


def _letter(person: Person, letter_id: int) -> Letter:
    _fresh()
    letter = letter_queries.get_letter_for(person, str(letter_id))
    assert letter is not None
    return letter


def _issue(letter_id: int, people: dict[str, Person], letter_date: date = DAY) -> str:
    mail = clearance.Mail("Subject", "Body")
    letter = _letter(people["secretary"], letter_id)
    clearance.submit_letter(letter, letter.current.sha256, mail, by=people["secretary"])
    letter = _letter(people["chair"], letter_id)
    clearance.approve_letter(letter, letter.current.sha256, mail, by=people["chair"])
    letter = _letter(people["secretary"], letter_id)
    issue = clearance.Issue(letter_date=letter_date, how=SentHow.EMAIL, to="The SRO")
    clearance.issue_letter(letter, issue, by=people["secretary"])
    return letter.reference or ""


def _answer(letter: str, programme: str, people: dict[str, Person]) -> None:
    _fresh()
    response = recommendation_queries.get_draft_for(people["team"], letter, programme)
    assert response is not None
    asked = select(Assignment.id).join(Recommendation, Recommendation.id == Assignment.recommendation_id)
    assignment_id = db.session.execute(asked.where(Recommendation.reference == f"{letter}(a)")).scalar_one()
    answer = answering.AnswerDetails(AnswerPosition.ACCEPTED, "We will.", "", None, "soon", ())
    answering.save_answers(response, "", {assignment_id: answer}, by=people["team"])
    _fresh()
    response = recommendation_queries.get_draft_for(people["sro"], letter, programme)
    assert response is not None
    answering.sign_off(response, by=people["sro"])


def _extension(letter: str, programme: str, team: Person) -> int:
    """A request for more time, which nobody has decided on."""
    _fresh()
    response = recommendation_queries.get_response_for(team, letter, programme)
    assert response is not None
    asks = frozenset(a.id for a in recommendation_queries.list_asks(response))
    until = clock.today() + timedelta(days=365)
    return extending.ask_extension(response, extending.Asked(asks, until, "We need it."), by=team).id


def _evidence(letter: str, programme: str, team: Person) -> int:
    _fresh()
    assignment = recommendation_queries.get_assignment_for(team, f"{letter}(a)", programme)
    assert assignment is not None
    shown = evidence.EvidenceDetails("A count", DAY, upload=correspondence.Upload("count.pdf", b"%PDF-1.7 a count"))
    return evidence.add_evidence(assignment, shown, by=team).id


def _entry(letter: str, secretary: Person) -> tuple[int, int]:
    _fresh()
    row = db.session.scalars(select(Letter).where(Letter.reference == letter)).one()
    programme = _programme_of(row.id)
    said = correspondence.EntryDetails(EntryKind.CALL, Direction.IN, DAY, None, programme, "", "", "They called.")
    uploads = [correspondence.Upload("notes.pdf", b"%PDF-1.7 notes")]
    entry = correspondence.add_entry(row, said, uploads, by=secretary)
    return entry.id, _first(CorrespondenceFile.id, CorrespondenceFile.entry_id == entry.id)


def _programme_of(letter_id: int) -> str:
    """The name of the programme that a letter is addressed to."""
    named = select(Programme.name).join(LetterAddressee, LetterAddressee.programme_id == Programme.id)
    return str(db.session.execute(named.where(LetterAddressee.letter_id == letter_id)).scalar_one())


def _paper(taskforce_id: int, meeting_id: int, people: dict[str, Person], *, submit: bool) -> tuple[str, int]:
    secretary, lead = people["secretary"], people["lead"]
    reference = papers.start_paper(_taskforce(taskforce_id), meeting_id, "Progress", by=secretary).reference
    details = papers.PaperDetails(
        board_meeting_id=meeting_id,
        board_reference="PB/1",
        title="Progress",
        lead_ids=(lead.contact_id,),
        purpose="To report.",
        for_decision=True,
        for_discussion=False,
        for_information=False,
        involvement="A workshop.",
        duty=Duty.APPLIES,
        duty_text="",
        invitations=((None, "Note the report."),),
        authors="The secretariat",
        classification="OFFICIAL",
    )
    papers.edit_paper(_loaded_paper(secretary, reference), details, by=secretary)
    if submit:
        papers.send_to_lead(_loaded_paper(secretary, reference), by=secretary)
        papers.clear_paper(_loaded_paper(lead, reference), by=lead)
        papers.submit_paper(_loaded_paper(secretary, reference), by=secretary)
    return reference, _loaded_paper(secretary, reference).invitations[0].id


def _loaded_paper(person: Person, reference: str) -> Any:
    _fresh()
    paper = paper_queries.get_paper_for(person, reference)
    assert paper is not None
    return paper
