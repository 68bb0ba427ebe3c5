"""The table of permissions, predicate by predicate. The pages are tried against it in each feature's tests."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tracker.core import permissions
from tracker.core.permissions import PERMISSIONS, PROGRAMME_ROLES, TASKFORCE_ROLES, HeldGrant, Person, Role, may

OWN, OTHER = 1, 2


def person(role: Role | None = None, *, scope: int = OWN, is_admin: bool = False, contact_id: int = 50) -> Person:
    """Somebody with one role, in the taskforce or for the programme with id `scope`."""
    grants: tuple[HeldGrant, ...] = ()
    if role in TASKFORCE_ROLES:
        grants = (HeldGrant(role, scope, None),)
    elif role is not None:
        grants = (HeldGrant(role, None, scope),)
    return Person(1, contact_id, "Somebody", "somebody@example.test", is_admin, grants)


def record(**changes: Any) -> SimpleNamespace:
    """A record of the own taskforce, issued to the own programme, that belongs to nobody here."""
    values = {"taskforce_id": OWN, "programme_ids": frozenset({OWN}), "is_issued": True, "is_submitted": True}
    values |= {"is_ready": True, "to_contact_id": 96, "contact_id": 95}
    people = {"owner_contact_id": 99, "lead_contact_ids": frozenset({98}), "asked_contact_ids": frozenset({97})}
    return SimpleNamespace(**values | people | changes)


def roles_who_may(name: str, thing: Any, scope: int = OWN) -> set[Role]:
    return {role for role in Role if may(person(role, scope=scope), name, thing)}


S, C, V, M, A, T, O = Role  # noqa: E741

CHAIRED = {C, V}
READERS = {S, C, V, M, A}


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("taskforce.view", READERS),
        ("taskforce.edit", {S}),
        ("programme.view", READERS | {T, O}),
        ("programme.edit", {S}),
        ("contact.list", READERS),
        ("contact.view", READERS),
        ("contact.edit", {S}),
        ("workshop.view", READERS),
        ("workshop.create", {S}),
        ("workshop.edit", {S}),
        ("letter.list", set(Role)),
        ("letter.view", READERS | {T, O}),
        ("letter.edit", {S}),
        ("letter.decide", CHAIRED),
        ("letter.confirm", {S, C, V}),
        ("letter.issue", {S}),
        ("sending.view", {S, C, V, A}),
        ("sending.send", {S}),
        ("letter.verify", {S, C, V, A}),
        ("decision.list", {S, C, V, A}),
        ("recommendation.view", READERS | {T, O}),
        ("recommendation.report", {T, O}),
        ("recommendation.assess", CHAIRED),
        ("recommendation.close", CHAIRED | {S}),
        ("response.view", READERS | {T, O}),
        ("response.edit", {T, O}),
        ("response.sign_off", {O}),
        ("response.clarify", CHAIRED | {S}),
        ("response.accept", CHAIRED | {S}),
        ("agreement.record", {S, T, O}),
        ("response.judge", CHAIRED),
        ("evidence.add", {S, T, O}),
        ("extension.ask", {S, T, O}),
        ("extension.decide", CHAIRED | {S}),
        ("verbal_update.enter", {S}),
        ("verbal_update.decide", {T, O}),
        ("reply.view", READERS | {T, O}),
        ("reply.agree", {S}),
        ("reminder.view", {S, C, V, A}),
        ("reminder.edit", {S}),
        ("winding_up.edit", CHAIRED | {S}),
        ("transfer.answer", {S}),
        ("covering_note.edit", {S}),
        ("action.view", READERS),
        ("action.edit", {S}),
        ("action.report", {S}),
        ("action.close", CHAIRED | {S}),
        ("paper.view", READERS),
        ("paper.edit", {S}),
        ("paper.clear", {S}),
        ("paper.resolve", {S}),
        ("user.view", set()),
        ("user.edit", set()),
        ("home.view", set(Role)),
    ],
)
def test_who_may_in_their_own_scope(name: str, who: set[Role]) -> None:
    assert roles_who_may(name, record()) == who


@pytest.mark.parametrize("name", sorted(n for n in PERMISSIONS if n.endswith((".edit", ".decide", ".issue", ".close"))))
def test_nobody_changes_a_record_of_another_taskforce_or_programme(name: str) -> None:
    if name in {"account.edit", "programme.edit"}:  # about oneself; programmes belong to no taskforce
        assert roles_who_may(name, record(), scope=OTHER) >= {S}
        return
    assert roles_who_may(name, record(), scope=OTHER) == set()


def test_a_programme_sees_nothing_before_it_is_issued() -> None:
    draft = record(is_issued=False)
    for name in ("letter.view", "recommendation.view", "recommendation.report", "response.edit", "response.sign_off"):
        assert not roles_who_may(name, draft) & PROGRAMME_ROLES


def test_a_member_reads_no_drafts() -> None:
    draft = record(is_issued=False)
    assert roles_who_may("letter.view", draft) == {S, C, V, A}
    assert roles_who_may("paper.view", draft) == {S, C, V, A}


def test_a_taskforce_sees_no_response_before_it_is_signed_off() -> None:
    draft = record(is_submitted=False)
    assert roles_who_may("response.view", draft) == {T, O}
    assert roles_who_may("response.clarify", draft) == roles_who_may("response.accept", draft) == set()


def test_an_owner_sees_and_reports_their_action_whatever_their_role() -> None:
    mine = record(owner_contact_id=50)
    for somebody in (person(), person(Role.PROGRAMME_TEAM, scope=OTHER), person(Role.MEMBER)):
        assert may(somebody, "action.view", mine) and may(somebody, "action.report", mine)
        assert not may(somebody, "action.close", mine) and not may(somebody, "action.edit", mine)
    assert not may(person(), "action.view", record(owner_contact_id=None))


def test_a_member_who_is_asked_comments_on_a_draft_and_nobody_else_does() -> None:
    asked = record(asked_contact_ids=frozenset({50}), is_issued=False)
    assert roles_who_may("comment.make", asked) == roles_who_may("comment.view", asked) == {M, C, V}
    assert roles_who_may("comment.view", asked, OTHER) == roles_who_may("comment.make", record()) == set()


def test_what_was_delegated_is_used_but_not_passed_on() -> None:
    delegate = Person(1, 50, "", "", False, (HeldGrant(Role.CHAIR, OWN, None, 60),))
    assert may(delegate, "letter.decide", record()) and not may(delegate, "taskforce.delegate", record())
    assert not may(delegate, "comment.make", record(asked_contact_ids=frozenset({50})))
    assert roles_who_may("taskforce.delegate", record()) == {C, V}


def test_a_lead_director_sees_and_clears_their_paper() -> None:
    paper = record(lead_contact_ids=frozenset({50, 51}), is_issued=False)
    assert may(person(), "paper.view", paper) and may(person(), "paper.clear", paper)
    assert not may(person(), "paper.edit", paper)


def test_an_administrator_runs_the_installation_and_does_not_read_the_business() -> None:
    admin = person(is_admin=True)
    allowed = {n for n in PERMISSIONS if may(admin, n, record())}
    assert {"user.edit", "taskforce.edit", "programme.edit"} <= allowed
    for kind in ("letter", "workshop", "recommendation", "response", "action", "paper"):
        assert not may(admin, f"{kind}.view", record())
        others = [n for n in PERMISSIONS if n.startswith(f"{kind}.") and not n.endswith(".list")]
        assert not any(may(admin, n, record()) for n in others)


def test_somebody_without_grants_sees_only_their_own() -> None:
    nobody = person()
    allowed = {n for n in PERMISSIONS if may(nobody, n, record())}
    assert allowed == {n for n, p in PERMISSIONS.items() if p is permissions.anyone}


def test_a_person_with_several_grants_has_each_in_its_scope() -> None:
    grants = (HeldGrant(Role.CHAIR, OWN, None), HeldGrant(Role.MEMBER, OTHER, None), HeldGrant(Role.SRO, None, 7))
    who = Person(1, 1, "", "", False, grants)
    assert who.roles == {Role.CHAIR, Role.MEMBER, Role.SRO}
    assert who.taskforces() == {OWN, OTHER} and who.taskforces({Role.CHAIR}) == {OWN} and who.programmes() == {7}
    assert may(who, "letter.decide", record()) and not may(who, "letter.decide", record(taskforce_id=OTHER))


def test_a_permission_that_is_not_in_the_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        may(person(), "letter.burn", record())


def test_what_a_reader_needs_to_get_403_rather_than_404() -> None:
    assert permissions.view_permission("letter.issue") == "letter.view"
    assert permissions.view_permission("account.edit") == "account.edit"
