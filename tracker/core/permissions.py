"""Who may do what: one table, permission name → predicate over (person, record).

A person's grants are the only source of permission (product.md, Who uses it). Predicates read plain attributes of the
record: `taskforce_id`, `programme_ids`, `is_issued`, `owner_contact_id`, `lead_contact_ids`, `is_submitted`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    SECRETARIAT = "secretariat"
    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    MEMBER = "member"
    AUDITOR = "auditor"
    PROGRAMME_TEAM = "programme_team"
    SRO = "sro"

    @property
    def label(self) -> str:
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.SECRETARIAT: "Secretariat",
    Role.CHAIR: "Chair",
    Role.VICE_CHAIR: "Vice chair",
    Role.MEMBER: "Member",
    Role.AUDITOR: "Auditor",
    Role.PROGRAMME_TEAM: "Programme team",
    Role.SRO: "Senior responsible owner",
}
TASKFORCE_ROLES = frozenset({Role.SECRETARIAT, Role.CHAIR, Role.VICE_CHAIR, Role.MEMBER, Role.AUDITOR})
PROGRAMME_ROLES = frozenset({Role.PROGRAMME_TEAM, Role.SRO})
CHAIRS = frozenset({Role.CHAIR, Role.VICE_CHAIR})
# Drafts are for those who write, decide or audit; a member reads what has been issued.
DRAFT_READERS = frozenset({Role.SECRETARIAT, Role.CHAIR, Role.VICE_CHAIR, Role.AUDITOR})

# Whom the secretariat can ask to comment on a draft.
COMMENTERS = frozenset({Role.MEMBER, Role.VICE_CHAIR, Role.CHAIR})


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A grant in force today: a role in one taskforce or one programme.

    `delegated_by_id` is the contact whose role it is, where somebody has this person decide for them.
    """

    role: Role
    taskforce_id: int | None
    programme_id: int | None
    delegated_by_id: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking: read once per request, plain data. `link_id`: somebody without an account, by a link."""

    user_id: int
    contact_id: int
    name: str
    email: str
    is_admin: bool
    grants: tuple[HeldGrant, ...]
    link_id: int | None = None

    def taskforces(self, roles: Iterable[Role] = TASKFORCE_ROLES) -> frozenset[int]:
        """Ids of the taskforces in which the person holds one of `roles`."""
        wanted = set(roles)
        return frozenset(g.taskforce_id for g in self.grants if g.taskforce_id is not None and g.role in wanted)

    def programmes(self, roles: Iterable[Role] = PROGRAMME_ROLES) -> frozenset[int]:
        """Ids of the programmes for which the person holds one of `roles`."""
        wanted = set(roles)
        return frozenset(g.programme_id for g in self.grants if g.programme_id is not None and g.role in wanted)

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(g.role for g in self.grants)


Predicate = Callable[[Person, Any], bool]


def anyone(person: Person, record: Any) -> bool:
    """Every signed-in person."""
    return True


def administrator(person: Person, record: Any) -> bool:
    return person.is_admin


def in_any_taskforce(*roles: Role) -> Predicate:
    """Holds one of `roles` in some taskforce: for pages that belong to no one record."""

    def predicate(person: Person, record: Any) -> bool:
        return bool(person.taskforces(roles))

    return predicate


def in_taskforce(*roles: Role) -> Predicate:
    """Holds one of `roles` in the record's taskforce."""

    def predicate(person: Person, record: Any) -> bool:
        return record.taskforce_id in person.taskforces(roles)

    return predicate


def by_right(*roles: Role) -> Predicate:
    """Holds one of `roles` in the record's taskforce as their own: what was delegated cannot be delegated on."""

    def predicate(person: Person, record: Any) -> bool:
        held = (g for g in person.grants if g.taskforce_id == record.taskforce_id and g.delegated_by_id is None)
        return any(g.role in roles for g in held)

    return predicate


def for_programme(*roles: Role) -> Predicate:
    """Holds one of `roles` for a programme of the record, which has been issued to it."""

    def predicate(person: Person, record: Any) -> bool:
        return bool(record.is_issued and not person.programmes(roles).isdisjoint(record.programme_ids))

    return predicate


def owner(person: Person, record: Any) -> bool:
    return bool(record.owner_contact_id == person.contact_id)


def lead_director(person: Person, record: Any) -> bool:
    return person.contact_id in record.lead_contact_ids


def offered_to(person: Person, record: Any) -> bool:
    return bool(record.to_contact_id == person.contact_id)


def reads_business(person: Person, record: Any) -> bool:
    return record.taskforce_id in person.taskforces()


def reads_drafts(person: Person, record: Any) -> bool:
    return record.taskforce_id in person.taskforces(DRAFT_READERS)


def issued_to_members(person: Person, record: Any) -> bool:
    """Members read what has been issued, and no drafts (product.md, Who uses it)."""
    return bool(record.is_issued and record.taskforce_id in person.taskforces())


def asked_for_comment(person: Person, record: Any) -> bool:
    """Asked to comment on a draft, and still a member: that draft is no other draft's key."""
    return bool(person.contact_id in record.asked_contact_ids and by_right(*COMMENTERS)(person, record))


def submitted(predicate: Predicate) -> Predicate:
    """`predicate`, once the programme has signed its response off: drafts are shared in the team only."""

    def both(person: Person, record: Any) -> bool:
        return bool(record.is_submitted and predicate(person, record))

    return both


def ready(predicate: Predicate) -> Predicate:
    """`predicate`, once the programme says that its draft is ready for sign-off."""

    def both(person: Person, record: Any) -> bool:
        return bool(record.is_ready and predicate(person, record))

    return both


def any_of(*predicates: Predicate) -> Predicate:
    def either(person: Person, record: Any) -> bool:
        return any(p(person, record) for p in predicates)

    return either


secretariat = in_taskforce(Role.SECRETARIAT)
chairs = in_taskforce(*CHAIRS)
programme = for_programme(*PROGRAMME_ROLES)

PERMISSIONS: dict[str, Predicate] = {
    "home.view": anyone,
    "account.edit": anyone,
    "help.view": anyone,
    "user.view": administrator,
    "user.edit": administrator,
    "installation.view": administrator,
    "board.view": any_of(administrator, in_any_taskforce(*TASKFORCE_ROLES)),
    "board.edit": administrator,
    "taskforce.list": anyone,
    "taskforce.create": administrator,
    "taskforce.view": any_of(administrator, reads_business),
    "taskforce.edit": any_of(administrator, secretariat),
    "taskforce.delegate": by_right(*CHAIRS),
    "programme.list": any_of(administrator, in_any_taskforce(*TASKFORCE_ROLES)),
    "programme.view": any_of(administrator, in_any_taskforce(*TASKFORCE_ROLES), programme),
    "programme.edit": any_of(administrator, in_any_taskforce(Role.SECRETARIAT)),
    "passage.view": any_of(administrator, reads_drafts),
    "passage.edit": any_of(administrator, secretariat),
    "contact.list": in_any_taskforce(*TASKFORCE_ROLES),
    "contact.view": reads_business,
    "contact.edit": secretariat,
    "contact_search.view": any_of(administrator, reads_business),
    "letterhead.edit": any_of(administrator, secretariat),
    "workshop.list": in_any_taskforce(*TASKFORCE_ROLES),
    "workshop.create": in_any_taskforce(Role.SECRETARIAT),
    "workshop.view": reads_business,
    "workshop.edit": secretariat,
    "letter.list": anyone,
    "letter.create": in_any_taskforce(Role.SECRETARIAT),
    "letter.view": any_of(reads_drafts, issued_to_members, programme),
    "letter.edit": secretariat,
    "letter.decide": chairs,
    "letter.confirm": any_of(secretariat, chairs),
    "letter.issue": secretariat,
    "sending.view": reads_drafts,
    "sending.send": secretariat,
    "correspondence.view": any_of(reads_drafts, issued_to_members, programme),
    "correspondence.edit": secretariat,
    "word_letter.edit": secretariat,
    "letter.verify": reads_drafts,
    "decision.list": in_any_taskforce(*DRAFT_READERS),
    "comment.view": asked_for_comment,
    "comment.make": asked_for_comment,
    "recommendation.list": anyone,
    "recommendation.view": any_of(reads_business, programme),
    "recommendation.edit": secretariat,
    "recommendation.report": programme,
    "recommendation.assess": chairs,
    "recommendation.close": any_of(secretariat, chairs),
    "response.view": any_of(submitted(reads_business), programme),
    "response.edit": programme,
    "response.sign_off": for_programme(Role.SRO),
    "agreement.record": any_of(programme, ready(secretariat)),
    "response.clarify": submitted(any_of(secretariat, chairs)),
    "response.accept": submitted(any_of(secretariat, chairs)),
    "response.judge": submitted(chairs),
    "evidence.view": any_of(reads_business, programme),
    "evidence.add": any_of(secretariat, programme),
    "evidence.withdraw": any_of(secretariat, programme),
    "extension.view": any_of(reads_business, programme),
    "extension.ask": any_of(secretariat, programme),
    "extension.decide": any_of(secretariat, chairs),
    "extension.withdraw": any_of(secretariat, programme),
    "recommendation_dates.list": in_any_taskforce(*TASKFORCE_ROLES),
    "letter_answers.view": any_of(reads_business, programme),
    "verbal_update.view": any_of(reads_business, programme),
    "verbal_update.enter": secretariat,
    "verbal_update.decide": programme,
    "action.list": anyone,
    "response_link.view": any_of(reads_drafts, programme),
    "response_link.edit": any_of(secretariat, programme),
    "action_link.view": reads_drafts,
    "action_link.edit": secretariat,
    "refused_link.list": any_of(administrator, in_any_taskforce(Role.AUDITOR)),
    "action.create": in_any_taskforce(Role.SECRETARIAT),
    "action.view": any_of(reads_business, owner),
    "action.edit": secretariat,
    "action.report": any_of(owner, secretariat),
    "action.close": any_of(secretariat, chairs),
    "recommendation.change_several": in_any_taskforce(Role.SECRETARIAT, *CHAIRS),
    "saved_view.list": anyone,
    "saved_view.create": anyone,
    "saved_view.view": any_of(owner, reads_business),
    "saved_view.edit": any_of(owner, secretariat),
    "paper.list": in_any_taskforce(*TASKFORCE_ROLES),
    "paper.create": in_any_taskforce(Role.SECRETARIAT),
    "paper.view": any_of(reads_drafts, lead_director, issued_to_members),
    "paper.edit": secretariat,
    "paper.clear": any_of(lead_director, secretariat),
    "paper.resolve": secretariat,
    "replying.upload": any_of(secretariat, programme),
    "reply.view": any_of(submitted(reads_business), programme),
    "reply.agree": submitted(secretariat),
    "reply.edit": any_of(submitted(secretariat), programme),
    "winding_up.view": reads_drafts,
    "winding_up.edit": any_of(secretariat, chairs),
    "transfer.view": any_of(reads_drafts, offered_to),
    "transfer.answer": any_of(secretariat, offered_to),
    "transfer.edit": secretariat,
    "covering_note.view": reads_drafts,
    "covering_note.edit": secretariat,
    "reminder.view": reads_drafts,
    "reminder.edit": secretariat,
}


def may(person: Person, permission: str, record: Any = None) -> bool:
    """Whether `person` may do `permission` to `record`. Raises KeyError for a permission that is not in the table."""
    return PERMISSIONS[permission](person, record)


def view_permission(permission: str) -> str:
    """The permission to see what `permission` is about: strangers to it get 404, its readers 403."""
    view = permission.partition(".")[0] + ".view"
    return view if view in PERMISSIONS else permission
