"""What is done to letterheads: uploading one, making it live, giving a planned day up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.core import clock, events, files
from tracker.core.db import db
from tracker.core.errors import RuleBroken
from tracker.core.permissions import Person
from tracker.directory.models import Taskforce
from tracker.letterheads import queries
from tracker.letterheads.models import Letterhead
from tracker.letterheads.rules import DocumentKind, Standing, standing, why_not_live_from

events.register_verbs(
    {
        "letterhead_uploaded": "uploaded the letterhead",
        "letterhead_made_live": "made the letterhead live",
        "letterhead_given_up": "gave up the day from which the letterhead was to be live",
    }
)


@dataclass(frozen=True)
class Upload:
    """A letterhead as it came and as it was cleaned, with what cleaning changed, a sentence each."""

    kind: DocumentKind
    name: str
    original: bytes
    cleaned: bytes
    warnings: tuple[str, ...]


def upload_letterhead(taskforce: Taskforce, upload: Upload, *, by: Person) -> Letterhead:
    """Keep an uploaded letterhead, not live yet: the file as it came, and the cleaned one to write on."""
    letterhead = Letterhead(
        taskforce_id=taskforce.id,
        kind=upload.kind,
        name=upload.name,
        original_sha256=files.store(upload.original, files.DOCX),
        file_sha256=files.store(upload.cleaned, files.DOCX),
        warnings="\n".join(" ".join(warning.split()) for warning in upload.warnings),
        uploaded_by_id=by.contact_id,
        uploaded_at=clock.now(),
    )
    db.session.add(letterhead)
    db.session.flush()
    events.record(by, "letterhead_uploaded", letterhead, original=letterhead.original_sha256, kind=upload.kind)
    return letterhead


def make_live(letterhead: Letterhead, day: date, *, by: Person) -> None:
    """Use this letterhead from `day` on, also one that was live before; on one day the last one chosen counts.

    Raises RuleBroken for a day in the past, and where it is live already.
    """
    today = clock.today()
    live = queries.get_live(letterhead.taskforce_id, letterhead.kind)
    stands = standing(letterhead.live_from, live is not None and live.id == letterhead.id, today)
    if why_not := why_not_live_from(day, today, stands):
        raise RuleBroken(why_not, field="live_from")
    for other in queries.list_live_from(letterhead, day):
        other.live_from = None
    letterhead.live_from = day
    events.record(by, "letterhead_made_live", letterhead, live_from=day)
    db.session.flush()


def give_up(letterhead: Letterhead, *, by: Person) -> None:
    """Take back the later day from which it was to be live. Raises RuleBroken once that day has come."""
    if standing(letterhead.live_from, False, clock.today()) is not Standing.PLANNED:
        raise RuleBroken("Only a letterhead that is to be live from a later day can be given up.")
    day, letterhead.live_from = letterhead.live_from, None
    events.record(by, "letterhead_given_up", letterhead, live_from=day)
    db.session.flush()
