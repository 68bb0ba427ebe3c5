"""A person's own signature image: only they put it up or take it down."""

from __future__ import annotations

from sqlalchemy import select

from tracker.accounts.models import Signature, User
from tracker.core import clock, events, files
from tracker.core.db import db
from tracker.core.errors import Forbidden, RuleBroken
from tracker.core.permissions import Person

events.register_verbs(
    {
        "signature_added": "put up a signature image",
        "signature_withdrawn": "took down the signature image",
    }
)


def get_signature(contact_id: int) -> Signature | None:
    """The signature image that a person has up now."""
    statement = select(Signature).where(Signature.contact_id == contact_id, Signature.withdrawn_at.is_(None))
    return db.session.scalars(statement.order_by(Signature.id.desc()).limit(1)).first()


def put_up_signature(user: User, png: bytes, *, by: Person) -> None:
    """Keep this picture (clean_png) as one's own signature image, in the place of an earlier one."""
    _check_own(user, by)
    earlier = get_signature(user.contact_id)
    if earlier is not None:
        earlier.withdrawn_at = clock.now()
    sha256 = files.store(png, files.PNG)
    db.session.add(Signature(contact_id=user.contact_id, file_sha256=sha256, added_at=clock.now()))
    events.record(by, "signature_added", user, sha256=sha256)
    db.session.flush()


def take_down_signature(user: User, *, by: Person) -> None:
    """Nothing is signed with it from now on; what was signed stays signed. Raises RuleBroken where there is none."""
    _check_own(user, by)
    signature = get_signature(user.contact_id)
    if signature is None:
        raise RuleBroken("You have no signature image.")
    signature.withdrawn_at = clock.now()
    events.record(by, "signature_withdrawn", user, sha256=signature.file_sha256)
    db.session.flush()


def _check_own(user: User, by: Person) -> None:
    if user.contact_id != by.contact_id:
        raise Forbidden("Only the person themselves puts up or takes down their signature image.")
