"""Refused links: all alike to whoever opens them, throttled over all processes, and kept in a log of their own.

Only refusals are counted, so a link that holds costs its reader nothing and opening it writes nothing.
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import insert

from tracker.core import clock, throttle
from tracker.core.db import side_write
from tracker.core.errors import NotFound, TooManyTries
from tracker.guest_links.models import RefusedLink
from tracker.guest_links.rules import Refusal

PER_ADDRESS = throttle.Limit(burst=20, seconds=30)
OVERALL = throttle.Limit(burst=600, seconds=1)
# While an address is held off, the log says so at most this often.
TOLD = throttle.Limit(burst=1, seconds=600)


class LinkRefused(NotFound):
    """A link that opens nothing: why is for the log, never for whoever opened it."""

    def __init__(self, why: Refusal, link_id: int | None = None) -> None:
        super().__init__()
        self.why, self.link_id = why, link_id


def check(address: str) -> None:
    """Whether links can be tried from here now; `address` is a hash. Raises TooManyTries, and logs that."""
    try:
        throttle.look(_key(address), PER_ADDRESS)
        throttle.look("refused-links", OVERALL)
    except TooManyTries:
        _note_throttled(address)
        raise


def note(refused: LinkRefused, address: str) -> None:
    """Count a refusal and keep it in the log, apart from the transaction that it ends. Raises TooManyTries."""
    try:
        throttle.take(_key(address), PER_ADDRESS)
        throttle.take("refused-links", OVERALL)
    except TooManyTries:
        _note_throttled(address)
        raise
    _write(refused.link_id, refused.why, address)


def _key(address: str) -> str:
    return f"refused-links-from:{address}"


def _note_throttled(address: str) -> None:
    with suppress(TooManyTries):
        throttle.take(f"refused-links-told:{address}", TOLD)
        _write(None, Refusal.THROTTLED, address)


def _write(link_id: int | None, why: Refusal, address: str) -> None:
    with side_write() as connection:
        row = {"link_id": link_id, "why": why, "address": address, "at": clock.now()}
        connection.execute(insert(RefusedLink).values(**row))
