"""Whether what stands in the correspondence as sent by e-mail has gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from tracker.core.db import db
from tracker.core.outbox import list_deliveries
from tracker.letters.models import Letter
from tracker.letters.rules import LetterState, SentHow
from tracker.sending.models import LetterSending
from tracker.sending.queries import cause_of
from tracker.sending.rules import WAITING, SendingHow, how_far

FIRST = 50  # sendings that are looked at for whether a letter went: one of them did, if any


def undelivered(letter: Letter, rows: Sequence[Any], *, whole: bool) -> dict[tuple[str, int], str]:
    """What to say of the rows (source, id) of a page that went, or are to go, by e-mail and have not all gone.

    `whole`: to somebody who reads all of the correspondence. Two queries at most.
    """
    if letter.state is not LetterState.ISSUED:
        return {}
    sent = {r.id for r in rows if r.source == "sending"}
    how = _how_sent(letter.id) if letter.sent_how is SentHow.EMAIL else {}
    mails = list_deliveries([cause_of(i) for i in sorted(sent | set(how))])
    found = {("sending", i): how_far(mails.get(cause_of(i), []), whole=whole) for i in sent}
    if letter.sent_how is SentHow.EMAIL and all(one is SendingHow.EMAIL for one in how.values()):
        of_letter = [mail for i in how for mail in mails.get(cause_of(i), [])]
        went = any(mail.sent_at for mail in of_letter)
        found["letter", letter.id] = "" if went else how_far(of_letter, whole=whole) or WAITING
    return {key: said for key, said in found.items() if said}


def _how_sent(letter_id: int) -> dict[int, SendingHow]:
    """How each of the first sendings of a letter went out, by its id."""
    statement = select(LetterSending.id, LetterSending.how).where(LetterSending.letter_id == letter_id)
    statement = statement.order_by(LetterSending.id).limit(FIRST)
    return {row.id: row.how for row in db.session.execute(statement)}
