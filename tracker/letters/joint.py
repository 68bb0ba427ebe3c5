"""Joint letters: one letter to several programmes, each of which answers for itself (product.md, Assignment)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracker.accounts.models import Contact
from tracker.core import clock
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.directory import queries as directory
from tracker.directory.models import Programme
from tracker.letters.content import Content, addressee_lines
from tracker.letters.models import Letter, LetterAddressee
from tracker.letters.rules import AddresseeKind

JOINT_SALUTATION = "Dear all"


@dataclass(frozen=True)
class Printed:
    """How an addressee prints: the lines of the address, and the salutation."""

    lines: tuple[str, ...]
    salutation: str


NOBODY = Printed((), "")


@dataclass(frozen=True)
class Moved:
    """The other programmes of a letter before and now, and how their addressees print."""

    before: tuple[int, ...]
    now: tuple[int, ...]
    lines_before: tuple[str, ...]
    lines_now: tuple[str, ...]


def address(letter: Letter, programme_ids: Sequence[int] | None) -> Moved:
    """Address a draft, beside its first programme, to the owners of these; None leaves it as it is.

    Raises RuleBroken (field joint) for a programme that nobody owns today.
    """
    others = [a for a in letter.addressees if a.kind is AddresseeKind.TO and a is not letter.main_addressee]
    before = tuple(sorted(a.programme_id for a in others))
    lines_before = _lines([(a.contact_id, a.programme_id) for a in others])
    if programme_ids is None:
        return Moved(before, before, lines_before, lines_before)
    main = letter.main_addressee.programme_id
    wanted = {i: _owner(i) for i in sorted(set(programme_ids)) if i != main}
    for row in others:
        owner = wanted.get(row.programme_id)
        if owner is None or owner.id != row.contact_id:
            letter.addressees.remove(row)
            db.session.delete(row)
    db.session.flush()
    known = {a.programme_id for a in letter.addressees}
    for place, (programme_id, owner) in enumerate(wanted.items(), 1):
        if programme_id not in known:
            row = LetterAddressee(letter=letter, contact_id=owner.id, programme_id=programme_id, place=place)
            db.session.add(row)
    db.session.flush()
    return Moved(before, tuple(wanted), lines_before, _lines([(c.id, i) for i, c in wanted.items()]))


def _owner(programme_id: int) -> Contact:
    owner = directory.current_sro(programme_id, clock.today())
    if owner is None:
        programme = db.session.get(Programme, programme_id)
        name = programme.name if programme else "that programme"
        raise RuleBroken(f"Nobody is the senior responsible owner of {name}. Appoint one first", field="joint")
    return owner


def _lines(addressed: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    for contact_id, programme_id in addressed:
        contact, programme = directory.get_contact(contact_id), db.session.get(Programme, programme_id)
        if contact is not None and programme is not None:
            found += addressee_lines(contact.name, contact.post_nominals, contact.job_title, programme.name)
    return found


def print_jointly(content: Content, main: Printed, moved: Moved) -> Content:
    """Fill in the lines and the salutation of a joint letter, where they say what was filled in and nothing else."""
    before = Printed(main.lines + moved.lines_before, JOINT_SALUTATION if moved.before else main.salutation)
    salutation = JOINT_SALUTATION if moved.now else main.salutation
    filled_lines, filled_words = {main.lines, before.lines}, {main.salutation, before.salutation}
    return replace(
        content,
        addressee=main.lines + moved.lines_now if content.addressee in filled_lines else content.addressee,
        salutation=salutation if content.salutation in filled_words else content.salutation,
    )
