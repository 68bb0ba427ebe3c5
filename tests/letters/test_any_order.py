"""One letter, driven by random people in random order: whatever they try, what is issued is what two people confirmed.

The machine keeps its own idea of who holds what, says after every step whether it was theirs to take, and reads the
letter from the database. People decide on the screen that they last looked at, which may be an old one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError

from tests.factories import Cast, person_of
from tests.support.records import _draft, _workshop
from tracker.accounts import delegation
from tracker.accounts import operations as accounts
from tracker.accounts.models import Grant, User
from tracker.core import audit, clock, files
from tracker.core.db import db, writing
from tracker.core.errors import ContentMoved, Forbidden, NotFound, RuleBroken, StaleVersion
from tracker.core.permissions import CHAIRS, Person, Role, may
from tracker.letters import clearance, commenting, documents, operations, queries, recall
from tracker.letters.models import ClearanceDecision, Letter
from tracker.letters.rules import MOVES, TO_CONFIRM, DecisionKind, LetterKind, LetterState, SentHow

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MAIL = clearance.Mail("Subject", "Body")
ROLES = {
    "secretary": {Role.SECRETARIAT},
    "deputy": {Role.SECRETARIAT},
    "chair": {Role.CHAIR},
    "vice": {Role.VICE_CHAIR},
    "member": {Role.MEMBER},
    "auditor": {Role.AUDITOR},
}
WHO = st.sampled_from(sorted(ROLES))
REFUSED = (RuleBroken, ContentMoved, Forbidden, StaleVersion, StaleDataError, NotFound)
ENDED = {LetterState.ISSUED, LetterState.WITHDRAWN}
Step = Callable[[Letter, Person], Any]


def user(who: str) -> User:
    found = accounts.queries.get_user_by_email(f"{who}@epc.test")
    assert found is not None
    return found


class Letters(RuleBasedStateMachine):
    """`app`, `store` and `cast` are set by the test."""

    app: Any
    store: Any
    cast: Cast
    seen: set[str]

    @initialize()
    def draft(self) -> None:
        with self.app.app_context():
            self.store.reset("cast")
        self.roles = {who: set(held) for who, held in ROLES.items()}
        self.delegations: set[tuple[str, Role, str]] = set()
        with self.app.app_context():
            self.ids = {who: user(who).contact_id for who in ROLES}
        self._begin()

    def _begin(self) -> None:
        """A letter drafted by the deputy, who never leaves."""
        self.before, self.kept = LetterState.DRAFT, b""
        self.steps: list[ClearanceDecision] = []
        self.screens: dict[str, tuple[str, int]] = {}
        with self.app.app_context(), writing():
            people = {who: person_of(user(who)) for who in ("deputy", "chair")}
            people["sro"] = person_of(db.session.scalars(select(User).where(User.email == "sro@can.test")).one())
            people["secretary"] = people["deputy"]
            workshop, point_id, _ = _workshop(self.cast.epc, self.cast.can, people["deputy"])
            self.letter_id = _draft(self.cast.epc, self.cast.can, workshop, point_id, people)
        for who in ROLES:
            self.look(who)

    # What people do.

    @rule(who=WHO)
    def look(self, who: str) -> None:
        """Open the letter: what is decided afterwards is decided on this screen."""
        with self.app.app_context():
            letter = queries.get_letter_for(person_of(user(who)), self._key())
            if letter is not None and queries.reads_draft(person_of(user(who)), letter):
                self.screens[who] = (letter.current.sha256, letter.version)

    @rule(who=WHO, word=st.sampled_from(["Thank you.", "Warm thanks.", "Thanks, all."]), asks=st.booleans())
    def edit(self, who: str, word: str, asks: bool) -> None:
        """Change the letter, or one of its recommendations, from the version on the screen."""
        version = self.screens.get(who, ("", 0))[1]

        def save(letter: Letter, person: Person) -> None:
            if letter.version != version:
                raise StaleVersion
            words = letter.current.words
            asked = tuple(replace(ask, text=f"{word} Ask.") for ask in words.recommendations)
            content = replace(words, recommendations=asked) if asks else replace(words, body=word)
            row = letter.main_addressee
            to = operations.Addressed(row.contact_id, row.programme_id)
            draft = operations.Draft(LetterKind.LETTER, letter.workshop_id, to, None, None, "", content)
            operations.save_letter(letter, draft, by=person)

        if self._take(who, "letter.edit", save):
            assert Role.SECRETARIAT in self.roles[who] and self.before is LetterState.DRAFT

    @rule(who=WHO)
    def submit(self, who: str) -> None:
        sha256 = self._sha(who)
        if self._take(who, "letter.edit", lambda x, p: clearance.submit_letter(x, sha256, MAIL, by=p)):
            assert Role.SECRETARIAT in self.roles[who] and self.steps[-1].sha256 == sha256

    @rule(who=WHO)
    def approve(self, who: str) -> None:
        sha256, submitter = self._sha(who), self._submitter()
        if self._take(who, "letter.decide", lambda x, p: clearance.approve_letter(x, sha256, MAIL, by=p)):
            self._check_decided(who, sha256, submitter)

    @rule(who=WHO, word=st.sampled_from(["Shorter.", "Plainer."]))
    def approve_with_changes(self, who: str, word: str) -> None:
        sha256, submitter = self._sha(who), self._submitter()

        def change(letter: Letter, person: Person) -> None:
            clearance.approve_with_changes(letter, sha256, word, {}, MAIL, by=person)

        if self._take(who, "letter.decide", change):
            self._check_decided(who, None, submitter)

    @rule(who=WHO)
    def approve_under_waiver(self, who: str) -> None:
        sha256, submitter = self._sha(who), self._submitter()

        def waive(letter: Letter, person: Person) -> None:
            clearance.approve_under_waiver(letter, sha256, "Nobody else", MAIL, by=person)

        if self._take(who, "letter.decide", waive):
            assert self.ids[who] == submitter and self.roles[who] & CHAIRS
            others = {w for w in ROLES if w != who and self._decides_without(w, who)}
            assert not others, f"{others} could have decided"

    @rule(who=WHO)
    def confirm(self, who: str) -> None:
        sha256, last = self._sha(who), self.steps[-1:]
        if self._take(who, "letter.confirm", lambda x, p: clearance.confirm_changes(x, sha256, by=p)):
            assert last[0].kind in {DecisionKind.APPROVED_WITH_CHANGES, DecisionKind.APPROVED_UNDER_WAIVER}
            assert self.ids[who] not in {last[0].by_id, last[0].for_id} and last[0].sha256 == sha256

    @rule(who=WHO)
    def give_back(self, who: str) -> None:
        sha256 = self._sha(who)
        if self._take(who, "letter.decide", lambda x, p: clearance.return_letter(x, sha256, "Why", MAIL, by=p)):
            assert self._decides(who)

    @precondition(lambda self: len(self.steps) > 4)
    @rule(who=WHO)
    def take_back(self, who: str) -> None:
        if self._take(who, "letter.edit", lambda x, p: clearance.take_back_letter(x, "A figure", MAIL, by=p)):
            assert Role.SECRETARIAT in self.roles[who] and self.before is LetterState.WITH_CHAIR
            self.seen.add("taken back")

    @rule(who=WHO)
    def comment(self, who: str) -> None:
        remark = commenting.Remark("letter", "", "Hm")
        if self._take(who, "letter.decide", lambda x, p: commenting.comment_as_chair(x, remark, by=p)):
            assert self._decides(who)

    @rule(who=WHO)
    def reopen(self, who: str) -> None:
        if self._take(who, "letter.edit", lambda x, p: clearance.reopen_letter(x, "A name", by=p)):
            assert Role.SECRETARIAT in self.roles[who] and self.before is LetterState.APPROVED

    @rule(who=WHO)
    def issue(self, who: str) -> None:
        sent = clearance.Issue(date(2026, 11, 24), SentHow.POST, "The SRO")
        if self._take(who, "letter.issue", lambda x, p: clearance.issue_letter(x, sent, by=p)):
            assert Role.SECRETARIAT in self.roles[who] and self.before is LetterState.APPROVED

    @precondition(lambda self: len(self.steps) > 6)
    @rule(who=WHO)
    def withdraw(self, who: str) -> None:
        self._take(who, "letter.edit", lambda x, p: clearance.withdraw_letter(x, "Settled", by=p))

    @rule(how=st.sampled_from(["approve", "change", "waive", "return"]), n=st.integers(0, 5))
    def go_on(self, how: str, n: int) -> None:
        """The next step by one of those whom it is for, on a fresh screen; another letter where this one is over."""
        writers = [who for who in ROLES if Role.SECRETARIAT in self.roles[who]]
        deciders = [who for who in ROLES if self._decides(who)]
        writer, decider = writers[n % len(writers)], deciders[n % len(deciders)] if deciders else "chair"
        for who in {writer, decider, "chair"}:
            self.look(who)
        if self.before in ENDED:
            self._begin()
        elif self.before is LetterState.DRAFT:
            self.submit("chair" if how == "waive" else writer)
        elif self.before is LetterState.APPROVED:
            self.reopen(writer) if how == "return" else self.issue(writer)
        elif self.steps[-1].kind in TO_CONFIRM:
            self.confirm(writer)
        elif how == "change":
            self.approve_with_changes(decider, "Plainer.")
        else:
            steps = {"approve": self.approve, "return": self.give_back, "waive": self.approve_under_waiver}
            steps[how]("chair" if how == "waive" else decider)

    @rule(how=st.sampled_from(["approve", "change", "waive", "return"]), n=st.integers(0, 5))
    def go_on_again(self, how: str, n: int) -> None:
        """More often than the rest, or little would ever be sent."""
        self.go_on(how, n)

    @rule()
    def chair_is_left_alone(self) -> None:
        """The chair is of the secretariat too, no other chair is left, and they approve what they sent themselves."""
        for who in sorted(ROLES):
            if who != "chair" and self.roles[who] & CHAIRS:
                self.leave(who)
        self.join("chair", Role.SECRETARIAT)
        if self.before is LetterState.DRAFT:
            self.look("chair")
            self.submit("chair")
        self.look("chair")
        self.approve_under_waiver("chair")

    # Who comes and goes.

    @rule(who=WHO)
    def leave(self, who: str) -> None:
        """End every role of somebody's that is their own."""
        if not self.roles[who] or who == "deputy":
            return
        with self.app.app_context(), writing():
            found = user(who)
            own = select(Grant.id).where(Grant.contact_id == found.contact_id, Grant.delegated_by_id.is_(None))
            for grant_id in db.session.scalars(own.where(Grant.until_on.is_(None))).all():
                accounts.end_grant(found, grant_id, last_day=None, by=None)
        self.roles[who] = set()
        self.delegations = {d for d in self.delegations if d[0] != who}

    @rule(who=WHO, role=st.sampled_from([Role.CHAIR, Role.VICE_CHAIR, Role.SECRETARIAT]))
    def join(self, who: str, role: Role) -> None:
        if role in self.roles[who]:
            return
        with self.app.app_context(), writing():
            accounts.give_grant(user(who), role, self.cast.epc, from_on=clock.today(), by=None)
        self.roles[who].add(role)

    @rule(giver=st.sampled_from(["chair", "vice", "secretary"]), to=WHO)
    def delegate(self, giver: str, to: str) -> None:
        day = clock.today()
        try:
            with self.app.app_context(), writing():
                person = person_of(user(giver))
                grant = delegation.delegate(self.cast.epc, self.ids[to], from_on=day, until_on=day, by=person)
                role = grant.role
        except REFUSED:
            return
        assert role in self.roles[giver] and giver != to and self.roles[to] - {Role.AUDITOR}
        self.delegations.add((giver, role, to))

    @rule(sender=st.sampled_from(["chair", "deputy"]), to=WHO, changes=st.booleans())
    def somebody_decides_for_the_chair(self, sender: str, to: str, changes: bool) -> None:
        """The chair (of the secretariat too) or the deputy sends a letter; who decides for the chair approves it.

        What they change the chair then tries to confirm.
        """
        for role in (Role.CHAIR, Role.SECRETARIAT):
            self.join("chair", role)
        self.delegate("chair", to)
        self._send(sender)
        self.look(to)
        if changes:
            self.approve_with_changes(to, "Plainer.")
            self.look("chair")
            self.confirm("chair")
        else:
            self.approve(to)

    @rule(who=st.sampled_from(["chair", "vice"]), submits=st.booleans())
    def text_moves_under_somebody(self, who: str, submits: bool) -> None:
        """The letter is sent, returned, changed and sent again behind a screen on which somebody then decides."""
        self._send("deputy")
        self.look(who)
        self.look("chair")
        self.give_back("chair")
        self.state_moves_as_the_product_says()
        old, word = self.screens.get("deputy", ("", 0)), f"Moved {len(self.steps)}."
        self.look("deputy")
        self.edit("deputy", word, False)
        if submits:
            self.screens["deputy"] = old
            self.submit("deputy")
            return
        self._send("deputy")
        self.approve(who)

    @rule(who=st.sampled_from(["chair", "vice"]))
    def leave_while_a_letter_waits(self, who: str) -> None:
        self._send("deputy")
        self.leave(who)

    def _send(self, sender: str) -> None:
        if self.before in ENDED:
            self._begin()
        if self.before is LetterState.DRAFT:
            self.look(sender)
            self.submit(sender)
            self.state_moves_as_the_product_says()

    @rule()
    def run_the_timer(self) -> None:
        with self.app.app_context(), writing():
            recall.recall_letters(by=None)

    # What must hold after each step.

    @invariant()
    def state_moves_as_the_product_says(self) -> None:
        if not hasattr(self, "letter_id"):
            return
        with self.app.app_context():
            letter = db.session.scalars(select(Letter).where(Letter.id == self.letter_id)).one()
            state = letter.state
        assert state is self.before or (self.before, state) in MOVES
        if state is LetterState.WITH_CHAIR and state is not self.before:
            assert any(held & CHAIRS for held in self.roles.values()) or self._was_sent_to_nobody()
        self.before = state
        self.seen.add(state.value)

    @invariant()
    def two_people_confirmed_what_is_approved_and_the_file_is_that_text(self) -> None:
        if not hasattr(self, "letter_id"):
            return
        with self.app.app_context():
            statement = select(Letter).where(Letter.id == self.letter_id)
            whole = statement.options(selectinload(Letter.versions), selectinload(Letter.decisions))
            letter = db.session.scalars(whole).one()
            self.steps = sorted(letter.decisions, key=lambda d: d.id)
            self.seen |= {d.kind.value for d in self.steps} | {"delegated" for d in self.steps if d.for_id is not None}
            if letter.approved_sha256 is None:
                return
            assert two_people(letter.decisions, letter.approved_sha256)
            (version,) = {v.sha256: v for v in letter.versions if v.sha256 == letter.approved_sha256}.values()
            assert version.sha256 == letter.current.sha256
            if letter.state is LetterState.ISSUED:
                file = files.read(letter.file_sha256 or "")
                assert file == documents.write(version, documents.slots_of(letter), draft=False)
                assert self.kept in {b"", file}, "the file of an issued letter has changed"
                self.kept = file

    def teardown(self) -> None:
        if hasattr(self, "letter_id"):
            with self.app.app_context():
                assert audit.verify() == []

    # What the machine knows by itself.

    def _key(self) -> str:
        if self.before is not LetterState.ISSUED:
            return str(self.letter_id)
        return str(db.session.execute(select(Letter.reference).where(Letter.id == self.letter_id)).scalar_one())

    def _sha(self, who: str) -> str:
        return self.screens.get(who, ("0" * 64, 0))[0]

    def _take(self, who: str, permission: str, step: Step) -> bool:
        """Whether somebody could do it: as a view does, found and permitted first, then by the operation's rule."""
        try:
            with self.app.app_context(), writing():
                person = person_of(user(who))
                letter = queries.get_letter_for(person, self._key())
                if letter is None or not may(person, permission, letter):
                    raise Forbidden
                step(letter, person)
        except REFUSED:
            return False
        assert self.before not in ENDED, "something was done to a letter that is over"
        self._read_steps()
        return True

    def _read_steps(self) -> None:
        """Note the steps of clearance as they are now."""
        with self.app.app_context():
            statement = select(ClearanceDecision).where(ClearanceDecision.letter_id == self.letter_id)
            found = list(db.session.scalars(statement.order_by(ClearanceDecision.id)))
        assert [d.id for d in found[: len(self.steps)]] == [d.id for d in self.steps], "a step is gone"
        self.steps = found

    def _submitter(self) -> int | None:
        sent = [d for d in self.steps if d.kind is DecisionKind.SUBMITTED]
        return sent[-1].by_id if sent else None

    def _was_sent_to_nobody(self) -> bool:
        """A letter can be sent while there is no chair: it waits, and the timer brings it back."""
        return self.steps[-1].kind is DecisionKind.SUBMITTED

    def _for_whom(self, who: str) -> set[str]:
        """Who has this person decide for them, and can."""
        return {g for g, role, to in self.delegations if to == who and role in self.roles[g] and self.roles[who]}

    def _decides(self, who: str) -> bool:
        return bool(self.roles[who] & CHAIRS or self._for_whom(who))

    def _decides_without(self, who: str, other: str) -> bool:
        return bool(self.roles[who] & CHAIRS or self._for_whom(who) - {other})

    def _check_decided(self, who: str, sha256: str | None, submitter: int | None) -> None:
        decision = self.steps[-1]
        assert self._decides(who) and decision.by_id == self.ids[who]
        assert submitter not in {decision.by_id, decision.for_id}, "approved by or for whoever sent it"
        if decision.for_id is None:
            assert decision.as_role in self.roles[who]
        else:
            assert decision.for_id in {self.ids[g] for g in self._for_whom(who)}
        assert sha256 is None or decision.sha256 == sha256, "another text was decided on than the one on screen"


def two_people(decisions: list[ClearanceDecision], sha256: str) -> bool:
    """Said here once more, apart from the product's own rules."""
    same = [d for d in decisions if d.sha256 == sha256]
    for approval in same:
        if approval.kind is DecisionKind.APPROVED:
            others = [d for d in same if d.kind is DecisionKind.SUBMITTED]
        elif approval.kind in {DecisionKind.APPROVED_WITH_CHANGES, DecisionKind.APPROVED_UNDER_WAIVER}:
            others = [d for d in same if d.kind is DecisionKind.CONFIRMED and d.id > approval.id]
        else:
            continue
        if any(d.by_id not in {approval.by_id, approval.for_id} for d in others):
            return True
    return False


def test_letter_in_any_order_is_issued_only_as_two_people_confirmed_it(app: Any, store: Any, cast: Cast) -> None:
    if not store.url.startswith("sqlite"):
        pytest.skip("a database of its own for each of many runs: on SQLite only")
    machine = type("LettersHere", (Letters,), {"app": app, "store": store, "cast": cast, "seen": set()})
    few = settings(
        max_examples=16,
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    with clock.frozen(NOW):
        run_state_machine_as_test(machine, settings=few)
    wanted = {"issued", "returned", "reopened", "came_back", "confirmed", "approved_under_waiver", "delegated"}
    wanted |= {"taken back"}
    assert wanted <= machine.seen, f"the machine never got to {wanted - machine.seen}"
